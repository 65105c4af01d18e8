#!/bin/bash
# the whole image: what is in it, booted, asked for evidence, held against its values; then with one word changed
# shellcheck source=test/from-source/frame
. "$(dirname "$0")/frame"
# shellcheck source=test/vm.sh
. "$(dirname "$0")/../vm.sh"
fetched
out=$work/out
check "the image is built" "$assay" build "$description" -o "$out" --store "$store" -q || exit 1
for f in disk.img uki.efi; do figure "$f, bytes" "$(stat -c %s "$out/$f")"; done
# Every origin, as the manifest has it: components, and what a person wrote or assay made of that.
origins=$(jq -r '[(."root-files", ."initrd-files")[].origin, .outputs.uki.kernel.origin, .outputs.uki.stub.origin,
	.firmware.code.origin, .firmware.vars.origin] | unique | .[] // "none"' "$out/manifest.json")
ours() { [ -n "$origins" ] && ! grep -vE '^(component|overlay|generated):|^description$' <<<"$origins"; }
check "all that is measured is from source" ours

# made COMPONENT PATH FILE: what a component gave
made() {
	local digest
	digest=$(jq -r --arg c "$1" --arg p "$2" \
		'.inputs.components[] | select(.name == $c) | .outputs[] | select(.path == $p and .sha256) | .sha256' "$out/manifest.json")
	[ -n "$digest" ] && cp "$store/objects/${digest:0:2}/${digest:2}" "$3" && chmod 755 "$3"
}
static() { readelf -hW "$1" | grep -q 'Type: *DYN' && ! readelf -lW "$1" | grep -q INTERP && ! readelf -dW "$1" | grep -q NEEDED; }
glibc_free() { ! grep -aqE 'GLIBC_|GNU C Library|/usr/lib/locale' "$1"; }
for program in "init init" "busybox usr/bin/busybox" "attester usr/lib/assay/assay-attester"; do
	read -r component path <<<"$program"
	check "$path is in the image" made "$component" "$path" "$work/$component" || continue
	figure "$path, bytes" "$(stat -c %s "$work/$component")"
	check "$path is static and position independent" static "$work/$component"
	check "$path has nothing of glibc in it" glibc_free "$work/$component"
done
same "busybox works here, too" "$("$work/busybox" sh -c 'echo $((6 * 7))')" 42

check "boot" vm_start honest "$out" || { cat "$console"; exit 1; }
affirmed "the machine is affirmed" "$out"
prints_not "nobody is asked to log in" 'login:|press Enter|Please press|^Password'
prints_not "nothing failed" "can't|cannot|not found|No such file"

cp -r "$root/guest" "$root/src" "$work"
mkdir -p "$work/examples"
cp -r "$description" "$work/examples/changed"
sed -i 's/^    - panic=-1$/    - panic=1/' "$work/examples/changed/assay.yaml"
check "with one word changed: built" make "$work/changed" "$work/examples/changed" || exit 1
check "  and booted" vm_start changed "$work/changed" || exit 1
told "a changed machine" "$out" "4 5 9 11" "the kernel got another command line"
