/*
 * Azure's machines of azure_world.h with SEV-SNP underneath: the report, its certificates and its revocation list.
 */
#ifndef ASSAY_TEST_AZURE_SNP_WORLD_H
#define ASSAY_TEST_AZURE_SNP_WORLD_H

#include "azure_world.h"
#include "snp_world.h"

#define GOOD VERDICT_AFFIRMING
#define WARN VERDICT_WARNING
#define BAD VERDICT_CONTRAINDICATED

#define SETTINGS(boot, tpm, console)                                         \
	"{" AZURE_KEYS ",\"vm-configuration\":{\"console-enabled\":" console \
	",\"secure-boot\":" boot ",\"tpm-enabled\":" tpm ",\"vmUniqueId\":\"M\"}}"

/* What is underneath, before it signs. */
static struct world under;
static EVP_PKEY *report_key;
static struct certificate *chain[3];

static void chain_done(void)
{
	for (size_t i = 0; i < ARRAY_LEN(chain); i++) {
		certificate_free(chain[i]);
		chain[i] = NULL;
	}
}

static void put_chain(void)
{
	const struct snp_made_certificate *const made[] = { &under.leaf, &under.ask, &under.ark };

	chain_done();
	for (size_t i = 0; i < ARRAY_LEN(made); i++) {
		struct buf b = buf_init(CERTIFICATE_SIZE_MAX);

		chain[i] = snp_made_certificate(made[i]);
		certificate_put(&b, chain[i]);
		az.bundle.snp_chain.certificates[i] = az_kept(b);
	}
	az.bundle.snp_chain.n = ARRAY_LEN(made);
	certificate_sha256(az.root.sha256, chain[2]);
}

static void azure_hardware(uint8_t *report, const uint8_t *data)
{
	struct snp_made_crl crl = { .issuer = under.ark.subject,
		.signer = ark_key,
		.from = SNP_MADE_NOW - SNP_MADE_DAY,
		.to = SNP_MADE_NOW + SNP_MADE_DAY };
	struct snp_made_report r = under.report;

	memcpy(r.bytes + 0x50, data, AZURE_HCL_REPORT_DATA);
	snp_made_sign(&r, report_key);
	memcpy(report, r.bytes, sizeof r.bytes);
	put_chain();
	az.bundle.snp_crl = az_kept(snp_made_crl(&crl));
}

static void honest(void)
{
	static uint8_t measurement[48];

	under = milan();
	report_key = leaf_key;
	az.root.hardware = TRUST_SNP;
	az.root.product = SNP_MILAN;
	az.in.at_unix = SNP_MADE_NOW;
	memset(measurement, 0xd2, sizeof measurement);
	az.values[0] = SPAN_OF(measurement);
	az.policy.snp.measurements = (struct policy_snp_values){ az.values, 1 };
}

static void azure_snp_keys(void)
{
	snp_world_keys();
	az_ak = made_rsa();
	az_other = made_rsa();
}

__attribute__((unused)) static void azure_snp_done(void)
{
	chain_done();
	EVP_PKEY_free(az_ak);
	EVP_PKEY_free(az_other);
	snp_world_done();
}

#endif
