/* TDX evidence whose TCB info or QE identity is not what it must be. See tdx_machine.h. */
#include "tdx_machine.h"

static const struct span none;

static void no_info(void)
{
	m.bundle.tdx_tcb_info = none;
}
static void no_identity(void)
{
	m.bundle.tdx_qe_identity = none;
}
static void no_info_chain(void)
{
	m.bundle.tdx_tcb_info_chain = none;
}
static void no_identity_chain(void)
{
	m.bundle.tdx_qe_identity_chain = none;
}
static void pck_chain_as_signer(void)
{
	m.bundle.tdx_tcb_info_chain = kept(made_pck_chain(&m.authority));
}
static void documents_swapped(void)
{
	struct span info = m.bundle.tdx_tcb_info;

	m.bundle.tdx_tcb_info = m.bundle.tdx_qe_identity;
	m.bundle.tdx_qe_identity = info;
}

/* ---- signatures ---- */

static void info_by_pck_key(void)
{
	m.info_key = m.authority.pck_key;
}
static void identity_by_attestation_key(void)
{
	m.identity_key = m.authority.attestation_key;
}
static void info_changed(void)
{
	uint8_t *p = at(m.bundle.tdx_tcb_info, 0);

	for (size_t i = 0; i + 8 < m.bundle.tdx_tcb_info.n; i++)
		if (!memcmp(p + i, "UpToDate", 8))
			p[i] = 'u';
}
static void identity_changed(void)
{
	uint8_t *p = at(m.bundle.tdx_qe_identity, 0);

	for (size_t i = 0; i + 10 < m.bundle.tdx_qe_identity.n; i++)
		if (!memcmp(p + i, "2026-04-15", 10))
			p[i + 3] = '7';
}
/* The same meaning in other bytes. */
static void info_with_a_blank(void)
{
	struct buf b = buf_init(1 << 20);

	buf_add(&b, m.bundle.tdx_tcb_info.p, 12);
	buf_add_cstr(&b, " ");
	buf_add(&b, m.bundle.tdx_tcb_info.p + 12, m.bundle.tdx_tcb_info.n - 12);
	m.bundle.tdx_tcb_info = kept(b);
}
static char text[1 << 16];

/* The body with a member put in front, signed. */
static const char *with_member(struct buf body, const char *member)
{
	snprintf(text, sizeof text, "{%s,%s", member, (const char *)body.p + 1);
	buf_done(&body);
	return text;
}
static void info_key_twice(void)
{
	m.info_body = with_member(made_info_body(&m.info), "\"fmspc\":\"90C06F000000\"");
}
static void identity_key_twice(void)
{
	m.identity_body = with_member(made_identity_body(&m.identity), "\"id\":\"TD_QE\"");
}
static void info_no_object(void)
{
	m.info_body = "[]";
}
static void info_cut(void)
{
	m.bundle.tdx_tcb_info.n -= 20;
}
static void signer_by_another(void)
{
	m.authority.signing.signer = m.authority.other_key;
	m.authority.signing.names_key = m.authority.root_key;
}
static void signer_is_pck(void)
{
	m.authority.signing.subject = MADE_PCK;
}
static void signer_expired(void)
{
	m.authority.signing.to = MADE_NOW - 1;
}
static void signer_not_yet(void)
{
	m.authority.signing.from = MADE_NOW + 1;
}
/* Another authority that is trusted, too, judges this one's platform. */
static void signer_of_another_root(void)
{
	static struct trust_hardware_root roots[2];
	struct made_tdx other = m.authority;
	X509 *root;
	unsigned n = SHA256_SIZE;

	other.root.key = other.root.signer = other.signing.signer = other.other_key;
	root = made_x509(&other.root);
	roots[0] = m.root;
	roots[1] = (struct trust_hardware_root){ .name = STR("other"), .hardware = TRUST_TDX };
	CHECK(X509_digest(root, EVP_sha256(), roots[1].sha256, &n) == 1);
	X509_free(root);
	m.trust = (struct trust_file){ .hardware = roots, .n_hardware = 2 };
	m.bundle.tdx_tcb_info_chain = kept(made_signing_chain(&other));
	m.policy.tdx.without_crl = true;
}

/* ---- what they are for ---- */

static void info_of_sgx(void)
{
	m.info.id = "SGX";
}
static void info_of_version_2(void)
{
	m.info.version = 2;
}
static void other_fmspc(void)
{
	m.info.fmspc = "50806F000000";
}
static void other_pce_id(void)
{
	m.info.pce_id = "0001";
}
static void identity_of_sgx_qe(void)
{
	m.identity.id = "QE";
}
static void identity_of_qve(void)
{
	m.identity.id = "QVE";
}
static void identity_version_1(void)
{
	m.identity.version = 1;
}
static void qe_signer(void)
{
	m.qe[QE_MRSIGNER] ^= 1;
}
static void qe_product(void)
{
	m.qe[QE_PROD_ID] = 1;
}
static void qe_miscselect(void)
{
	m.qe[QE_MISCSELECT] = 1;
}
static void qe_debug(void)
{
	m.qe[QE_ATTRIBUTES] |= 2;
}

/* ---- time ---- */

static void info_stale(void)
{
	m.info.next = "2026-03-31T23:59:59Z";
}
static void info_stale_in_grace(void)
{
	info_stale();
	m.policy.tdx.grace_days = 1;
}
static void info_stale_after_grace(void)
{
	m.info.next = "2026-03-30T23:59:59Z";
	m.policy.tdx.grace_days = 1;
}
static void info_of_tomorrow(void)
{
	m.info.issue = "2026-04-02T00:00:00Z";
}
static void info_issued_in_leeway(void)
{
	m.info.issue = "2026-04-01T00:01:00Z";
	m.policy.leeway_s = 60;
}
static void info_stale_in_leeway(void)
{
	m.info.next = "2026-03-31T23:59:00Z";
	m.policy.leeway_s = 60;
}
static void info_stale_after_leeway(void)
{
	info_stale_in_leeway();
	m.policy.leeway_s = 59;
}
static void info_issued_after_leeway(void)
{
	info_issued_in_leeway();
	m.policy.leeway_s = 59;
}
static void identity_stale(void)
{
	m.identity.next = "2026-03-31T23:59:59Z";
}
static void identity_of_tomorrow(void)
{
	m.identity.issue = "2026-04-02T00:00:00Z";
}
/* Documents from before the platform was found wanting, still within their dates. */
static void replayed_of_an_earlier_evaluation(void)
{
	m.info.evaluation = 15;
	m.policy.tdx.minimum_evaluation = 16;
}

static const struct tdx_case cases[] = {
	B(nothing, GOOD, NULL, 0),
	A(no_info, BAD, "tdx-tcb-info", 14),
	A(no_identity, BAD, "tdx-qe-identity", 14),
	A(no_info_chain, BAD, "tdx-tcb-info-chain", 14),
	A(no_identity_chain, BAD, "tdx-qe-identity-chain", 14),
	A(pck_chain_as_signer, BAD, "tdx-tcb-info-chain", 5),
	A(documents_swapped, BAD, "tdx-tcb-info", 12),
	A(documents_swapped, BAD, "tdx-qe-identity", 12),
	B(info_by_pck_key, BAD, "tdx-tcb-info-signature", 5),
	B(identity_by_attestation_key, BAD, "tdx-qe-identity-signature", 5),
	A(info_changed, BAD, "tdx-tcb-info", 13),
	A(identity_changed, BAD, "tdx-qe-identity-signature", 13),
	A(info_with_a_blank, BAD, "tdx-tcb-info-signature", 13),
	B(info_key_twice, BAD, "tdx-tcb-info", 13),
	B(identity_key_twice, BAD, "tdx-qe-identity", 13),
	B(info_no_object, BAD, "tdx-tcb-info", 13),
	A(info_cut, BAD, "tdx-tcb-info", 13),
	B(signer_by_another, BAD, "tdx-tcb-info-chain", 5),
	B(signer_is_pck, BAD, "tdx-qe-identity-chain", 5),
	B(signer_expired, BAD, "tdx-tcb-info-chain-time", 29),
	B(signer_expired, BAD, "tdx-qe-identity-chain-time", 29),
	B(signer_not_yet, BAD, "tdx-tcb-info-chain-time", 29),
	A(signer_of_another_root, BAD, "tdx-tcb-info-root", 5),
	B(info_of_sgx, BAD, "tdx-tcb-info-type", 12),
	B(info_of_version_2, BAD, "tdx-tcb-info-type", 12),
	B(other_fmspc, BAD, "tdx-tcb-info-platform", 11),
	B(other_pce_id, BAD, "tdx-tcb-info-platform", 11),
	B(identity_of_sgx_qe, BAD, "tdx-qe-identity-type", 12),
	B(identity_of_qve, BAD, "tdx-qe-identity-type", 12),
	B(identity_version_1, BAD, "tdx-qe-identity-type", 12),
	C(qe_signer, BAD, "tdx-qe-identity-match", 12),
	C(qe_product, BAD, "tdx-qe-identity-match", 12),
	C(qe_miscselect, BAD, "tdx-qe-identity-match", 12),
	C(qe_debug, BAD, "tdx-qe-identity-match", 8),
	B(info_stale, BAD, "tdx-tcb-info-current", 11),
	B(info_stale_in_grace, GOOD, NULL, 11),
	B(info_stale_after_grace, BAD, "tdx-tcb-info-current", 11),
	B(info_of_tomorrow, BAD, "tdx-tcb-info-current", 29),
	B(info_issued_in_leeway, GOOD, NULL, 29),
	B(info_issued_after_leeway, BAD, "tdx-tcb-info-current", 29),
	B(info_stale_in_leeway, GOOD, NULL, 29),
	B(info_stale_after_leeway, BAD, "tdx-tcb-info-current", 29),
	B(identity_stale, BAD, "tdx-qe-identity-current", 11),
	B(identity_of_tomorrow, BAD, "tdx-qe-identity-current", 29),
	B(replayed_of_an_earlier_evaluation, BAD, "tdx-tcb-evaluation", 11),
};

/* Bytes of which nothing genuine came judge no TCB. */
static void nobody_judges(void)
{
	static const struct tdx_case c[] = { B(info_by_pck_key, BAD, "tdx-tcb-status", 5),
		B(identity_of_sgx_qe, BAD, "tdx-tcb-status", 12),
		A(no_info, BAD, "tdx-tcb-status", 14), B(other_fmspc, BAD, "tdx-tcb-status", 11) };

	for (size_t i = 0; i < ARRAY_LEN(c); i++) {
		run_case(&c[i]);
		CHECK(out.verdict.claims[CHECK_HARDWARE].value >= CHECK_CONTRAINDICATED);
	}
}

int main(void)
{
	verdict_told_begin();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	nobody_judges();
	verdict_told_end("appraise_tdx_collateral");
	return test_end();
}
