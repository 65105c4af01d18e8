#!/bin/bash
# examples/from-source as a whole: built, booted, asked for evidence, held against its values; then with one word changed.
# shellcheck source=/dev/null
. "$(dirname "$0")/frame"
# shellcheck source=test/vm.sh
. "$(dirname "$0")/../vm.sh"
fetched

start=$SECONDS
check "the image is built" "$assay" build "$description" -o "$work/out" --store "$store" -q || exit 1
figure "the image, all components in the store" "$((SECONDS - start)) s"
for f in disk.img uki.efi; do figure "$f" "$(stat -c %s "$work/out/$f") bytes"; done
check "boot" vm_start honest "$work/out" || { cat "$console"; exit 1; }
affirmed "the machine is affirmed" "$work/out"
prints_not "nobody is asked to log in" 'login:|press Enter|Please press|^Password'
prints_not "nothing failed" "can't|cannot|not found|No such file"

# The same with one word of the measured command line changed.
mkdir -p "$work/tree/examples"
tar -C "$root" -cf - guest src | tar -C "$work/tree" -xf -
cp -r "$description" "$work/tree/examples/from-source"
sed -i 's/^    - panic=-1$/    - panic=1/' "$work/tree/examples/from-source/assay.yaml"
check "with one word changed: built" make "$work/changed" "$work/tree/examples/from-source" || exit 1
check "  and booted" vm_start changed "$work/changed" || exit 1
told "a changed machine" "$work/out" "4 9 11" "kernel command line"
