#include "trust/tcb_info.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/banned.h"

enum { VERSION = 3, MODULE_ID_SIZE = sizeof "TDX_00", SVN_MODULE_ISV = 0, SVN_MODULE_VERSION = 1 };

bool tcb_info_is_tdx(const struct tcb_info *t, struct err *e)
{
	if (!str_is(t->id, "TDX"))
		return err_set(e, ERR_MISMATCH, "TCB info: it is one of '%.*s', want 'TDX'",
			STR_ARG(t->id));
	if (t->version != VERSION)
		return err_set(e, ERR_MISMATCH, "TCB info: version %llu, want %d",
			(unsigned long long)t->version, VERSION);
	return t->tcb_type == 0 || err_set(e, ERR_MISMATCH, "TCB info: TCB type %llu, want 0",
					   (unsigned long long)t->tcb_type);
}

static bool same(const uint8_t *want, const uint8_t *got, size_t n, const char *what, struct err *e)
{
	char want_text[40], got_text[40];

	if (!memcmp(want, got, n))
		return true;
	hex_write(want_text, want, n);
	hex_write(got_text, got, n);
	return err_set(e, ERR_MISMATCH, "TCB info: it is for %s %s, the PCK certificate says %s",
		what, want_text, got_text);
}

bool tcb_info_is_for(const struct tcb_info *t, const struct pck_extension *p, struct err *e)
{
	return same(t->fmspc, p->fmspc, sizeof t->fmspc, "FMSPC", e) &&
	       same(t->pce_id, p->pce_id, sizeof t->pce_id, "PCE-ID", e);
}

bool tcb_info_current(const struct tcb_info *t, const struct intel_time *at, struct err *e)
{
	return pcs_json_current(&t->dates, at, "TCB info", e);
}

/*
 * A module with a version of its own has its security version in the first component, which its identity judges; and the
 * second names that version. Both are then no part of the platform's level.
 */
static size_t first_tdx_component(struct span tee_tcb_svn)
{
	return tee_tcb_svn.p[SVN_MODULE_VERSION] ? 2 : 0;
}

static void note(struct tcb_lag *out, size_t *n, struct tcb_lag lag)
{
	if (lag.have < lag.want)
		out[(*n)++] = lag;
}

size_t tcb_info_lags(struct tcb_lag out[static TCB_INFO_LAGS_MAX], const struct tcb_level *level,
	const struct pck_extension *p, struct span tee_tcb_svn)
{
	size_t n = 0;

	if (tee_tcb_svn.n != TCB_INFO_COMPONENTS)
		return 0;
	for (size_t i = 0; i < TCB_INFO_COMPONENTS; i++)
		note(out, &n,
			(struct tcb_lag){ TCB_LAG_SGX, i, p->components[i], level->sgx[i].svn,
				level->sgx[i].category, level->sgx[i].type });
	note(out, &n,
		(struct tcb_lag){ .kind = TCB_LAG_PCE,
			.have = p->pce_svn,
			.want = level->pce_svn,
			.type = STR("PCE") });
	for (size_t i = first_tdx_component(tee_tcb_svn); i < TCB_INFO_COMPONENTS; i++)
		note(out, &n,
			(struct tcb_lag){ TCB_LAG_TDX, i, tee_tcb_svn.p[i], level->tdx[i].svn,
				level->tdx[i].category, level->tdx[i].type });
	return n;
}

static bool is_svn(struct span tee_tcb_svn, struct err *e)
{
	return tee_tcb_svn.n == TCB_INFO_COMPONENTS ||
	       err_set(e, ERR_FORMAT, "TEE_TCB_SVN of %zu bytes, want %d", tee_tcb_svn.n,
		       TCB_INFO_COMPONENTS);
}

static const char *kind_name(const struct tcb_lag *l)
{
	return l->kind == TCB_LAG_SGX   ? "SGX component"
	       : l->kind == TCB_LAG_TDX ? "TDX component"
					: "PCE, component";
}

/* Says by what; lags are those to the oldest level. */
static bool below_all(const struct tcb_info *t, const struct tcb_lag *lags, size_t n, struct err *e)
{
	const struct tcb_lag *l = &lags[0];

	if (!t->n_levels || !n)
		return err_set(e, ERR_MISMATCH, "TCB info: it has no levels");
	return err_set(e, ERR_MISMATCH,
		"TCB info: the platform is below the oldest of %zu levels: %s %zu (%.*s) is %u, want %u%s",
		t->n_levels, kind_name(l), l->component, STR_ARG(l->type), l->have, l->want,
		n > 1 ? ", and more" : "");
}

bool tcb_info_level(const struct tcb_level **ret, const struct tcb_info *t,
	const struct pck_extension *p, struct span tee_tcb_svn, struct err *e)
{
	struct tcb_lag lags[TCB_INFO_LAGS_MAX];
	size_t n = 0;

	if (!is_svn(tee_tcb_svn, e))
		return false;
	for (size_t i = 0; i < t->n_levels; i++) {
		n = tcb_info_lags(lags, &t->levels[i], p, tee_tcb_svn);
		if (!n) {
			*ret = &t->levels[i];
			return true;
		}
	}
	return below_all(t, lags, n, e);
}

static bool find_module(const struct tcb_module **ret, const struct tcb_info *t,
	struct span tee_tcb_svn, struct err *e)
{
	char id[MODULE_ID_SIZE];

	if (!is_svn(tee_tcb_svn, e))
		return false;
	if (!tee_tcb_svn.p[SVN_MODULE_VERSION]) {
		*ret = &t->module;
		return t->has_module || err_set(e, ERR_NOTFOUND, "TCB info: it has no 'tdxModule'");
	}
	snprintf(id, sizeof id, "TDX_%02X", tee_tcb_svn.p[SVN_MODULE_VERSION]);
	for (size_t i = 0; i < t->n_modules; i++)
		if (str_is(t->modules[i].id, id)) {
			*ret = &t->modules[i];
			return true;
		}
	return err_set(e, ERR_NOTFOUND, "TCB info: it has no TDX module identity '%s'", id);
}

bool tcb_info_module(const struct tcb_module **ret, const struct tcb_info *t,
	const struct tdx_quote *q, struct err *e)
{
	const struct tcb_module *m = NULL;

	if (!find_module(&m, t, q->tee_tcb_svn, e))
		return false;
	if (!span_equal(SPAN_OF(m->mrsigner), q->mrsignerseam))
		return err_set(e, ERR_MISMATCH,
			"TDX module: MRSIGNERSEAM is not the signer that the TCB info names");
	if ((q->seam_attributes & m->attributes_mask) != m->attributes)
		return err_set(e, ERR_MISMATCH,
			"TDX module: SEAM attributes are 0x%llx, want 0x%llx under 0x%llx",
			(unsigned long long)q->seam_attributes, (unsigned long long)m->attributes,
			(unsigned long long)m->attributes_mask);
	*ret = m;
	return true;
}

bool tcb_info_module_level(const struct tcb_module_level **ret, const struct tcb_info *t,
	struct span tee_tcb_svn, struct err *e)
{
	const struct tcb_module *m = NULL;

	if (!find_module(&m, t, tee_tcb_svn, e))
		return false;
	if (!tee_tcb_svn.p[SVN_MODULE_VERSION]) {
		*ret = NULL;
		return true;
	}
	for (size_t i = 0; i < m->n_levels; i++)
		if (tee_tcb_svn.p[SVN_MODULE_ISV] >= m->levels[i].isv_svn) {
			*ret = &m->levels[i];
			return true;
		}
	return err_set(e, ERR_MISMATCH, "TDX module %.*s: version %u is below the oldest level",
		STR_ARG(m->id), tee_tcb_svn.p[SVN_MODULE_ISV]);
}
