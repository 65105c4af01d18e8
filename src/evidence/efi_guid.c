#include "evidence/efi_guid.h"

#include <string.h>

#include "base/hex.h"
#include "base/banned.h"

static const struct {
	char text[EFI_GUID_TEXT];
	const char *name;
} names[] = {
	/* Vendors of variables, owners of signatures, kinds of signatures (UEFI 2.10 sections 3.3, 32.4). */
	{ "8be4df61-93ca-11d2-aa0d-00e098032b8c", "EFI global" },
	{ "d719b2cb-3d3a-4596-a3bc-dad00e67656f", "EFI image security" },
	{ "605dab50-e046-4300-abb6-3dd810dd8b23", "shim" },
	{ "4a67b082-0a4c-41cf-b6c7-440b29bb8c4f", "systemd loader" },
	{ "77fa9abd-0359-4d32-bd60-28f4e78f784b", "Microsoft" },
	{ "a5c059a1-94e4-4aa7-87b5-ab155c2bf072", "X.509 certificate" },
	{ "c1c41626-504c-4092-aca9-41f936934328", "SHA-256 of an image" },
	{ "3bd2a492-96c0-4079-b420-fcf98ef103ed", "SHA-256 of a certificate" },
	{ "826ca512-cf10-4ac9-b187-be01496631bd", "SHA-1 of an image" },
	{ "3c5766e8-269c-4e34-aa14-ed776e85b3b6", "RSA-2048 key" },
	/* Partitions (UEFI 2.10 section 5.3.3, discoverable partitions). */
	{ "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", "EFI system partition" },
	{ "21686148-6449-6e6f-744e-656564454649", "BIOS boot" },
	{ "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7", "basic data" },
	{ "0fc63daf-8483-4772-8e79-3d69d8477de4", "Linux file system" },
	{ "4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "root, x86-64" },
	{ "2c7357ed-ebd2-46d9-aec1-23d437ec2bf5", "root verity, x86-64" },
	{ "8484680c-9521-48c6-9c11-b0720656f69e", "usr, x86-64" },
	{ "77ff5f63-e7b6-4633-acf4-1565b864c0e6", "usr verity, x86-64" },
	{ "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f", "swap" },
	{ "bc13c2ff-59e6-4262-a352-b275fd6f7172", "extended boot loader" },
	{ "fe3a2a5d-4f32-41a7-b725-accc3285a309", "ChromeOS kernel" },
	{ "3cb8e202-3b7e-47dd-8a3c-7ff2a13cfcec", "ChromeOS root" },
	/* Tables that firmware hands over (EDK2). */
	{ "93bb96af-b9f2-4eb8-9462-e0ba74564236", "list of hand-off blocks of a trust domain" },
	{ "eb9d2d30-2d88-11d3-9a16-0090273fc14d", "ACPI 1.0 table" },
	{ "8868e871-e4f1-11d3-bc22-0080c73c8881", "ACPI 2.0 table" },
	{ "eb9d2d31-2d88-11d3-9a16-0090273fc14d", "SMBIOS table" },
	{ "f2fd1544-9794-4a2c-992e-e5bbcf20e394", "SMBIOS 3 table" },
};

void efi_guid_text(char out[static EFI_GUID_TEXT], const uint8_t guid[static EFI_GUID_SIZE])
{
	/* Which byte of the 16 is the next of the text; a dash stands before the fifth, seventh, ninth and eleventh. */
	static const uint8_t order[EFI_GUID_SIZE] = { 3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13,
		14, 15 };
	char *to = out;

	for (size_t i = 0; i < EFI_GUID_SIZE; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*to++ = '-';
		hex_write(to, &guid[order[i]], 1);
		to += 2;
	}
	*to = 0;
}

const char *efi_guid_name(const uint8_t guid[static EFI_GUID_SIZE])
{
	char text[EFI_GUID_TEXT];

	efi_guid_text(text, guid);
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (!memcmp(names[i].text, text, sizeof text))
			return names[i].name;
	return NULL;
}

void efi_guid_add(struct buf *b, const uint8_t guid[static EFI_GUID_SIZE])
{
	const char *name = efi_guid_name(guid);
	char text[EFI_GUID_TEXT];

	efi_guid_text(text, guid);
	buf_printf(b, name ? "%s (%s)" : "%s%s", text, name ? name : "");
}
