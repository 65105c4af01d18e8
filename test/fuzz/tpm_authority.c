/*
 * Programs as `assay measure pcr` gets them beside an image: a signed one, whose certificates are held against db, an addon,
 * and systemd-boot.
 */
#include "measure/tpm_authority.h"

#include "../unit/pe_made.h"
#include "codec/der.h"
#include "fuzz.h"
#include "measure/tpm_loader.h"
#include "measure/tpm_sidecar.h"

static const uint8_t certificate[] = { DER_SEQUENCE, 3, DER_INTEGER, 1, 5 };
static const uint8_t owner[SIGNATURE_LIST_GUID] = "an owner";

/* As much of a signature as is looked at: SignedData with one certificate. */
static void add_signature(struct buf *b)
{
	static const uint8_t oid[] = { DER_OID, 1, 42, DER_CONTEXT_0 }, head[] = { DER_INTEGER, 1,
		1, DER_SET, 0, DER_SEQUENCE, 0, DER_CONTEXT_0, sizeof certificate };
	size_t inner = sizeof head + sizeof certificate;

	buf_u32le(b, 32 + 8);
	buf_u16le(b, 0x200);
	buf_u16le(b, 2);
	buf_u8(b, DER_SEQUENCE);
	buf_u8(b, (uint8_t)(inner + 2 + 3 + 2));
	buf_add(b, oid, sizeof oid);
	buf_u8(b, (uint8_t)(inner + 2));
	buf_u8(b, DER_SEQUENCE);
	buf_u8(b, (uint8_t)inner);
	buf_add(b, head, sizeof head);
	buf_add(b, certificate, sizeof certificate);
	buf_fill(b, 0, 40 - 8 - (inner + 2 + 3 + 2 + 2));
}

bool fuzz_sample(size_t i, struct buf *b)
{
	static const char magic[] = "#### LoaderInfo: systemd-boot 257.9-1 ####";
	const struct pe_made_section line = { ".cmdline", SPAN_OF("quiet") };
	const struct pe_made_section loader = { ".sdmagic", SPAN_OF(magic) };
	CLEANUP(buf_done) struct buf made = { 0 };

	if (i > 2)
		return false;
	made = pe_made(true, i == 2 ? &loader : &line, 1);
	buf_add(b, made.p, made.n);
	b->p[PE_MADE_TABLE_AT + 8] = i == 1 ? 5 : b->p[PE_MADE_TABLE_AT + 8]; /* no NUL */
	if (i == 0) {
		put_u32le(b->p + PE_MADE_OPTIONAL_AT + 112 + 32, (uint32_t)b->n);
		put_u32le(b->p + PE_MADE_OPTIONAL_AT + 112 + 36, 40);
		add_signature(b);
	}
	return true;
}

static bool start(struct event_list *l, const struct pe *pe)
{
	CLEANUP(buf_done) struct buf db = buf_init(100);
	struct tpm_authority known;
	struct err e = { 0 };

	signature_list_put(&db, owner, SPAN_OF(certificate));
	MUST(tpm_authority_init(&known, buf_span(&db), span_make(NULL, 0), l->a, &e));
	if (!tpm_authority_add(l, &known, pe, "image", &e))
		return false;
	MUST(l->n == 1 && l->items[0].reg == 7);
	return true;
}

static bool add(struct event_list *l, struct span file)
{
	struct tpm_sidecar s = { TPM_SIDECAR_ADDON, STR("a.addon.efi"), file };
	struct tpm_stub stub = { .version = { 257, STR("257") } };
	struct err e = { 0 };

	if (!tpm_sidecar_prepare(&stub, &s, 1, l->a, &e))
		return false;
	MUST(stub.added_command_line.n && tpm_sidecar_events(l, &stub, &s, 1, &e));
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum digest_alg bank[] = { DIGEST_SHA256 };
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct tpm_loader loader;
	struct event_list l;
	struct pe pe;
	struct err e = { 0 };

	event_list_init(&l, a, bank, 1);
	if (!pe_parse(&pe, span_make(data, size), &e))
		return 0;
	fuzz_taken = start(&l, &pe);
	if (add(&l, span_make(data, size)))
		fuzz_taken = true;
	if (tpm_loader_read(&loader, &pe, &e))
		fuzz_taken = true;
	return 0;
}
