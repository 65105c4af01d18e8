/*
 * What expires when, and what a bundle lacks: of SEV-SNP and TDX, part by part, at times around each end.
 */
#include "bundle_status_told.h"

#include "collateral_made.h"
#include "evidence/snp_certs.h"

enum { AT = 1796083200, DAY_S = 86400 };

static struct arena *a;
static struct trust_hardware_root roots[2];
static const struct trust_file trust = { .hardware = roots, .n_hardware = 2 };

static struct buf told; /* all that is said, for test/golden/bundle_status.txt */

static struct bundle_status status(const struct bundle *b, int64_t at)
{
	struct bundle_status s = { 0 };
	struct err e = { 0 };

	CHECK_OK(bundle_status(&s, b, &(struct bundle_status_at){ .at_unix = at, .trust = &trust },
			 a, &e),
		e);
	bundle_status_tell(&told, &s, at, AT);
	return s;
}

static const struct bundle_status_item *find(const struct bundle_status *s, const char *label)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_is(s->items[i].label, label))
			return &s->items[i];
	printf("no item '%s'\n", label);
	CHECK(false);
	return &s->items[0];
}

static bool is(const struct bundle *b, int64_t at, const char *label, enum bundle_status_state want)
{
	struct bundle_status s = status(b, at);
	const struct bundle_status_item *it = find(&s, label);

	if (it->state != want)
		printf("%s is %s: %.*s\n", label, bundle_status_name(it->state), STR_ARG(it->why));
	return it->state == want && s.complete == bundle_status_is_good(want);
}

static struct bundle snp_bundle(const struct collateral_snp *c)
{
	return (struct bundle){ .kind = BUNDLE_SNP,
		.snp_report = SPAN_OF(c->report.bytes),
		.snp_chain = { { buf_span(&c->vcek), buf_span(&c->ask), buf_span(&c->ark) }, 3 },
		.snp_crl = buf_span(&c->crl) };
}

static void snp_dates(const struct collateral_snp *c)
{
	struct bundle b = snp_bundle(c);
	struct bundle_status s = status(&b, AT);

	CHECK(s.complete && s.n == 5);
	CHECK(s.earliest < s.n && str_is(s.items[s.earliest].label, "snp.crl"));
	CHECK(s.items[s.earliest].dates.to_unix == AT + 9 * DAY_S);
	CHECK(is(&b, AT + 9 * DAY_S, "snp.crl", BUNDLE_STATUS_VALID));
	CHECK(is(&b, AT + 9 * DAY_S + 1, "snp.crl", BUNDLE_STATUS_EXPIRED));
	CHECK(is(&b, AT + 10 * DAY_S, "snp.certificate.0", BUNDLE_STATUS_VALID) == false);
	CHECK(is(&b, AT + 10 * DAY_S + 1, "snp.certificate.0", BUNDLE_STATUS_EXPIRED));
	CHECK(is(&b, AT - 10 * DAY_S, "snp.certificate.0", BUNDLE_STATUS_VALID));
	CHECK(is(&b, AT - 10 * DAY_S - 1, "snp.certificate.0", BUNDLE_STATUS_NOT_YET));
	CHECK(is(&b, AT + 1001 * DAY_S, "snp.certificate.2", BUNDLE_STATUS_EXPIRED));
}

static void snp_parts(const struct collateral_snp *c)
{
	struct snp_made_report changed = c->report;
	struct bundle b = snp_bundle(c);

	b.snp_crl = (struct span){ 0 };
	CHECK(is(&b, AT, "snp.crl", BUNDLE_STATUS_MISSING));
	b.snp_crl = span_make(c->crl.p, c->crl.n - 1);
	CHECK(is(&b, AT, "snp.crl", BUNDLE_STATUS_UNREADABLE));
	b = snp_bundle(c);
	b.snp_chain.n = 2;
	CHECK(is(&b, AT, "snp.certificate authorities", BUNDLE_STATUS_MISSING));
	b.snp_chain.n = 0;
	CHECK(is(&b, AT, "snp.certificate VCEK", BUNDLE_STATUS_MISSING));
	b = snp_bundle(c);
	b.snp_chain.certificates[0] = buf_span(&c->other_vcek);
	CHECK(is(&b, AT, "snp.certificate.0", BUNDLE_STATUS_UNFIT));
	CHECK(is(&b, AT, "snp.certificate VCEK", BUNDLE_STATUS_MISSING));
	b.snp_chain.certificates[3] = buf_span(&c->vcek);
	b.snp_chain.n = 4; /* the right one beside it is enough */
	CHECK(is(&b, AT, "snp.certificate.3", BUNDLE_STATUS_VALID));
	CHECK(is(&b, AT, "snp.certificate.0", BUNDLE_STATUS_NOT_NEEDED));
	b.snp_chain.certificates[0] = span_make("\x30\x03zzz", 5);
	CHECK(is(&b, AT, "snp.certificate.0", BUNDLE_STATUS_UNREADABLE));
	b = snp_bundle(c);
	b.snp_report = SPAN_OF(changed.bytes);
	changed.bytes[0x1a0] ^= 1; /* another chip */
	CHECK(is(&b, AT, "snp.certificate.0", BUNDLE_STATUS_UNFIT));
	changed = c->report;
	snp_made_put(&changed, 0x048, 7 << 2, 4);
	CHECK(is(&b, AT, "snp.report", BUNDLE_STATUS_UNFIT));
	changed.bytes[0] = 9;
	CHECK(is(&b, AT, "snp.report", BUNDLE_STATUS_UNREADABLE));
	changed = c->report;
	snp_made_put(&changed, 0x048, 1 << 2, 4);
	CHECK(is(&b, AT, "snp.certificate VLEK", BUNDLE_STATUS_MISSING));
}

/* The list of another authority with the same name. */
static void snp_other_list(const struct collateral_snp *c)
{
	const struct snp_made_crl m = {
		.issuer = "ARK-Milan", .signer = c->ask_key, .from = AT, .to = AT + DAY_S
	};
	CLEANUP(buf_done) struct buf crl = snp_made_crl(&m);
	struct bundle b = snp_bundle(c);

	b.snp_crl = buf_span(&crl);
	CHECK(is(&b, AT, "snp.crl", BUNDLE_STATUS_UNFIT));
}

/* One byte of what is signed is another. */
static struct span changed_at(struct span s, size_t from_end)
{
	uint8_t *p = arena_alloc(a, s.n);

	memcpy(p, s.p, s.n);
	p[s.n - from_end] ^= 1;
	return span_make(p, s.n);
}

static void snp_signatures(const struct collateral_snp *c)
{
	struct snp_made_report changed = c->report;
	struct bundle b = snp_bundle(c);

	b.snp_report = SPAN_OF(changed.bytes);
	changed.bytes[0x90] ^= 1; /* the measurement */
	CHECK(is(&b, AT, "snp.report", BUNDLE_STATUS_BAD_SIGNATURE));
	for (size_t i = 0; i < 2; i++) { /* the leaf, and who issued it */
		b = snp_bundle(c);
		b.snp_chain.certificates[i] = changed_at(b.snp_chain.certificates[i], 1);
		CHECK(is(&b, AT, i ? "snp.certificate.1" : "snp.certificate.0",
			BUNDLE_STATUS_BAD_SIGNATURE));
	}
}

/* Others of the same names stand before the right ones: a verifier looks past them. */
static void snp_forged(const struct collateral_snp *c)
{
	struct collateral_snp evil = collateral_snp(3, AT);
	struct bundle b = snp_bundle(c);
	struct bundle_chain *l = &b.snp_chain;

	for (size_t i = 0; i < 3; i++)
		l->certificates[i + 3] = l->certificates[i];
	l->certificates[0] = buf_span(&evil.vcek);
	l->certificates[1] = buf_span(&evil.ask);
	l->certificates[2] = buf_span(&evil.ark);
	l->n = 6;
	CHECK(is(&b, AT, "snp.certificate.3", BUNDLE_STATUS_VALID));
	l->n = 3;
	CHECK(is(&b, AT, "snp.report", BUNDLE_STATUS_BAD_SIGNATURE));
	CHECK(is(&b, AT, "snp.certificate.2", BUNDLE_STATUS_UNTRUSTED));
	CHECK(is(&b, AT, "snp.crl", BUNDLE_STATUS_UNFIT));
	collateral_snp_done(&evil);
}

static void snp_revoked(const struct collateral_snp *c)
{
	struct snp_made_crl m = { .issuer = "ARK-Milan",
		.signer = c->ark_key,
		.revoked = 65537,
		.from = AT,
		.to = AT + DAY_S };
	CLEANUP(buf_done) struct buf crl = snp_made_crl(&m);
	struct bundle b = snp_bundle(c);

	b.snp_crl = buf_span(&crl);
	CHECK(is(&b, AT, "snp.certificate.1", BUNDLE_STATUS_REVOKED));
}

/* Without a trust file the root is nobody's; where any will do, all below it must hold all the same. */
static void snp_roots(const struct collateral_snp *c)
{
	struct bundle_status_at at = { .at_unix = AT };
	struct bundle b = snp_bundle(c);
	struct bundle_status s;
	struct err e = { 0 };

	CHECK_OK(bundle_status(&s, &b, &at, a, &e), e);
	CHECK(!s.complete && find(&s, "snp.certificate.2")->state == BUNDLE_STATUS_UNTRUSTED);
	at.any_root = true;
	CHECK_OK(bundle_status(&s, &b, &at, a, &e), e);
	CHECK(s.complete);
	b.snp_chain.certificates[2] = changed_at(b.snp_chain.certificates[2], 1);
	CHECK_OK(bundle_status(&s, &b, &at, a, &e), e);
	CHECK(!s.complete && find(&s, "snp.certificate.2")->state == BUNDLE_STATUS_BAD_SIGNATURE);
}

static void put_entry(struct buf *b, const char *guid, size_t at, size_t n)
{
	buf_add(b, guid, 16);
	buf_u32le(b, (uint32_t)at);
	buf_u32le(b, (uint32_t)n);
}

/* All of it from the host's table. */
static void snp_table(const struct collateral_snp *c)
{
	static const char *const guids[] = {
		"\x63\xda\x75\x8d\xe6\x64\x45\x64\xad\xc5\xf4\xb9\x3b\xe8\xac\xcd",
		"\x4a\xb7\xb3\x79\xbb\xac\x4f\xe4\xa0\x2f\x05\xae\xf3\x27\xc7\x82",
		"\xc0\xb4\x06\xa4\xa8\x03\x49\x52\x97\x43\x3f\xb6\x01\x4c\xd0\xae",
		"\x92\xf8\x1b\xc3\x58\x11\x4d\x3d\x97\xff\xd1\x9f\x88\xdc\x67\xea",
	};
	const struct buf *const items[] = { &c->vcek, &c->ask, &c->ark, &c->crl };
	CLEANUP(buf_done) struct buf table = buf_init(1 << 16);
	struct bundle b = { .kind = BUNDLE_SNP, .snp_report = SPAN_OF(c->report.bytes) };
	size_t at = 24 * (ARRAY_LEN(items) + 1);

	for (size_t i = 0; i < ARRAY_LEN(items); at += items[i++]->n)
		put_entry(&table, guids[i], at, items[i]->n);
	buf_fill(&table, 0, 24);
	for (size_t i = 0; i < ARRAY_LEN(items); i++)
		buf_add(&table, items[i]->p, items[i]->n);
	b.snp_table = buf_span(&table);
	CHECK(is(&b, AT, "snp.certificate-table VCEK", BUNDLE_STATUS_VALID));
	CHECK(is(&b, AT, "snp.certificate-table ARK", BUNDLE_STATUS_VALID));
	CHECK(is(&b, AT + 9 * DAY_S + 1, "snp.certificate-table CRL", BUNDLE_STATUS_EXPIRED));
	b.snp_table.n = 90;
	CHECK(is(&b, AT, "snp.certificate-table", BUNDLE_STATUS_UNREADABLE));
}

static struct bundle tdx_bundle(const struct collateral_tdx *t)
{
	return (struct bundle){ .kind = BUNDLE_TDX,
		.tdx_quote = buf_span(&t->quote),
		.tdx_tcb_info = buf_span(&t->tcb_info),
		.tdx_tcb_info_chain = buf_span(&t->chain),
		.tdx_qe_identity = buf_span(&t->qe_identity),
		.tdx_qe_identity_chain = buf_span(&t->chain),
		.tdx_pck_crl = buf_span(&t->pck_crl),
		.tdx_root_crl = buf_span(&t->root_crl) };
}

static const struct span none;

/* Every part of the collateral is needed, is missed, and is read. */
static void tdx_parts(const struct collateral_tdx *t)
{
	struct bundle b = tdx_bundle(t);
	const struct {
		struct span *part;
		const char *label;
	} parts[] = { { &b.tdx_tcb_info, "tdx.tcb-info" },
		{ &b.tdx_tcb_info_chain, "tdx.tcb-info-chain" },
		{ &b.tdx_qe_identity, "tdx.qe-identity" },
		{ &b.tdx_qe_identity_chain, "tdx.qe-identity-chain" },
		{ &b.tdx_pck_crl, "tdx.pck-crl" }, { &b.tdx_root_crl, "tdx.root-crl" } };
	struct bundle_status s = status(&b, AT);

	CHECK(s.complete && s.earliest < s.n);
	CHECK(s.items[s.earliest].dates.to_unix == AT + 8 * DAY_S);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		b = tdx_bundle(t);
		*parts[i].part = none;
		CHECK(is(&b, AT, parts[i].label, BUNDLE_STATUS_MISSING));
		b = tdx_bundle(t);
		parts[i].part->n = 40;
		CHECK(is(&b, AT, parts[i].label, BUNDLE_STATUS_UNREADABLE));
	}
	b = tdx_bundle(t);
	b.tdx_quote.n /= 2;
	CHECK(is(&b, AT, "tdx.quote", BUNDLE_STATUS_UNREADABLE));
}

static void tdx_dates_and_fit(const struct collateral_tdx *t)
{
	struct bundle b = tdx_bundle(t);

	CHECK(is(&b, AT + 8 * DAY_S, "tdx.tcb-info", BUNDLE_STATUS_VALID));
	CHECK(is(&b, AT + 8 * DAY_S + 1, "tdx.tcb-info", BUNDLE_STATUS_EXPIRED));
	CHECK(is(&b, AT + 8 * DAY_S + 1, "tdx.qe-identity", BUNDLE_STATUS_EXPIRED));
	CHECK(is(&b, AT - 10 * DAY_S - 1, "tdx.pck-crl", BUNDLE_STATUS_NOT_YET));
	CHECK(is(&b, AT + 10 * DAY_S + 1, "tdx.root-crl", BUNDLE_STATUS_EXPIRED));
	CHECK(is(&b, AT + 100 * DAY_S + 1, "tdx.quote certificate.0", BUNDLE_STATUS_EXPIRED));
	CHECK(is(&b, AT + 100 * DAY_S + 1, "tdx.tcb-info-chain.0", BUNDLE_STATUS_EXPIRED));
	b.tdx_tcb_info = buf_span(&t->other_tcb_info);
	CHECK(is(&b, AT, "tdx.tcb-info", BUNDLE_STATUS_UNFIT));
	b = tdx_bundle(t);
	b.tdx_pck_crl = b.tdx_root_crl; /* by another authority */
	CHECK(is(&b, AT, "tdx.pck-crl", BUNDLE_STATUS_UNFIT));
	b = tdx_bundle(t);
	b.tdx_root_crl = b.tdx_pck_crl;
	CHECK(is(&b, AT, "tdx.root-crl", BUNDLE_STATUS_UNFIT));
	b = tdx_bundle(t);
	b.cc_log = SPAN_OF("log");
	CHECK(is(&b, AT, "log.cc", BUNDLE_STATUS_TIMELESS));
}

static struct span replaced(struct span s, const char *what, const char *by)
{
	char *text = arena_alloc(a, s.n + 1), *at;

	memcpy(text, s.p, s.n);
	text[s.n] = '\0';
	at = strstr(text, what);
	CHECK(at && strlen(what) == strlen(by));
	memcpy(at, by, strlen(by));
	return span_make(text, s.n);
}

static void tdx_signatures(const struct collateral_tdx *t)
{
	struct bundle b = tdx_bundle(t);

	b.tdx_tcb_info = replaced(b.tdx_tcb_info, "\"nextUpdate\":\"20", "\"nextUpdate\":\"29");
	CHECK(is(&b, AT, "tdx.tcb-info", BUNDLE_STATUS_BAD_SIGNATURE));
	b = tdx_bundle(t);
	b.tdx_qe_identity = replaced(
		b.tdx_qe_identity, "\"nextUpdate\":\"20", "\"nextUpdate\":\"29");
	CHECK(is(&b, AT, "tdx.qe-identity", BUNDLE_STATUS_BAD_SIGNATURE));
	b = tdx_bundle(t);
	b.tdx_pck_crl = changed_at(b.tdx_pck_crl, 1);
	CHECK(is(&b, AT, "tdx.pck-crl", BUNDLE_STATUS_UNFIT));
	b = tdx_bundle(t);
	b.tdx_quote = span_make(
		memcpy(arena_alloc(a, b.tdx_quote.n), b.tdx_quote.p, b.tdx_quote.n), b.tdx_quote.n);
	((uint8_t *)(uintptr_t)b.tdx_quote.p)[48 + 136] ^= 1; /* MRTD */
	CHECK(is(&b, AT, "tdx.quote", BUNDLE_STATUS_BAD_SIGNATURE));
}

static void tdx_revoked(const struct collateral_tdx *t)
{
	const struct made_tdx m = made_honest();
	const struct {
		const char *issuer, *label;
		EVP_PKEY *signer;
		long serial;
		bool root;
	} cases[] = {
		{ MADE_ROOT, "tdx.quote certificate.1", m.root_key, 2, true },
		{ MADE_PLATFORM, "tdx.quote certificate.0", m.ca_key, 3, false },
		{ MADE_ROOT, "tdx.tcb-info-chain.0", m.root_key, 4, true },
		{ MADE_ROOT, "tdx.qe-identity-chain.0", m.root_key, 4, true },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct made_crl c = { .issuer = cases[i].issuer,
			.signer = cases[i].signer,
			.from = AT - DAY_S,
			.to = AT + DAY_S,
			.revoked = cases[i].serial };
		CLEANUP(buf_done) struct buf crl = made_crl(&c);
		struct bundle b = tdx_bundle(t);

		*(cases[i].root ? &b.tdx_root_crl : &b.tdx_pck_crl) = buf_span(&crl);
		CHECK(is(&b, AT, cases[i].label, BUNDLE_STATUS_REVOKED));
	}
}

static void tdx_roots(const struct collateral_tdx *t)
{
	struct bundle_status_at at = { .at_unix = AT };
	struct bundle b = tdx_bundle(t);
	struct bundle_status s;
	struct err e = { 0 };

	CHECK_OK(bundle_status(&s, &b, &at, a, &e), e);
	CHECK(!s.complete && find(&s, "tdx.quote certificate.2")->state == BUNDLE_STATUS_UNTRUSTED);
	CHECK(find(&s, "tdx.tcb-info-chain.1")->state == BUNDLE_STATUS_UNTRUSTED);
	at.any_root = true;
	CHECK_OK(bundle_status(&s, &b, &at, a, &e), e);
	CHECK(s.complete);
}

/* What lacks is found by the beginning of its label; an arena that is too small is told. */
static void lacks(const struct collateral_tdx *t)
{
	struct arena *small = arena_new(2000);
	struct bundle b = tdx_bundle(t);
	struct bundle_status s;
	struct err e = { 0 };

	b.tdx_tcb_info_chain = none;
	s = status(&b, AT);
	CHECK(bundle_status_lacks(&s, "tdx.tcb-info"));
	CHECK(bundle_status_lacks(&s, "tdx.tcb-info-chain"));
	CHECK(!bundle_status_lacks(&s, "tdx.qe-identity") && !bundle_status_lacks(&s, "tdx.quote"));
	CHECK_ERR(bundle_status(&s, &b, &(struct bundle_status_at){ .at_unix = AT }, small, &e), e,
		ERR_LIMIT);
	arena_free(small);
}

int main(void)
{
	struct collateral_snp snp = collateral_snp(3, AT);
	struct collateral_tdx tdx = collateral_tdx(AT);

	a = arena_new(256 << 20);
	told = buf_init(1 << 20);
	collateral_trust(roots, &snp, &tdx);
	snp_dates(&snp);
	snp_parts(&snp);
	snp_other_list(&snp);
	snp_signatures(&snp);
	snp_forged(&snp);
	snp_revoked(&snp);
	snp_roots(&snp);
	snp_table(&snp);
	tdx_parts(&tdx);
	tdx_dates_and_fit(&tdx);
	tdx_signatures(&tdx);
	tdx_revoked(&tdx);
	tdx_roots(&tdx);
	lacks(&tdx);
	collateral_snp_done(&snp);
	collateral_tdx_done(&tdx);
	arena_free(a);
	golden_text(&told, "bundle_status");
	return test_end();
}
