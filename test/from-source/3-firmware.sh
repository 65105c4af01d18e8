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

# ---- what is in them ----
for name in amdsev inteltdx; do
	digest=$(made "$name" OVMF.fd)
	file=$store/objects/${digest:0:2}/${digest:2}
	figure "$name, bytes" "$(stat -c %s "$file")"
	# GUIDs as they lie in the table at the end: SEV's hash table, and TDX' metadata
	case $name in
	amdsev) guid='\x1f\x37\x55\x72\x3b\x3a\x04\x4b\x92\x7b\x1d\xa6\xef\xa8\xd4\x54' ;;
	inteltdx) guid='\x35\x65\x7a\xe4\x4a\x98\x98\x47\x86\x5e\x46\x85\xa7\xbf\x8e\xc2' ;;
	esac
	check "$name has what its platform measures it by" env LC_ALL=C grep -qaP "$guid" "$file"
done
