/* Certificates of attestation keys as Google Compute Engine makes them: no extended key usage, and the instance in them. */
#include "appraise_case.h"
#include "codec/der.h"
#include "codec/yaml.h"

static uint8_t production;
static bool silent; /* nothing is said of the host */
static const char *eku, *usage;
static EVP_PKEY *signer;

static struct buf instance(void)
{
	static const uint8_t number[] = { 0x02, 0x01, 0x05 };
	uint8_t truth[] = { 0x01, 0x01, production };
	struct buf b = buf_init(4096);
	size_t start;

	der_put(&b, 0x0c, str_span(STR("test-1a")));
	buf_add(&b, number, sizeof number);
	der_put(&b, 0x0c, str_span(STR("a-project")));
	buf_add(&b, number, sizeof number);
	der_put(&b, 0x0c, str_span(STR("instance-1")));
	start = b.n;
	if (!silent) {
		der_put(&b, 0xa1, SPAN_OF(truth));
		der_close(&b, start, 0x30);
		der_close(&b, start, 0xa0);
	}
	der_close(&b, 0, 0x30);
	return b;
}

/* That certificate with the extension, signed again. */
static struct span with_instance(struct made_certificate c)
{
	CLEANUP(buf_done) struct buf value = instance(), plain = { 0 };
	struct buf der;
	ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.4.1.11129.2.1.21", 1);
	ASN1_OCTET_STRING *octets = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext;
	const unsigned char *p;
	unsigned char *out_der = NULL;
	X509 *x;
	int n;

	plain = made_certificate(&c);
	p = plain.p;
	x = d2i_X509(NULL, &p, (long)plain.n);
	ASN1_OCTET_STRING_set(octets, value.p, (int)value.n);
	ext = X509_EXTENSION_create_by_OBJ(NULL, oid, 0, octets);
	X509_add_ext(x, ext, -1);
	CHECK(X509_sign(x, signer ? signer : c.signer, EVP_sha256()) > 0);
	n = i2d_X509(x, &out_der);
	der = buf_init(1 << 16);
	buf_add(&der, out_der, n > 0 ? (size_t)n : 0);
	OPENSSL_free(out_der);
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(octets);
	ASN1_OBJECT_free(oid);
	X509_free(x);
	return kept(&m, der);
}

static void certified(void)
{
	struct made_certificate c = m.ek_certificate;

	c.key = m.ak_key;
	c.eku = eku;
	c.usage = usage;
	m.bundle.ak_chain.certificates[0] = with_instance(c);
	m.bundle.ak_chain.n = 1;
	m.in.challenge = NULL;
}

/* The machine is asked itself, and its endorsement key has a certificate of Google's. */
static void ek_certified(const char *its_usage)
{
	struct made_certificate c = m.ek_certificate;

	c.eku = eku;
	c.usage = its_usage;
	m.bundle.ek_chain.certificates[0] = with_instance(c);
}
static void ek(void)
{
	ek_certified("critical,keyEncipherment");
}
static void ek_of_old(void)
{
	eku = "2.23.133.8.1";
	ek();
}
static void ek_that_signs(void)
{
	ek_certified("critical,digitalSignature");
}
static void ek_of_old_that_signs(void)
{
	eku = "2.23.133.8.1";
	ek_that_signs();
}
static void ek_for_another_purpose(void)
{
	eku = "2.23.133.8.3";
	ek();
}
/* Without the instance they would be anybody's. */
static void ek_without_instance(void)
{
	struct made_certificate c = m.ek_certificate;

	c.eku = NULL;
	m.bundle.ek_chain.certificates[0] = kept(&m, made_certificate(&c));
}

static void wanted(void)
{
	m.policy.gce.project = STR("a-project");
	m.policy.gce.zone = STR("test-1a");
	m.policy.gce.instance = STR("instance-1");
	certified();
}
static void other_project(void)
{
	m.policy.gce.project = STR("a-projecu");
	certified();
}
static void other_zone(void)
{
	m.policy.gce.zone = STR("test-1");
	certified();
}
static void other_instance(void)
{
	m.policy.gce.instance = STR("instance-2");
	certified();
}
static void test_host(void)
{
	production = 0;
	certified();
}
static void test_host_allowed(void)
{
	m.policy.gce.any_host = true;
	test_host();
}
static void silent_of_host(void)
{
	silent = true;
	certified();
}
static void silent_allowed(void)
{
	m.policy.gce.any_host = true;
	silent_of_host();
}
static void ek_usage(void)
{
	usage = "critical,keyEncipherment";
	certified();
}
static void no_usage(void)
{
	usage = NULL;
	certified();
}
static void more_usage(void)
{
	usage = "critical,digitalSignature,keyEncipherment";
	certified();
}
static void other_purpose(void)
{
	eku = "1.3.6.1.5.5.7.3.1";
	certified();
}
static void of_old(void)
{
	eku = "2.23.133.8.1";
	certified();
}
static void ek_usage_of_old(void)
{
	eku = "2.23.133.8.1";
	ek_usage();
}
static void forged(void)
{
	signer = made_foreign_key;
	wanted();
}
/* Whoever runs a software TPM writes its certificates. */
static void emulated(void)
{
	m.root.emulated = true;
	wanted();
}
static void emulated_and_none_is_wanted(void)
{
	m.root.emulated = true;
	certified();
}
static void not_certified(void)
{
	m.policy.gce.project = STR("a-project");
}

/* Google's certificate is one of the key, and is looked at where the key is known otherwise, too. */
static void pin(void)
{
	m.trust.pinned = &m.challenge.ak;
	m.trust.n_pinned = 1;
	m.policy.tpm.ak = 1U << POLICY_TPM_CERTIFICATE;
}
static void pinned_and_wanted(void)
{
	wanted();
	pin();
}
static void pinned_and_other_project(void)
{
	other_project();
	pin();
}
static void pinned_and_test_host(void)
{
	test_host();
	pin();
}
static void pinned_and_forged(void)
{
	forged();
	pin();
}

static const struct test_case cases[] = {
	A(certified, GOOD, NULL),
	A(of_old, GOOD, NULL),
	A(ek, GOOD, NULL),
	A(ek_of_old, GOOD, NULL),
	A(ek_that_signs, BAD, "ek-chain"),
	A(ek_of_old_that_signs, BAD, "ek-chain"),
	A(ek_for_another_purpose, BAD, "ek-chain"),
	A(ek_without_instance, BAD, "ek-chain"),
	A(ek_usage_of_old, BAD, "ak-chain"),
	A(pinned_and_wanted, GOOD, NULL),
	A(pinned_and_other_project, BAD, "gce-instance"),
	A(pinned_and_test_host, BAD, "gce-instance"),
	A(pinned_and_forged, BAD, "ak-source"),
	A(wanted, GOOD, NULL),
	A(test_host_allowed, GOOD, NULL),
	A(silent_of_host, BAD, "gce-instance"),
	A(silent_allowed, GOOD, NULL),
	A(other_project, BAD, "gce-instance"),
	A(other_zone, BAD, "gce-instance"),
	A(other_instance, BAD, "gce-instance"),
	A(test_host, BAD, "gce-instance"),
	A(ek_usage, BAD, "ak-chain"),
	A(no_usage, BAD, "ak-chain"),
	A(more_usage, BAD, "ak-chain"),
	A(other_purpose, BAD, "ak-chain"),
	A(forged, BAD, "ak-chain"),
	A(not_certified, BAD, "gce-instance"),
	A(emulated, BAD, "gce-instance"),
	A(emulated_and_none_is_wanted, GOOD, NULL),
};

static void fresh(void)
{
	production = 0xff;
	silent = false;
	eku = NULL;
	usage = "critical,digitalSignature";
	signer = NULL;
}

/* The reasons say what is so: that nothing is said, and that a certificate is there and not believed. */
static void told(void)
{
	static const struct {
		struct test_case c;
		const char *reason;
	} rows[] = {
		{ A(silent_of_host, BAD, "gce-instance"),
			"the certificate does not say whether Google's host is one of production, as the policy wants it to" },
		{ A(test_host, BAD, "gce-instance"),
			"Google says that the host is not one of production: it may be open to debugging" },
		{ A(not_certified, BAD, "gce-instance"),
			"no certificate of the attestation key speaks of an instance" },
		{ A(nothing, GOOD, NULL),
			"no certificate of the attestation key speaks of an instance; the policy asks for none" },
		{ A(forged, BAD, "gce-instance"),
			"the certificate that speaks of an instance is not believed: it leads to no root of the trust file for this key" },
		{ A(no_usage, BAD, "ak-chain"),
			"the certificate that speaks of an instance is not believed: it leads to no root of the trust file for this key; the policy asks for none" },
		{ A(emulated, BAD, "gce-instance"),
			"the certificate that speaks of an instance is not believed: its root is that of a TPM in software" },
		{ A(emulated_and_none_is_wanted, GOOD, NULL),
			"the certificate that speaks of an instance is not believed: its root is that of a TPM in software; the policy asks for none" },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
		const struct check *c;

		fresh();
		run_case_in(a, &rows[i].c);
		c = check_find(&out.verdict.checks, "gce-instance");
		CHECK(c && str_is(c->reason, rows[i].reason));
	}
}

static void policies(void)
{
	static const char *const bad[] = { "1", "[]", "\n  projects: x", "\n  project: ''",
		"\n  zone: [a]", "\n  host: test", "\n  host: true" };
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 22);
	CLEANUP(buf_done) struct buf said = buf_init(4096);
	struct policy p;
	struct json v;
	struct err e = { 0 };
	char text[200];

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		snprintf(text, sizeof text, "format: assay.policy/1\nname: x\ngce: %s\n", bad[i]);
		CHECK(!yaml_parse(&v, str_span(str_of(text)), a, &e) ||
			!policy_parse(&p, &v, a, &e));
		CHECK(e.kind == ERR_FORMAT);
	}
	CHECK_OK(yaml_parse(&v,
			 str_span(STR("format: assay.policy/1\nname: x\ngce:\n  project: p\n"
				      "  zone: z\n  instance: i\n  host: any\n")),
			 a, &e),
		e);
	CHECK_OK(policy_parse(&p, &v, a, &e), e);
	CHECK(str_is(p.gce.project, "p") && str_is(p.gce.zone, "z") &&
		str_is(p.gce.instance, "i") && p.gce.any_host);
	policy_gce_tell(&p.gce, &said);
	buf_u8(&said, 0);
	CHECK(strstr((const char *)said.p, "project 'p'") && strstr((const char *)said.p, "tests"));
}

int main(void)
{
	verdict_told_begin();
	made_keys();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		fresh();
		run_case(&cases[i]);
	}
	told();
	policies();
	made_keys_done();
	verdict_told_end("appraise_tpm_gce");
	return test_end();
}
