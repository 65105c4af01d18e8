# AMD: evidence of SEV-SNP guests, appraised. Sourced by test/accept/6.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# snp_appraised: each row of the shared vectors through the appraisal, in the check that the row names
snp_appraised() {
	local program=$root/build/test/test-appraise_snp_vectors said
	said=$("$program" 2>&1)
	case $said in
	SKIP*) echo "the vectors are not there" && return 3 ;;
	esac
	echo "$said" | grep '^conformance'
	[[ $said == *" 0 failed"* ]]
}

section "SEV-SNP: appraisal"
unit "Milan, Genoa, Turin, VCEK and VLEK, versions 2, 3 and 5 are affirmed" appraise_snp honest
unit "certificates in any order: the leaf by what it says, by its key, never by its place" appraise_snp certificates
unit "a foreign root, swapped roles, another way of signing (rows 5, 6, 17)" appraise_snp chains
unit "times: the clock is named, the leeway counts at both ends (row 29)" appraise_snp times
unit "lists of revoked certificates: missing, stale, foreign, revoking; three modes (row 14)" appraise_snp revocation
unit "certificate against report: chip, TCB, product, signer, and the bad signature explained by them (row 7)" appraise_snp against_leaf
unit "R and S, algorithms, bytes that nobody signs (rows 16, 17, 27)" appraise_snp signatures
unit "policy: products, signers, chips, PLATFORM_INFO, mitigations (row 24)" appraise_snp_policy hardware
unit "policy: TCB minima of four versions part for part, provisional firmware, firmware, interface, guest SVN (row 10)" appraise_snp_policy versions
unit "policy: debugging, migration, agents, VMPL, guest policy (rows 8, 9)" appraise_snp_policy guests
unit "policy: measurements, host data, ids, key digests; a field of zeroes equals nothing" appraise_snp_policy identities
unit "  REPORT_ID: one guest, and no other" appraise_snp_policy report_ids
unit "the launch digest, what it covers, who vouches; firmware only is never affirmed (row 22)" appraise_snp_policy values
unit "REPORT_DATA: nonce, binding, role, channel (rows 18, 19)" appraise_snp_policy fresh
unit "  data that the caller knows binds, and is fresh only where the caller says so; zeroes are neither (row 18)" appraise_snp_asked known_data
unit "claims: genuine hardware with its TCB, encrypted memory; debugging that is allowed is a warning" appraise_snp_policy claims
unit "a report inside other evidence: bound to what the caller says, over all 64 bytes" appraise_snp_policy inside
unit "a zeroed policy takes nothing" appraise_snp_policy nothing_given
unit "each byte flipped: refused with the field or the signature" appraise_snp_generated each_byte
unit "each length: refused" appraise_snp_generated each_length
unit "each extension of a VCEK and a VLEK removed: refused with its name (row 7)" appraise_snp_generated each_extension
unit "the policy's member: each knob is read, what is wrong is refused with its line" policy_snp defaults reads reads_versions reads_values refuses
unit "  and told in sentences" policy_snp tells
direct "each shared row gets what it states, in the check that it names" snp_appraised
