#include "../../guest/guid.c"

#include "test.h"

int main(void)
{
	/* The type GUID of an EFI system partition, as every partition table of the world has it. */
	static const uint8_t esp[GUID_SIZE] = { 0x28, 0x73, 0x2a, 0xc1, 0x1f, 0xf8, 0xd2, 0x11,
		0xba, 0x4b, 0x00, 0xa0, 0xc9, 0x3e, 0xc9, 0x3b };
	char text[GUID_TEXT + 1];

	guid_text(text, esp);
	CHECK(!strcmp(text, "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"));
	return test_end();
}
