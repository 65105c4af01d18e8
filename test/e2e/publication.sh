#!/bin/bash
# assay publish and assay verify --publication: a publication for any web server, and what a user who holds his own anchors
# makes of it: altered files, channels that are old, expired, unsigned or another's, images that no longer count, logs that
# are rolled back or forked, and a publication that is malicious throughout. The image is of an archive made here; the
# machine is a Nitro enclave of a test authority (test/e2e/nitro-maker.c). Nothing boots.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
archive_can publication || exit 0
command -v python3 >/dev/null || { skip publication "no python3"; exit 0; }
python=$(python3 -c 'import sys; print(sys.executable)') # not what may stand before it in PATH
maker() { "$python" "$root/test/e2e/publication_maker.py" "$@"; }
server=
at_end() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	archive_end
}
archive_start || { bad "an archive can be signed"; exit 1; }
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache TMPDIR=$work/tmp
mkdir "$TMPDIR"

# ---- the vendor: an image, and values that the enclave meets ----
archive_minimum
archive_deb app <<'S'
file usr/bin/app 0755 an app\n
S
archive_publish
made=$work/project/made
mkdir -p "$made/overlay/etc" "$work/project/shared"
archive_description "kernel, app" | sed 's/^platforms/  overlays: [overlay, ..\/shared]\n&/' >"$made/assay.yaml"
echo one >"$made/overlay/etc/one"
echo shared >"$work/project/shared/four"
cd "$work" || exit
store=$work/store
from=(--mirror "$work/mirror" --store "$store")
machine=$work/machine
mkdir "$machine"
"$root/build/test/nitro-maker" "$machine" >"$work/log" 2>&1 || { bad "the enclave: $(tail -n 2 "$work/log")"; exit 1; }
# build EPOCH OUT: an image, with the enclave's values as its reference values
build() {
	sed -i "s/^source-date-epoch: .*/source-date-epoch: $1/" "$made/assay.yaml"
	"$assay" lock "$made" --update "${from[@]}" --keyring "$archive_keyring" -q >/dev/null 2>&1 &&
		"$assay" build "$made" -o "$2" "${from[@]}" -q >/dev/null &&
		jq --arg m "$(digest_of "$2/manifest.json")" '.image = "hello" | .manifest_sha256 = $m' "$machine/values.json" >"$2/reference-values.json"
}
build "$archive_epoch" "$work/old" && cp -r "$made" "$work/old-made" && cp -r "$work/project/shared" "$work/shared" &&
	build $((archive_epoch + 60)) "$work/out" || { bad "it can be built"; exit 1; }
at=$(cat "$machine/at")
iso() { date -u -d "@$1" +%Y-%m-%dT%H:%M:%SZ; }
day=86400

for key in vendor other rebuilder log log2 w0 w1 w2; do
	openssl genpkey -algorithm ed25519 -out "$work/$key.pem" 2>/dev/null && chmod 600 "$work/$key.pem"
done

# channel KEY NAME COUNTER EXPIRES OUT_FOLDER...: an envelope, on stdout, by the second implementation
channel() {
	local key=$1 name=$2 counter=$3 expires=$4 accepted='[]' folder
	shift 4
	for folder; do
		accepted=$(jq -c --arg m "$(digest_of "$folder/manifest.json")" --arg v "$(digest_of "$folder/reference-values.json")" \
			'. + [{"manifest-sha256": $m, "reference-values-sha256": $v}] | sort' <<<"$accepted")
	done
	jq -n --arg name "$name" --argjson counter "$counter" --argjson accepted "$accepted" --arg expires "$expires" \
		'{format: "assay.channel/1", $name, $counter, $accepted, $expires}' | maker seal "$key" application/vnd.assay.channel+json
}

# said PATTERN, and the exit code before
said() { grep -qE -- "$1" "$work/said"; }
does() { # CODE COMMAND...: its exit code, what it says in $work/said
	local want=$1 code=0
	shift
	"$@" >"$work/said" 2>&1 </dev/null || code=$?
	[ "$code" = "$want" ] || { echo "exit $code, wanted $want: $(tail -n 3 "$work/said")"; return 1; }
}
refuses() { # PATTERN COMMAND...: exit 2 and why
	local pattern=$1
	shift
	does 2 "$@" && said "$pattern" || { cat "$work/said"; return 1; }
}

# ---- channels ----
check "a channel is made" does 0 "$assay" channel new out --key vendor.pem --expires "$(iso $(($(date +%s) + 9 * day)))" -o made.dsse.json
payload() { jq -r .payload "$1" | base64 -d; }
same "it is for the image's name, and begins with 1" "$(payload made.dsse.json | jq -r '.name + " " + (.counter | tostring)')" 'hello 1'
same "it accepts the image" "$(payload made.dsse.json | jq -r '.accepted[0] | .["manifest-sha256"] + .["reference-values-sha256"]')" \
	"$(digest_of out/manifest.json)$(digest_of out/reference-values.json)"
same "its bytes are the canonical form" "$(payload made.dsse.json | sha256sum)" "$(payload made.dsse.json | jq . | sha256sum)"
check "no second one begins anew" refuses 'is there already' "$assay" channel new out --key vendor.pem -o made.dsse.json
check "a next one has the next counter" does 0 "$assay" channel bump made.dsse.json old --keep --key vendor.pem
same "and what it is told to accept" "$(payload made.dsse.json | jq -r '"\(.counter) \(.accepted | length)"')" '2 2'
check "another key cannot go on with it" refuses 'not signed by the key' "$assay" channel bump made.dsse.json --key other.pem
chmod 644 other.pem
check "a key that others can read is refused" refuses 'may use the private key' "$assay" channel bump made.dsse.json --key other.pem
chmod 600 other.pem
check "a day that is past is refused" refuses 'is past' "$assay" channel bump made.dsse.json --key vendor.pem --expires 2020-01-01T00:00:00Z
nothing_secret() { ! grep -rqF "$(sed -n 2p vendor.pem)" made.dsse.json "$work/said"; }
check "the private key is nowhere in it" nothing_secret

# ---- publishing ----
"$assay" rebuild "$work/out" --description "$made" "${from[@]}" --keyring "$archive_keyring" --by r --statement "$work/statement.json" -q >/dev/null 2>&1
rm -rf "${TMPDIR:?}"/* # it keeps what differs
"$assay" sign statement.json --key rebuilder.pem -o r.dsse.json -q >/dev/null || { bad "a statement is signed"; exit 1; }
head -c 100 /dev/zero >zeroes
maker prove log.pem log.example 1 zeroes r.dsse.json -- w0.pem w0 $((at - day)) -- w2.pem w2 $((at - 2 * day)) >r.tlog-proof
channel vendor.pem hello 3 "$(iso $((at + 9 * day)))" out >good.dsse.json
publish_at=$at
publish() { # OUT_FOLDER DESCRIPTION TO OPTION...
	local image=$1 description=$2 to=$3
	shift 3
	"$assay" publish "$image" --description "$description" "${from[@]}" -o "$to" --at "$publish_at" -q "$@"
}
full=(--statement r.dsse.json --proof r.tlog-proof --channel good.dsse.json)
check "it is published" does 0 publish out "$made" pub "${full[@]}"
same "the index lists every file but itself" "$(jq -r '.files[].path' pub/publication.json)" \
	"$(cd pub && find . -type f ! -name publication.json | sed 's,^\./,,' | LC_ALL=C sort)"
sums_hold() { (cd pub && jq -r '.files[] | .sha256 + "  " + .path' publication.json | sha256sum -c --quiet); }
check "with the digests that they have" sums_hold
same "statement, proof, channel and bill of materials are in it" \
	"$(jq -r '[.files[].path | select(test("^archive/") | not)] | join(" ")' pub/publication.json)" \
	'channel.dsse.json manifest.json proofs/r.tlog-proof reference-values.json sbom.spdx.json statements/r.dsse.json'
same "the description, its overlays and its lock are in it" "$(jq -r '[.files[].path] | join(" ")' pub/archive/sources.json)" \
	'made/assay.lock made/assay.yaml made/overlay/etc/one shared/four'
check "and what the archives signed" does 0 "$assay" lock verify pub/archive/description --no-packages --mirror "$work/pub/archive" \
	--store "$work/store2" --keyring "$archive_keyring" -q
check "nothing stays beside it" test ! -e pub.partial -a -z "$(ls -A "$TMPDIR")"
(umask 077 && TZ=Asia/Tokyo publish out "$made" pub-again "${full[@]}" >/dev/null 2>&1)
listed() { (cd "$1" && find . -printf '%p %y %m %s %T@ %l\n' | LC_ALL=C sort && sha256sum publication.json); }
same "the same publication has the same names, bytes, modes and times" "$(listed pub)" "$(listed pub-again)"
check "a publication is replaced" does 0 publish out "$made" pub-again
check "whole" test ! -e pub-again/statements -a ! -e pub-again.partial
mkdir foreign && echo mine >foreign/file
check "nothing else is" refuses 'is no publication' publish out "$made" foreign "${full[@]}"
check "and stays" grep -q mine foreign/file
mkdir -p pub-again.partial/rest
check "what a killed run left is begun anew" does 0 publish out "$made" pub-again
check "and gone" test ! -e pub-again/rest -a ! -e pub-again.partial
# Killed at any point: what stands at the place is one of the two, whole.
whole() { (cd "$1" && jq -r '.files[] | .sha256 + "  " + .path' publication.json | sha256sum -c --quiet); }
publish out "$made" pub-killed "${full[@]}" >/dev/null 2>&1
survives() {
	local delay pid
	for delay in 0.005 0.01 0.015 0.02 0.025 0.03 0.035 0.04 0.05 0.06 0.08 0.1; do
		publish out "$made" pub-killed "${full[@]}" >/dev/null 2>&1 &
		pid=$!
		sleep "$delay"
		pkill -9 -P "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
		whole pub-killed || { echo "after $delay s"; return 1; }
	done
}
check "kill -9 at any point leaves a whole publication" survives
check "and the next run ends what was left" does 0 publish out "$made" pub-killed "${full[@]}"
check "wholly" test ! -e pub-killed.partial
check "a description that is not the image's is refused" refuses 'is not that of the image' publish out "$work/old-made" x
check "so is a channel without the image" refuses 'not among those' publish old "$work/old-made" x --channel good.dsse.json
publish_at=$((at + 10 * day))
check "one that expired" refuses 'expired' publish out "$made" x "${full[@]}"
publish_at=$at
check "a statement of another image" refuses 'neither this image' publish old "$work/old-made" x --statement r.dsse.json
check "a proof of nothing that is published" refuses 'proves none' publish out "$made" x --proof r.tlog-proof
cp -r out mixed && cp old/reference-values.json mixed/
check "values of another build" refuses 'of another build' publish mixed "$made" x
cp -r out mixed2 && cp old/sbom.spdx.json mixed2/
check "a bill of materials of another build" refuses 'does not name' publish mixed2 "$made" x
check "nothing of them stays" test ! -e x -a ! -e x.partial

# ---- rebuilding from it ----
rebuilt() { # CODE ARG...
	local want=$1 code=0
	shift
	"$assay" rebuild "$@" --keyring "$archive_keyring" --statement "$work/again.json" -q >"$work/said" 2>&1 || code=$?
	[ "$code" = "$want" ] || { echo "exit $code: $(tail -n 2 "$work/said")"; return 1; }
}
verdicts() { jq -r '.predicate | .result.verdict + " " + .by."archive-membership".verdict' "$work/again.json"; }
# The archive has forgotten its signatures: they are in the publication. Values are the enclave's, so they are found out.
mkdir forgetful && cp -r mirror/debian forgetful/ && rm forgetful/debian/dists/made/InRelease
check "it is rebuilt from the publication" rebuilt 1 pub --mirror "$work/forgetful" --store "$work/store3"
same "up to the values that no build gives, with the archives' signatures from it" "$(verdicts)" 'differs verified'
same "as the first difference" "$(jq -r '.predicate.result."first-difference".artefact' again.json)" reference-values.json
check "with --archive the packages are in it" does 0 publish out "$made" pub-whole "${full[@]}" --archive
mkdir nobody
check "and nothing else is needed" rebuilt 1 pub-whole --mirror "$work/nobody" --store "$work/store4"
same "for the same answer" "$(verdicts)" 'differs verified'

# ---- the user: his own anchors ----
trust() { # MEMBER...: a trust file of the enclave's authority and these
	cat "$machine/trust.yaml"
	printf '%s\n' "$@"
}
line=$(maker line vendor.pem)
same "both implementations name a key alike" "$("$assay" key show vendor.pem)" "$line"
signers="signers: [{name: vendor, key: \"$line\"}]"
logs="logs: [{origin: log.example, key: \"$(maker vkey log.pem log.example)\"}]"
witnesses="witnesses: {quorum: 2, keys: [\"$(maker vkey w0.pem w0 w)\", \"$(maker vkey w1.pem w1 w)\", \"$(maker vkey w2.pem w2 w)\"]}"
trust "$signers" "$logs" "$witnesses" >trust.yaml
verify() { # CODE PATTERN PUBLICATION OPTION...
	local want=$1 pattern=$2 publication=$3
	shift 3
	does "$want" "$assay" verify "$machine/evidence.json" --nonce "$(cat "$machine/nonce")" --publication "$publication" \
		--trust "$work/trust.yaml" --store "$work/none" --at "$at" "$@" &&
		said "$pattern" || { cat "$work/said"; return 1; }
}
check "whoever publishes can ask what somebody with a trust file would say" does 0 publish out "$made" pub-asked "${full[@]}" --trust trust.yaml
channel other.pem hello 3 "$(iso $((at + 9 * day)))" out >others.dsse.json
check "that it is signed by nobody he knows" refuses 'would be refused \(channel-unsigned\)' publish out "$made" x --channel others.dsse.json --trust trust.yaml
check "that a statement is in no log" refuses "r.dsse.json' would not count" publish out "$made" x --channel good.dsse.json --statement r.dsse.json --trust trust.yaml
check "and then nothing is published" test ! -e x -a ! -e x.partial
state=$XDG_STATE_HOME/assay/last-seen.json
check "a machine is verified from the publication alone" verify 0 '^verdict: affirming' pub
check "the channel is named" said "the image counts: channel 'hello' 3 by vendor, until"
check "and the log" said '1 of 1 statements stand in a log that you trust'
same "what was seen is remembered" "$(jq -r '"\(.logs[0].origin) \(.logs[0].size) \(.channels[0].name) \(.channels[0].counter)"' "$state")" 'log.example 2 hello 3'
same "for its owner alone" "$(stat -c %a "$state")" 600
check "again" verify 0 '^verdict: affirming' pub

# copy: the publication, to be changed
copy() { rm -rf "$work/bad" && cp -r "$work/pub" "$work/bad"; }
# indexed: its index after the change, as a publisher who lies would write it
indexed() {
	local path
	(cd bad && find . -type f ! -name publication.json | sed 's,^\./,,' | LC_ALL=C sort) | while read -r path; do
		jq -cn --arg path "$path" --argjson size "$(stat -c %s "bad/$path")" --arg sha256 "$(digest_of "bad/$path")" '{$path, $size, $sha256}'
	done | jq -s '{format: "assay.publication/1", name: "hello", files: .}' >index.json
	mv index.json bad/publication.json
}

copy && sed -i 's/"how": "observed"/"how": "computed"/' bad/reference-values.json
check "a file that was altered is refused" verify 2 "'reference-values.json' is not the file" bad
copy && rm bad/publication.json
check "a folder without an index is none" verify 2 'publication.json' bad
copy && rm bad/statements/r.dsse.json
check "a file that is missing is an error" verify 2 'r.dsse.json' bad
copy && rm bad/statements/r.dsse.json && ln -s /dev/zero bad/statements/r.dsse.json
check "a link is not followed" verify 2 'r.dsse.json' bad
copy && mv bad/statements elsewhere && ln -s ../elsewhere bad/statements
check "nor one on the way" verify 2 "cannot open 'statements/r.dsse.json'" bad
rm -r elsewhere
copy && rm bad/statements/r.dsse.json && mkfifo bad/statements/r.dsse.json
check "and a pipe is not waited for" verify 2 'no file' bad
copy && jq '.shapes[0].registers[0].reason = "another"' pub/reference-values.json >bad/reference-values.json && indexed
check "altered values with an index to match are not among the accepted" verify 1 'refused \(channel-not-accepted\)' bad
check "which says what to do" said '^hint: '

replace_channel() { copy && cat >bad/channel.dsse.json && indexed; }
channel vendor.pem hello 2 "$(iso $((at + 9 * day)))" out | replace_channel
check "a replayed channel is refused" verify 1 'refused \(channel-replay\).*counter is 2, and 3 was seen' bad
channel vendor.pem hello 3 "$(iso $((at + 8 * day)))" out | replace_channel
check "so is a second one of the same counter" verify 1 'refused \(channel-fork\)' bad
channel vendor.pem hello 4 "$(iso $((at - 1)))" out | replace_channel
check "an expired one" verify 1 'refused \(channel-expired\)' bad
channel vendor.pem hello 4 "$(iso $((at + 99 * day)))" out | replace_channel
check "one that would be good for ever" verify 1 'refused \(channel-too-long\)' bad
channel vendor.pem hullo 4 "$(iso $((at + 9 * day)))" out | replace_channel
check "one of another name" verify 1 'refused \(channel-other-name\)' bad
check "unless it is the one that is meant" verify 0 "channel 'hullo' 4" bad --channel hullo
channel other.pem hello 4 "$(iso $((at + 9 * day)))" out | replace_channel
check "one that nobody known signed" verify 1 'refused \(channel-unsigned\)' bad
channel vendor.pem hello 4 "$(iso $((at + 9 * day)))" out | sed 's/channel+json/other+json/' | replace_channel
check "an envelope of another type" verify 1 'refused \(channel-malformed\)' bad
copy && rm bad/channel.dsse.json && indexed
check "and none at all" verify 1 'refused \(channel-missing\)' bad
publish old "$work/old-made" bad >/dev/null 2>&1 && cp good.dsse.json bad/channel.dsse.json && indexed
check "an outdated image that was once right is refused" verify 1 'refused \(channel-not-accepted\).*outdated' bad
same "nothing of all that is remembered" "$(jq -c '[.logs[0].size, (.channels | map(.counter))]' "$state")" '[2,[3,4]]'
channel vendor.pem hello 5 "$(iso $((at + 9 * day)))" out | replace_channel
check "the next channel is taken" verify 0 "channel 'hello' 5" bad
check "and then the one before is old" verify 1 'refused \(channel-replay\)' pub
rm -r "$XDG_STATE_HOME"

# ---- logs ----
check "somebody who has seen nothing takes it" verify 0 '^verdict: affirming' pub
prove() { # KEY ENTRY... -- WITNESSES: the publication with another proof
	copy && maker prove "$@" >bad/proofs/r.tlog-proof && indexed
}
both=(-- w0.pem w0 "$at" -- w1.pem w1 "$at")
prove log.pem log.example 1 zeroes r.dsse.json zeroes "${both[@]}"
check "a log that has grown is taken" verify 0 'statements stand in a log' bad
check "and then the shorter one is rolled back" verify 1 'refused \(log-rollback\).*had 3 entries, and is shown with 2' pub
prove log.pem log.example 1 r.dsse.json r.dsse.json zeroes "${both[@]}"
check "another one of the same size is a fork" verify 1 'refused \(log-fork\)' bad
prove log.pem log.example 1 zeroes r.dsse.json zeroes zeroes -- w0.pem w0 "$at"
check "with one witness of two the statement does not count" verify 0 '0 of 1 statements' bad
check "and it is said why" said 'its proof: .*1 .*2'
prove log.pem log.example 1 zeroes r.dsse.json zeroes zeroes -- w0.pem w0 "$at" -- w1.pem w1 $((at - 8 * day))
check "nor with one whose cosignature is too old" verify 0 '0 of 1 statements' bad
prove log2.pem log.example 1 zeroes r.dsse.json zeroes zeroes "${both[@]}"
check "nor when another key signed the log" verify 0 '0 of 1 statements' bad
prove log2.pem their.log 1 zeroes r.dsse.json zeroes zeroes "${both[@]}"
check "nor in a log that the user does not know" verify 0 "log 'their.log', which the trust file does not name" bad
prove log2.pem $'their\u202e.\u009blog' 1 zeroes r.dsse.json zeroes zeroes "${both[@]}"
check "whose name steers no terminal" verify 0 'log .their\\u202e\.\\u009blog.' bad
copy && rm -r bad/proofs && indexed
check "nor without a proof" verify 0 'no proof shows it in a log' bad
same "none of them is remembered" "$(jq -c '.logs[0].size' "$state")" 3

# A log and a proof of assay itself.
"$assay" log init real --origin real.example --key log2.pem -q >/dev/null && "$assay" log add real zeroes r.dsse.json -q >/dev/null && copy &&
	"$assay" log prove real --entry r.dsse.json -o bad/proofs/r.tlog-proof -q >/dev/null && indexed || bad "a log of assay holds it"
trust "$signers" "logs: [{origin: real.example, key: \"$("$assay" key show log2.pem --origin real.example)\"}]" >trust.yaml
check "a proof that assay log made is taken" verify 0 '1 of 1 statements stand in a log' bad
trust "$signers" "$logs" "$witnesses" >trust.yaml

# ---- what is remembered ----
echo '{' >"$state"
check "a damaged memory is an error" verify 2 'last-seen.json. is damaged' bad
check "that says what to do" said '^hint: restore it'
same "and is not begun anew" "$(cat "$state")" '{'
rm -r "$XDG_STATE_HOME"
check "whoever has no place to remember is told" does 2 env -u HOME -u XDG_STATE_HOME "$assay" verify "$machine/evidence.json" --nonce "$(cat "$machine/nonce")" \
	--publication pub --trust trust.yaml --store "$work/none" --at "$at"
for _ in 1 2 3 4 5 6; do verify 0 '^verdict' pub >/dev/null & done
wait
killed() {
	local delay pid
	for delay in 0.005 0.01 0.015 0.02 0.025 0.03 0.04 0.05; do
		rm -rf "$XDG_STATE_HOME"
		verify 0 '^verdict' pub >/dev/null 2>&1 &
		pid=$!
		sleep "$delay"
		pkill -9 -P "$pid" 2>/dev/null
		wait "$pid" 2>/dev/null
		[ ! -e "$state" ] || jq -e '.channels[0].counter == 3' "$state" >/dev/null || { echo "after $delay s"; return 1; }
		verify 0 '^verdict: affirming' pub || return 1
	done
}
check "a verifier that is killed leaves none or a whole one" killed
check "six verifiers at once leave it whole" does 0 jq -e '.channels[0].counter == 3 and .logs[0].size == 2' "$state"

# ---- a publication that is malicious throughout ----
copy
maker seal other.pem application/vnd.in-toto+json <statement.json >bad/statements/r.dsse.json
maker prove log2.pem log.example 0 bad/statements/r.dsse.json -- other.pem w0 "$at" -- log2.pem w1 "$at" >bad/proofs/r.tlog-proof
channel other.pem hello 9007199254740991 "$(iso $((at + day)))" out >bad/channel.dsse.json
printf '%s\n' 'format: assay.trust/1' "signers: [{name: vendor, key: \"$(maker line other.pem)\"}]" 'unsigned-reference-values: accept' >bad/trust.yaml
printf '%s\n' 'format: assay.policy/1' 'require: []' >bad/policy.yaml
cp "$machine/trust.yaml" bad/roots.yaml
indexed
rm -rf "$XDG_STATE_HOME"
check "its own signer is nobody's" verify 1 'refused \(channel-unsigned\)' bad
check "and nothing of it is remembered" test ! -e "$state"
trust "$logs" "$witnesses" >trust.yaml
check "without signers its channel is not looked at" verify 0 'not known: the trust file names no signers' bad
check "and its log counts for nothing" said '0 of 1 statements'
check "nothing of it is remembered" test ! -e "$state"
grep -v unsigned-reference-values "$machine/trust.yaml" >trust.yaml
check "it vouches for nobody: without rebuilders that the user knows nothing is affirmed" verify 1 '^verdict: ' bad
check "neither does an honest one" verify 1 '^verdict: ' pub
printf 'format: assay.trust/1\n' >trust.yaml
check "and roots come from the user alone" verify 1 '^verdict: contraindicated' bad

# ---- from a web server ----
trust "$signers" "$logs" "$witnesses" >trust.yaml
serve() {
	local port
	port=$(python3 -c 'import random, socket
while True:
	s = socket.socket()
	try: s.bind(("127.0.0.1", random.randrange(20000, 32000)))
	except OSError: continue
	print(s.getsockname()[1]); break')
	python3 -m http.server --bind 127.0.0.1 -d "$work/served" "$port" >"$work/asked" 2>&1 &
	server=$!
	url=http://127.0.0.1:$port
	for _ in $(seq 50); do curl -s -o /dev/null "$url/" && return; sleep 0.1; done
}
mkdir served && cp -r pub served/hello
if command -v curl >/dev/null && serve; then
	: >"$work/asked"
	check "a publication on a web server" verify 0 '^verdict: affirming' "$url/hello"
	same "nothing is asked but what is needed" "$(sed -nE 's/.*"GET ([^ ]*) .*/\1/p' "$work/asked" | LC_ALL=C sort | tr '\n' ' ')" \
		'/hello/channel.dsse.json /hello/proofs/r.tlog-proof /hello/publication.json /hello/reference-values.json /hello/statements/r.dsse.json '
	check "rebuilds from there, with signatures that the archive forgot" rebuilt 1 "$url/hello" --mirror "$work/forgetful" --store "$work/store5"
	same "for the same answer from there" "$(verdicts)" 'differs verified'
	truncate -s 100 served/hello/reference-values.json
	check "what is cut there is refused" verify 2 "'reference-values.json' is not the file" "$url/hello"
	cp pub/reference-values.json served/hello/ && head -c 300000 /dev/zero >>served/hello/reference-values.json
	check "and what is longer than listed" verify 2 'reference-values.json' "$url/hello"
	kill "$server" && wait "$server" 2>/dev/null
	server=
	check "a dead server is no answer" verify 2 'publication' "$url/hello"
else
	skip publication-web "no curl"
fi
