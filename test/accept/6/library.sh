# libassay: the core as a C library, and what an appraisal costs. Sourced by test/accept/6.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# lib_bench PATTERN LIMIT COMPARE: a figure of the bench against its aim
lib_bench() {
	local log=$logs/bench-appraise.txt said
	[ -f "$log" ] || bash "$root/test/bench/appraise.sh" >"$log" 2>&1 || { tail -n 3 "$log"; return 1; }
	said=$(grep -E "$1" "$log" | tail -n 1)
	[ -n "$said" ] || { grep -E "^${1%% *}: no maker" "$log" && return 3; return 1; }
	echo "$said"
	[[ $said =~ ([0-9.]+)\ times ]] && awk -v a="${BASH_REMATCH[1]}" -v b="$2" -v less="$3" 'BEGIN { exit !(less == "most" ? a <= b : a >= b) }'
}

section "libassay"
e2e "include/assay.h, shared with a version script, static with local names, pkg-config" library "the shared library exports what the header has" \
	"the static one, too" "header, pkg-config and sources have one version" "C++ takes the header"
e2e "bytes to verdict in one call: the example in C, shared and static" library "the example with the shared library" \
	"the example with the static library" "tpm: affirmed" "tpm: the static library says the same"
e2e "from Python ctypes" library "tpm: Python says the same"
unit "arguments that make no sense, structs of other versions, each limit" assay arguments versions limits
e2e "memory: every small limit and each allocation that fails is LIMIT, never abort" library "tpm: AGAIN" "tpm: FIRST"
e2e "own OSSL_LIB_CTX: a hostile openssl.cnf is not opened and changes nothing" library "a hostile openssl.cnf changes nothing" "  and is not opened"
e2e "it opens, asks and connects to nothing" library "its calls: memory"
e2e "verification time always given" library "no time, no verdict"
e2e "threads at once get the same result" library "tpm: four threads at once"

section "libassay: what an appraisal costs"
direct_slow "SEV-SNP: at most 1.2 times libcrypto's checks" lib_bench 'snp .* libcrypto' 1.2 most
direct_slow "TDX with collateral: at most 1.8 times" lib_bench 'tdx .* libcrypto' 1.8 most
direct_slow "Nitro: at most 1.2 times" lib_bench 'nitro .* libcrypto' 1.2 most
direct_slow "TPM with log: at most 2.5 times" lib_bench 'tpm .* libcrypto' 2.5 most
direct_slow "two threads: at least 1.8 times one" lib_bench 'two threads' 1.8 least
direct_slow "linear in log and bundle size" lib_bench 'linear' 2.6 most
