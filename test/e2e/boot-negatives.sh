#!/bin/bash
# Machines that differ from what was predicted, each in one thing: every one boots, changes a required register, is
# contraindicated, and the explanation names the thing. A machine built differently is what its own values describe.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/vm.sh
. "$(dirname "$0")/../vm.sh"

hello_ready || { bad "hello can be fetched"; exit 1; }
check "build" make "$work/out" "$hello" || exit 1

# predicted OUT: the registers whose predicted values are others than the honest image's
predicted() {
	jq -rn --slurpfile a "$work/out/reference-values.json" --slurpfile b "$1/reference-values.json" \
		'[$a[0].shapes[0].registers[] as $x | $b[0].shapes[0].registers[] |
			select(.register == $x.register and .values != $x.values) | .register | tostring] | join(" ")'
}

# built NAME "PCR..." TEXT...: the variant NAME builds, boots, is itself, and is not the honest image
built() {
	local name=$1 registers=$2
	shift 2
	check "$name: builds" make "$work/$name-out" "$variant" || return
	same "$name: registers that are predicted to differ" "$(predicted "$work/$name-out")" "$registers"
	check "$name: boots" vm_start "$name" "$work/$name-out" || return
	affirmed "$name: is what its own values describe" "$work/$name-out"
	told "$name" "$work/out" "$registers" "$@"
	rm -rf "${work:?}/$name-out"
}

# edit FROM TO: changes the variant's description; what is to be changed must be there
edit() {
	grep -q -- "$1" "$variant/assay.yaml" && sed -i "s|$1|$2|" "$variant/assay.yaml"
}

# ---- another command line: one that makes systemd talk, so that it shows that every unit started ----
variant cmdline
check "cmdline: changed" edit 'systemd.show_status=error' 'systemd.show_status=yes'
built cmdline "4 5 9 11" "the kernel got another command line" "systemd.show_status=error" "the kernel command line"
for _ in $(seq 60); do grep -qa 'multi-user.target' "$console" && break; sleep 1; done
prints "the guest reaches multi-user.target" 'Reached target .*multi-user.target'
prints_not "no unit failed" '\[(FAILED|DEPEND| TIME )\]|Failed to start|Dependency failed'

# ---- another initrd: one module more ----
variant initrd
check "initrd: changed" edit 'modules: \[virtio_blk, dm-verity, erofs, virtio_net\]' \
	'modules: [virtio_blk, dm-verity, erofs, virtio_net, overlay]'
built initrd "4 5 9 11" "the kernel got another initrd" "the initrd"

# ---- another kernel: the time stamp in its PE header, which is signed and measured but runs nothing ----
variant kernel
kernel=$variant/other/boot/other
mkdir -p "$kernel"
version=$(jq -r '.shapes[0].inputs[] | select(.name == "kernel-version") | .value' "$work/out/reference-values.json")
kernel=$kernel/vmlinuz-$version
cp "$work/out/uki.efi" "$work/uki.efi"
check "kernel: taken out of the image" objcopy --dump-section .linux="$kernel" "$work/uki.efi" "$work/uki.copy"
header=$(od -An -tu4 -j60 -N4 "$kernel")
printf 'time' | dd of="$kernel" bs=1 seek=$((header + 8)) conv=notrunc status=none
check "kernel: changed" edit 'kernel: boot/vmlinuz' 'kernel: boot/other/vmlinuz' &&
	check "kernel: laid over" edit 'overlays: \[overlay\]' 'overlays: [overlay, other]'
built kernel "4 5 11" "another kernel was started than the one in" "the kernel"

# ---- a rebuilt root: one line in one file ----
variant root
echo "# one more line" >>"$variant/overlay/etc/sysctl.d/90-closed.conf"
built root "4 5 9 11" "another root file system shows here too, by its root hash" "the kernel command line"

# ---- the honest image on another machine ----
# Other firmware: this host's own package, or another variant of it where it is the image's.
firmware=/usr/share/OVMF/OVMF_CODE_4M.fd more=()
if cmp -s "$firmware" "$work/out/firmware/OVMF_CODE.fd"; then
	firmware=/usr/share/OVMF/OVMF_CODE_4M.secboot.fd
	more=(--qemu-arg -machine --qemu-arg smm=on --qemu-arg -global --qemu-arg 'driver=cfi.pflash01,property=secure,value=on')
fi
if check "firmware: boots" vm_start firmware "$work/out" --firmware-code "$firmware" \
	--firmware-vars /usr/share/OVMF/OVMF_VARS_4M.fd "${more[@]}"; then
	ask firmware "$work/out"
	same "firmware: contraindicated" "$? $(verdict)" "1 verdict: contraindicated"
	check "firmware: PCR 0 differs in both banks" grep -qE '(^| )0:sha256\+sha384( |$)' <(differing "$work/out")
	holds "firmware: says so" "the firmware"
	say "registers that differ: $(differing "$work/out")"
fi

check "option ROM: boots" vm_start rom "$work/out" \
	--qemu-arg -device --qemu-arg virtio-rng-pci,romfile=/usr/lib/ipxe/qemu/efi-virtio.rom &&
	told "option ROM" "$work/out" "2" "an option ROM or a driver was loaded"

truncate -s 1M "$work/blank"
check "boot order: boots" vm_start order "$work/out" --qemu-arg -drive \
	--qemu-arg "if=none,id=blank,format=raw,readonly=on,file=$work/blank" \
	--qemu-arg -device --qemu-arg virtio-blk-pci,drive=blank,bootindex=0 &&
	told "boot order" "$work/out" "4" "a boot option was tried before this one and came back" "Returning from EFI Application" \
		"a further boot option was tried" "Calling EFI Application"
vm_stop
