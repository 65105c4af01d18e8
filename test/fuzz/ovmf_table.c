#include "measure/ovmf_table.h"

#include "fuzz.h"
#include "ovmf_made.h"

/* A table by itself, without metadata, is enough: only the end of an image counts. */
bool fuzz_sample(size_t i, struct buf *b)
{
	if (i > 1)
		return false;
	for (uint32_t k = 0; k < (i ? 40u : 3u); k++) {
		char guid[16] = { (char)(k + 1) };

		ovmf_made_entry(b, k ? guid : OVMF_MADE_METADATA, &k, (uint16_t)(k % 2 || !k));
	}
	buf_u16le(b, (uint16_t)(b->n + 18));
	buf_add(b, OVMF_MADE_FOOTER, 16);
	buf_fill(b, 0, 32);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span image = span_make(data, size), tail;
	struct ovmf_table t;
	struct err e = { 0 };

	if (!ovmf_table_parse(&t, image, &e))
		return 0;
	fuzz_taken = true;
	MUST(t.n <= OVMF_TABLE_ENTRIES_MAX && t.firmware.p == data);
	for (size_t i = 0; i < t.n; i++) {
		const struct ovmf_entry *x = &t.entries[i];
		struct span found;

		MUST(x->guid.n == OVMF_TABLE_GUID && x->guid.p >= data);
		MUST(x->data.p + x->data.n + 2 == x->guid.p);
		MUST(x->guid.p + OVMF_TABLE_GUID <= data + size);
		/* No GUID is there twice, so each entry is what a search for it finds. */
		MUST(ovmf_table_find(&t, x->guid.p, &found) && found.p == x->data.p);
	}
	if (ovmf_table_tail(&tail, &t, ovmf_table_sev_metadata, "SEV metadata", &e))
		MUST(tail.n && tail.p + tail.n == data + size);
	return 0;
}
