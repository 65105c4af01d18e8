#include "net/vendor_kds.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "appraise/bundle_fill.h"
#include "appraise/bundle_status.h"
#include "base/hex.h"
#include "evidence/azure_hcl.h"
#include "evidence/snp_certs.h"
#include "evidence/snp_report.h"
#include "evidence/snp_tcb.h"
#include "net/vendor_list.h"
#include "trust/snp_leaf.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { NAME_SIZE = 512, TURIN_HWID_SIZE = 8, ANSWERS_MAX = 2, ANY_AGE = -1 };

/* To be kept when all certificates have turned out to hold. */
struct answer {
	char cached[NAME_SIZE];
	struct str bytes;
};

struct kds {
	struct bundle *b;
	struct vendor v;
	struct arena *a;
	struct snp_report report;
	enum snp_product product; /* UNKNOWN: of version 2, which does not say */
	bool may_use_cache, used_cache;
	struct answer answers[ANSWERS_MAX];
	size_t n_answers;
};

static const char *key_name(const struct kds *k)
{
	return k->report.signing_key == SNP_KEY_VLEK ? "vlek" : "vcek";
}

static bool read_report(struct kds *k, struct err *e)
{
	struct span report = k->b->snp_report;
	struct azure_hcl hcl;

	if (k->b->kind == BUNDLE_AZURE) {
		if (!azure_hcl_parse(&hcl, k->b->azure_hcl, k->a, e))
			return false;
		report = hcl.report;
	}
	if (!snp_report_parse(&k->report, report, e))
		return false;
	k->product = snp_report_product(&k->report);
	return !k->report.has_cpu || k->product != SNP_PRODUCT_UNKNOWN ||
	       err_set(e, ERR_NOTFOUND, "the report is of a processor that is not known here");
}

/* What is lacking now. */
static bool look(struct bundle_status *ret, const struct kds *k, struct err *e)
{
	return bundle_status(ret, k->b, &k->v.at, k->a, e);
}

static bool keep_in(struct kds *k, struct str bytes, struct err *e)
{
	return bytes.p ? bundle_fill(k->b, "snp.certificate", str_span(bytes), k->a, e)
		       : arena_full(k->a, e);
}

/* The bytes, in the arena, are what the bundle lacks: nothing of `lacks` is left. Else it is as it was. */
static bool fill(struct kds *k, const char *lacks, struct str bytes, struct err *e)
{
	const struct bundle before = *k->b;
	struct bundle_status s;

	if (!keep_in(k, bytes, e) || !look(&s, k, e)) {
		*k->b = before;
		return false;
	}
	if (!bundle_status_lacks(&s, lacks))
		return true;
	*k->b = before;
	return err_set(
		e, ERR_MISMATCH, "it is not what the report needs: '%s' is still missing", lacks);
}

/* From the cache, else from the service. */
static bool get(
	struct kds *k, const char *lacks, const char *cached, const char *path, struct err *e)
{
	CLEANUP(http_reply_done) struct http_reply r = { 0 };
	CLEANUP(buf_done) struct buf kept = { 0 };
	struct err ignored = { 0 };
	struct str bytes;

	if (k->may_use_cache && vendor_cache_read(&k->v, cached, ANY_AGE, &kept) &&
		fill(k, lacks, arena_str(k->a, buf_str(&kept)), &ignored)) {
		k->used_cache = true;
		return true;
	}
	if (!vendor_ask(&r, &k->v, path, e))
		return false;
	bytes = arena_str(k->a, buf_str(&r.body));
	if (!fill(k, lacks, bytes, e))
		return err_wrap(e, "%s answers '%.300s'", k->v.name, path);
	assert(k->n_answers < ANSWERS_MAX);
	snprintf(k->answers[k->n_answers].cached, NAME_SIZE, "%s", cached);
	k->answers[k->n_answers++].bytes = bytes;
	return true;
}

static bool get_vcek_of(struct kds *k, enum snp_product product, struct err *e)
{
	size_t n = product == SNP_TURIN ? TURIN_HWID_SIZE : k->report.chip_id.n;
	char hwid[2 * SNP_REPORT_CHIP_ID_SIZE + 1], cached[NAME_SIZE], path[NAME_SIZE];
	char fmc[16] = "";
	struct snp_tcb t;

	if (!snp_tcb_read(&t, k->report.reported_tcb, product, e))
		return false;
	hex_write(hwid, k->report.chip_id.p, n);
	if (product == SNP_TURIN)
		snprintf(fmc, sizeof fmc, "&fmcSPL=%02u", t.spl[SNP_TCB_FMC]);
	snprintf(path, sizeof path,
		"/vcek/v1/%s/%s?blSPL=%02u&teeSPL=%02u&snpSPL=%02u&ucodeSPL=%02u%s",
		snp_product_name(product), hwid, t.spl[SNP_TCB_BOOT_LOADER], t.spl[SNP_TCB_TEE],
		t.spl[SNP_TCB_SNP], t.spl[SNP_TCB_MICROCODE], fmc);
	snprintf(cached, sizeof cached, "amd/%s/%s-%016llx.der", snp_product_name(product), hwid,
		(unsigned long long)k->report.reported_tcb);
	if (!get(k, "snp.certificate VCEK", cached, path, e))
		return false;
	k->product = product;
	return true;
}

/* A report of version 2 does not name its product: a Milan's or a Genoa's. */
static bool get_vcek(struct kds *k, struct err *e)
{
	if (snp_report_is_blank(k->report.chip_id))
		return err_set(e, ERR_NOTFOUND,
			       "the report does not name its chip, so nobody can ask for its VCEK") ||
		       err_hint(e, "the host gives it with the report: --certificates takes it");
	if (k->product != SNP_PRODUCT_UNKNOWN)
		return get_vcek_of(k, k->product, e);
	if (get_vcek_of(k, SNP_MILAN, e))
		return true;
	return e->kind == ERR_NOTFOUND && get_vcek_of(k, SNP_GENOA, e);
}

/* The product that a certificate for VCEK or VLEK names; bytes may be none. */
static void learn_product(struct kds *k, struct span bytes)
{
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	struct err ignored = { 0 };
	struct snp_leaf leaf;

	if (k->product == SNP_PRODUCT_UNKNOWN && bytes.p &&
		certificate_of_file(&c, bytes, &ignored) && snp_leaf_read(&leaf, c, &ignored) &&
		leaf.kind != SNP_LEAF_UNKNOWN && leaf.has_product)
		k->product = snp_product_of_text(leaf.product_name);
}

/* Of a report that does not say: its key's certificate does. */
static void find_product(struct kds *k)
{
	struct snp_certs table = { 0 };
	struct err ignored = { 0 };

	for (size_t i = 0; i < k->b->snp_chain.n; i++)
		learn_product(k, k->b->snp_chain.certificates[i]);
	if (!snp_certs_parse(&table, k->b->snp_table, &ignored))
		return;
	learn_product(k, table.items[SNP_CERTS_VCEK]);
	learn_product(k, table.items[SNP_CERTS_VLEK]);
}

static bool knows_product(const struct kds *k, struct err *e)
{
	return k->product != SNP_PRODUCT_UNKNOWN ||
	       err_set(e, ERR_NOTFOUND, "neither report nor certificate name the product");
}

/* Path and name in the cache of what there is once for a product and kind of key. */
static void name_of(char path[static NAME_SIZE], char cached[static NAME_SIZE], const struct kds *k,
	const char *what, const char *ending)
{
	const char *product = snp_product_name(k->product);

	snprintf(path, NAME_SIZE, "/%s/v1/%s/%s", key_name(k), product, what);
	snprintf(cached, NAME_SIZE, "amd/%s/%s-%s.%s", product, key_name(k), what, ending);
}

static bool get_authorities(struct kds *k, struct err *e)
{
	char cached[NAME_SIZE], path[NAME_SIZE];

	if (!knows_product(k, e))
		return false;
	name_of(path, cached, k, "cert_chain", "pem");
	return get(k, "snp.certificate authorities", cached, path, e);
}

static bool get_list(struct kds *k, struct err *e)
{
	char cached[NAME_SIZE], path[NAME_SIZE];
	const struct vendor_list list = { .label = "snp.crl",
		.elsewhere = "snp.certificate-table CRL",
		.path = path,
		.cached = cached };

	if (!knows_product(k, e))
		return false;
	name_of(path, cached, k, "crl", "der");
	k->v.option = "--crl";
	return vendor_list_get(k->b, &k->v, &list, k->a, e);
}

/* ---- the certificates, all of which must hold together ---- */

/* Another certificate would do where this one does not: so not for one that its authority has revoked. */
static bool can_be_replaced(const struct bundle_status_item *it)
{
	return !bundle_status_is_good(it->state) && it->state != BUNDLE_STATUS_REVOKED &&
	       it->state != BUNDLE_STATUS_UNREADABLE;
}

static const struct bundle_status_item *bad_certificate(const struct bundle_status *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_starts(s->items[i].label, "snp.certificate") &&
			!str_is(s->items[i].label, "snp.certificate-table CRL") &&
			can_be_replaced(&s->items[i]))
			return &s->items[i];
	return NULL;
}

/* What is missing; and where something is there and does not hold, all that the service has instead. */
static bool get_certificates(struct kds *k, struct err *e)
{
	struct bundle_status s;
	bool leaf;

	if (!look(&s, k, e))
		return false;
	leaf = bundle_status_lacks(&s, "snp.certificate VCEK");
	if (leaf && (!get_vcek(k, e) || !look(&s, k, e)))
		return false;
	find_product(k);
	if (bad_certificate(&s) && (!get_authorities(k, e) || !look(&s, k, e)))
		return false;
	return leaf || !bad_certificate(&s) || k->report.signing_key != SNP_KEY_VCEK ||
	       get_vcek(k, e);
}

static void keep_answers(struct kds *k)
{
	for (size_t i = 0; i < k->n_answers; i++)
		vendor_cache_write(&k->v, k->answers[i].cached, str_span(k->answers[i].bytes));
}

/* One certificate alone says nothing: with what the cache has, and when that does not hold, without it. */
static bool certificates(struct kds *k, struct err *e)
{
	const struct bundle before = *k->b;
	const enum snp_product product = k->product;
	const struct bundle_status_item *bad;
	struct bundle_status s;

	for (k->may_use_cache = true;; k->may_use_cache = false) {
		*k->b = before;
		k->product = product;
		k->used_cache = false;
		k->n_answers = 0;
		if (!get_certificates(k, e) || !look(&s, k, e))
			return false;
		bad = bad_certificate(&s);
		if (!bad) {
			keep_answers(k);
			return true;
		}
		if (!k->used_cache)
			break;
	}
	*k->b = before;
	return err_set(e, ERR_MISMATCH,
		"with what %s answers the certificates do not hold: '%.*s' (%s): %.*s", k->v.name,
		STR_ARG(bad->label), bundle_status_name(bad->state), STR_ARG(bad->why));
}

bool vendor_kds_fetch(struct bundle *b, const struct vendor *v, struct arena *a, struct err *e)
{
	struct kds k = { .b = b, .v = *v, .a = a };
	struct bundle_status s;

	k.v.option = "--certificates";
	if (!read_report(&k, e) || !look(&s, &k, e))
		return false;
	if (bundle_status_lacks(&s, "snp.certificate VLEK"))
		return err_set(e, ERR_NOTFOUND,
			       "a VLEK signed the report, whose certificate only its cloud has") ||
		       err_hint(e, "the host gives it with the report: --certificates takes it");
	if (bad_certificate(&s) && !certificates(&k, e))
		return false;
	find_product(&k);
	return get_list(&k, e);
}
