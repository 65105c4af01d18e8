# Documents of AWS Nitro, Azure's confidential machines, what TPMs say beside their quotes. Sourced by test/accept/6.sh.
# shellcheck shell=bash disable=SC2154
section "AWS Nitro"
unit "documents of enclaves and of NitroTPMs: honest ones are affirmed, changed ones fail in the check that is named" appraise_nitro cases negative
unit "  each byte changed, each length: refused" appraise_nitro flips change_one
unit "  each extension of each certificate left out: the reason names it" appraise_nitro extensions
unit "  only what is signed under a trusted root is looked at" appraise_nitro claims_are_signed
unit "  live and archive mode; where the clock may be the cause, it is said" appraise_nitro says_clock archived archive_mode
unit "the policy's member nitro: read strictly, told in sentences" policy reads_nitro refuses_nitro nitro_in_sentences
unit "every document among the vectors through the whole appraisal" appraise_nitro_vectors see is_signed is_refused
section "Azure"
unit "machines with SEV-SNP underneath: honest ones are affirmed, changed ones fail in the check that is named" appraise_azure cases negative
unit "  each byte of the report, the runtime data, the quote changed; each length: refused" appraise_azure flips unsigned_bytes truncations
unit "  settings and registers count only when the hardware stands behind them" appraise_azure claims_are_bound data_of_another
unit "  a report that the guest asked for is refused, whatever the policy says" appraise_azure guest_report guest_report_allowed
unit "  no measurement that the policy names: a warning, never affirmed" appraise_azure no_measurement_named other_hardware_named
unit "machines with TDX underneath: the quote's report data, too" appraise_azure_tdx cases negative quote_of_another tdreport_of_another
unit "the policy's member azure: read strictly, told in sentences" policy reads_azure refuses_azure azure_in_sentences
unit "every piece of Azure's evidence among the vectors through the whole appraisal" appraise_azure_vectors see bound_checks quote_checks
section "quotes of TPMs"
unit "quotes of a software TPM among the vectors through the whole appraisal" appraise_tpm_vectors see is_signature_by_rsa
unit "the instance in Google's certificates of attestation keys is read" gce_instance takes refuses truncations in_certificates
unit "  and project, zone, instance and a production host can be demanded" appraise_tpm_gce cases policies certified test_host
