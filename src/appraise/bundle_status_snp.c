#include "appraise/bundle_status_inside.h"
#include "evidence/snp_certs.h"
#include "evidence/snp_report.h"
#include "trust/snp_chain.h"
#include "trust/snp_crl.h"
#include "base/banned.h"

/* The certificates that are with a report, wherever they lie in the bundle. */
struct found {
	struct certificate *certs[SNP_CHAIN_OTHERS_MAX];
	struct str labels[SNP_CHAIN_OTHERS_MAX];
	bool used[SNP_CHAIN_OTHERS_MAX];
	size_t n;
};

static void found_done(struct found *f)
{
	for (size_t i = 0; i < f->n; i++)
		certificate_free(f->certs[i]);
}

static void take(struct bundle_status_work *w, struct found *f, struct str label, struct span bytes)
{
	struct err e = { 0 };

	if (!bytes.p || f->n == SNP_CHAIN_OTHERS_MAX)
		return;
	f->labels[f->n] = label;
	if (certificate_of_file(&f->certs[f->n], bytes, &e))
		f->n++;
	else
		bundle_status_add(w, label, STR("certificate"), BUNDLE_STATUS_UNREADABLE,
			bundle_status_why(w, &e));
}

static void take_table(struct bundle_status_work *w, struct found *f, struct span *crl)
{
	struct snp_certs table;
	struct err e = { 0 };

	if (!w->bundle->snp_table.p)
		return;
	if (!snp_certs_parse(&table, w->bundle->snp_table, &e)) {
		bundle_status_add(w, STR("snp.certificate-table"), STR("the host's certificates"),
			BUNDLE_STATUS_UNREADABLE, bundle_status_why(w, &e));
		return;
	}
	for (int k = 0; k < SNP_CERTS_CRL; k++)
		take(w, f,
			bundle_status_text(w, "snp.certificate-table %s",
				snp_certs_name((enum snp_certs_kind)k)),
			table.items[k]);
	*crl = table.items[SNP_CERTS_CRL];
}

/* The certificate is of the key that made the report. */
static bool fits(const struct snp_leaf *leaf, const struct snp_report *r, struct err *e)
{
	enum snp_product product = leaf->has_product ? snp_product_of_text(leaf->product_name)
						     : SNP_PRODUCT_UNKNOWN;

	return snp_leaf_check_product(leaf, r, product, e) &&
	       snp_leaf_check_chip(leaf, r, product, e) && snp_leaf_check_tcb(leaf, r, product, e);
}

/* Certificates of the report's kind of key, none of which fits: each is an item with the reason. */
static void tell_unfit(
	struct bundle_status_work *w, struct found *f, const struct snp_report *r, const char *role)
{
	for (size_t i = 0; i < f->n; i++) {
		struct snp_leaf leaf;
		struct err e = { 0 };

		if (!snp_leaf_read(&leaf, f->certs[i], &e) ||
			!snp_leaf_check_signing_key(&leaf, r, &e) || fits(&leaf, r, &e))
			continue;
		f->used[i] = true;
		bundle_status_add(w, f->labels[i], str_of(role), BUNDLE_STATUS_UNFIT,
			bundle_status_why(w, &e));
	}
	bundle_status_add(w, bundle_status_text(w, "snp.certificate %s", role), str_of(role),
		BUNDLE_STATUS_MISSING, STR("the certificate of the key that signed the report"));
}

static const struct certificate *pick_leaf(
	struct bundle_status_work *w, struct found *f, const struct snp_report *r)
{
	const char *role = snp_report_key_name(r->signing_key);

	for (size_t i = 0; i < f->n; i++) {
		struct snp_leaf leaf;
		struct err e = { 0 };

		if (!snp_leaf_read(&leaf, f->certs[i], &e) ||
			!snp_leaf_check_signing_key(&leaf, r, &e) || !fits(&leaf, r, &e))
			continue;
		f->used[i] = true;
		bundle_status_certificate(w, f->labels[i], role, f->certs[i]);
		return f->certs[i];
	}
	tell_unfit(w, f, r, role);
	return NULL;
}

static void mark(struct found *f, const struct certificate *c)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->certs[i] == c)
			f->used[i] = true;
}

static struct str label_of(const struct found *f, const struct certificate *c)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->certs[i] == c)
			return f->labels[i];
	return STR("snp.certificate");
}

static bool pick_chain(struct bundle_status_work *w, struct found *f, struct snp_chain *chain,
	const struct certificate *leaf)
{
	const struct certificate *others[SNP_CHAIN_OTHERS_MAX];
	struct err e = { 0 };

	for (size_t i = 0; i < f->n; i++)
		others[i] = f->certs[i];
	if (!snp_chain_pick(chain, leaf, others, f->n, &e)) {
		bundle_status_add(w, STR("snp.certificate authorities"), STR("AMD's authorities"),
			BUNDLE_STATUS_MISSING, bundle_status_why(w, &e));
		return false;
	}
	mark(f, chain->ask);
	mark(f, chain->ark);
	bundle_status_certificate(w, label_of(f, chain->ask), "authority", chain->ask);
	bundle_status_certificate(w, label_of(f, chain->ark), "root", chain->ark);
	return true;
}

static void crl(struct bundle_status_work *w, struct str label, struct span bytes,
	const struct snp_chain *chain)
{
	CLEANUP(snp_crl_freep) struct snp_crl *list = NULL;
	const struct str what = STR("list of revoked certificates, by the ARK");
	struct certificate_validity dates;
	struct err e = { 0 };

	if (!bytes.p)
		bundle_status_add(w, label, what, BUNDLE_STATUS_MISSING,
			STR("whether the authority was revoked is not known without it"));
	else if (!snp_crl_of_file(&list, bytes, &e) || !snp_crl_validity(&dates, list, &e))
		bundle_status_add(
			w, label, what, BUNDLE_STATUS_UNREADABLE, bundle_status_why(w, &e));
	else if (chain && !snp_crl_check_issuer(list, chain, &e))
		bundle_status_add(w, label, what, BUNDLE_STATUS_UNFIT, bundle_status_why(w, &e));
	else
		bundle_status_dated(w, label, what, &dates);
}

static void unused(struct bundle_status_work *w, const struct found *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (!f->used[i])
			bundle_status_add(w, f->labels[i], certificate_subject(f->certs[i], w->a),
				BUNDLE_STATUS_NOT_NEEDED,
				STR("it is not between the report's key and the root"));
}

static void behind(struct bundle_status_work *w, const struct snp_report *r)
{
	CLEANUP(found_done) struct found f = { 0 };
	const struct bundle *b = w->bundle;
	const struct certificate *leaf;
	struct snp_chain chain;
	struct span in_table = { 0 };
	bool has_chain;

	take_table(w, &f, &in_table);
	for (size_t i = 0; i < b->snp_chain.n; i++)
		take(w, &f, bundle_status_text(w, "snp.certificate.%zu", i),
			b->snp_chain.certificates[i]);
	leaf = pick_leaf(w, &f, r);
	has_chain = leaf && pick_chain(w, &f, &chain, leaf);
	crl(w, b->snp_crl.p || !in_table.p ? STR("snp.crl") : STR("snp.certificate-table CRL"),
		b->snp_crl.p ? b->snp_crl : in_table, has_chain ? &chain : NULL);
	if (has_chain)
		unused(w, &f);
}

void bundle_status_snp(struct bundle_status_work *w, const char *label, struct span report)
{
	struct snp_report r;
	struct err e = { 0 };

	if (!snp_report_parse(&r, report, &e)) {
		bundle_status_add(w, str_of(label), STR("SEV-SNP report"), BUNDLE_STATUS_UNREADABLE,
			bundle_status_why(w, &e));
		return;
	}
	if (r.signing_key != SNP_KEY_VCEK && r.signing_key != SNP_KEY_VLEK) {
		bundle_status_add(w, str_of(label), STR("SEV-SNP report"), BUNDLE_STATUS_UNFIT,
			bundle_status_text(w,
				"it says that its signing key is '%s': nobody vouches for it",
				snp_report_key_name(r.signing_key)));
		return;
	}
	bundle_status_add(w, str_of(label),
		bundle_status_text(w, "SEV-SNP report, version %u, signed by a %s", r.version,
			snp_report_key_name(r.signing_key)),
		BUNDLE_STATUS_TIMELESS, STR(""));
	behind(w, &r);
}
