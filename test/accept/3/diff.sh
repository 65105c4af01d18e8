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

# One file of hello's image is another: found in a disk of 100 MB and more, and how long that takes.
diff_planted() {
	local copy=$work/diff-planted started said
	rm -rf "$copy"
	cp -r --reflink=auto "$out" "$copy"
	"$assay" diff "$out" "$copy" || return
	# A byte in the middle of the root file system.
	printf x | dd of="$copy/disk.img" bs=1 seek=50000000 conv=notrunc status=none
	started=$(date +%s%N)
	said=$("$assay" diff "$out" "$copy")
	[ $? = 1 ] || return
	grep -qE '^disk.img > partition 1 \(root\) > EROFS > [^ ]+' <<<"$said" || { echo "$said"; return 1; }
	echo "$(head -1 <<<"$said"), after $((($(date +%s%N) - started) / 1000000)) ms"
}

section "diff: the deepest layer"
e2e "GPT: identifiers, and bytes that no partition holds" diff 'a random disk GUID' 'a byte that no partition holds'
e2e "partition: which one, by its name" diff 'a line of a file, in a file system, in a partition'
e2e "file tree: EROFS" diff 'a line in an EROFS' 'a random UUID' 'times of an EROFS' 'a hard link' 'a byte that no file and no field holds'
e2e "  compressed contents of EROFS are not taken for equal" diff 'compressed files are not silently equal' 'what was not compared is said'
e2e "file tree: FAT" diff 'a line in a FAT' 'a volume id'
e2e "file tree: cpio, with what stands behind it" diff 'a line in a cpio' 'inode numbers' 'an archive behind an archive'
e2e "file tree: tar, plain and in gzip, xz, zstd" diff 'a line in a tar' 'times in a tar' 'owners in a tar' 'the order of members' \
	'through gzip' 'through xz' 'through zstd' "gzip's own time stamp" 'the same content, compressed otherwise'
e2e "file tree: Debian packages" diff 'a line in a Debian package'
e2e "file tree: folders of the disk" diff 'a line of a file' 'a mode' "a link's target" 'what one has alone' 'unless they are asked for'
unit "  with extended attributes" diff test_folders test_xattrs
e2e "UKI section, and the word of a command line" diff-builds 'a word of the command line'
e2e "ELF section, and the function or object in it" diff 'a string in a program' 'in the object that holds it' 'a function' "the compiler's mark"
unit "  of hostile ELF files, too" elf_read test_this_program test_truncated test_changed
unit "text line: the shortest edit, within bounds" diff_text test_edits test_what_is_text test_bound test_long_line
direct "in an image as it is built: one byte, named" diff_planted
e2e "foreign images: mkfs.erofs, mkfs.vfat, mtools, sgdisk, veritysetup, cpio, tar, dpkg-deb, gcc, objcopy, sbsign" diff \
	'a line in a root with hashes of veritysetup' 'a signature that the other has not' 'a line in a FAT' 'a random disk GUID'

section "diff: what only follows"
e2e "hash tree, root hash, identifiers, CRCs, checksums of a build, by one line in its root" diff-builds \
	'nothing else of the image is a cause' 'it follows: partition 2 (root-verity) > hash tree' 'it follows: UKI .cmdline > assay.verity' \
	'it follows: partition 1 (root) > GUID' 'it follows: GPT > disk GUID' "it follows: GPT > entries' checksum" 'it follows: EROFS > UUID' \
	'it follows: EROFS > checksum' 'it follows: FAT > volume id' 'the UKI beside the disk is a copy' 'so are the documents'
e2e "build-id and signature" diff 'its build-id follows' 'the signature follows'
e2e "where nothing explains it, it is a difference" diff-builds 'a hash tree that nothing explains is a difference'
e2e "  of others' images, too" diff 'a build-id that nothing explains is a difference' 'hashes that nothing explains' 'a random salt'
unit "the table of rules" diff_rules test_alone test_explained test_scope test_root test_chain

section "diff: what it says"
e2e "the registers, as the reference values of two builds have them" diff-builds \
	'the registers that move are those of the reference values' 'named with the file that moves them' 'the registers'
e2e "  by the layer, of others' images" diff 'and its registers' "it moves the partition table's register"
e2e "text: the deepest first, lines of both" diff 'it is named by its number' 'both lines are shown: A' 'and it is the only one'
e2e "JSON: assay.diff/1, the same each time" diff 'JSON: the format' 'JSON: where, as it is' 'JSON: sides' 'JSON: the same each time'
e2e "one HTML page that loads nothing and has no script" diff 'the page has no script' 'the page loads nothing' 'the name is shown'
e2e "hostile names do nothing to a terminal" diff 'the terminal gets no escape'
e2e "exit 0 equal, 1 differs, 2 no answer" diff 'two folders of the same' 'hostile names: exit 1' 'a file that is not there: no answer' \
	'a folder and a file: no answer'
e2e "two copies of one build do not differ" diff-builds 'a build and its copy: no difference'

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
