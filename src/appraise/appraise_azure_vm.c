#include "appraise/appraise_azure_inside.h"
#include "evidence/tpm_alg.h"
#include "trust/azure_ak.h"
#include "base/banned.h"

/* The numbers that the runtime data has, as those of a key that signs in one way only: that of this TPM. */
static void take_key(struct appraise_azure_state *s)
{
	struct appraise_tpm_state *t = &s->tpm;

	t->ak = (struct tpm_public){ .type = TPM_ALG_RSA, .modulus = s->hcl.ak.modulus };
	for (size_t i = 0; i < s->hcl.ak.exponent.n; i++)
		t->ak.exponent = t->ak.exponent << 8 | s->hcl.ak.exponent.p[i];
	t->scheme = (struct signature_alg){ SIGNATURE_RSASSA, DIGEST_SHA256 };
	t->ak_parsed = t->scheme_known = true;
}

static bool key_fits(const struct appraise_azure_state *s, struct err *e)
{
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct span given = s->tpm.w.in->bundle->ak_public;
	struct tpm_public ak;

	if (!azure_ak_key(&key, &s->hcl, e))
		return false;
	return !given.p || (tpm_public_parse(&ak, given, e) && azure_hcl_check_ak(&s->hcl, &ak, e));
}

void appraise_azure_key(struct appraise_azure_state *s)
{
	struct err e = { 0 };
	bool ok;

	if (!s->parsed)
		return;
	ok = key_fits(s, &e);
	if (ok)
		take_key(s);
	appraise_test(&s->tpm.w,
		(struct check){ .name = "hcl-ak",
			.what = STR(
				"the attestation key is the one that the runtime data calls HCLAkPub"),
			.want = STR("HCLAkPub, RSASSA with SHA-256"),
			.whose = STR("evidence"),
			.fail_value = CHECK_NOT_RECOGNISED },
		ok, &e);
}

static struct str setting_text(enum azure_hcl_setting v)
{
	return v == AZURE_HCL_ON ? STR("on") : v == AZURE_HCL_OFF ? STR("off") : STR("not said");
}

static void check_setting(struct appraise_azure_state *s, struct check c,
	enum azure_hcl_setting got, enum azure_hcl_setting want, bool any)
{
	struct err e = { 0 };

	c.whose = STR("policy");
	c.claim = CHECK_CONFIGURATION;
	c.fail_value = CHECK_CONTRAINDICATED;
	c.got = setting_text(got);
	if (!s->bound) {
		appraise_skip(&s->tpm.w, c, STR("no hardware stands behind what is said of it"));
		return;
	}
	if (any) {
		appraise_skip(&s->tpm.w, c, STR("the policy does not ask for it"));
		return;
	}
	c.want = setting_text(want);
	if (got != want)
		err_set(&e, ERR_MISMATCH, "it is %.*s", STR_ARG(c.got));
	appraise_test(&s->tpm.w, c, got == want, &e);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* A UUID's digits are the same in both cases (RFC 9562, section 4); Azure writes large ones here, and small ones elsewhere. */
static bool id_equal(struct str a, struct str b)
{
	for (size_t i = 0; i < a.n && i < b.n; i++)
		if (lower(a.p[i]) != lower(b.p[i]))
			return false;
	return a.n == b.n;
}

static bool id_known(const struct policy_azure *p, struct str id)
{
	for (size_t i = 0; i < p->n_vm_ids; i++)
		if (id_equal(p->vm_ids[i], id))
			return true;
	return false;
}

static void check_id(struct appraise_azure_state *s)
{
	const struct policy_azure *p = &s->tpm.w.in->policy->azure;
	struct check c = { .name = "hcl-vm-id",
		.what = STR("the machine is one that the policy names"),
		.got = s->hcl.vm_id,
		.whose = STR("policy"),
		.fail_value = CHECK_NOT_RECOGNISED };
	struct err e = { 0 };

	if (!p->n_vm_ids || !s->bound) {
		appraise_skip(&s->tpm.w, c,
			p->n_vm_ids ? STR("no hardware stands behind what is said of it")
				    : STR("the policy names no machines"));
		return;
	}
	c.want = p->n_vm_ids == 1 ? p->vm_ids[0]
				  : arena_printf(s->tpm.w.a, "one of %zu", p->n_vm_ids);
	if (!id_known(p, s->hcl.vm_id))
		err_set(&e, ERR_MISMATCH, "the machine is '%.*s'", STR_ARG(s->hcl.vm_id));
	appraise_test(&s->tpm.w, c, id_known(p, s->hcl.vm_id), &e);
}

void appraise_azure_vm(struct appraise_azure_state *s)
{
	const struct policy_azure *p = &s->tpm.w.in->policy->azure;

	if (!s->parsed)
		return;
	check_setting(s,
		(struct check){ .name = "hcl-secure-boot", .what = STR("Secure Boot is on") },
		s->hcl.secure_boot, AZURE_HCL_ON, p->any_secure_boot);
	check_setting(s,
		(struct check){ .name = "hcl-console", .what = STR("the machine has no console") },
		s->hcl.console_enabled, AZURE_HCL_OFF, p->allow_console);
	check_setting(s, (struct check){ .name = "hcl-tpm", .what = STR("the virtual TPM is on") },
		s->hcl.tpm_enabled, AZURE_HCL_ON, false);
	check_id(s);
}
