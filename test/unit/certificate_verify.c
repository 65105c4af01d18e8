/* Paths from a TPM's certificate to a root, and each thing that can be wrong with one. */
#include "certificate_case.h"

static void accepts(void)
{
	struct certs c = honest();
	struct err e = { 0 };

	CHECK_OK(verify(&c, &e), e);
	c.root_is_middle = true; /* the user may name the issuing authority itself */
	CHECK_OK(verify(&c, &e), e);
	c.no_middle = true;
	CHECK_OK(verify(&c, &e), e);
	c = honest();
	c.leaf.subject = "";
	c.leaf.san = "critical,DNS:tpm";
	CHECK_OK(verify(&c, &e), e);
	c = honest();
	c.leaf.critical = "2.5.29.9"; /* subjectDirectoryAttributes describe a TPM */
	CHECK_OK(verify(&c, &e), e);
	c = honest();
	c.leaf.eku = AK_USAGE;
	c.leaf.usage = "critical,digitalSignature";
	c.purpose = CERTIFICATE_AK;
	CHECK_OK(verify(&c, &e), e);
	c.leaf.usage = NULL;
	CHECK_OK(verify(&c, &e), e);
}

/* What describes a TPM may be critical; a usage stands anywhere in its list; keys that agree on others are for encryption. */
static void accepts_more(void)
{
	static const char *const described[] = { "2.5.29.9", "2.23.133.2.16" };
	static const char *const usages[] = { "critical,keyAgreement",
		"critical,keyEncipherment,digitalSignature", NULL };
	static const char *const lists[] = { EK_USAGE ",serverAuth", "serverAuth," EK_USAGE,
		AK_USAGE "," EK_USAGE ",serverAuth" };
	struct err e = { 0 };

	for (size_t i = 0; i < 2 * ARRAY_LEN(described); i++) {
		struct certs c = honest();

		c.leaf.critical = described[i % 2];
		c.leaf.more_critical = i / 2 ? described[!(i % 2)] : NULL;
		CHECK_OK(verify(&c, &e), e);
	}
	for (size_t i = 0; i < ARRAY_LEN(usages); i++) {
		struct certs c = honest();

		c.leaf.usage = usages[i];
		CHECK_OK(verify(&c, &e), e);
		c.leaf.usage = "critical,keyEncipherment";
		c.leaf.eku = lists[i];
		CHECK_OK(verify(&c, &e), e);
	}
}

/* Which of two roots a path ends in. */
static void second_root(void)
{
	struct certs c = honest();
	struct made_certificate f = c.root;
	CLEANUP(certificate_freep) struct certificate *foreign = NULL, *r = made(&c.root);
	CLEANUP(certificate_freep) struct certificate *m = made(&c.middle), *l = made(&c.leaf);
	const struct certificate *others[] = { m }, *roots[2];
	struct certificate_chain chain = {
		.leaf = l, .others = others, .n_others = 1, .roots = roots, .n_roots = 2
	};
	size_t which = 9;
	struct err e = { 0 };

	f.key = f.signer = other_key;
	f.subject = f.issuer = "foreign";
	foreign = made(&f);
	for (size_t at = 0; at < 2; at++) {
		roots[at] = r;
		roots[!at] = foreign;
		CHECK_OK(certificate_verify(&chain, CERTIFICATE_EK, NOW, 0, &which, &e), e);
		CHECK(which == at);
	}
	chain.n_roots = 1; /* the foreign one */
	which = 9;
	CHECK_ERR(certificate_verify(&chain, CERTIFICATE_EK, NOW, 0, &which, &e), e, ERR_SIGNATURE);
	CHECK(which == 9);
}

/* As many authorities as may be between leaf and root, and one more. */
static void long_paths(void)
{
	EVP_PKEY *keys[CERTIFICATE_CHAIN_MAX + 1];
	const char *const names[] = { "0", "1", "2", "3", "4", "5", "6", "7", "8" };
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		keys[i] = made_ecc("P-256");
	for (size_t n = CERTIFICATE_CHAIN_MAX; n <= CERTIFICATE_CHAIN_MAX + 1; n++) {
		struct certs c = honest();
		struct certificate *chain[CERTIFICATE_CHAIN_MAX + 2];
		struct certificate_chain all = { .n_others = n, .n_roots = 1 };
		size_t which = 9;

		for (size_t i = 0; i < n; i++) {
			struct made_certificate m = c.middle;

			m.subject = names[i];
			m.issuer = i ? names[i - 1] : "root";
			m.key = keys[i];
			m.signer = i ? keys[i - 1] : root_key;
			chain[i] = made(&m);
		}
		chain[n] = made(&c.root);
		c.leaf.issuer = names[n - 1];
		c.leaf.signer = keys[n - 1];
		all.leaf = made(&c.leaf);
		all.others = (const struct certificate *const *)chain;
		all.roots = all.others + n;
		CHECK(certificate_verify(&all, CERTIFICATE_EK, NOW, 0, &which, &e) ==
			(n == CERTIFICATE_CHAIN_MAX));
		certificate_free((struct certificate *)(uintptr_t)all.leaf);
		for (size_t i = 0; i <= n; i++)
			certificate_free(chain[i]);
	}
	CHECK(e.kind == ERR_SIGNATURE);
	for (size_t i = 0; i < ARRAY_LEN(keys); i++)
		EVP_PKEY_free(keys[i]);
}

typedef void change(struct certs *c);

static void no_eku(struct certs *c)
{
	c->leaf.eku = NULL;
}
static void other_eku(struct certs *c)
{
	c->leaf.eku = "serverAuth";
}
static void ak_for_ek(struct certs *c)
{
	c->leaf.eku = AK_USAGE;
}
static void ek_for_ak(struct certs *c)
{
	c->purpose = CERTIFICATE_AK;
}
static void leaf_is_ca(struct certs *c)
{
	c->leaf.ca = true;
}
static void usage_of_leaf(struct certs *c)
{
	c->leaf.usage = "critical,cRLSign";
}
static void middle_no_ca(struct certs *c)
{
	c->middle.ca = false;
}
static void middle_may_not_sign(struct certs *c)
{
	c->middle.usage = "critical,digitalSignature";
}
static void leaf_expired(struct certs *c)
{
	c->at = NOW + 2000;
}
static void leaf_not_yet(struct certs *c)
{
	c->at = NOW - 2000;
}
static void middle_expired(struct certs *c)
{
	c->middle.to = NOW - 10;
}
static void root_expired(struct certs *c)
{
	c->root.to = NOW - 10;
}
static void leaf_by_other(struct certs *c)
{
	c->leaf.signer = other_key;
}
static void middle_by_other(struct certs *c)
{
	c->middle.signer = other_key;
}
static void other_root(struct certs *c)
{
	c->foreign_root = true;
}
static void missing_middle(struct certs *c)
{
	c->no_middle = true;
}
static void unknown_critical(struct certs *c)
{
	c->leaf.critical = "1.2.3.4.5";
}
static void unknown_critical_above(struct certs *c)
{
	c->middle.critical = "1.2.3.4.5";
}
static void weak_hash(struct certs *c)
{
	c->leaf.hash = "SHA1";
}

static void known_then_unknown(struct certs *c)
{
	c->leaf.critical = "2.23.133.2.16";
	c->leaf.more_critical = "1.2.3.4.5";
}
static void unknown_then_known(struct certs *c)
{
	c->leaf.critical = "1.2.3.4.5";
	c->leaf.more_critical = "2.5.29.9";
}
static void signing_alone(struct certs *c)
{
	c->leaf.usage = "critical,digitalSignature";
}
static void ak_may_not_sign(struct certs *c)
{
	c->purpose = CERTIFICATE_AK;
	c->leaf.eku = AK_USAGE;
}
static void refuses(void)
{
	static const struct {
		change *how;
		const char *says;
	} changes[] = {
		{ no_eku, "EK certificate lacks the extended key usage 2.23.133.8.1" },
		{ other_eku, "EK certificate lacks the extended key usage" },
		{ ak_for_ek, "EK certificate lacks the extended key usage" },
		{ ek_for_ak, "AK certificate lacks the extended key usage 2.23.133.8.3" },
		{ leaf_is_ca, "EK certificate is one of an authority" },
		{ usage_of_leaf, "does not allow encryption to it" },
		{ middle_no_ca, "certificate 1 of the chain (/CN=middle)" },
		{ middle_may_not_sign, "certificate 1 of the chain (/CN=middle)" },
		{ leaf_expired,
			"certificate 0 of the chain (/CN=leaf): certificate has expired at the time of this appraisal" },
		{ leaf_not_yet, "not yet valid at the time of this appraisal" },
		{ middle_expired,
			"certificate 1 of the chain (/CN=middle): certificate has expired at the time of this appraisal" },
		{ root_expired,
			"certificate 2 of the chain (/CN=root): certificate has expired at the time of this appraisal" },
		{ leaf_by_other, "certificate signature failure" },
		{ middle_by_other, "certificate signature failure" },
		{ other_root,
			"certificate 1 of the chain (/CN=middle): certificate signature failure" },
		{ missing_middle, "unable to get local issuer certificate" },
		{ unknown_critical,
			"certificate 0 of the chain (/CN=leaf): unhandled critical extension" },
		{ unknown_critical_above,
			"certificate 1 of the chain (/CN=middle): unhandled critical extension" },
		{ weak_hash, "certificate 0 of the chain (/CN=leaf)" },
		{ known_then_unknown, "unhandled critical extension" },
		{ unknown_then_known, "unhandled critical extension" },
		{ signing_alone, "does not allow encryption to it" },
		{ ak_may_not_sign, "AK certificate: its key usage does not allow signing" },
	};

	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		struct certs c = honest();
		struct err e = { 0 };

		changes[i].how(&c);
		CHECK_ERR(verify(&c, &e), e, ERR_SIGNATURE);
		test_report(strstr(e.text, changes[i].says) != NULL, __FILE__, __LINE__, e.text);
	}
}

/* Each certificate of the path at both of its ends, to the second; other faults stay faults. */
static void leeway(void)
{
	for (size_t i = 0; i < 6; i++) {
		struct certs c = honest();
		struct made_certificate *one = i / 2 == 0   ? &c.leaf
					       : i / 2 == 1 ? &c.middle
							    : &c.root;
		struct err e = { 0 };

		if (i % 2)
			one->from = NOW + 60;
		else
			one->to = NOW - 60;
		CHECK_ERR(verify(&c, &e), e, ERR_SIGNATURE);
		CHECK(strstr(e.text, "clock"));
		c.leeway = 59;
		CHECK_ERR(verify(&c, &e), e, ERR_SIGNATURE);
		c.leeway = 60;
		CHECK_OK(verify(&c, &e), e);
		c.leaf.signer = other_key;
		CHECK_ERR(verify(&c, &e), e, ERR_SIGNATURE);
	}
}

static void ends(void)
{
	struct certs c = honest();
	struct err e = { 0 };

	c.at = c.leaf.from;
	CHECK_OK(verify(&c, &e), e);
	c.at = c.leaf.to;
	CHECK_OK(verify(&c, &e), e);
	c.at = c.leaf.to + 1;
	CHECK_ERR(verify(&c, &e), e, ERR_SIGNATURE);
	c = honest();
	c.leeway = -1;
	CHECK_ERR(verify(&c, &e), e, ERR_USAGE);
}

static void no_roots(void)
{
	struct certs c = honest();
	struct err e = { 0 };

	c.no_root = true;
	CHECK_ERR(verify(&c, &e), e, ERR_NOTFOUND);
}

int main(void)
{
	keys_new();
	accepts();
	accepts_more();
	second_root();
	long_paths();
	refuses();
	leeway();
	ends();
	no_roots();
	keys_free();
	return test_end();
}
