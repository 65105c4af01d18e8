#!/bin/bash
# A vendor publishes an image, three rebuilders build it again, a log with two witnesses holds what they say, and a user
# verifies a machine that runs it from one publication and his own trust file. Then everybody in turn is wrong or lies. The
# image is of an archive made here; the machine is a Nitro enclave of a test authority. Nothing boots.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
archive_can community || exit 0
command -v python3 >/dev/null || { skip community "no python3"; exit 0; }
python=$(python3 -c 'import sys; print(sys.executable)') # not what may stand before it in PATH
maker() { "$python" "$root/test/e2e/publication_maker.py" "$@"; }
at_end() { archive_end; }
archive_start || { bad "an archive can be signed"; exit 1; }
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache TMPDIR=$work/tmp
mkdir "$TMPDIR"
cd "$work" || exit
chmod 755 "$work"
day=86400
iso() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }

# ---- keys: each of somebody else ----
for key in vendor alice alice2 bob carol log w0 w1; do
	openssl genpkey -algorithm ed25519 -out "$key.pem" 2>/dev/null && chmod 600 "$key.pem"
done

# ---- the vendor ----
archive_minimum
archive_deb app <<'S'
file usr/bin/app 0755 an app\n
S
archive_publish
from=(--mirror "$work/mirror")
# image NAME WORD: a description and what is built of it, of which WORD is a file
image() {
	mkdir -p "$1/overlay/etc"
	archive_description 'base, kernel, app' | sed "s/^name: .*/name: hello/; s/^image:/&\n  overlays: [overlay]\n  initrd: {modules: [gamma]}\n  command-line: [console=ttyS0]\n  format: eif/" >"$1/assay.yaml"
	echo "$2" >"$1/overlay/etc/word"
	"$assay" lock "$1" "${from[@]}" --store store --keyring "$archive_keyring" -q >/dev/null 2>&1 &&
		"$assay" build "$1" -o "$1.out" "${from[@]}" --store store -q >/dev/null
}
image hello new && image before old || { bad "the vendor's images are built"; exit 1; }
# enclave NAME: a machine that runs it
enclave() { mkdir "$1.machine" && "$root/build/test/nitro-maker" "$1.machine" "$1.out/reference-values.json" >"$work/log" 2>&1; }
enclave hello && enclave before || { bad "enclaves: $(tail -n 2 "$work/log")"; exit 1; }
at=$(cat hello.machine/at)
channel() { # COUNTER EXPIRES IMAGE...
	local counter=$1 expires=$2 accepted='[]' name
	shift 2
	for name; do
		accepted=$(jq -c --arg m "$(digest_of "$name.out/manifest.json")" --arg v "$(digest_of "$name.out/reference-values.json")" \
			'. + [{"manifest-sha256": $m, "reference-values-sha256": $v}] | sort' <<<"$accepted")
	done
	jq -n --argjson counter "$counter" --argjson accepted "$accepted" --arg expires "$(iso "$expires")" \
		'{format: "assay.channel/1", name: "hello", $counter, $accepted, $expires}' | maker seal vendor.pem application/vnd.assay.channel+json
}
publish() { # IMAGE FOLDER OPTION...
	local image=$1 folder=$2
	shift 2
	"$assay" publish "$image.out" --description "$image" "${from[@]}" --store store -o "$folder" --at "$at" -q "$@" >"$work/said" 2>&1
}
publish hello www/hello && publish before www/before || { bad "they are published: $(cat "$work/said")"; exit 1; }

# ---- three rebuilders: each with a store, a folder, a zone, a umask, and where that can be a user, of his own ----
# rebuild WHO PUBLICATION [WRAPPER...]: WHO/NAME.json
rebuild() {
	local who=$1 publication=$2 code=0
	shift 2
	mkdir -p "$who/tmp"
	chmod 777 "$who" "$who/tmp"
	TMPDIR=$work/$who/tmp HOME=$work/$who "$@" "$assay" rebuild "$publication" "${from[@]}" --store "$work/$who/store" --keyring "$archive_keyring" \
		--by "$who" --statement "$work/$who/$(basename "$publication").json" -q >"$work/$who/said" 2>&1 || code=$?
	[ -f "$who/$(basename "$publication").json" ] || { tail -n 3 "$who/said"; return 1; }
}
plain() { "$@"; }
far() { (umask 077 && TZ=Asia/Tokyo LANG=C.UTF-8 nice "$@"); }
somebody() { if [ "$(id -u)" = 0 ]; then TZ=America/Lima setpriv --reuid 65534 --regid 65534 --clear-groups "$@"; else "$@"; fi; }
check "Alice rebuilds it" rebuild alice www/hello plain
check "so does Bob, in Tokyo" rebuild bob www/hello far
check "and Carol, as another user" rebuild carol www/hello somebody
result() { jq -r ".predicate.result${2:-}" "$1"; }
for who in alice bob carol; do same "$who says identical" "$(result $who/hello.json .verdict)" identical; done
same "the results are the same bytes" "$(for who in alice bob carol; do result $who/hello.json | sha256sum; done | sort -u | wc -l)" 1
same "and what they were made on is not" "$(for who in alice bob carol; do jq -r .predicate.by.name $who/hello.json; done | sort -u | wc -l)" 3

# dated STATEMENT: as it would have been made while the enclave was young
dated() { jq ".predicate.by.at = \"$(iso $((at - day)))\"" "$1"; }
sign() { # KEY STATEMENT OUT
	dated "$2" >dated.json && "$assay" sign dated.json --key "$1.pem" -o "$3.dsse.json" -q >/dev/null || bad "$1 signs $2"
}
# lie KEY STATEMENT OUT JQ: changed by JQ, and signed all the same
lie() { dated "$2" | jq "$4" | maker seal "$1.pem" application/vnd.in-toto+json >"$3.dsse.json"; }
sign alice alice/hello.json alice
sign bob bob/hello.json bob
sign carol carol/hello.json carol
# proved SIZE NAME: entry of a log that holds the three and then empty ones
entries=(alice.dsse.json bob.dsse.json carol.dsse.json)
: >empty
proved() {
	local size=$1 i
	local all=("${entries[@]}")
	while [ ${#all[@]} -lt "$size" ]; do all+=(empty); done
	shift
	for i in "${!entries[@]}"; do
		maker prove log.pem log.example "$i" "${all[@]}" -- w0.pem w0 "$at" -- w1.pem w1 $((at - day)) >"$(basename -s .dsse.json "${entries[$i]}").tlog-proof"
	done
}
given() { # NAME...: options of publish
	local name
	for name; do printf '%s\n' --statement "$name.dsse.json" --proof "$name.tlog-proof"; done
}
proved 4
channel 1 $((at + 9 * day)) hello before >channel-1.dsse.json
channel 2 $((at + 9 * day)) hello >channel-2.dsse.json
# with CHANNEL NAME...: the publication anew with these statements
with() {
	local channel=$1
	shift
	mapfile -t options < <(given "$@")
	publish hello www/hello "${options[@]}" --channel "$channel.dsse.json" || { bad "it is published: $(cat "$work/said")"; return 1; }
}
check "the vendor publishes what they say" with channel-1 alice bob carol

# ---- the user ----
{
	grep -v unsigned-reference-values hello.machine/trust.yaml
	grep 'sha256:\|name: made\|hardware: nitro' before.machine/trust.yaml | sed 's/name: made/name: made-before/'
	printf 'rebuilders:\n'
	for who in alice:Alice alice2:Alice bob:Bob carol:Carol; do
		printf '  - {name: %s, operator: %s, key: "%s"}\n' "${who%:*}" "${who#*:}" "$(maker line "${who%:*}.pem")"
	done
	printf '%s\n' 'vouchers: {rebuilders: 2}' "signers: [{name: vendor, key: \"$(maker line vendor.pem)\"}]" \
		"logs: [{origin: log.example, key: \"$(maker vkey log.pem log.example)\"}]" \
		"witnesses: {quorum: 2, keys: [\"$(maker vkey w0.pem w0 w)\", \"$(maker vkey w1.pem w1 w)\"]}"
} >trust.yaml
# verdict NAME CODE PATTERN [MACHINE [PUBLICATION]]
verdict() {
	local name=$1 want=$2 pattern=$3 machine=${4:-hello.machine} code=0
	"$assay" verify "$machine/evidence.json" --nonce "$(cat "$machine/nonce")" --publication "${5:-www/hello}" --trust "${trust:-trust.yaml}" \
		--store "${own:-$work/none}" --at "${when:-$at}" >said 2>&1 </dev/null || code=$?
	if [ "$code" = "$want" ] && grep -qE -- "$pattern" said; then ok "$name"; else bad "$name: exit $code, wanted $want and /$pattern/: $(grep -E 'FAIL|vouch|verdict|assay:|count' said)"; fi
}
told() { if grep -qE -- "$2" said; then ok "$1"; else bad "$1: it does not say /$2/: $(cat said)"; fi; }
verdict "one machine, one publication, one verdict" 0 '^verdict: affirming'
told "three vouch" 'Who vouches: .*Alice, Bob and Carol'
told "their statements stand in a log" '3 of 3 statements stand in a log'
told "and the image counts" "the image counts: channel 'hello' 1 by vendor"
with channel-1 alice carol
verdict "two of three are enough" 0 '^verdict: affirming'
told "by name" 'Who vouches: .*Alice and Carol'
grep -v unsigned-reference-values hello.machine/trust.yaml >alone.yaml
trust=alone.yaml verdict "who knows nobody is told to rebuild it" 1 'build the image here \(`assay rebuild URL`\)'
trust=alone.yaml own=alice/store verdict "and who has done so needs nobody else" 0 '^Who vouches: built here'

# ---- who is wrong, and who lies ----
with channel-1 alice
verdict "one is not enough" 1 'verdict: (warning|contraindicated)'
sign alice alice/hello.json again
cp alice.dsse.json same.dsse.json
sign alice2 alice/hello.json other
lie bob bob/hello.json altered '.predicate.result.outputs[0].sha256 = ("0" * 64)'
lie bob bob/hello.json liar '(.predicate.result.outputs[0].sha256, .subject[0].digest.sha256) = ("0" * 64)'
lie bob bob/hello.json old ".predicate.by.at = \"$(iso $((at - 400 * day)))\""
entries+=(again.dsse.json same.dsse.json other.dsse.json altered.dsse.json liar.dsse.json old.dsse.json)
proved 9
# refused_with NAME WHY STATEMENT...: with Alice's, no second operator; and what assay quorum says of them
refused_with() {
	local name=$1 why=$2
	shift 2
	with channel-1 alice "$@"
	verdict "$name" 1 'verdict: (warning|contraindicated)'
	told "$name: one is missing" '1 of the 2 operators that are asked for vouches'
	"$assay" quorum www/hello/statements --trust trust.yaml --at "$at" >said 2>&1
	told "$name: why" "$why"
}
refused_with "one key is counted once" 'identical.*: 1 operator, Alice$' again same
refused_with "one operator is counted once" 'identical.*: 1 operator, Alice$' other
refused_with "an altered result is no second one" 'altered.dsse.json: statement: the subjects are not the outputs' altered
refused_with "nor is one of whoever lies" 'identical.*: 1 operator, Bob$' liar
refused_with "neither is an old statement" 'old.dsse.json, by Bob: it is older' old
with channel-1 alice bob
rm www/hello/proofs/bob.tlog-proof
jq 'del(.files[] | select(.path == "proofs/bob.tlog-proof"))' www/hello/publication.json >index && mv index www/hello/publication.json
verdict "nor one that no log shows" 1 'statements/bob.dsse.json does not count: no proof shows it'
with channel-1 alice bob carol
verdict "and all is well again" 0 '^verdict: affirming'

# A lock with a package that the archive never signed: whoever follows the signatures says so.
archive_deb app 2 <<'S'
file usr/bin/app 0755 another app\n
S
cp -r hello forged
jq --arg d "$(digest_of "$archive/pool/app_2_all.deb")" --argjson n "$(stat -c %s "$archive/pool/app_2_all.deb")" \
	'(.packages[] | select(.name == "app")) |= (.sha256 = $d | .size = $n)' hello/assay.lock >forged/assay.lock
mkdir -p other-mirror/debian && cp -r mirror/debian other-mirror/ && cp "$archive/pool/app_2_all.deb" other-mirror/debian/pool/app_1_all.deb
from_before=("${from[@]}") from=(--mirror "$work/other-mirror")
"$assay" build forged -o forged.out "${from[@]}" --store store-forged -q >/dev/null 2>&1
"$assay" publish forged.out --description forged "${from[@]}" --store store-forged -o www/forged -q >"$work/said" 2>&1 || bad "a forged lock can be published: $(cat said)"
for who in alice bob; do
	rebuild $who www/forged plain
	same "$who says that the lock is refuted" "$(result $who/forged.json '|"\(.verdict) \(."failed-at")"')" 'failed lock'
	sign $who $who/forged.json $who-forged
done
entries=(alice-forged.dsse.json bob-forged.dsse.json)
proved 20
channel 3 $((at + 9 * day)) forged >channel-3.dsse.json
"$assay" publish forged.out --description forged "${from[@]}" --store store-forged -o www/forged --at "$at" --channel channel-3.dsse.json \
	--statement alice-forged.dsse.json --statement bob-forged.dsse.json -q >"$work/said" 2>&1 || bad "with what they say: $(cat said)"
enclave forged
from=("${from_before[@]}")
sed -i "s/^hardware-roots:/&\n$(sed -n 's/^ *sha256: /  - {name: made-forged, hardware: nitro, sha256: /p' forged.machine/trust.yaml)}/" trust.yaml
rm -rf "$XDG_STATE_HOME"
verdict "a lock that the archive never signed vouches for nobody" 1 'verdict: (warning|contraindicated)' forged.machine www/forged
own=alice/store verdict "nor does having tried to rebuild it" 1 '^Who vouches: unsigned claim' forged.machine www/forged
"$assay" quorum www/forged/statements --trust trust.yaml --at "$at" >said 2>&1
told "two operators say why" 'failed at lock.*2 operators, Alice and Bob'

# ---- what is old ----
entries=(alice.dsse.json bob.dsse.json carol.dsse.json)
rm -rf "$XDG_STATE_HOME"
proved 4 && with channel-2 alice bob carol
verdict "the next channel is taken" 0 "channel 'hello' 2"
with channel-1 alice bob carol
verdict "and then the one before is replayed" 1 'channel-replay'
cp -r www/before bad && cp channel-2.dsse.json bad/channel.dsse.json
jq --arg d "$(digest_of channel-2.dsse.json)" --argjson n "$(stat -c %s channel-2.dsse.json)" \
	'.files += [{path: "channel.dsse.json", size: $n, sha256: $d}] | .files |= sort_by(.path)' www/before/publication.json >bad/publication.json
verdict "an image that is outdated is refused" 1 'channel-not-accepted.*outdated' before.machine bad
proved 7 && with channel-2 alice bob carol
verdict "the log grows" 0 '^verdict: affirming'
proved 5 && with channel-2 alice bob carol
verdict "and is rolled back" 1 'log-rollback'
proved 8 && with channel-2 alice bob carol
when=$((at + 9 * day)) verdict "a channel whose time is over is refused" 1 'channel-expired'
