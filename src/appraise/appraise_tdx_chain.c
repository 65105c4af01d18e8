#include "appraise/appraise_tdx_inside.h"
#include "base/banned.h"

static void test(struct appraise_tdx_state *s, const char *name, const char *what, int fail_value,
	bool ok, const struct err *e)
{
	appraise_test(s->w,
		(struct check){ .name = name,
			.what = str_of(what),
			.whose = STR("Intel's PCK certificate profile"),
			.fail_value = fail_value },
		ok, e);
}

void appraise_tdx_chain_read(struct appraise_tdx_state *s)
{
	struct err e = { 0 };
	bool ok = intel_chain_read(
		&s->pck, INTEL_CHAIN_PCK, s->said->quote.certificates, s->w->a, &e);

	test(s, "tdx-pck-chain", "the quote carries the platform's PCK certificate with its chain",
		CHECK_CRYPTO_FAILED, ok, &e);
}

/* Intel's root, or one of the trust file. */
static void find_root(struct appraise_tdx_state *s)
{
	const struct trust_file *t = s->w->in->trust;
	struct err unused = { 0 };

	if (intel_chain_pinned(&s->pck, intel_chain_root_sha256, &unused)) {
		s->root = intel_chain_root_sha256;
		s->root_name = STR("Intel SGX Root CA");
	}
	for (size_t i = 0; !s->root && i < t->n_hardware; i++) {
		const struct trust_hardware_root *r = &t->hardware[i];

		if (r->hardware != TRUST_TDX || !intel_chain_pinned(&s->pck, r->sha256, &unused))
			continue;
		s->root = r->sha256;
		s->root_name = arena_printf(s->w->a, "'%.*s' of the trust file", STR_ARG(r->name));
	}
}

static bool check_root(struct appraise_tdx_state *s)
{
	uint8_t got[SHA256_SIZE] = { 0 };
	struct err e = { 0 };

	if (s->pck.n) {
		find_root(s);
		certificate_sha256(got, intel_chain_root(&s->pck));
	}
	if (!s->root)
		err_set(&e, ERR_SIGNATURE,
			"the root of the PCK chain is neither Intel's nor one that the trust file names");
	appraise_test(s->w,
		(struct check){ .name = "tdx-pck-chain-root",
			.what = STR("the PCK chain ends in a root that is trusted"),
			.want = appraise_hex(s->w, span_make(intel_chain_root_sha256, SHA256_SIZE)),
			.got = appraise_hex(s->w, SPAN_OF(got)),
			.whose = STR("this verifier, trust file"),
			.fail_value = CHECK_NOT_RECOGNISED },
		s->root != NULL, &e);
	return s->root != NULL;
}

static bool chain_is_there(const struct appraise_tdx_state *s, struct err *e)
{
	return s->pck.n || err_set(e, ERR_NOTFOUND, "there is no PCK chain that can be read");
}

bool appraise_tdx_chain_without_crl(struct appraise_tdx_state *s, struct check c)
{
	if (!s->p->without_crl)
		return false;
	appraise_skip(s->w, c,
		STR("the policy says crl: off; that a certificate was revoked is not noticed"));
	return true;
}

static bool read_crl(struct intel_crl **ret, struct span der, const char *whose, struct err *e)
{
	return intel_crl_of_der(ret, der, e) || err_wrap(e, "%s", whose);
}

/* Who carries an older list hides what was revoked since. */
static bool pck_crl_recent(const struct appraise_tdx_state *s, struct err *e)
{
	const struct policy_member_age *age = &s->p->crl_max_age;

	return !age->given || intel_crl_recent(s->pck_crl, age->max_s, &s->at, e) ||
	       err_wrap(e, "PCK CA");
}

static void check_crls(struct appraise_tdx_state *s)
{
	const struct bundle *b = s->w->in->bundle;
	struct check root = { .name = "tdx-root-crl",
		.what = STR("Intel's root has not revoked the platform's authority"),
		.whose = STR("the root's list of revoked certificates"),
		.fail_value = CHECK_NOT_RECOGNISED };
	struct check pck = { .name = "tdx-pck-crl",
		.what = STR("the platform's authority has not revoked the PCK certificate"),
		.whose = STR("the authority's list of revoked certificates"),
		.fail_value = CHECK_NOT_RECOGNISED };
	struct err e = { 0 };
	bool ok;

	ok = read_crl(&s->root_crl, b->tdx_root_crl, "Intel root", &e) && chain_is_there(s, &e) &&
	     intel_crl_check_root(s->root_crl, &s->pck, &s->at, &e);
	if (!appraise_tdx_chain_without_crl(s, root))
		appraise_test(s->w, root, ok, &e);
	ok = read_crl(&s->pck_crl, b->tdx_pck_crl, "PCK CA", &e) && chain_is_there(s, &e) &&
	     intel_crl_check_pck(s->pck_crl, &s->pck, &s->at, &e) && pck_crl_recent(s, &e);
	if (!appraise_tdx_chain_without_crl(s, pck))
		appraise_test(s->w, pck, ok, &e);
}

void appraise_tdx_chain(struct appraise_tdx_state *s)
{
	struct err e = { 0 };
	bool roles = chain_is_there(s, &e) && intel_chain_roles(&s->pck, &e), links, ok;

	test(s, "tdx-pck-chain-roles", "each certificate of the PCK chain is one of its place",
		CHECK_CRYPTO_FAILED, roles, &e);
	ok = check_root(s);
	links = chain_is_there(s, &e) && intel_chain_signed(&s->pck, &e);
	test(s, "tdx-pck-chain-signatures",
		"each certificate of the PCK chain is signed by the next", CHECK_CRYPTO_FAILED,
		links, &e);
	s->said->genuine = s->links_hold && roles && ok && links;
	ok = chain_is_there(s, &e) && intel_chain_valid(&s->pck, &s->at, &e);
	test(s, "tdx-pck-chain-time",
		"each certificate of the PCK chain is valid at the time of this appraisal",
		CHECK_NOT_RECOGNISED, ok, &e);
	check_crls(s);
}

/* ---- the platform that the certificate is for ---- */

static bool is_listed(const struct appraise_tdx_state *s)
{
	const struct pck_extension *x = &s->platform;

	for (size_t i = 0; i < s->p->platforms.n; i++) {
		struct span want = s->p->platforms.values[i];

		if (span_equal(want, SPAN_OF(x->ppid)) ||
			(x->has_instance && span_equal(want, SPAN_OF(x->platform_instance_id))))
			return true;
	}
	return false;
}

static void check_listed(struct appraise_tdx_state *s)
{
	const struct pck_extension *x = &s->platform;
	struct check c = { .name = "tdx-platform",
		.what = STR("the platform is one that the policy names"),
		.whose = STR("policy"),
		.fail_value = CHECK_NOT_RECOGNISED };
	struct err e = { 0 };

	if (s->has_platform)
		c.got = arena_printf(s->w->a, "PPID %.*s%s%.*s",
			STR_ARG(appraise_hex(s->w, SPAN_OF(x->ppid))),
			x->has_instance ? ", instance " : "",
			STR_ARG(x->has_instance
					? appraise_hex(s->w, SPAN_OF(x->platform_instance_id))
					: STR("")));
	if (!s->p->platforms.n) {
		appraise_skip(s->w, c, STR("the policy names no platforms"));
		return;
	}
	c.want = arena_printf(s->w->a, "one of %zu", s->p->platforms.n);
	appraise_test(s->w, c,
		appraise_tdx_quote_told(s, &e) &&
			((s->has_platform && is_listed(s)) ||
				err_set(&e, ERR_MISMATCH,
					"neither PPID nor platform instance id is one that the policy names")),
		&e);
}

void appraise_tdx_platform(struct appraise_tdx_state *s)
{
	struct err e = { 0 };

	s->has_platform = chain_is_there(s, &e) &&
			  pck_extension_read(&s->platform, intel_chain_leaf(&s->pck), &e);
	test(s, "tdx-pck-extension", "the PCK certificate says which platform and TCB it is for",
		CHECK_CRYPTO_FAILED, s->has_platform, &e);
	check_listed(s);
}
