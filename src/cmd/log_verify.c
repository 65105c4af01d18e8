/* assay log verify: a proof and the entry that it is about, without a network. */
#include <stdio.h>

#include "base/utc.h"
#include "cmd/line.h"
#include "cmd/log_trust.h"
#include "cmd/verbs.h"
#include "codec/json.h"
#include "sys/file.h"
#include "trust/tlog_proof.h"
#include "trust/tlog_tile.h"
#include "base/banned.h"

#define LOG_VERIFY_FORMAT "assay.log-verify/1"
enum { MEMORY_MAX = 4 << 20, JSON_MAX = 1 << 20 };

static void print_text(const struct tlog_proof *p, const struct note_quorum *q,
	const struct note_quorum_found *found)
{
	char at[UTC_SIZE];

	line_print(stdout, "entry %llu of %llu of '%.*s'", (unsigned long long)p->index,
		(unsigned long long)p->checkpoint.size, STR_ARG(p->checkpoint.origin));
	for (size_t i = 0; i < q->n_witnesses; i++) {
		if (!found->at_unix[i])
			continue;
		utc_write(at, found->at_unix[i]);
		line_print(stdout, "cosigned by '%.*s' at %s", STR_ARG(q->witnesses[i].name), at);
	}
}

static bool print_json(const struct tlog_proof *p, const struct note_quorum *q,
	const struct note_quorum_found *found, struct err *e)
{
	CLEANUP(buf_done) struct buf out = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&out);
	char at[UTC_SIZE];

	json_object(&w);
	json_put_cstr(&w, "format", LOG_VERIFY_FORMAT);
	json_put_str(&w, "origin", p->checkpoint.origin);
	json_put_uint(&w, "index", p->index);
	json_put_uint(&w, "size", p->checkpoint.size);
	json_put_hex(&w, "root", SPAN_OF(p->checkpoint.root.bytes));
	json_key(&w, "cosigned");
	json_array(&w);
	for (size_t i = 0; i < q->n_witnesses; i++) {
		if (!found->at_unix[i])
			continue;
		utc_write(at, found->at_unix[i]);
		json_object(&w);
		json_put_str(&w, "name", q->witnesses[i].name);
		json_put_cstr(&w, "at", at);
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
	return (buf_ok(&out) && fwrite(out.p, 1, out.n, stdout) == out.n) ||
	       err_os(e, "cannot write the result");
}

/* A well-formed no, rather than no answer. */
static bool is_no(const struct err *e)
{
	return e->kind == ERR_SIGNATURE || e->kind == ERR_MISMATCH || e->kind == ERR_NOTFOUND;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(MEMORY_MAX);
	CLEANUP(buf_done) struct buf file = { 0 }, entry = { 0 };
	const char *path = verb_arg(args, 0);
	struct note_quorum_found found;
	struct note_quorum q;
	struct tlog_proof p;

	if (!file_read(AT_FDCWD, path, TLOG_PROOF_SIZE_MAX, &file, e) ||
		!file_read(AT_FDCWD, verb_arg(args, 1), TLOG_TILE_ENTRY_MAX, &entry, e))
		return false;
	if (!tlog_proof_parse(&p, buf_span(&file), a, e))
		return err_wrap(e, "'%s'", path);
	if (!log_trust_read(&q, p.checkpoint.origin, args, a, e))
		return false;
	if (!tlog_proof_check(&p, buf_span(&entry), &q.log, e) ||
		!note_quorum_check(&found, &p.signatures, &p.checkpoint, &q, e)) {
		*code = is_no(e) ? VERB_NO : VERB_FAILED;
		return err_wrap(e, "'%s'", path);
	}
	if (verb_flag(args, "--json"))
		return print_json(&p, &q, &found, e);
	print_text(&p, &q, &found);
	return true;
}

static const struct verb_option options[] = {
	LOG_TRUST_OPTIONS,
	{ "--json", NULL, "print the result as JSON", false },
	{ 0 },
};

const struct verb cmd_log_verify = {
	.name = "log verify",
	.summary = "verify that a transparency log holds an entry, offline",
	.usage = "PROOF ENTRY",
	.min_args = 2,
	.max_args = 2,
	.options = options,
	.example = "assay log verify s.tlog-proof s.dsse.json",
	.run = run,
};
