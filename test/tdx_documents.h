/*
 * Texts of TCB info and QE identity as Intel's service writes them, with what a test sets another way.
 */
#ifndef ASSAY_TEST_TDX_DOCUMENTS_H
#define ASSAY_TEST_TDX_DOCUMENTS_H

#include "base/buf.h"
#include "base/utc.h"
#include "tdx_authority.h"

struct made_level {
	unsigned early, seamldr, pce, tdx_module, tdx_version, tdx_late; /* the rest is 0 */
	const char *status, *date, *advisories; /* advisories: JSON list or NULL */
};

struct made_tcb_info {
	const char *id, *fmspc, *pce_id, *issue, *next, *module_id, *signer;
	unsigned version, evaluation;
	bool without_module, without_identities;
	struct made_level levels[4];
	size_t n_levels;
	struct {
		unsigned isv_svn;
		const char *status;
	} modules[3];
	size_t n_modules;
};

__attribute__((unused)) static struct made_tcb_info made_honest_info(void)
{
	return (struct made_tcb_info){ "TDX", "90C06F000000", "0000", "2026-03-16T22:06:09Z",
		"2026-04-15T22:06:09Z", "TDX_01", "00", 3, 18, false, false,
		{
			{ 3, 5, 13, 5, 0, 3, "UpToDate", "2024-11-13T00:00:00Z", NULL },
			{ 2, 5, 13, 5, 0, 2, "OutOfDate", "2024-03-13T00:00:00Z",
				"[\"INTEL-SA-01036\",\"INTEL-SA-01079\"]" },
			{ 1, 4, 5, 4, 0, 2, "Revoked", "2018-01-04T00:00:00Z",
				"[\"INTEL-SA-00106\"]" },
		},
		3, { { 6, "UpToDate" }, { 4, "OutOfDate" } }, 2 };
}

static void made_components(struct buf *b, const char *key, const unsigned svn[16])
{
	buf_printf(b, "\"%s\":[", key);
	for (int i = 0; i < 16; i++)
		buf_printf(b, "%s{\"svn\":%u%s}", i ? "," : "", svn[i],
			i == 7 ? ",\"category\":\"OS/VMM\",\"type\":\"SEAMLDR ACM\"" : "");
	buf_printf(b, "],");
}

static void made_verdict(
	struct buf *b, const char *date, const char *status, const char *advisories)
{
	buf_printf(b, "\"tcbDate\":\"%s\",\"tcbStatus\":\"%s\"", date, status);
	if (advisories)
		buf_printf(b, ",\"advisoryIDs\":%s", advisories);
	buf_printf(b, "}");
}

static void made_module(struct buf *b, const struct made_tcb_info *i)
{
	buf_printf(b, "\"mrsigner\":\"");
	for (int k = 0; k < 48; k++)
		buf_printf(b, "%s", i->signer);
	buf_printf(b, "\",\"attributes\":\"0000000000000000\",\"attributesMask\":"
		      "\"FFFFFFFFFFFFFFFF\"");
}

/* Terminated. */
__attribute__((unused)) static struct buf made_info_body(const struct made_tcb_info *i)
{
	struct buf b = buf_init(1 << 20);

	buf_printf(&b, "{\"id\":\"%s\",\"version\":%u,\"issueDate\":\"%s\",\"nextUpdate\":\"%s\",",
		i->id, i->version, i->issue, i->next);
	buf_printf(&b,
		"\"fmspc\":\"%s\",\"pceId\":\"%s\",\"tcbType\":0,\"tcbEvaluationDataNumber\":%u,",
		i->fmspc, i->pce_id, i->evaluation);
	if (!i->without_module) {
		buf_printf(&b, "\"tdxModule\":{");
		made_module(&b, i);
		buf_printf(&b, "},");
	}
	if (!i->without_identities) {
		buf_printf(&b, "\"tdxModuleIdentities\":[{\"id\":\"%s\",", i->module_id);
		made_module(&b, i);
		buf_printf(&b, ",\"tcbLevels\":[");
		for (size_t k = 0; k < i->n_modules; k++) {
			buf_printf(&b, "%s{\"tcb\":{\"isvsvn\":%u},", k ? "," : "",
				i->modules[k].isv_svn);
			made_verdict(&b, "2024-01-01T00:00:00Z", i->modules[k].status, NULL);
		}
		buf_printf(&b, "]}],");
	}
	buf_printf(&b, "\"tcbLevels\":[");
	for (size_t k = 0; k < i->n_levels; k++) {
		const struct made_level *l = &i->levels[k];
		unsigned sgx[16] = { l->early, [7] = l->seamldr };
		unsigned tdx[16] = { l->tdx_module, l->tdx_version, l->tdx_late };

		buf_printf(&b, "%s{\"tcb\":{", k ? "," : "");
		made_components(&b, "sgxtcbcomponents", sgx);
		made_components(&b, "tdxtcbcomponents", tdx);
		buf_printf(&b, "\"pcesvn\":%u},", l->pce);
		made_verdict(&b, l->date, l->status, l->advisories);
	}
	buf_printf(&b, "]}");
	buf_u8(&b, 0);
	return b;
}

struct made_identity {
	const char *id, *issue, *next, *miscselect, *attributes, *signer;
	unsigned version, evaluation, prod_id, isv_svn, old_svn;
	const char *status;
};

__attribute__((unused)) static struct made_identity made_honest_identity(void)
{
	return (struct made_identity){ "TD_QE", "2026-03-16T22:16:03Z", "2026-04-15T22:16:03Z",
		"00000000", "11000000000000000000000000000000", "DC", 2, 17, 2, 4, 2, "UpToDate" };
}

/* Terminated. MRSIGNER is the two digits and zeroes. */
__attribute__((unused)) static struct buf made_identity_body(const struct made_identity *i)
{
	struct buf b = buf_init(1 << 20);

	buf_printf(&b,
		"{\"id\":\"%s\",\"version\":%u,\"issueDate\":\"%s\",\"nextUpdate\":\"%s\","
		"\"tcbEvaluationDataNumber\":%u,\"miscselect\":\"%s\",\"miscselectMask\":\"FFFFFFFF\","
		"\"attributes\":\"%s\",\"attributesMask\":\"FBFFFFFFFFFFFFFF0000000000000000\","
		"\"mrsigner\":\"%s%062d\",\"isvprodid\":%u,\"tcbLevels\":[{\"tcb\":{\"isvsvn\":%u},",
		i->id, i->version, i->issue, i->next, i->evaluation, i->miscselect, i->attributes,
		i->signer, 0, i->prod_id, i->isv_svn);
	made_verdict(&b, "2024-11-13T00:00:00Z", i->status, NULL);
	buf_printf(&b, ",{\"tcb\":{\"isvsvn\":%u},", i->old_svn);
	made_verdict(
		&b, "2019-05-15T00:00:00Z", "OutOfDate", "[\"INTEL-SA-01036\",\"INTEL-SA-00219\"]");
	buf_printf(&b, "]}");
	buf_u8(&b, 0);
	return b;
}

#endif
