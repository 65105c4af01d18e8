# Documents of AWS Nitro, Azure's confidential machines, what TPMs say beside their quotes. Sourced by test/accept/6.sh.
# shellcheck shell=bash disable=SC2154
section "AWS Nitro"
unit "documents of enclaves and of NitroTPMs: honest ones are affirmed; another nonce, role or field fails in the check that is named" appraise_nitro cases
unit "  another form or header" appraise_nitro_document cases
unit "  other certificates, signatures and times" appraise_nitro_chain cases
unit "  debug mode, and other registers" appraise_nitro_registers cases in_debug debug_by_one
unit "  debug mode that is allowed is a warning" appraise_nitro_registers debug_allowed debug_by_one_allowed debug_warns
unit "  each byte changed, each length: refused" appraise_nitro_flips flips change_one
unit "  each extension of each certificate left out: the reason names it" appraise_nitro_chain extensions
unit "  only what is signed under a trusted root is looked at" appraise_nitro_registers claims_are_signed
unit "  live and archive mode" appraise_nitro archive_mode archive_other_nonce archive_mode_without_nonce
unit "  data that is known does not make it fresh, nor do zeroes" appraise_nitro foreign_known_data foreign_zero_data foreign_archived_data
unit "  leeway at both ends, of certificates and age; archived ones are held against their own time" appraise_nitro_chain leeway_too_small leeway_too_small_at_the_end too_old_for_the_leeway expired_at_its_own_time
unit "  where the clock may be the cause, it is said" appraise_nitro_chain says_clock archive_of_the_future
unit "the policy's member nitro: read strictly, told in sentences" policy reads_nitro refuses_nitro nitro_in_sentences
unit "every document among the vectors through the whole appraisal" appraise_nitro_vectors see is_signed is_refused
section "Azure"
unit "machines with SEV-SNP underneath: honest ones are affirmed; other settings or another nonce fail in the check that is named" appraise_azure cases
unit "  another HCL report, another report of the hardware" appraise_azure_hcl cases
unit "  another key of the TPM, another quote, other registers" appraise_azure_quote cases
unit "  each byte of the report, the runtime data, the quote changed; each length: refused" appraise_azure_flips flips unsigned_bytes truncations
unit "  settings and registers count only when the hardware stands behind them" appraise_azure_hcl claims_are_bound data_of_another
unit "  a report that the guest asked for is refused, whatever the policy says" appraise_azure_hcl guest_report guest_report_allowed
unit "  no measurement that the policy names: a warning, never affirmed" appraise_azure no_measurement_named other_hardware_named
unit "  data that is known does not make it fresh, nor do zeroes" appraise_azure foreign_known_data foreign_zero_data foreign_zero_nonce archived_known_data
unit "machines with TDX underneath: the quote's report data, too" appraise_azure_tdx cases quote_of_another tdreport_of_another
unit "demands of one hardware are not passed by with the other underneath (row 24)" appraise_azure_tdx snp_chips_only snp_measurement_or_any tdx_not_under
unit "  nor the other way round" appraise_azure tdx_platforms_only tdx_mrtd_or_any snp_asked_not_under
unit "  what may stand underneath: named, or what the policy asks something of" policy azure_hardware_asked
unit "the policy's member azure: read strictly, told in sentences" policy reads_azure refuses_azure azure_in_sentences
unit "every piece of Azure's evidence among the vectors through the whole appraisal" appraise_azure_vectors see bound_checks quote_checks
section "quotes of TPMs"
unit "quotes of a software TPM among the vectors through the whole appraisal" appraise_tpm_vectors see is_signature_by_rsa
unit "  data that is known does not make a quote fresh, nor do zeroes" appraise_tpm_asked data_instead data_that_is_new data_of_zeroes nonce_of_zeroes
unit "leeway for certificates of EK and AK, at both ends" appraise_tpm_key ek_expired_leeway ek_not_yet_leeway ek_expired_leeway_short ak_expired_leeway_short
unit "  each certificate of the path, to the second" certificate_verify leeway ends
unit "the instance in Google's certificates of attestation keys is read" gce_instance takes refuses truncations in_certificates
unit "  and project, zone, instance and a production host can be demanded" appraise_tpm_gce cases policies certified test_host
unit "by what a key may be known can be demanded: one that is taken must hold, and the first that is there as ever" appraise_tpm_bond ways told hardware
unit "  a key that is pinned and one of Google's at once" appraise_tpm_gce pinned_and_wanted pinned_and_other_project pinned_and_forged
unit "  the key's bits, the signature's hash, the TPM's firmware, which no TPM may have hidden" appraise_tpm_asked cases not_asked firmware_hidden_by_owner
unit "  the same of Azure's vTPM, but for the ways" appraise_azure_quote bits_too_few hash_not_taken firmware_hidden way_of_key
unit "  and the firmware of each real quote of Azure's is one that is not hidden" appraise_azure_vectors quote_checks take_public_area
unit "the policy's member tpm: read strictly, told in sentences" policy_tpm reads refuses kinds in_sentences
e2e "  of a software TPM that is asked" tpm-verify 'what the policy asks of the TPM holds' 'a newer firmware is asked' 'an enrolled one is asked' 'a TPM that was put back'
unit "a TPM that was put back to before it was enrolled is refused" appraise_tpm_earlier cases fewer_resets earlier_clock
unit "  and the record keeps how far it had come, all of it or nothing" enrolment counters
