# Whole appraisals under the fuzzer, mutation of the core, memory that stays away. Sourced by test/accept/6.sh.
# shellcheck shell=bash disable=SC2154,SC2317

appraisals_fuzzed() {
	local kind
	for kind in snp tdx nitro tpm azure; do
		"$root/build/test/fuzz/test-fuzz-appraise_$kind" || return 1
	done
}

# Seconds each: that they start and find nothing. Longer runs are for people: tool/fuzz.sh 1800.
appraisals_in_libfuzzer() {
	command -v clang >/dev/null || { echo "no clang"; return 3; }
	bash "$root/tool/fuzz.sh" 5 appraise_snp appraise_tdx appraise_nitro appraise_tpm appraise_azure >"$logs/fuzz-table.txt" || return 1
	awk -F'|' '{ n += $6; t++ } END { print n " executions of " t " targets" }' "$logs/fuzz-table.txt"
}

# Of 60 mutants of a module, by tests that take less than 0.4 s; all of them: tool/mutate.py.
mutants_killed() {
	"$root/tool/mutate.py" --module "$1" --sample 60 --seed 1 --quick 0.4 --jobs 2 >"$logs/mutate-$1.txt" || return 1
	awk -v m="$1" '$1 == m { print $5 " of " $4 " mutants killed"; found = $5 >= 0.85 * $4 } END { exit !found }' "$logs/mutate-$1.txt"
}

section "fuzzing and mutation of the whole"
direct "appraisals of all kinds: samples, each 97th byte changed, each 97th length" appraisals_fuzzed
direct_slow "  under libFuzzer, ASan and UBSan: what hardware signs is changed and signed anew" appraisals_in_libfuzzer
direct_slow "mutants of codec: at least 85 % of a sample killed" mutants_killed codec
direct_slow "  of evidence" mutants_killed evidence
direct_slow "  of trust" mutants_killed trust
direct_slow "  of appraise" mutants_killed appraise
e2e "memory that stays away: LIMIT or the verdict, then the verdict again" library "tpm: AGAIN-LASTING" "tpm: FIRST-LASTING"
unit "  and in an appraisal: each of the last kilobytes" appraise_azure arguments
unit "a forged certificate with an issuer's name in front does no harm" appraise_snp decoy_forged decoy_chain decoy_expired
