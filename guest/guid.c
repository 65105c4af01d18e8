#include "guid.h"

/* Which byte comes next in the text; -1 is a dash. */
static const int8_t order[] = { 3, 2, 1, 0, -1, 5, 4, -1, 7, 6, -1, 8, 9, -1, 10, 11, 12, 13, 14,
	15 };

void guid_text(char ret[static GUID_TEXT + 1], const uint8_t bytes[static GUID_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	char *p = ret;

	for (unsigned i = 0; i < sizeof order; i++) {
		if (order[i] < 0) {
			*p++ = '-';
			continue;
		}
		*p++ = digits[bytes[order[i]] >> 4];
		*p++ = digits[bytes[order[i]] & 15];
	}
	*p = 0;
}
