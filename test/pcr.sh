# Shared by the tests of `assay measure pcr`: stubs, loaders, firmware and kernel of two Debians, images and disks made of
# them, and machines that print their registers. Sourced after test/lib.sh, not run.
# shellcheck shell=bash disable=SC2154,SC2034 # what test/lib.sh sets, and what the scripts use
PATH=$PATH:/usr/sbin:/sbin
banks=(--bank sha1 --bank sha256 --bank sha384 --bank sha512)
owner=2072756f-776f-206e-6d61-6368696e6500 # test/e2e/secure-boot-vars.c
application=EFI/BOOT/BOOTX64.EFI
machine_pid=''

# deb NAME: unpacks the package of hello's lock that begins so, into $work/13
deb() {
	local digest
	digest=$(jq -r --arg n "$1" 'first(.. | objects | select(.name? and (.name | startswith($n)) and .size? and .sha256?)) | .sha256' "$hello/assay.lock")
	dpkg-deb --fsys-tarfile "$store/objects/${digest:0:2}/${digest:2}" | tar -x -C "$work/13" "${@:2}"
}

# Debian 13's files come from hello's packages, Debian 12's from the host where it is one. Sets $stub13 $boot13 $addon13
# $code13 $secure13 $vars13 $kernel, and with them $stub12 and so on, or leaves $stub12 empty.
pcr_ready() {
	local efi=usr/lib/systemd/boot/efi ovmf=usr/share/OVMF
	hello_ready || return
	mkdir -p "$work/13"
	deb systemd-boot-efi ./usr/lib && deb ovmf ./usr/share/OVMF && deb linux-image-6 --wildcards './boot/vmlinuz-*' || return
	kernel=$(echo "$work"/13/boot/vmlinuz-*)
	stub13=$work/13/$efi/linuxx64.efi.stub boot13=$work/13/$efi/systemd-bootx64.efi addon13=$work/13/$efi/addonx64.efi.stub
	code13=$work/13/$ovmf/OVMF_CODE_4M.fd secure13=$work/13/$ovmf/OVMF_CODE_4M.secboot.fd vars13=$work/13/$ovmf/OVMF_VARS_4M.fd
	stub12='' version13=2025.02-8+deb13u1 version12=2022.11-6+deb12u2
	[ "$(dpkg-query -W -f='${Version}' systemd-boot-efi 2>/dev/null | cut -d. -f1)" = 252 ] || return 0
	[ "$(dpkg-query -W -f='${Version}' ovmf 2>/dev/null | cut -d- -f1)" = 2022.11 ] || return 0
	stub12=/$efi/linuxx64.efi.stub boot12=/$efi/systemd-bootx64.efi
	code12=/$ovmf/OVMF_CODE_4M.fd secure12=/$ovmf/OVMF_CODE_4M.secboot.fd vars12=/$ovmf/OVMF_VARS_4M.fd
}

# What an image is made of besides its stub: an initrd whose PID 1 prints all registers and powers off.
pcr_parts() {
	printf 'ID=made\nNAME="Made"\n' >osrel
	printf 'console=ttyS0 quiet' >cmdline
	basename "$kernel" | sed 's/^vmlinuz-//' | tr -d '\n' >release
	mkdir -p initrd.d/bin initrd.d/proc initrd.d/sys initrd.d/dev
	cp "$(command -v busybox)" initrd.d/bin/busybox
	cat >initrd.d/init <<'EOF'
#!/bin/busybox sh
export PATH=/bin
/bin/busybox --install -s /bin
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
for i in $(seq 100); do [ -e /sys/class/tpm/tpm0 ] && break; usleep 100000; done
dmesg -n 1
for bank in /sys/class/tpm/tpm0/pcr-*; do
	for i in $(seq 0 15); do echo "assay-test: PCR $i ${bank##*-} $(tr A-F a-f <$bank/$i)"; done
done
sleep 1
poweroff -f
EOF
	chmod +x initrd.d/init
	(cd initrd.d && find . | LC_ALL=C sort | cpio -o -H newc --quiet) >initrd
	printf 'timeout 0\n' >loader.conf
}

# uki OUT STUB [NAME=FILE...]: an image of the parts, and further sections
uki() {
	python3 "$root/test/pcr_uki.py" "$1" "$2" osrel=osrel cmdline=cmdline uname=release "${@:3}" initrd=initrd linux="$kernel"
}
addon() { # OUT LINE
	printf '%s' "$2" >line
	python3 "$root/test/pcr_uki.py" "$1" "$addon13" cmdline=line
}

# disk OUT FILE=PATH...: a GPT disk whose EFI system partition holds the files
disk() {
	local out=$1 one path folder part
	shift
	rm -f "$out"
	truncate -s 64M "$out"
	sgdisk -o -n 1:2048:0 -t 1:ef00 "$out" >/dev/null && mformat -i "$out@@1M" -F -T 126000 :: || return
	for one; do
		path=${one#*=} folder=''
		while [[ $path == */* ]]; do
			part=${path%%/*} path=${path#*/}
			folder+=/$part
			mmd -D s -i "$out@@1M" "::$folder" >/dev/null 2>&1
		done
		mcopy -o -i "$out@@1M" "${one%%=*}" "::/${one#*=}" || return
	done
}

# boot NAME CODE VARS [ARGUMENT...]: a machine with a new TPM; NAME.pcrs gets its registers, one a line
boot() {
	local name=$1 code=$2 vars=$3 tpm=$work/tpm-$1 secure=()
	shift 3
	[[ $code != *secboot* ]] || secure=(-global "driver=cfi.pflash01,property=secure,value=on")
	mkdir -p "$tpm"
	cp "$vars" "$tpm/vars.fd" && chmod 644 "$tpm/vars.fd"
	swtpm_setup --tpm2 --tpmstate "$tpm" --pcr-banks sha1,sha256,sha384,sha512 >"$tpm/log" 2>&1 || { cat "$tpm/log"; return 1; }
	swtpm socket --tpm2 --tpmstate "dir=$tpm" --ctrl "type=unixio,path=$tpm/socket" --terminate --daemon || return
	timeout -k 5 240 qemu-system-x86_64 -nodefaults -no-user-config -machine q35,smm=on "${secure[@]}" -accel tcg -cpu max -m 1024 -display none \
		-serial stdio -monitor none -no-reboot -drive "if=pflash,unit=0,format=raw,readonly=on,file=$code" \
		-drive "if=pflash,unit=1,format=raw,file=$tpm/vars.fd" -chardev "socket,id=tpm,path=$tpm/socket" \
		-tpmdev emulator,id=tpm0,chardev=tpm -device tpm-crb,tpmdev=tpm0 "$@" >"$name.console" 2>&1 </dev/null &
	machine_pid=$!
	wait $machine_pid
	machine_pid=''
	tr -d '\r' <"$name.console" | sed -n 's/^.*assay-test: PCR //p' >"$name.pcrs"
	[ "$(wc -l <"$name.pcrs")" = 64 ] || { tail -n 5 "$name.console"; return 1; }
}
from_disk() { # DISK: QEMU's arguments
	echo -drive "if=none,id=d,format=raw,file=$1" -device virtio-blk-pci,drive=d,bootindex=1 -boot menu=off,strict=on
}
at_end() { [ -z "$machine_pid" ] || kill "$machine_pid" 2>/dev/null; }

# predicted NAME WANT OPTION...: what is foretold is what NAME.pcrs has, WANT registers in four banks each
predicted() {
	local name=$1 want=$2
	shift 2
	"$assay" measure pcr "${banks[@]}" "$@" >"$name.said" 2>"$name.err" || { bad "$name: $(cat "$name.err")"; return; }
	same "$name: predicted is measured, registers times banks" "$(awk 'NR == FNR { seen[$1 " " $2] = $3; next }
		/not predictable/ { next }
		seen[$2 " " $3] == $4 { right++; next }
		{ wrong = wrong " PCR " $2 " " $3 }
		END { print right + 0 wrong }' "$name.pcrs" "$name.said")" $((4 * want))
}

# own_keys NAME...: NAME.key, NAME.pem, NAME.der
own_keys() {
	local name
	for name; do
		openssl req -x509 -newkey rsa:2048 -nodes -keyout "$name.key" -out "$name.pem" -days 3650 -subj "/CN=$name" 2>/dev/null &&
			openssl x509 -in "$name.pem" -outform DER -out "$name.der" || return
	done
}
sign_as() { # NAME IN OUT
	mkdir -p "$(dirname "$3")"
	sbsign --key "$1.key" --cert "$1.pem" --output "$3" "$2" >/dev/null 2>&1
}
