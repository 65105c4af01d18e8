#!/bin/bash
# A real TPM (swtpm) with its own certificate authority, the attester and the verifier on this machine: credential
# activation, enrolment, quotes, verdicts; and what each of them refuses. Registers and log are made here.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
port=$((20000 + $$ % 12000)) # below what the system gives to clients
# shellcheck source=test/tpm.sh
. "$root/test/tpm.sh"

for need in swtpm swtpm_setup tpm2_pcrextend curl jq openssl; do
	command -v $need >/dev/null || { bad "$need is there"; exit 1; }
done

check "a TPM with its own authority" make_tpm "$work/tpm" || exit 1
check "another authority" make_tpm "$work/other" || exit 1
start_tpm "$work/tpm" "$port"
check "measure" measure || exit 1
make_log >"$work/log"
reference >"$work/values.json"
reference true >"$work/firmware-only.json"
no_anchor=1 reference >"$work/no-anchor.json"
authority=$work/tpm/ca/issuer.pem
other=$work/other/ca/issuer.pem
trust all "$authority" "unsigned-reference-values: accept"
trust strict "$authority"
trust foreign "$other" "unsigned-reference-values: accept"
printf 'format: assay.policy/1\nname: archive\nfreshness: archive\n' >"$work/archive.yaml"
printf 'format: assay.policy/1\nname: pcr 8 too\nrequire-registers: [0, 2, 4, 8, 9, 11]\n' >"$work/more.yaml"
printf 'format: assay.policy/1\nname: thin\nrequire-registers: [7]\n' >"$work/thin.yaml"
tpm_policy() { # NAME LINE...: what is demanded of the TPM
	printf 'format: assay.policy/1\nname: %s\ntpm:\n' "$1" && printf '  %s\n' "${@:2}"
}
tpm_policy live 'ak: [credential]' 'minimum-rsa-bits: 3072' 'hashes: [sha256]' 'minimum-firmware: 0000000000000001' >"$work/live.yaml"
tpm_policy known 'ak: [enrolled, pinned]' >"$work/known.yaml"
tpm_policy newer 'minimum-firmware: ffffffffffffffff' >"$work/newer.yaml"
check "the attester serves" serve "$work/log" || exit 1
with="--reference-values $work/values.json"

# ---- asking the machine ----
# shellcheck disable=SC2086
{
	verdict "an honest machine is affirmed" affirming 0 "$url" $with --trust "$work/all.yaml" --save "$work/bundle.json"
	says "says that the host could forge an emulated TPM" "could forge all of this"
	says "says that nobody vouches" "unsigned claim"
	says "says that it answered now" "  answered just now."
	says "says where the image's bytes come from, and whose word that is" \
		"come from: 25.0 % source, 25.0 % reproduced, 50.0 % distribution - as its manifest says ($zero32), which nobody has checked here"
	check "JSON for machines" "$assay" verify "$url" $with --trust "$work/all.yaml" --save "$work/bundle2.json" --json -q >"$work/ear.json"
	check "names the profile" grep -q 'tag:github.com,2023:veraison/ear' "$work/ear.json"
	check "affirms" grep -q '"ear.status": "affirming"' "$work/ear.json"
	same "the same in JSON" "manifest $zero32 1 1 2 0" \
		"$(jq -r '.submods.tpm."assay.verdict".origins | [."as-says", ."manifest-sha256", .bytes.source, .bytes.reproduced, .bytes.distribution, .bytes.opaque] | join(" ")' "$work/ear.json")"
	same "claims nothing about emulated hardware" 0 "$(grep -c '"hardware": [0-9]' "$work/ear.json")"
	verdict "an unsigned claim is a warning at most" warning 1 "$url" $with --trust "$work/strict.yaml"
	verdict "firmware only is a warning at most" warning 1 "$url" --reference-values "$work/firmware-only.json" --trust "$work/all.yaml"
	verdict "no anchor is a warning at most" warning 1 "$url" --reference-values "$work/no-anchor.json" --trust "$work/all.yaml"
	says "says what an anchor is for" "no anchor"
	verdict "a policy that leaves layers uncovered is a warning" warning 1 "$url" $with --trust "$work/all.yaml" --policy "$work/thin.yaml"
	verdict "a required register without a value is a warning" warning 1 "$url" $with --trust "$work/all.yaml" --policy "$work/more.yaml"
	verdict "what the policy asks of the TPM holds: its key by a credential, and with a firmware that it does not hide" affirming 0 "$url" $with --trust "$work/all.yaml" --policy "$work/live.yaml"
	verdict "a newer firmware is asked: not affirmed" contraindicated 1 "$url" $with --trust "$work/all.yaml" --policy "$work/newer.yaml"
	says "says that it is older" "firmware is older"
	verdict "a key that is enrolled or pinned is asked: not affirmed" contraindicated 1 "$url" $with --trust "$work/all.yaml" --policy "$work/known.yaml"
	says "says how to enrol it" "enrolled: this verifier has no record of the key"
	verdict "no trust file: not affirmed" contraindicated 1 "$url" $with
	verdict "another authority: not affirmed" contraindicated 1 "$url" $with --trust "$work/foreign.yaml"
	verdict "before the certificate: not affirmed" contraindicated 1 "$url" $with --trust "$work/all.yaml" --at 2001-01-01T00:00:00Z
	says "says that the clock may be wrong" "or the clock is wrong"
	refused "a time that is none" 2 "is no time" verify "$url" $with --at 2026-02-30T00:00:00Z
	refused "a nonce that is none" 2 "lower-case hex" verify "$url" $with --nonce 00
	refused "no reference values" 2 "--reference-values is needed" verify "$url"
	if grep -q '^hint: .*reference-values.json' "$work/said.err"; then ok "  says who writes them"; else bad "  says who writes them"; fi
	refused "nobody there" 2 "" verify http://127.0.0.1:1 $with
}

# ---- evidence from a file ----
# Certifies the key of $work/bundle.json below $work/ca/root.pem, as others do and as Google does, and another key.
own_authority() {
	local ca=$work/ca point
	mkdir "$ca"
	# TPMT_PUBLIC of a key over P-256 ends in its point: two times a size and 32 bytes.
	point=$(jq -r '."tpm.ak-public"[1]' "$work/bundle.json" | tr -- '-_' '+/' | awk '{ while (length($0) % 4) $0 = $0 "="; print }' | base64 -d |
		tail -c 68 | od -An -v -tx1 | tr -d ' \n')
	hex "3059301306072a8648ce3d020106082a8648ce3d03010703420004${point:4:64}${point:72:64}" | openssl pkey -pubin -inform der -out "$ca/ak.pub"
	cat >"$ca/x.cnf" <<-'X'
		[authority]
		basicConstraints = critical, CA:true
		keyUsage = critical, keyCertSign
		[ak]
		keyUsage = critical, digitalSignature
		extendedKeyUsage = 2.23.133.8.3
		[gce]
		keyUsage = critical, digitalSignature
		1.3.6.1.4.1.11129.2.1.21 = ASN1:SEQUENCE:instance
		[instance]
		zone = UTF8:test-1a
		number = INTEGER:5
		project = UTF8:a-project
		id = INTEGER:7
		name = UTF8:instance-1
		properties = EXPLICIT:0,SEQUENCE:properties
		[properties]
		version = EXPLICIT:0,INTEGER:0
		production = EXPLICIT:1,BOOLEAN:true
	X
	made() { # NAME ISSUER SECTION [KEY]: signed by ISSUER, for its own key or that one
		openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$ca/$1.key" -subj "/CN=$1" -out "$ca/$1.csr" 2>/dev/null &&
			openssl x509 -req -in "$ca/$1.csr" -days 3 -CA "$ca/$2.pem" -CAkey "$ca/$2.key" -CAcreateserial -extfile "$ca/x.cnf" -extensions "$3" \
				${4:+-force_pubkey "$4"} -out "$ca/$1.pem" 2>/dev/null
	}
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout "$ca/root.key" -subj /CN=root -days 3 \
		-addext keyUsage=critical,keyCertSign -out "$ca/root.pem" 2>/dev/null || return
	made middle root authority && made ak middle ak "$ca/ak.pub" && made gce middle gce "$ca/ak.pub" && made other middle ak || return
	openssl x509 -in "$ca/ak.pem" -outform der -out "$ca/ak.der" && cat "$ca/gce.pem" "$ca/middle.pem" >"$ca/gce-chain.pem"
	printf 'format: assay.trust/1\ntpm-roots:\n  - name: the own authority\n    certificate: %s\nunsigned-reference-values: accept\n' "$ca/root.pem" >"$work/ca.yaml"
	tpm_policy certified 'ak: [certificate]' >"$work/certified.yaml"
	printf 'format: assay.policy/1\nname: gce\ngce:\n  project: a-project\n  instance: instance-1\n' >"$work/gce.yaml"
}
answer() { # BUNDLE: the nonce that it answers
	tr -d '\n ' <"$1" | sed -E 's/.*"binding":\["[^"]*","([^"]*)".*/\1/' | tr '_-' '/+' | { read -r b; while [ $((${#b} % 4)) != 0 ]; do b=$b=; done; base64 -d <<<"$b"; } |
		sed -nE 's/.*"nonce": ?"([0-9a-f]{64})".*/\1/p'
}
nonce=$(answer "$work/bundle.json")
check "the bundle names a nonce" test ${#nonce} = 64
# shellcheck disable=SC2086
{
	verdict "a file by an unknown key: not affirmed" contraindicated 1 "$work/bundle.json" $with --trust "$work/all.yaml" --nonce "$nonce"
	says "says that the AK is not bound" "AK not bound"
	check "enroll" "$assay" enroll "$url" --trust "$work/all.yaml" -q
	check "the record says how far the TPM had come" jq -e '.reset_count >= 0 and .restart_count >= 0 and .clock_ms > 0' "$work"/state/assay/enrolled/*.json
	verdict "asked once more, it has not gone back" affirming 0 "$url" $with --trust "$work/all.yaml"
	verdict "asked itself, it is known by its enrolment as well" affirming 0 "$url" $with --trust "$work/all.yaml" --policy "$work/known.yaml"
	hints() { if grep -qE -- "^hint: $2" "$work/said.err"; then ok "$1"; else bad "$1: $(cat "$work/said.err")"; fi; }
	refused "enroll with another authority" 2 "the TPM's certificate leads to no root that you trust; it is by CN" enroll "$url" --trust "$work/foreign.yaml"
	hints "  says how to trust it" 'assay trust add root '
	refused "enroll with no root at all" 2 "leads to no root that you trust; it is by " enroll "$url"
	hints "  says how to trust it, too" 'assay trust add root .*--trust FILE'
	refused "enroll before the certificate" 2 "not yet valid at the time" enroll "$url" --trust "$work/all.yaml" --at 2001-01-01T00:00:00Z
	hints "  says that it may be the clock" 'look at the clock: it is taken to be 2001-01-01T00:00:00Z here'
	env -u XDG_STATE_HOME -u HOME "$assay" enroll "$url" --trust "$work/all.yaml" -q 2>"$work/said.err"
	same "enroll without a place for the record" 2 $?
	hints "  says what to set" 'set one of them to a folder of yours'
	verdict "a file by an enrolled key is affirmed" affirming 0 "$work/bundle.json" $with --trust "$work/all.yaml" --nonce "$nonce"
	says "and answered no more than the nonce" "  answered the nonce that you gave."
	verdict "without the nonce it is not fresh" contraindicated 1 "$work/bundle.json" $with --trust "$work/all.yaml"
	says "says so" "not fresh"
	verdict "nor with another nonce" contraindicated 1 "$work/bundle2.json" $with --trust "$work/all.yaml" --nonce "$nonce"
	verdict "archive asks for none" affirming 0 "$work/bundle.json" $with --trust "$work/all.yaml" --policy "$work/archive.yaml"
	verdict "nobody asked it: a credential is asked" contraindicated 1 "$work/bundle.json" $with --trust "$work/all.yaml" --policy "$work/live.yaml" --nonce "$nonce"
	verdict "an enrolled one is asked" affirming 0 "$work/bundle.json" $with --trust "$work/all.yaml" --policy "$work/known.yaml" --nonce "$nonce"
	verdict "enrolled, but the authority is not trusted" contraindicated 1 "$work/bundle.json" $with --trust "$work/foreign.yaml" --nonce "$nonce"
	sed -i -E 's/"reset_count": ?[0-9]+/"reset_count": 4000000000/' "$work"/state/assay/enrolled/*.json
	verdict "a TPM that was put back to before its enrolment" contraindicated 1 "$url" $with --trust "$work/all.yaml"
	says "says that it has fewer resets" "fewer resets"
	says "and what its owner does who has cleared it" "TPM2_Clear), which its owner knows: then \`assay enroll\` it anew"
	records=$work/state/assay/enrolled
	own=$(basename "$records"/*.json .json)
	# what another key of this TPM once said
	jq -c --arg ak "000b$zero32" '.ak_name = $ak' "$records/$own.json" >"$records/000b$zero32.json"
	rm "$records/$own.json"
	: >"$records/cut-off.part"
	verdict "with another of its keys it is still the same TPM" contraindicated 1 "$url" $with --trust "$work/all.yaml"
	says "says whose word that is" "as a quote by another key of this TPM said"
	jq -c 'del(.ek_name)' "$records/000b$zero32.json" >"$records/old.json"
	mv "$records/000b$zero32.json" "$work/of-tpm.json"
	verdict "a record of old knows it by the certificate" contraindicated 1 "$url" $with --trust "$work/all.yaml"
	echo '{' >"$records/old.json"
	refused "a record that cannot be read may be its own" 2 "old.json': enrolment record: " verify "$url" $with --trust "$work/all.yaml"
	hints "  says what to do" 'it may be what is known of this machine: enroll the machine anew whose it is, or move the file away'
	rm "$records/old.json"
	mv "$work/of-tpm.json" "$records/000b$zero32.json"
	sed 's/"ek_name":"000b....../"ek_name":"000b000000/' "$records/000b$zero32.json" >"$records/other.json"
	rm "$records/000b$zero32.json"
	verdict "another TPM's record says nothing" affirming 0 "$url" $with --trust "$work/all.yaml"
	check "enrolled again, its counters are plain" "$assay" enroll "$url" --trust "$work/all.yaml" -q
	check "which its record says" jq -e .counters_plain "$records/$own.json"
	rm "$records/other.json" "$records/cut-off.part"
	ak=$(basename "$work"/state/assay/enrolled/*.json .json)
	rm -r "$work/state"
	printf 'format: assay.trust/1\nunsigned-reference-values: accept\npinned-aks:\n  - name: %s\n' "$ak" >"$work/pinned.yaml"
	verdict "a pinned key is affirmed" affirming 0 "$work/bundle.json" $with --trust "$work/pinned.yaml" --nonce "$nonce"
	printf 'format: assay.trust/1\nunsigned-reference-values: accept\npinned-aks:\n  - name: %s\n' "000b$zero32" >"$work/pinned2.yaml"
	check "somebody stands between" start_between "$url" "$work" other
	printf 'pinned-aks:\n  - name: %s\n' "$ak" | cat "$work/all.yaml" - >"$work/both.yaml"
	verdict "a key whose TPM opened another credential is known by its pin alone" affirming 0 "http://127.0.0.1:$between" $with --trust "$work/both.yaml"
	verdict "and not by a credential" contraindicated 1 "http://127.0.0.1:$between" $with --trust "$work/both.yaml" --policy "$work/live.yaml"
	refused "such a key is not enrolled" 2 "the attestation key is not shown to live in the machine's TPM: credential" enroll "http://127.0.0.1:$between" --trust "$work/both.yaml"
	hints "  says who may have answered" 'ask the machine itself: whoever stands between'
	check "nor recorded" test ! -e "$work/state"
	check "the same machine is enrolled, where it opens the right one" "$assay" enroll "$url" --trust "$work/both.yaml" -q
	rm -r "$work/state"
	stop_between
	own_authority || bad "an authority of attestation keys"
	verdict "its key is not certified yet" contraindicated 1 "$work/bundle.json" $with --trust "$work/ca.yaml" --policy "$work/certified.yaml" --nonce "$nonce"
	check "its certificates come with it, in any order" "$assay" bundle make -q -o "$work/certified.json" "$work/bundle.json" \
		--ak-certificate "$work/ca/middle.pem" --ak-certificate "$work/ca/ak.der"
	verdict "a key whose certificate leads to a root" affirming 0 "$work/certified.json" $with --trust "$work/ca.yaml" --policy "$work/certified.yaml" --nonce "$nonce"
	says "says by what the key is known" "known in a way that the policy takes: certificate"
	verdict "and to no root of another trust file" contraindicated 1 "$work/certified.json" $with --trust "$work/all.yaml" --nonce "$nonce"
	says "is not bound, and says what would do" "AK not bound by its certificate: certificate 1 of the chain"
	"$assay" bundle status "$work/certified.json" >"$work/said"
	says "what expires when is told" "tpm.ak-certificate.1"
	check "another takes their place" "$assay" bundle make -q -o "$work/other.json" "$work/certified.json" --ak-certificate "$work/ca/other.pem"
	verdict "a certificate of another key binds nothing" contraindicated 1 "$work/other.json" $with --trust "$work/ca.yaml" --nonce "$nonce"
	says "says so" "AK not bound by its certificate: the certificate is for another key"
	"$assay" bundle status "$work/other.json" >"$work/said"
	says "and it does not fit" "unfit"
	same "nothing is left of those before" 1 "$(grep -c '"tpm.ak-certificate' "$work/other.json")"
	verdict "such a certificate names no instance of Google's" contraindicated 1 "$work/certified.json" $with --trust "$work/ca.yaml" --policy "$work/gce.yaml" --nonce "$nonce"
	says "says why" "no certificate of the attestation key speaks of an instance"
	check "one that does" "$assay" bundle make -q -o "$work/gce.json" "$work/bundle.json" --ak-certificate "$work/ca/gce-chain.pem"
	verdict "a wanted instance" affirming 0 "$work/gce.json" $with --trust "$work/ca.yaml" --policy "$work/gce.yaml" --nonce "$nonce"
	verdict "another pinned name does nothing" contraindicated 1 "$work/bundle.json" $with --trust "$work/pinned2.yaml" --nonce "$nonce"
	head -c 3000 "$work/bundle.json" >"$work/cut.json"
	refused "a cut bundle" 2 "bundle" verify "$work/cut.json" $with
	check "explain finds nothing to explain" "$assay" explain "$work/bundle.json" $with -q
}
stop

# ---- the same machine after something else was measured ----
check "measure something else" extend 4 "$(sha 256 'evil loader')" "$(sha 384 'evil loader')"
make_log 'evil loader' >"$work/log2"
check "the attester serves again" serve "$work/log2" || exit 1
# shellcheck disable=SC2086
{
	verdict "a changed machine is contraindicated" contraindicated 1 "$url" $with --trust "$work/all.yaml"
	says "names the register" "PCR 4"
	says "shows the predicted value" "$(fold_hex 256 "$zero32" "$sep256")"
	says "shows the value it has" "$(fold_hex 256 "$(fold_hex 256 "$zero32" "$sep256")" "$(sha 256 'evil loader')")"
	says "explains it by the log" "What differs"
	says "and by what was measured" "evil loader"
	stop
	check "a log that lies" serve "$work/log"
	verdict "does not help" contraindicated 1 "$url" $with --trust "$work/all.yaml"
	says "and is told" "it explains nothing"
}
stop
kill "$tpm_pid"

# ---- power cuts: a TPM that is never shut down in order takes none of them for an attack on the key ----
cut_and_ask() {
	kill -9 "$tpm_pid"
	wait "$tpm_pid" 2>/dev/null
	start_tpm "$work/tpm" "$port"
	measure && serve "$work/log" || return
	# shellcheck disable=SC2086
	verdict "power cut $1" affirming 0 "$url" $with --trust "$work/all.yaml"
	stop
}
start_tpm "$work/tpm" "$port"
for n in 1 2 3 4 5 6; do cut_and_ask $n || bad "power cut $n"; done
kill "$tpm_pid"
