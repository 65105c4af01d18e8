# The image of hello taken apart by tools that others wrote. Sourced by test/accept/1.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# cut NAME: the partition NAME of the disk as $work/NAME.part
image_cut() {
	local at size
	read -r at size < <(jq -r --arg n "$1" '.outputs.disk[$n] | "\(.at) \(.size)"' "$out/manifest.json")
	dd if="$out/disk.img" of="$work/$1.part" bs=1M iflag=skip_bytes,count_bytes skip="$at" count="$size" status=none && [ -s "$work/$1.part" ]
}
image_section() { objcopy -O binary --only-section="$1" "$out/uki.efi" "$2" && [ -s "$2" ]; }

# Root, initrd and ESP into $work/root, $work/initrd, $work/esp.part: what the other checks look at.
image_take_apart() {
	image_cut root && image_cut root-verity && image_cut esp || return
	fsck.erofs --extract="$work/root" "$work/root.part" >"$work/fsck" 2>&1 || { cat "$work/fsck"; return 1; }
	image_section .initrd "$work/initrd.cpio" && mkdir -p "$work/initrd" || return
	bsdtar -C "$work/initrd" -xf "$work/initrd.cpio" || [ -x "$work/initrd/init" ] || return
	ldconfig_kernel=$(jq -r '.outputs.uki."kernel-path"' "$out/manifest.json")
	echo "$(find "$work/root" | wc -l) entries in the root, $(find "$work/initrd" | wc -l) in the initrd, ${ldconfig_kernel#boot/}"
}

# Superblock at 1024: blkszbits at 12, feature_compat at 8, feature_incompat at 80 (fs/erofs/erofs_fs.h).
image_erofs_features() {
	local compat incompat
	compat=$(od -An -tx4 -j1032 -N4 "$work/root.part" | tr -d ' ') incompat=$(od -An -tx4 -j1104 -N4 "$work/root.part" | tr -d ' ')
	[ "$(od -An -tx4 -j1024 -N4 "$work/root.part" | tr -d ' ')" = e0f5e1e2 ] && [ "$compat" = 00000003 ] && [ "$incompat" = 00000000 ] || return
	dump.erofs -s "$work/root.part" 2>/dev/null | grep -qE '^Filesystem features: +sb_csum mtime *$' || return
	grep -q 'compat SB_CHKSUM and MTIME, no incompat' "$root/src/image/erofs.h" && echo "compat $compat (sb_csum mtime), incompat $incompat"
}
image_erofs_is_sound() {
	fsck.erofs -d3 "$work/root.part" 2>&1 | grep -o 'No errors found'
}
# Every regular file of the root has the bytes that the manifest says, and no file is beside it.
image_files_are_the_manifests() {
	(cd "$work/root" && find . -type f -printf '%P\0' | xargs -0 sha256sum | awk '{ print $2, $1 }' | LC_ALL=C sort) >"$work/found.files"
	jq -r '."root-files"[] | "\(.path) \(.sha256)"' "$out/manifest.json" | LC_ALL=C sort >"$work/said.files"
	[ "$(wc -l <"$work/said.files")" -gt 1000 ] && diff "$work/said.files" "$work/found.files" && echo "$(wc -l <"$work/found.files") files"
}
image_initrd_is_the_manifests() {
	(cd "$work/initrd" && find . -type f -printf '%P\0' | xargs -0 sha256sum | awk '{ print $2, $1 }' | LC_ALL=C sort) >"$work/found.files"
	jq -r '."initrd-files"[] | "\(.path) \(.sha256)"' "$out/manifest.json" | LC_ALL=C sort >"$work/said.files"
	[ "$(head -c 6 "$work/initrd.cpio")" = 070701 ] && [ "$(wc -l <"$work/said.files")" -gt 5 ] && diff "$work/said.files" "$work/found.files" &&
		echo "newc, $(wc -l <"$work/found.files") files"
}
image_host_kernel_mounts() {
	local at=$work/mounted code=0
	[ "$(id -u)" = 0 ] || { echo "needs root to mount"; return 3; }
	mkdir -p "$at" && mount -o loop,ro -t erofs "$work/root.part" "$at" 2>"$work/mount.log" ||
		{ grep -qw erofs /proc/filesystems && return 1; echo "no EROFS in this kernel"; return 3; }
	diff -r --no-dereference "$at/etc" "$work/root/etc" && diff -r --no-dereference "$at/usr/lib/systemd" "$work/root/usr/lib/systemd" || code=1
	umount "$at" && [ $code = 0 ] && echo "Linux $(uname -r)"
}

image_verity_holds() {
	local salt hash
	read -r salt hash < <(jq -r '.outputs.disk.root | "\(.salt) \(."root-hash")"' "$out/manifest.json")
	veritysetup verify --no-superblock --salt "$salt" "$work/root.part" "$work/root-verity.part" "$hash" || return
	cp "$work/root.part" "$work/bad.part" && printf x | dd of="$work/bad.part" bs=1 seek=5000000 conv=notrunc status=none
	! veritysetup verify --no-superblock --salt "$salt" "$work/bad.part" "$work/root-verity.part" "$hash" 2>/dev/null && echo "root hash ${hash:0:16}..."
}
image_salt_is_the_trees() {
	local tree salt
	read -r tree salt < <(jq -r '.outputs.disk.root | "\(."tree-sha256") \(.salt)"' "$out/manifest.json")
	# shellcheck disable=SC2001 # a pattern of two characters
	[ "$({ printf 'assay/verity-salt\0'; printf %b "$(sed 's/../\\x&/g' <<<"$tree")"; } | sha256sum | cut -d' ' -f1)" = "$salt" ] && echo "SHA-256(label, ${tree:0:16}...)"
}
# The whole dm-verity table stands in the command line: both partitions, sizes, hash, salt.
image_table_is_in_command_line() {
	local want
	image_section .cmdline "$work/cmdline" || return
	want=$(jq -r '.outputs.disk | "assay.verity=1,\(.root.uuid),\(."root-verity".uuid),4096,4096,\(.root.size / 4096),0,sha256,\(.root."root-hash"),\(.root.salt)"' "$out/manifest.json")
	[ "$(tr -d '\0' <"$work/cmdline" | tr ' ' '\n' | grep -cxF -- "$want")" = 1 ] && echo "${want:0:50}..."
}

image_uki() {
	local size names version
	size=$(stat -c %s "$out/uki.efi")
	names=$(objdump -h "$out/uki.efi" | awk '$1 ~ /^[0-9]+$/ { print $2 }' | paste -sd' ')
	version=$(jq -r '.outputs.uki."stub-version"' "$out/manifest.json")
	[ $((size % 512)) = 0 ] && [[ "$names" == *".osrel .cmdline .uname .initrd .linux"* ]] && grep -qaF "LoaderInfo: systemd-stub $version" "$out/uki.efi" &&
		echo "$size bytes = $((size / 512)) x 512; ${names#* .sbat }"
}
# The stub's own time stamp stays, which the package pins; ours are none.
image_uki_has_no_clock() {
	local header stamp stub
	header=$(od -An -tu4 -j60 -N4 "$out/uki.efi") stamp=$(od -An -tu4 -j$((header + 8)) -N4 "$out/uki.efi" | tr -d ' ')
	stub=$(jq -r '.packages[] | select(.name == "systemd-boot-efi") | .sha256' "$hello/assay.lock")
	mkdir -p "$work/stub" && dpkg-deb -x "$store/objects/${stub:0:2}/${stub:2}" "$work/stub" || return
	stub=$work/stub/usr/lib/systemd/boot/efi/linuxx64.efi.stub
	[ "$(od -An -tu4 -j$(($(od -An -tu4 -j60 -N4 "$stub") + 8)) -N4 "$stub" | tr -d ' ')" = "$stamp" ] && echo "the stub's: $stamp"
}
image_esp() {
	local said
	said=$(fsck.fat -nv "$work/esp.part") || return
	grep -q '512 bytes per logical sector' <<<"$said" && grep -q '32 bit entries' <<<"$said" &&
		[ "$(sed -nE 's/^ *([0-9]+) data clusters.*/\1/p' <<<"$said")" -ge 65525 ] || return
	rm -f "$work/boot.efi" && mcopy -n -i "$work/esp.part" ::/EFI/BOOT/BOOTX64.EFI "$work/boot.efi" && cmp "$work/boot.efi" "$out/uki.efi" &&
		sed -nE 's/^ *([0-9]+ data clusters).*/FAT32, \1/p' <<<"$said"
}
image_gpt() {
	local n=0 type uuid want
	sgdisk -v "$out/disk.img" | grep -q 'No problems found' || return
	for row in "1 4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709 root" "2 2C7357ED-EBD2-46D9-AEC1-23D437EC2BF5 root-verity" \
		"3 C12A7328-F81F-11D2-BA4B-00A0C93EC93B esp"; do
		read -r n type want <<<"$row"
		uuid=$(jq -r --arg n "$want" '.outputs.disk[$n].uuid | ascii_upcase' "$out/manifest.json")
		sgdisk -i "$n" "$out/disk.img" >"$work/sgdisk"
		grep -q "^Partition GUID code: $type" "$work/sgdisk" && grep -q "^Partition unique GUID: $uuid" "$work/sgdisk" || return
	done
	# The halves of the root hash, as the Discoverable Partitions Specification has it.
	[ "$(jq -r '.outputs.disk | .root.uuid + ."root-verity".uuid | gsub("-"; "")' "$out/manifest.json")" = "$(jq -r '.outputs.disk.root."root-hash"' "$out/manifest.json")" ] &&
		echo "3 partitions, identifiers from the root hash"
}
image_is_sparse() {
	local size used
	size=$(stat -c %s "$out/disk.img") used=$(($(stat -c %b "$out/disk.img") * 512))
	[ $used -gt 0 ] && [ $used -lt "$size" ] && echo "$((used >> 20)) of $((size >> 20)) MiB on disk"
}

# ---- the initrd's PID 1 and the attester ----
guest_is_static() {
	local f n=0
	! readelf -lW "$work/initrd/init" | grep -qE 'INTERP|DYNAMIC' || return
	for f in "$root"/guest/*.c "$root"/guest/*.h; do
		! grep -nE '^#include <(openssl|event|tss2|curl|archive|libc[a-z]*\.h)' "$f" || return
		n=$((n + 1))
	done
	! grep -rn 'superblock\|system(\|popen\|exec[lv]p' "$root/guest" --include='*.c' | grep -v '^[^:]*:[0-9]*:[[:space:]]*\*' || return
	echo "$(stat -c %s "$work/initrd/init") bytes, no interpreter, $n sources, $(cat "$root"/guest/*.[ch] | wc -l) lines"
}
guest_modules_are_plain() {
	local f n=0
	while read -r f; do
		[ "$(head -c 4 "$work/initrd/$f" | od -An -tx1 | tr -d ' ')" = 7f454c46 ] || return
		n=$((n + 1))
	done <"$work/initrd/etc/modules-load"
	[ $n -ge 5 ] && [ -z "$(find "$work/initrd" -name '*.ko.*')" ] && echo "$n modules in order, none compressed"
}
# The compiler's own words: the locked gcc, which is not this host's on Debian 12.
guest_compiled_by_lock() {
	local locked f
	locked=$(jq -r '.packages[] | select(.name | test("^gcc-[0-9]+-x86-64-linux-gnu$")) | .version' "$hello/assay.lock")
	[ -n "$locked" ] || return
	for f in "$work/initrd/init" "$work/root/usr/lib/assay/assay-attester"; do
		readelf -p .comment "$f" | grep -qF "GCC: (Debian $locked)" || return
		! LC_ALL=C grep -qaF -e "$root" -e "$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo no-git-here)" "$f" || return
	done
	jq -e '[.inputs.components[] | (.sources | length > 5) and (.derivation | length == 64) and (.outputs | length == 1)] == [true, true]' "$out/manifest.json" >/dev/null &&
		echo "both by GCC $locked of the lock"
}
