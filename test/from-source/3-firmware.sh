#!/bin/bash
# edk2's three variants and systemd's stub, built twice with another machine around the box; and held against Debian's files
# reads: firmware assay.yaml assay.lock
# shellcheck source=test/from-source/frame
. "$(dirname "$0")/frame"
fetched
all=(edk2-tools ovmf amdsev inteltdx systemd-stub)
# One at a time: each is in the store when the next one breaks off.
for name in "${all[@]}"; do
	check "$name is built twice" compare "$name" "$description" "$name"
	check "  and is identical" identical "$name" "$name"
	figure "check of $name, seconds" "$took"
done

# ---- Debian's own ----
check "with them the image is built" "$assay" build "$description" -o "$work/out" --store "$store" --no-observe -q
# made COMPONENT FILE: its digest
made() {
	jq -r --arg c "$1" --arg f "$2" '.inputs.components[] | select(.name == $c) | .outputs[] | select((.path // .from) == $f) | .sha256' "$work/out/manifest.json"
}
# against NAME DIGEST PACKAGE PATH: the digest is that of a file of Debian's package, as examples/hello locks it
against() {
	local digest version theirs
	read -r digest version < <(jq -r --arg p "$3" '.packages[] | select(.name == $p) | "\(.sha256) \(."source-version")"' "$hello/assay.lock")
	jq -e --arg v "$version" 'any(.sources[]; .version == $v)' "$description/assay.lock" >/dev/null ||
		{ skip "$1" "$3 $version is built from other sources"; return; }
	theirs=$(dpkg-deb --fsys-tarfile "$store/objects/${digest:0:2}/${digest:2}" | tar -xO "./$4" | sha256sum | cut -d' ' -f1)
	same "$1" "$2" "$theirs"
}
if hello_ready; then
	against "OVMF_CODE is Debian's OVMF_CODE_4M.fd, bit for bit" "$(made ovmf OVMF_CODE.fd)" ovmf usr/share/OVMF/OVMF_CODE_4M.fd
	against "OVMF_VARS is its OVMF_VARS_4M.fd" "$(made ovmf OVMF_VARS.fd)" ovmf usr/share/OVMF/OVMF_VARS_4M.fd
	against "the stub is Debian's, bit for bit" "$(made systemd-stub linuxx64.efi.stub)" systemd-boot-efi usr/lib/systemd/boot/efi/linuxx64.efi.stub
else
	skip "Debian's files" "the packages of examples/hello cannot be fetched"
fi

# ---- what their platforms measure ----
# file COMPONENT: where the store has it
file() {
	local digest
	digest=$(made "$1" OVMF.fd)
	echo "$store/objects/${digest:0:2}/${digest:2}"
}
for name in amdsev inteltdx; do figure "$name, bytes" "$(stat -c %s "$(file "$name")")"; done
# The five settings as examples/hello has them, each on one line.
known() {
	sed -n '/^  - shape: qemu-snp/,/^  [-#]/p' "$hello/assay.yaml" | sed -E ':a; /\\$/{N; s/\\\n *//; ba}' |
		sed -nE 's/^    (firmware-[a-z0-9]+): *"?([^"]*)"?$/\1: "\2"/p'
}
same "what examples/hello knows of amdsev is what it is" "$("$assay" measure snp --facts --firmware "$(file amdsev)")" "$(known)"
check "  and kernel, initrd and command line are measured with it" test "$(jq -r '.shapes[] | select(.name == "qemu-snp") | .firmware_only' "$work/out/reference-values.json")" = false
mrtd=$("$assay" measure tdx --firmware "$(file inteltdx)" 2>"$work/said" | sed -n 's/^MRTD //p')
same "inteltdx has an MRTD, which is that of the build" "$(jq -r '.shapes[] | select(.name == "qemu-tdx") | .registers[0].values.sha384' "$work/out/reference-values.json")" "$mrtd"
figure "MRTD of inteltdx" "$mrtd"
