#include "evidence/bundle_part.h"

#include "evidence/event_log.h"
#include "evidence/tpm_public.h"
#include "evidence/tpm_quote.h"
#include "evidence/tpm_signature.h"
#include "base/banned.h"

enum {
	TPM = 1U << BUNDLE_TPM,
	SNP = 1U << BUNDLE_SNP,
	TDX = 1U << BUNDLE_TDX,
	NITRO = 1U << BUNDLE_NITRO,
	AZURE = 1U << BUNDLE_AZURE,
	ANY = TPM | SNP | TDX | NITRO | AZURE,
};

/* Evidence; endorsements and collateral. */
#define BYTES(label, type, kinds, required, field, max)                                \
	{                                                                              \
		label, type, BUNDLE_PART_EVIDENCE, BUNDLE_PART_BYTES, kinds, required, \
			offsetof(struct bundle, field), max                            \
	}
#define ENDORSED(label, type, kinds, field)                                         \
	{                                                                           \
		label, type, BUNDLE_PART_ENDORSEMENTS, BUNDLE_PART_BYTES, kinds, 0, \
			offsetof(struct bundle, field), BUNDLE_COLLATERAL_MAX       \
	}
#define CHAIN(label, kinds, field)                                                            \
	{                                                                                     \
		label, "application/pkix-cert", BUNDLE_PART_ENDORSEMENTS, BUNDLE_PART_CHAIN,  \
			kinds, 0, offsetof(struct bundle, field), BUNDLE_CERTIFICATE_SIZE_MAX \
	}
#define PUBLIC_TYPE "application/vnd.assay.tpmt-public"
#define PEM_TYPE "application/pem-certificate-chain"
#define CRL_TYPE "application/pkix-crl"

const struct bundle_part bundle_part_all[] = {
	{ "binding", "application/vnd.assay.binding+json", BUNDLE_PART_EVIDENCE,
		BUNDLE_PART_BINDING, ANY, TPM, 0, 4096 },
	BYTES("tpm.quote", "application/vnd.assay.tpms-attest", TPM | AZURE, TPM | AZURE, quote,
		TPM_QUOTE_SIZE_MAX),
	BYTES("tpm.signature", "application/vnd.assay.tpmt-signature", TPM | AZURE, TPM | AZURE,
		signature, TPM_SIGNATURE_SIZE_MAX),
	BYTES("tpm.ak-public", PUBLIC_TYPE, TPM | AZURE, TPM, ak_public, TPM_PUBLIC_SIZE_MAX),
	BYTES("tpm.ek-public", PUBLIC_TYPE, TPM, 0, ek_public, TPM_PUBLIC_SIZE_MAX),
	CHAIN("tpm.ek-certificate", TPM, ek_chain),
	CHAIN("tpm.ak-certificate", TPM, ak_chain),
	{ "tpm.pcrs", "application/vnd.assay.pcr-values+json", BUNDLE_PART_EVIDENCE,
		BUNDLE_PART_VALUES, TPM | AZURE, TPM | AZURE, 0, 64 << 10 },
	BYTES("log.firmware", "application/vnd.tcg.pfp-event-log", TPM | AZURE, 0, firmware_log,
		EVENT_LOG_SIZE_MAX),
	BYTES("log.systemd", "application/json-seq", TPM | AZURE, 0, systemd_log,
		BUNDLE_SYSTEMD_LOG_MAX),
	BYTES("azure.hcl-report", "application/vnd.assay.azure-hcl-report", AZURE, AZURE, azure_hcl,
		BUNDLE_HARDWARE_MAX),
	BYTES("snp.report", "application/vnd.assay.snp-report", SNP, SNP, snp_report,
		BUNDLE_HARDWARE_MAX),
	ENDORSED("snp.certificate-table", "application/vnd.assay.snp-certificate-table",
		SNP | AZURE, snp_table),
	CHAIN("snp.certificate", SNP | AZURE, snp_chain),
	ENDORSED("snp.crl", CRL_TYPE, SNP | AZURE, snp_crl),
	BYTES("tdx.quote", "application/vnd.assay.tdx-quote", TDX | AZURE, TDX, tdx_quote,
		BUNDLE_HARDWARE_MAX),
	ENDORSED("tdx.tcb-info", "application/json", TDX | AZURE, tdx_tcb_info),
	ENDORSED("tdx.tcb-info-chain", PEM_TYPE, TDX | AZURE, tdx_tcb_info_chain),
	ENDORSED("tdx.qe-identity", "application/json", TDX | AZURE, tdx_qe_identity),
	ENDORSED("tdx.qe-identity-chain", PEM_TYPE, TDX | AZURE, tdx_qe_identity_chain),
	ENDORSED("tdx.pck-crl", CRL_TYPE, TDX | AZURE, tdx_pck_crl),
	ENDORSED("tdx.root-crl", CRL_TYPE, TDX | AZURE, tdx_root_crl),
	BYTES("log.cc", "application/vnd.tcg.pfp-event-log", TDX | AZURE, 0, cc_log,
		EVENT_LOG_SIZE_MAX),
	BYTES("nitro.document", "application/cose; cose-type=\"cose-sign1\"", NITRO, NITRO,
		nitro_document, BUNDLE_HARDWARE_MAX),
	{ 0 },
};

static const struct {
	const char *name, *type;
} kinds[BUNDLE_KINDS] = {
	[BUNDLE_TPM] = { "tpm", "tag:assay,2026:tpm-bundle/1" },
	[BUNDLE_SNP] = { "snp", "tag:assay,2026:snp-bundle/1" },
	[BUNDLE_TDX] = { "tdx", "tag:assay,2026:tdx-bundle/1" },
	[BUNDLE_NITRO] = { "nitro", "tag:assay,2026:nitro-bundle/1" },
	[BUNDLE_AZURE] = { "azure", "tag:assay,2026:azure-bundle/1" },
};

const char *bundle_type(enum bundle_kind kind)
{
	return kinds[kind].type;
}

const char *bundle_kind_name(enum bundle_kind kind)
{
	return kinds[kind].name;
}
