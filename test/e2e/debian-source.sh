#!/bin/bash
# A source package of Debian's own archive, found by name, verified, unpacked, patched and compiled: ncompress, which has a
# Makefile, upstream's tarball and patches. What the box saw is held against dpkg-source's work.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
for tool in dpkg-source jq; do
	command -v "$tool" >/dev/null || { skip "a source package of Debian" "no $tool"; exit; }
done
d=$work/d
mkdir "$d"
cat >"$d/assay.yaml" <<'Y'
format: assay/1
name: packed
suites: [{archive: debian, suite: trixie, components: [main]}]
packages: [linux-image-cloud-amd64]
leave-out: [cpio, debconf, dracut-install, gcc-14-base, "initramfs-tools*", "klibc*", libklibc, linux-base, logsave]
firmware: {packages: [ovmf, systemd-boot-efi], code: usr/share/OVMF/OVMF_CODE_4M.fd, vars: usr/share/OVMF/OVMF_VARS_4M.fd}
toolchains:
  c: [gcc, libc6-dev, make, patch]
components:
  - name: compress
    toolchain: c
    debian-source: {name: ncompress}
    limits: {time: 10m, processes: 200, memory: 2G, disk: 1G}
    steps:
      - [cp, -a, /src, /out/source]
      - [make, -s, CC=gcc, CFLAGS=-O2]
      - [make, -s, install, DESTDIR=/out, PREFIX=/usr, BINDIR=/usr/bin]
    outputs:
      - {from: usr/bin/compress, to: root, path: usr/bin/compress, mode: "0755"}
      - {from: source, to: root, path: usr/src/ncompress}
image:
  kernel: boot/vmlinuz-*
  stub: usr/lib/systemd/boot/efi/linuxx64.efi.stub
  exclude: [boot/**]
platforms: []
Y
run() { "$assay" "$@" --store "$store"; }
if ! run lock "$d" -q >"$work/said" 2>&1; then
	cat "$work/said"
	grep -q 'no mirror\|cannot fetch' "$work/said" && { skip "a source package of Debian" "no mirror can be asked"; exit; }
	bad "its lock is made"
	exit
fi
ok "its lock is made"
jq -r '.sources[] | "   \(.name) \(.version), \(.format): \([.files[].name] | join(" "))"' "$d/assay.lock"
check "its chain is verified: InRelease, Sources, stanza, files" run lock verify "$d"
check "an image with it is built" run build "$d" -o "$work/out" --no-observe -q
jq -r '.inputs.components[0].outputs[] | select(.sha256) | "\(.sha256)  \(.path)"' "$work/out/manifest.json" >"$work/outputs"
sed -n 's,  usr/src/ncompress/,  ,p' "$work/outputs" | sort -k 2 >"$work/seen"

mkdir "$work/files"
jq -r '.sources[0].files[] | "\(.sha256) \(.name)"' "$d/assay.lock" | while read -r digest name; do
	cp "$store/objects/${digest:0:2}/${digest:2}" "$work/files/$name"
done
check "dpkg-source unpacks it, too" eval 'dpkg-source --no-check -x "$work"/files/*.dsc "$work/theirs" >"$work/said" 2>&1'
(cd "$work/theirs" && find . -type f -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum) | sort -k 2 >"$work/want"
# quilt's stamps; of patches that were applied both keep what was there before
grep -v '\.timestamp$' "$work/want" >"$work/want.files"
check "the box saw what dpkg-source makes: $(wc -l <"$work/want.files") files" diff "$work/want.files" "$work/seen"
check "  with its patches applied" test "$(grep -c ' .pc/' "$work/seen")" -gt 3
check "the program is in the image" grep -q '  usr/bin/compress$' "$work/outputs"
digest=$(sed -n 's,  usr/bin/compress$,,p' "$work/outputs")
cp "$store/objects/${digest:0:2}/${digest:2}" "$work/compress" && chmod 755 "$work/compress"
same "  and works" hello "$(echo hello | "$work/compress" -f | "$work/compress" -d)"

# An older version of it in the lock before: that it is another is said, and what that may move.
version=$(jq -r '.sources[0].version' "$d/assay.lock")
sed -i "/^  \"sources\"/,\$s/\"version\": \"$version\"/\"version\": \"0.1\"/" "$d/assay.lock"
run lock --update "$d" --json -q >"$work/update"
same "another version of a source package is told" "$(jq -c '[."source-changes"[] | .change, .name, .before, .after]' "$work/update")" \
	"[\"replaced\",\"ncompress\",\"0.1\",\"$version\"]"
same "  and why that may move something" "$(jq -r '.registers.reasons[].because' "$work/update")" "component compress has another source"
