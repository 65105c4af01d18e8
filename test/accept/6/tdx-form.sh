# TDX: quotes, PCK chains, CRLs, TCB documents, levels. Sourced by test/accept/6.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# quote_vectors NAME: what is not part of the project
quote_vectors() {
	unit_run "$1"
	grep -q '^SKIP vectors' "$logs/unit-$1.log" && { echo "the vectors are not there"; return 3; }
	unit_passed "$1" && last "$logs/unit-$1.log"
}

quote_fuzzed() {
	local name
	for name in tdx_quote tcb_info qe_identity intel_crl; do
		"$root/build/test/fuzz/test-fuzz-$name" || return 1
	done
}

section "TDX: what a quote says and who signed it"
unit "quotes of version 4 and 5, every field at its offset; SGX refused by name" tdx_quote layout lengths descriptor
unit "  each byte that a signature covers flipped, each truncation" tdx_quote flips truncations
unit "  r and s of zero, of the order and above" tdx_quote edges
direct "real quotes hold up to Intel's root; what was derived from them is refused" quote_vectors tdx_quote_vectors
unit "PCK and TCB signing chains: each fault at each place, named; no root but the pinned one" intel_chain accepts refuses \
	refuses_roles refuses_other_roots
unit "  the time is given, with leeway; certificates get no grace" intel_chain clock_leeway
unit "  and of lists of revoked certificates, beside the grace" intel_crl grace leeway
unit "the SGX extension: each member missing, twice, of another kind" pck_extension reads missing twice kinds
unit "CRLs: revoked, stale, of another authority; one that is missing fails closed" intel_crl holds revoked refuses missing grace

section "TDX: how current the platform is"
unit "signed documents: exactly these bytes, each bit flipped; members that hide" pcs_json signatures another_role hidden_members
unit "TCB info: each member; whose it is; which TDX module" tcb_info reads refuses whose modules
unit "QE identity: of TD_QE and no other enclave; each field" qe_identity other_enclaves matches levels
unit "levels number by number: status, distance, what keeps from it, date, advisories" tdx_tcb levels lags dates_and_advisories
unit "  platform, module and quoting enclave together" tdx_tcb join
direct "Intel's own collateral with the quotes that it is for; changed collateral" quote_vectors tdx_collateral_vectors
direct "fuzz targets: their samples cut at every length, each byte changed" quote_fuzzed
