# AMD: reports of SEV-SNP guests, who signed them, and each question to their fields. Sourced by test/accept/6.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# snp_vectors: real reports, their twins and another authority's, each in the check that is meant
snp_vectors() {
	local program=$root/build/test/test-snp_vectors said
	said=$("$program" 2>&1)
	case $said in
	SKIP*) echo "the vectors are not there" && return 3 ;;
	esac
	echo "$said"
	[[ $said == *" 0 failed"* ]]
}

snp_fuzzed() {
	local name
	for name in report certs leaf crl; do
		"$root/build/test/fuzz/test-fuzz-snp_$name" || return 1
	done
}

section "SEV-SNP: reports"
unit "versions 2 to 5, exactly 1184 bytes, each field at its offset" snp_report fields sizes
unit "Milan, Genoa, Turin: by CPUID and by name; their layouts of TCB versions" snp_report products tcb_layouts
unit "every reserved byte and bit, by version; behind the signature, too" snp_report reserved
unit "guest policy and PLATFORM_INFO bit for bit: debug, migration, SMT, alias check" snp_report_check policies
unit "VMPL, a report that the host asked for, a migration agent, guest SVN" snp_report_check levels
unit "TCB minima for current, reported, committed and launch, part for part" snp_report_check tcbs
unit "committed against current, provisional firmware, firmware versions" snp_report_check committed
unit "mitigations at launch and now" snp_report_check mitigations
unit "measurement, report data, host data, ids and key digests: exact, blank ones never" snp_report_check identities author_key
unit "the certificate table of extended reports" snp_certs reads empty refuses limits cut

section "SEV-SNP: signatures and chains"
direct "every shared report holds, or fails in the check that its row names" snp_vectors
unit "VCEK of Milan and Turin, VLEK: an authority of our own" snp_chain honest
unit "ARK by digest: another root with AMD's names is none" snp_chain pinned
unit "roles swapped, foreign keys, names, critical extensions" snp_chain roles
unit "chain signatures: RSASSA-PSS with SHA-384 and nothing else" snp_chain signatures
unit "times, with leeway: the clock is named" snp_chain times
unit "each certificate extension removed" snp_chain absent
unit "  doubled, of another form, with another value" snp_chain extensions
unit "SIGNING_KEY, CPUID, REPORTED_TCB, CURRENT_TCB and chip id against the certificate" snp_chain against_report
unit "each signed byte flipped" snp_signature flips
unit "R and S: zero, the order, above it, malleable" snp_signature numbers
unit "revoked ASK, lists that are stale, foreign or of changes" snp_chain lists list_bytes
direct "parsers under fuzzing: samples, each bit, each length" snp_fuzzed
