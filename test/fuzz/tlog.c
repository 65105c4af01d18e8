/*
 * What a log, its web server or whoever brings a proof can hand out: notes with a checkpoint, proofs, keys, tiles. What is taken is written
 * again as it was, where there is a writer; nothing verifies by a key that signed nothing.
 */
#include "trust/tlog_proof.h"

#include "base/mem.h"
#include "trust/note_quorum.h"
#include "trust/tlog_tile.h"

#include "fuzz.h"

#define TEXT "log.example/1\n3\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
#define SIGNED "\n\xe2\x80\x94 log.example/1 NO88cYqQyb8=\n\xe2\x80\x94 w.example AAAAAQEB\n"
#define VKEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"

static bool note(struct span bytes, struct arena *a)
{
	CLEANUP(mem_free) struct signed_note *n = MEM_NEW(struct signed_note);
	struct note_quorum q = { .needed = 0 };
	struct note_quorum_found found;
	struct checkpoint c;
	struct err e = { 0 };

	if (!signed_note_parse(n, bytes, a, &e))
		return false;
	MUST(n->n && n->n <= SIGNED_NOTE_SIGNATURES_MAX && n->text.p[n->text.n - 1] == '\n');
	if (checkpoint_parse(&c, n->text, &e)) {
		CLEANUP(buf_done) struct buf again = buf_init(SIGNED_NOTE_SIZE_MAX);
		struct err why = { 0 };

		checkpoint_emit(&again, &c);
		MUST(again.n <= n->text.n && !memcmp(again.p, n->text.p, again.n));
		MUST(c.extended == (again.n < n->text.n));
		if (note_key_of(&q.log, c.origin, NOTE_KEY_ED25519, q.log.bytes, &e))
			MUST(!note_quorum_check(&found, n, &c, &q, &why));
	}
	return true;
}

static bool proof(struct span bytes, struct arena *a)
{
	CLEANUP(mem_free) struct tlog_proof *p = MEM_NEW(struct tlog_proof);
	CLEANUP(buf_done) struct buf again = buf_init(TLOG_PROOF_SIZE_MAX + 4096);
	struct err e = { 0 };

	if (!tlog_proof_parse(p, bytes, a, &e))
		return false;
	MUST(p->inclusion.n <= MERKLE_PROOF_MAX);
	tlog_proof_emit(&again, p->extra, p->index, &p->inclusion, p->note);
	MUST(span_equal(buf_span(&again), bytes));
	return true;
}

static bool key(struct span bytes)
{
	CLEANUP(buf_done) struct buf again = buf_init(NOTE_KEY_TEXT_MAX);
	struct note_key k;
	struct err e = { 0 };

	if (!note_key_parse(&k, str_make((const char *)bytes.p, bytes.n), &e))
		return false;
	note_key_write(&again, &k);
	MUST(span_equal(buf_span(&again), bytes));
	return true;
}

/* A tile with entries, of whatever width it has. */
static bool tile(struct span bytes)
{
	CLEANUP(buf_done) struct buf again = buf_init(TLOG_TILE_ENTRIES_SIZE_MAX);
	struct span entry;
	struct err e = { 0 };
	unsigned width = 1;

	while (width <= TLOG_TILE_WIDTH && !tlog_tile_entry(&entry, bytes, width, 0, &e))
		width++;
	if (width > TLOG_TILE_WIDTH)
		return false;
	for (unsigned i = 0; i < width; i++)
		MUST(tlog_tile_entry(&entry, bytes, width, i, &e) &&
			tlog_tile_put_entry(&again, entry, &e));
	MUST(span_equal(buf_span(&again), bytes) &&
		!tlog_tile_entry(&entry, bytes, width, width, &e));
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(4 << 20);
	struct span bytes = { data, size };

	/* Each is asked. */
	const bool taken[] = { note(bytes, a), proof(bytes, a), key(bytes), tile(bytes) };

	fuzz_taken = taken[0] || taken[1] || taken[2] || taken[3];
	return 0;
}

bool fuzz_sample(size_t i, struct buf *b)
{
	static const char *const samples[] = { TEXT SIGNED, TEXT "one more line\n" SIGNED,
		"c2sp.org/tlog-proof@v1\nindex 2\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n" TEXT
			SIGNED,
		"c2sp.org/tlog-proof@v1\nextra AAEC\nindex 0\n\n" TEXT SIGNED, VKEY };
	struct err e = { 0 };

	if (i < ARRAY_LEN(samples)) {
		buf_add_cstr(b, samples[i]);
		return true;
	}
	for (unsigned k = 0; i == ARRAY_LEN(samples) && k < 5; k++)
		MUST(tlog_tile_put_entry(b, span_make("entry", k), &e));
	return i == ARRAY_LEN(samples);
}
