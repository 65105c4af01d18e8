/* assay trust show: what the user trusts, in sentences. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>

#include "base/hex.h"
#include "cmd/line.h"
#include "cmd/trust_load.h"
#include "cmd/verbs.h"
#include "codec/yaml.h"
#include "sys/file.h"
#include "base/banned.h"

enum { TRUST_SHOW_MEMORY_MAX = 64 << 20, TRUST_SHOW_JSON_MAX = 16 << 20 };

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* ---- who says what images are ---- */

/* An operator on a line, with all keys. */
static void show_operator(const struct trust_parties *p, size_t at)
{
	const struct trust_party *first = NULL;

	for (size_t i = 0; i < p->n; i++) {
		const struct trust_party *r = &p->items[i];

		if (r->operator_at != at)
			continue;
		if (!first)
			line_print(stdout, "  %.*s", STR_ARG(r->operated_by));
		first = r;
		line_print(stdout, "    as %.*s, %.*s", STR_ARG(r->name), STR_ARG(r->key));
	}
}

static void show_rebuilders(const struct trust_file *t)
{
	const struct trust_parties *p = &t->rebuilders;

	if (t->rebuilders_needed)
		printf("Reference values count when %zu of %s %zu operator%s rebuilt the image and say the same:\n",
			t->rebuilders_needed, p->n_operators == 1 ? "this" : "these",
			p->n_operators, plural(p->n_operators));
	else if (p->n)
		puts("These operators' rebuilds are heard, but no number of them makes reference values count (vouchers):");
	else
		puts("No rebuilder's word counts: reference values must come from a build on this machine.");
	for (size_t i = 0; i < p->n_operators; i++)
		show_operator(p, i);
	if (t->accept_unsigned)
		puts("Reference values that NOBODY vouches for are accepted (unsigned-reference-values).");
}

static void show_signers(const struct trust_file *t)
{
	if (!t->signers.n) {
		puts("Nobody may say which images are current.");
		return;
	}
	puts("Which images are current may be said by:");
	for (size_t i = 0; i < t->signers.n; i++)
		line_print(stdout, "  %.*s, %.*s", STR_ARG(t->signers.items[i].name),
			STR_ARG(t->signers.items[i].key));
}

static void show_logs(const struct trust_logs *l)
{
	if (!l->n) {
		puts("No transparency log is believed.");
	} else {
		puts("Transparency logs that are believed:");
		for (size_t i = 0; i < l->n; i++)
			line_print(stdout, "  %.*s, by the key %.*s+%08x",
				STR_ARG(l->items[i].origin), STR_ARG(l->items[i].key.name),
				(unsigned)l->items[i].key.id);
	}
	if (!l->n_witnesses) {
		puts("Nobody has to have watched a log: a log could show others another history.");
		return;
	}
	printf("A checkpoint counts when %zu of these %zu witness%s cosigned it:\n", l->quorum,
		l->n_witnesses, l->n_witnesses == 1 ? "" : "es");
	for (size_t i = 0; i < l->n_witnesses; i++)
		line_print(stdout, "  %.*s+%08x", STR_ARG(l->witnesses[i].name),
			(unsigned)l->witnesses[i].id);
}

/* "7 days", "90 seconds": in the largest unit without a rest. */
static void show_age(const char *what, int64_t s)
{
	static const struct {
		int64_t s;
		const char *name;
	} units[] = { { 86400, "day" }, { 3600, "hour" }, { 60, "minute" }, { 1, "second" } };
	size_t u = 0;

	while (s % units[u].s)
		u++;
	printf("  %s: %lld %s%s\n", what, (long long)(s / units[u].s), units[u].name,
		plural((size_t)(s / units[u].s)));
}

/* ---- whose machines ---- */

static void show_machines(const struct trust_file *t)
{
	static const char *const hardware[] = { "AMD SEV-SNP", "Intel TDX", "AWS Nitro" };

	if (!t->n_roots && !t->n_pinned)
		puts("Nobody's TPM is trusted.");
	for (size_t i = 0; i < t->n_roots; i++)
		line_print(stdout, "TPMs are trusted below %.*s (%.*s)%s.",
			STR_ARG(t->roots[i].name), STR_ARG(t->roots[i].path),
			t->roots[i].emulated
				? ", which is software: whoever runs it could forge everything"
				: "");
	for (size_t i = 0; i < t->n_pinned; i++) {
		char hex[2 * TPM_PUBLIC_NAME_MAX + 1];

		hex_write(hex, t->pinned[i].bytes, t->pinned[i].n);
		printf("The attestation key %s is trusted by itself.\n", hex);
	}
	puts("Confidential hardware is trusted below its makers' roots that are in this verifier.");
	for (size_t i = 0; i < t->n_hardware; i++) {
		char hex[2 * SHA256_SIZE + 1];

		hex_write(hex, t->hardware[i].sha256, SHA256_SIZE);
		line_print(stdout, "  and for %s below %.*s (%s)",
			hardware[t->hardware[i].hardware], STR_ARG(t->hardware[i].name), hex);
	}
}

static void show(const struct trust_file *t)
{
	show_rebuilders(t);
	show_signers(t);
	show_logs(&t->logs);
	puts("What they signed counts for so long:");
	show_age("a cosignature", t->max_age.cosignature_s);
	show_age("a channel", t->max_age.channel_s);
	show_age("a statement", t->max_age.statement_s);
	show_machines(t);
}

/* The file as JSON, which is a trust file as well. */
static bool show_json(struct span text, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(TRUST_SHOW_JSON_MAX);
	struct json_out w = json_out_to(&b);
	struct json v;

	if (!yaml_parse(&v, text, a, e))
		return false;
	json_value(&w, &v);
	if (!buf_ok(&b))
		return buf_full(&b, "the trust file as JSON", e);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(TRUST_SHOW_MEMORY_MAX);
	struct str path = trust_load_path(verb_value(args, "--trust"), a);
	CLEANUP(buf_done) struct buf text = { 0 };
	struct trust_file t = { 0 };

	(void)code;
	if (!path.p || !file_read(AT_FDCWD, path.p, YAML_SIZE_MAX, &text, e)) {
		if (path.p && e->kind != ERR_NOTFOUND)
			return false;
		err_set(e, ERR_NOTFOUND, "there is no trust file%s%s%s: nobody is trusted",
			path.p ? " '" : "", path.p ? path.p : "", path.p ? "'" : "");
		return err_hint(e, "`assay trust init` writes one to begin with");
	}
	if (!trust_load_text(&t, buf_span(&text), path.p, a, e))
		return false;
	if (verb_flag(args, "--json")) {
		bool ok = show_json(buf_span(&text), a, e);

		trust_unload(&t);
		return ok;
	}
	line_print(stdout, "What %.*s says:", STR_ARG(path));
	show(&t);
	trust_unload(&t);
	return true;
}

static const struct verb_option options[] = {
	{ "--trust", "FILE", "which trust file (~/.config/assay/trust.yaml)", false },
	{ "--json", NULL, "print the trust file as JSON", false },
	{ 0 },
};

const struct verb cmd_trust_show = {
	.name = "trust show",
	.summary = "say in sentences whom the trust file trusts",
	.usage = "",
	.options = options,
	.example = "assay trust show",
	.run = run,
};
