#!/bin/bash
# Secure Boot signatures: put on after the build, taken off again, compared with what sbsigntool makes; then machines whose
# owner has enrolled a key of their own: what that key signed boots, everything else does not.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/vm.sh
. "$(dirname "$0")/../vm.sh"
PATH=$PATH:/usr/sbin:/sbin
umask 077
code=/usr/share/OVMF/OVMF_CODE_4M.secboot.fd vars=/usr/share/OVMF/OVMF_VARS_4M.fd
boot_pid=''
at_end() {
	vm_stop
	[ -z "$boot_pid" ] || kill "$boot_pid" 2>/dev/null
}

hello_ready || { bad "hello can be fetched"; exit 1; }
out=$work/out
check "build" make "$out" "$hello" || exit 1
cd "$work" || exit 1
digests out >before

# key NAME OPTION...: NAME.key, NAME.pem, NAME.der
key() {
	local name=$1
	shift
	openssl req -x509 -newkey "$@" -nodes -keyout "$name.key" -out "$name.pem" -days 3650 -subj "/CN=$name" 2>/dev/null &&
		openssl x509 -in "$name.pem" -outform DER -out "$name.der"
}
for name in platform exchange ours stranger; do key "$name" rsa:2048 || exit 1; done
key small rsa:1024
key curve ec -pkeyopt ec_paramgen_curve:P-256
openssl pkey -in ours.key -aes256 -passout pass:word -out locked.key
cp ours.key open.key && chmod 644 open.key

# sign KEY TO [OPTION...]: hello, or $from
sign() {
	"$assay" sign uki "${from:-out}" --key "$1.key" --cert "${cert:-$1}.pem" --output "$2" "${@:3}" >said
}
# refused NAME EXIT TEXT COMMAND...: ends so, says so, and writes nothing to `nothing`
refused() {
	local name=$1 want=$2 text=$3 got=0
	shift 3
	"$@" 2>said.err || got=$?
	if [ $got = "$want" ] && grep -qF -- "$text" said.err && [ ! -e nothing ]; then
		ok "$name"
	else
		bad "$name: exit $got, $(cat said.err)"
		rm -rf nothing
	fi
}
hash_of() { sha256sum <"$1" | cut -d' ' -f1; }
flip() { # FILE OFFSET
	local byte
	byte=$(od -An -tu1 -j "$2" -N 1 "$1")
	# shellcheck disable=SC2059 # the format is made here
	printf "\\$(printf %o $((byte ^ 1)))" | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}

# ---- the signature, judged by others ----
cp ours.key out/mine.key
check "an image is signed, as a copy" sign ours signed --detached ours.p7
same "files that no build writes are not in the copy" "$(cd signed && find . -type f | LC_ALL=C sort | paste -sd' ')" \
	'./direct/command-line ./direct/initrd ./direct/kernel ./disk.img ./firmware/OVMF_CODE.fd ./firmware/OVMF_VARS.fd ./firmware/qemu-tdx.fd ./manifest.json ./reference-values.json ./sbom.spdx.json ./uki.efi'
rm out/mine.key
check "the unsigned image stays as it was" cmp before <(digests out)
check "sbverify accepts it" quiet sbverify --cert ours.pem signed/uki.efi
check "sbverify does not accept it for another certificate" bash -c '! sbverify --cert stranger.pem signed/uki.efi 2>/dev/null'
check "signing again, under another zone, locale and umask" env TZ=Asia/Tokyo LC_ALL=C.UTF-8 bash -c \
	"umask 000; '$assay' sign uki out --key ours.key --cert ours.pem --output again >/dev/null"
same "gives the same bytes" "$(cd signed && sha256sum disk.img uki.efi)" "$(cd again && sha256sum disk.img uki.efi)"
rm -r again
check "the detached signature is attached again" quiet "$assay" sign attach out/uki.efi --signature ours.p7 --cert ours.pem --output again.efi
check "to the same bytes" cmp again.efi signed/uki.efi
cp out/uki.efi theirs.efi && sbattach --attach ours.p7 theirs.efi 2>/dev/null
check "sbattach attaches it to the same bytes" cmp theirs.efi signed/uki.efi
check "it is taken off again" quiet "$assay" sign detach signed/uki.efi --output plain.efi --signature again.p7
same "image and signature are those from before" "$(hash_of plain.efi) $(hash_of again.p7)" "$(hash_of out/uki.efi) $(hash_of ours.p7)"
cp signed/uki.efi removed.efi && sbattach --remove removed.efi
checksum_at=$(($(od -An -tu4 -j 60 -N 4 out/uki.efi) + 24 + 64)) # PE header, COFF header, CheckSum
printf '\0\0\0\0' | dd of=removed.efi bs=1 seek=$checksum_at conv=notrunc status=none
check "sbattach takes it off to the same bytes, CheckSum aside" cmp removed.efi out/uki.efi

sbsign --key ours.key --cert ours.pem --output sbsigned.efi out/uki.efi 2>/dev/null
authenticode=$("$assay" sign detach sbsigned.efi --output plain.efi --signature sbsign.p7 --json | jq -r '."authenticode-sha256"')
same "sbsign signs the same Authenticode hash" "${authenticode^^}" \
	"$(openssl asn1parse -inform DER -in sbsign.p7 | sed -n 's/.*OCTET STRING *\[HEX DUMP\]://p' | head -n 1)"
same "which is that of the signed image, too" "$authenticode" "$("$assay" sign detach signed --json | jq -r '."authenticode-sha256"')"
check "sbsign's signature is taken off to the unsigned image" cmp plain.efi out/uki.efi
check "and attached to what sbsign made" quiet "$assay" sign attach out/uki.efi --signature sbsign.p7 --output again.efi
check "bit for bit" cmp again.efi sbsigned.efi

# ---- what is refused ----
cp out/uki.efi other.efi && flip other.efi 9000000
refused "a signature for another image" 1 "it is for the Authenticode hash $authenticode" \
	"$assay" sign attach other.efi --signature ours.p7 --output nothing
refused "a signature by another certificate than the one that is wanted" 1 "another certificate" \
	"$assay" sign attach out --signature ours.p7 --cert stranger.pem --output nothing
cp ours.p7 flipped.p7 && flip flipped.p7 $(($(stat -c %s ours.p7) - 20))
refused "a signature with a flipped bit" 2 "does not verify" \
	"$assay" sign attach out --signature flipped.p7 --output nothing
from=signed refused "a second signature" 2 "signed already" sign stranger nothing
cert=ours refused "a key that everybody can read" 2 "chmod 600" sign open nothing
cert=ours refused "a key with a passphrase: nobody is asked" 2 "passphrase" sign locked nothing
cert=stranger refused "another key's certificate" 2 "not for this private key" sign ours nothing
refused "a key of 1024 bits" 2 "RSA key of 1024 bits" sign small nothing
refused "an elliptic curve: its signatures differ each time" 2 "another kind than RSA" sign curve nothing
refused "the image's own folder as the place for the copy" 2 "the unsigned image stays" sign ours out
from=out/uki.efi refused "the image's own file as the place for the signed one" 2 "the image itself" sign ours out/uki.efi
refused "or for the signature" 2 "the image itself" "$assay" sign uki out/uki.efi --key ours.key --cert ours.pem --detached out/uki.efi
refused "or the signed file as the place for the unsigned one" 2 "the image itself" "$assay" sign detach signed/uki.efi --output signed/uki.efi
check "after all this the image is what it was" cmp before <(digests out)

# ---- the disk: only the file in the ESP moves ----
esp_at=$(jq .outputs.disk.esp.at out/manifest.json) esp_size=$(jq .outputs.disk.esp.size out/manifest.json)
same "the disk has its size" "$(stat -c %s signed/disk.img)" "$(stat -c %s out/disk.img)"
check "everything before the ESP is the same: partition table, root, hash tree" cmp -n "$esp_at" signed/disk.img out/disk.img
check "everything behind it, too" cmp -i $((esp_at + esp_size)) signed/disk.img out/disk.img
check "the ESP is sound" bash -c "dd if=signed/disk.img of=esp bs=1M iflag=skip_bytes,count_bytes skip=$esp_at count=$esp_size status=none &&
	fsck.fat -n esp >/dev/null"
check "the signed image lies in it" bash -c "mcopy -n -i esp ::/EFI/BOOT/BOOTX64.EFI found.efi && cmp found.efi signed/uki.efi"
same "its serial number is the unsigned one's" "$(od -An -tx4 -j $((esp_at + 67)) -N 4 signed/disk.img)" "$(od -An -tx4 -j $((esp_at + 67)) -N 4 out/disk.img)"
check "manifest and reference values are the image's" bash -c 'cmp signed/manifest.json out/manifest.json && cmp signed/reference-values.json out/reference-values.json'
check "assay measure: every register of the signed copy is the unsigned image's" bash -c "'$assay' measure signed --store '$store' --json >measured &&
	jq -e '.signed and .same and ([.shapes[].registers[] | select(.differs)] == [])' measured >/dev/null"
flip signed/disk.img $((esp_at + esp_size / 2))
check "and it finds another disk" bash -c "! '$assay' measure signed --store '$store' --json >measured && jq -e '.\"disk-differs\"' measured >/dev/null"
flip signed/disk.img $((esp_at + esp_size / 2))
check "and nothing else, on the signed disk as it was" quiet "$assay" measure signed --store "$store"
mkdir mixed && cp -r out/* mixed && cp signed/uki.efi mixed
check "a signed uki.efi beside the unsigned disk is told" bash -c "! '$assay' measure mixed --store '$store' --json >measured &&
	jq -e '.\"disk-unlike-uki\" and .same and (.\"disk-differs\" or .\"signature-differs\" | not)' measured >/dev/null"
"$assay" sign uki other.efi --key ours.key --cert ours.pem --detached moved.p7 >/dev/null
cp out/uki.efi mixed/uki.efi && sbattach --attach moved.p7 mixed/uki.efi 2>/dev/null
check "and a signature for another image" bash -c "! '$assay' measure mixed --store '$store' --json >measured && jq -e '.\"signature-differs\"' measured >/dev/null"
rm -r mixed
check "a signed disk is unsigned again" quiet "$assay" sign detach signed --output unsigned
same "to the very same files" "$(digests unsigned)" "$(cat before)"
rm -r unsigned esp

# ---- machines that boot what their owner's key has signed ----
check "own keys are enrolled" "$root/build/test/secure-boot-vars" "$vars" enrolled.fd platform.der exchange.der ours.der || exit 1
# stops NAME DISK: the firmware refuses to start it, and the kernel says nothing
stops() {
	local name=$1 disk=$2 end=$((SECONDS + 120))
	say "boot: $name"
	cp enrolled.fd vars.fd
	: >console # here, not by the machine's own shell: what the one before printed must be gone
	qemu-system-x86_64 -nodefaults -no-user-config -machine q35,smm=on -accel tcg -cpu max -m 512 -display none -serial stdio -monitor none \
		-no-reboot -global driver=cfi.pflash01,property=secure,value=on -drive "if=pflash,unit=0,format=raw,readonly=on,file=$code" \
		-drive if=pflash,unit=1,format=raw,file=vars.fd -drive "if=none,id=d,format=raw,readonly=on,file=$disk" \
		-device virtio-blk-pci,drive=d,bootindex=1 -boot menu=off,strict=on >console 2>&1 </dev/null &
	boot_pid=$!
	while kill -0 $boot_pid 2>/dev/null && [ $SECONDS -lt $end ] && ! grep -qaE 'No bootable option|Linux version' console; do sleep 0.2; done
	kill $boot_pid 2>/dev/null
	wait $boot_pid 2>/dev/null
	boot_pid=''
	if grep -qaE 'failed to load .*: (Access Denied|Security Violation)' console && ! grep -qa 'Linux version' console; then
		ok "$name"
	else
		bad "$name"
		tail -n 5 console
	fi
}
stops "the unsigned image does not boot" out/disk.img
check "somebody else signs" sign stranger strange
stops "an image signed by another key does not boot" strange/disk.img
rm -r strange
cp --sparse=always signed/disk.img flipped.img && cp signed/uki.efi flipped.efi && flip flipped.efi 9000000
mcopy -o -i "flipped.img@@$esp_at" flipped.efi ::/EFI/BOOT/BOOTX64.EFI
stops "a signed image with one flipped bit does not boot" flipped.img
rm flipped.img

check "the signed image boots" vm_start signed signed --firmware-code "$code" --firmware-vars enrolled.fd --qemu-arg=-machine \
	--qemu-arg=smm=on --qemu-arg=-global --qemu-arg=driver=cfi.pflash01,property=secure,value=on || exit 1
prints "and its kernel finds Secure Boot on" 'secureboot: Secure boot enabled'
ask signed out
# 0: another firmware. 4: with Secure Boot on, the stub takes the kernel past the firmware's check, which is what measures it.
# 7: Secure Boot itself.
same "of what was predicted for the unsigned image only PCR 0, 4 and 7 differ" "$(differing out)" \
	"0:sha256+sha384 4:sha256+sha384 7:sha256+sha384"
holds "PCR 4 has the unsigned image's own event" "PCR 4  missing: inner kernel"
for r in 2 3 5 6 9 11 12 13 14; do
	same "PCR $r is as predicted" "$(jq -r ".sha256[\"$r\"]" <(jq -r '."tpm.pcrs"[1] | gsub("-"; "+") | gsub("_"; "/") |
		. + "=" * ((4 - length % 4) % 4)' signed.bundle | base64 -d))" \
		"$(jq -r ".shapes[0].registers[] | select(.register == $r) | .values.sha256" out/reference-values.json)"
done
