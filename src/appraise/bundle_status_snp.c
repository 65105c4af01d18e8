#include "appraise/bundle_status_inside.h"
#include "evidence/snp_certs.h"
#include "evidence/snp_report.h"
#include "trust/snp_chain.h"
#include "trust/snp_crl.h"
#include "trust/snp_signature.h"
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

/* ---- the chain that a verifier would take ---- */

enum { ROOTS_MAX = SNP_CHAIN_ROOTS + TRUST_FILE_HARDWARE_ROOTS_MAX + SNP_CHAIN_OTHERS_MAX };

struct picked {
	struct snp_root roots[ROOTS_MAX];
	struct snp_chain_trust trust;
	const struct certificate *leaf;
	bool has_chain, root_trusted;
	struct snp_chain chain;
	enum snp_product product;
	struct err no_chain, no_root;
};

static void add_root(struct picked *p, enum snp_product product, const uint8_t sha256[static 32])
{
	if (p->trust.n_roots == ROOTS_MAX)
		return;
	p->roots[p->trust.n_roots].product = product;
	memcpy(p->roots[p->trust.n_roots++].sha256, sha256, SHA256_SIZE);
}

/* AMD's and those of the trust file. */
static void take_roots(struct bundle_status_work *w, struct picked *p)
{
	const struct trust_file *t = w->at->trust;

	for (size_t i = 0; i < SNP_CHAIN_ROOTS; i++)
		add_root(p, snp_chain_roots[i].product, snp_chain_roots[i].sha256);
	for (size_t i = 0; t && i < t->n_hardware; i++)
		if (t->hardware[i].hardware == TRUST_SNP)
			add_root(p, t->hardware[i].product, t->hardware[i].sha256);
	p->trust.roots = p->roots;
	p->trust.at_unix = w->at->at_unix;
}

/* Which chain is looked for: where any root will do, one that holds below some root that is there. */
static bool find_chain(struct snp_chain *ret, const struct bundle_status_work *w,
	const struct found *f, const struct picked *p, const struct certificate *leaf,
	struct err *e)
{
	const struct certificate *others[SNP_CHAIN_OTHERS_MAX];
	struct picked all = *p;

	all.trust.roots = all.roots;
	for (size_t i = 0; i < f->n; i++) {
		uint8_t digest[SHA256_SIZE];

		others[i] = f->certs[i];
		certificate_sha256(digest, f->certs[i]);
		if (w->at->any_root)
			add_root(&all, SNP_PRODUCT_UNKNOWN, digest);
	}
	return snp_chain_find(ret, leaf, others, f->n, &all.trust, e);
}

/* A certificate that fits counts more when its key signed, and still more when it was issued as it must be. */
static int weight_of(struct bundle_status_work *w, const struct found *f, const struct picked *p,
	const struct snp_report *r, const struct certificate *c)
{
	struct snp_chain chain;
	struct snp_leaf leaf;
	struct err e = { 0 };

	if (!snp_leaf_read(&leaf, c, &e) || !snp_leaf_check_signing_key(&leaf, r, &e) ||
		!fits(&leaf, r, &e))
		return 0;
	if (!find_chain(&chain, w, f, p, c, &e) || !snp_chain_check_signatures(&chain, &e))
		return 1;
	return snp_signature_verify(r, c, &e) ? 3 : 2;
}

static void pick(struct bundle_status_work *w, const struct found *f, struct picked *p,
	const struct snp_report *r)
{
	struct snp_leaf leaf;
	int best = 0;

	take_roots(w, p);
	for (size_t i = 0; i < f->n; i++) {
		int weight = weight_of(w, f, p, r, f->certs[i]);

		if (weight <= best)
			continue;
		best = weight;
		p->leaf = f->certs[i];
	}
	if (!p->leaf)
		return;
	p->has_chain = find_chain(&p->chain, w, f, p, p->leaf, &p->no_chain);
	if (!p->has_chain)
		return;
	p->root_trusted = snp_chain_root(
		&p->product, &p->chain, p->roots, p->trust.n_roots, &p->no_root);
	if (!p->root_trusted && snp_leaf_read(&leaf, p->leaf, &(struct err){ 0 }))
		p->product = snp_product_of_text(leaf.product_name);
}

/* ---- its items ---- */

static struct str label_of(struct found *f, const struct certificate *c)
{
	for (size_t i = 0; i < f->n; i++)
		if (f->certs[i] == c) {
			f->used[i] = true;
			return f->labels[i];
		}
	return STR("snp.certificate");
}

static void tell_leaf(struct bundle_status_work *w, struct found *f, const struct picked *p,
	const struct snp_report *r)
{
	const char *role = snp_report_key_name(r->signing_key);
	struct err e = { 0 };
	bool ok;

	if (!p->leaf) {
		tell_unfit(w, f, r, role);
		return;
	}
	bundle_status_certificate(w, label_of(f, p->leaf), role, p->leaf);
	if (!p->has_chain)
		return;
	ok = snp_chain_signed_by(p->leaf, p->chain.ask, "leaf certificate", &e);
	bundle_status_test(w, ok, BUNDLE_STATUS_BAD_SIGNATURE, &e);
}

static void tell_authorities(struct bundle_status_work *w, struct found *f, const struct picked *p,
	const struct snp_crl *list)
{
	struct err e = { 0 };
	bool ok;

	if (!p->has_chain) {
		bundle_status_add(w, STR("snp.certificate authorities"), STR("AMD's authorities"),
			BUNDLE_STATUS_MISSING, bundle_status_why(w, &p->no_chain));
		return;
	}
	bundle_status_certificate(w, label_of(f, p->chain.ask), "authority", p->chain.ask);
	ok = snp_chain_signed_by(p->chain.ask, p->chain.ark, "ASK certificate", &e);
	bundle_status_test(w, ok, BUNDLE_STATUS_BAD_SIGNATURE, &e);
	ok = !list || snp_crl_check_revoked(list, &p->chain, &e);
	bundle_status_test(w, ok, BUNDLE_STATUS_REVOKED, &e);
	bundle_status_certificate(w, label_of(f, p->chain.ark), "root", p->chain.ark);
	ok = p->root_trusted ||
	     snp_chain_signed_by(p->chain.ark, p->chain.ark, "ARK certificate", &e);
	bundle_status_test(w, ok, BUNDLE_STATUS_BAD_SIGNATURE, &e);
	bundle_status_root(w, p->root_trusted, &p->no_root);
	ok = snp_chain_check_roles(&p->chain, p->product, &e);
	bundle_status_test(w, ok, BUNDLE_STATUS_UNFIT, &e);
}

/* The list that a verifier takes: that of the bundle, else that of the host's table. */
struct list {
	struct str label;
	struct span bytes;
	struct snp_crl *crl; /* NULL: there is none that can be read and is the root's */
	struct certificate_validity dates;
	enum bundle_status_state state; /* VALID, whatever its dates are */
	struct err e;
};

static void read_list(struct list *l, const struct picked *p)
{
	CLEANUP(snp_crl_freep) struct snp_crl *crl = NULL;

	l->state = BUNDLE_STATUS_MISSING;
	if (!l->bytes.p) {
		(void)err_set(&l->e, ERR_NOTFOUND,
			"whether the authority was revoked is not known without it");
		return;
	}
	l->state = BUNDLE_STATUS_UNREADABLE;
	if (!snp_crl_of_file(&crl, l->bytes, &l->e) || !snp_crl_validity(&l->dates, crl, &l->e))
		return;
	l->state = BUNDLE_STATUS_UNFIT;
	if (p->has_chain && !snp_crl_check_issuer(crl, &p->chain, &l->e))
		return;
	l->state = BUNDLE_STATUS_VALID;
	l->crl = p->has_chain ? TAKE(crl) : NULL;
}

static void tell_list(struct bundle_status_work *w, const struct list *l)
{
	const struct str what = STR("list of revoked certificates, by the ARK");

	if (l->state == BUNDLE_STATUS_VALID)
		bundle_status_dated(w, l->label, what, &l->dates);
	else
		bundle_status_add(w, l->label, what, l->state, bundle_status_why(w, &l->e));
}

static void unused(struct bundle_status_work *w, const struct found *f)
{
	for (size_t i = 0; i < f->n; i++)
		if (!f->used[i])
			bundle_status_add(w, f->labels[i], certificate_subject(f->certs[i], w->a),
				BUNDLE_STATUS_NOT_NEEDED,
				STR("it is not between the report's key and the root"));
}

/* The report's own item was added before. */
static void behind(struct bundle_status_work *w, const struct snp_report *r)
{
	CLEANUP(found_done) struct found f = { 0 };
	const struct bundle *b = w->bundle;
	struct picked p = { 0 };
	struct list list = { .label = STR("snp.crl"), .bytes = b->snp_crl };
	struct span in_table = { 0 };
	size_t report = w->out->n - 1;
	struct err e = { 0 };

	take_table(w, &f, &in_table);
	for (size_t i = 0; i < b->snp_chain.n; i++)
		take(w, &f, bundle_status_text(w, "snp.certificate.%zu", i),
			b->snp_chain.certificates[i]);
	pick(w, &f, &p, r);
	if (p.leaf && !snp_signature_verify(r, p.leaf, &e)) {
		w->out->items[report].state = BUNDLE_STATUS_BAD_SIGNATURE;
		w->out->items[report].why = bundle_status_why(w, &e);
	}
	if (!b->snp_crl.p && in_table.p) {
		list.label = STR("snp.certificate-table CRL");
		list.bytes = in_table;
	}
	read_list(&list, &p);
	tell_leaf(w, &f, &p, r);
	if (p.leaf)
		tell_authorities(w, &f, &p, list.crl);
	tell_list(w, &list);
	snp_crl_free(list.crl);
	if (p.has_chain)
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
