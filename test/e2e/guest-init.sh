#!/bin/bash
# The guest's PID 1 on the kernel of examples/hello's lock, in QEMU without firmware: it starts the root that the command
# line names, and everything else stops it with its message. Disks are made by foreign tools.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
hello_ready || { bad "hello can be fetched"; exit 1; }
PATH=$PATH:/usr/sbin:/sbin
cd "$work" || exit 1

DATA=11111111-2222-3333-4444-555555555555 HASH=aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee SALT=0123456789abcdef
GUEST_MODULES="drivers/block/virtio_blk lib/reed_solomon/reed_solomon drivers/md/dm-mod drivers/md/dm-bufio
	drivers/md/dm-verity arch/x86/crypto/crc32c-intel lib/libcrc32c fs/netfs/netfs fs/erofs/erofs"

# ---- the parts of a machine ----

take_kernel() {
	local digest
	digest=$(jq -r '.packages[] | select(.name | test("^linux-image-[0-9].*cloud-amd64$")) | .sha256' "$hello/assay.lock")
	dpkg-deb -x "$store/objects/${digest:0:2}/${digest:2}" kernel && cp kernel/boot/vmlinuz-* vmlinuz
}

make_initrd() { # FOLDER: packs it as FOLDER.cpio
	(cd "$1" && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) >"$1.cpio"
}

make_initrd_folder() {
	local m name
	mkdir -p initrd/{dev,etc,proc,run,sys,sysroot,tmp,lib/modules}
	gcc -static -Os -Wall -Wextra -Werror -o initrd/init "$root"/guest/*.c || return
	for m in $GUEST_MODULES; do
		name=$(basename "$m").ko
		xz -dc kernel/usr/lib/modules/*/kernel/"$m".ko.xz >"initrd/lib/modules/$name" || return
		echo "/lib/modules/$name" >>initrd/etc/modules-load
	done
	make_initrd initrd
}

# make_disk NAME FILE_SYSTEM: NAME.img with data and hash partition, NAME.word with the word of the command line
make_disk() {
	local blocks data_sectors hash_at root_hash
	truncate -s %4096 "$2"
	blocks=$(($(stat -c %s "$2") / 4096)) data_sectors=$(($(stat -c %s "$2") / 512))
	hash_at=$(((2048 + data_sectors + 2047) / 2048 * 2048))
	rm -f "$1.hash" "$1.img"
	root_hash=$(veritysetup format --no-superblock --data-block-size 4096 --hash-block-size 4096 --salt $SALT "$2" "$1.hash" |
		awk '/^Root hash/ { print $3 }')
	truncate -s $(((hash_at + 4096) * 512 + $(stat -c %s "$1.hash"))) "$1.img"
	sgdisk -o -n "1:2048:$((2047 + data_sectors))" -u "1:$DATA" -n "2:$hash_at:" -u "2:$HASH" "$1.img" >/dev/null || return
	dd if="$2" of="$1.img" bs=512 seek=2048 conv=notrunc status=none
	dd if="$1.hash" of="$1.img" bs=512 seek="$hash_at" conv=notrunc status=none
	echo "$hash_at" >"$1.hash-at"
	echo "assay.verity=1,$DATA,$HASH,4096,4096,$blocks,0,sha256,$root_hash,$SALT" >"$1.word"
}

make_root() {
	mkdir -p root/{dev,proc,sys,run,tmp,sbin,etc} empty/{dev,proc,sys,run,tmp}
	gcc -static -Os -Wall -Wextra -Werror -o root/sbin/init "$root/test/e2e/guest-root-init.c" &&
		mkfs.erofs root.erofs root >/dev/null 2>&1 && mkfs.erofs empty.erofs empty >/dev/null 2>&1
}

# damage FILE OFFSET: other bytes there
damage() { printf 'damaged!' | dd of="$1" bs=1 seek="$2" conv=notrunc status=none; }

# start INITRD COMMAND_LINE DISK...: boots and leaves what the machine said in `said`; an end by itself is demanded. One
# processor: with two under emulation the kernel now and then meets its own half-patched code (int3) and oopses.
start() {
	local initrd=$1 line=$2 disk n=0 args=()
	shift 2
	for disk; do
		args+=(-drive "if=none,id=d$n,format=raw,readonly=on,file=$disk" -device "virtio-blk-pci,drive=d$n")
		n=$((n + 1))
	done
	timeout 180 qemu-system-x86_64 -nodefaults -no-user-config -machine q35 -accel tcg -cpu max -m 512 \
		-display none -serial stdio -monitor none -no-reboot -kernel vmlinuz -initrd "$initrd" \
		-append "console=ttyS0 panic=-1 quiet $line" "${args[@]}" "${extra[@]}" </dev/null >said 2>&1 || {
		echo "the machine did not end by itself" >>said
		return 1
	}
}
extra=()

# expect NAME PATTERN INITRD COMMAND_LINE DISK...: the machine ends by itself and says so
expect() {
	local name=$1 pattern=$2
	shift 2
	if start "$@" && grep -aqE "$pattern" said; then
		ok "$name"
	else
		bad "$name: wanted '$pattern'"
		tail -20 said
	fi
}
# stops NAME MESSAGE INITRD COMMAND_LINE DISK...: with that message, and without the root having run
stops() {
	expect "$1" "assay-init: $2" "${@:3}"
	if grep -aq 'root-init:' said; then bad "$1: the root ran"; fi
}

take_kernel || { bad "the kernel of the lock"; exit 1; }
make_initrd_folder || { bad "an initrd is made"; exit 1; }
make_root || { bad "a root is made"; exit 1; }
make_disk good root.erofs || { bad "a disk is made"; exit 1; }
word=$(cat good.word)

# ---- what it does ----

expect "the root's init runs as PID 1 with nothing of the initrd's" \
	'root-init: pid 1, /sbin/init, 0 arguments, 0 variables, 0 descriptors' initrd.cpio "$word" good.img
check "the root is EROFS on dm-verity, read only" grep -aqE 'root-init: mount / erofs /dev/dm-0 ro' said
check "kernel file systems came along" test "$(grep -acE 'root-init: mount /(dev|proc|sys) (devtmpfs|proc|sysfs)' said)" = 3
check "/run and /tmp are fresh" grep -aq 'root-init: run and tmp take files' said
check "the rest is not" grep -aq 'root-init: etc is read only' said
check "the root is what was built" grep -aqE 'root-init: folder / dev etc proc run sbin sys tmp.?$' said

cp good.img other.img && damage other.img $((2048 * 512 + 1024))
expect "a second disk with the same partition UUIDs and other bytes has no effect" 'root-init: pid 1' \
	initrd.cpio "$word" good.img other.img

if command -v swtpm >/dev/null; then
	mkdir tpm
	swtpm socket --tpm2 --tpmstate "dir=$work/tpm" --ctrl "type=unixio,path=$work/tpm/socket" --terminate &
	extra=(-chardev "socket,id=c,path=$work/tpm/socket" -tpmdev "emulator,id=t,chardev=c" -device "tpm-crb,tpmdev=t")
	expect "assay.observe prints the registers" 'assay-observe: pcr sha256 0 [0-9a-f]{64}' initrd.cpio assay.observe good.img
	check "16 registers in two banks" test "$(grep -aoE 'assay-observe: pcr (sha256 [0-9]+ [0-9a-f]{64}|sha384 [0-9]+ [0-9a-f]{96})' said | sort -u | wc -l)" = 32
	extra=()
else
	bad "assay.observe: no swtpm"
fi
stops "observing without a TPM" 'cannot observe: the kernel found no TPM' initrd.cpio assay.observe good.img

# ---- what stops it ----

cp good.img bad.img && damage bad.img $((2048 * 512 + 1024))
stops "a damaged first block of the root" 'cannot verify the root: ' initrd.cpio "$word" bad.img

cp good.img bad.img && damage bad.img $(($(cat good.hash-at) * 512 + 8))
stops "a damaged hash tree" 'cannot verify the root: ' initrd.cpio "$word" bad.img

at=$(grep -abo 'root-init: pid' root.erofs | head -1 | cut -d: -f1)
cp good.img bad.img && damage bad.img $((2048 * 512 + at))
expect "a damaged block that the root's init needs: the kernel stops" 'Kernel panic .*dm-verity device corrupted' \
	initrd.cpio "$word" bad.img
if grep -aq 'root-init:' said; then bad "damaged block: the root ran"; fi

cp good.img bad.img && sgdisk -u "1:$HASH" -u "2:$DATA" bad.img >/dev/null
stops "swapped partitions" 'cannot (verify the root|set up dm-verity): ' initrd.cpio "$word" bad.img

cp good.img bad.img && sgdisk -u 2:bbbbbbbb-bbbb-cccc-dddd-eeeeeeeeeeee bad.img >/dev/null
stops "no such partition" "cannot find the hash tree partition: no disk has one with UUID $HASH" initrd.cpio "$word" bad.img

stops "another root hash" 'cannot verify the root: ' initrd.cpio "$(sed "s/sha256,......../sha256,00000000/" good.word)" good.img
stops "the word twice" "cannot use the kernel's command line: more than one word of assay" initrd.cpio "$word $word" good.img
stops "no word" "cannot use the kernel's command line: no assay.verity" initrd.cpio "root=/dev/vda1" good.img
stops "an option of dm-verity smuggled in" "cannot use the kernel's command line: assay.verity has not 10 fields" \
	initrd.cpio "$word,1,ignore_corruption" good.img

head -c 65536 /dev/urandom >noise.erofs
make_disk noise noise.erofs
stops "a root that is no EROFS" "cannot mount the root '/dev/dm-0' as erofs" initrd.cpio "$(cat noise.word)" noise.img
make_disk empty empty.erofs
stops "a root without an init" "cannot start '/sbin/init'" initrd.cpio "$(cat empty.word)" empty.img

cp -a initrd wrong && echo "no module" >wrong/lib/modules/dm-mod.ko && make_initrd wrong
stops "a module that is none" "cannot load module '/lib/modules/dm-mod.ko': " wrong.cpio "$word" good.img
cp -a initrd lost && rm lost/lib/modules/erofs.ko && make_initrd lost
stops "a module that is not there" "cannot open module '/lib/modules/erofs.ko': " lost.cpio "$word" good.img
