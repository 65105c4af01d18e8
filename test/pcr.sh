# Shared by the tests of `assay measure pcr`: stubs, loaders, firmware and kernel of two Debians, images and disks made of
# them, and machines that print their registers. Sourced after test/lib.sh, not run.
# shellcheck shell=bash disable=SC2154,SC2034 # what test/lib.sh sets, and what the scripts use
PATH=$PATH:/usr/sbin:/sbin
banks=(--bank sha1 --bank sha256 --bank sha384 --bank sha512)
owner=2072756f-776f-206e-6d61-6368696e6500 # test/e2e/secure-boot-vars.c
application=EFI/BOOT/BOOTX64.EFI
machine_pid=''

# deb PATTERN [WHAT...]: unpacks the package of hello's lock whose name is so, or that part of it, into $work/13
deb() {
	local digest
	digest=$(jq -r --arg n "^$1\$" 'first(.. | objects | select(.name? and (.name | test($n)) and .size? and .sha256?)) | .sha256' "$hello/assay.lock")
	dpkg-deb --fsys-tarfile "$store/objects/${digest:0:2}/${digest:2}" | tar -x -C "$work/13" "${@:2}"
}

# Debian 13's files come from hello's packages, Debian 12's from the host where it is one. Sets $stub13 $boot13 $addon13
# $code13 $secure13 $vars13 $kernel, and with them $stub12 and so on, or leaves $stub12 empty.
pcr_ready() {
	local efi=usr/lib/systemd/boot/efi ovmf=usr/share/OVMF
	hello_ready || return
	mkdir -p "$work/13"
	deb systemd-boot-efi ./usr/lib && deb ovmf ./usr/share/OVMF && deb 'linux-image-6.*' --wildcards './boot/vmlinuz-*' '*/efivarfs.ko.xz' '*/virtio_blk.ko.xz' || return
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
[ ! -e /first ] || . /first
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

# systemd_initrd: $initrd is one in which Debian 13's systemd measures two phases, the machine's id and two file systems
# first; the second disk is the ext4 of $work/var.img.
systemd_initrd() {
	local into=$work/systemd.d lib=usr/lib/x86_64-linux-gnu name next file
	cp -a initrd.d "$into" && mkdir -p "$into/$lib/systemd" "$into/lib64" "$into/lib" "$into/etc" "$into/run" "$into/tmp" "$into/proc"
	ln -s ../$lib "$into/lib/x86_64-linux-gnu"
	for name in systemd libsystemd-shared libc6 libssl3t64 libtss2-esys-3.0.2-0t64 libtss2-mu-4.0.1-0t64 libtss2-tcti-device0t64 libtss2-sys1t64 \
		libtss2-rc0t64 libtss2-tctildr0t64 libacl1 libblkid1 libcap2 libcrypt1 libmount1 libpam0g libseccomp2 libselinux1 libaudit1 \
		libpcre2-8-0 libcap-ng0 libuuid1 libzstd1 zlib1g libudev1; do
		deb "$name" --wildcards './usr/lib*' || return
	done
	cp -L "$work/13/usr/lib64/ld-linux-x86-64.so.2" "$into/lib64/" 2>/dev/null || cp -L "$work/13/$lib/ld-linux-x86-64.so.2" "$into/lib64/" || return
	mkdir -p "$into/usr/lib/systemd" && cp "$work/13/usr/lib/systemd/systemd-pcrextend" "$into/usr/lib/systemd/"
	cp -L "$work/13/$lib"/systemd/libsystemd-shared-*.so "$into/$lib/systemd/" || return
	next="$into/usr/lib/systemd/systemd-pcrextend $into/$lib/systemd/* libtss2-esys.so.0 libtss2-mu.so.0 libtss2-rc.so.0 libtss2-tcti-device.so.0"
	while [ -n "$next" ]; do # what is needed, and what that needs
		file=$next next=''
		for name in $file; do
			[[ $name == /* ]] || { [ ! -e "$into/$lib/$name" ] && [ -e "$work/13/$lib/$name" ] && cp -L "$work/13/$lib/$name" "$into/$lib/" && name=$into/$lib/$name; }
			[[ $name != /* ]] || next+=" $(objdump -p "$name" | sed -n 's/^ *NEEDED *//p' | paste -sd' ')"
		done
		next=$(for name in $next; do [ -e "$into/$lib/$name" ] || [ ! -e "$work/13/$lib/$name" ] || echo "$name"; done | sort -u | paste -sd' ')
	done
	for name in efivarfs virtio_blk; do xz -dc "$(find "$work/13" -name "$name.ko.xz")" >"$into/$name.ko" || return; done
	cat >"$into/first" <<'EOF'
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
insmod /efivarfs.ko && mount -t efivarfs efivars /sys/firmware/efi/efivars
insmod /virtio_blk.ko
for i in $(seq 100); do [ -e /dev/vdb ] && break; usleep 100000; done
mkdir -p /var /srv
mount -t ext4 /dev/vdb /var
mount -t tmpfs none /srv
echo 0123456789abcdef0123456789abcdef >/etc/machine-id
extend=/usr/lib/systemd/systemd-pcrextend
$extend enter-initrd
$extend leave-initrd
$extend --machine-id
$extend --file-system=/var
$extend --file-system=/srv
EOF
	truncate -s 16M "$work/var.img" && mkfs.ext4 -q -U 5f7b021f-841b-4aa5-87b5-5bdd54153fcd -L data "$work/var.img"
	(cd "$into" && find . | LC_ALL=C sort | cpio -o -H newc --quiet) >systemd.initrd
	initrd=systemd.initrd
}

# uki OUT STUB [NAME=FILE...]: an image of the parts, and further sections
uki() {
	python3 "$root/test/pcr_uki.py" "$1" "$2" osrel=osrel cmdline=cmdline uname=release "${@:3}" initrd="${initrd:-initrd}" linux="$kernel"
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

# predicted NAME WANT OPTION...: what is foretold is what NAME.pcrs has, WANT registers in four banks each. Of PCR 11 the
# value after the last phase counts.
predicted() {
	local name=$1 want=$2
	shift 2
	"$assay" measure pcr "${banks[@]}" "$@" >"$name.said" 2>"$name.err" || { bad "$name: $(cat "$name.err")"; return; }
	same "$name: predicted is measured, registers times banks" "$(awk 'NR == FNR { seen[$1 " " $2] = $3; next }
		/not predictable/ { next }
		$3 == "after" { said[$2 " " $5] = $6; next }
		{ said[$2 " " $3] = $4 }
		END { for (one in said) if (seen[one] == said[one]) right++; else wrong = wrong " PCR " one; print right + 0 wrong }' \
		"$name.pcrs" "$name.said")" $((4 * want))
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
