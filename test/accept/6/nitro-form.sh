# Attestation documents of AWS Nitro, and Azure's HCL reports. Sourced by test/accept/6.sh.
# shellcheck shell=bash disable=SC2154
section "Nitro"
unit "documents: every member with its limits, each refused with its name" nitro_document takes refuses limits_taken too_much truncations
unit "  maps with and without a length, and no other looseness" nitro_document loose
unit "  NitroTPM: its registers under their own name" nitro_document nitro_tpm
unit "  debug mode, registers, nonce and the rest: a check each" nitro_document debug registers asked
unit "  live: age, with a clock that is wrong called so" nitro_document age
unit "COSE: ES384 and nothing else, protected" nitro_chain refuses
unit "  each changed byte is seen" nitro_signed flips loose
unit "the root by its digest: a forged authority with AWS's names is refused" nitro_chain forged_authority
unit "  basic constraints, path length, key usage, curve, hash, order" nitro_chain refuses no_certificate
unit "  at a given time: live with leeway, archive at the document's own" nitro_chain times takes
unit "  the module is the leaf's" nitro_chain_module other_module
unit "every shared document and what was derived from one gets what its row says" nitro_vectors real derived flips
section "Azure"
unit "HCL reports with SNP and TDX: each field of the frame, each truncation" azure_hcl takes refuses_frame truncations
unit "  runtime data: the key by its id, duplicates and short user data refused" azure_hcl refuses_runtime sparse limits_taken
unit "  bound by all 64 bytes of report data; each changed byte is seen" azure_hcl binding flips
unit "  the attestation key is HCLAkPub, and its quotes RSASSA with SHA-256" azure_hcl bound_key quotes
unit "  nonces in user-data, exact" azure_hcl user_data
unit "every shared report is bound; quotes hold; TDX: the quote's report data, too" azure_vectors reports evidence authorities
unit "CBOR in nearly one form" cbor form
