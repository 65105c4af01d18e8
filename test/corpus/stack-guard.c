#include <stdio.h>
#include <sys/auxv.h>

int main(void)
{
	const unsigned char *random = (const unsigned char *)getauxval(AT_RANDOM);

	for (int i = 0; i < 16; i++)
		printf("%02x", random[i]);
	putchar('\n');
	return 0;
}
