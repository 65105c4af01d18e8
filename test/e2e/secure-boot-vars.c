/*
 * Puts keys of our own into the variable store of an OVMF, as its set-up would: what the firmware finds there is a machine
 * whose owner has enrolled them, with Secure Boot on.
 *
 *   secure-boot-vars OVMF_VARS.fd OUT.fd PK.der KEK.der DB.der [DBX.der]
 *
 * The file is a firmware volume (UEFI PI 1.8, volume 3, 3.2.1: 48 u16 size of its header) with a variable store in it
 * (EDK2, AuthenticatedVariableFormat.h): GUID[16], u32 size, u8 format 5a, u8 state fe, u16, u32; then one variable after
 * the other, each at a multiple of 4, and ff to the end.
 *
 * Variable: 0 u16 55aa, 2 u8 state 3f, 4 u32 attributes, 8 u64 count, 16 time[16], 32 u32 key index, 36 u32 size of the
 * name, 40 u32 size of the data, 44 owner's GUID[16]; the name in UTF-16LE with its NUL, the data.
 * Data: one EFI_SIGNATURE_LIST (UEFI 2.10, 32.4.1): type[16], u32 size of the list, u32 0, u32 size of an entry; the entry:
 * owner's GUID[16], certificate.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/rd.h"
#include "sys/file.h"

enum {
	VARS_MAX = 4 << 20,
	CERT_MAX = 16 << 10,
	FV_HEADER_SIZE_AT = 48,
	STORE_HEADER_SIZE = 28,
	ATTRIBUTES =
		0x27, /* kept, for boot and for run time, changed only with a signature that has a time */
	GUID_SIZE = 16,
};

static const uint8_t store_guid[GUID_SIZE] = { 0x78, 0x2c, 0xf3, 0xaa, 0x7b, 0x94, 0x9a, 0x43, 0xa1,
	0x80, 0x2e, 0x14, 0x4e, 0xc3, 0x77, 0x92 };
static const uint8_t global_guid[GUID_SIZE] = { 0x61, 0xdf, 0xe4, 0x8b, 0xca, 0x93, 0xd2, 0x11,
	0xaa, 0x0d, 0x00, 0xe0, 0x98, 0x03, 0x2b, 0x8c };
static const uint8_t security_guid[GUID_SIZE] = { 0xcb, 0xb2, 0x19, 0xd7, 0x3a, 0x3d, 0x96, 0x45,
	0xa3, 0xbc, 0xda, 0xd0, 0x0e, 0x67, 0x65, 0x6f };
static const uint8_t x509_guid[GUID_SIZE] = { 0xa1, 0x59, 0xc0, 0xa5, 0xe4, 0x94, 0xa7, 0x4a, 0x87,
	0xb5, 0xab, 0x15, 0x5c, 0x2b, 0xf0, 0x72 };
static const uint8_t owner[GUID_SIZE] = "our own machine";

static void add_variable(
	struct buf *b, const char *name, const uint8_t guid[GUID_SIZE], struct span certificate)
{
	uint32_t entry = (uint32_t)(GUID_SIZE + certificate.n), list = GUID_SIZE + 12 + entry;

	buf_u16le(b, 0x55aa);
	buf_u8(b, 0x3f);
	buf_u8(b, 0);
	buf_u32le(b, ATTRIBUTES);
	buf_u64le(b, 0);
	buf_u16le(b, 2025); /* the time of the change: any, a later one replaces it */
	buf_u8(b, 1);
	buf_u8(b, 1);
	buf_fill(b, 0, 12);
	buf_u32le(b, 0);
	buf_u32le(b, (uint32_t)(2 * (strlen(name) + 1)));
	buf_u32le(b, list);
	buf_add(b, guid, GUID_SIZE);
	for (const char *p = name; *p; p++)
		buf_u16le(b, (uint8_t)*p);
	buf_u16le(b, 0);
	buf_add(b, x509_guid, GUID_SIZE);
	buf_u32le(b, list);
	buf_u32le(b, 0);
	buf_u32le(b, entry);
	buf_add(b, owner, GUID_SIZE);
	buf_add(b, certificate.p, certificate.n);
	while (b->n % 4)
		buf_u8(b, 0xff);
}

/* Where the first variable goes in an empty store; 0 when it is none. */
static size_t first_variable(struct span vars)
{
	struct rd r = rd_of(vars);
	struct span guid;
	size_t at;

	rd_seek(&r, FV_HEADER_SIZE_AT);
	at = rd_u16le(&r);
	rd_seek(&r, at);
	guid = rd_bytes(&r, GUID_SIZE);
	rd_skip(&r, STORE_HEADER_SIZE - GUID_SIZE);
	if (!rd_ok(&r) || memcmp(guid.p, store_guid, GUID_SIZE) != 0 || rd_u16le(&r) != 0xffff)
		return 0;
	return at + STORE_HEADER_SIZE;
}

static bool run(size_t n, char **argv, struct err *e)
{
	static const struct {
		const char *name;
		const uint8_t *guid;
	} variables[] = { { "PK", global_guid }, { "KEK", global_guid }, { "db", security_guid },
		{ "dbx", security_guid } };
	CLEANUP(buf_done) struct buf vars = { 0 }, added = buf_init(VARS_MAX);
	size_t at;

	if (!file_read(AT_FDCWD, argv[1], VARS_MAX, &vars, e))
		return false;
	at = first_variable(buf_span(&vars));
	if (!at)
		return err_set(e, ERR_FORMAT, "'%s' is no empty variable store of OVMF", argv[1]);
	for (size_t i = 0; i < n && i < ARRAY_LEN(variables); i++) {
		CLEANUP(buf_done) struct buf certificate = { 0 };

		if (!file_read(AT_FDCWD, argv[3 + i], CERT_MAX, &certificate, e))
			return false;
		add_variable(&added, variables[i].name, variables[i].guid, buf_span(&certificate));
	}
	if (!buf_ok(&added) || added.n > vars.n - at)
		return err_set(e, ERR_LIMIT, "no room in '%s'", argv[1]);
	memcpy(vars.p + at, added.p, added.n);
	return file_write(AT_FDCWD, argv[2], buf_span(&vars), 0644, e);
}

int main(int argc, char **argv)
{
	struct err e;

	bool right = argc == 6 || argc == 7;

	if (right && run((size_t)argc - 3, argv, &e))
		return 0;
	fprintf(stderr, "%s\n",
		right ? e.text
		      : "usage: secure-boot-vars VARS OUT PK.der KEK.der DB.der [DBX.der]");
	return 1;
}
