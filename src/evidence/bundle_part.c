#include "evidence/bundle_part.h"

#include "evidence/event_log.h"
#include "evidence/tpm_public.h"
#include "evidence/tpm_quote.h"
#include "evidence/tpm_signature.h"
#include "base/banned.h"

#define BYTES(label, type, required, field, max)                                \
	{                                                                       \
		label, type, BUNDLE_PART_EVIDENCE, BUNDLE_PART_BYTES, required, \
			offsetof(struct bundle, field), max                     \
	}
#define CHAIN(label, field)                                                                  \
	{                                                                                    \
		label, "application/pkix-cert", BUNDLE_PART_ENDORSEMENTS, BUNDLE_PART_CHAIN, \
			false, offsetof(struct bundle, field), BUNDLE_CERTIFICATE_SIZE_MAX   \
	}
#define PUBLIC_TYPE "application/vnd.assay.tpmt-public"

const struct bundle_part bundle_part_all[] = {
	{ "binding", "application/vnd.assay.binding+json", BUNDLE_PART_EVIDENCE,
		BUNDLE_PART_BINDING, true, 0, 4096 },
	BYTES("tpm.quote", "application/vnd.assay.tpms-attest", true, quote, TPM_QUOTE_SIZE_MAX),
	BYTES("tpm.signature", "application/vnd.assay.tpmt-signature", true, signature,
		TPM_SIGNATURE_SIZE_MAX),
	BYTES("tpm.ak-public", PUBLIC_TYPE, true, ak_public, TPM_PUBLIC_SIZE_MAX),
	BYTES("tpm.ek-public", PUBLIC_TYPE, false, ek_public, TPM_PUBLIC_SIZE_MAX),
	CHAIN("tpm.ek-certificate", ek_chain),
	CHAIN("tpm.ak-certificate", ak_chain),
	{ "tpm.pcrs", "application/vnd.assay.pcr-values+json", BUNDLE_PART_EVIDENCE,
		BUNDLE_PART_VALUES, true, 0, 64 << 10 },
	BYTES("log.firmware", "application/vnd.tcg.pfp-event-log", false, firmware_log,
		EVENT_LOG_SIZE_MAX),
	BYTES("log.systemd", "application/json-seq", false, systemd_log, BUNDLE_SYSTEMD_LOG_MAX),
	{ 0 },
};
