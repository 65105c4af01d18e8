#!/bin/bash
# Rebuilders vouch for reference values: assay quorum of their statements, and assay verify of machines of every kind with them.
# Statements are made by a second implementation (statement_maker.py), machines by authorities of the tests' own. Nothing boots.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$work" || exit 1
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
command -v python3 >/dev/null || { skip quorum-python 'needs python3, which makes statements'; exit; }
maker=$root/test/e2e/statement_maker.py
sign() { python3 "$maker" "$@"; }

# ---- whom the user trusts: 2 of Alice (two keys), Bob, Carol ----
for name in alice alice2 carol eve vendor; do openssl genpkey -algorithm ed25519 -out $name.pem 2>/dev/null; done
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out bob.pem 2>/dev/null
parties() {
	printf 'rebuilders:\n'
	while read -r name operator; do printf '  - name: %s\n    operator: %s\n    key: %s\n' "$name" "$operator" "$(sign --key "$name.pem")"; done <<-'S'
	alice Alice
	alice2 Alice
	bob Bob
	carol Carol
	S
}
parties >parties
printf 'format: assay.trust/1\n' | cat - parties >nobody.yaml
{ cat nobody.yaml; printf 'vouchers:\n  rebuilders: 2\n'; } >trust.yaml

"$root/build/test/machine-maker" "$work" >log 2>&1 || { cat log; exit 1; }
at=$(cat at) day=86400
# made NAME KEY... [WHAT=VALUE...]: a statement of values.json, of now
made() { sign values.json "$1.dsse.json" "${@:2}" "at=$((at - day))"; }
made alice alice.pem && made alice2 alice2.pem && made bob bob.pem && made carol carol.pem && made eve eve.pem && made vendor vendor.pem || exit 1
made both alice.pem bob.pem
made alice-other alice.pem disk=ee
made carol-other carol.pem disk=ee
made carol-differs carol.pem verdict=differs
made carol-failed carol.pem verdict=failed
made alice-lock alice.pem verdict=failed failed-at=lock
made bob-unseen bob.pem observed=no
made bob-unfollowed bob.pem archive=no
made alice-image alice.pem manifest=ab && made bob-image bob.pem manifest=ab
sign values.json bob-old.dsse.json bob.pem "at=$((at - 366 * day))"
sign values.json bob-early.dsse.json bob.pem "at=$((at + 2 * 3600))"

# says NAME EXIT PATTERN STATEMENT...: assay quorum of them
says() {
	local name=$1 want=$2 pattern=$3 code=0
	shift 3
	"$assay" quorum "${@/%/.dsse.json}" --at "$at" --trust "${trust:-trust.yaml}" ${values:+--reference-values "$values"} >said 2>&1 </dev/null || code=$?
	if [ "$code" = "$want" ] && grep -qE -- "$pattern" said; then ok "$name"; else bad "$name: exit $code, wanted $want and /$pattern/: $(cat said)"; fi
}
told() { if grep -qE -- "$2" said; then ok "$1"; else bad "$1: it does not say /$2/: $(cat said)"; fi; }

# ---- assay quorum ----
says 'two of three operators say the same' 0 '^  identical, result [0-9a-f]{64}: 2 operators, Alice and Bob - enough$' alice bob
told '  and the result is said' '^quorum: reached$'
same '  by the digest of its bytes' "$(python3 -c '
import base64, hashlib, json
p = json.loads(base64.b64decode(json.load(open("alice.dsse.json"))["payload"]))
print(hashlib.sha256((json.dumps(p["predicate"]["result"], indent=2) + "\n").encode()).hexdigest())')" "$(sed -nE 's/.*result ([0-9a-f]{64}):.*/\1/p' said)"
says 'one is not enough' 1 '1 operator, Alice$' alice
says 'one statement twice is one' 1 '1 operator, Alice$' alice alice
says 'two keys of an operator are one' 1 '1 operator, Alice$' alice alice2
says 'one statement with the keys of two operators is two' 0 'Alice and Bob - enough' both
says 'who is in no trust file is not heard' 1 '^Does not count: eve.dsse.json: none of its' alice eve vendor
says 'an old statement does not count' 1 '^Does not count: bob-old.dsse.json, by Bob: it is older' alice bob-old
says 'nor one of a time to come' 1 'bob-early.dsse.json, by Bob: it is of a time that is still to come' alice bob-early
says 'who says two things counts for neither' 1 '^Said two things about one lock, and counts for neither: Alice$' alice alice-other bob
says '  and the others still do' 0 'Bob and Carol - enough' alice alice-other bob carol
says '  nor who says that the lock is refuted as well' 1 'counts for neither: Alice' alice alice-lock bob
says 'who differs, and where' 0 '^    first in root: usr/bin/app: published 1{64}, rebuilt 2{64}$' alice bob carol-differs
told '  by name' '^  differs, .*1 operator, Carol$'
says 'two results that are not the same' 0 '^  the results part at disk.img$' alice bob carol-other
says 'who failed' 0 '^  failed at build, .*1 operator, Carol$' alice bob carol-failed
says 'who followed the packages to the archives' 0 "^    packages followed to the archives' signatures by Alice$" alice bob-unfollowed
for order in 'alice bob carol-other eve' 'eve carol-other bob alice' 'bob eve alice carol-other'; do
	# shellcheck disable=SC2086
	says "in the order $order" 0 'quorum: reached' $order
	grep -v 'Does not count' said | sha256sum
done | tee orders | grep -E '^(ok|FAIL)'
same 'the answer does not depend on the order' 1 "$(grep -vE '^(ok|FAIL)' orders | sort -u | wc -l)"
passed=$((passed + $(grep -c '^ok' orders))) failed=$((failed + $(grep -c '^FAIL' orders)))
echo rubbish >rubbish.dsse.json && head -c 300 alice.dsse.json >cut.dsse.json
says 'rubbish beside them prevents nothing' 0 '^Does not count: rubbish.dsse.json: ' alice bob rubbish cut
mkdir folder && cp alice.dsse.json bob.dsse.json rubbish.dsse.json folder && echo x >folder/other.json
"$assay" quorum folder --at "$at" --trust trust.yaml >said
same 'a folder of statements' 'quorum: reached' "$(tail -n 1 said)"
trust=nobody.yaml says 'without a number nobody vouches' 1 'lets no number of rebuilders vouch' alice bob carol
values=values.json says 'for these reference values' 0 '^These reference values: rebuilt by Alice and Bob$' alice bob
values=values.json says 'for another image' 1 'another image than that of the reference values' alice-image bob-image
# what was built is at hand: then the way to see the difference is said
mkdir one other && echo one >one/manifest.json && echo other >other/manifest.json
python3 -c '
import hashlib, json
for name in ("one", "other"):
    v = json.load(open("values.json"))
    v["manifest_sha256"] = hashlib.sha256(open(name + "/manifest.json", "rb").read()).hexdigest()
    json.dump(v, open(name + "/values.json", "w"))'
for name in one other; do sign $name/values.json $name.dsse.json alice.pem verdict=differs published=ab "at=$((at - day))"; done
sign other/values.json other.dsse.json bob.pem verdict=differs published=ab "at=$((at - day))"
"$assay" quorum one.dsse.json other.dsse.json --at "$at" --trust trust.yaml --artefacts one --artefacts other >said
told 'where both are at hand, how to see the difference' '^    assay diff (one other|other one)$'
"$assay" quorum alice.dsse.json bob.dsse.json --at "$at" --trust trust.yaml --json >said.json
same 'in JSON' 'assay.quorum/1 true 2 ["Alice","Bob"] counts' "$(jq -r '"\(.format) \(.reached) \(.needed) \(.groups[0].operators | tojson) \(.statements[1].standing)"' said.json)"

# ---- the summary for those who take this user's word ----
made built-a alice.pem verdict=built && made built-b bob.pem verdict=built
openssl genpkey -algorithm ed25519 -out user.pem 2>/dev/null && openssl pkey -in user.pem -pubout -out user.pub
summary() { # NAME EXIT PATTERN STATEMENT...
	local name=$1 want=$2 pattern=$3 code=0
	shift 3
	rm -f vsa.dsse.json
	"$assay" quorum "${@/%/.dsse.json}" --at "$at" --trust "${trust:-trust.yaml}" --vsa vsa.dsse.json --key user.pem >said 2>&1 || code=$?
	if [ "$code" = "$want" ] && grep -qE -- "$pattern" said; then ok "$name"; else bad "$name: exit $code, wanted $want and /$pattern/: $(cat said)"; fi
}
summary 'a summary after 2 of 3' 0 '^summary: vsa.dsse.json, SLSA_BUILD_REPRODUCED$' alice alice2 bob carol-other
# opened VSA: openssl takes the signature over what the envelope holds; prints the payload
opened() {
	python3 -c '
import base64, json, sys
e = json.load(open(sys.argv[1])); p = base64.b64decode(e["payload"]); t = e["payloadType"].encode()
open("pae", "wb").write(b"DSSEv1 %d %s %d " % (len(t), t, len(p)) + p)
open("sig", "wb").write(base64.b64decode(e["signatures"][0]["sig"]))
sys.stdout.write(p.decode())' "$1" && openssl pkeyutl -verify -rawin -pubin -inkey user.pub -in pae -sigfile sig >/dev/null 2>&1
}
check '  openssl takes its signature' bash -c "$(declare -f opened); opened vsa.dsse.json >vsa.json"
same '  it passed, for the operators that agree' "https://slsa.dev/verification_summary/v1 PASSED [\"SLSA_BUILD_REPRODUCED\"] 3" \
	"$(jq -r '"\(.predicateType) \(.predicate.verificationResult) \(.predicate.verifiedLevels | tojson) \(.predicate.inputAttestations | length)"' vsa.json)"
same '  its subjects are those of the statements' "$(python3 -c 'import base64, json; print(json.dumps(json.loads(base64.b64decode(json.load(open("alice.dsse.json"))["payload"]))["subject"], sort_keys=True))')" \
	"$(python3 -c 'import json; print(json.dumps(json.load(open("vsa.json"))["subject"], sort_keys=True))')"
same '  by the trust file' "$(sha256sum <trust.yaml | cut -c1-64)" "$(jq -r .predicate.policy.digest.sha256 vsa.json)"
same '  from their files' "$(sha256sum alice.dsse.json alice2.dsse.json bob.dsse.json | cut -c1-64 | sort | paste -sd,)" "$(jq -r '.predicate.inputAttestations[].digest.sha256' vsa.json | sort | paste -sd,)"
summary 'none after 1 of 3' 1 '^quorum: not reached' alice alice2
check '  not a file' test ! -e vsa.dsse.json
summary 'none with nothing published to be identical to' 1 'no summary is written' built-a built-b
sed 's/rebuilders: 2/rebuilders: 1/' trust.yaml >one.yaml
trust=one.yaml summary 'none of one operator, whatever the trust file asks for' 1 'no summary is written' alice
check '  not a file' test ! -e vsa.dsse.json
trust=one.yaml says '  which the trust file may ask for' 0 'quorum: reached' alice
chmod 644 user.pem
summary 'a key that others may read signs nothing' 2 'user.pem' alice bob
check '  not a file' test ! -e vsa.dsse.json
echo 'format: assay.trust/1' >empty.yaml
trust=empty.yaml says 'with a trust file without rebuilders there is no answer' 2 '^hint: .*trust add rebuilder' alice bob

# ---- assay verify: a TPM's evidence ----
{ printf 'tpm-roots:\n  - name: made\n    certificate: root.der\npinned-aks:\n  - name: %s\n' "$(cat ak)"; } >roots
cat trust.yaml roots >user.yaml
cat nobody.yaml roots >counting-nobody.yaml
{ echo 'format: assay.trust/1'; cat roots; } >no-rebuilders.yaml
nonce=$(printf '0a%.0s' $(seq 32))
# verdict NAME WANT PATTERN STATEMENT...
verdict() {
	local name=$1 want=$2 pattern=$3 code=0 statements=() s
	shift 3
	for s; do statements+=(--statements "$s.dsse.json"); done
	"$assay" verify "${evidence:-evidence.json}" --reference-values "${values:-values.json}" --nonce "$nonce" --at "$at" --trust "${trust:-user.yaml}" \
		${policy:+--policy "$policy"} "${statements[@]}" >said 2>&1 </dev/null || code=$?
	if [ "$(tail -n 1 said)" = "verdict: $want" ] && [ "$((code == 0))" = "$([ "$want" = affirming ] && echo 1 || echo 0)" ] && grep -qE -- "$pattern" said; then
		ok "$name"
	else
		bad "$name: exit $code, $(tail -n 1 said), wanted $want and /$pattern/: $(grep -E 'ouch|assay:' said)"
	fi
}
verdict 'two of three rebuilders: affirming' affirming '^Who vouches: rebuilt by Alice and Bob - 2 of the trust file.s 3 operators, where 2 are asked for' alice bob
told '  each register says whose value it is' 'reference values: computed, rebuilt by Alice and Bob'
verdict 'nobody: a warning' warning 'no statement of a rebuilder whom the trust file names was given'
told '  and what to do' 'assay rebuild URL'
verdict 'one: a warning' warning '1 of the 2 operators that are asked for vouches for it' alice
verdict 'one key twice: a warning' warning '1 of the 2 operators' alice alice
verdict 'one operator with two keys: a warning' warning '1 of the 2 operators' alice alice2
verdict "a publication's own rebuilders: a warning" warning 'not heard: .eve.dsse.json' eve vendor alice
told '  by their places, in the result' 'why +2 of 3 count for nothing: statement 1: none of its 1 signatures .*; statement 2: none'
verdict 'an old statement beside two: affirming' affirming 'why +1 of 3 count for nothing: statement 2 is older than' alice bob-old carol
verdict 'an altered result: a warning' warning '1 of the 2 operators' alice carol-other
verdict 'an old statement: a warning' warning '1 of the 2 operators' alice bob-old
verdict 'statements of another image: a warning' warning 'another image' alice-image bob-image
verdict 'an operator that says two things: a warning' warning '1 of the 2 operators' alice alice-other bob
verdict 'firmware that one has observed: a warning' warning 'PCR 0 can only be observed, and 1 of the 2' alice bob-unseen
verdict 'packages that one has followed to the archives: a warning' warning '1 of the 2 operators that are asked for followed the packages' alice bob-unfollowed
verdict '  and the others suffice' affirming 'rebuilt by Alice, Bob and Carol' alice bob-unfollowed carol
verdict '  and the others suffice' affirming 'rebuilt by Alice, Bob and Carol' alice bob-unseen carol
trust=counting-nobody.yaml verdict 'a trust file without a number: a warning' warning 'nobody whom this verifier knows vouches' alice bob carol
trust=no-rebuilders.yaml verdict 'a trust file without rebuilders: a warning' warning 'assay rebuild URL' alice bob
"$assay" verify evidence.json --reference-values values.json --nonce "$nonce" --at "$at" --statements folder >said 2>&1
same 'without a trust file it is never affirming' 1 $?
told '  and says how to build it here' 'assay rebuild URL'
evidence=changed.json verdict 'statements do not help a machine that runs something else' contraindicated 'PCR 4' alice bob

# ---- a policy that asks for more than the trust file, and names images ----
policy() { printf 'format: assay.policy/1\nname: %s\n%s\n' "$1" "$2" >"$1.yaml"; }
manifest=$(python3 -c "import json; print(json.load(open('values.json'))['manifest_sha256'])")
policy three 'vouchers: {rebuilders: 3}'
policy four 'vouchers: {rebuilders: 4}'
policy one 'vouchers: {rebuilders: 1}'
policy image "images: [$manifest]"
policy other "images: [$(printf 'cd%.0s' $(seq 32))]"
policy=three.yaml verdict 'a policy that asks for three: affirming' affirming 'rebuilt by Alice, Bob and Carol - 3 of .*, where 3 are asked for' alice bob carol
policy=three.yaml verdict '  two, with whom the trust file is content: a warning' warning '2 of the 3 operators that are asked for vouch for it' alice bob
policy=three.yaml verdict '  three keys of two operators: a warning' warning '2 of the 3 operators' alice alice2 bob
policy=three.yaml verdict '  firmware that two of three have observed: a warning' warning 'PCR 0 can only be observed, and 2 of the 3' alice bob-unseen carol
policy=three.yaml verdict '  packages that two of three have followed: a warning' warning '2 of the 3 operators that are asked for followed the packages' alice bob-unfollowed carol
policy=three.yaml trust=counting-nobody.yaml verdict '  a trust file that lets no number of them vouch: a warning' warning 'lets no number of rebuilders vouch' alice bob carol
policy=three.yaml verdict '  nobody is heard: a warning' warning 'the policy asks for 3 operators .* no statement of one was heard'
policy=four.yaml verdict 'a policy that asks for more than there are: a warning' warning 'asks for 4 operators .* the trust file names 3' alice bob carol
policy=one.yaml verdict 'a policy that asks for less takes nothing away' warning '1 of the 2 operators' alice
policy=image.yaml verdict 'a policy that names the image: affirming' affirming 'rebuilt by Alice and Bob' alice bob
policy=image.yaml verdict '  which only its own file says: a warning' warning 'only their own file says' alice
policy=other.yaml verdict '  values of another image: contraindicated' contraindicated 'an image that the policy does not name' alice bob
told '  whatever rebuilders say of it' '^Who vouches: rebuilt by Alice and Bob'

# What is published beside honest statements: a file of values that covers less, says less, or has firmware of its own.
altered() { # NAME PATTERN PYTHON
	python3 -c "import json
v = json.load(open('values.json')); s = v['shapes'][0]
$3
json.dump(v, open('altered.json', 'w'))"
	values=altered.json verdict "$1" "${4:-warning}" "$2" alice bob carol
}
altered 'values whose coverage was altered: a warning' 'is not the one that rebuilders got' 's["coverage"][0]["by"] = "PCR 4"'
altered 'values with another name: a warning' 'is not the one that rebuilders got' 'v["image"] = "other"'
altered 'values with another manifest: a warning' 'another image' 'v["manifest_sha256"] = "ab" * 32'
altered 'values with one register less: no affirmation' 'is not the one that rebuilders got' 's["registers"] = [r for r in s["registers"] if r["register"] != 9]; s["events"] = [x for x in s["events"] if x["register"] != 9]'
altered 'firmware that nobody observed: no affirmation' 'FAIL' \
	'r = s["registers"][0]; assert r["register"] == 0; r["how"] = "observed"; r["values"] = {k: "00" * (len(x) // 2) for k, x in r["values"].items()}' contraindicated
same 'in JSON the check names them' 'passed rebuilt by Alice and Bob' "$("$assay" verify evidence.json --reference-values values.json --nonce "$nonce" --at "$at" --trust user.yaml \
	--statements alice.dsse.json --statements bob.dsse.json --json | jq -r '.submods[]["assay.verdict"].checks[] | select(.name == "vouched") | "\(.result) \(.got)"')"

# ---- the same for confidential hardware ----
for kind in snp tdx nitro; do
	mkdir -p "$work/$kind" && "$root/build/test/$kind-maker" "$work/$kind" >log 2>&1 || { bad "$kind: its authority"; continue; }
	cd "$work/$kind" || exit 1
	at=$(cat at) nonce=$(cat nonce)
	for name in alice bob carol; do sign values.json $name.dsse.json "../$name.pem" "at=$((at - day))"; done
	# its roots, and the user's rebuilders instead of the word that anything is accepted
	{ grep -v '^unsigned' trust.yaml; cat "$work/parties"; printf 'vouchers:\n  rebuilders: 2\n'; } >user.yaml
	verdict "$kind: two of three rebuilders: affirming" affirming '^Who vouches: rebuilt by Alice and Carol' alice carol
	verdict "$kind: one: a warning" warning '1 of the 2 operators' bob
	verdict "$kind: none: a warning" warning 'assay rebuild URL'
	cd "$work" || exit 1
done
