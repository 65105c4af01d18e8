/*
 * Certificates that Google gave the keys of virtual TPMs, with the authorities above: those of signing keys are for attestation
 * keys and those of keys for encryption for endorsement keys, and none is for the other.
 */
#include "trust/certificate.h"

#include "trust/gce_instance.h"
#include "vectors.h"

enum { AT = 1767225600 };

#define CERTIFICATES "google.go-tpm-tools__internal_test_certificates_"
#define AUTHORITIES "google.go-tpm-tools__server_ca-certs_"

static struct certificate *load(const char *name)
{
	CLEANUP(buf_done) struct buf b = vectors_load(name);
	struct certificate *c = NULL;
	struct err e = { 0 };

	CHECK_OK(certificate_of_file(&c, buf_span(&b), &e), e);
	return c;
}

static const struct {
	const char *series, *root, *above;
	bool usage; /* 2.23.133.8.1 is in all of them */
} series[] = {
	{ "pca", AUTHORITIES "gcp_ek_ak_ca_root.crt",
		AUTHORITIES "gcp_ek_ak_ca_intermediate_v3.crt", false },
	{ "uca", AUTHORITIES "tpm_ek_root_1.cer", AUTHORITIES "tpm_ek_intermediate_3.crt", true },
};

static bool verified(
	const struct certificate_chain *chain, enum certificate_purpose purpose, const char *says)
{
	struct err e = { 0 };
	size_t root = 9;
	bool ok = certificate_verify(chain, purpose, AT, 0, &root, &e);

	CHECK(ok ? root == 0 : e.kind == ERR_SIGNATURE && strstr(e.text, says) != NULL);
	return ok;
}

static void one(size_t of, const char *key, bool signing)
{
	CLEANUP(certificate_freep) struct certificate *root = load(series[of].root);
	CLEANUP(certificate_freep) struct certificate *above = load(series[of].above);
	CLEANUP(certificate_freep) struct certificate *leaf = NULL;
	const struct certificate *others[1] = { above }, *roots[1] = { root };
	struct certificate_chain chain = {
		.others = others, .n_others = 1, .roots = roots, .n_roots = 1
	};
	struct gce_instance g = { 0 };
	struct err e = { 0 };
	bool has = false;
	char name[200];

	snprintf(name, sizeof name, CERTIFICATES "%s_tpm_%s_%s_cert.pem", series[of].series, key,
		signing ? "sign" : "enc");
	chain.leaf = leaf = load(name);
	CHECK_OK(gce_instance_read(&g, &has, leaf, &e), e);
	CHECK(has && str_is(g.zone, "us-central1-a"));
	CHECK(verified(&chain, CERTIFICATE_AK_GCE, "digital signature alone") == signing);
	CHECK(verified(&chain, CERTIFICATE_EK_GCE, "key agreement alone") == !signing);
	/* As others' they would be taken for, or not. */
	CHECK(!verified(&chain, CERTIFICATE_AK, "lacks the extended key usage 2.23.133.8.3"));
	CHECK(verified(&chain, CERTIFICATE_EK,
		      series[of].usage ? "encryption to it" : "lacks the extended key usage") ==
		(series[of].usage && !signing));
	chain.n_others = 0;
	CHECK(!verified(&chain, signing ? CERTIFICATE_AK_GCE : CERTIFICATE_EK_GCE,
		"unable to get local issuer"));
}

int main(void)
{
	if (!vectors_find("evidence/tpm-ek"))
		return vectors_skip();
	for (size_t i = 0; i < ARRAY_LEN(series); i++)
		for (int k = 0; k < 4; k++)
			one(i, k / 2 ? "ecc" : "rsa", k % 2);
	return test_end();
}
