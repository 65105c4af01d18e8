/*
 * A made TDX machine with everything that appraising it takes: a quote of the authority of tdx_authority.h bound to a nonce,
 * Intel's documents, CRLs, a log, reference values, policy and trust. A test changes what the machine is made of, the
 * quote's bytes before they are signed, or what comes out, and says which check must fail.
 */
#ifndef ASSAY_TEST_TDX_MACHINE_H
#define ASSAY_TEST_TDX_MACHINE_H

#include "appraise/appraise_tdx.h"
#include "appraise/platform.h"
#include "tdx_documents.h"
#include "tdx_quote_made.h"
#include "verdict_told.h"

/* Where fields stand in the body, and in the quoting enclave's report. */
enum {
	BODY_SVN = 0,
	BODY_MRSEAM = 16,
	BODY_MRSIGNERSEAM = 64,
	BODY_SEAM_ATTRIBUTES = 112,
	BODY_ATTRIBUTES = 120,
	BODY_XFAM = 128,
	BODY_MRTD = 136,
	BODY_MRCONFIGID = 184,
	BODY_MROWNER = 232,
	BODY_MROWNERCONFIG = 280,
	BODY_RTMR = 328,
	BODY_REPORT_DATA = 520,
	BODY_SVN_2 = 584,
	BODY_MRSERVICETD = 600,
	QE_MISCSELECT = 16,
	QE_ATTRIBUTES = 48,
	QE_MRSIGNER = 128,
	QE_PROD_ID = 256,
	QE_SVN = 258,
	QE_REPORT_DATA = 320,
	TDX_LOGGED = 3, /* RTMRs that the log extends */
	TDX_KEPT_MAX = 16,
};

struct tdx_machine {
	struct arena *a;
	/* made from */
	struct made_tdx authority;
	struct made_quote_spec spec;
	struct made_tcb_info info;
	struct made_identity identity;
	struct made_crl root_crl, pck_crl;
	EVP_PKEY *info_key, *identity_key;     /* who signs the documents */
	const char *info_body, *identity_body; /* in place of the made ones */
	/* the quote before it is signed again */
	uint8_t *header, *body, *qe;
	/* what comes of it */
	struct span quote; /* in the arena, writable through at() */
	struct digest rtmr[TDX_QUOTE_RTMRS];
	uint8_t nonce[BINDING_NONCE_SIZE];
	struct reference_register registers[1 + TDX_QUOTE_RTMRS];
	struct reference_coverage coverage[5];
	struct reference_shape shape;
	struct trust_hardware_root root;
	struct trust_file trust;
	struct policy policy;
	struct bundle bundle;
	struct appraise_in in;
};

static struct tdx_machine m; /* of the case under test */

static struct span kept(struct buf b)
{
	void *p = arena_alloc(m.a, b.n);

	CHECK(p);
	memcpy(p, b.p, b.n);
	b.n = b.n ? b.n : 0;
	{
		struct span s = span_make(p, b.n);

		buf_done(&b);
		return s;
	}
}

__attribute__((unused)) static uint8_t *at(struct span s, size_t i)
{
	CHECK(i < s.n);
	return (uint8_t *)(uintptr_t)s.p + i;
}

static size_t signed_size(void)
{
	return m.spec.version == 5 ? MADE_BODY_5 + (m.spec.body_type == 3 ? 648u : 584u)
				   : MADE_BODY_4 + 584u;
}

/* ---- the log: one event in each of RTMR 0 to 2 ---- */

static struct digest logged(unsigned rtmr)
{
	uint8_t bytes[] = { 'e', (uint8_t)rtmr };

	return digest_of(DIGEST_SHA384, SPAN_OF(bytes));
}

static struct buf made_cc_log(void)
{
	struct buf b = buf_init(4096);

	buf_u32le(&b, 1);
	buf_u32le(&b, EVENT_LOG_NO_ACTION);
	buf_fill(&b, 0, 20);
	buf_u32le(&b, 33);
	buf_add(&b, "Spec ID Event03", 16);
	buf_fill(&b, 0, 8);
	buf_u32le(&b, 1);
	buf_u16le(&b, 0x000c);
	buf_u16le(&b, 48);
	buf_u8(&b, 0);
	for (unsigned i = 0; i < TDX_LOGGED; i++) {
		struct digest d = logged(i);

		buf_u32le(&b, i + 1);
		buf_u32le(&b, 0x80000007); /* EV_EFI_ACTION */
		buf_u32le(&b, 1);
		buf_u16le(&b, 0x000c);
		buf_add(&b, d.bytes, 48);
		buf_u32le(&b, 1);
		buf_u8(&b, 'e');
	}
	return b;
}

static void extend(struct digest *value, const struct digest *by)
{
	uint8_t both[96];

	memcpy(both, value->bytes, 48);
	memcpy(both + 48, by->bytes, 48);
	*value = digest_of(DIGEST_SHA384, SPAN_OF(both));
}

/* ---- what the verifier has ---- */

static void make_shape(void)
{
	static const char *const layers[][2] = { { "firmware", "MRTD" }, { "kernel", "RTMR 1" },
		{ "initrd", "RTMR 2" }, { "command line", "RTMR 2" },
		{ "root file system", "RTMR 2" } };

	for (unsigned i = 0; i < ARRAY_LEN(m.registers); i++) {
		m.registers[i] = (struct reference_register){ .reg = i, .how = REFERENCE_COMPUTED };
		if (i > 0)
			m.registers[i].values[0] = m.rtmr[i - 1];
	}
	m.registers[0].values[0].alg = DIGEST_SHA384;
	memset(m.registers[0].values[0].bytes, 0xb0, 48);
	for (size_t i = 0; i < ARRAY_LEN(layers); i++)
		m.coverage[i] = (struct reference_coverage){ str_of(layers[i][0]),
			str_of(layers[i][1]), STR("") };
	m.shape = (struct reference_shape){ .name = STR("made"),
		.platform = STR("tdx"),
		.banks = { DIGEST_SHA384 },
		.n_banks = 1,
		.registers = m.registers,
		.n_registers = ARRAY_LEN(m.registers),
		.coverage = m.coverage,
		.n_coverage = ARRAY_LEN(m.coverage) };
}

static void make_verifier(void)
{
	m.policy = policy_default();
	m.root = (struct trust_hardware_root){ .name = STR("made"), .hardware = TRUST_TDX };
	m.trust = (struct trust_file){ .hardware = &m.root, .n_hardware = 1 };
	memset(m.nonce, 0x4e, sizeof m.nonce);
	m.bundle = (struct bundle){
		.kind = BUNDLE_TDX, .has_binding = true, .binding = { .role = STR("attester") }
	};
	memcpy(m.bundle.binding.nonce, m.nonce, sizeof m.nonce);
	m.in = (struct appraise_in){ .bundle = &m.bundle,
		.shape = &m.shape,
		.vouch = APPRAISE_BUILT_HERE,
		.policy = &m.policy,
		.trust = &m.trust,
		.nonce = m.nonce,
		.at_unix = MADE_NOW };
}

/* An honest machine of which nothing is signed yet. */
static void tdx_machine_init(struct arena *a)
{
	const int64_t from = MADE_NOW - 10 * MADE_DAY, to = MADE_NOW + 10 * MADE_DAY;

	m = (struct tdx_machine){ .a = a,
		.authority = made_honest(),
		.spec = { .version = 4,
			.body_type = 2,
			.tee_tcb_svn = { 6, 1, 3 },
			.tee_tcb_svn2 = { 6, 1, 3 },
			.qe_svn = 4,
			.qe_mrsigner = { 0xdc } },
		.info = made_honest_info(),
		.identity = made_honest_identity() };
	m.root_crl = (struct made_crl){
		.issuer = MADE_ROOT, .signer = m.authority.root_key, .from = from, .to = to
	};
	m.pck_crl = (struct made_crl){
		.issuer = MADE_PLATFORM, .signer = m.authority.ca_key, .from = from, .to = to
	};
	m.info_key = m.identity_key = m.authority.signing_key;
	for (unsigned i = 0; i < TDX_QUOTE_RTMRS; i++) {
		struct digest d = logged(i);

		m.rtmr[i].alg = DIGEST_SHA384;
		if (i < TDX_LOGGED)
			extend(&m.rtmr[i], &d);
	}
	make_shape();
	make_verifier();
}

/* ---- signing ---- */

/* What the machine is made of becomes bytes; the quote's registers and report data are put in, unsigned. */
static void tdx_machine_make(void)
{
	struct digest bound = { 0 };
	struct err e = { 0 };
	size_t body = m.spec.version == 5 ? MADE_BODY_5 : MADE_BODY_4;
	X509 *root = made_x509(&m.authority.root);
	unsigned n = SHA256_SIZE;

	CHECK(X509_digest(root, EVP_sha256(), m.root.sha256, &n) == 1);
	X509_free(root);
	m.quote = kept(made_tdx_quote(&m.authority, &m.spec));
	m.header = at(m.quote, 0);
	m.body = at(m.quote, body);
	m.qe = at(m.quote, signed_size() + 4 + 64 + 64 + 6);
	for (unsigned i = 0; i < TDX_QUOTE_RTMRS; i++)
		memcpy(m.body + BODY_RTMR + 48 * i, m.rtmr[i].bytes, 48);
	CHECK_OK(binding_digest(&bound, DIGEST_SHA512, &m.bundle.binding, &e), e);
	memcpy(m.body + BODY_REPORT_DATA, bound.bytes, 64);
}

static struct span document(const char *member, const char *body, struct buf made, EVP_PKEY *key)
{
	struct buf b = made_document(member, body ? body : (const char *)made.p, key);

	buf_done(&made);
	return kept(b);
}

/* Signs the quote, and makes the collateral beside it. made_root may be another authority's chain by now. */
static void tdx_machine_sign(void)
{
	size_t n = signed_size();
	struct span chain;

	made_rs(at(m.quote, n + 4), m.authority.attestation_key, span_make(m.quote.p, n));
	made_rs(m.qe + TDX_QUOTE_QE_REPORT_SIZE, m.authority.pck_key,
		span_make(m.qe, TDX_QUOTE_QE_REPORT_SIZE));
	chain = kept(made_signing_chain(&m.authority));
	m.bundle.tdx_quote = m.quote;
	m.bundle.tdx_tcb_info = document(
		"tcbInfo", m.info_body, made_info_body(&m.info), m.info_key);
	m.bundle.tdx_qe_identity = document("enclaveIdentity", m.identity_body,
		made_identity_body(&m.identity), m.identity_key);
	m.bundle.tdx_tcb_info_chain = m.bundle.tdx_qe_identity_chain = chain;
	m.bundle.tdx_root_crl = kept(made_crl(&m.root_crl));
	m.bundle.tdx_pck_crl = kept(made_crl(&m.pck_crl));
	m.bundle.cc_log = kept(made_cc_log());
}

/* The platform that the PCK certificate is for, without member `without` (0: whole), as made_sgx has it. */
__attribute__((unused)) static void tdx_machine_platform(int without)
{
	buf_done(&made_sgx_value);
	made_sgx_value = made_sgx(&m.authority.platform, without);
}

/* ---- cases ---- */

static struct appraise_out out;

__attribute__((unused)) static void nothing(void)
{
}

struct tdx_case {
	const char *name;
	void (*before)(void); /* the machine is made */
	void (*change)(void); /* bytes of the quote before they are signed */
	void (*after)(void);
	enum verdict_status want;
	const char *failing; /* the check that must have failed; NULL: none */
	unsigned row;        /* of the list of attacks that the project answers; 0: none of them */
};

#define GOOD VERDICT_AFFIRMING
#define WARN VERDICT_WARNING
#define BAD VERDICT_CONTRAINDICATED
#define B(name, want, failing, row)                               \
	{                                                         \
#name, name, nothing, nothing, want, failing, row \
	}
#define C(name, want, failing, row)                               \
	{                                                         \
#name, nothing, name, nothing, want, failing, row \
	}
#define A(name, want, failing, row)                               \
	{                                                         \
#name, nothing, nothing, name, want, failing, row \
	}

__attribute__((unused)) static void say(const char *name)
{
	fprintf(stderr, "case %s: %s\n", name, verdict_status_name(out.verdict.status));
	for (size_t i = 0; i < out.verdict.checks.n; i++) {
		const struct check *k = &out.verdict.checks.items[i];

		if (k->result == CHECK_FAILED)
			fprintf(stderr, "  %s: %.*s\n", k->name, STR_ARG(k->reason));
	}
}

__attribute__((unused)) static bool fails(const char *name)
{
	const struct check *c = check_find(&out.verdict.checks, name);

	return c && c->result == CHECK_FAILED && c->reason.n;
}

/*
 * Every check has a name of its own, says what it is about and by whose word (of a register without reference values nobody's), and
 * why it did not pass.
 */
static bool well_said(void)
{
	for (size_t i = 0; i < out.verdict.checks.n; i++) {
		const struct check *c = &out.verdict.checks.items[i];

		if (check_find(&out.verdict.checks, c->name) != c || !c->what.n ||
			(!c->whose.n && (m.in.shape || c->reg < 0)) ||
			(c->result != CHECK_PASSED) != (c->reason.n > 0))
			return fprintf(stderr, "%s is not said well\n", c->name), false;
	}
	return true;
}

/* What is said in `out` lives until the next case. */
__attribute__((unused)) static void run_case(const struct tdx_case *c)
{
	static struct arena *a;
	struct err e = { 0 };
	bool ok;

	arena_free(a);
	a = arena_new(16 << 20);
	tdx_machine_init(a);
	c->before();
	tdx_machine_make();
	c->change();
	tdx_machine_sign();
	c->after();
	CHECK_OK(appraise(&out, &m.in, a, &e), e);
	verdict_told(c->name, &out);
	ok = out.verdict.status == c->want && verdict_affirms(&out.verdict) == (c->want == GOOD) &&
	     (!c->failing || fails(c->failing)) && well_said();
	CHECK(ok);
	if (!ok)
		say(c->name);
}

#endif
