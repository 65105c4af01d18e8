#!/bin/bash
# Bad luck: lock, fetch, build and gc are killed at random moments, the disk is full, two builds and a gc share a store,
# bits flip. After each of it the store is whole or mended, and the next build gives what an undisturbed one gives.
#   ASSAY_KILLS=40   how often something is killed      ASSAY_SEED=N   the same moments again, as far as a machine allows
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
archive_can crash || exit 0
kills=${ASSAY_KILLS:-40} seed=${ASSAY_SEED:-$((10#$(date +%N) % 32768))}
RANDOM=$seed
echo "seed $seed, $kills kills; ASSAY_SEED=$seed ASSAY_KILLS=$kills repeats them"
server='' mounted=''
at_end() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	[ -z "$mounted" ] || umount "$mounted"
	archive_end
}

# ---- the archive, served so that a transfer can be cut, and two descriptions
archive_start || { bad "an archive can be signed"; exit 1; }
archive_minimum
archive_deb data 1 <<'S'
control Depends: more
fill usr/share/data/large 0644 9000001
fill usr/share/data/small 0644 5
file usr/share/data/text 0644 some text\n
S
archive_deb more 1 <<'S'
fill usr/share/more/large 0600 3000000
hard usr/share/more/again usr/share/more/large
S
archive_deb tool 1 amd64 <<S
copy usr/bin/tool 0755 $root/build/test/step-tool
fill usr/share/tool/manual 0644 2000000
S
archive_deb huge 1 <<'S'
fill usr/share/huge/file 0644 40000000
S
archive_publish

for _ in 1 2 3 4 5 6 7 8; do
	port=$((20000 + RANDOM % 12000))
	busybox httpd -f -p "127.0.0.1:$port" -h "$work/mirror" 2>/dev/null &
	server=$!
	sleep 0.2
	curl -sfo /dev/null "http://127.0.0.1:$port/debian/dists/made/InRelease" && break
	server=''
done
check "the archive is served" [ -n "$server" ]
mirror=(--mirror "http://127.0.0.1:$port/debian")

describe() { # FOLDER PACKAGE...
	local folder=$1
	shift
	mkdir -p "$folder/overlay/etc" "$folder/source"
	echo 'level=3' >"$folder/overlay/etc/level"
	echo 'a part' >"$folder/source/a.c"
	cat >"$folder/assay.yaml" <<Y
format: assay/1
name: crash
source-date-epoch: $archive_epoch
suites:
  - {archive: debian, suite: made, components: [main]}
packages: [kernel, $(IFS=,; echo "$*")]
firmware:
  packages: [firmware]
  code: usr/share/made/code.fd
  vars: usr/share/made/vars.fd
toolchains:
  t: [tool]
components:
  - name: joined
    toolchain: t
    from: source
    files: ["*.c"]
    steps:
      - [tool, join, /out/joined, a.c, a.c]
    outputs:
      - {from: joined, to: root, path: usr/bin/joined, mode: "0755"}
image:
  hostname: crash
  command-line: [console=ttyS0]
  kernel: boot/vmlinuz-*
  stub: usr/lib/made/linux.stub
  initrd:
    modules: [alpha]
  kernel-modules: [alpha]
  overlays: [overlay]
platforms: []
Y
}
describe "$work/made" data
describe "$work/big" huge
snapshot=$work/snapshot
made=(--store "$work/s")

# ---- what each verb does when nothing happens to it, and how long it takes
lock_it() { rm -f "$1/assay.lock" && "$assay" lock "$1" "${mirror[@]}" --keyring "$archive_keyring" -q "${@:2}" >"$work/said" 2>&1; }
fetch_it() { "$assay" fetch "$1" "${mirror[@]}" -q "${@:2}"; }
build_it() { "$assay" build "$1" -o "$work/out" "${mirror[@]}" -q "${@:2}" >"$work/said" 2>&1 && digest_of "$work/out/manifest.json"; }
gc_it() { "$assay" store gc --keep "$1" --unused-for 0 -q "${@:2}"; }

# timed NAME COMMAND...: milliseconds into $took[NAME]
declare -A took
timed() {
	local name=$1 start
	start=$(date +%s%N)
	shift
	"$@" >/dev/null || bad "$name works undisturbed"
	took[$name]=$((($(date +%s%N) - start) / 1000000 + 1))
}
keep_state() { rm -rf "$snapshot.$1" && cp -a "$work/s" "$snapshot.$1"; }
take_state() { rm -rf "$work/s" "$work/out" && cp -a "$snapshot.$1" "$work/s"; }

mkdir "$work/s"
keep_state lock
timed lock lock_it "$work/made" "${made[@]}"
keep_state fetch
timed fetch fetch_it "$work/made" "${made[@]}"
keep_state build
timed build build_it "$work/made" "${made[@]}"
keep_state gc
want=$(build_it "$work/made" "${made[@]}")
lock_sha=$(digest_of "$work/made/assay.lock")
timed gc gc_it "$work/made" "${made[@]}"
same "a build after a gc gives the same" "$(build_it "$work/made" "${made[@]}")" "$want"
for verb in lock fetch build gc; do echo "  $verb takes ${took[$verb]} ms"; done

# ---- kills
whole() { # STORE: verify finds nothing, nothing is left in tmp/
	"$assay" store verify --store "$1" >"$work/verify" 2>&1 || { cat "$work/verify"; return 1; }
	[ -z "$(ls -A "$1/tmp")" ] || { echo "tmp/ has $(ls -A "$1/tmp")"; return 1; }
}

# kill_at MS COMMAND...: 0 when it was still running
kill_at() {
	local ms=$1 pid
	shift
	"$@" >/dev/null 2>&1 &
	pid=$!
	sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
	kill -9 $pid 2>/dev/null
	wait $pid 2>/dev/null
	[ $? = 137 ]
}

verb_command() { # VERB: into $command
	case $1 in
	lock) command=("$assay" lock "$work/made" "${mirror[@]}" --keyring "$archive_keyring" -q "${made[@]}") ;;
	fetch) command=("$assay" fetch "$work/made" "${mirror[@]}" -q "${made[@]}") ;;
	build) command=("$assay" build "$work/made" -o "$work/out" "${mirror[@]}" -q "${made[@]}") ;;
	gc) command=("$assay" store gc --keep "$work/made" --unused-for 0 -q "${made[@]}") ;;
	esac
}

# Kills VERB once and looks at what is left; the state is that in which VERB has all of its work to do.
killed_once() { # VERB
	local ms=$((RANDOM % (took[$1] + 1)))
	take_state "$1"
	[ "$1" != lock ] || rm -f "$work/made/assay.lock"
	verb_command "$1"
	if kill_at $ms "${command[@]}"; then running=$((running + 1)); fi
	whole "$work/s" || { echo "$1 killed after $ms ms"; return 1; }
	if [ "$1" = lock ]; then
		lock_it "$work/made" "${made[@]}"
		[ "$(digest_of "$work/made/assay.lock")" = "$lock_sha" ] || { echo "another lock after lock was killed after $ms ms"; return 1; }
	fi
	[ "$(build_it "$work/made" "${made[@]}")" = "$want" ] || { echo "$1 killed after $ms ms: $(cat "$work/said")"; return 1; }
	[ -z "$(ls -A "$work/s/partial")" ] || { echo "partial/ has $(ls -A "$work/s/partial")"; return 1; }
}

for verb in lock fetch build gc; do
	running=0 failures=0
	for ((i = 0; i < kills / 4; i++)); do killed_once $verb || failures=$((failures + 1)); done
	same "$verb killed $((kills / 4)) times: the store is whole, the next build equal" $failures 0
	check "  $running of them in the middle of it" [ $running -gt 0 ]
done

# ---- the same with examples/hello: a real toolchain, a compiler in the box
hello_kills=$(((kills + 99) / 100))
hello_build() {
	"$assay" build "$hello" -o "$work/h-out" --no-observe -q --store "$work/h" >"$work/said" 2>&1 && digest_of "$work/h-out/manifest.json"
}
hello_killed() {
	local ms=$(((RANDOM * 32768 + RANDOM) % took[hello]))
	rm -rf "$work/h/packs" "$work/h/sysroots" "$work/h/results" "$work/h/notes" "$work/h-out"
	if kill_at $ms "$assay" build "$hello" -o "$work/h-out" --no-observe -q --store "$work/h"; then running=$((running + 1)); fi
	whole "$work/h" || { echo "hello killed after $ms ms"; return 1; }
	[ "$(hello_build)" = "$hello_want" ] || { echo "hello killed after $ms ms: $(cat "$work/said")"; return 1; }
}
hello_ready
mkdir "$work/h" && cp -a --reflink=auto "$store/objects" "$work/h/"
timed hello hello_build
hello_want=$(hello_build)
echo "  building hello takes ${took[hello]} ms"
running=0 failures=0
for ((i = 0; i < hello_kills; i++)); do hello_killed || failures=$((failures + 1)); done
same "hello killed $hello_kills times: the store is whole, the next build equal" $failures 0
rm -rf "$work/h" "$work/h-out"

# ---- an interrupted download goes on: the beginning of the served file is wrong by then, and nobody asks for it
resumed() {
	local file=$archive/pool/huge_1_all.deb
	local part
	rm -rf "$work/r" && mkdir "$work/r"
	lock_it "$work/big" --store "$work/r" || return
	for _ in {1..60}; do
		kill_at $((RANDOM % 60)) "$assay" fetch "$work/big" "${mirror[@]}" -q --store "$work/r"
		part=$(find "$work/r/partial" -type f -size +1k -name "$(digest_of "$file")*")
		[ -z "$part" ] || break
	done
	[ -n "$part" ] || { echo "no kill was in the middle"; return 1; }
	echo "goes on from $(stat -c %s "$part") of $(stat -c %s "$file") bytes"
	whole "$work/r" || return
	cp "$file" "$work/huge.deb"
	printf X | dd of="$file" conv=notrunc status=none
	fetch_it "$work/big" --store "$work/r"
	local code=$?
	cat "$work/huge.deb" >"$file"
	return $code
}
check "a download that was killed goes on where it was" resumed
big_want=$(build_it "$work/big" --store "$work/r")

poisoned() {
	local file=$archive/pool/huge_1_all.deb
	local sha
	sha=$(digest_of "$file")
	rm -f "$work/r/objects/${sha:0:2}/${sha:2}"
	head -c 1000000 /dev/zero >"$work/r/partial/$sha"
	fetch_it "$work/big" --store "$work/r" && whole "$work/r" && [ -z "$(ls -A "$work/r/partial")" ]
}
check "wrong bytes in partial/ poison nothing" poisoned

# ---- bits flip
flip() { # FILE: one bit at a random place
	local at byte
	at=$(((RANDOM * 32768 + RANDOM) % $(stat -c %s "$1")))
	byte=$(od -An -tu1 -j $at -N 1 "$1" | tr -d ' ')
	chmod u+w "$1"
	printf '%b' "\\x$(printf %02x $((byte ^ 1 << RANDOM % 8)))" | dd of="$1" bs=1 seek=$at conv=notrunc status=none
}
one_of() { find "$work/s/$1" -type f -size +0 "${@:2}" | sort | shuf -n 1 --random-source=<(yes "$RANDOM"); }

# flipped KIND FILE: verify says no and names it, --repair mends it, the next build is the same
flipped() {
	local kind=$1 file=$2 name code=0
	name=${file#"$work/s/"}
	flip "$file"
	"$assay" store verify "${made[@]}" >"$work/verify" 2>&1
	[ $? = 1 ] || { echo "$name: no answer or no damage"; return 1; }
	grep -qF "damaged: $(cut -d/ -f1-3 <<<"$name" | sed -E "s,^(sysroots/[^/]*)/.*,\1,")" "$work/verify" ||
		{ echo "$name is not found: $(cat "$work/verify")"; return 1; }
	"$assay" store verify --repair "$work/made" "${mirror[@]}" "${made[@]}" >"$work/verify" 2>&1 || code=$?
	[ $code = 0 ] || { [ $code = 1 ] && grep -q 'next build' "$work/verify"; } || { cat "$work/verify"; return 1; }
	whole "$work/s" && [ "$(build_it "$work/made" "${made[@]}")" = "$want" ]
}
flips=$((kills / 20 > 2 ? kills / 20 : 2))
for kind in objects packs sysroots results; do
	failures=0
	for ((i = 0; i < flips; i++)); do
		take_state gc
		case $kind in
		sysroots) file=$(one_of sysroots -not -name '*.list') ;;
		*) file=$(one_of $kind) ;;
		esac
		flipped $kind "$file" || failures=$((failures + 1))
	done
	same "$flips bits flipped in $kind: verify finds and repairs, the next build is equal" $failures 0
done
take_state gc
sha=$(jq -r '.packages[] | select(.name == "data") | .sha256' "$work/made/assay.lock")
object=$work/s/objects/${sha:0:2}/${sha:2}
flip "$object"
"$assay" store verify --repair "${made[@]}" >"$work/verify" 2>&1
same "what no lock names is removed, with exit 1" $? 1
check "  and a sentence says what brings it back" grep -q 'assay fetch DIR brings it back' "$work/verify"
check "  which it does" fetch_it "$work/made" "${made[@]}"
take_state gc
flip "$object"
check "repair fetches what a lock names, with exit 0" "$assay" store verify --repair "$work/made" "${mirror[@]}" "${made[@]}" -q

# A file system that lost the end of a file: fetch, and lock for an index, see that it is not all of it.
take_state gc
chmod u+w "$object" && truncate -s 1000 "$object"
check "fetch brings back an object that was cut" fetch_it "$work/made" "${made[@]}"
check "  whole" whole "$work/s"
sha=$(jq -r '.indexes[0].sha256' "$work/made/assay.lock")
chmod u+w "$work/s/objects/${sha:0:2}/${sha:2}" && truncate -s 20 "$work/s/objects/${sha:0:2}/${sha:2}"
check "lock brings back an index that was cut" lock_it "$work/made" "${made[@]}"
check "  whole" whole "$work/s"

# What cannot be read is no damage: it stays, and the answer is 2. Root does without its right to read everything.
weak() {
	if [ "$(id -u)" = 0 ]; then setpriv --bounding-set=-dac_override,-dac_read_search "$@"; else "$@"; fi
}
take_state gc
chmod 0 "$object"
weak "$assay" store verify --repair "$work/made" "${mirror[@]}" "${made[@]}" >"$work/verify" 2>&1
same "an object that cannot be read is no damaged one: exit 2" $? 2
check "  repair leaves it" [ -e "$object" ]
check "  and says so" grep -q '^cannot be read: objects/' "$work/verify"
chmod 0444 "$object"
check "  readable again, it is whole" whole "$work/s"
mv "$(find "$work/s/packs" -type f | head -1)" "$work/s/packs/$(printf '%064d' 1)-1"
"$assay" store verify --json "${made[@]}" >"$work/verify"
check "a pack of another version is not checked, and verify says so" jq -e '."not-checked" == 1 and .damaged == []' "$work/verify"

# Without verify: a build never writes rotten bytes, it unpacks again.
rot() {
	local pack file
	for pack in "$work"/s/packs/*; do flip "$pack"; done
	while IFS= read -r file; do flip "$file"; done < <(find "$work/s/sysroots" -type f)
	rm -f "$work"/s/results/* "$work"/s/notes/*
	rm -rf "$work/out"
	[ "$(build_it "$work/made" "${made[@]}")" = "$want" ]
}
failures=0
for ((i = 0; i < flips; i++)); do take_state gc; rot || { cat "$work/said"; failures=$((failures + 1)); }; done
same "a build from rotten packs and a rotten toolchain is equal" $failures 0

# ---- two builds and gc after gc on one store
together() {
	local a b gc
	rm -rf "$work/s" && mkdir "$work/s"
	"$assay" build "$work/made" -o "$work/out-a" "${mirror[@]}" -q "${made[@]}" >"$work/a" 2>&1 &
	a=$!
	"$assay" build "$work/made" -o "$work/out-b" "${mirror[@]}" -q "${made[@]}" >"$work/b" 2>&1 &
	b=$!
	(for _ in 1 2 3 4 5; do "$assay" store gc --keep "$work/made" --unused-for 0 -q "${made[@]}" || exit 1; done) >"$work/c" 2>&1 &
	gc=$!
	{ wait $a && wait $b && wait $gc; } || { cat "$work/a" "$work/b" "$work/c"; return 1; }
	[ "$(digest_of "$work/out-a/manifest.json")" = "$want" ] && [ "$(digest_of "$work/out-b/manifest.json")" = "$want" ] &&
		[ "$(digest_of "$work/out-a/disk.img")" = "$(digest_of "$work/out-b/disk.img")" ] && whole "$work/s"
}
failures=0
for ((i = 0; i < flips; i++)); do together || failures=$((failures + 1)); done
same "two builds and a gc on one store: all succeed, equal digests" $failures 0

# ---- gc and du say what they do
take_state gc
"$assay" store du --unused-for 0 --json "${made[@]}" >"$work/du"
"$assay" store gc --unused-for 0 --dry-run --json "${made[@]}" >"$work/dry"
same "du says what gc would free" "$(jq -c .freeable "$work/du")" "$(jq -c .removed "$work/dry")"
check "  which is something" jq -e '.freeable.packs.number > 0 and .freeable.objects.number == 0' "$work/du"
check "a dry run removes nothing" [ "$("$assay" store du --json "${made[@]}" | jq -c .held)" = "$(jq -c .held "$work/du")" ]
"$assay" store gc --unused-for 0 "${made[@]}" >"$work/gc"
same "gc without --keep leaves all objects" "$("$assay" store du --json "${made[@]}" | jq -c .held.objects)" "$(jq -c .held.objects "$work/du")"
server_was=$server
kill "$server" && server=''
same "  so that a build needs no network" "$(build_it "$work/made" "${made[@]}")" "$want"
take_state gc
gc_it "$work/made" "${made[@]}" >"$work/gc"
same "nor does one after gc --keep" "$(build_it "$work/made" "${made[@]}")" "$want"
check "  and it keeps all records" [ "$(ls "$work/s/results")" = "$(ls "$snapshot.gc/results")" ]
echo "  the server $server_was is stopped"

# ---- a full disk
full_disk() {
	local m=$work/full
	mkdir "$m" && mount -t tmpfs -o size=24m none "$m" || return
	mounted=$m
	cp -a "$work/r/objects" "$m/" 2>/dev/null
	rm -rf "$m/objects"
	local huge=file://$work/mirror/debian
	"$assay" fetch "$work/big" --mirror "$huge" --store "$m" -q 2>"$work/said" && { echo "it fits?"; return 1; }
	cat "$work/said"
	grep -q 'No space left' "$work/said" && grep -q '^hint: free some space' "$work/said" && whole "$m" || return
	mount -o remount,size=64m "$m"
	"$assay" fetch "$work/big" --mirror "$huge" --store "$m" -q || return
	"$assay" build "$work/big" --mirror "$huge" --store "$m" -o "$work/out-full" -q >"$work/said" 2>&1 && { echo "it fits?"; return 1; }
	cat "$work/said"
	grep -q 'No space left' "$work/said" && grep -q '^hint: free some space' "$work/said" && whole "$m" || return
	mount -o remount,size=256m "$m"
	"$assay" build "$work/big" --mirror "$huge" --store "$m" -o "$work/out-full" -q >"$work/said" 2>&1 || { cat "$work/said"; return 1; }
	[ "$(digest_of "$work/out-full/manifest.json")" = "$big_want" ] && whole "$m"
}
if [ "$(id -u)" = 0 ]; then
	check "a full store of 64 MB: an error with a hint, nothing corrupt, goes on with more space" full_disk
else
	skip full-disk "needs root for a tmpfs"
fi
