/* TDX evidence whose PCK chain, time or CRLs are not what they must be. See tdx_machine.h. */
#include "tdx_machine.h"

static struct made_tdx *by(void)
{
	return &m.authority;
}

/* ---- the root ---- */

static void no_root(void)
{
	m.trust.n_hardware = 0;
}
static void root_of_another_name(void)
{
	m.root.sha256[31] ^= 1;
}
static void root_of_other_hardware(void)
{
	m.root.hardware = TRUST_SNP;
}
/* The evidence brings a root of its own, named like Intel's; the user trusts the one that was there before. */
static void root_from_the_evidence(void)
{
	struct made_cert theirs = by()->root;

	theirs.key = theirs.signer = by()->other_key;
	by()->root = theirs;
	by()->ca.signer = by()->other_key;
	by()->signing.signer = by()->other_key;
	m.root_crl.signer = by()->other_key;
}
static void root_that_was_trusted(void)
{
	struct made_tdx honest = made_honest();
	X509 *root = made_x509(&honest.root);
	unsigned n = SHA256_SIZE;

	CHECK(X509_digest(root, EVP_sha256(), m.root.sha256, &n) == 1);
	X509_free(root);
}

/* ---- certificates ---- */

static void pck_cn(void)
{
	by()->pck.subject = "Intel SGX PCK Certificate 2";
}
static void pck_is_signing(void)
{
	by()->pck.subject = MADE_SIGNING;
}
static void pck_is_ca(void)
{
	by()->pck.constraints = "critical,CA:TRUE";
}
static void pck_usage(void)
{
	by()->pck.usage = MADE_CA_USAGE;
}
static void pck_critical(void)
{
	by()->pck.critical = "1.2.3.4.5";
}
static void pck_p384_hash(void)
{
	by()->pck.sha384 = true;
}
static void ca_cn(void)
{
	by()->ca.subject = by()->pck.issuer = "Intel SGX PCK Server CA";
}
static void ca_is_none(void)
{
	by()->ca.constraints = "critical,CA:FALSE";
}
static void ca_path_longer(void)
{
	by()->ca.constraints = "critical,CA:TRUE,pathlen:2";
}
static void two_names(void)
{
	by()->pck.second_name = true;
}
static void pck_by_the_root(void)
{
	by()->pck.issuer = MADE_ROOT;
	by()->pck.signer = by()->root_key;
}
static void pck_by_another(void)
{
	by()->pck.signer = by()->other_key;
	by()->pck.names_key = by()->ca_key;
}
static void ca_by_another(void)
{
	by()->ca.signer = by()->other_key;
	by()->ca.names_key = by()->root_key;
}
static void pck_names_another_key(void)
{
	by()->pck.names_key = by()->other_key;
}
static void without_extension(void)
{
	by()->pck.sgx = NULL;
}
static void extension_twice(void)
{
	by()->pck.sgx_times = 2;
}
static void extension_without_fmspc(void)
{
	tdx_machine_platform(4);
}
static void extension_without_svn(void)
{
	tdx_machine_platform(101);
}
static void chain_is_no_pem(void)
{
	struct tdx_quote q;
	struct err e = { 0 };

	CHECK_OK(tdx_quote_parse(&q, m.quote, &e), e);
	at(q.certificates, 3)[0] = 'x';
}

/* ---- time ---- */

static void pck_expired(void)
{
	by()->pck.to = MADE_NOW - 1;
}
static void ca_expired(void)
{
	by()->ca.to = MADE_NOW - 1;
}
static void pck_not_yet(void)
{
	by()->pck.from = MADE_NOW + 60;
}
static void pck_not_yet_leeway(void)
{
	pck_not_yet();
	m.policy.leeway_s = 60;
}
static void pck_not_yet_leeway_short(void)
{
	pck_not_yet();
	m.policy.leeway_s = 59;
}
static void pck_expired_leeway(void)
{
	by()->pck.to = MADE_NOW - 60;
	m.policy.leeway_s = 60;
}
static void pck_expired_leeway_short(void)
{
	pck_expired_leeway();
	m.policy.leeway_s = 59;
}
static void no_grace_for_certificates(void)
{
	pck_expired();
	m.policy.tdx.grace_days = 30;
}
static void clock_ahead(void)
{
	m.in.at_unix = MADE_NOW + 1000 * (int64_t)MADE_DAY;
}
static void clock_at_zero(void)
{
	m.in.at_unix = 0;
}

/* ---- CRLs ---- */

static const struct span none;

static void no_root_crl(void)
{
	m.bundle.tdx_root_crl = none;
}
static void no_pck_crl(void)
{
	m.bundle.tdx_pck_crl = none;
}
static void crls_swapped(void)
{
	struct span root = m.bundle.tdx_root_crl;

	m.bundle.tdx_root_crl = m.bundle.tdx_pck_crl;
	m.bundle.tdx_pck_crl = root;
}
static void root_crl_garbage(void)
{
	m.bundle.tdx_root_crl = span_make("x", 1);
}
static void pck_crl_cut(void)
{
	m.bundle.tdx_pck_crl.n--;
}
static void pck_crl_with_more_behind(void)
{
	struct buf b = buf_init(1 << 16);

	buf_add(&b, m.bundle.tdx_pck_crl.p, m.bundle.tdx_pck_crl.n);
	buf_u8(&b, 0);
	m.bundle.tdx_pck_crl = kept(b);
}
static void root_crl_stale(void)
{
	m.root_crl.to = MADE_NOW - 1;
}
static void pck_crl_stale(void)
{
	m.pck_crl.to = MADE_NOW - 1;
}
static void crls_stale_in_grace(void)
{
	m.root_crl.to = m.pck_crl.to = MADE_NOW - MADE_DAY;
	m.policy.tdx.grace_days = 1;
}
static void crls_stale_after_grace(void)
{
	crls_stale_in_grace();
	m.pck_crl.to--;
}
static void pck_crl_older_than_allowed(void)
{
	m.policy.tdx.crl_max_age.given = true;
	m.policy.tdx.crl_max_age.max_s = MADE_NOW - m.pck_crl.from - 1;
}
static void pck_crl_old_within_leeway(void)
{
	pck_crl_older_than_allowed();
	m.policy.leeway_s = 1;
}
/* The root's is made once a year. */
static void root_crl_older_than_allowed(void)
{
	pck_crl_older_than_allowed();
	m.pck_crl.from++;
	m.root_crl.from = MADE_NOW - 300 * MADE_DAY;
}
static void pck_crl_of_tomorrow(void)
{
	m.pck_crl.from = MADE_NOW + MADE_DAY;
}
static void root_crl_by_another(void)
{
	m.root_crl.signer = by()->other_key;
	m.root_crl.names_key = by()->root_key;
}
static void pck_crl_by_the_root(void)
{
	m.pck_crl.signer = by()->root_key;
}
static void pck_crl_of_processor_ca(void)
{
	m.pck_crl.issuer = "Intel SGX PCK Processor CA";
}
static void ca_revoked(void)
{
	m.root_crl.revoked = 2;
}
static void pck_revoked(void)
{
	m.pck_crl.revoked = 3;
}
static void signer_revoked(void)
{
	m.root_crl.revoked = 4;
}
static void another_revoked(void)
{
	m.pck_crl.revoked = 99;
	m.root_crl.revoked = 99;
}
static void crl_off(void)
{
	m.policy.tdx.without_crl = true;
	no_root_crl();
	no_pck_crl();
}

static const struct tdx_case cases[] = {
	B(nothing, GOOD, NULL, 0),
	A(no_root, BAD, "tdx-pck-chain-root", 5),
	A(root_of_another_name, BAD, "tdx-pck-chain-root", 5),
	A(root_of_other_hardware, BAD, "tdx-pck-chain-root", 5),
	{ "root_from_the_evidence", root_from_the_evidence, nothing, root_that_was_trusted, BAD,
		"tdx-pck-chain-root", 5 },
	B(pck_cn, BAD, "tdx-pck-chain-roles", 5),
	B(pck_is_signing, BAD, "tdx-pck-chain-roles", 5),
	B(pck_is_ca, BAD, "tdx-pck-chain-roles", 5),
	B(pck_usage, BAD, "tdx-pck-chain-roles", 5),
	B(pck_critical, BAD, "tdx-pck-chain-roles", 5),
	B(pck_p384_hash, BAD, "tdx-pck-chain-roles", 5),
	B(ca_cn, BAD, "tdx-pck-chain-roles", 5),
	B(ca_is_none, BAD, "tdx-pck-chain-roles", 5),
	B(ca_path_longer, BAD, "tdx-pck-chain-roles", 5),
	B(two_names, BAD, "tdx-pck-chain-roles", 5),
	B(pck_by_the_root, BAD, "tdx-pck-chain-signatures", 5),
	B(pck_by_another, BAD, "tdx-pck-chain-signatures", 5),
	B(ca_by_another, BAD, "tdx-pck-chain-signatures", 5),
	B(pck_names_another_key, BAD, "tdx-pck-chain-signatures", 5),
	B(without_extension, BAD, "tdx-pck-extension", 5),
	B(extension_twice, BAD, "tdx-pck-extension", 5),
	B(extension_without_fmspc, BAD, "tdx-pck-extension", 5),
	B(extension_without_svn, BAD, "tdx-pck-extension", 5),
	A(chain_is_no_pem, BAD, "tdx-pck-chain", 5),
	B(pck_expired, BAD, "tdx-pck-chain-time", 29),
	B(ca_expired, BAD, "tdx-pck-chain-time", 29),
	B(pck_not_yet, BAD, "tdx-pck-chain-time", 29),
	B(pck_not_yet_leeway, GOOD, NULL, 29),
	B(pck_not_yet_leeway_short, BAD, "tdx-pck-chain-time", 29),
	B(pck_expired_leeway, GOOD, NULL, 29),
	B(pck_expired_leeway_short, BAD, "tdx-pck-chain-time", 29),
	B(no_grace_for_certificates, BAD, "tdx-pck-chain-time", 29),
	A(clock_ahead, BAD, "tdx-pck-chain-time", 29),
	A(clock_at_zero, BAD, "tdx-pck-chain-time", 29),
	A(no_root_crl, BAD, "tdx-root-crl", 14),
	A(no_root_crl, BAD, "tdx-tcb-info-crl", 14),
	A(no_root_crl, BAD, "tdx-qe-identity-crl", 14),
	A(no_pck_crl, BAD, "tdx-pck-crl", 14),
	A(crls_swapped, BAD, "tdx-root-crl", 14),
	A(root_crl_garbage, BAD, "tdx-root-crl", 14),
	A(pck_crl_cut, BAD, "tdx-pck-crl", 14),
	A(pck_crl_with_more_behind, BAD, "tdx-pck-crl", 14),
	B(root_crl_stale, BAD, "tdx-root-crl", 14),
	B(pck_crl_stale, BAD, "tdx-pck-crl", 14),
	B(crls_stale_in_grace, GOOD, NULL, 14),
	B(crls_stale_after_grace, BAD, "tdx-pck-crl", 14),
	B(pck_crl_older_than_allowed, BAD, "tdx-pck-crl", 14),
	B(pck_crl_old_within_leeway, GOOD, NULL, 14),
	B(root_crl_older_than_allowed, GOOD, NULL, 14),
	B(pck_crl_of_tomorrow, BAD, "tdx-pck-crl", 29),
	B(root_crl_by_another, BAD, "tdx-root-crl", 14),
	B(pck_crl_by_the_root, BAD, "tdx-pck-crl", 14),
	B(pck_crl_of_processor_ca, BAD, "tdx-pck-crl", 14),
	B(ca_revoked, BAD, "tdx-root-crl", 14),
	B(pck_revoked, BAD, "tdx-pck-crl", 14),
	B(signer_revoked, BAD, "tdx-tcb-info-crl", 14),
	B(signer_revoked, BAD, "tdx-qe-identity-crl", 14),
	B(another_revoked, GOOD, NULL, 14),
	A(crl_off, GOOD, NULL, 14),
};

/* What is not yet or no longer valid may be the clock's fault, and the text says so. */
static void clock_is_named(void)
{
	static const char *const names[] = { "tdx-pck-chain-time", "tdx-root-crl", "tdx-pck-crl",
		"tdx-tcb-info-chain-time", "tdx-tcb-info-current", "tdx-qe-identity-current" };
	static const struct tdx_case both[] = { A(clock_ahead, BAD, NULL, 29),
		A(clock_at_zero, BAD, NULL, 29) };

	for (size_t i = 0; i < ARRAY_LEN(both); i++) {
		run_case(&both[i]);
		for (size_t k = 0; k < ARRAY_LEN(names); k++)
			CHECK(fails(names[k]) &&
				strstr(check_find(&out.verdict.checks, names[k])->reason.p,
					"clock"));
	}
}

/* With any fault of the chain but its time nothing can be told of the TD, and no register is shown. */
static void any_fault(void)
{
	static const struct tdx_case faults[] = { A(no_root, BAD, "tdx-debug", 5),
		B(pck_is_ca, BAD, "tdx-debug", 5), B(ca_by_another, BAD, "tdx-debug", 5) };

	for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
		run_case(&faults[i]);
		CHECK(!out.signed_bank.pcrs && fails("mrtd.sha384") && fails("nonce"));
	}
}

int main(void)
{
	verdict_told_begin();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	clock_is_named();
	any_fault();
	verdict_told_end("appraise_tdx_chain");
	return test_end();
}
