#!/bin/bash
# Keys, signed statements, SLSA provenance: openssl and python judge what assay signs, and assay judges what they sign.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
archive_can statement || exit 0
for tool in openssl python3; do command -v "$tool" >/dev/null || { skip statement "no $tool"; exit 0; }; done
at_end() { archive_end; }
export XDG_CONFIG_HOME=$work/config
mkdir "$work/config"
cd "$work" || exit

# says CODE PATTERN COMMAND...: its exit code, and a line on either output. All that is ever said is kept in $work/all.
says() {
	local want=$1 pattern=$2 code=0
	shift 2
	"$@" >"$work/said" 2>&1 || code=$?
	cat "$work/said" >>"$work/all"
	[ "$code" = "$want" ] || { echo "exit $code, wanted $want: $(tail -n 2 "$work/said")"; return 1; }
	grep -qE -- "$pattern" "$work/said" || { echo "not said: $pattern"; tail -n 3 "$work/said"; return 1; }
}

# ---- keys ----
(umask 000 && says 0 '^ed25519:[A-Za-z0-9+/]{43}=$' "$assay" key new a.pem) && ok "a new key is Ed25519, and its line is printed" || bad "a new key"
line_a=$(cat "$work/said")
same "its file is its owner's alone, whatever the umask is" "$(stat -c %a a.pem)" 600
check "one of P-256 is made" says 0 '^p256:' "$assay" key new p.pem --type p256
line_p=$(cat "$work/said")
check "another type is refused" says 2 "want ed25519 or p256" "$assay" key new r.pem --type rsa
check "  and makes no file" test ! -e r.pem
before=$(sha256sum a.pem)
check "a key is never replaced" says 2 "'a.pem' is there already" "$assay" key new a.pem
ln -s nowhere link.pem
check "  nor what a link leads to" says 2 'there already' "$assay" key new link.pem
same "  and stays as it is" "$(sha256sum a.pem)" "$before"
check "  and no other file is made" test ! -e nowhere -a -z "$(find . -name '*.tmp')"
openssl pkey -in a.pem -pubout -out a.pub 2>/dev/null && openssl pkey -in p.pem -pubout -out p.pub 2>/dev/null
same "openssl reads the key, and finds the same public half" "$line_a" "ed25519:$(openssl pkey -pubin -in a.pub -outform DER | tail -c 32 | base64)"
same "  of P-256, too" "$line_p" "p256:$(openssl pkey -pubin -in p.pub -outform DER | base64 -w0)"
same "key show prints the line again" "$("$assay" key show a.pem)" "$line_a"
same "  of the public half alone, too" "$("$assay" key show p.pub)" "$line_p"
openssl ec -pubin -in p.pub -conv_form compressed -pubout -out short.pub 2>/dev/null
same "  one line for a key, however its point is written" "$("$assay" key show short.pub)" "$line_p"
openssl ec -in p.pem -out sec1.pem 2>/dev/null && chmod 600 sec1.pem
same "  and however its file is" "$("$assay" key show sec1.pem)" "$line_p"
vkey() { # NAME TYPE: as C2SP signed-note says it
	python3 - "$1" "$2" "${line_a#*:}" <<'P'
import base64, hashlib, sys
name, kind, key = sys.argv[1], bytes([int(sys.argv[2])]), base64.b64decode(sys.argv[3])
digest = hashlib.sha256(name.encode() + b"\n" + kind + key)
print("+".join([name, digest.hexdigest()[:8], base64.b64encode(kind + key).decode()]))
P
}
same "key show --origin is a log's key as C2SP writes it" "$("$assay" key show a.pem --origin example.org/log)" "$(vkey example.org/log 1)"
same "  --witness one that signs with the time" "$("$assay" key show a.pem --witness w.example)" "$(vkey w.example 4)"
check "  not of P-256" says 2 'not Ed25519' "$assay" key show p.pem --origin example.org/log
check "  not of a name that is none" says 2 'no name of a key' "$assay" key show a.pem --origin 'a b'
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out other.pem 2>/dev/null && chmod 600 other.pem
check "a key of another kind is refused" says 2 'another kind than Ed25519 and P-256' "$assay" key show other.pem
openssl pkey -in a.pem -aes128 -passout pass:x -out locked.pem 2>/dev/null && chmod 600 locked.pem
check "a key with a passphrase is refused, and nobody is asked" says 2 'has a passphrase' "$assay" key show locked.pem </dev/null

# ---- statements ----
archive_start || { bad "an archive can be signed"; exit 1; }
archive_minimum
archive_deb app <<'S'
file usr/bin/app 0755 an app\n
S
archive_publish
made=$work/made
mkdir -p "$made/overlay/etc"
archive_description "kernel, app" | sed 's/^platforms/  overlays: [overlay]\n&/' >"$made/assay.yaml"
echo one >"$made/overlay/etc/one"
from=(--mirror "$work/mirror" --store "$work/store")
"$assay" lock "$made" "${from[@]}" --keyring "$archive_keyring" -q >/dev/null &&
	"$assay" build "$made" -o out "${from[@]}" -q >/dev/null || { bad "it can be built"; exit 1; }
rebuild() { # STATEMENT ARG...
	local to=$1
	shift
	"$assay" rebuild "$@" "${from[@]}" --keyring "$archive_keyring" --statement "$to" -q >"$work/said" 2>&1
}
rebuild yes.json out --description "$made" --by alice
digest=$(sed -n 's/^result  *//p' "$work/said")
check "a bare statement is shown" says 0 '^verdict +identical: 10 outputs and [0-9]+ register values' "$assay" statement show yes.json
check "  with the digest of its result that assay rebuild printed" grep -qE "^result +$digest\$" "$work/said"
check "  who made it" grep -qE '^by +alice, with assay [0-9.]+, at 20.*, by its own words$' "$work/said"
check "  and that nobody signed it" grep -qE '^signed by +nobody' "$work/said"

check "it is signed" says 0 "^result +$digest\$" "$assay" sign yes.json --key a.pem -o a.dsse.json
check "  and who signed is said" grep -qF "signed by  $line_a" "$work/said"
same "the payload is the statement, byte for byte" "$(jq -r .payload a.dsse.json | base64 -d | sha256sum)" "$(sha256sum <yes.json)"
same "  of in-toto's type" "$(jq -r .payloadType a.dsse.json)" application/vnd.in-toto+json
same "without -o the envelope is the output" "$("$assay" sign yes.json --key a.pem | sha256sum)" "$(sha256sum <a.dsse.json)"
check "one more key signs the envelope" says 0 'signed by  p256:' "$assay" sign a.dsse.json --key p.pem -o both.dsse.json
same "  and the first signature stays" "$(jq -r '.signatures[0].sig' both.dsse.json)" "$(jq -r '.signatures[0].sig' a.dsse.json)"
check "  but not twice" says 2 'signed the envelope already' "$assay" sign both.dsse.json --key p.pem -o twice.dsse.json
check "  and nothing is written then" test ! -e twice.dsse.json
pae() { # ENVELOPE AT: what signature AT signs, and the signature
	python3 - "$1" "$2" <<'P'
import base64, json, sys
v = json.load(open(sys.argv[1]))
body, kind = base64.b64decode(v["payload"]), v["payloadType"].encode()
open("message", "wb").write(b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body))
open("signature", "wb").write(base64.b64decode(v["signatures"][int(sys.argv[2])]["sig"]))
P
}
pae both.dsse.json 0
check "openssl takes the Ed25519 signature" openssl pkeyutl -verify -rawin -pubin -inkey a.pub -in message -sigfile signature
pae both.dsse.json 1
check "  and the one of P-256" openssl dgst -sha256 -verify p.pub -signature signature message

check "the key that signed verifies" says 0 "^signed by +${line_a//+/\\+}" "$assay" statement verify a.dsse.json --key "$line_a"
check "  from a file, too" says 0 '^signed by +p256:' "$assay" statement verify both.dsse.json --key p.pub
check "  and what else is there is told apart" grep -qF 'whose key it is, nobody here says' "$work/said"
check "another key does not" says 1 'none of its 1 signatures is by the key' "$assay" statement verify a.dsse.json --key "$line_p"
check "a statement that nobody signed does not verify" says 1 'is not signed' "$assay" statement verify yes.json --key "$line_a"
check "without a key or a trust file nobody counts" says 2 'names no rebuilder' "$assay" statement verify a.dsse.json
cat >trust.yaml <<T
format: assay.trust/1
rebuilders:
  - name: alice-1
    operator: Alice
    key: $line_a
T
check "a rebuilder of the trust file counts, by name" says 0 'alice-1, operated by Alice' "$assay" statement verify both.dsse.json --trust trust.yaml
same "  in JSON, too" "$("$assay" statement show both.dsse.json --trust trust.yaml --json | jq -r '[.format, .rebuild."result-sha256", (.signatures[] | .state + " " + (.name // "-"))] | join(" ")')" \
	"assay.statement/1 $digest counts alice-1 holds -"
change() { jq "$1" both.dsse.json >changed.json; }
change '.payload |= (@base64d | sub("alice"; "mallo") | @base64)'
check "a payload that was changed is found out" says 1 'none of its 2 signatures' "$assay" statement verify changed.json --key "$line_a"
check "  and shown as such" says 1 '^NOT BY +ed25519:' "$assay" statement show changed.json
change '.signatures |= reverse | .signatures[0].keyid = "'"$line_a"'"'
check "a hint that names another's key is found out" says 1 '^NOT BY +ed25519:' "$assay" statement show changed.json
check "  and decides nothing" says 0 '^signed by +p256:' "$assay" statement verify changed.json --key "$line_p"
change '.signatures[0].sig |= ("AAAA" + .[4:])'
check "one bad signature of two: the other one counts" says 0 '^signed by +p256:' "$assay" statement verify changed.json --key "$line_p" --key "$line_a"
check "  and the bad one does not" says 1 'none of its 2 signatures' "$assay" statement verify changed.json --key "$line_a"
change '.payloadType = "text/plain"'
check "another type of payload is no statement" says 2 'payloadType' "$assay" statement verify changed.json --key "$line_a"
head -c 500 both.dsse.json >changed.json
check "an envelope that is cut is no answer" says 2 'cannot statement show' "$assay" statement show changed.json

# Somebody else's envelope: other spacing, other alphabet, members that are not known, no hint; somebody else's predicate.
python3 - <<'P'
import base64, json, subprocess
def envelope(name, statement):
    body, kind = json.dumps(statement).encode(), b"application/vnd.in-toto+json"
    open("message", "wb").write(b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(body), body))
    sig = subprocess.run(["openssl", "pkeyutl", "-sign", "-rawin", "-inkey", "a.pem", "-in", "message"], check=True, capture_output=True).stdout
    json.dump({"unknown": [1.5], "payloadType": kind.decode(), "signatures": [{"sig": base64.urlsafe_b64encode(sig).decode(), "more": {}}],
               "payload": base64.urlsafe_b64encode(body).decode()}, open(name, "w"))
envelope("foreign.dsse.json", json.load(open("yes.json")))
envelope("other.dsse.json", {"_type": "https://in-toto.io/Statement/v1", "predicateType": "https://example.org/p/1", "extra": 1, "predicate": {"x": [1.5]},
    "subject": [{"uri": "u", "digest": {"sha256": "ab" * 32, "gitCommit": "c0ffee"}}]})
P
check "an envelope that openssl and python made verifies" says 0 "^result +$digest\$" "$assay" statement verify foreign.dsse.json --key "$line_a"
check "  without a hint nobody is guessed" says 0 'a key that is not at hand' "$assay" statement show foreign.dsse.json
check "a predicate that is not known is kept by its name" says 0 'not known here: https://example.org/p/1' "$assay" statement verify other.dsse.json --key "$line_a"

# ---- failures, and what is not signed ----
jq '.outputs.disk.sha256 = ("0" * 64)' out/manifest.json >manifest.json
mkdir bad && mv manifest.json bad/ && cp out/reference-values.json bad/
rebuild no.json bad --description "$made"
check "that it differs is signed, too" says 0 '^signed by' "$assay" sign no.json --key a.pem -o no.dsse.json
check "  and says where" says 0 '^verdict +differs: first in disk.img' "$assay" statement verify no.dsse.json --key "$line_a"
cp -r "$made" fails && sed -i 's/^packages:.*/packages: [kernel, app, base]/' fails/assay.yaml
rebuild failed.json "$work/fails"
check "a failure is signed, too" says 0 '^signed by' "$assay" sign failed.json --key p.pem -o failed.dsse.json
check "  and is about the lock" says 0 '^verdict +failed: at the lock' "$assay" statement verify failed.dsse.json --key "$line_p"
same "  by its digest" "$(jq -r '.subject[] | .name + " " + .digest.sha256' failed.json)" "assay.lock $(digest_of fails/assay.lock)"
refused() { # NAME PATTERN JQ
	jq "$3" yes.json >refused.json
	check "$1" says 2 "$2" "$assay" sign refused.json --key a.pem -o refused.dsse.json
	[ ! -e refused.dsse.json ] || bad "$1: it is signed"
}
refused "a time in the result is not signed" "no member 'at'" '.predicate.result.at = "2026-01-01T00:00:00Z"'
refused "a machine is not" "no member 'host'" '.predicate.result.host = "me"'
refused "a folder is not" 'out of order|is none' '.predicate.result.outputs[6].name = "/home/me/out/disk.img"'
refused "equal after something was left out is not called identical" 'none of identical, differs' '.predicate.result.verdict = "equal after normalising"'
refused "identical without what it is about is not" 'subjects are not' 'del(.subject[3])'
refused "a member that is left out is found out" 'lock-sha256' 'del(.predicate.result."lock-sha256")'
refused "what is no statement is not" '_type' 'del(._type)'
refused "a later form is not" 'assay.rebuild/1' '.predicate.format = "assay.rebuild/2"'
chmod 640 a.pem
check "a key that its group may read is refused, by its file's name" says 2 "'a.pem' has mode 0640" "$assay" sign yes.json --key a.pem
chmod 604 a.pem
check "  and one that everybody may" says 2 "everybody on this machine may use the private key 'a.pem'" "$assay" sign yes.json --key a.pem
chmod 600 a.pem
check "  of a public key there is no signature" says 2 "'a.pub': no private key" bash -c "chmod 600 a.pub; '$assay' sign yes.json --key a.pub"

chmod 644 p.pem
check "verify --jwt wants a key that is its owner's alone, too" says 2 "may use the private key 'p.pem'" "$assay" verify none.json --jwt p.pem
chmod 600 p.pem
check "  and one of P-256, before anybody is asked" says 2 'ES256 signs with the curve P-256 alone' "$assay" verify http://127.0.0.1:1 --jwt a.pem
openssl genpkey -algorithm RSA -out rsa.pem 2>/dev/null && openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out p384.pem 2>/dev/null &&
	openssl pkey -in p.pem -outform DER -out p.der && openssl pkey -in p.pem -pubout -out p.pub
chmod 600 rsa.pem p384.pem p.der p.pub
for other in rsa.pem p384.pem a.pem p.der p.pub; do
	pattern="'$other': a key of another kind: ES256 signs with the curve P-256 alone"
	case $other in p.*) pattern="wanted is a private key of P-256 in PEM: '$other': no private key in PEM" ;; esac
	check "  $other is none" says 2 "$pattern" "$assay" verify http://127.0.0.1:1 --jwt $other
	check "    and what makes one is said" grep -qx 'hint: assay key new FILE --type p256' "$work/said"
done

# ---- SLSA ----
slsa() { jq -r "$1" slsa.json; }
"$assay" statement slsa out -o slsa.json
same "SLSA provenance is a Statement v1" "$(slsa '._type + " " + .predicateType')" 'https://in-toto.io/Statement/v1 https://slsa.dev/provenance/v1'
same "  about the disk" "$(slsa '.subject[] | select(.name == "disk.img").digest.sha256')" "$(digest_of out/disk.img)"
same "  and what else a rebuild is about" "$(slsa '.subject | tojson')" "$(jq -r '.subject | tojson' yes.json)"
same "  from these packages" "$(slsa '[.predicate.buildDefinition.resolvedDependencies[].digest.sha256] | sort | join(" ")')" \
	"$( (jq -r '.inputs | .packages[].sha256, .suites[]."release-sha256", .overlays[].sha256, (.components[].sources[].sha256)' out/manifest.json
		digest_of "$made/assay.yaml" && digest_of "$made/assay.lock") | sort | paste -sd' ')"
same "  and with these parameters" "$(slsa '.predicate.buildDefinition.externalParameters."lock-sha256"')" "$(digest_of "$made/assay.lock")"
same "  built by whoever signs" "$(slsa '.predicate.runDetails.builder.id')" tag:assay,2026:builder/1
no_machine() { ! grep -qF -e "$work" -e "$(hostname)" -e "$(date -u +%Y-)" -e "$(uname -r)" slsa.json; }
check "  without a time or a machine" no_machine
same "  the same bytes each time" "$("$assay" statement slsa out | sha256sum)" "$(sha256sum <slsa.json)"
same "  and of the manifest alone, without registers" "$("$assay" statement slsa out/manifest.json --builder https://example.org/b | jq -r '[(.subject | length), .predicate.runDetails.builder.id] | join(" ")')" '10 https://example.org/b'
check "  a builder that is no URI is refused" says 2 'is no URI' "$assay" statement slsa out --builder me
check "it is signed and verified like any other" says 0 '^signed by' "$assay" sign slsa.json --key a.pem -o slsa.dsse.json
check "  and told by what it is" says 0 'how something was built \(SLSA provenance\)' "$assay" statement verify slsa.dsse.json --key "$line_a"

# ---- secrets ----
secret() { # FORM: the private number of a key, and lines of its file
	openssl pkey -in "$1" -outform DER | tail -c 32 | base64
	openssl pkey -in "$1" -outform DER | tail -c 32 | od -An -v -tx1 | tr -d ' \n'
	sed -n 2p "$1"
}
no_secret() {
	local f s
	for f in a.pem p.pem; do
		secret "$f" >"$work/secrets"
		[ -s "$work/secrets" ] || return 1
		while IFS= read -r s; do
			! grep -qF -- "$s" "$work/all" ./*.json || { echo "$f"; return 1; }
		done <"$work/secrets"
	done
}
check "no secret was ever said or written" no_secret
