#!/bin/bash
# `assay measure pcr` without machines: a second, slow implementation gives the same values, systemd-measure the same PCR 11,
# and what has no rules, or would not boot, is refused with the reason.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/pcr.sh
. "$(dirname "$0")/../pcr.sh"
pcr_ready || { bad "the files of Debian 13 are there"; exit 1; }
cd "$work" || exit 1
pcr_parts
uki uki13 "$stub13" && disk plain.img uki13=$application || exit 1

# both NAME OPTION...: the same lines from both implementations
both() {
	local name=$1
	shift
	"$assay" measure pcr "${banks[@]}" "$@" 2>said.err | grep -v 'not predictable' >ours
	python3 "$root/test/pcr_slow.py" "${banks[@]}" "$@" >theirs 2>&1
	if [ -s ours ] && cmp -s ours theirs; then
		ok "$name ($(wc -l <ours) values)"
	else
		bad "$name: $(cat said.err) $(diff ours theirs | head -n 3)"
	fi
}
# refused NAME TEXT OPTION...
refused() {
	local name=$1 text=$2 got=0
	shift 2
	"$assay" measure pcr "$@" >said 2>said.err || got=$?
	if [ $got = 2 ] && [ ! -s said ] && grep -qF -- "$text" said.err; then ok "$name"; else bad "$name: exit $got, $(cat said.err)"; fi
}

# ---- the second implementation ----
firmware=(--firmware-version "$version13")
both "stub 257 from a disk" --uki uki13 --disk plain.img "${firmware[@]}"
both "and without one" --uki uki13 "${firmware[@]}"
both "firmware that has the variable SecureBoot" --uki uki13 --disk plain.img --firmware-version "$version12"
printf ucode >ucode
printf signature >pcrsig
openssl genpkey -algorithm RSA 2>/dev/null | openssl pkey -pubout -out pcrpkey 2>/dev/null
head -c 333 /dev/urandom >splash
uki full "$stub13" ucode=ucode splash=splash pcrsig=pcrsig pcrpkey=pcrpkey
both "microcode, splash, signature and key of PCR 11" --uki full "${firmware[@]}"
printf one >one.cred
printf four >two.cred
: >empty.cred
head -c 3001 /dev/zero >ext.raw
printf conf >c.confext.raw
addon a.addon.efi a=1
addon b.addon.efi "b=2 c"
both "addons, credentials and extensions" --uki uki13 --disk plain.img "${firmware[@]}" --beside ext.raw --beside two.cred --beside one.cred \
	--beside empty.cred --beside c.confext.raw --beside b.addon.efi --for-all a.addon.efi --for-all one.cred
both "systemd-boot 257" --uki uki13 --loader "$boot13" --loader-conf loader.conf --disk plain.img "${firmware[@]}"
both "without loader.conf" --uki uki13 --loader "$boot13" --disk plain.img "${firmware[@]}"
both "phases, machine id, file systems" --uki uki13 "${firmware[@]}" --phase enter-initrd --phase enter-initrd:leave-initrd:sysinit:ready \
	--machine-id 0123456789abcdef0123456789abcdef --file-system /:erofs::root:1:2: --file-system /var::::::
both "a kernel from QEMU" --kernel "$kernel" --initrd initrd --append "console=ttyS0 quiet" --memory 512 "${firmware[@]}"
both "with much memory" --kernel "$kernel" --initrd initrd --append quiet --memory 8192 "${firmware[@]}"
both "without an initrd" --kernel "$kernel" --append quiet "${firmware[@]}"
own_keys platform exchange ours other
sign_as ours uki13 signed/uki && sign_as ours "$boot13" signed/boot && sign_as other a.addon.efi signed/a.addon.efi || exit 1
keys=(--pk "$owner:platform.pem" --kek "$owner:exchange.der" --db "77fa9abd-0359-4d32-bd60-28f4e78f784b:other.pem" --db "$owner:ours.der")
both "Secure Boot with two keys in use" --uki signed/uki --loader signed/boot --disk plain.img --beside signed/a.addon.efi "${keys[@]}"
cert-to-efi-sig-list -g "$owner" ours.pem ours.esl 2>/dev/null || cp /dev/null ours.esl
if [ -s ours.esl ]; then
	same "a list as efitools write it is the certificate with its owner" \
		"$("$assay" measure pcr --uki signed/uki "${keys[@]:0:4}" --db ours.esl)" "$("$assay" measure pcr --uki signed/uki "${keys[@]:0:4}" --db "$owner:ours.pem")"
else
	skip pcr-efitools "cert-to-efi-sig-list is not here"
fi
both "NitroTPM" --uki signed/uki --platform nitro-tpm "${keys[@]}"
same "NitroTPM: PCR 4, 7 and 12 in SHA-384" "$("$assay" measure pcr --uki uki13 --platform nitro-tpm | awk '{ printf "%s:%s:%d ", $2, $3, length($4) }')" \
	"4:sha384:96 7:sha384:96 12:sha384:96 "
if [ -n "$stub12" ]; then
	uki uki12 "$stub12"
	both "stub 252" --uki uki12 --disk plain.img "${firmware[@]}"
	both "systemd-boot 252, with credentials" --uki uki12 --loader "$boot12" --beside one.cred --beside ext.raw "${firmware[@]}"
	sign_as ours uki12 signed/uki12 && sign_as ours "$boot12" signed/boot12
	both "and with Secure Boot" --uki signed/uki12 --loader signed/boot12 "${keys[@]}"
else
	skip pcr-debian12 "this host is no Debian 12: no stub 252"
fi

# ---- systemd-measure ----
measure=$(ls /usr/lib/systemd/systemd-measure /lib/systemd/systemd-measure 2>/dev/null | head -n 1)
major=$("${measure:-false}" --version 2>/dev/null | sed -n '1s/^systemd \([0-9]*\).*/\1/p')
pcr11() { "$assay" measure pcr --uki "$1" "${banks[@]}" "${firmware[@]}" "${@:2}" | sed -n 's/^PCR 11 .*  *\(sha[0-9]*\) *\([0-9a-f]*\)$/11:\1=\2/p'; }
judged() { # NAME IMAGE FILE...
	local name=$1 image=$2
	shift 2
	"$measure" calculate --linux="$kernel" --osrel=osrel --cmdline=cmdline --initrd=initrd "$@" --bank=sha1 --bank=sha256 --bank=sha384 \
		--bank=sha512 --phase=: --phase=enter-initrd --phase=enter-initrd:leave-initrd 2>/dev/null | grep -a '^11:' | sed 's/^11:\(sha[0-9]*\)=/11:\1=/' | sort >theirs
	pcr11 "$image" --phase enter-initrd --phase enter-initrd:leave-initrd | sort >ours
	if [ "$(wc -l <ours)" = 12 ] && cmp -s ours theirs; then ok "$name"; else bad "$name: $(diff ours theirs | head -n 4)"; fi
}
case $major in
252) [ -z "$stub12" ] || judged "systemd-measure 252 gives the same PCR 11, phases and banks" uki12 ;;
254 | 255 | 256 | 257)
	objcopy -O binary --only-section=.sbat uki13 sbat
	judged "systemd-measure $major gives the same PCR 11, phases and banks" uki13 --uname=release --sbat=sbat
	;;
*) skip pcr-systemd-measure "no systemd-measure of a known version here" ;;
esac

# ---- what is refused ----
refused "nothing to boot" "wanted one of --uki and --kernel"
refused "both ways to boot" "wanted one of" --uki uki13 --kernel "$kernel" "${firmware[@]}"
refused "unknown firmware" "no rules for firmware ovmf 2099.1" --uki uki13 --firmware-version 2099.1
refused "no word about Secure Boot" "state of Secure Boot is not known" --uki uki13
refused "a state that there is not" "want absent, off or on" --uki uki13 --secure-boot maybe
refused "a bank twice" "each once" --uki uki13 "${firmware[@]}" --bank sha256 --bank sha256
refused "Secure Boot without keys" "PK is not given" --uki uki13 --secure-boot on
refused "an image that is not signed" "is not signed" --uki uki13 "${keys[@]}"
refused "one that somebody else signed" "is one of db" --uki signed/uki "${keys[@]:0:4}" --db "$owner:other.pem"
refused "one that dbx forbids" "dbx forbids" --uki signed/uki "${keys[@]}" --dbx "$owner:ours.pem"
refused "a certificate without owner" "has no owner" --uki signed/uki --pk platform.pem
refused "a list that is none" "list of signatures at" --uki signed/uki --pk loader.conf
refused "a bad owner" "is no GUID" --uki signed/uki --pk "zzzzzzzz-776f-206e-6d61-6368696e6500:platform.pem"
refused "a kernel from QEMU with Secure Boot" "starts it unmeasured" --kernel "$kernel" "${keys[@]}"
refused "its initrd without the memory" "give --memory" --kernel "$kernel" --initrd initrd "${firmware[@]}"
refused "a disk without partitions" "GPT" --uki uki13 --disk uki13 "${firmware[@]}"
refused "a file that the stub ignores" "the stub ignores" --uki uki13 "${firmware[@]}" --beside osrel
refused "another program as the loader" "does not name a systemd-boot" --uki uki13 --loader uki13 "${firmware[@]}"
for version in 251 253 263; do
	sed "s/systemd-stub 257\./systemd-stub $version./" uki13 >renamed
	refused "stub $version" "no rules for systemd-stub $version" --uki renamed "${firmware[@]}"
done
sed "s/systemd-stub 257\./systemd-stub 258./" uki13 >renamed
same "stub 258 has no PCR 9, with the reason" "$("$assay" measure pcr --uki renamed "${firmware[@]}" | grep '^PCR 9 ')" \
	"PCR 9   not predictable: systemd-stub from 258 on may add a random secret to the initrd"
both "and all others" --uki renamed "${firmware[@]}"
"$assay" measure pcr --uki uki13 --disk plain.img "${firmware[@]}" --json >json
same "JSON: the values are the printed ones" "$(jq -r '.registers[] | select(.how == "computed") | "\(.register) \(.values.sha256)"' json)" \
	"$("$assay" measure pcr --uki uki13 --disk plain.img "${firmware[@]}" | awk '$3 == "sha256" { print $2, $4 }')"
same "JSON: format, inputs by digest, rules, events with rule and origin" "$(jq '.format == "assay.measure-pcr/1" and (.inputs | length) == 2 and
	.rules["systemd-stub"] != null and (.events | length) > 20 and all(.events[]; .rule != "" and .origin != "")' json)" true
