#!/bin/bash
# assay measure snp, seves and sev on files: against a second implementation (test/sev_calculator.py), against another
# calculator's values where those are, and what is refused. Firmware is made here; nothing boots.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$work" || exit 1

# ---- other values ----
# Debian 13's firmware is in the lock of examples/hello; what else the vectors need is beside them or installed.
mkdir firmware
if hello_ready >/dev/null 2>&1; then
	sha=$(jq -r '.packages[] | select(.name == "ovmf") | .sha256' "$hello/assay.lock" | head -n 1)
	dpkg-deb --fsys-tarfile "$store/objects/${sha:0:2}/${sha:2}" | tar -xf - -C firmware --transform 's:.*/::' ./usr/share/ovmf/OVMF.fd ./usr/share/OVMF/OVMF_CODE_4M.fd
fi
(cd "$root" && ASSAY_FIRMWARE=$work/firmware build/test/test-sev_vectors) >log 2>&1
grep -v '^[0-9]* passed' log
if grep -q '^SKIP vectors: nothing' log; then
	skipped=$((skipped + 1))
else
	skipped=$((skipped + $(grep -c '^SKIP' log)))
	check 'another calculator: launch digests hold' grep -qE '^[1-9][0-9]* passed, 0 failed' log
fi

command -v python3 >/dev/null || { skip measure-python 'needs python3, for the second implementation'; exit 0; }
slow() { python3 "$root/test/sev_calculator.py" "$@"; }
measure() { "$assay" measure "$@"; }
slow make fw.fd 262144 1 800000,9000,1 80a000,3000,1 80d000,1000,2 80e000,1000,3 80f000,1000,4 811000,f000,1 810000,1000,10
slow make early.fd 65536 2 800000,2000,1 810000,1000,10 80d000,1000,2 80e000,1000,3 811000,1000,1
slow make plain.fd 65536 3 800000,9000,1 80d000,1000,2 80e000,1000,3
slow make odd.fd 65536 4 800000,9000,1 80d000,1000,7
{ printf MZ; head -c 99998 /dev/zero; } >kernel && printf initrd >initrd

# ---- against the second implementation ----
# Each with every way of the other values: a wide table costs nothing.
n=0 wrong=''
types=(EPYC:0x800f12 EPYC-Rome:0x830f10 EPYC-Milan-v2:0xa00f11 EPYC-Genoa:0xa10f10 EPYC-Turin:0xb00f00)
for image in fw.fd early.fd plain.fd; do
	for vmm in qemu ec2 gce; do
		for type in "${types[@]}"; do
			[ $vmm != gce ] || [[ $type =~ Milan|Genoa ]] || continue
			vcpus=$((n % 7 + 1)) features=$((n % 3 * 16 + 1))
			want=$(slow snp $image $vmm $vcpus "${type#*:}" $features)
			got=$(measure snp --firmware $image --vmm $vmm --vcpus $vcpus --vcpu-type "${type%:*}" --guest-features $features)
			n=$((n + 1))
			[ "$got" = "$want" ] || wrong="$image $vmm $type $vcpus $features"
		done
	done
done
same "SNP: $n shapes as the second implementation has them" "all $n" "${wrong:-all $n}"
kernel=(--kernel kernel --initrd initrd --append 'quiet ümlaut')
milan=(--vcpus 2 --vcpu-type EPYC-Milan)
for image in fw.fd early.fd; do
	same "SNP with kernel, initrd, command line: $image" "$(slow snp $image qemu 2 0xa00f11 1 kernel initrd 'quiet ümlaut')" \
		"$(measure snp --firmware $image "${milan[@]}" "${kernel[@]}")"
done
same '  a kernel alone: nothing is hashed for the others' "$(slow snp fw.fd ec2 2 0 1 kernel '' '')" \
	"$(measure snp --firmware fw.fd --vmm ec2 --vcpus 2 --kernel kernel)"
same 'SEV-ES' "$(slow seves fw.fd qemu 5 0xb00f00 0)" "$(measure seves --firmware fw.fd --vcpus 5 --vcpu-type EPYC-Turin)"
same '  with a kernel, under EC2' "$(slow seves fw.fd ec2 3 0 0 kernel initrd x)" \
	"$(measure seves --firmware fw.fd --vmm ec2 --vcpus 3 --kernel kernel --initrd initrd --append x)"
same 'SEV' "$(slow sev plain.fd qemu 0 0 0)" "$(measure sev --firmware plain.fd)"
same '  with a kernel' "$(slow sev fw.fd qemu 0 0 0 kernel initrd '')" "$(measure sev --firmware fw.fd --kernel kernel --initrd initrd)"
same 'the type by its signature' "$(measure snp --firmware fw.fd "${milan[@]}")" "$(measure snp --firmware fw.fd --vcpus 2 --vcpu-sig 0xA00f11)"
same '  by family, model and stepping' "$(measure snp --firmware fw.fd "${milan[@]}")" \
	"$(measure snp --firmware fw.fd --vcpus 2 --vcpu-family 25 --vcpu-model 1 --vcpu-stepping 1)"
same 'every version of a type is the type' 1 \
	"$(measure snp --firmware fw.fd --vcpus 1 --vcpu-type EPYC,EPYC-v1,EPYC-v2,EPYC-v3,EPYC-v4,EPYC-v5,EPYC-IBPB | cut -d' ' -f2 | sort -u | wc -l)"

# ---- a matrix ----
measure snp --firmware fw.fd --vcpus 4,1,2 --vcpu-type EPYC-Milan,EPYC-Turin --guest-features 0x1,0x21 >matrix
same 'a matrix: a line for each shape, with its name' 'EPYC-Milan/4/0x1 EPYC-Turin/2/0x21 12' \
	"$(sed -n '1s/ .*//p;12s/ .*//p' matrix | paste -sd' ') $(wc -l <matrix)"
wrong=''
while IFS=' /' read -r type vcpus features digest; do
	[ "$(measure snp --firmware fw.fd --vcpus "$vcpus" --vcpu-type "$type" --guest-features "$features")" = "$digest" ] || wrong=$type/$vcpus
done <matrix
same '  each as it is alone' all "${wrong:-all}"
same '  of SEV-ES' "$(slow seves fw.fd qemu 3 0x830f10 0)" \
	"$(measure seves --firmware fw.fd --vcpus 1,3 --vcpu-type EPYC,EPYC-Rome | sed -n 's:^EPYC-Rome/3 ::p')"

# ---- JSON ----
measure snp --firmware fw.fd "${milan[@]}" "${kernel[@]}" --json >snp.json
same 'JSON: the digest' "$(measure snp --firmware fw.fd "${milan[@]}" "${kernel[@]}")" "$(jq -r '.shapes[0].measurement' snp.json)"
same '  inputs by hash' "$(sha256sum fw.fd kernel initrd | cut -d' ' -f1 | paste -sd' ')" "$(jq -r '[.inputs[].sha256] | join(" ")' snp.json)"
same '  pages by section, in the order of the image' \
	'firmware:64 SEC_MEM:9 SEC_MEM:3 SECRETS:1 CPUID:1 SVSM_CAA:1 SEC_MEM:15 KERNEL_HASHES:1 vCPU 0:1 other vCPUs:1' \
	"$(jq -r '[.shapes[0].pages[] | "\(.section):\(.pages)"] | join(" ")' snp.json)"
same '  and whether hardware has confirmed the rules' 'false assay.measure-snp/1' "$(jq -r '"\(.rules["confirmed-by-hardware"]) \(.format)"' snp.json)"
same "  the firmware's own hash stands for its pages" "$(measure snp --firmware fw.fd "${milan[@]}")" \
	"$(measure snp --firmware fw.fd "${milan[@]}" --firmware-hash "$(jq -r '.["firmware-hash"]' snp.json)")"
same '  formats of the others' 'assay.measure-seves/1 assay.measure-sev/1' \
	"$(for v in "seves --vcpus 1 --vcpu-type EPYC" sev; do measure $v --firmware fw.fd --json | jq -r .format; done | paste -sd' ')"

# ---- ID block and ID authentication ----
for key in id author other; do openssl genpkey -algorithm EC -pkeyopt "ec_paramgen_curve:P-$([ $key = other ] && echo 256 || echo 384)" -out $key.pem 2>/dev/null; done
digest=$(measure snp --firmware fw.fd "${milan[@]}")
id=(snp-id --digest "$digest" --id-key id.pem --author-key author.pem --svn 7 --family-id "$(printf 'fa%.0s' {1..16})" --policy 0xb0000)
measure "${id[@]}" -o id -q >id.txt
# The numbers of a signature in the file, as openssl takes them.
signature() { # FILE AT
	python3 - "$1" "$2" <<'P'
import sys
data, at = open(sys.argv[1], "rb").read(), int(sys.argv[2], 0)
def number(at):
    n = data[at:at + 72][::-1].lstrip(b"\0")
    n = b"\0" + n if n[0] & 0x80 else n
    return b"\x02" + bytes([len(n)]) + n
both = number(at) + number(at + 72)
sys.stdout.buffer.write(b"\x30" + bytes([len(both)]) + both)
P
}
# signed NAME KEY FILE AT MESSAGE
signed() {
	signature "$3" "$4" >sig && openssl pkey -in "$2" -pubout -out pub.pem
	same "$1" 'Verified OK' "$(openssl dgst -sha384 -verify pub.pem -signature sig "$5")"
}
signed 'ID auth: the ID block is signed by the ID key' id.pem id/id-auth.bin 0x40 id/id-block.bin
dd if=id/id-auth.bin of=key.bin bs=1 skip=$((0x240)) count=1028 status=none
signed '  the ID key by the author' author.pem id/id-auth.bin 0x680 key.bin
same "  the keys' digests are those that a report has" "$(sha384sum <key.bin | cut -d' ' -f1)" "$(sed -n 's/^id-key-digest //p' id.txt)"
same 'ID block: digest, family, version, SVN, policy' "$digest$(printf 'fa%.0s' {1..16})$(printf '00%.0s' {1..16})010000000700000000000b0000000000" \
	"$(od -An -vtx1 id/id-block.bin | tr -d ' \n')"
same '  in base64 for QEMU' "$(base64 -w0 id/id-block.bin) $(base64 -w0 id/id-auth.bin)" "$(cat id/id-block.base64) $(cat id/id-auth.base64)"
measure "${id[@]}" -o again -q >/dev/null
check '  the same bytes each time' diff -r id again

# ---- the inverse question ----
# explained NAME EXIT PATTERN ARG...: explain --digest ends so and says what the pattern wants
explained() {
	local name=$1 want=$2 pattern=$3 code=0
	shift 3
	"$assay" explain --store "$work/empty" --digest "$@" >out 2>err || code=$?
	if [ $code = "$want" ] && tr '\n' ' ' <out | tr -s ' ' | grep -qE -- "$pattern"; then ok "$name"; else bad "$name: exit $code, $(cat out err)"; fi
}
digest=$(measure snp --firmware fw.fd --vcpus 12 --vcpu-type EPYC-Genoa --guest-features 0x21)
explained 'which inputs give this digest? vCPUs, type, features, firmware' 0 \
	'SEV-SNP guest with firmware fw.fd hypervisor qemu vCPUs 12 vCPU type EPYC-Genoa guest features 0x21; bit 5: DebugSwap.* no hashes' \
	"$digest" --firmware plain.fd --firmware fw.fd
explained '  and what was tried before' 0 '^tried plain.fd: [1-9][0-9]* candidates the launch.*with 2 firmware images' "$digest" --firmware plain.fd --firmware fw.fd
explained '  a guest of EC2, with a kernel' 0 'hypervisor ec2 vCPUs 3 vCPU type any: .*--append are in it' \
	"$(measure snp --firmware fw.fd --vmm ec2 --vcpus 3 --guest-features 0x201 "${kernel[@]}")" --firmware fw.fd "${kernel[@]}"
explained '  a kernel is given, and not measured' 0 'nothing says which one starts' "$digest" --firmware fw.fd "${kernel[@]}"
explained '  SEV-ES' 0 'SEV-ES guest with .* vCPUs 7 vCPU type EPYC-Rome' "$(measure seves --firmware fw.fd --vcpus 7 --vcpu-type EPYC-Rome)" --firmware fw.fd
explained '  SEV' 0 'an SEV guest with .*--append are in it' "$(measure sev --firmware fw.fd "${kernel[@]}")" --firmware fw.fd "${kernel[@]}"
explained "  a firmware's own hash is no guest's" 0 "not a guest's digest" "$(jq -r '.["firmware-hash"]' snp.json)" --firmware fw.fd
explained 'nothing gives it: what was tried, and how much' 1 'tried fw.fd: 19457 candidates nothing that was tried.*up to 256 vCPUs' "${digest//[0-7]/8}" --firmware fw.fd
explained '  and why not more' 1 'why|because the firmware has no page for the hashes' "${digest//[0-7]/8}" --firmware plain.fd "${kernel[@]}"
# unexplained NAME PATTERN ARG...: explain ends with 2, prints nothing and says what the pattern wants
unexplained() {
	local name=$1 pattern=$2 code=0
	shift 2
	"$assay" explain --store "$work/empty" "$@" >out 2>err || code=$?
	if [ $code = 2 ] && [ ! -s out ] && grep -qE -- "$pattern" err; then ok "$name"; else bad "$name: exit $code, $(cat out err)"; fi
}
unexplained '  without firmware nothing: what is not here' 'nothing was tried: there is no firmware here' --digest "${digest//[0-7]/8}"
check '  and what gives it' grep -q '^hint: --firmware FILE' err
unexplained 'a kernel that is none is refused' "'initrd' is no kernel" --digest "$digest" --firmware fw.fd --kernel initrd
printf '{"format":"assay.reference-values/1","image":"made","manifest_sha256":"%064d","shapes":[{"name":"big","platform":"snp","inputs":[{"name":"vcpus","value":"4"}],"banks":["sha384"],"firmware_only":false,"coverage":[],"registers":[{"register":0,"how":"observed","reason":"made","values":{"sha384":"%s"}}],"events":[]}]}' \
	0 "$digest" >made.json
explained 'reference values that have it' 0 '^what the reference values have for measurement of shape big \(snp\), made with vcpus 4 $' "$digest" --reference-values made.json
explained '  that have not are told, and the search goes on' 1 '^tried made.json: no register of its 1 shape has it tried fw.fd' "${digest//[0-7]/8}" --reference-values made.json --firmware fw.fd
explained '  alone: no firmware is said to be tried' 1 'nothing that was tried .* not tried: what firmware decides' "${digest//[0-7]/8}" --reference-values made.json
same '    in any word' 2 "$(grep -c '^tried\|^not tried' out)"
unexplained '  that are none are refused' "'fw.fd'" --digest "$digest" --reference-values fw.fd
unexplained 'a shape says nothing about a digest' '--shape says nothing' --digest "$digest" --shape big --reference-values made.json
"$assay" explain made.json --reference-values made.json --firmware fw.fd >out 2>err
same 'a firmware says nothing about evidence' 2 $?
check '  which is said' grep -q -- '--firmware is for --digest' err
same 'what is no digest is refused' 2 "$("$assay" explain --digest "${digest:1}" --firmware fw.fd >out 2>&1; echo $?)"
if "$assay" build "${hello:-none}" -o image --store "$store" --no-observe -q >log 2>&1; then
	digest=$(measure snp --firmware image/firmware/OVMF_CODE.fd "${milan[@]}")
	explained "firmware in an image's folder" 0 'OVMF_CODE.fd .* vCPUs 2 vCPU type EPYC-Milan ' "$digest" image
	"$assay" explain --digest "$digest" --store "$store" >out
	check '  and in the store, with its package' grep -q 'firmware .* of package ovmf ' out
else
	skip explain-hello 'the packages of examples/hello cannot be had'
fi

# ---- what is refused ----
# refuses NAME PATTERN VERB ARG...: exit 2, nothing on standard output, the reason and what to do on standard error
refuses() {
	local name=$1 pattern=$2 code=0
	shift 2
	"$assay" measure "$@" >out 2>err || code=$?
	if [ $code = 2 ] && [ ! -s out ] && grep -qE -- "$pattern" err; then ok "$name"; else bad "$name: exit $code, $(cat err)"; fi
}
head -c 65536 /dev/urandom >noise.fd
head -c 65000 fw.fd >cut.fd
refuses 'a kernel without a page for its hashes' 'no page for the hashes of a kernel' snp --firmware plain.fd "${milan[@]}" --kernel kernel
refuses 'a section of unknown type' "'odd.fd'.*type 0x7, for which there is no rule" snp --firmware odd.fd "${milan[@]}"
refuses 'what is no OVMF' 'no table of GUIDs' snp --firmware noise.fd "${milan[@]}"
refuses '  for SEV, too' 'no table of GUIDs' sev --firmware noise.fd
refuses 'a size that is no multiple of a page' 'no multiple of 4096' snp --firmware cut.fd "${milan[@]}"
refuses 'an initrd without a kernel' 'with a kernel only' snp --firmware fw.fd "${milan[@]}" --initrd initrd
refuses 'a command line without a kernel' 'with a kernel only' sev --firmware fw.fd --append quiet
refuses 'a type that QEMU does not know' 'known: EPYC' snp --firmware fw.fd --vcpus 1 --vcpu-type Opteron_G5
refuses 'no type' '--vcpu-type is needed' snp --firmware fw.fd --vcpus 1
refuses 'two types at once' 'given twice' snp --firmware fw.fd "${milan[@]}" --vcpu-sig 1
refuses 'half a signature' '--vcpu-stepping is missing' snp --firmware fw.fd --vcpus 1 --vcpu-family 25 --vcpu-model 1
refuses 'no processor' 'no guest starts without' snp --firmware fw.fd --vcpus 0 --vcpu-type EPYC
refuses 'too many' 'more than 1024' snp --firmware fw.fd --vcpus 1025 --vcpu-type EPYC
refuses 'what is no number' 'is no number' snp --firmware fw.fd --vcpus 1, --vcpu-type EPYC
refuses 'no firmware' '--firmware is needed' snp "${milan[@]}"
refuses 'an unknown hypervisor' 'known are qemu, ec2 and gce' snp --firmware fw.fd "${milan[@]}" --vmm krun
refuses "Google's machines whose rules are not known" 'EPYC-Genoa only' snp --firmware fw.fd --vcpus 1 --vcpu-type EPYC-Turin --vmm gce
refuses 'an SVSM without the size of the variables' 'without --vars-size' snp --firmware fw.fd "${milan[@]}" --svsm fw.fd
refuses 'an SVSM that does not say where it starts' 'does not say where it starts' snp --firmware fw.fd "${milan[@]}" --svsm plain.fd --vars-size 4096
refuses 'a firmware hash of another length' 'lower-case hexadecimal' snp --firmware fw.fd "${milan[@]}" --firmware-hash abcd
refuses 'features of SEV-ES' 'unknown option' seves --firmware fw.fd "${milan[@]}" --guest-features 1
refuses 'an ID key of another curve' 'takes P-384 alone' snp-id --digest "$digest" --id-key other.pem
refuses 'a policy that no processor takes' 'lacks bit 17' snp-id --digest "$digest" --id-key id.pem --policy 0x10000
refuses 'an ID block without a key' '--id-key is needed' snp-id --digest "$digest"
refuses '  for a digest of another length' '96 lower-case' snp-id --digest abcd --id-key id.pem
[ ! -f /usr/share/OVMF/OVMF_CODE_4M.fd ] || ! grep -q '^VERSION_ID="12"' /etc/os-release ||
	refuses "Debian 12's OVMF_CODE_4M.fd: no SEV metadata" 'has no SEV metadata' snp --firmware /usr/share/OVMF/OVMF_CODE_4M.fd "${milan[@]}"
