#include <stdio.h>
#include <stdlib.h>

enum { SIZE = 4000 };

/* What was freed keeps the allocator's own pointers, and malloc does not wipe them. */
int main(void)
{
	char *was = malloc(SIZE), *between = malloc(SIZE), *record;

	free(was);
	record = malloc(SIZE);
	record[0] = 'r';
	fwrite(record, 1, 64, stdout);
	free(between);
	return 0;
}
