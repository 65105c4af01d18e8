# The user's side of appraising every kind of evidence: verify, its verdict in words and as EAR, policies in sentences. Sourced by
# test/accept/6.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# The README's second tour, as it stands there, with a real report and its certificates under the names that it uses.
verify_tour() {
	local vectors=${ASSAY_VECTORS:-$root/../shared/vectors}/evidence/snp tour=$work/second-tour code=0
	local report=$vectors/microsoft.confidential-sidec__pkg_attest_snp_report.bin
	[ -f "$report" ] || { echo "the vectors are not there"; return 3; }
	mkdir -p "$tour" && ln -s "$root/build" "$tour/build" && cp "$report" "$tour/report.bin" &&
		cp "$vectors/microsoft.confidential-sidec__pkg_attest_uvm_host_amd_certificate.pem" "$tour/certificates.bin" || return
	sed -n '/^## A second tour/,/^## The last tour/p' "$root/README.md" >"$tour/section"
	awk '/^```yaml$/ { f = 1; next } /^```$/ { f = 0 } f' "$tour/section" >"$tour/policy.yaml"
	grep '^build/assay ' "$tour/section" >"$tour/commands"
	[ "$(wc -l <"$tour/commands")" = 3 ] || { echo "the tour is not three lines"; return 1; }
	(cd "$tour" && XDG_CONFIG_HOME=$tour/none unshare -rn bash "$tour/commands") >"$tour/out" 2>&1 || code=$?
	[ $code = 1 ] && grep -q '^verdict: warning$' "$tour/out" && grep -q 'earliest expiry' "$tour/out" || { tail -n 3 "$tour/out"; return 1; }
	# what the README shows of it was printed
	awk '/^  \[ok  \]|^  hardware|^  executables|^What runs/' "$tour/section" | while IFS= read -r shown; do
		grep -qF -- "$shown" "$tour/out" || { echo "not printed: $shown"; exit 1; }
	done || return
	grep -o 'genuine AMD.*' "$tour/out" | head -n 1
}

verify_documented() {
	local word n=0
	for word in --report-data --jwt --shape 'bundle make'; do
		grep -q -- "${word//-/.*-}" "$root/man/assay-verify.1.scd" || { echo "the manual does not say $word"; return 1; }
		n=$((n + 1))
	done
	echo "$n of $n words"
}

section "the verdict, for whoever reads it"
direct "the README's second tour verifies a real report from a file in three lines" verify_tour
for kind in snp tdx nitro; do
	e2e "verify of $kind evidence in an empty network namespace" verify-hardware 'the network namespace is empty' "$kind: an honest machine is affirmed"
	e2e "  what runs, from which source, who vouches for what, what is not covered" verify-hardware "$kind: what runs, from which source"
	e2e "  every check listed; EAR as JSON, AR4SI vector with reasons" verify-hardware "$kind: every check" "$kind: the EAR says" "$kind: its vector" "$kind: each claim"
	e2e "  EAR as a JWT (ES256) with a given key, which openssl takes" verify-hardware "$kind: openssl takes" "$kind: the token's payload"
	e2e "  on mismatch the near shape and the input that would fit" verify-hardware "$kind: the shape that fits" "$kind: explain names it"
	e2e "  evidence as hardware gives it; what it must carry" verify-hardware "$kind: raw evidence, and" "$kind: that makes it fresh" "$kind: what it does not carry"
	e2e "  data that is known binds it; fresh is what the caller says was made for this exchange" verify-hardware "$kind: data of which nobody says" "$kind: but it is there"
	e2e "  values that a policy names, and who said so" verify-hardware "$kind: values of a policy alone" "$kind: and it says whose"
	e2e "  another nonce, another authority, another time: contraindicated" verify-hardware "$kind: another nonce" "$kind: an authority that nobody" "$kind: ten years"
done
e2e "data of zeroes, and a word about data that is not given, are no arguments" verify-hardware 'report data of zeroes' 'no report data, and it is fresh' 'snp: the data is the nonce of the EAR'
unit "  in the library: a flag, and structs of before are taken" assay report_data versions
unit "the token: header, payload, 64 bytes of signature; libcrypto judges" verdict_jwt token limit
unit "  keys in PKCS #8 and SEC 1; other curves, RSA, passphrases are refused" private_key signs refuses
unit "EAR: profile, nonce, vector without claims that are not made" verdict emits
unit "near shapes: every input that differs, by name" shape_near finds compares
unit "which shape evidence is for, by what its registers hold" evidence_registers every_kind fits
unit "policy explain: every member changes a sentence" policy_tell members form
unit "policy: who must vouch, and against the values of which images" policy_vouchers reads names refuses limits in_sentences
unit "  fewer rebuilders than it asks for, a build of this store alone, another image: never affirmed" appraise_vouched asked made_rebuilt made_image own_refused another_image
unit "  it adds to the trust file, and takes nothing away" quorum at_least
unit "  so many must have followed the packages and observed the firmware, too" quorum_outcome more_than_trust_asks_for
e2e "  in assay verify, with what rebuilders signed" quorum 'a policy that asks for three: affirming' '  two, with whom the trust file is content' '  three keys of two operators' '  values of another image: contraindicated'
e2e "  of every kind of evidence; a policy that is none" verify-hardware 'the default policy' 'of every kind' 'a policy that is none'
unit "words of others steer no terminal in JSON" json harmless
e2e "  nor in text" hostile-text "a role that writes lines: printed plain"
unit "members of JSON and YAML: as many steps for colliding names as for any" json_keys steps finds
direct "documented" verify_documented
