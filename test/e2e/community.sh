#!/bin/bash
# A vendor publishes an image, three rebuilders build it again, a log with two witnesses holds what they say, and a user
# verifies a machine that runs it from one publication and his own trust file. Then everybody in turn is wrong or lies, by the
# same verbs as far as these let him. The image is of an archive made here; the machine is a Nitro enclave of a test
# authority. Nothing boots: community-vm.sh does that.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
# shellcheck source=test/community.sh
. "$(dirname "$0")/../community.sh"
archive_can community || exit 0
command -v python3 >/dev/null || { skip community "no python3"; exit 0; }
python=$(python3 -c 'import sys; print(sys.executable)') # not what may stand before it in PATH
at_end() { community_end; archive_end; }
archive_start || { bad "an archive can be signed"; exit 1; }
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache TMPDIR=$work/tmp
mkdir "$TMPDIR"
cd "$work" || exit
chmod 755 "$work"
now=$(date +%s) day=86400
keys vendor alice alice2 bob carol log w0 w1
check "a log and two witnesses of it" log_start || exit 1

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
enclave() { mkdir "$1.machine" && "$root/build/test/nitro-maker" "$1.machine" "$1.out/reference-values.json" "$now" >"$work/log.txt" 2>&1; }
enclave hello && enclave before || { bad "enclaves: $(tail -n 2 "$work/log.txt")"; exit 1; }
publish() { # IMAGE OPTION...: www/IMAGE
	local image=$1
	shift
	"$assay" publish "$image.out" --description "$image" "${from[@]}" --store store -o "www/$image" -q "$@" >"$work/said" 2>&1
}
publish hello && publish before || { bad "they are published: $(cat "$work/said")"; exit 1; }

# ---- three rebuilders: each with a store, a folder, a zone, a umask, and where that can be a user, of his own ----
rebuilds() { rebuild "$1" "$2" "$3" "${from[@]}" --store "$work/$1/store" --keyring "$archive_keyring"; }
check "Alice rebuilds it" rebuilds alice plain www/hello
check "so does Bob, in Tokyo" rebuilds bob far www/hello
check "and Carol, as another user" rebuilds carol somebody www/hello
for who in alice bob carol; do same "$who says identical" "$(result $who/hello.json .verdict)" identical; done
same "the results are the same bytes" "$(for who in alice bob carol; do result $who/hello.json | sha256sum; done | sort -u | wc -l)" 1
is_root=$([ "$(id -u)" = 0 ] && echo true || echo false)
same "and who made them is not" "$(for who in alice bob carol; do jq -r '.predicate.by | "\(.name) \(.variations.root)"' $who/hello.json; done | paste -sd' ')" \
	"alice $is_root bob $is_root carol false"
for who in alice bob carol; do sign $who $who/hello.json $who; done
logged alice bob carol

"$assay" channel new hello.out before.out --key vendor.pem --expires 9d -q >/dev/null && cp channel.dsse.json channel-1.dsse.json
"$assay" channel bump channel.dsse.json hello.out --key vendor.pem --expires 9d -q >/dev/null && cp channel.dsse.json channel-2.dsse.json
# with CHANNEL NAME...: the publication anew with these statements, as the log is now, or the one that is named by $log
with() {
	local channel=$1
	shift
	mapfile -t options < <(given "${log:-log}" "$@")
	publish hello "${options[@]}" --channel "$channel.dsse.json" || { bad "it is published: $(cat "$work/said")"; return 1; }
}
check "the vendor publishes what they say" with channel-1 alice bob carol

# ---- the user ----
trusted_enclaves() { # NAME...
	local name
	printf 'format: assay.trust/1\nhardware-roots:\n'
	for name; do sed -n "s/^ *sha256: /  - {name: $name, hardware: nitro, sha256: /p" "$name.machine/trust.yaml" | sed 's/$/}/'; done
}
{
	trusted_enclaves hello before
	parties alice:Alice alice2:Alice bob:Bob carol:Carol
} >trust.yaml
# verdict NAME CODE PATTERN [MACHINE [PUBLICATION]]: now, or at $when
verdict() {
	local machine=${4:-hello}.machine
	judged "$1" "$2" "$3" "$assay" verify "$machine/evidence.json" --nonce "$(cat "$machine/nonce")" --publication "${5:-www/hello}" \
		--trust "${trust:-trust.yaml}" --store "${own:-$work/none}" ${when:+--at "$when"}
}
verdict "one machine, one publication, one verdict" 0 '^verdict: affirming'
tells "three vouch" 'Who vouches: .*Alice, Bob and Carol'
tells "their statements stand in a log" '3 of 3 statements stand in a log'
tells "and the image counts" "the image counts: channel 'hello' 1 by vendor"
with channel-1 alice carol
verdict "two of three are enough" 0 '^verdict: affirming'
tells "by name" 'Who vouches: .*Alice and Carol'
trusted_enclaves hello >alone.yaml
trust=alone.yaml verdict "who knows nobody is told to rebuild it" 1 'build the image here \(`assay rebuild URL`\)'
trust=alone.yaml own=alice/store verdict "and who has done so needs nobody else" 0 '^Who vouches: built here'
mkdir empty
judged "nothing is needed beside that and the trust file" 0 '^verdict: affirming' env -C empty -i "XDG_STATE_HOME=$work/alone" "$assay" verify ../hello.machine/evidence.json \
	--nonce "$(cat hello.machine/nonce)" --publication ../www/hello --trust ../trust.yaml --store "$work/none"

# ---- the README's last tour, as it stands there ----
# block N: the commands of its Nth block
block() { sed -n '/^## The last tour/,/^## What/p' "$root/README.md" | awk -v want="$1" '/^```/ { n++; next } n == 2 * want - 1'; }
mkdir -p tour/examples && cp alice.pem tour/ && cp vendor.pem tour/channel.pem && ln -s ../hello.out tour/out && ln -s ../../hello tour/examples/hello
with channel-1 alice bob
{
	block 1
	echo "assay trust add root --name made --hardware nitro --sha256 $(sed -n 's/^ *sha256: //p' hello.machine/trust.yaml)"
	block 2
} | sed "s|ed25519:ALICE|$("$assay" key show alice.pem)|; s|ed25519:BOB|$("$assay" key show bob.pem)|; s|ed25519:VENDOR|$("$assay" key show vendor.pem)|
	s|log.example+LOG|$log_key|; s|witness.example+WITNESS|$("$assay" key show w0.pem --witness w0.example)|
	s|https://machine.example|../hello.machine/evidence.json --nonce $(cat hello.machine/nonce) --store none|
	s|https://example.org/hello|../www/hello|" >tour/user
{ block 4; block 5; } | sed "s|https://example.org/hello|../www/hello|
	/^assay rebuild/s|\$| --mirror ../mirror --store ../alice/store --keyring $archive_keyring|
	/^assay publish/s|\$| --mirror ../mirror --store ../store|" >tour/others
same "the last tour has its commands" "$(cat tour/user tour/others | awk '{ print $2 }' | sort | uniq -c | tr -s ' \n' ' ')" \
	' 1 channel 2 log 1 publish 1 rebuild 1 sign 8 trust 1 verify '
check "the user's run" eval '(cd tour && assay() { "$assay" "$@"; } && . ./user) >said 2>&1'
block 3 | grep -v '^  \.\.\.$' | sed 's/, until .*//' >tour/shown # a day of its own
while read -r shown; do tells "and print: $shown" "^$shown"; done <tour/shown
rm -rf "${XDG_CONFIG_HOME:?}"
"$assay" log init tour/log --origin alice.example/log --key tour/alice.pem -q >/dev/null
check "so do the others'" eval '(set -e; cd tour; assay() { "$assay" "$@" -q; }; . ./others) >said 2>&1 || { tail -n 3 said; false; }'
check "which give a publication" test -f tour/www/hello/statements/alice.dsse.json -a -f tour/www/hello/proofs/alice.tlog-proof

# ---- the recipe of doc/rebuilders.md: the script as it is shipped ----
mkdir -p recipe/bin recipe/state recipe/etc/assay && cp carol.pem recipe/key && cp log.pem recipe/log-key
cat >recipe/bin/assay <<E
#!/bin/bash
[ "\$1" != rebuild ] || set -- "\$@" --mirror "$work/mirror" --keyring "$archive_keyring" --store "$work/alice/store" -q
exec "$assay" "\$@"
E
chmod +x recipe/bin/assay
sed "s|/etc/assay|$work/recipe/etc/assay|" "$root/examples/rebuilder/rebuild-new" >recipe/rebuild-new
"$python" -u -m http.server --bind 127.0.0.1 -d www 0 >recipe/served 2>&1 &
community_pids+=($!)
for _ in $(seq 50); do grep -q port recipe/served && break; sleep 0.1; done
url=http://127.0.0.1:$(sed -nE 's/.* port ([0-9]+) .*/\1/p' recipe/served)
"$assay" trust init --trust recipe/etc/assay/trust.yaml -q >/dev/null
for name in one two; do
	keys $name
	"$assay" log init www/log-$name --origin $name.example/log --key $name.pem -q >/dev/null && "$assay" log add www/log-$name alice.dsse.json -q >/dev/null &&
		"$assay" trust add log --key "$("$assay" key show $name.pem --origin $name.example/log)" --trust recipe/etc/assay/trust.yaml -q >/dev/null
done
printf '%s\n' "$url/log-none $url/hello" "$url/log-one $url/hello" "$url/log-two $url/hello" "$url/log-two $url/none" >recipe/etc/assay/publications
"$assay" log init recipe/state/log --origin carol.example/log --key recipe/log-key -q >/dev/null
recipe() {
	PATH=$work/recipe/bin:$PATH XDG_CONFIG_HOME=$work/recipe/etc STATE_DIRECTORY=$work/recipe/state CREDENTIALS_DIRECTORY=$work/recipe \
		REBUILDER=carol sh recipe/rebuild-new >said 2>&1 || { tail -n 3 said; return 1; }
}
check "a rebuilder's timer runs the script" recipe
tells "a log that cannot be asked is said" "log-none.*is not there"
tells "what is new in a log is said" "log 'one.example/log': 1 entries, 1 of them new; 0 rebuilt, 1 not rebuilt"
tells "it is rebuilt, which the next log profits from" "log 'two.example/log': 1 entries, 1 of them new; 1 rebuilt, 0 not rebuilt"
made=$(echo recipe/state/statements/*)
check "the statement is signed" "$assay" statement verify "$made" --key "$("$assay" key show carol.pem)" -q
same "by whom it should" "$(jq -r .payload "$made" | base64 -d | jq -r '.predicate | .result.verdict + " by " + .by.name')" 'identical by carol'
check "and in the rebuilder's log" "$assay" log prove recipe/state/log --entry "$made" -o recipe/proof -q
check "the next run" recipe
tells "finds nothing to do" "log 'one.example/log': 1 entries, 0 of them new; 1 rebuilt, 0 not rebuilt"
same "and adds nothing" "$(echo recipe/state/statements/*) $("$assay" log checkpoint recipe/state/log --json | jq -r .size)" "$made 1"

# ---- who is wrong, and who lies ----
with channel-1 alice
verdict "one is not enough" 1 'verdict: (warning|contraindicated)'
rebuilds alice plain www/hello && sign alice alice/hello.json again
cp alice.dsse.json same.dsse.json
sign alice2 alice/hello.json other
changed() { jq "$2" bob/hello.json >"$1.json"; } # NAME JQ: what Bob found, changed
changed liar '(.predicate.result.outputs[0].sha256, .subject[0].digest.sha256) = ("0" * 64)' && sign bob liar.json liar
changed old ".predicate.by.at = \"$(iso $((now - 400 * day)))\"" && sign bob old.json old
changed altered '.predicate.result.outputs[0].sha256 = ("0" * 64)'
judged "assay sign signs no result that contradicts its subjects" 2 'the subjects are not the outputs' "$assay" sign altered.json --key bob.pem -o altered.dsse.json
"$python" "$root/test/e2e/publication_maker.py" seal bob.pem application/vnd.in-toto+json <altered.json >altered.dsse.json
logged again other altered liar old
# refused_with NAME WHY STATEMENT...: with Alice's, no second operator; and what assay quorum says of them
refused_with() {
	local name=$1 why=$2
	shift 2
	with channel-1 alice "$@"
	verdict "$name" 1 'verdict: (warning|contraindicated)'
	tells "$name: one is missing" '1 of the 2 operators that are asked for vouches'
	"$assay" quorum www/hello/statements --trust trust.yaml >said 2>&1
	tells "$name: why" "$why"
}
refused_with "one key is counted once" 'identical.*: 1 operator, Alice$' again same
refused_with "one operator is counted once" 'identical.*: 1 operator, Alice$' other
refused_with "an altered result is no second one" 'altered.dsse.json: statement: the subjects are not the outputs' altered
refused_with "nor is one of whoever lies" 'identical.*: 1 operator, Bob$' liar
refused_with "neither is an old statement" 'old.dsse.json, by Bob: it is older' old
mapfile -t options < <(given log alice)
publish hello "${options[@]}" --statement bob.dsse.json --channel channel-1.dsse.json
verdict "nor one that no log shows" 1 'statements/bob.dsse.json does not count: no proof shows it'
tells "that one is missing" '1 of the 2 operators that are asked for vouches'
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
from=(--mirror "$work/other-mirror")
"$assay" build forged -o forged.out "${from[@]}" --store store -q >/dev/null 2>&1
publish forged || bad "a forged lock can be published: $(cat "$work/said")"
for who in alice bob; do
	rebuilds $who plain www/forged
	same "$who says that the lock is refuted" "$(result $who/forged.json '|"\(.verdict) \(."failed-at")"')" 'failed lock'
	sign $who $who/forged.json $who-forged
done
logged alice-forged bob-forged
cp channel-1.dsse.json forged.dsse.json
"$assay" channel bump forged.dsse.json forged.out --keep --key vendor.pem -q >/dev/null
mapfile -t options < <(given log alice-forged bob-forged)
publish forged "${options[@]}" --channel forged.dsse.json || bad "with what they say: $(cat "$work/said")"
enclave forged
from=(--mirror "$work/mirror")
cp trust.yaml trust-before.yaml
sed -i "s/^hardware-roots:/&\n$(trusted_enclaves forged | tail -n 1)/" trust.yaml
verdict "a lock that the archive never signed vouches for nobody" 1 '^verdict: warning' forged www/forged
own=alice/store verdict "nor does having tried to rebuild it" 1 '^Who vouches: unsigned claim' forged www/forged
tells "although all stands in the log" '2 of 2 statements stand in a log'
tells "the verdict says who found out" 'it has a lock that the archives do not bear out, as Alice and Bob found'
"$assay" quorum www/forged/statements --trust trust.yaml >said 2>&1
tells "two operators say why" 'failed at lock.*2 operators, Alice and Bob'
cp trust-before.yaml trust.yaml
rm -rf "$XDG_STATE_HOME" # the vendor goes on with his honest channel

# ---- what is old ----
with channel-2 alice bob carol
verdict "the next channel is taken" 0 "channel 'hello' 2"
with channel-1 alice bob carol
verdict "and then the one before is replayed" 1 'refused \(channel-replay\)'
cp -r www/before bad && cp channel-2.dsse.json bad/channel.dsse.json
jq --arg d "$(digest_of channel-2.dsse.json)" --argjson n "$(stat -c %s channel-2.dsse.json)" \
	'.files += [{path: "channel.dsse.json", size: $n, sha256: $d}] | .files |= sort_by(.path)' www/before/publication.json >bad/publication.json
verdict "an image that is outdated is refused" 1 'refused \(channel-not-accepted\).*outdated' before bad

# The log's owner keeps a copy of its folder, key and all.
cp -r log log-earlier
echo one more >later.dsse.json
logged later
with channel-2 alice bob carol
verdict "the log grows" 0 '^verdict: affirming'
log=log-earlier with channel-2 alice bob carol
verdict "and is rolled back" 1 'refused \(log-rollback\)'
cp -r www/hello www/rolled-back
echo another >other-later.dsse.json
"$assay" log add log-earlier other-later.dsse.json -q >/dev/null
judged "no witness cosigns another history" 1 'another history of this log' cosigned log-earlier
log=log-earlier with channel-2 alice bob carol
verdict "and what only the other history shows does not count" 1 '0 of 3 statements'
with channel-2 alice bob carol
verdict "the log as it was is still taken" 0 '^verdict: affirming'
when=$((now + 10 * day)) verdict "a channel whose time is over is refused" 1 'refused \(channel-expired\)'
tells "with what to do" '^hint: '
