# diff: what it reads, what it says, how fast. Sourced by test/accept/3.sh.
# shellcheck shell=bash disable=SC2154,SC2317

diff_bench=$logs/bench-diff.txt
# diff_times_faster START LIMIT: the ratio in the bench's line that begins so
diff_times_faster() {
	local figure
	[ -f "$diff_bench" ] || (cd "$root" && ./run bench diff) >"$diff_bench" 2>&1
	figure=$(sed -nE "s/^$1 .* ([0-9.]+) times faster .*/\\1/p" "$diff_bench")
	[ -n "$figure" ] || { tail -n 2 "$diff_bench"; return 1; }
	echo "$figure times"
	awk -v v="$figure" -v limit="$2" 'BEGIN { exit !(v >= limit) }'
}
# Samples of every reader, whole, cut at every length, a bit changed in each byte.
diff_hostile() {
	local name n=0
	for name in cpio_read deb_read erofs_read fat_read gpt_read tar_read; do
		"$root/build/test/fuzz/test-fuzz-$name" >"$logs/fuzz-$name.log" 2>&1 || { cat "$logs/fuzz-$name.log"; return 1; }
		n=$((n + $(sed -n 's/^\([0-9]*\) passed, 0 failed$/\1/p' "$logs/fuzz-$name.log")))
	done
	[ "$n" -gt 10000 ] && echo "$n runs of 6 readers"
}

section "diff: images of others"
e2e "EROFS of mkfs.erofs: extended and compact inodes, chunks, tails, shared attributes" foreign-images 'EROFS: extended inodes' \
	'EROFS: compact inodes' 'EROFS: chunks of 4096 bytes' 'EROFS: chunks of 64 KiB' 'EROFS: data without tails in inodes'
e2e "  what is compressed or on another device is named, the rest read" foreign-images 'EROFS: what is compressed is named' \
	'EROFS: what is not compressed is read all the same' 'EROFS: what is on another device is named'
e2e "FAT12, FAT16, FAT32 of mkfs.fat and mtools: contents, times, long names and aliases" foreign-images 'FAT12: every file' \
	'FAT16: every file' 'FAT32: every file' 'FAT32: times' 'FAT32: the alias that mdir shows'
e2e "GPT of sgdisk, MBR of sfdisk with logical partitions" foreign-images 'GPT: partition 1 is what lies there' \
	'GPT: GUID of partition 5' 'GPT: sums and backup' 'MBR: partitions as sfdisk lists them'
e2e "cpio, and what is compressed behind it" foreign-images 'cpio: every member' \
	'cpio: a compressed one behind it begins where it begins'
e2e "tar in its three forms, with holes, in gzip, xz and zstd" foreign-images 'tar: gnu' 'tar: posix' 'tar: ustar' 'tar: with holes' \
	'tar: .gz' 'tar: .xz' 'tar: .zst'
e2e ".deb of dpkg-deb, libraries of ar" foreign-images 'deb: members as ar lists them' 'deb: files as dpkg-deb lists them' \
	'ar: long names and times'
e2e "what is not looked into has its name" foreign-images 'ext4 is named'
unit "what our writers make is read as it was given" erofs_read all_shapes hard_links
unit "  cpio" cpio_read all_shapes behind_each_other
unit "  FAT" fat_read ours
unit "  partition table" gpt_read ours damaged mbr
direct "hostile images: each sample cut at every length and changed in every byte" diff_hostile
unit "  loops, overlaps and lies of headers" erofs_read hostile loop
unit "  clusters used twice, chains that loop or are too short" fat_read hostile
unit "  compressed streams are bounded, cut ones and garbage refused" diff_inflate each large

section "diff: speed"
direct_slow "at least 20 times faster than diffoscope on the same pair of disk images" diff_times_faster 'assay diff, disk image' 20
direct_slow "  and on the root as a tar archive, which diffoscope opens" diff_times_faster 'assay diff, root as tar' 20
