/*
 * Google's certificates of a TPM's keys: what each is for says the key usage alone, and no certificate is for both an
 * endorsement key and an attestation key.
 */
#include "certificate_case.h"

static void accepts(void)
{
	struct certs c = honest();
	struct err e = { 0 };

	c.leaf.eku = NULL;
	c.leaf.usage = "critical,digitalSignature";
	c.purpose = CERTIFICATE_AK_GCE;
	CHECK_OK(verify(&c, &e), e);
	c.leaf.eku = EK_USAGE; /* which the older ones of signing keys have, too */
	CHECK_OK(verify(&c, &e), e);
	c.purpose = CERTIFICATE_EK_GCE;
	for (size_t i = 0; i < 4; i++) {
		c.leaf.eku = i / 2 ? EK_USAGE : NULL;
		c.leaf.usage = i % 2 ? "critical,keyEncipherment" : "critical,keyAgreement";
		CHECK_OK(verify(&c, &e), e);
	}
}

typedef void change(struct certs *c);

static void gce_with_eku(struct certs *c)
{
	c->purpose = CERTIFICATE_AK_GCE;
	c->leaf.eku = AK_USAGE;
	c->leaf.usage = "critical,digitalSignature";
}
static void gce_with_more(struct certs *c)
{
	c->purpose = CERTIFICATE_AK_GCE;
	c->leaf.eku = NULL;
	c->leaf.usage = "critical,digitalSignature,keyAgreement";
}
static void gce_without_usage(struct certs *c)
{
	c->purpose = CERTIFICATE_AK_GCE;
	c->leaf.eku = NULL;
	c->leaf.usage = NULL;
}
static void gce_with_two_ekus(struct certs *c)
{
	gce_with_eku(c);
	c->leaf.eku = EK_USAGE "," AK_USAGE;
}
static void gce_ek_for_ak(struct certs *c)
{
	c->purpose = CERTIFICATE_AK_GCE;
	c->leaf.eku = NULL;
	c->leaf.usage = "critical,keyEncipherment";
}
static void gce_ek_for_ak_with_eku(struct certs *c)
{
	gce_ek_for_ak(c);
	c->leaf.eku = EK_USAGE;
}
static void gce_ek(struct certs *c)
{
	c->purpose = CERTIFICATE_EK_GCE;
	c->leaf.eku = NULL;
}
static void gce_ak_for_ek(struct certs *c)
{
	gce_ek(c);
	c->leaf.usage = "critical,digitalSignature";
}
static void gce_ak_for_ek_with_eku(struct certs *c)
{
	gce_ak_for_ek(c);
	c->leaf.eku = EK_USAGE;
}
static void gce_ek_that_signs_too(struct certs *c)
{
	gce_ek(c);
	c->leaf.usage = "critical,keyEncipherment,digitalSignature";
}
static void gce_ek_of_both(struct certs *c)
{
	gce_ek(c);
	c->leaf.usage = "critical,keyEncipherment,keyAgreement";
}
static void gce_ek_without_usage(struct certs *c)
{
	gce_ek(c);
	c->leaf.usage = NULL;
}
static void gce_ek_with_eku(struct certs *c)
{
	gce_ek(c);
	c->leaf.eku = "serverAuth";
}
static void gce_ek_is_ca(struct certs *c)
{
	gce_ek(c);
	c->leaf.ca = true;
}
static void gce_is_ca(struct certs *c)
{
	c->purpose = CERTIFICATE_AK_GCE;
	c->leaf.eku = NULL;
	c->leaf.ca = true;
	c->leaf.usage = "critical,digitalSignature";
}

static void refuses(void)
{
	static const struct {
		change *how;
		const char *says;
	} changes[] = {
		{ gce_with_eku,
			"AK certificate of Google's has another extended key usage than 2.23.133.8.1" },
		{ gce_with_two_ekus, "has another extended key usage than" },
		{ gce_with_more,
			"AK certificate of Google's: its key usage is not digital signature alone" },
		{ gce_without_usage, "is not digital signature alone" },
		{ gce_ek_for_ak, "is not digital signature alone" },
		{ gce_ek_for_ak_with_eku, "is not digital signature alone" },
		{ gce_ak_for_ek,
			"EK certificate of Google's: its key usage is not key encipherment or key agreement alone" },
		{ gce_ak_for_ek_with_eku, "is not key encipherment or key agreement alone" },
		{ gce_ek_that_signs_too, "is not key encipherment or key agreement alone" },
		{ gce_ek_of_both, "is not key encipherment or key agreement alone" },
		{ gce_ek_without_usage, "is not key encipherment or key agreement alone" },
		{ gce_ek_with_eku,
			"EK certificate of Google's has another extended key usage than 2.23.133.8.1" },
		{ gce_ek_is_ca, "EK certificate is one of an authority" },
		{ gce_is_ca, "AK certificate is one of an authority" },
	};

	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		struct certs c = honest();
		struct err e = { 0 };

		changes[i].how(&c);
		CHECK_ERR(verify(&c, &e), e, ERR_SIGNATURE);
		test_report(strstr(e.text, changes[i].says) != NULL, __FILE__, __LINE__, e.text);
	}
}

int main(void)
{
	keys_new();
	accepts();
	refuses();
	keys_free();
	return test_end();
}
