#!/bin/bash
# Enclave images: one that `assay build` writes, and some that this test makes, all judged by a slow second implementation
# (Python: struct, zlib, hashlib), which shares nothing with ours. Signatures are openssl's.
# shellcheck source=test/lib.sh disable=SC2154 # what archive.sh sets
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$root/test/archive.sh"
archive_can "enclave images" || exit
command -v python3 >/dev/null || { skip "enclave images" "no python3"; exit; }
at_end() { archive_end; }

run() { "$assay" "$@" --store "$work/store" --mirror "$work/mirror"; }
measured() { "$assay" measure eif "$@"; }
# fails NAME PATTERN COMMAND...: it fails, and says this
fails() {
	local name=$1 pattern=$2
	shift 2
	if "$@" >"$work/said" 2>&1; then
		bad "$name: it succeeded"
	elif grep -qE -- "$pattern" "$work/said"; then
		ok "$name"
	else
		bad "$name: $(cat "$work/said")"
	fi
}

# registers FILE [CERTIFICATE-DER]: what the format's description says, read as it stands there.
cat >"$work/registers.py" <<'P'
import hashlib, struct, sys, zlib
b = open(sys.argv[1], "rb").read()
assert b[:4] == b".eif" and struct.unpack(">H", b[4:6])[0] == 4
assert struct.unpack(">I", b[544:548])[0] == zlib.crc32(b[548:], zlib.crc32(b[:544]))
n = struct.unpack(">H", b[26:28])[0]
parts = {}
for i in range(n):
    at, = struct.unpack(">Q", b[28 + 8 * i:36 + 8 * i])
    size, = struct.unpack(">Q", b[284 + 8 * i:292 + 8 * i])
    kind, flags, again = struct.unpack(">HHQ", b[at:at + 12])
    assert size == again and flags == 0
    parts.setdefault(kind, []).append(b[at + 12:at + 12 + size])
v = lambda x: hashlib.sha384(bytes(48) + hashlib.sha384(x).digest()).hexdigest()
start = parts[1][0] + parts[2][0]
print("PCR 0 ", v(start + b"".join(parts[3])))
print("PCR 1 ", v(start + parts[3][0]))
print("PCR 2 ", v(b"".join(parts[3][1:])))
if len(sys.argv) > 2:
    print("PCR 8 ", v(open(sys.argv[2], "rb").read()))
for i, name in enumerate(("kernel", "line"), 1):
    open(sys.argv[1] + "." + name, "wb").write(parts[i][0])
for i, disk in enumerate(parts[3]):
    open(sys.argv[1] + ".ramdisk%d" % i, "wb").write(disk)
if 5 in parts:
    open(sys.argv[1] + ".metadata", "wb").write(parts[5][0])
P
registers() { python3 "$work/registers.py" "$@"; }

# make FILE RAMDISK...: an image as another program would write it; SIGNATURE is a section of its own.
cat >"$work/make.py" <<'P'
import os, struct, sys, zlib
sections = [(1, b"kernel" * 999), (2, b"console=ttyS0"), (5, b'{"ImageName":"made"}')]
sections += [(3, open(f, "rb").read()) for f in sys.argv[2:]]
if os.environ.get("SIGNATURE"):
    sections.append((4, open(os.environ["SIGNATURE"], "rb").read()))
at, offsets, sizes, body = 548, [], [], b""
for kind, data in sections:
    offsets.append(at); sizes.append(len(data))
    body += struct.pack(">HHQ", kind, 0, len(data)) + data
    at = 548 + len(body)
full = lambda x: x + [0] * (32 - len(x))
h = b".eif" + struct.pack(">HHQQHH", 4, 0, 1 << 30, 2, 0, len(sections))
h += struct.pack(">32Q", *full(offsets)) + struct.pack(">32Q", *full(sizes)) + bytes(4)
open(sys.argv[1], "wb").write(h + struct.pack(">I", zlib.crc32(h + body)) + body)
P
make() { python3 "$work/make.py" "$@"; }

# ---- images of another program ----
head -c 50001 /dev/zero | tr '\0' a >"$work/r1"
seq 1 20000 >"$work/r2"
printf 'x' >"$work/r3"
for n in 1 2 3; do
	disks=()
	for ((i = 1; i <= n; i++)); do disks+=("$work/r$i"); done
	make "$work/$n.eif" "${disks[@]}"
	same "an image with $n ramdisks has the PCRs of the second implementation" "$(registers "$work/$n.eif")" "$(measured "$work/$n.eif")"
done
same "with one ramdisk PCR 0 is PCR 1" "$(measured "$work/1.eif" | sed -n 's/PCR 0//p')" "$(measured "$work/1.eif" | sed -n 's/PCR 1//p')"
same "  and PCR 2 is that of nothing" "21b9efbc184807662e966d34" "$(measured "$work/1.eif" | sed -nE 's/PCR 2  (.{24}).*/\1/p')"
measured "$work/2.eif" --json >"$work/json"
same "--json names the format, and the file" "assay.measure-eif/1 $(digest_of "$work/2.eif")" "$(jq -r '.format + " " + ."file-sha256"' "$work/json")"
same "  its rules, and that no hardware has confirmed them" "false EIF version 4, Nitro enclave PCRs" "$(jq -r '"\(."hardware-confirmed") \(.rules)"' "$work/json")"
same "  its sections" "kernel,command line,metadata,ramdisk,ramdisk" "$(jq -r '[.sections[].type] | join(",")' "$work/json")"
same "  and one event for each register" "0 1 2" "$(jq -r '[.events[].register] | map(tostring) | join(" ")' "$work/json")"

# patched NAME SAYS OFFSET BYTES...: with these bytes (octal) at the offset, and a CRC that fits unless OFFSET begins with '!'
patched() {
	local name=$1 says=$2 at=${3#!}
	cp "$work/2.eif" "$work/bad.eif"
	printf '%b' "$4" | dd of="$work/bad.eif" bs=1 seek="$at" conv=notrunc status=none
	[[ $3 == !* ]] || python3 -c 'import struct, sys, zlib
b = bytearray(open(sys.argv[1], "rb").read())
b[544:548] = struct.pack(">I", zlib.crc32(bytes(b[:544] + b[548:])))
open(sys.argv[1], "wb").write(b)' "$work/bad.eif"
	fails "$name" "$says" measured "$work/bad.eif"
}
patched "another magic is refused" 'no enclave image: it begins with 2e 65 69 00' 0 '.ei\0'
patched "another version" 'version 3, only version 4' 4 '\0\003'
patched "another CRC" 'CRC is .*, that of the file is' '!900' 'x'
patched "a size that the header gives otherwise" 'it has 5994 bytes, in the header' 284 '\0377'
patched "sections out of order" 'ramdisk before the command line' 6554 '\0\003'
patched "an unknown section" 'unknown type 9' 6554 '\0\011'
patched "a section that is not where the header says" 'the section before it ends at' 43 '\0\0\0\001'
head -c 5000 "$work/2.eif" >"$work/bad.eif"
fails "a section out of range, of a file that is cut off" 'bytes, but .* are left of the file' measured "$work/bad.eif"
head -c 100 "$work/2.eif" >"$work/bad.eif"
fails "  and one that is no whole header" 'truncated' measured "$work/bad.eif"

# ---- a signature, made without us ----
openssl ecparam -name secp384r1 -genkey -noout -out "$work/key.pem" 2>/dev/null
openssl req -new -x509 -key "$work/key.pem" -subj '/CN=enclave' -days 1 -out "$work/cert.pem" 2>/dev/null
openssl x509 -in "$work/cert.pem" -outform DER -out "$work/cert.der"
# The section as AWS's writer has it: bytes are arrays of numbers. An ES384 signature over the PCR 0 given in hex.
cat >"$work/sign.py" <<'P'
import subprocess, sys
key, cert, pcr0, out = sys.argv[1:]
def head(major, n):
    if n < 24: return bytes([major << 5 | n])
    if n < 256: return bytes([major << 5 | 24, n])
    return bytes([major << 5 | 25]) + n.to_bytes(2, "big")
array = lambda items: head(4, len(items)) + b"".join(items)
string = lambda b: head(2, len(b)) + b
text = lambda s: head(3, len(s)) + s.encode()
numbers = lambda b: array([head(0, x) for x in b])
payload = head(5, 2) + text("register_index") + head(0, 0) + text("register_value") + numbers(bytes.fromhex(pcr0))
protected = head(5, 1) + head(0, 1) + head(1, 34)
signed = array([text("Signature1"), string(protected), string(b""), string(payload)])
der = subprocess.run(["openssl", "dgst", "-sha384", "-sign", key], input=signed, stdout=subprocess.PIPE, check=True).stdout
def number(at):
    n = der[at + 1]
    return int.from_bytes(der[at + 2:at + 2 + n], "big").to_bytes(48, "big"), at + 2 + n
r, at = number(2)
s, at = number(at)
cose = array([string(protected), head(5, 0), string(payload), string(r + s)])
section = head(5, 2) + text("signing_certificate") + numbers(open(cert, "rb").read()) + text("signature") + numbers(cose)
open(out, "wb").write(head(4, 1) + section)
P
pcr0=$(measured "$work/2.eif" | sed -n 's/PCR 0  //p')
python3 "$work/sign.py" "$work/key.pem" "$work/cert.pem" "$pcr0" "$work/section"
SIGNATURE=$work/section make "$work/signed.eif" "$work/r1" "$work/r2"
same "a signed image has PCR 8, and the others as before" "$(registers "$work/signed.eif" "$work/cert.der")" "$(measured "$work/signed.eif")"
same "  its signature holds" "true true" "$(measured "$work/signed.eif" --json | jq -r '"\(.signed) \(."signature-holds")"')"
SIGNATURE=$work/section make "$work/other.eif" "$work/r1" "$work/r3"
fails "the signature of another image does not" 'does not hold: it is over another image' measured "$work/other.eif"
same "  with exit code 1" 1 "$(measured "$work/other.eif" >/dev/null 2>&1; echo $?)"
openssl ecparam -name secp384r1 -genkey -noout -out "$work/key2.pem" 2>/dev/null
python3 "$work/sign.py" "$work/key2.pem" "$work/cert.pem" "$pcr0" "$work/section"
SIGNATURE=$work/section make "$work/other.eif" "$work/r1" "$work/r2"
fails "nor one of another key" 'does not verify' measured "$work/other.eif"

# ---- a signature of ours: openssl verifies it ----
check "assay sign eif signs an image" "$assay" sign eif "$work/2.eif" --key "$work/key.pem" --cert "$work/cert.pem" -o "$work/ours.eif"
same "  PCR 8 is the certificate's, the others stay" "$(registers "$work/ours.eif" "$work/cert.der")" "$(measured "$work/ours.eif")"
same "  and assay finds that it holds" "true" "$(measured "$work/ours.eif" --json | jq -r '."signature-holds"')"
cat >"$work/unsign.py" <<'P'
import sys
def item(b, at):
    first = b[at]; major, n = first >> 5, first & 31; at += 1
    if n >= 24:
        size = 1 << (n - 24); n = int.from_bytes(b[at:at + size], "big"); at += size
    if major == 0: return n, at
    if major == 1: return -1 - n, at
    if major in (2, 3): return (b[at:at + n] if major == 2 else b[at:at + n].decode()), at + n
    values = []
    for _ in range(n * (major - 3)):
        v, at = item(b, at); values.append(v)
    return (values if major == 4 else dict(zip(values[::2], values[1::2]))), at
b, pcr0 = open(sys.argv[1], "rb").read(), sys.argv[2]
at = int.from_bytes(b[28 + 8 * 5:36 + 8 * 5], "big")
assert b[at:at + 2] == b"\0\4"
(section,), end = item(b, at + 12); assert end == len(b)
assert bytes(section["signing_certificate"]) == open(sys.argv[3], "rb").read()
(protected, unprotected, payload, signature), _ = item(bytes(section["signature"]), 0)
assert item(protected, 0)[0] == {1: -35} and unprotected == {} and len(signature) == 96
said = item(payload, 0)[0]
assert said["register_index"] == 0 and bytes(said["register_value"]).hex() == pcr0
def string(s): return (bytes([0x40 | len(s)]) if len(s) < 24 else bytes([0x58, len(s)])) + s
open(sys.argv[4], "wb").write(b"\x84\x6aSignature1" + string(protected) + b"\x40" + string(payload))
def number(x):
    x = x.lstrip(b"\0"); x = (b"\0" + x) if x[0] & 128 else x; return bytes([2, len(x)]) + x
body = number(signature[:48]) + number(signature[48:])
open(sys.argv[4] + ".der", "wb").write(bytes([48, len(body)]) + body)
P
check "  a second reader finds certificate and PCR 0 in it" python3 "$work/unsign.py" "$work/ours.eif" "$pcr0" "$work/cert.pem" "$work/message"
openssl pkey -in "$work/key.pem" -pubout -out "$work/key.pub"
check "  and openssl verifies it" openssl dgst -sha384 -verify "$work/key.pub" -signature "$work/message.der" "$work/message"
fails "it is signed once" 'has a signature already' "$assay" sign eif "$work/ours.eif" --key "$work/key.pem" --cert "$work/cert.pem" -o "$work/twice.eif"
fails "another key's certificate is refused" 'not for this private key' "$assay" sign eif "$work/2.eif" --key "$work/key2.pem" --cert "$work/cert.pem" -o "$work/twice.eif"
openssl genpkey -algorithm ed25519 -out "$work/ed.pem" 2>/dev/null
fails "and Ed25519, which no enclave takes" 'no enclave takes' "$assay" sign eif "$work/2.eif" --key "$work/ed.pem" --cert "$work/cert.pem" -o "$work/twice.eif"
check "  nothing is written then" test ! -e "$work/twice.eif"

# ---- one that assay builds ----
archive_start
archive_minimum
archive_publish
mkdir -p "$work/d/overlay/opt"
echo hello >"$work/d/overlay/opt/file"
described() { archive_description 'base, kernel' | sed "s/^image:/&\n  overlays: [overlay]\n  initrd: {modules: [gamma]}\n  command-line: [console=ttyS0, quiet]$1/"; }
described '\n  format: eif' >"$work/d/assay.yaml"
check "a description with format: eif is locked" run lock "$work/d" --keyring "$archive_keyring" -q
built() { run build "$work/d" -o "$work/${1:-out}" --no-observe -q >"$work/said" 2>&1; }
check "  and built" built
values=$work/out/reference-values.json
same "image.eif has the PCRs of the second implementation" "$(registers "$work/out/image.eif")" "$(measured "$work/out/image.eif")"
same "reference-values.json has them, as the shape nitro-enclave" "$(measured "$work/out/image.eif")" \
	"$(jq -r '.shapes[] | select(.name == "nitro-enclave" and .platform == "nitro-enclave") | .registers[] | "PCR \(.register)  \(.values.sha384 // .sha384)"' "$values")"
same "  with what covers what" "kernel=PCR 0, PCR 1" "$(jq -r '.shapes[0].coverage[] | select(.layer == "kernel") | "kernel=" + .by' "$values")"
same "its kernel is the image's" "$(jq -r '.outputs.uki.kernel.sha256' "$work/out/manifest.json")" "$(digest_of "$work/out/image.eif.kernel")"
same "its command line the description's words" "console=ttyS0 quiet" "$(cat "$work/out/image.eif.line")"
same "its first ramdisk the initrd" "$(jq -r '.outputs.uki.initrd.sha256' "$work/out/manifest.json")" "$(digest_of "$work/out/image.eif.ramdisk0")"
if command -v cpio >/dev/null; then
	mkdir "$work/root"
	(cd "$work/root" && cpio -id --quiet --no-absolute-filenames) <"$work/out/image.eif.ramdisk1"
	same "its second the root, below sysroot" hello "$(cat "$work/root/sysroot/opt/file")"
	same "  all of it" "$(jq -r '."root-files" | length' "$work/out/manifest.json")" "$(find "$work/root/sysroot" -type f | wc -l)"
else
	skip "its second the root, below sysroot" "no cpio"
fi
same "its metadata has no build time" "refused " "$(jq -r '.ImageName + " " + .BuildMetadata.BuildTime' "$work/out/image.eif.metadata")"
same "the manifest names it" "image.eif $(digest_of "$work/out/image.eif")" "$(jq -r '.outputs.eif | .file + " " + .sha256' "$work/out/manifest.json")"
check "assay measure finds the same values in the files" "$assay" measure "$work/out" --store "$work/store"
cp "$work/2.eif" "$work/out/image.eif"
fails "  and says so when image.eif is another one" 'DIFFERS from reference-values.json' "$assay" measure "$work/out" --store "$work/store"
check "a second build" built second
cp "$work/second/image.eif" "$work/second.eif"
cp -r "$work/d" "$work/d2"
check "  and one in another store, from another folder" "$assay" build "$work/d2" -o "$work/third" --store "$work/store2" --mirror "$work/mirror" --no-observe -q
same "give the same image.eif" "$(digest_of "$work/second.eif")" "$(digest_of "$work/third/image.eif")"
touch -d '2001-01-01' "$work/second/image.eif"
check "an image.eif that was touched is written again" built second
same "  to the same bytes" "$(digest_of "$work/second.eif")" "$(digest_of "$work/second/image.eif")"
described '' >"$work/d/assay.yaml"
check "without format: eif" built second
check "  there is none, and none of an earlier build" test ! -e "$work/second/image.eif"
same "  nor its shape" 0 "$(jq -r '.shapes | length' "$work/second/reference-values.json")"
check "  and nothing is done again" built second
described '\n  format: vhd' >"$work/d/assay.yaml"
fails "another format is refused, with its line" "line [0-9]+: .*'vhd' is neither disk nor eif" built
