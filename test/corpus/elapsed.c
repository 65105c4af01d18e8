#include <stdio.h>
#include <time.h>

int main(void)
{
	struct timespec a, b;
	volatile unsigned sum = 0;

	clock_gettime(CLOCK_MONOTONIC, &a);
	for (unsigned i = 0; i < 100000; i++)
		sum += i;
	clock_gettime(CLOCK_MONOTONIC, &b);
	printf("#define LOOP_NS %ld\n",
		(b.tv_sec - a.tv_sec) * 1000000000L + b.tv_nsec - a.tv_nsec);
	return 0;
}
