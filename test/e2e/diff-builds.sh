#!/bin/bash
# assay diff of two builds: the one thing that was changed is found in the image, named with the registers that the
# reference values of both builds say have moved, and all that follows from it is known to follow. Packages are made here;
# nothing boots.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
archive_can diff-builds || exit 0
at_end() { archive_end; }
archive_start || { bad "an archive can be signed"; exit 1; }
cd "$work" || exit 1
mirror=(--mirror "$work/mirror" --store "$work/store")

archive_minimum
printf 'fill usr/share/made/code.fd 0644 65536\nfill usr/share/made/vars.fd 0644 4096\n' | archive_deb firmware 2025.02-1
archive_deb stub 252.1 <<<"stub usr/lib/made/linux.stub 0644 252.1"
archive_deb kernel 6.1 <<'S'
kernel boot/vmlinuz-made 0644 6.1-made
module usr/lib/modules/6.1-made/kernel/fs/alpha.ko 0644 license=GPL\ndepends=\nname=alpha\n
file usr/lib/modules/6.1-made/modules.builtin 0644
file usr/lib/modules/6.1-made/modules.order 0644 kernel/fs/alpha.ko\n
S
archive_deb app 1.0 <<<'file usr/bin/app 0755 the application\n'
archive_publish
mkdir -p made/overlay/etc
printf 'first\nsecond\n' >made/overlay/etc/overlaid
cat >made/assay.yaml <<Y
format: assay/1
name: made
source-date-epoch: $archive_epoch
suites:
  - {archive: debian, suite: made, components: [main]}
packages: [app, kernel]
firmware: {packages: [firmware, stub], code: usr/share/made/code.fd, vars: usr/share/made/vars.fd}
image:
  command-line: [console=ttyS0, quiet]
  kernel: boot/vmlinuz-*
  stub: usr/lib/made/linux.stub
  initrd: {modules: [alpha]}
  kernel-modules: [alpha]
  overlays: [overlay]
  exclude: ["boot/**"]
platforms: [qemu-vtpm]
Y
check "it is locked" "$assay" lock made "${mirror[@]}" --keyring "$archive_keyring" -q
build() { "$assay" build made -o "$1" "${mirror[@]}" --no-observe -q >built 2>&1 || { bad "it is built: $(tail -2 built)"; exit 1; }; }
# differs A B: its JSON in result, its exit code in code
differs() {
	code=0
	"$assay" diff "$1" "$2" --json >result || code=$?
}
causes() { jq -r '.differences[] | select(.derived | not) | .where | join(" > ")' result; }
first() { causes | head -1; }
moved() { jq -c '[.registers[] | select(.moves) | .pcr]' result; }
# What the two files say themselves.
values() { jq -nc --slurpfile a "$1/reference-values.json" --slurpfile b "$2/reference-values.json" \
	'[$a[0].shapes[0].registers, $b[0].shapes[0].registers] | transpose | map(select(.[0] != .[1]) | .[0].register)'; }
# In the image, and not in what the manifest says of it.
in_image() { causes | grep -c '^disk.img\|^uki.efi'; }

build out
cp -r out again
touch -d @1 again/*
differs out again
same "a build and its copy: no difference" "$code $(jq -c .equal result)" "0 true"

printf 'first\n2nd\n' >made/overlay/etc/overlaid
build root
differs out root
same "a line of a file in the root" "$code $(first)" "1 disk.img > partition 1 (root) > EROFS > etc/overlaid"
same "with the line" "$(jq -r '.differences[0] | [.kind, ."at-a", .a, .b] | @json' result)" '["text",2,"second\n","2nd\n"]'
same "nothing else of the image is a cause" "$(in_image)" 1
same "the registers that move are those of the reference values" "$(moved)" "$(values out root)"
same "named with the file that moves them" "$(jq -r '[.registers[] | select(.moves) | .by] | unique | join(",")' result)" \
	"disk.img > partition 1 (root) > EROFS > etc/overlaid"
derived() { jq -r '.differences[] | select(.derived) | .where | join(" > ")' result; }
for place in "partition 2 (root-verity) > hash tree" "UKI .cmdline > assay.verity" "partition 1 (root) > GUID" \
	"partition 2 (root-verity) > GUID" "partition 3 (esp) > GUID" "GPT > disk GUID" "GPT > entries' checksum" "EROFS > UUID" \
	"EROFS > checksum" "FAT > volume id"; do
	check "it follows: $place" grep -qF "$place" <<<"$(derived)"
done
check "the UKI beside the disk is a copy" grep -qx "uki.efi" <<<"$(derived)"
check "so are the documents" grep -q '^sbom.spdx.json' <<<"$(derived)"

printf 'first\nsecond\n' >made/overlay/etc/overlaid
sed -i 's/console=ttyS0, quiet/console=ttyS0, loud/' made/assay.yaml
"$assay" lock made "${mirror[@]}" --keyring "$archive_keyring" -q
build line
differs out line
check "a word of the command line" grep -q 'UKI .cmdline' <<<"$(first)"
same "and nothing else of the image" "$(in_image)" 1
same "the registers" "$(moved)" "$(values out line)"
sed -i 's/console=ttyS0, loud/console=ttyS0, quiet/' made/assay.yaml

# What only claims to follow: nothing upstream differs.
cp -r out torn
size=$(stat -c %s out/disk.img)
at=$(jq -r '.differences[] | select(.where | index("hash tree")) | ."at-a"' result | head -1)
same "a hash tree alone is not looked for here" "${at:-none}" none
tree=$(sgdisk -i 2 out/disk.img 2>/dev/null | sed -n 's/^First sector: \([0-9]*\).*/\1/p')
if [ -n "$tree" ] && [ "$size" -gt $((tree * 512)) ]; then
	printf XX | dd of=torn/disk.img bs=1 seek=$((tree * 512 + 40)) conv=notrunc status=none
	differs out torn
	same "a hash tree that nothing explains is a difference" "$code $(causes)" "1 disk.img > partition 2 (root-verity) > hash tree"
else
	skip "a hash tree alone" "no sgdisk"
fi
cp -r out firmware-2
printf XX | dd of=firmware-2/firmware/OVMF_CODE.fd bs=1 seek=1000 conv=notrunc status=none
differs out firmware-2
same "a byte of the firmware" "$(causes)" "firmware/OVMF_CODE.fd"
jq '.inputs."lock-sha256" = "00"' out/manifest.json >m.json
cp -r out input
cp m.json input/manifest.json
differs out input
check "an input that the manifest names" grep -q 'manifest.json > inputs.lock-sha256' <<<"$(causes)"
