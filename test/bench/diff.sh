#!/bin/bash
# `assay diff` against diffoscope on the same pairs of two builds of examples/hello that differ in one file of the overlay:
#   the root as a tar archive   diffoscope opens it, and both name the file
#   the disk image              diffoscope has no reader for EROFS and shows other bytes
#   test/bench/diff.sh [--quick]   --quick leaves the disk image out, which takes diffoscope minutes
# assay's figure is the best of five times BENCH_ROUNDS, diffoscope's is one run; the ratio is the smaller of those of
# elapsed time and of seconds of all cores, since a busy machine makes the one longer that waits more.
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"
quick=${1:-}
need diffoscope diffoscope-minimal
need fsck.erofs erofs-utils
export LC_ALL=C.UTF-8
changed=etc/sysctl.d/91-bench.conf

# diffs FILE COMMAND...: once, where the command says with 1 that there are differences
diffs() {
	local to=$1
	shift
	# shellcheck disable=SC2016 # the inner shell expands it
	once "$to" bash -c '"$@"; [ $? = 1 ]' - "$@"
	cp "$bench/log" "$to.said"
}

# A build and its root as an archive: the partition begins at 1 MiB.
make_side() { # NAME
	local tree=$bench/side/examples/hello
	mkdir -p "$bench/side" "$bench/$1"
	tar -C "$PWD" -cf - examples guest src | tar -C "$bench/side" -xf -
	echo "kernel.printk = $2" >"$tree/overlay/$changed"
	"$assay" build "$tree" -o "$bench/$1/out" --store "$from" --no-observe -q >/dev/null
	dd if="$bench/$1/out/disk.img" of="$bench/$1/root.erofs" bs=1M skip=1 status=none
	fsck.erofs --extract="$bench/$1/root" "$bench/$1/root.erofs" >/dev/null 2>&1
	tar --sort=name --mtime=@0 -C "$bench/$1/root" -cf "$bench/$1/root.tar" .
	rm -rf "$bench/side" "$bench/$1/root" "$bench/$1/root.erofs"
}

# The smaller ratio; what is too short to be measured counts as a hundredth of a second.
times() {
	local column ours
	for column in 1 2; do
		ours=$(column $column "$bench/diff-ours")
		[ "$ours" != 0 ] && [ "$ours" != 0.00 ] || ours=0.01
		ratio "$(column $column "$bench/diff-theirs")" "$ours"
		echo
	done | sort -n | head -1
}

# against WHAT FILE: both on the same pair; assay must name the changed file.
against() {
	local file
	rm -f "$bench"/diff-{ours,theirs}
	for ((i = 0; i < 5 * rounds; i++)); do
		diffs "$bench/diff-ours" "$assay" diff "$bench/a/$2" "$bench/b/$2"
	done
	grep -q "> $changed\$" "$bench/diff-ours.said" || { cat "$bench/diff-ours.said"; echo "bench: $changed is not named"; exit 2; }
	diffs "$bench/diff-theirs" diffoscope --no-progress "$bench/a/$2" "$bench/b/$2"
	file=$(grep -q "$changed" "$bench/diff-theirs.said" && echo "which names the file" || echo "which shows other bytes")
	figure "assay diff, $1" "$(column 1 "$bench/diff-ours")" "$(times) times faster than diffoscope with $(column 1 "$bench/diff-theirs") s, \
$(column 2 "$bench/diff-theirs") s of all cores, $file (aim: at least 20)"
}

rm -rf "$bench"/{a,b}
"$assay" fetch "$hello" --store "$from" -q
make_side a 1
make_side b 2
against "root as tar" root.tar
[ "$quick" = --quick ] || against "disk image" out/disk.img
