#!/bin/bash
# An image that was changed after its build, and disks that claim to be it: PID 1 or dm-verity stops the boot, the console
# says why, and no attester ever answers.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/vm.sh
. "$(dirname "$0")/../vm.sh"
PATH=$PATH:/usr/sbin:/sbin

hello_ready || { bad "hello can be fetched"; exit 1; }
check "build" make "$work/out" "$hello" || exit 1
mkdir "$work/damaged"
cp -r "$work/out/firmware" "$work/damaged/firmware"
at() { jq -r ".outputs.disk.\"$1\".$2" "$work/out/manifest.json"; }
root_at=$(at root at) tree_at=$(at root-verity at) tree_size=$(at root-verity size)

copy() { cp --sparse=always "$work/out/disk.img" "$1"; }
flip() { # FILE OFFSET: one bit of one byte
	local byte
	byte=$(od -An -tu1 -j"$2" -N1 "$1")
	# shellcheck disable=SC2059
	printf "\\x$(printf %02x $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# stops NAME PATTERN [OPTION...]: $work/damaged does not come up, and the console says why
stops() {
	local name=$1 pattern=$2
	shift 2
	if vm_start damaged "$work/damaged" --timeout 240 "$@"; then
		bad "$name: the attester answers"
		vm_stop
		return
	fi
	prints "$name: stops" "$pattern"
	check "$name: assay run says why" grep -qaE "the guest stopped before its attester answered; it gave up with: .*($pattern)" "$console"
	prints_not "$name: the attester was not started" 'assay-attester'
}
refusal='assay-init: cannot verify the root: data or hash tree do not match the root hash of the command line'
panic='dm-verity device corrupted|device-mapper: verity: .*corrupted'

copy "$work/damaged/disk.img"
flip "$work/damaged/disk.img" $((root_at + 1024))
stops "a flipped bit in the root's superblock" "$refusal"

copy "$work/damaged/disk.img"
flip "$work/damaged/disk.img" $((tree_at + 5))
stops "a flipped bit in the hash tree's top" "$refusal"

# The first byte of systemd itself, which is read only after the root is mounted.
dd if="$work/out/disk.img" of="$work/root" bs=4096 skip=$((root_at / 4096)) count=$(($(at root size) / 4096)) status=none
block=$(dump.erofs -e --path=/usr/lib/systemd/systemd "$work/root" |
	awk -F'[|:]' '/^ *0:/ { print $4; exit }' | tr -d ' ' | sed 's/\.\..*//')
if same "systemd is where its ELF header is" "$(od -An -c -j$((root_at + ${block:-0} + 1)) -N3 "$work/out/disk.img" | tr -d ' ')" ELF; then
	copy "$work/damaged/disk.img"
	flip "$work/damaged/disk.img" $((root_at + block))
	stops "a flipped bit in a program" "$panic"
	# Its leaf in the hash tree: levels lie from the top down, 128 digests in a block, leaves last.
	leaves=$(($(at root size) / 4096 + 127)) leaves=$((leaves / 128))
	copy "$work/damaged/disk.img"
	flip "$work/damaged/disk.img" $((tree_at + tree_size - leaves * 4096 + block / 4096 * 32))
	stops "a flipped bit in the hash tree's leaf of a program" "$panic"
fi

copy "$work/damaged/disk.img"
dd if="$work/out/disk.img" of="$work/damaged/disk.img" bs=4096 skip=$((tree_at / 4096)) seek=$((root_at / 4096)) \
	count=$((tree_size / 4096)) conv=notrunc status=none
dd if="$work/out/disk.img" of="$work/damaged/disk.img" bs=4096 skip=$((root_at / 4096)) seek=$((tree_at / 4096)) \
	count=$((tree_size / 4096)) conv=notrunc status=none
stops "swapped contents of root and hash tree" "$refusal"

copy "$work/damaged/disk.img"
uuid() { sgdisk -i "$1" "$work/damaged/disk.img" | awk '/unique GUID/ { print $NF }'; }
number() { sgdisk -p "$work/damaged/disk.img" | awk -v s=$(($1 / 512)) '$2 == s { print $1 }'; }
a=$(number "$root_at") b=$(number "$tree_at")
ua=$(uuid "$a") ub=$(uuid "$b")
check "swap the partitions' identifiers" quiet sgdisk -u "$a:$ub" -u "$b:$ua" "$work/damaged/disk.img"
stops "swapped identifiers of root and hash tree" 'assay-init: cannot (set up dm-verity|verify the root)'

# A disk that the kernel finds first (NVMe is built in, and its name sorts first) and that has the same partitions with
# another root in them: it is not taken for the root, whatever it holds.
copy "$work/damaged/disk.img"
cp "$work/damaged/disk.img" "$work/first.img"
flip "$work/first.img" $((root_at + 1024))
stops "another disk that claims to have the root" "$refusal" \
	--qemu-arg -drive --qemu-arg "if=none,id=first,format=raw,readonly=on,file=$work/first.img" \
	--qemu-arg -device --qemu-arg nvme,drive=first,serial=first
