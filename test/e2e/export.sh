#!/bin/bash
# Reference values in the formats of others, judged by a slow second reader in Python that holds a CoRIM against what the
# public CDDL says, and by python3-cbor2 where that is installed. Signatures are openssl's to judge.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
for tool in python3 jq openssl; do
	command -v "$tool" >/dev/null || { skip "exports" "no $tool"; exit; }
done
export XDG_CACHE_HOME=$work/cache
values=$work/values.json

export_to() { # FORMAT [OPTION...]
	local format=$1
	shift
	"$assay" export --to "$format" --reference-values "$values" "$@"
}
# refused NAME PATTERN OPTION...: exit code 2, and it says this
refused() {
	local name=$1 pattern=$2 code=0
	shift 2
	"$assay" export "$@" >"$work/said" 2>&1 || code=$?
	if [ $code = 2 ] && grep -qE -- "$pattern" "$work/said"; then ok "$name"; else bad "$name: $code, $(cat "$work/said")"; fi
}

# Values of every platform, made up; PCR 1 has none. What should come out, as this file has it: NAME REGISTER ALGORITHM HEX
cat >"$work/make.py" <<'P'
import hashlib, json, sys
def shape(name, platform, banks, registers, partly=False):
    rows = []
    for r in registers:
        row = {"register": r, "how": "observed", "reason": "made up",
               "values": {b: hashlib.new(b, f"{name}/{r}".encode()).hexdigest() for b in banks}}
        if platform == "tpm" and r == 1:
            row = {"register": 1, "how": "not-predictable", "reason": "devices"}
        rows.append(row)
    return {"name": name, "platform": platform, "inputs": [], "banks": banks, "firmware_only": partly,
            "coverage": [], "registers": rows, "events": []}
shapes = [shape("qemu-vtpm", "tpm", ["sha256", "sha384"], [0, 1, 4, 11]), shape("snp-2", "snp", ["sha384"], [0]),
          shape("snp-4", "snp", ["sha384"], [0]), shape("tdx", "tdx", ["sha384"], [0, 1, 2, 3, 4]),
          shape("nitro-enclave", "nitro-enclave", ["sha384"], [0, 1, 2])]
doc = {"format": "assay.reference-values/1", "image": "hello", "manifest_sha256": "5a" * 32, "shapes": shapes}
json.dump(doc, open(sys.argv[1], "w"))
json.dump(dict(doc, shapes=[shape("partly", "tdx", ["sha384"], [0], True)]), open(sys.argv[2], "w"))
P
python3 "$work/make.py" "$values" "$work/partly.json"

# read.py FILE: every digest of a CoRIM, and that its structure is the CDDL's; a line for each digest.
cat >"$work/read.py" <<'P'
import sys
class Tag:
    def __init__(self, n, v): self.n, self.v = n, v
def item(b, at):
    first = b[at]; major, n = first >> 5, first & 31; at += 1
    if n >= 24:
        assert n <= 27, "indefinite lengths are not deterministic"
        size = 1 << (n - 24); n = int.from_bytes(b[at:at + size], "big"); at += size
        assert major == 7 or n >= {1: 24, 2: 256, 4: 65536, 8: 1 << 32}[size], "not the shortest head"
    if major == 0: return n, at
    if major == 1: return -1 - n, at
    if major == 2: return b[at:at + n], at + n
    if major == 3: return b[at:at + n].decode(), at + n
    if major == 6:
        v, at = item(b, at); return Tag(n, v), at
    assert major in (4, 5), "no such thing in a CoRIM of ours"
    values, keys = [], []
    for _ in range(n):
        if major == 5:
            start = at; k, at = item(b, at); keys.append((b[start:at], k))
        v, at = item(b, at); values.append(v)
    if major == 4: return values, at
    assert [k for k, _ in keys] == sorted({k for k, _ in keys}), "keys out of order"
    return dict(zip((k for _, k in keys), values)), at
def whole(b):
    v, at = item(b, 0); assert at == len(b); return v
b = open(sys.argv[1], "rb").read()
top = whole(b)
if top.n == 18:
    protected, unprotected, payload, signature = top.v
    head = whole(protected)
    assert set(head) == {1, 3, 4, 8} and head[3] == "application/rim+cbor" and unprotected == {}
    meta = whole(head[8]); assert set(meta) == {0} and isinstance(meta[0][0], str)
    open(sys.argv[1] + ".payload", "wb").write(payload); open(sys.argv[1] + ".signature", "wb").write(signature)
    def string(major, s):
        n = len(s); h = bytes([major << 5 | n]) if n < 24 else bytes([major << 5 | 24, n]) if n < 256 else bytes([major << 5 | 25]) + n.to_bytes(2, "big")
        return h + s
    open(sys.argv[1] + ".signed", "wb").write(b"\x84" + string(3, b"Signature1") + string(2, protected) + b"\x40" + string(2, payload))
    print("signer", meta[0][0], "alg", head[1], "kid", head[4].hex())
    top = whole(payload)
assert top.n == 501 and set(top.v) == {0, 1} and isinstance(top.v[0], str) and top.v[1]
print("id", top.v[0])
seen = set()
for tag in top.v[1]:
    assert tag.n == 506
    comid = whole(tag.v)
    assert set(comid) == {1, 4} and set(comid[1]) == {0} and len(comid[1][0]) == 16 and comid[1][0] not in seen
    seen.add(comid[1][0])
    assert set(comid[4]) == {0}
    for environment, measurements in comid[4][0]:
        assert set(environment) == {0} and set(environment[0]) == {1, 2}
        for m in measurements:
            assert set(m) == {0, 1} and isinstance(m[0], str) and set(m[1]) in ({11, 14}, {2, 11, 14})
            where = "%s %s:" % (environment[0][1], m[0])
            for alg, value in m[1].get(2, []): print(where, "digest", alg, value.hex())
            for r, digests in m[1][14].items():
                assert isinstance(r, (int, str)) and digests
                for alg, value in digests: print(where, r, alg, value.hex())
P
read_corim() { python3 "$work/read.py" "$1"; }
# What the values' own file says, in the same lines.
wanted() {
	jq -r --argjson vendor '{"tpm": "TCG", "snp": "AMD", "tdx": "Intel", "nitro-enclave": "AWS"}' --argjson alg '{"sha256": 1, "sha384": 7}' '
		"id \(.image)/\(.manifest_sha256)", (.shapes[] | . as $s | .registers[] | select(.values) | . as $r | .values | to_entries[] |
		"\($vendor[$s.platform]) \($s.name): \(if $s.platform == "snp" then "measurement" elif $s.platform != "tdx" then $r.register
		elif $r.register == 0 then "MRTD" else "RTMR \($r.register - 1)" end) \($alg[.key]) \(.value)")' "$values"
}

# ---- CoRIM ----
check "a CoRIM of all shapes is written" export_to corim -o "$work/all.corim"
same "it is as the CDDL says, in deterministic CBOR, and has every value" "$(wanted | sort)" "$(read_corim "$work/all.corim" | grep -v ' digest ' | sort)"
same "  of SNP as plain digests, too" 2 "$(read_corim "$work/all.corim" | grep -c '^AMD snp-[24]: digest 7')"
same "  and no register without a value" 0 "$(read_corim "$work/all.corim" | grep -c 'TCG qemu-vtpm: 1 ')"
check "again to standard output" test "$(export_to corim | sha256sum)" = "$(sha256sum <"$work/all.corim")"
check "one shape alone" export_to corim --shape tdx -o "$work/tdx.corim"
same "  has its five registers" "$(wanted | grep '^Intel' | sort)" "$(read_corim "$work/tdx.corim" | grep '^[A-Z]' | sort)"
judge=''
for python in python3 /usr/bin/python3; do "$python" -c 'import cbor2' 2>/dev/null && judge=$python; done
if [ -n "$judge" ]; then
	check "python3-cbor2 reads it" "$judge" -c 'import cbor2, sys
t = cbor2.loads(open(sys.argv[1], "rb").read())
assert t.tag == 501 and all(x.tag == 506 for x in t.value[1])
for x in t.value[1]:
    c = cbor2.loads(x.value)
    assert cbor2.dumps(c, canonical=True) == x.value, "not canonical"
    for environment, measurements in c[4][0]: assert measurements[0][1][14]' "$work/all.corim"
else
	skip export-cbor2 "no python3-cbor2"
fi

# ---- signed ----
openssl genpkey -algorithm ed25519 -out "$work/ed.pem" 2>/dev/null
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$work/ec.pem" 2>/dev/null
for k in ed ec; do openssl pkey -in "$work/$k.pem" -pubout -out "$work/$k.pub"; done
check "signed with Ed25519" export_to corim --sign "$work/ed.pem" --signer 'ACME' -o "$work/ed.corim"
kid=$(openssl pkey -in "$work/ed.pem" -pubout -outform DER | sha256sum | cut -d' ' -f1)
same "  its header says who, how, and which key" "signer ACME alg -8 kid $kid" "$(read_corim "$work/ed.corim" | grep ^signer)"
check "  the payload is the unsigned one" cmp "$work/ed.corim.payload" "$work/all.corim"
check "  openssl verifies it" openssl pkeyutl -verify -pubin -inkey "$work/ed.pub" -rawin -in "$work/ed.corim.signed" -sigfile "$work/ed.corim.signature"
check "  and once more it is the same" test "$(export_to corim --sign "$work/ed.pem" --signer ACME | sha256sum)" = "$(sha256sum <"$work/ed.corim")"
check "signed with P-256" export_to corim --sign "$work/ec.pem" -o "$work/ec.corim"
same "  by the image's name where none is given" "signer hello alg -7" "$(read_corim "$work/ec.corim" | sed -n 's/ kid .*//p')"
python3 - "$work/ec.corim.signature" "$work/ec.der" <<'P'
import sys
b = open(sys.argv[1], "rb").read(); assert len(b) == 64
def number(x):
    x = x.lstrip(b"\0"); x = (b"\0" + x) if x[0] & 128 else x; return bytes([2, len(x)]) + x
body = number(b[:32]) + number(b[32:])
open(sys.argv[2], "wb").write(bytes([48, len(body)]) + body)
P
check "  openssl verifies it" openssl dgst -sha256 -verify "$work/ec.pub" -signature "$work/ec.der" "$work/ec.corim.signed"
openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out "$work/rsa.pem" 2>/dev/null
refused "another kind of key is refused" 'another kind than Ed25519' --to corim --reference-values "$values" --sign "$work/rsa.pem"
refused "only a CoRIM is signed" 'only a CoRIM can be signed' --to flat --reference-values "$values" --sign "$work/ed.pem"

# ---- Trustee ----
check "a message for Trustee's RVPS" export_to rvps -o "$work/message.json"
same "  is of version 0.1.0 and of type sample" "0.1.0 sample payload,type,version" "$(jq -r '"\(.version) \(.type) \(keys | join(","))"' "$work/message.json")"
jq -r .payload "$work/message.json" | base64 -d >"$work/payload.json"
same "  its payload has the names of Trustee's policies" "mr_td,nitro_pcr0,nitro_pcr1,nitro_pcr2,rtmr_0,rtmr_1,rtmr_2,rtmr_3,snp_launch_measurement,tpm_pcr00,tpm_pcr04,tpm_pcr11" \
	"$(jq -r 'keys | join(",")' "$work/payload.json")"
same "  both SNP shapes under one" "$(jq -c '[.shapes[] | select(.platform == "snp") | .registers[0].values.sha384]' "$values")" "$(jq -c .snp_launch_measurement "$work/payload.json")"
same "  of a TPM the SHA-256 bank" "$(jq -r '.shapes[0].registers[3].values.sha256' "$values")" "$(jq -r '.tpm_pcr11[0]' "$work/payload.json")"

# ---- flat ----
check "the flat form of a TPM" export_to flat --shape qemu-vtpm -o "$work/flat.json"
same "  is one object with expected values" "$(jq -cS '{measurements: [.shapes[0].registers[] | select(.values) | {key: "\(.register)", value: {expected: .values.sha256}}] | from_entries}' "$values")" \
	"$(jq -cS . "$work/flat.json")"
same "that of TDX has MRTD as 0 and RTMR 0 to 3 behind it" "$(jq -c '[.shapes[3].registers[].values.sha384]' "$values")" \
	"$(export_to flat --shape tdx | jq -c '[.measurements["0", "1", "2", "3", "4"].expected]')"
same "that of an enclave is nitro-cli's" "$(jq -cS '.shapes[4].registers | {Measurements: {HashAlgorithm: "SHA384", PCR0: .[0].values.sha384, PCR1: .[1].values.sha384, PCR2: .[2].values.sha384}}' "$values")" \
	"$(export_to flat --shape nitro-enclave | jq -cS .)"
refused "several shapes are too many for it" 'holds one shape, and there are 5' --to flat --reference-values "$values"

# ---- refusals ----
refused "another format" "'xml' is no format that is known" --to xml --reference-values "$values"
refused "no format" 'no format is named' --reference-values "$values"
refused "a shape that is not there" "no shape 'sgx'" --to flat --reference-values "$values" --shape sgx
refused "a shape that covers the firmware alone" 'do not cover all that is executed' --to corim --reference-values "$work/partly.json"
check "  unless it is asked for" "$assay" export --to corim --reference-values "$work/partly.json" --partly -o "$work/partly.corim"
refused "a file that is none" "cannot|wanted" --to flat --reference-values "$work/make.py"
