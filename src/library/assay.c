/* The library's one door (include/assay.h): the caller's bytes to the core's values, appraise(), and the result back. */
#include <assay.h>

#include <stdlib.h>
#include <string.h>

#include "appraise/appraise.h"
#include "appraise/evidence_read.h"
#include "appraise/evidence_registers.h"
#include "appraise/statements.h"
#include "base/crypto_context.h"
#include "base/mem.h"
#include "codec/harmless.h"
#include "codec/yaml.h"
#include "trust/certificate.h"
#include "base/banned.h"

_Static_assert((int)ASSAY_NOTFOUND == (int)ERR_NOTFOUND && (int)ASSAY_LIMIT == (int)ERR_LIMIT &&
		       (int)ASSAY_INTERNAL == (int)ERR_INTERNAL,
	"errors are numbered as in base/err.h");
_Static_assert((int)ASSAY_CONTRAINDICATED == (int)VERDICT_CONTRAINDICATED &&
		       (int)ASSAY_WARNING == (int)VERDICT_WARNING &&
		       (int)ASSAY_AFFIRMING == (int)VERDICT_AFFIRMING,
	"tiers are numbered as in appraise/verdict.h");

_Static_assert((int)ASSAY_STATEMENTS_MAX == (int)QUORUM_STATEMENTS_MAX,
	"as many statements as a quorum takes");

enum { TOLD_MAX = 8 * sizeof(((struct err *)0)->text) }; /* each byte as an escape */
#define AT_MAX INT64_C(253402300799)                     /* room for any leeway is left above it */

struct work {
	struct assay_input in; /* as long as this version knows it */
	struct arena *a;
	struct policy policy;
	struct trust_file trust;
	struct reference_values values;
	struct statements *statements; /* NULL: none were given */
	struct quorum_outcome quorum;
	struct enrolment enrolment;
	struct bundle bundle;
	struct appraise_in ask;
	struct appraise_out out;
	struct buf ear;
};

static struct span bytes(struct assay_bytes b)
{
	return span_make(b.data, b.size);
}

/* A caller of an earlier version has a struct that ends before one of these. */
static bool is_earlier(size_t size)
{
	return size == offsetof(struct assay_input, flags) ||
	       size == offsetof(struct assay_input, statements);
}

/* What an earlier version did not have is zero; what a later one has added behind our struct must be unused. */
static bool take_input(struct assay_input *ret, const struct assay_input *in, struct err *e)
{
	const struct assay_bytes *all[] = { &ret->evidence, &ret->policy, &ret->trust,
		&ret->reference_values, &ret->enrolment, &ret->nonce, &ret->report_data };

	if (!in || (in->size < sizeof *ret && !is_earlier(in->size)))
		return err_set(e, ERR_USAGE,
			"assay_input: size is %zu, wanted sizeof(struct assay_input), at least %zu",
			in ? in->size : 0, sizeof *ret);
	for (size_t i = sizeof *ret; i < in->size; i++)
		if (((const unsigned char *)in)[i])
			return err_set(e, ERR_USAGE,
				"assay_input: a field at %zu is not known to version %s", i,
				assay_version());
	memcpy(ret, in, in->size < sizeof *ret ? in->size : sizeof *ret);
	for (size_t i = 0; i < ARRAY_LEN(all); i++)
		if (all[i]->size && !all[i]->data)
			return err_set(e, ERR_USAGE, "assay_input: data is NULL, size is %zu",
				all[i]->size);
	return true;
}

static bool check_statements(const struct assay_input *in, struct err *e)
{
	if (in->n_statements > ASSAY_STATEMENTS_MAX)
		return err_set(e, ERR_LIMIT, "assay_input: %zu statements, limit %d",
			in->n_statements, ASSAY_STATEMENTS_MAX);
	if (in->n_statements && !in->statements)
		return err_set(e, ERR_USAGE, "assay_input: statements is NULL");
	for (size_t i = 0; i < in->n_statements; i++)
		if (in->statements[i].size && !in->statements[i].data)
			return err_set(e, ERR_USAGE,
				"assay_input: data of statement %zu is NULL, size is %zu", i + 1,
				in->statements[i].size);
	if (in->n_statements && !in->reference_values.size)
		return err_set(e, ERR_USAGE,
			"assay_input: statements are about reference_values, and there are none");
	return true;
}

static bool check_input(const struct assay_input *in, struct err *e)
{
	if (in->at_unix <= 0)
		return err_set(e, ERR_USAGE,
			"assay_input: at_unix is missing: as of when, in seconds since 1970");
	if (in->at_unix > AT_MAX)
		return err_set(e, ERR_USAGE, "assay_input: at_unix is after the year 9999");
	if (!in->evidence.size)
		return err_set(e, ERR_USAGE, "assay_input: evidence is missing");
	if (in->n_certificates > ASSAY_CERTIFICATES_MAX)
		return err_set(e, ERR_LIMIT, "assay_input: %zu certificates, limit %d",
			in->n_certificates, ASSAY_CERTIFICATES_MAX);
	if (in->n_certificates && !in->certificates)
		return err_set(e, ERR_USAGE, "assay_input: certificates is NULL");
	if (in->vouch != ASSAY_UNSIGNED_CLAIM && in->vouch != ASSAY_BUILT_HERE)
		return err_set(e, ERR_USAGE, "assay_input: vouch is %d", in->vouch);
	if (in->nonce.size && in->nonce.size != BINDING_NONCE_SIZE)
		return err_set(e, ERR_USAGE, "assay_input: nonce of %zu bytes, want %d",
			in->nonce.size, BINDING_NONCE_SIZE);
	if (in->report_data.size > ASSAY_REPORT_DATA_MAX)
		return err_set(e, ERR_USAGE, "assay_input: report data of %zu bytes, limit %d",
			in->report_data.size, ASSAY_REPORT_DATA_MAX);
	if (in->report_data.size && span_is_zero(bytes(in->report_data)))
		return err_set(e, ERR_USAGE,
			"assay_input: report data of zeroes, which hardware reports when nobody asks");
	if (in->flags & ~(uint64_t)ASSAY_REPORT_DATA_IS_FRESH)
		return err_set(e, ERR_USAGE, "assay_input: flags has a bit that is not known");
	if (in->flags && !in->report_data.size)
		return err_set(e, ERR_USAGE,
			"assay_input: ASSAY_REPORT_DATA_IS_FRESH, and there is no report data");
	return check_statements(in, e);
}

static bool read_policy(struct work *w, struct err *e)
{
	struct json v;

	w->policy = policy_default();
	w->ask.policy = &w->policy;
	return !w->in.policy.size ||
	       (yaml_parse(&v, bytes(w->in.policy), w->a, e) &&
		       policy_parse(&w->policy, &v, w->a, e)) ||
	       err_wrap(e, "policy");
}

static bool read_root(struct work *w, struct trust_root *root, struct err *e)
{
	for (size_t i = 0; i < w->in.n_certificates; i++) {
		const struct assay_certificate *c = &w->in.certificates[i];

		if (!c->path || !c->bytes.data || !str_is(root->path, c->path))
			continue;
		return certificate_of_file(&root->certificate, bytes(c->bytes), e) ||
		       err_wrap(e, "TPM root '%.*s' ('%s')", STR_ARG(root->name), c->path);
	}
	err_set(e, ERR_NOTFOUND, "TPM root '%.*s': no certificate with the path '%.*s' was given",
		STR_ARG(root->name), STR_ARG(root->path));
	return err_hint(e, "put the file's bytes among the certificates, its path as written");
}

static bool read_trust(struct work *w, struct err *e)
{
	struct json v;

	w->ask.trust = &w->trust;
	if (!w->in.trust.size)
		return true;
	if (!yaml_parse(&v, bytes(w->in.trust), w->a, e) ||
		!trust_file_parse(&w->trust, &v, w->a, e))
		return err_wrap(e, "trust file");
	for (size_t i = 0; i < w->trust.n_roots; i++)
		if (!read_root(w, &w->trust.roots[i], e))
			return err_wrap(e, "trust file");
	return true;
}

/* The shape by name, else the only one for the platform; with neither values nor name none. */
static bool pick_shape(struct work *w, struct err *e)
{
	struct str name = w->in.shape ? str_of(w->in.shape) : w->policy.shape;
	const char *platform = platform_name(evidence_registers_platform(&w->bundle, w->a));

	for (size_t i = 0; i < w->values.n_shapes; i++) {
		const struct reference_shape *s = &w->values.shapes[i];

		if (name.p ? !str_equal(s->name, name) : !str_is(s->platform, platform))
			continue;
		if (w->ask.shape) {
			err_set(e, ERR_USAGE, "the reference values have several shapes for %s",
				platform);
			return err_hint(e, "name one");
		}
		w->ask.shape = s;
	}
	if (w->ask.shape || (!name.p && !w->in.reference_values.size))
		return true;
	if (!w->in.reference_values.size)
		return err_set(e, ERR_USAGE,
			"shape '%.*s' is one of reference_values, and there are none",
			STR_ARG(name));
	return err_set(e, ERR_NOTFOUND, "the reference values have no shape '%.*s' for %s",
		STR_ARG(name), platform);
}

static bool read_values(struct work *w, struct err *e)
{
	if (w->in.reference_values.size &&
		!reference_values_parse(&w->values, bytes(w->in.reference_values), w->a, e))
		return err_wrap(e, "reference values");
	w->ask.values = &w->values;
	w->ask.vouch = w->in.vouch == ASSAY_BUILT_HERE ? APPRAISE_BUILT_HERE
						       : APPRAISE_UNSIGNED_CLAIM;
	return pick_shape(w, e);
}

/* As `assay verify --statements` hears them. The shape is picked: values without one for this machine were refused. */
static bool hear_statements(struct work *w, struct err *e)
{
	const struct statements_asked asked = { w->policy.vouchers.rebuilders, w->in.at_unix };

	if (!w->in.n_statements)
		return true;
	if (!statements_new(&w->statements, &w->trust, w->a, e))
		return err_wrap(e, "trust file");
	for (size_t i = 0; i < w->in.n_statements; i++)
		if (!statements_add(w->statements, STR(""), bytes(w->in.statements[i]), e))
			return err_wrap(e, "statement %zu", i + 1);
	w->ask.quorum = &w->quorum;
	return statements_outcome(&w->quorum, w->statements, &w->values, w->ask.shape, asked, e);
}

static bool read_evidence(struct work *w, struct err *e)
{
	w->ask.bundle = &w->bundle;
	w->ask.nonce = w->in.nonce.size ? w->in.nonce.data : NULL;
	w->ask.report_data = w->in.report_data.size ? bytes(w->in.report_data) : span_make(NULL, 0);
	w->ask.report_data_is_fresh = w->in.flags & ASSAY_REPORT_DATA_IS_FRESH;
	w->ask.at_unix = w->in.at_unix;
	if (!evidence_read(&w->bundle, bytes(w->in.evidence), w->a, e))
		return err_wrap(e, "evidence");
	if (!w->in.enrolment.size)
		return true;
	w->ask.enrolment = &w->enrolment;
	return enrolment_parse(&w->enrolment, bytes(w->in.enrolment), w->a, e) ||
	       err_wrap(e, "enrolment");
}

static bool emit(struct work *w, struct err *e)
{
	struct verdict_context c = { .at_unix = w->in.at_unix,
		.build = STR("libassay " ASSAY_VERSION),
		.policy = w->policy.id,
		.submod = str_of(bundle_kind_name(w->bundle.kind)),
		.nonce = appraise_asked(&w->ask),
		.values = w->in.reference_values.size ? &w->values : NULL };

	verdict_emit(&w->out.verdict, &c, &w->ear);
	buf_u8(&w->ear, 0);
	return buf_ok(&w->ear) || buf_full(&w->ear, "result", e);
}

static bool verify(struct work *w, struct err *e)
{
	return crypto_context_open(e) && read_policy(w, e) && read_trust(w, e) &&
	       read_evidence(w, e) && read_values(w, e) && hear_statements(w, e) &&
	       appraise(&w->out, &w->ask, w->a, e) && emit(w, e);
}

/* Everything between is worth nothing when memory was missing anywhere: a check may have failed for that alone. */
static bool verify_guarded(struct work *w, struct err *e)
{
	size_t max = w->in.memory_max ? w->in.memory_max : ASSAY_MEMORY_DEFAULT;
	bool ok, whole;

	mem_guard_begin();
	w->ear = buf_init(max);
	w->a = arena_new(max);
	ok = w->a && verify(w, e);
	crypto_context_forget_errors();
	whole = mem_guard_end();
	if (w->a && arena_failed(w->a))
		return arena_full(w->a, e);
	return whole ? ok : err_set(e, ERR_LIMIT, "the machine has no more memory");
}

static void release(struct work *w)
{
	for (size_t i = 0; i < w->trust.n_roots; i++)
		certificate_free(w->trust.roots[i].certificate);
	statements_free(w->statements);
	arena_free(w->a);
	buf_done(&w->ear);
	free(w);
}

static bool run(const struct assay_input *in, struct assay_result *out, struct err *e)
{
	struct work *w = calloc(1, sizeof *w);
	bool ok;

	if (!w)
		return err_set(e, ERR_LIMIT, "the machine has no more memory");
	ok = take_input(&w->in, in, e) && check_input(&w->in, e) && verify_guarded(w, e);
	if (ok) {
		out->status = (int)w->out.verdict.status;
		out->ear_size = w->ear.n - 1;
		out->ear = (char *)w->ear.p;
		w->ear = buf_init(0);
	}
	release(w);
	return ok;
}

/* One line that steers nothing, whatever the evidence holds, cut between characters. Without memory: only what is plain. */
static void tell(char *to, size_t room, const char *text)
{
	struct buf b = buf_init(TOLD_MAX);
	size_t n;

	mem_guard_begin();
	harmless_add(&b, str_of(text));
	if (!mem_guard_end() || !buf_ok(&b)) {
		for (n = 0; n < room - 1 && text[n]; n++)
			to[n] = (char)(text[n] >= 0x20 && text[n] < 0x7f ? text[n] : '?');
	} else {
		for (n = b.n < room ? b.n : room - 1; n && n < b.n && (b.p[n] & 0xc0) == 0x80;)
			n--;
		if (n)
			memcpy(to, b.p, n);
	}
	to[n] = 0;
	buf_done(&b);
}

int assay_verify(const struct assay_input *in, struct assay_result *out)
{
	struct err e = { 0 };

	if (!out || out->size < sizeof *out)
		return ASSAY_USAGE;
	memset((char *)out + sizeof out->size, 0, out->size - sizeof out->size);
	if (run(in, out, &e))
		return ASSAY_OK;
	tell(out->error, sizeof out->error, e.text);
	tell(out->hint, sizeof out->hint, e.hint);
	return (int)e.kind;
}

void assay_result_free(struct assay_result *out)
{
	if (!out)
		return;
	free(out->ear);
	out->ear = NULL;
	out->ear_size = 0;
	out->status = ASSAY_NONE;
}

const char *assay_status_name(int status)
{
	return verdict_status_name((enum verdict_status)status);
}

const char *assay_version(void)
{
	return ASSAY_VERSION;
}
