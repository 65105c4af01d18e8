#!/bin/bash
# configure: scripts with a real set of Debian packages, locked afresh from the machine's mirrors: what no declaration
# covers (perl, python3, ca-certificates, openssh-server, ping) builds, is configured whole, and has the same bytes twice.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
for tool in jq fsck.erofs dpkg; do
	command -v "$tool" >/dev/null || { skip configure-scripts "no $tool"; exit 0; }
done
mkdir "$work/set"
cat >"$work/set/assay.yaml" <<'Y'
format: assay/1
name: scripted
suites: [{archive: debian, suite: trixie, components: [main]}]
packages: [systemd-sysv, dbus, openssh-server, ca-certificates, perl, python3, iputils-ping, linux-image-cloud-amd64]
leave-out: [dracut-install, "initramfs-tools*", "klibc*", libklibc, cpio]
firmware: {packages: [ovmf, systemd-boot-efi], code: usr/share/OVMF/OVMF_CODE_4M.fd, vars: usr/share/OVMF/OVMF_VARS_4M.fd}
image:
  configure: scripts
  kernel: boot/vmlinuz-*
  stub: usr/lib/systemd/boot/efi/linuxx64.efi.stub
  users: [{name: messagebus, uid: 101, gid: 101}]
  exclude: [boot/**]
platforms: []
Y
build() { "$assay" build "$work/set" -o "$work/$1" --store "$store" -q >"$work/said" 2>&1; }
if ! "$assay" lock "$work/set" --store "$store" >"$work/said" 2>&1 || ! "$assay" fetch "$work/set" --store "$store" -q; then
	skip configure-scripts "needs a mirror that can be reached: $(tail -1 "$work/said")"
	exit 0
fi

sed -i 's/configure: scripts/configure: none/' "$work/set/assay.yaml"
! build none
check 'without scripts this set does not build' grep -q '^assay: cannot build' "$work/said"
sed -i 's/configure: none/configure: scripts/' "$work/set/assay.yaml"
"$root/test/drop-results.sh" "$store" configured
if ! build first; then
	tail -20 "$work/said"
	bad 'with scripts it does'
	exit 1
fi
ok 'with scripts it does'
jq -r '.configured.changes | group_by(.change)[] | "\(.[0].change): \(length)"' "$work/first/manifest.json"
change() { jq -r --arg p "$1" '.configured.changes[] | select(.path == $p) | "\(.change) \(.kind) \(.mode) \(.uid):\(.gid)"' "$work/first/manifest.json"; }
same 'certificates are bundled' "$(change etc/ssl/certs/ca-certificates.crt)" 'added file 0644 0:0'
same "sshd's configuration is made" "$(change etc/ssh/sshd_config)" 'added file 0644 0:0'
same 'no key of a machine is in it' "keys:$(jq '[.["root-files"][].path | select(test("ssh_host"))] | length' "$work/first/manifest.json")" keys:0
same 'a pinned id is kept' "$(change usr/lib/dbus-1.0/dbus-daemon-launch-helper)" 'changed file 4754 0:101'
check 'the user of sshd is there' test "$("$assay" show "$work/first" --store "$store" --json | jq -r '.users[] | select(.name == "sshd").home')" = /run/sshd

# The image itself, by tools that are not ours.
jq -r '.outputs.disk.root | "\(.at) \(.size)"' "$work/first/manifest.json" | {
	read -r at size
	dd if="$work/first/disk.img" of="$work/root.img" bs=4096 skip=$((at / 4096)) count=$((size / 4096)) status=none
}
check 'fsck.erofs can unpack its root' fsck.erofs --extract="$work/tree" "$work/root.img" >"$work/said" 2>&1
same 'dpkg says that all of its packages are configured' "$(dpkg-query --admindir "$work/tree/var/lib/dpkg" -W -f '${db:Status-Status}\n' | sort -u)" installed
same 'and as many as the lock has' "$(dpkg-query --admindir "$work/tree/var/lib/dpkg" -W | wc -l)" \
	"$(jq '[.packages[] | select(.sets | index("image"))] | length' "$work/set/assay.lock")"
if [ "$(id -u)" = 0 ]; then
	same 'python3 and perl run in it' "$(chroot "$work/tree" python3 -c 'import ssl; print(len(ssl.create_default_context().get_ca_certs()) > 100)')" True
else
	skip configure-chroot "needs root"
fi

digests "$work/first" >"$work/one"
"$root/test/drop-results.sh" "$store" configured
rm -rf "$work/tree" "$work/first"
build first
digests "$work/first" >"$work/two"
check 'made again it has the same bytes' cmp "$work/one" "$work/two"
