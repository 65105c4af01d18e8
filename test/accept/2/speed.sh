# Speed: ratios of one run of the bench, and what the profile led to. Sourced by test/accept/2.sh.
# shellcheck shell=bash disable=SC2154,SC2317

speed_log=$logs/bench.txt
speed_once() {
	[ -f "$speed_log" ] || (cd "$root" && ./run bench --quick) >"$speed_log" 2>&1
}
# speed_at_most START LIMIT: the ratio in the bench's line that begins so
speed_at_most() {
	local figure
	speed_once
	figure=$(sed -nE "s/^ *$1 .* ([0-9.]+) times .*/\\1/p" "$speed_log")
	[ -n "$figure" ] || { tail -n 2 "$speed_log"; return 1; }
	echo "$figure times"
	awk -v v="$figure" -v limit="$2" 'BEGIN { exit !(v <= limit) }'
}
speed_memory() {
	local mb
	speed_once
	mb=$(sed -nE 's/^image, packages fetched .* ([0-9]+) MB .*/\1/p' "$speed_log")
	[ -n "$mb" ] && echo "$mb MB" && [ "$mb" -gt 10 ] && [ "$mb" -lt 256 ]
}
speed_written() {
	local f=$root/doc/performance.md
	grep -q '^| ' "$f" && grep -qi 'profile' "$f" && grep -qi 'next' "$f" && echo "$(grep -c '^| ' "$f") rows, $(wc -l <"$f") lines"
}
# What the first build reads of the packages, it reads once: bytes read from the store's objects are the objects' sizes.
speed_reads_once() {
	local want got cold=$work/once-cold
	rm -rf "$cold" && mkdir -p "$cold" && cp -a --reflink=auto "$store/objects" "$store/results" "$cold/" || return
	strace -ff -qq -y -e trace=pread64,read -o "$work/reads" "$assay" build "$hello" -o "$work/once-out" --store "$cold" --no-observe -q >/dev/null || return
	want=$(jq -r '.packages[] | select([.sets[] | IN("image", "firmware")] | any) | .size' "$hello/assay.lock" | awk '{ s += $1 } END { print s }')
	got=$(jq -r '.packages[] | select([.sets[] | IN("image", "firmware")] | any) | .sha256' "$hello/assay.lock" |
		sed -E 's#^(..)#objects/\1/#' >"$work/names" && cat "$work"/reads.* | grep -F -f "$work/names" | sed -nE 's/.* = ([0-9]+)$/\1/p' | awk '{ s += $1 } END { print s }')
	echo "$got bytes read of packages with $want bytes"
	[ "$got" = "$want" ]
}

section "speed"
direct_slow "full image from fetched packages: at most 1.6 times the floor" speed_at_most 'image, packages fetched' 1.6
direct_slow "new reference values after one file of the overlay changed, into an empty folder: at most 0.15 times a full build" speed_at_most 'one file of the overlay changed' 0.15
direct_slow "nothing changed: at most 0.03 times" speed_at_most 'nothing changed' 0.03
direct_slow "peak memory on two cores: under 256 MB" speed_memory
direct_slow "verify of a bundle, whole process: at most 3 times the bare work and a process" speed_at_most '50 bundles verified' 3
unit "the biggest .deb is decoded on all cores, by blocks of xz" inflate_xz many_blocks memory
unit "  and the root is written in parts on all cores" erofs parts_in_any_order
direct "no byte of a package is read twice" speed_reads_once
e2e "what did not change is not touched, what changed is named" incremental
direct "doc/performance.md: the table, the profile's shape, what would come next" speed_written
