#include <stdio.h>
#include <stdlib.h>

int main(void)
{
	printf("object at %p\ncode at %p\n", malloc(100), (void *)(long)main);
	return 0;
}
