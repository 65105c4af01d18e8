#!/bin/bash
# What the image writers make, judged by tools that others wrote: fsck.erofs, the kernel, veritysetup, bsdtar, objcopy,
# fsck.fat, mtools, sgdisk. Some parts want root (mount, mknod).
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
maker=$root/build/test/image-maker
mounted=
at_end() { [ -z "$mounted" ] || umount "$mounted"; }
cd "$work" || exit 1
PATH=$PATH:/usr/sbin:/sbin

# judge NAME COMMAND...: as check, but what the command says is shown only when it fails.
judge() {
	local name=$1
	shift
	if "$@" >judge.log 2>&1; then ok "$name"; else bad "$name"; tail -5 judge.log; fi
}
# wants NAME TOOL...: true when all tools are there, else the test is skipped.
wants() {
	local name=$1 tool
	shift
	for tool; do
		command -v "$tool" >/dev/null && continue
		skip "$name" "no $tool"
		return 1
	done
}

judge "a tree of all shapes is written" "$maker" root .

if wants "fsck.erofs" fsck.erofs dump.erofs; then
	# It exits 0 whatever it finds: its words count.
	judge "fsck.erofs finds nothing" sh -c 'fsck.erofs -d3 root.erofs 2>&1 | grep -q "No errors found"'
	judge "dump.erofs knows only sb_csum and mtime" sh -c \
		"dump.erofs -s root.erofs | grep -Eq '^Filesystem features: +sb_csum mtime *$'"
	cp root.erofs flipped.erofs
	printf x | dd of=flipped.erofs bs=1 seek=1060 conv=notrunc status=none
	judge "fsck.erofs sees a flipped byte in the superblock" sh -c \
		'! fsck.erofs -d3 flipped.erofs 2>&1 | grep -q "No errors found"'
fi

if [ "$(id -u)" != 0 ]; then
	skip erofs-mount "not root"
elif ! mkdir mnt || ! mount -o loop,ro -t erofs root.erofs mnt 2>mount.log; then
	if grep -qw erofs /proc/filesystems && [ -e /dev/loop-control ]; then
		bad "the kernel mounts EROFS: $(tail -1 mount.log)"
	else
		skip erofs-mount "no erofs or loop devices in this kernel"
	fi
else
	mounted=$work/mnt
	judge "the kernel shows the very same tree" "$maker" check mnt xattrs
	umount mnt
	mounted=
fi

if wants "veritysetup" veritysetup; then
	salt=$(cat root.salt) root_hash=$(cat root.hash)
	judge "veritysetup verifies tree and root hash" \
		veritysetup verify --no-superblock --salt "$salt" root.erofs root.verity "$root_hash"
	judge "veritysetup makes the same root hash" sh -c \
		"veritysetup format --no-superblock --salt $salt root.erofs theirs.verity | grep -q $root_hash"
	judge "veritysetup makes the same tree" cmp theirs.verity root.verity
	cp root.erofs flipped.erofs
	printf x | dd of=flipped.erofs bs=1 seek=1000000 conv=notrunc status=none
	judge "veritysetup sees a flipped byte" sh -c \
		"! veritysetup verify --no-superblock --salt $salt flipped.erofs root.verity $root_hash"
fi

judge "a cpio of all shapes is written" "$maker" cpio .
judge "the cpio is a multiple of 512" test $(($(stat -c %s initrd.cpio) % 512)) = 0
if wants "cpio and bsdtar" cpio bsdtar; then
	judge "cpio lists it" sh -c 'cpio -t --quiet <initrd.cpio >list && sort list >theirs.list'
	judge "bsdtar lists the same" sh -c 'bsdtar -tf initrd.cpio | sort | cmp - theirs.list'
	if [ "$(id -u)" = 0 ]; then
		# bsdtar, because cpio does not restore the times of folders.
		mkdir unpacked
		judge "bsdtar unpacks it" bsdtar -C unpacked --same-owner -xpf initrd.cpio
		judge "bsdtar unpacks the very same tree" "$maker" check unpacked
	else
		skip cpio-unpack "not root: devices and owners"
	fi
fi

# The machine's own stub, and others by IMAGE_STUBS (a list of paths).
for stub in /usr/lib/systemd/boot/efi/linuxx64.efi.stub ${IMAGE_STUBS:-}; do
	[ -r "$stub" ] || { skip uki-stub "no $stub" && continue; }
	judge "a UKI is written" "$maker" uki . "$stub"
	wants "sections of the UKI" objdump objcopy || continue
	judge "the UKI is a multiple of 512" test $(($(stat -c %s uki.efi) % 512)) = 0
	objdump -h "$stub" | awk '$1 ~ /^[0-9]+$/ { print $2, $3, $4, $6 }' >wanted.sections
	for name in osrel cmdline uname initrd linux; do
		judge "section .$name is what was given" sh -c \
			"objcopy -O binary --dump-section .$name=dump uki.efi /dev/null && cmp dump part.$name"
		printf '.%s %08x\n' $name "$(stat -c %s part.$name)" >>wanted.sections
	done
	objdump -h uki.efi | awk '$1 ~ /^[0-9]+$/ { print $2, $3, $4, $6 }' >sections
	# shellcheck disable=SC2016 # awk's own $0
	judge "the stub's sections come first, as they were, then ours" \
		awk 'NR == FNR { want[FNR] = $0; n = FNR; next } index($0, want[FNR]) != 1 { exit 1 }
			END { if (FNR != n) exit 1 }' wanted.sections sections
done

judge "an ESP is written" "$maker" fat .
if wants "fsck.fat" fsck.fat; then
	judge "fsck.fat finds nothing" fsck.fat -n esp.fat
	judge "fsck.fat sees 32-bit FATs" sh -c 'fsck.fat -nv esp.fat | grep -q "2 FATs, 32 bit entries"'
fi
if wants "mtools" mcopy mdir; then
	mkdir got
	judge "mtools reads it" mcopy -s -n -i esp.fat ::/ got
	judge "mtools reads the very same files" diff -r esp got
	judge "mtools shows the time in UTC" sh -c 'mdir -i esp.fat ::/EFI/BOOT | grep -q "2023-11-14  22:13"'
fi

judge "a disk image is written" "$maker" disk .
judge "its digest is that of the file" sh -c 'sha256sum <disk.raw | grep -qf disk.sha256'
judge "it has holes" test "$(stat -c %b disk.raw)" -lt $(($(stat -c %s disk.raw) / 512))
if wants "sgdisk" sgdisk; then
	judge "sgdisk finds no problems" sh -c 'sgdisk -v disk.raw | grep -q "No problems found"'
	upper=$(tr a-f A-F <root.hash)
	for number in 1 2 3; do
		sgdisk -i $number disk.raw >entry
		first=$(sed -n 's/^First sector: \([0-9]*\).*/\1/p' entry)
		last=$(sed -n 's/^Last sector: \([0-9]*\).*/\1/p' entry)
		dd if=disk.raw of=part bs=512 skip="$first" count=$((last - first + 1)) status=none
		uuid=$(sed -n 's/^Partition unique GUID: //p' entry | tr -d -)
		flags=$(sed -n 's/^Attribute flags: //p' entry)
		case $number in
		1) file=root.erofs want_uuid=${upper:0:32} want_flags=1000000000000000 ;;
		2) file=root.verity want_uuid=${upper:32} want_flags=1000000000000000 ;;
		3) file=esp.fat want_uuid=$uuid want_flags=0000000000000000 ;;
		esac
		judge "partition $number holds $file" cmp part "$file"
		judge "partition $number has the UUID of the root hash" test "$uuid" = "$want_uuid"
		judge "partition $number has its flags" test "$flags" = "$want_flags"
	done
	# TCG's UEFI_GPT_DATA, cut out of the disk by hand: header, number of entries, entries.
	dd if=disk.raw bs=1 skip=512 count=92 status=none >event
	printf '\003\0\0\0\0\0\0\0' >>event
	dd if=disk.raw bs=128 skip=8 count=3 status=none >>event
	judge "the GPT event is header, count and entries" cmp event disk.gpt
fi
