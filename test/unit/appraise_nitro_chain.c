/* Documents of AWS Nitro whose certificates, signature or times are not as they must be. */
#include "appraise/appraise_nitro.h"

#include "appraise_nitro_case.h"

/* ---- authority ---- */

static void root_unknown(void)
{
	w.trust.n_hardware = 0;
}
static void root_of_another_maker(void)
{
	w.root.hardware = TRUST_TDX;
}
static void root_forged(void)
{
	w.m.certs[0].key = w.m.certs[0].signer = w.m.certs[1].signer = other;
}
static void root_in_front(void)
{
	static struct buf der;
	struct made_cert c = w.m.certs[0];

	c.key = c.signer = other;
	buf_done(&der);
	der = made_cert_der(&c);
	w.m.bundle[0] = buf_span(&der);
}
static void root_in_front_done(void)
{
	root_in_front();
}
static void middle_by_other(void)
{
	w.m.certs[2].signer = other;
}
static void leaf_by_other(void)
{
	w.m.certs[MADE_LEAF].signer = other;
}
static void leaf_by_grandparent(void)
{
	w.m.certs[MADE_LEAF].signer = made_keys[2];
	w.m.certs[MADE_LEAF].issuer = w.m.certs[2].subject;
}
static void certificate_left_out(void)
{
	w.m.n_cabundle = 3;
}
static void leaf_is_authority(void)
{
	w.m.certs[MADE_LEAF].basic = "critical,CA:TRUE";
}
static void leaf_in_the_middle(void)
{
	w.m.certs[2].basic = "critical,CA:FALSE";
}
static void path_too_long(void)
{
	w.m.certs[1].basic = "critical,CA:TRUE,pathlen:0";
}
static void usage_wrong(void)
{
	w.m.certs[1].usage = "critical,digitalSignature";
}
static void leaf_usage_wrong(void)
{
	w.m.certs[MADE_LEAF].usage = "keyAgreement";
}
static void critical_unknown(void)
{
	w.m.certs[3].critical = "1.2.3.4";
}
static void old_version(void)
{
	w.m.certs[3].version = X509_VERSION_1;
}
static void weak_curve(void)
{
	w.m.certs[MADE_LEAF].key = w.m.signer = p256;
}
static void weak_hash(void)
{
	w.m.certs[2].hash = "SHA256";
}
static void other_module(void)
{
	w.m.module_id = "i-0123456789abcdef0-enc0000000000000000";
}
static void module_prefix(void)
{
	w.m.module_id = "i-0123456789abcdef0-enc0123456789abcde";
}

/* ---- signature ---- */

static void signed_by_another(void)
{
	w.m.signer = other;
}
static void signed_by_instance(void)
{
	w.m.signer = made_keys[3];
}
static void signature_zero(void)
{
	w.m.no_signature = true;
}
static void last_byte(size_t from_end)
{
	uint8_t *p = (uint8_t *)(uintptr_t)w.bundle.nitro_document.p;

	p[w.bundle.nitro_document.n - from_end] ^= 1;
}
static void signature_s_changed(void)
{
	last_byte(1);
}
static void signature_r_changed(void)
{
	last_byte(96);
}
/* Another document's payload under this one's signature. */
static void payload_swapped(void)
{
	struct made_nitro second = w.m;
	struct span first = w.bundle.nitro_document;
	struct buf b;

	second.timestamp_ms++;
	b = made_document(&second);
	memcpy(b.p + b.n - 96, first.p + first.n - 96, 96);
	w.bundle.nitro_document = world_kept(b);
	world_trust();
}

/* ---- time ---- */

static void leaf_expired(void)
{
	w.in.at_unix = MADE_AT + 3 * MADE_HOUR + 1;
}
static void not_yet_valid(void)
{
	w.in.at_unix = MADE_AT - 4;
}
static void leeway_too_small(void)
{
	w.policy.leeway_s = 30;
	w.in.at_unix = MADE_AT - 40;
}
static void leeway_too_small_at_the_end(void)
{
	w.policy.leeway_s = 59;
	w.policy.nitro.max_age_s = MADE_DAY;
	w.in.at_unix = MADE_AT + 3 * MADE_HOUR + 60;
}
static void too_old_for_the_leeway(void)
{
	w.policy.leeway_s = 60;
	w.policy.nitro.max_age_s = 100;
	w.in.at_unix = MADE_AT + 161;
}
/* The leeway is for this verifier's clock, and archived documents are held against their own. */
static void expired_at_its_own_time(void)
{
	w.policy.leeway_s = 60;
	w.policy.nitro.archive = true;
	w.m.timestamp_ms = UINT64_C(1000) * (MADE_AT + 3 * MADE_HOUR + 1);
	w.in.at_unix = MADE_AT + MADE_DAY;
}
static void middle_expired(void)
{
	w.m.certs[2].to = MADE_AT + 5;
}
static void root_expired(void)
{
	w.m.certs[0].to = MADE_AT + 5;
}
static void too_old(void)
{
	w.in.at_unix = MADE_AT + 3601;
}
static void too_old_by_policy(void)
{
	w.policy.nitro.max_age_s = 9;
}
static void from_the_future(void)
{
	w.m.timestamp_ms += 60 * 1000;
}
static void archive_of_the_future(void)
{
	archived();
	w.in.at_unix = MADE_AT - MADE_DAY;
}

static const struct test_case cases[] = {
	B(0, nothing, GOOD, NULL),
	A(5, root_unknown, BAD, "root"),
	A(5, root_of_another_maker, BAD, "root"),
	B(5, root_forged, BAD, "root"),
	B(5, root_in_front, BAD, "root"),
	B(5, root_in_front_done, BAD, "chain-signatures"),
	B(5, middle_by_other, BAD, "chain-signatures"),
	B(4, leaf_by_other, BAD, "chain-signatures"),
	B(6, leaf_by_grandparent, BAD, "chain-signatures"),
	B(5, certificate_left_out, BAD, "chain-signatures"),
	B(6, leaf_is_authority, BAD, "chain-profile"),
	B(6, leaf_in_the_middle, BAD, "chain-profile"),
	B(6, path_too_long, BAD, "chain-profile"),
	B(6, usage_wrong, BAD, "chain-profile"),
	B(6, leaf_usage_wrong, BAD, "chain-profile"),
	B(6, critical_unknown, BAD, "chain-profile"),
	B(6, old_version, BAD, "chain-profile"),
	B(17, weak_curve, BAD, "chain-profile"),
	B(17, weak_hash, BAD, "chain-profile"),
	B(4, other_module, BAD, "module"),
	B(4, module_prefix, BAD, "module"),
	B(4, signed_by_another, BAD, "signature"),
	B(6, signed_by_instance, BAD, "signature"),
	B(16, signature_zero, BAD, "signature"),
	A(16, signature_s_changed, BAD, "signature"),
	A(16, signature_r_changed, BAD, "signature"),
	A(27, payload_swapped, BAD, "signature"),
	A(29, leaf_expired, BAD, "certificate-time"),
	A(29, not_yet_valid, BAD, "certificate-time"),
	A(29, leeway_too_small, BAD, "certificate-time"),
	A(29, leeway_too_small_at_the_end, BAD, "certificate-time"),
	A(29, too_old_for_the_leeway, BAD, "age"),
	B(29, expired_at_its_own_time, BAD, "certificate-time"),
	B(29, middle_expired, BAD, "certificate-time"),
	B(29, root_expired, BAD, "certificate-time"),
	A(18, too_old, BAD, "age"),
	A(18, too_old_by_policy, BAD, "age"),
	B(29, from_the_future, BAD, "age"),
	A(29, archive_of_the_future, BAD, "age"),
};

/* Each extension of each certificate, left out: the reason names it. */
static void extensions(void)
{
	for (size_t i = 0; i < 2 * MADE_CERTS; i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
		bool basic = i % 2;
		const struct check *c;
		struct err e = { 0 };

		world_init(a);
		if (basic)
			w.m.certs[i / 2].basic = NULL;
		else
			w.m.certs[i / 2].usage = NULL;
		world_sign();
		CHECK_OK(appraise_nitro(&out, &w.in, a, &e), e);
		c = check_find(&out.verdict.checks, "chain-profile");
		CHECK(out.verdict.status == BAD && failed("chain-profile"));
		CHECK(c && strstr(c->reason.p, basic ? "basic constraints" : "key usage"));
	}
}

/* "The clock" is named where it may be the cause. */
static void says_clock(void)
{
	static void (*const late[])(void) = { leaf_expired, not_yet_valid, archive_of_the_future };
	static const char *const checks[] = { "certificate-time", "certificate-time", "age" };

	for (size_t i = 0; i < ARRAY_LEN(late); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
		const struct check *c;
		struct err e = { 0 };

		world_init(a);
		world_sign();
		late[i]();
		CHECK_OK(appraise_nitro(&out, &w.in, a, &e), e);
		c = check_find(&out.verdict.checks, checks[i]);
		CHECK(c && c->result == CHECK_FAILED && strstr(c->reason.p, "clock"));
	}
}

int main(void)
{
	verdict_told_begin();
	case_keys_new();
	run_cases(cases, ARRAY_LEN(cases));
	extensions();
	says_clock();
	case_keys_free();
	verdict_told_end("appraise_nitro_chain");
	return test_end();
}
