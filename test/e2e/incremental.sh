#!/bin/bash
# Builds after builds: what did not change is not touched, what changed is named by --explain, and the bytes are those of a
# build that knows nothing of earlier ones.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
hello_ready || { bad "hello can be fetched"; exit 1; }
mkdir -p "$work/t"
tar -C "$(dirname "$(dirname "$hello")")" -cf - examples guest src | tar -C "$work/t" -xf -
tree=$work/t/examples/hello
out=$work/out

# build: into $out; what it says is in $work/said
build() { "$assay" build "$tree" -o "$out" --store "$store" --no-observe --explain -q >"$work/said" 2>"$work/err"; }
says() { # NAME TEXT
	if grep -qF -- "$2" "$work/said"; then ok "$1"; else bad "$1: '$2' is not in what it says"; cat "$work/said" "$work/err"; fi
}
# fresh NAME: the digests in $out are those of a build elsewhere, in another folder
fresh() {
	"$assay" build "$tree" -o "$work/fresh" --store "$store" --no-observe -q >/dev/null || { bad "$1: builds elsewhere"; return; }
	same "$1" "$(digests "$out")" "$(digests "$work/fresh")"
	rm -rf "$work/fresh"
}
files() { stat -c '%n %i %Z %Y %s' "$out"/* "$out"/firmware/*; }

check "a first build" build
says "says that it is the first" "image        made: no earlier build in this folder"
before=$(files)
check "the same again" build
says "says that nothing changed" "image        unchanged: this folder has it"
says "components come from the store" "init         from the store: none of its inputs changed"
same "no file is touched" "$(files)" "$before"
"$assay" build "$tree" -o "$out" --store "$store" --no-observe --json -q >"$work/said" 2>&1
check "the JSON result says so" grep -q "\"unchanged\": true" "$work/said"
same "its digest is that of the disk" "$(jq -r '."disk-sha256"' "$work/said")" "$(sha256sum <"$out/disk.img" | cut -d' ' -f1)"

echo 'kernel.printk = 3' >>"$tree/overlay/etc/sysctl.d/90-closed.conf"
check "a file of the overlay changes" build
says "it is named" "image        made: overlay file 'etc/sysctl.d/90-closed.conf' changed"
fresh "the bytes are those of a fresh build"
echo 'x' >"$tree/overlay/etc/new"
build
says "a new file of the overlay is named" "overlay file 'etc/new' is new"
rm "$tree/overlay/etc/new"
build
says "a file that went is named" "overlay file 'etc/new' is gone"

sed -i 's/^name: hello/name: hello2/' "$tree/assay.yaml"
build
says "a changed description is named" "image        made: description 'assay.yaml' changed"

echo "/* changed in $work */" >>"$work/t/guest/stop.c" # other bytes in every run: the store must not have it
check "a source of a component changes" build
says "it is named" "init         compiled: source 'stop.c' changed"
says "and the image for it" "component 'init' changed"
says "other components are not compiled" "attester     from the store"
fresh "the bytes are those of a fresh build, again"

for f in disk.img uki.efi manifest.json sbom.spdx.json reference-values.json firmware/OVMF_CODE.fd; do
	want=$(digests "$out")
	printf x | dd of="$out/$f" bs=1 seek=4096 conv=notrunc status=none
	build
	same "a changed $f is made again" "$(digests "$out")" "$want"
	rm "$out/$f"
	build
	same "a missing $f is made again" "$(digests "$out")" "$want"
done
touch "$out/uki.efi"
build
says "a file that was only touched is not believed" "image        made: the files in this folder"
mv "$out" "$work/moved" && out=$work/moved
build
says "a folder that was moved is not believed" "image        made: the files in this folder"
rm -rf "$out" && mkdir "$out" && ln -s /etc/passwd "$out/disk.img"
check "a link in the place of a file is replaced" build
check "  and nothing is written through it" test -f "$out/disk.img" -a ! -L "$out/disk.img"

# Two builds into one folder: one of them says that the other is there, and what stands is whole.
rm -rf "$out" && printf 'x = 1\n' >>"$tree/overlay/etc/sysctl.d/90-closed.conf"
for i in 1 2 3 4; do
	"$assay" build "$tree" -o "$out" --store "$store" --no-observe -q >"$work/two.$i" 2>&1 &
done
wait
build
fresh "four builds into one folder at once leave a whole image"
check "who was late is told so" grep -q "another build is writing to" "$work"/two.*
