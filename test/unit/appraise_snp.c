/* Rows are those of the list of attacks in doc/conformance.md. */
#include "appraise/appraise_snp.h"

#include "appraise_snp_case.h"

static void honest(void)
{
	CASE(milan, "a Milan's VCEK", GOOD, NULL, NULL, NOTHING, NOTHING);
	CASE(genoa, "a Genoa's VCEK", GOOD, NULL, NULL, NOTHING, NOTHING);
	CASE(turin, "a Turin's VCEK, 8 bytes of chip id", GOOD, NULL, NULL, NOTHING, NOTHING);
	CASE(vlek, "a leased key", GOOD, NULL, NULL, NOTHING, NOTHING);
	CASE(milan, "version 2", GOOD, NULL, NULL, g.w.report = snp_made_report(2), NOTHING);
	CASE(milan, "version 5", GOOD, NULL, NULL, g.w.report = snp_made_report(5), NOTHING);
	CASE(milan, "archive, without a nonce", GOOD, NULL, NULL,
		g.policy.freshness = POLICY_ARCHIVE, g.in.nonce = NULL);
	CASE(milan, "unsigned values that the user accepts", GOOD, NULL, NULL,
		g.trust.accept_unsigned = true, g.in.vouch = APPRAISE_UNSIGNED_CLAIM);
	CASE(milan, "another tool's evidence with the nonce in REPORT_DATA", GOOD, NULL, NULL,
		(g.own_data = true, memset(g.w.report.bytes + 0x50, 0, 64),
			memcpy(g.w.report.bytes + 0x50, g.nonce, 32)),
		NOTHING);
	CASE(milan, "another tool's evidence with data that is new", GOOD, NULL, NULL,
		g.own_data = true,
		(g.in.nonce = NULL, g.in.report_data = span_make(g.report.bytes + 0x50, 64),
			g.in.report_data_is_fresh = true));
}

/* The host's table: { GUID, offset, size } and what they point to; only one item. */
static struct span table_of(struct guest *g, const uint8_t guid[static 16], struct span item)
{
	struct buf b = buf_init(1 << 17);

	buf_add(&b, guid, 16);
	buf_u32le(&b, 48);
	buf_u32le(&b, (uint32_t)item.n);
	for (int i = 0; i < 24; i++)
		buf_u8(&b, 0);
	buf_add(&b, item.p, item.n);
	return guest_keep(g, b);
}

static const uint8_t vcek_guid[16] = { 0x63, 0xda, 0x75, 0x8d, 0xe6, 0x64, 0x45, 0x64, 0xad, 0xc5,
	0xf4, 0xb9, 0x3b, 0xe8, 0xac, 0xcd };
static const uint8_t crl_guid[16] = { 0x92, 0xf8, 0x1b, 0xc3, 0x58, 0x11, 0x4d, 0x3d, 0x97, 0xff,
	0xd1, 0x9f, 0x88, 0xdc, 0x67, 0xea };

static void reverse(struct guest *g)
{
	struct bundle_chain *c = &g->bundle.snp_chain;
	struct span first = c->certificates[0];

	c->certificates[0] = c->certificates[2];
	c->certificates[2] = first;
}

static void leaf_from_table(struct guest *g)
{
	struct bundle_chain *c = &g->bundle.snp_chain;

	g->bundle.snp_table = table_of(g, vcek_guid, c->certificates[0]);
	c->certificates[0] = c->certificates[2];
	c->n = 2;
}

/* A second leaf before the right one, with one thing changed by the caller. */
static void decoy(struct guest *g, const struct snp_made_certificate *leaf)
{
	struct bundle_chain *c = &g->bundle.snp_chain;
	struct certificate *made = snp_made_certificate(leaf);

	memmove(&c->certificates[1], &c->certificates[0], c->n++ * sizeof c->certificates[0]);
	c->certificates[0] = guest_der(g, made);
	certificate_free(made);
}

static void decoy_tcb(struct guest *g)
{
	struct snp_made_certificate leaf = g->w.leaf;

	leaf.extensions[2].value = "\x02\x01\x03";
	decoy(g, &leaf);
}

static void decoy_key(struct guest *g)
{
	struct snp_made_certificate leaf = g->w.leaf;

	leaf.key = other_ec;
	decoy(g, &leaf);
}

static void decoy_vlek(struct guest *g)
{
	struct snp_made_certificate leaf = vlek().leaf;

	decoy(g, &leaf);
}

/* The same behind the right one. */
static void decoy_vlek_last(struct guest *g)
{
	struct bundle_chain *c = &g->bundle.snp_chain;
	struct span first;

	decoy_vlek(g);
	first = c->certificates[0];
	memmove(&c->certificates[0], &c->certificates[1], (c->n - 1) * sizeof first);
	c->certificates[c->n - 1] = first;
}

/* Of the same name and key as the leaf, the intermediate or the root, by somebody else. */
static void decoy_forged(struct guest *g, const struct snp_made_certificate *like)
{
	struct snp_made_certificate forged = *like;

	forged.signer = like->signer == ark_key ? ask_key : ark_key;
	forged.serial++;
	decoy(g, &forged);
}

/* A whole chain with the names of the right one and with keys of the host's; its intermediate has even the right key. */
static void decoy_chain(struct guest *g)
{
	struct snp_made_certificate ark = g->w.ark, ask = g->w.ask, leaf = g->w.leaf;

	ark.key = ark.signer = ask.signer = ask_key;
	leaf.signer = ark_key;
	decoy(g, &leaf);
	decoy(g, &ask);
	decoy(g, &ark);
}

static void decoy_expired(struct guest *g)
{
	struct snp_made_certificate ask = g->w.ask;

	ask.to = SNP_MADE_NOW - SNP_MADE_DAY;
	decoy(g, &ask);
}

static void cut_certificate(struct guest *g, size_t i)
{
	g->bundle.snp_chain.certificates[i].n--;
}

static void drop_certificate(struct guest *g, size_t i)
{
	struct bundle_chain *c = &g->bundle.snp_chain;

	c->certificates[i] = c->certificates[--c->n];
}

static void certificates(void)
{
	CASE(milan, "any order", GOOD, NULL, NULL, NOTHING, reverse(&g));
	CASE(milan, "the leaf from the host's table", GOOD, NULL, NULL, NOTHING,
		leaf_from_table(&g));
	CASE(milan, "the leaf twice", GOOD, NULL, NULL, NOTHING,
		g.bundle.snp_table = table_of(&g, vcek_guid, g.bundle.snp_chain.certificates[0]));
	CASE(milan, "a leaf for an older TCB first", GOOD, NULL, NULL, NOTHING, decoy_tcb(&g));
	CASE(milan, "a leaf with another key first", GOOD, NULL, NULL, NOTHING, decoy_key(&g));
	CASE(milan, "a forged leaf first", GOOD, NULL, NULL, NOTHING, decoy_forged(&g, &g.w.leaf));
	CASE(milan, "a forged ASK first", GOOD, NULL, NULL, NOTHING, decoy_forged(&g, &g.w.ask));
	CASE(milan, "a forged ARK first", GOOD, NULL, NULL, NOTHING, decoy_forged(&g, &g.w.ark));
	CASE(milan, "a forged chain first", GOOD, NULL, NULL, NOTHING, decoy_chain(&g));
	CASE(milan, "an ASK that is over first", GOOD, NULL, NULL, NOTHING, decoy_expired(&g));
	CASE(milan, "a forged ASK alone", BAD, "snp-chain", "not signed by", NOTHING,
		(decoy_forged(&g, &g.w.ask), drop_certificate(&g, 2)));
	CASE(milan, "a VLEK first", GOOD, NULL, NULL, NOTHING, decoy_vlek(&g));
	CASE(milan, "a VLEK last", GOOD, NULL, NULL, NOTHING, decoy_vlek_last(&g));
	CASE(milan, "no certificate", BAD, "snp-leaf", "none of the 0", NOTHING,
		g.bundle.snp_chain.n = 0);
	CASE(milan, "no leaf", BAD, "snp-leaf", "SEV-VCEK", NOTHING, drop_certificate(&g, 0));
	CASE(milan, "no ASK", BAD, "snp-issuers", "SEV-Milan", NOTHING, drop_certificate(&g, 1));
	CASE(milan, "no ARK", BAD, "snp-issuers", "ARK-Milan", NOTHING, drop_certificate(&g, 2));
	CASE(milan, "the leaf cut", BAD, "snp-certificates", "certificate 0", NOTHING,
		cut_certificate(&g, 0));
	CASE(milan, "the ARK cut", BAD, "snp-certificates", "certificate 2", NOTHING,
		cut_certificate(&g, 2));
	CASE(milan, "row 15: a table without end", BAD, "snp-certificates", "table", NOTHING,
		g.bundle.snp_table = span_make(vcek_guid, 16));
	CASE(milan, "a table whose VCEK is no certificate", BAD, "snp-certificates", "VCEK",
		NOTHING, g.bundle.snp_table = table_of(&g, vcek_guid, SPAN_OF(vcek_guid)));
}

static void chains(void)
{
	CASE(milan, "row 5: a root from the evidence", BAD, "snp-root", "ARK-Milan", NOTHING,
		g.trust.n_hardware = 0);
	CASE(milan, "row 5: a root of the user for other hardware", BAD, "snp-root", "ARK-Milan",
		NOTHING, g.root.hardware = TRUST_TDX);
	CASE(milan, "row 5: a root with one byte changed", BAD, "snp-root", "ARK-Milan", NOTHING,
		g.root.sha256[31] ^= 1);
	CASE(milan, "row 5: the user's root is another product's", BAD, "snp-product", "Genoa",
		NOTHING, g.root.product = SNP_GENOA);
	CASE(milan, "row 6: the leaf has the ASK's name", BAD, "snp-leaf", "SEV-VCEK",
		g.w.leaf.subject = "SEV-Milan", NOTHING);
	CASE(milan, "row 6: the leaf by the ARK", BAD, "snp-issuers", "ARK certificate",
		(g.w.leaf.issuer = "ARK-Milan", g.w.ark.issuer = "nobody",
			g.w.leaf.signer = ark_key),
		NOTHING);
	CASE(milan, "row 6: the leaf by the ARK, itself signed", BAD, "snp-roles", "ASK",
		(g.w.leaf.issuer = "ARK-Milan", g.w.leaf.signer = ark_key), NOTHING);
	CASE(milan, "row 6: a VCEK by the ASVK", BAD, "snp-roles", "SEV-Milan",
		g.w.ask.subject = g.w.leaf.issuer = "SEV-VLEK-Milan", NOTHING);
	CASE(vlek, "row 6: a VLEK by the ASK", BAD, "snp-roles", "SEV-VLEK-Milan",
		g.w.ask.subject = g.w.leaf.issuer = "SEV-Milan", NOTHING);
	CASE(vlek, "row 6: a VLEK that names a chip", BAD, "snp-provider", "names a chip",
		g.w.leaf.extensions[8] = milan().leaf.extensions[7], NOTHING);
	CASE(milan, "row 6: SIGNING_KEY says VLEK", BAD, "snp-signing-key", "VLEK",
		PUT(0x048, 4, 4), NOTHING);
	CASE(vlek, "row 6: SIGNING_KEY says VCEK", BAD, "snp-signing-key", "VCEK", PUT(0x048, 0, 4),
		NOTHING);
	CASE(milan, "row 6: SIGNING_KEY says none", BAD, "snp-signing-key", "none",
		PUT(0x048, 7 << 2, 4), NOTHING);
	CASE(milan, "row 6: SIGNING_KEY is reserved", BAD, "snp-signing-key", "reserved",
		PUT(0x048, 3 << 2, 4), NOTHING);
	CASE(milan, "row 6: the leaf is an authority", BAD, "snp-roles", "authority",
		g.w.leaf.ca = "critical,CA:TRUE", NOTHING);
	CASE(milan, "row 6: the ASK is none", BAD, "snp-roles", "authority",
		g.w.ask.ca = "critical,CA:FALSE", NOTHING);
	CASE(milan, "the ASK may not sign certificates", BAD, "snp-roles", "key usage",
		g.w.ask.usage = "critical,cRLSign", NOTHING);
	CASE(milan, "a leaf of X.509 version 1", BAD, "snp-roles", "version", g.w.leaf.version = 1,
		NOTHING);
	CASE(milan, "another country", BAD, "snp-roles", "C of the subject",
		g.w.leaf.country = g.w.ask.country = g.w.ark.country = "DE", NOTHING);
	CASE(milan, "an unknown critical extension", BAD, "snp-roles", "1.2.3.4",
		g.w.leaf.extensions[8] = ((struct snp_made_extension){
			"1.2.3.4", "\x05\x00", 2, true }),
		NOTHING);
	CASE(milan, "the ASK signed by another key", BAD, "snp-chain", "ASK",
		g.w.ask.signer = other_rsa, NOTHING);
	CASE(milan, "the leaf signed by another key", BAD, "snp-chain", "leaf",
		g.w.leaf.signer = other_rsa, NOTHING);
	CASE(milan, "row 17: the leaf signed with PKCS #1 v1.5", BAD, "snp-chain", "leaf",
		g.w.leaf.salt = -1, NOTHING);
	CASE(milan, "row 17: the leaf signed over SHA-256", BAD, "snp-chain", "leaf",
		g.w.leaf.hash = "SHA256", NOTHING);
}

static void times(void)
{
	CASE(milan, "row 29: the leaf is from tomorrow, within the leeway", GOOD, NULL, NULL,
		(g.w.leaf.from = SNP_MADE_NOW + 60, g.policy.leeway_s = 60), NOTHING);
	CASE(milan, "row 29: the leaf is from tomorrow", BAD, "snp-time", "clock",
		g.w.leaf.from = SNP_MADE_NOW + 60, NOTHING);
	CASE(milan, "row 29: the leaf has expired", BAD, "snp-time", "clock",
		g.w.leaf.to = SNP_MADE_NOW - 60, NOTHING);
	CASE(milan, "row 29: the leaf has expired, within the leeway", GOOD, NULL, NULL,
		(g.w.leaf.to = SNP_MADE_NOW - 60, g.policy.leeway_s = 60), NOTHING);
	CASE(milan, "row 29: the leaf has expired, a second before the leeway", BAD, "snp-time",
		"clock", (g.w.leaf.to = SNP_MADE_NOW - 60, g.policy.leeway_s = 59), NOTHING);
	CASE(milan, "row 29: the list is of before the leeway", WARN, "snp-crl-time", "clock",
		(g.crl.to = SNP_MADE_NOW - 60, g.policy.leeway_s = 59), NOTHING);
	CASE(milan, "row 29: the list has ended, within the leeway", GOOD, NULL, NULL,
		(g.crl.to = SNP_MADE_NOW - 60, g.policy.leeway_s = 60), NOTHING);
	CASE(milan, "row 29: the ASK has expired", BAD, "snp-time", "ASK",
		g.w.ask.to = SNP_MADE_NOW - 60, NOTHING);
	CASE(milan, "row 29: the clock is a year late", BAD, "snp-time", "clock", NOTHING,
		g.in.at_unix += 365 * (int64_t)SNP_MADE_DAY);
	CASE(milan, "row 29: no time at all", BAD, "snp-time", "clock", NOTHING, g.in.at_unix = 0);
}

static void revocation(void)
{
	CASE(milan, "row 14: no list", WARN, "snp-crl", "requires one", g.crl.issuer = NULL,
		NOTHING);
	CASE(milan, "no list, and the policy says if-present", GOOD, NULL, NULL,
		g.crl.issuer = NULL, guest_policy(&g, "crl: if-present\n"));
	CASE(milan, "a stale list, and the policy says off", GOOD, NULL, NULL,
		g.crl.to = SNP_MADE_NOW - 60, guest_policy(&g, "crl: off\n"));
	CASE(milan, "the host's list", GOOD, NULL, NULL, NOTHING,
		(g.bundle.snp_table = table_of(&g, crl_guid, g.bundle.snp_crl),
			g.bundle.snp_crl = span_make(NULL, 0)));
	CASE(milan, "row 14: the ASK is revoked", BAD, "snp-revoked", "ASK", g.crl.revoked = 65537,
		NOTHING);
	CASE(milan, "row 14: the ARK is revoked", BAD, "snp-revoked", "itself",
		g.crl.revoked = 65536, NOTHING);
	CASE(milan, "row 14: the ASK is revoked, if-present", BAD, "snp-revoked", "ASK",
		g.crl.revoked = 65537, guest_policy(&g, "crl: if-present\n"));
	CASE(milan, "row 14: a stale list", WARN, "snp-crl-time", "clock",
		g.crl.to = SNP_MADE_NOW - 60, NOTHING);
	CASE(milan, "row 14: a stale list, if-present", WARN, "snp-crl-time", "clock",
		g.crl.to = SNP_MADE_NOW - 60, guest_policy(&g, "crl: if-present\n"));
	CASE(milan, "row 14: a list that is current and older than the policy allows", WARN,
		"snp-crl-time", "CRL is of 2026-11-30T00:00:00Z, the time of this appraisal is",
		NOTHING, guest_policy(&g, "crl-max-age: 86399\n"));
	CASE(milan, "row 14: the same, within the leeway", GOOD, NULL, NULL, g.policy.leeway_s = 1,
		guest_policy(&g, "crl-max-age: 86399\n"));
	CASE(milan, "row 14: a list as old as the policy allows", GOOD, NULL, NULL, NOTHING,
		guest_policy(&g, "crl-max-age: 86400\n"));
	CASE(milan, "row 14: the host's list, older than the policy allows", WARN, "snp-crl-time",
		"older than the 0 seconds that the policy allows", NOTHING,
		(g.bundle.snp_table = table_of(&g, crl_guid, g.bundle.snp_crl),
			g.bundle.snp_crl = span_make(NULL, 0),
			guest_policy(&g, "crl: if-present\ncrl-max-age: 0\n")));
	CASE(milan, "row 14: a list without end", WARN, "snp-crl-time", NULL, g.crl.to = 0,
		NOTHING);
	CASE(milan, "row 14: another issuer's list", BAD, "snp-crl-issuer", "issuer",
		g.crl.issuer = "ARK-Genoa", NOTHING);
	CASE(milan, "row 14: a list that another signed", BAD, "snp-crl-issuer", "not signed",
		g.crl.signer = ask_key, NOTHING);
	CASE(milan, "row 14: a list of changes", BAD, "snp-crl-issuer", "critical",
		g.crl.critical = true, NOTHING);
	CASE(milan, "row 14: half a list", WARN, "snp-crl", "no CRL", NOTHING,
		g.bundle.snp_crl.n /= 2);
}

static void against_leaf(void)
{
	CASE(milan, "row 7: another chip's certificate", BAD, "snp-chip", "another chip",
		g.w.report.bytes[0x1a0] ^= 1, NOTHING);
	CASE(milan, "row 7: the last byte of the chip id", BAD, "snp-chip", "another chip",
		g.w.report.bytes[0x1df] ^= 1, NOTHING);
	CASE(turin, "row 7: more than 8 bytes of chip id", BAD, "snp-chip", "byte 8",
		g.w.report.bytes[0x1a8] = 1, NOTHING);
	CASE(milan, "row 7: a hardware id as Turin has it", BAD, "snp-chip", "8 bytes",
		g.w.leaf.extensions[7].n = 8, NOTHING);
	CASE(milan, "row 7: a masked chip id", BAD, "snp-chip", "masks", PUT(0x048, 2, 4), NOTHING);
	CASE(milan, "row 7: a chip id of zeroes", BAD, "snp-chip", "masks",
		memset(g.w.report.bytes + 0x1a0, 0, 64), NOTHING);
	CASE(milan, "row 7: boot loader", BAD, "snp-tcb", "boot loader",
		EXT(2, ".3.1", "\x02\x01\x03"), NOTHING);
	CASE(milan, "row 7: TEE", BAD, "snp-tcb", "TEE", EXT(3, ".3.2", "\x02\x01\x01"), NOTHING);
	CASE(milan, "row 7: SNP firmware", BAD, "snp-tcb", "SNP firmware",
		EXT(5, ".3.3", "\x02\x01\x16"), NOTHING);
	CASE(milan, "row 7: microcode", BAD, "snp-tcb", "microcode",
		EXT(6, ".3.8", "\x02\x02\x00\xd4"), NOTHING);
	CASE(turin, "row 7: FMC", BAD, "snp-tcb", "FMC", EXT(8, ".3.9", "\x02\x01\x08"), NOTHING);
	CASE(milan, "a product name of another line", BAD, "snp-product", "Genoa",
		EXT(1, ".2", "\x16\x05Genoa"), NOTHING);
	CASE(milan, "the CPUID of a Genoa", BAD, "snp-product", "Genoa", PUT(0x188, 0x011119, 3),
		NOTHING);
	CASE(milan, "the CPUID of nobody", BAD, "snp-product", "unknown", PUT(0x188, 0x010118, 3),
		NOTHING);
	CASE(milan, "another chip's signature is explained", BAD, "snp-signature", "snp-chip",
		(g.w.report.bytes[0x1a0] ^= 1, g.report_key = other_ec), NOTHING);
	CASE(milan, "another TCB's signature is explained", BAD, "snp-signature", "boot loader",
		(EXT(2, ".3.1", "\x02\x01\x03"), g.report_key = other_ec), NOTHING);
	CASE(milan, "a VLEK's signature is explained", BAD, "snp-signature", "SIGNING_KEY",
		(PUT(0x048, 4, 4), g.report_key = other_ec), NOTHING);
	CASE(milan, "a bad signature is a bad signature", BAD, "snp-signature",
		"report and leaf certificate", g.report_key = other_ec, NOTHING);
}

/* R or S becomes n - it, or n + it; little-endian with borrow and carry over 72 bytes. */
static void with_order(struct guest *g, size_t at, bool minus)
{
	static const char hex[] = "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"
				  "C7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973";
	BIGNUM *n = NULL, *x = BN_lebin2bn(g->report.bytes + at, 72, NULL);

	BN_hex2bn(&n, hex);
	CHECK(minus ? BN_sub(x, n, x) : BN_add(x, n, x));
	CHECK(BN_bn2lebinpad(x, g->report.bytes + at, 72) == 72);
	BN_free(n);
	BN_free(x);
}

static void order_itself(struct guest *g, size_t at)
{
	memset(g->report.bytes + at, 0, 72);
	with_order(g, at, false);
}

static void signatures(void)
{
	CASE(milan, "row 16: R is zero", BAD, "snp-signature-form", "R is zero", NOTHING,
		memset(g.report.bytes + 0x2a0, 0, 72));
	CASE(milan, "row 16: S is zero", BAD, "snp-signature-form", "S is zero", NOTHING,
		memset(g.report.bytes + 0x2e8, 0, 72));
	CASE(milan, "row 16: R and S are zero", BAD, "snp-signature", "zero", NOTHING,
		memset(g.report.bytes + 0x2a0, 0, 144));
	CASE(milan, "row 16: R is the order", BAD, "snp-signature-form", "R is too great", NOTHING,
		order_itself(&g, 0x2a0));
	CASE(milan, "row 16: S is the order", BAD, "snp-signature-form", "S is too great", NOTHING,
		order_itself(&g, 0x2e8));
	CASE(milan, "row 16: S plus the order", BAD, "snp-signature-form", "S", NOTHING,
		with_order(&g, 0x2e8, false));
	CASE(milan, "row 16: high bytes of R", BAD, "snp-signature-form", "byte 71 of R", NOTHING,
		g.report.bytes[0x2a0 + 71] = 1);
	CASE(milan, "row 16: (r, n - s) is as good", GOOD, NULL, NULL, NOTHING,
		with_order(&g, 0x2e8, true));
	CASE(milan, "row 17: algorithm 0", BAD, "snp-signature-form", "algorithm", PUT(0x034, 0, 4),
		NOTHING);
	CASE(milan, "row 17: algorithm 2", BAD, "snp-signature-form", "algorithm", PUT(0x034, 2, 4),
		NOTHING);
	CASE(milan, "row 17: a key of P-256", BAD, "snp-roles", "P-384",
		g.w.leaf.key = g.report_key = p256_key, NOTHING);
	CASE(milan, "row 27: a reserved byte behind the signature", BAD, "snp-reserved", "0x330",
		NOTHING, g.report.bytes[0x330] = 1);
	CASE(milan, "row 27: the last byte", BAD, "snp-reserved", "0x49f", NOTHING,
		g.report.bytes[0x49f] = 1);
	CASE(milan, "a reserved byte that is signed", BAD, "snp-reserved", "0x4c",
		g.w.report.bytes[0x4c] = 1, NOTHING);
	CASE(milan, "mitigations before version 5", BAD, "snp-reserved", "0x1f8", PUT(0x1f8, 1, 8),
		NOTHING);
	CASE(milan, "row 15: a byte more", BAD, "snp-report", "1184", NOTHING,
		g.bundle.snp_report.n++);
	CASE(milan, "version 1", BAD, "snp-report", "version 1", PUT(0x000, 1, 4), NOTHING);
	CASE(milan, "version 6", BAD, "snp-report", "version 6", PUT(0x000, 6, 4), NOTHING);
}

int main(void)
{
	verdict_told_begin();
	snp_world_keys();
	honest();
	certificates();
	chains();
	times();
	revocation();
	against_leaf();
	signatures();
	snp_world_done();
	verdict_told_end("appraise_snp");
	return test_end();
}
