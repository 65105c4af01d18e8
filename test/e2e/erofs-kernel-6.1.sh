#!/bin/bash
# Linux 6.1 (Debian 12) mounts the root that assay writes for Debian 13: hello's disk, booted without firmware by an older
# kernel with its own modules and our PID 1, gets as far as starting systemd from the verified EROFS.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
hello_ready || { bad "hello can be fetched"; exit 1; }
cd "$work" || exit 1
PATH=$PATH:/usr/sbin:/sbin

apt-get update -qq 2>/dev/null || true
package=$(apt-cache depends linux-image-cloud-amd64 2>/dev/null | sed -nE 's/^ *Depends: (linux-image-6\.1\..*)/\1/p' | head -1)
[ -n "$package" ] || { skip kernel-6.1 "this machine's archive has no Linux 6.1"; exit 0; }
apt-get download "$package" >/dev/null 2>&1 && dpkg-deb -x "$package"_*.deb kernel || { skip kernel-6.1 "$package cannot be downloaded"; exit 0; }
version=$(basename kernel/lib/modules/*)
depmod -b kernel "$version"

mkdir -p initrd/{dev,etc,proc,run,sys,sysroot,tmp,lib/modules}
gcc -static -Os -o initrd/init "$root"/guest/*.c || { bad "PID 1 compiles"; exit 1; }
for m in virtio_pci virtio_blk dm-verity erofs crc32c_intel; do
	modprobe -d kernel -S "$version" --show-depends "$m" | sed -nE 's/^insmod ([^ ]+).*/\1/p'
done | awk '!seen[$0]++' >modules
while read -r path; do
	cp "$path" initrd/lib/modules/
	echo "/lib/modules/$(basename "$path")" >>initrd/etc/modules-load
done <modules
(cd initrd && find . | LC_ALL=C sort | cpio -o -H newc -R 0:0 --quiet) >initrd.cpio

"$assay" build "$hello" -o out --store "$store" -q >/dev/null || { bad "hello builds"; exit 1; }
word=$(jq -r '.outputs.uki["command-line"]' out/manifest.json | grep -o 'assay\.verity=[^ ]*')
timeout 240 qemu-system-x86_64 -nodefaults -no-user-config -machine q35 -accel tcg -cpu max -m 1024 -display none \
	-serial file:said -monitor none -no-reboot -kernel "kernel/boot/vmlinuz-$version" -initrd initrd.cpio \
	-append "console=ttyS0 panic=-1 ro systemd.volatile=state $word" \
	-drive if=none,id=d,format=raw,readonly=on,file=out/disk.img -device virtio-blk-pci,drive=d </dev/null >qemu.log 2>&1 &
qemu=$!
for _ in $(seq 120); do
	grep -qa 'Hostname set to <hello>' said 2>/dev/null && break
	kill -0 $qemu 2>/dev/null || break
	sleep 2
done
kill $qemu 2>/dev/null
wait $qemu 2>/dev/null
grep -aE 'Linux version|erofs|assay-init|Hostname' said | cut -c1-150
check "the kernel is Linux 6.1" grep -qa 'Linux version 6\.1\.' said
check "it mounts the EROFS" grep -qaE 'erofs: \(device dm-0\): mounted' said
check "systemd starts from it" grep -qa 'Hostname set to <hello>' said
