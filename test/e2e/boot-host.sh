#!/bin/bash
# What a host can feed a machine beside its image: credentials by SMBIOS and fw_cfg, systemd's options in a firmware
# variable, magic keys, a disk with partitions that systemd knows by their type. The image takes none of them and is affirmed; an image that was built open takes them, so these are inputs that work. A command line by
# SMBIOS works everywhere, and is measured.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/vm.sh
. "$(dirname "$0")/../vm.sh"
PATH=$PATH:/usr/sbin:/sbin

# ---- the inputs ----
unit() { # NAME: a service that says its name on the console
	printf '[Unit]\nDefaultDependencies=no\n[Service]\nType=oneshot\nExecStart=/bin/sh -c "echo the-host-says-%s >/dev/console"\n' "$1"
}
wants() { printf '[Unit]\nWants=%s.service\n' "$1"; }
credential() { printf 'type=11,value=io.systemd.credential.binary:%s=%s' "$1" "$(base64 -w0)"; }
inputs=()
give() { for a in "$@"; do inputs+=(--qemu-arg "$a"); done; }

give -smbios "$(unit smbios | credential systemd.extra-unit.smbios.service)"
give -smbios "$(wants smbios | credential systemd.unit-dropin.multi-user.target~smbios)"
# Started only by what the firmware variable asks for.
give -smbios "$(unit variable | credential systemd.extra-unit.variable.service)"
printf 'w /dev/console - - - - the-host-says-fw_cfg\\n\n' >"$work/tmpfiles"
give -fw_cfg "name=opt/io.systemd.credentials/tmpfiles.extra,file=$work/tmpfiles"

le() { # BYTES NUMBER: little endian
	local i
	# shellcheck disable=SC2059
	for ((i = 0; i < $1; i++)); do printf "\\x$(printf %02x $(($2 >> (8 * i) & 255)))"; done
}
utf16() { printf '%s' "$1" | sed 's/./&\n/g' | while IFS= read -r c; do printf '%s\0' "$c"; done; }
# AUTHENTICATED_VARIABLE_HEADER of EDK II: start, state (added), reserved, attributes (kept, boot and run time), counter,
# time, key, sizes, vendor, then name and value, each with its NUL.
variable() { # NAME VALUE
	le 2 0x55aa; le 1 0x3f; le 1 0; le 4 7; le 8 0; le 8 0; le 8 0; le 4 0
	le 4 $((2 * ${#1} + 2)); le 4 $((2 * ${#2} + 2))
	printf '\x4b\x64\xf2\x8c\x0b\x4b\x8f\x42\x93\x87\x6d\x87\x60\x50\xdc\x67'
	utf16 "$1"; le 2 0
	utf16 "$2"; le 2 0
}
FIRST_VARIABLE=100 # after the headers of volume (72) and store (28); nothing is in the template
with_variable() { # OUT: OUT's firmware variables and SystemdOptions
	cp "$1/firmware/OVMF_VARS.fd" "$work/vars.fd" &&
		[ "$(od -An -tx4 -j$FIRST_VARIABLE -N4 "$work/vars.fd")" = " ffffffff" ] &&
		variable SystemdOptions "systemd.wants=variable.service" |
		dd of="$work/vars.fd" bs=1 seek=$FIRST_VARIABLE conv=notrunc status=none
}

# A disk with what systemd knows by its type: swap, /home, /var, and a root.
disk() {
	truncate -s 64M "$work/disk" &&
		sgdisk -n 1:2048:+8M -t 1:8200 -n 2::+8M -t 2:8302 -n 3::+8M -t 3:8310 -n 4::+8M -t 4:8304 "$work/disk" >/dev/null &&
		truncate -s 8M "$work/swap" && mkswap -q "$work/swap" &&
		dd if="$work/swap" of="$work/disk" bs=1M seek=1 conv=notrunc status=none
}
check "a disk with partitions to discover" disk || exit 1
give -drive "if=none,id=found,format=raw,file=$work/disk" -device virtio-blk-pci,drive=found

# Keys on the PS/2 keyboard, by a monitor on two pipes.
mkfifo "$work/keys.in" "$work/keys.out"
give -chardev "pipe,id=keys,path=$work/keys" -mon chardev=keys
keys() {
	timeout 5 cat "$work/keys.out" >/dev/null &
	timeout 5 bash -c 'echo "sendkey $1" >"$2"' sh "$1" "$work/keys.in"
	wait $!
}

# ---- what works on an open image ----
hello_ready || { bad "hello can be fetched"; exit 1; }
variant open
sed -i -e '/systemd.import_credentials=no/d' -e 's/sysctl.kernel.sysrq=0/sysctl.kernel.sysrq=1/' \
	-e 's/kernel-modules: \[/&qemu_fw_cfg, efivarfs, /' "$variant/assay.yaml"
echo 'kernel.sysrq = 1' >"$variant/overlay/etc/sysctl.d/90-closed.conf"
check "open: builds" make "$work/open" "$variant" || exit 1
check "a firmware variable" with_variable "$work/open" || exit 1
if check "open: boots" vm_start open "$work/open" --firmware-vars "$work/vars.fd" "${inputs[@]}"; then
	keys alt-sysrq-h
	sleep 2
	prints "open: a credential by SMBIOS works" the-host-says-smbios
	prints "open: a credential by fw_cfg works" the-host-says-fw_cfg
	prints "open: systemd's options in a firmware variable work" the-host-says-variable
	prints "open: the magic keys work" 'sysrq: HELP'
	affirmed "open: and no required register shows it" "$work/open"
fi
vm_stop
rm -rf "${work:?}/open"

# ---- what does not on the image ----
check "build" make "$work/out" "$hello" || exit 1
check "a firmware variable" with_variable "$work/out" || exit 1
if check "closed: boots" vm_start closed "$work/out" --firmware-vars "$work/vars.fd" "${inputs[@]}"; then
	keys alt-sysrq-h
	sleep 2
	affirmed "closed: is affirmed" "$work/out"
	prints_not "closed: no credential, no option, no unit of the host" the-host-says
	prints_not "closed: the magic keys are off" 'sysrq: (HELP|This sysrq)'
	prints_not "closed: no swap, no file system of the host" 'Adding [0-9]+k swap|EXT4-fs'
	prints_not "closed: no unit failed" '\[(FAILED|DEPEND| TIME )\]|Failed to start|Dependency failed'
fi

# ---- what works and is measured ----
if check "command line by SMBIOS: boots" vm_start smbios "$work/out" --qemu-arg -smbios \
	--qemu-arg type=11,value=io.systemd.stub.kernel-cmdline-extra=systemd.import_credentials=yes; then
	prints "command line by SMBIOS: reaches the kernel" 'Command line: .* systemd.import_credentials=yes'
	told "command line by SMBIOS" "$work/out" "9 12" "PCR 12" "gave the stub a command line" "systemd.import_credentials=yes"
fi
vm_stop
