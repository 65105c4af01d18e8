# TDX: evidence as a whole, from the quote to a verdict. Sourced by test/accept/6.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# tdx_conformance: every row of what is not part of the project, in the check that is meant
tdx_conformance() {
	local program=$root/build/test/test-appraise_tdx_vectors said
	said=$("$program" 2>&1)
	case $said in
	SKIP*) echo "the vectors are not there" && return 3 ;;
	esac
	[[ $said == *" 0 failed"* ]] || { echo "$said"; return 1; }
	grep '^conformance' <<<"$said"
}

# tdx_cases: how many named cases there are, each with the check that must fail
tdx_cases() {
	local files=("$root"/test/unit/appraise_tdx*.c) negative
	negative=$(grep -hoE '\<(WARN|BAD), "[a-z0-9.-]+"' "${files[@]}" | grep -c .)
	[ "$negative" -ge 90 ] && echo "$negative cases that must fail, $(grep -hoE '\<(WARN|BAD), "[a-z0-9.-]+"' "${files[@]}" |
		sort -u | grep -c .) checks and tiers"
}

# tdx_policy_told: each member of the policy stands in its document
tdx_policy_told() {
	local member missing=0 n=0
	while read -r member; do
		n=$((n + 1))
		grep -q "\`$member\`" "$root/doc/policy.md" || { echo "$member is not in doc/policy.md"; missing=1; }
	done < <(sed -n '/^bool policy_tdx_parse/,/NULL }/p' "$root/src/appraise/policy_tdx.c" | grep -oE '"[a-z0-9-]+"' | tr -d '"' |
		grep -vxE 'rtmr-[12]')
	[ $missing = 0 ] && [ $n -ge 20 ] && echo "$n members"
}

section "TDX: evidence as a whole"
unit "quotes of version 4 and 5, of TDX 1.0 and 1.5, are affirmed" appraise_tdx version_5 version_5_tdx_15
unit "  the same quote underneath another machine" appraise_tdx underneath_another_machine
unit "  of another version, key type, TEE, with sizes that overflow: refused in the check of that name" appraise_tdx version_3 \
	tee_sgx signature_size_overflows chain_size_overflows
unit "  zero padding is taken, other bytes behind are a warning; nothing unsigned is repeated" appraise_tdx trailing_zeroes \
	trailing_text nothing_of_what_is_not_signed
unit "each link: body, attestation key, quoting enclave, PCK key" appraise_tdx body_changed other_attestation_key qe_report_changed \
	any_link_broken
unit "each byte of what is signed flipped, each truncation" appraise_tdx_flips flips_of_what_is_signed flips_of_signatures truncations
unit "  each extension of the PCK certificate, and each of its members, left out" appraise_tdx_flips without_extension without_member
unit "roots: Intel's pinned one, the trust file's; none of the evidence" appraise_tdx_chain no_root root_from_the_evidence
unit "CRLs of the root and of the PCK authority: missing, stale, of others, revoking" appraise_tdx_chain no_root_crl no_pck_crl \
	crls_swapped pck_revoked ca_revoked signer_revoked
unit "  off only by the policy's word, with grace only by its number" appraise_tdx_chain crl_off crls_stale_in_grace \
	crls_stale_after_grace
unit "time: the clock is named; leeway is the policy's, at both ends" appraise_tdx_chain clock_is_named pck_not_yet_leeway_short pck_expired_leeway_short
unit "  of documents, too" appraise_tdx_collateral info_issued_after_leeway info_stale_in_leeway info_stale_after_leeway
unit "collateral: missing, replayed, expired, re-serialised, doubled keys, of other platforms, of SGX" appraise_tdx_collateral no_info \
	replayed_of_an_earlier_evaluation info_stale info_with_a_blank info_key_twice other_fmspc identity_of_sgx_qe
unit "TCB status: each of Intel's by name; level, distance, date, component, advisories in the text" appraise_tdx_tcb statuses message
unit "debug, migration, service TDs: only where the policy says so by name" appraise_tdx_body debug allow_debug migratable service_td \
	debug_warns
unit "  migration that is allowed is a warning, as debugging is" appraise_tdx_body allow_migration migration_warns
unit "each member of the policy kept and broken: values, bits, minima, platforms, advisories" appraise_tdx_body mrseam_other \
	platform_other date_below evaluation_below advisory_denied svn_below
unit "registers: MRTD and RTMR 0 to 2; RTMR 0 without a value warns" appraise_tdx_registers what_is_said mrtd_differs rtmr_0_without_value rtmr_2_differs
unit "freshness over all of REPORTDATA; the log only explains" appraise_tdx_registers log_is_named other_nonce report_data_half log_of_another_event
unit "  data that is known does not make it fresh, nor do zeroes" appraise_tdx_registers foreign_known_data foreign_zero_data foreign_archived
unit "the policy's member tdx: strict, with defaults that fail closed, told in sentences" policy_tdx defaults refuses tells_each
direct "  every member in doc/policy.md" tdx_policy_told
direct "at least 90 named cases" tdx_cases
direct "real quotes, derived ones and changed collateral through the whole appraisal" tdx_conformance
