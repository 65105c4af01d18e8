#include "evidence/snp_certs.h"

#include "fuzz.h"

/* No entry; a VCEK of one byte; one of a GUID that nobody knows. */
bool fuzz_sample(size_t i, struct buf *b)
{
	static const uint8_t guids[2][16] = {
		{ 0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64, 0xad, 0xc5, 0xf4, 0xb9, 0x3b,
			0xe8, 0xac, 0xcd },
		{ 1 },
	};

	if (i == 1 || i == 2) {
		buf_add(b, guids[i - 1], sizeof guids[0]);
		buf_u32le(b, 48);
		buf_u32le(b, 1);
	}
	buf_fill(b, 0, 24);
	buf_fill(b, 0x30, 1);
	return i < 3;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct err e = { 0 };
	struct snp_certs c;

	if (!snp_certs_parse(&c, span_make(data, size), &e))
		return 0;
	fuzz_taken = true;
	MUST(c.n_others <= SNP_CERTS_ENTRIES_MAX);
	for (int i = 0; i < SNP_CERTS_KINDS; i++)
		MUST(!c.items[i].p || (c.items[i].p >= data + 48 && c.items[i].n &&
					      c.items[i].p + c.items[i].n <= data + size));
	return 0;
}
