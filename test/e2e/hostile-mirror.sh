#!/bin/bash
# The tool against mirrors that lie, lag behind, stall and run in circles: each answer is named in one clear error, nothing
# of it stays in the store, and the mirror named next is asked. Archive and mirrors are made here.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
archive_can hostile-mirror || exit 0
server=
at_end() { [ -z "$server" ] || kill "$server"; archive_end; }
archive_start || { bad "an archive can be signed"; exit 1; }
archive_minimum
archive_deb one <<'S'
file usr/bin/tool 0755 of one\n
S

# ---- mirrors that differ from the good one in one thing ----
# copy NAME: the archive as it is now, as $work/NAME/debian.
copy() { mkdir -p "$work/$1" && cp -r "$archive" "$work/$1/"; }
release=dists/made/InRelease
archive_date='Mon, 13 Nov 2023 22:13:20 UTC'
archive_publish
copy older
archive_date='Tue, 14 Nov 2023 22:13:20 UTC'
archive_publish
copy changed
sed -i 's/^Codename: made/Codename: mabe/' "$work/changed/debian/$release"
copy unsigned
cp "$work/Release" "$work/unsigned/debian/$release"
copy suite
sed 's/: made/: other/' "$work/Release" >"$work/other"
gpg --batch -q --yes --passphrase '' --clearsign -o "$work/suite/debian/$release" "$work/other"
copy expired
sed '/^Date/a Valid-Until: Wed, 15 Nov 2023 22:13:20 UTC' "$work/Release" >"$work/other"
gpg --batch -q --yes --passphrase '' --clearsign -o "$work/expired/debian/$release" "$work/other"
index=dists/made/main/binary-amd64/Packages.xz
copy replaced # another index of the same size
size=$(stat -c %s "$archive/$index")
head -c "$((size - 4))" "$archive/$index" >"$work/replaced/debian/$index"
printf 'more' >>"$work/replaced/debian/$index"
copy larger
cat "$archive/$index" "$archive/$index" >"$work/larger/debian/$index"
copy no-index
rm "$work/no-index/debian/$index"

"$root/build/test/bad-mirror" "$work/mirror" >"$work/port" &
server=$!
for _ in $(seq 50); do [ ! -s "$work/port" ] && sleep 0.1; done
port=$(cat "$work/port")

# url NAME: a folder made above, or a mode of test/hostile_server.h
url() { if [ -d "$work/$1" ]; then echo "$work/$1"; else echo "http://127.0.0.1:$port/$1"; fi; }
describe() {
	rm -rf "$work/case" "$work/store"
	mkdir "$work/case"
	archive_description "kernel, one" >"$work/case/assay.yaml"
}
# lock_from NAME...: from these mirrors in this order
lock_from() {
	local args=() m
	for m; do args+=(--mirror "$(url "$m")"); done
	"$assay" lock "$work/case" --store "$work/store" "${args[@]}" --keyring "$archive_keyring" --update -q >"$work/said" 2>&1
}
# Objects whose bytes are not what their names say, and whatever else is in the store.
litter() {
	local f name
	find "$work/store" -type f | while read -r f; do
		name=${f#"$work/store/objects/"}
		[ "$(digest_of "$f")" = "${name/\//}" ] || echo "${f#"$work/store/"}"
	done
}
n_objects() { find "$work/store/objects" -type f 2>/dev/null | wc -l; }

describe
lock_from mirror || bad "the good mirror can be locked from: $(cat "$work/said")"
cp "$work/case/assay.lock" "$work/good.lock"
before=$(n_objects)

# refused NAME OBJECTS PATTERN...: alone it is refused in these words, with a hint, the lock stays; so many objects are new.
refused() {
	local name=$1 objects=$2 code=0 pattern
	shift 2
	describe
	[ "$name" != older ] || cp "$work/good.lock" "$work/case/assay.lock"
	lock_from "$name" || code=$?
	[ $code = 2 ] || { bad "$name: exit $code, wanted 2: $(tail -2 "$work/said")"; return; }
	for pattern in "$name/debian" "$@"; do
		grep -qE -- "$pattern" "$work/said" || { bad "$name: nothing like '$pattern' in: $(cat "$work/said")"; return; }
	done
	[ "$(grep -c '^assay: ' "$work/said")" = 1 ] || { bad "$name: not one error: $(cat "$work/said")"; return; }
	if [ "$name" = older ]; then cmp -s "$work/good.lock" "$work/case/assay.lock"; else [ ! -e "$work/case/assay.lock" ]; fi ||
		{ bad "$name: a lock was written"; return; }
	[ -z "$(litter)" ] || { bad "$name: the store holds $(litter)"; return; }
	[ "$(n_objects)" = "$objects" ] || { bad "$name: $(n_objects) objects, wanted $objects"; return; }
	ok "$name: refused with its name, nothing stays"
	beside "$name"
}
# beside NAME...: with the good mirror named after these, the lock is the good one.
beside() {
	describe
	cp "$work/good.lock" "$work/case/assay.lock"
	rm -rf "$work/store"
	if lock_from "$@" mirror && cmp -s "$work/good.lock" "$work/case/assay.lock" && [ -z "$(litter)" ] &&
		[ "$(n_objects)" = "$before" ]; then
		ok "$*: the next mirror is tried"
	else
		bad "$*: the next mirror does not help: $(cat "$work/said")"
	fi
}

refused changed 0 'has a signature that does not fit the text' '^hint: .*--mirror'
refused unsigned 0 'it is not one signed text'
refused suite 0 "asked for suite 'made', the archive answered with Suite 'other'" '^hint: '
refused expired 0 'Release has expired' '^hint: '
refused older 0 'Release is 24 hours older than the one that assay.lock names' '^hint: .*--mirror'
# The Release of these holds, and stays; the index is looked for elsewhere.
refused replaced 1 'Packages.xz' 'SHA-256 is' '^hint: .*--mirror'
refused larger 1 'Packages.xz' "more than the wanted $size bytes" '^hint: .*--mirror'
refused no-index 1 'Packages.xz' 'no such file' '^hint: .*--mirror'

refused missing 0 'InRelease' 'HTTP status 404' '^hint: .*--mirror'
refused short 0 'it is not one signed text'
refused long 0 'it is not one signed text'
refused endless 0 'more than the wanted 16777216 bytes' '^hint: .*--mirror'
refused loop 0 '[Mm]aximum .* redirects' '^hint: .*--mirror'
refused away 0 'rotocol' '^hint: .*--mirror'
refused bodyloop 0 'debian: ' '^hint: .*--mirror'
refused headers 0 'debian: ' '^hint: .*--mirror'
refused reset 0 'mpty reply' '^hint: .*--mirror'
refused cut 0 'debian: ' '^hint: .*--mirror'
beside changed older suite expired missing endless loop
describe
cp "$work/good.lock" "$work/case/assay.lock"
lock_from older changed missing
check 'when all fail, each is named with its answer' grep -qE \
	"older/debian: Release is 24 hours older.*changed/debian: it has a signature.*missing/debian: HTTP status 404" "$work/said"
check 'and nothing but the lock from before is there' cmp -s "$work/good.lock" "$work/case/assay.lock"

# ---- the packages ----
fetch_from() {
	local args=() m
	for m; do args+=(--mirror "$(url "$m")"); done
	"$assay" fetch "$work/case" --store "$work/store" "${args[@]}" -q >"$work/said" 2>&1
}
n_packages=$(jq '.packages | length' "$work/good.lock")
for mode in wrong short long endless loop away missing; do
	describe
	cp "$work/good.lock" "$work/case/assay.lock"
	code=0
	fetch_from $mode || code=$?
	same "$mode packages: refused" "$code" 2
	check "$mode packages: the error names file and mirror" grep -qE "^assay: .*pool/[a-z]+_.*$mode/debian: " "$work/said"
	check "$mode packages: nothing stays" test -z "$(find "$work/store" -type f)"
	fetch_from $mode mirror
	same "$mode packages: the next mirror is tried" "$(n_objects)" "$n_packages"
	check "$mode packages: and every object is what its name says" test -z "$(litter)"
done
