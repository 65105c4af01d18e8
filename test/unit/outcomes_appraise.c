/* What the appraisal's parsers say of samples and of whatever is near to them: test/golden/outcomes_appraise.txt. */
#include <glob.h>

#include "appraise/corim_read.h"
#include "appraise/event_facts.h"
#include "appraise/policy_tell.h"
#include "codec/yaml.h"
#include "outcomes.h"
#include "sys/file.h"

enum { SAMPLE_MAX = 4096, ARENA = 4 << 20 };

static struct buf told;

/* ---- events of a log ---- */

static void say_event(struct buf *out, struct span bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct event_log_event ev = { 0 };
	struct event_log log = { .form = EVENT_LOG_AGILE,
		.banks = { DIGEST_SHA256 },
		.n_banks = 1,
		.events = &ev,
		.n_events = 1 };
	struct event_facts f;
	struct digest d;
	struct err e = { 0 };

	if (bytes.n < 4)
		return;
	ev.type = (uint32_t)bytes.p[0] | (uint32_t)bytes.p[1] << 8 | (uint32_t)bytes.p[2] << 16 |
		  (uint32_t)bytes.p[3] << 24;
	ev.data = span_make(bytes.p + 4, bytes.n - 4);
	d = digest_of(DIGEST_SHA256, ev.data);
	ev.digests[0] = span_make(d.bytes, SHA256_SIZE);
	if (!event_facts(&f, &log, &ev, a, &e)) {
		buf_printf(out, "%d %s", (int)e.kind, e.text);
		return;
	}
	buf_printf(out, "%s", f.hashed ? f.hashed : "not hashed");
	for (size_t i = 0; i < f.n; i++)
		buf_printf(out, ", %s=%.*s", f.items[i].name, STR_ARG(f.items[i].value));
}

/* ---- CoRIMs ---- */

static void say_values(struct buf *out, const struct corim *c)
{
	buf_printf(out, "%s '%.*s' %.*s, %zu tags, %zu triples", c->is_signed ? "signed" : "bare",
		STR_ARG(c->id), STR_ARG(c->profile), c->n_tags, c->n_triples);
	for (size_t i = 0; i < c->n_values; i++) {
		const struct corim_value *v = &c->values[i];

		buf_printf(out, ", %.*s/%.*s/%.*s%s%.*s %lld%.*s ", STR_ARG(v->vendor),
			STR_ARG(v->model), STR_ARG(v->key), v->is_register ? " register " : "",
			STR_ARG(v->reg), (long long)v->alg, STR_ARG(v->alg_name));
		hex_add(out, span_make(v->digest.p, v->digest.n < 3 ? v->digest.n : 3));
	}
}

static void say_corim(struct buf *out, struct span bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct err e = { 0 };
	struct corim c;

	if (corim_read(&c, bytes, a, &e))
		say_values(out, &c);
	else
		buf_printf(out, "%d %s", (int)e.kind, e.text);
}

static void say_comid(struct buf *out, struct span bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct err e = { 0 };
	struct corim c;

	if (corim_read_comid(&c, bytes, a, &e))
		say_values(out, &c);
	else
		buf_printf(out, "%d %s", (int)e.kind, e.text);
}

/* ---- policies ---- */

static void say_policy(struct buf *out, struct span bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct policy p = policy_default();
	struct json v;
	struct err e = { 0 };

	if (!yaml_parse(&v, bytes, a, &e) || !policy_parse(&p, &v, a, &e)) {
		buf_printf(out, "%d %s", (int)e.kind, e.text);
		return;
	}
	policy_tell(&p, out);
	for (size_t i = 0; i < out->n; i++)
		if (out->p[i] == '\n')
			out->p[i] = '|';
}

/* ---- samples ---- */

static struct span hex_sample(uint8_t *ret, const char *hex, size_t n_hex)
{
	size_t n = 0;

	for (size_t i = 0; i + 1 < n_hex && n < SAMPLE_MAX;) {
		if (hex[i] == '\n' || hex[i] == ' ') {
			i++;
			continue;
		}
		CHECK(hex_read(str_make(hex + i, 2), ret + n++, 1));
		i += 2;
	}
	return span_make(ret, n);
}

/* All of a folder of the fuzzer's corpus, by name. */
static void corpus(const char *folder, outcomes_use *use)
{
	static uint8_t bytes[SAMPLE_MAX];
	char pattern[1000];
	glob_t found;

	snprintf(pattern, sizeof pattern, "%s/fuzz/corpus/%s/*.hex", TEST_DIR, folder);
	CHECK(!glob(pattern, 0, NULL, &found) && found.gl_pathc > 2);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		CLEANUP(buf_done) struct buf text = { 0 };
		struct err e = { 0 };

		CHECK_OK(file_read(AT_FDCWD, found.gl_pathv[i], 3 * SAMPLE_MAX, &text, &e), e);
		outcomes(&told, strrchr(found.gl_pathv[i], '/') + 1,
			hex_sample(bytes, (const char *)text.p, text.n), use);
	}
	globfree(&found);
}

#define SNP_MEMBERS \
	"products: [Milan]\n  signers: [VLEK]\n  vmpl: [0, 3]\n  debug: allow\n  crl: off\n"
#define TEXT_OF(literal) span_make(literal, sizeof(literal) - 1)

static void policies(void)
{
	outcomes(&told, "policy",
		TEXT_OF("format: assay.policy/1\nname: x\nbank: sha384\nfreshness: archive\n"
			"leeway: 86400\nclock: safe\nevidence: [tpm, snp]\n"
			"require-registers: [0, 23]\n"),
		say_policy);
	outcomes(&told, "snp",
		TEXT_OF("format: assay.policy/1\nname: x\nsnp:\n  " SNP_MEMBERS
			"  minimum-firmware: 1.55.29\n  minimum-abi: 1.51\n  minimum-guest-svn: 7\n"
			"  mitigations:\n    launch: [63]\n"
			"  minimum-tcb:\n    Milan:\n      reported:\n        snp: 255\n"),
		say_policy);
	outcomes(&told, "tdx",
		TEXT_OF("format: assay.policy/1\nname: x\ntdx:\n  tcb-status: [UpToDate]\n"
			"  grace-days: 365\n  minimum-evaluation-number: 17\n  crl: off\n"
			"  minimum-tcb-date: \"2024-03-13T00:00:00Z\"\n  rtmr-0: ignore\n"
			"  advisories:\n    deny: [INTEL-SA-00001]\n    allow: []\n"
			"  attributes:\n    must: 0x10000000\n  debug: allow\n"),
		say_policy);
	outcomes(&told, "nitro, azure, gce",
		TEXT_OF("format: assay.policy/1\nname: x\nnitro:\n  mode: archive\n"
			"  max-age: 31536000\n  debug: allow\n  require-registers: [0, 23]\n"
			"  user-data: ''\n  public-key: 01ff\nazure:\n  secure-boot: any\n"
			"  vm-ids: [a]\n  nonce: either\ngce:\n  zone: z\n  host: any\n"),
		say_policy);
}

int main(void)
{
	told = buf_init(1 << 22);
	corpus("event_facts", say_event);
	corpus("corim", say_corim);
	corpus("corim", say_comid);
	policies();
	golden_text(&told, "outcomes_appraise");
	return test_end();
}
