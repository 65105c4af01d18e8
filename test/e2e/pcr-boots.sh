#!/bin/bash
# `assay measure pcr` against machines: every register that it computes is the measured one, in four banks. Stubs and
# systemd-boot of Debian 12 and 13, firmware of both, Secure Boot with own keys, kernels from QEMU's command line.
# ASSAY_PCR_BOOTS=all boots the rarer combinations, too.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/pcr.sh
. "$(dirname "$0")/../pcr.sh"
umask 077
pcr_ready || { bad "the files of Debian 13 are there"; exit 1; }
cd "$work" || exit 1
pcr_parts
all=${ASSAY_PCR_BOOTS:-}

systemd_initrd || { bad "systemd's own programs are there"; exit 1; }
uki full13 "$stub13" || exit 1
initrd=''
uki uki13 "$stub13" || exit 1
printf one >one.cred
printf two >two.cred
printf global >global.cred
head -c 3000 /dev/zero >ext.raw
printf conf >c.confext.raw
addon a.addon.efi assay.a=1
addon b.addon.efi "assay.b=2 x"
addon g.addon.efi assay.g=3

# ---- Debian 13: an image with all that can lie beside it, and systemd in it ----
extra=$application.extra.d
disk beside.img full13=$application a.addon.efi=$extra/a.addon.efi b.addon.efi=$extra/b.addon.efi one.cred=$extra/one.cred \
	two.cred=$extra/two.cred ext.raw=$extra/ext.raw c.confext.raw=$extra/c.confext.raw \
	g.addon.efi=loader/addons/g.addon.efi global.cred=loader/credentials/global.cred || exit 1
# shellcheck disable=SC2046 # words
check "stub 257, all beside it, Debian 13's firmware" boot beside "$code13" "$vars13" $(from_disk beside.img) \
	-drive if=virtio,format=raw,file=var.img
predicted beside 12 --uki full13 --disk beside.img --firmware-version "$version13" --beside b.addon.efi --beside a.addon.efi \
	--beside two.cred --beside one.cred --beside ext.raw --beside c.confext.raw --for-all g.addon.efi --for-all global.cred \
	--phase enter-initrd:leave-initrd --machine-id 0123456789abcdef0123456789abcdef \
	--file-system /var:ext4:5f7b021f-841b-4aa5-87b5-5bdd54153fcd:data::: --file-system /srv::::::
same "  the phases moved PCR 11, and systemd filled PCR 15" "$(awk '$1 == 15 && $3 ~ /[1-9a-f]/' beside.pcrs | wc -l) $(grep -c '^PCR 11 ' beside.said)" "4 8"

# ---- Secure Boot with own keys: systemd-boot and image signed, an addon, too ----
own_keys platform exchange ours stranger
"$root/build/test/secure-boot-vars" "$vars13" enrolled.fd platform.der exchange.der ours.der stranger.der || exit 1
keys=(--pk "$owner:platform.pem" --kek "$owner:exchange.der" --db "$owner:ours.pem" --dbx "$owner:stranger.pem")
sign_as ours uki13 signed/uki && sign_as ours "$boot13" signed/boot && sign_as ours a.addon.efi signed/a.addon.efi
disk secure.img signed/boot=$application signed/uki=EFI/Linux/one.efi signed/a.addon.efi=EFI/Linux/one.efi.extra.d/a.addon.efi \
	one.cred=EFI/Linux/one.efi.extra.d/one.cred loader.conf=loader/loader.conf || exit 1
# shellcheck disable=SC2046
check "Secure Boot, systemd-boot 257, stub 257" boot secure "$secure13" enrolled.fd $(from_disk secure.img)
predicted secure 11 --uki signed/uki --loader signed/boot --loader-conf loader.conf --disk secure.img --beside signed/a.addon.efi \
	--beside one.cred "${keys[@]}"

# ---- a kernel from QEMU ----
check "kernel from QEMU, Debian 13's firmware" boot direct13 "$code13" "$vars13" -kernel "$kernel" -initrd initrd -append "console=ttyS0 quiet"
predicted direct13 11 --kernel "$kernel" --initrd initrd --append "console=ttyS0 quiet" --memory 1024 --firmware-version "$version13"

# ---- Debian 12 ----
if [ -z "$stub12" ]; then
	skip pcr-debian12 "this host is no Debian 12: no stub 252 and no firmware 2022.11"
	exit 0
fi
uki uki12 "$stub12" || exit 1
disk loader12.img "$boot12"=$application uki12=EFI/Linux/one.efi loader.conf=loader/loader.conf || exit 1
# shellcheck disable=SC2046
check "systemd-boot 252, stub 252, Debian 12's firmware" boot loader12 "$code12" "$vars12" $(from_disk loader12.img)
predicted loader12 11 --uki uki12 --loader "$boot12" --loader-conf loader.conf --disk loader12.img --firmware-version "$version12"
check "kernel from QEMU, Debian 12's firmware" boot direct12 "$code12" "$vars12" -kernel "$kernel" -initrd initrd -append "console=ttyS0 quiet"
predicted direct12 11 --kernel "$kernel" --initrd initrd --append "console=ttyS0 quiet" --memory 1024 --firmware-version "$version12"

[ "$all" = all ] || exit 0
sign_as ours uki12 signed/uki12 && sign_as ours "$boot12" signed/boot12
disk secure12.img signed/boot12=$application signed/uki12=EFI/Linux/one.efi || exit 1
"$root/build/test/secure-boot-vars" "$vars12" enrolled12.fd platform.der exchange.der ours.der stranger.der || exit 1
# shellcheck disable=SC2046
check "Secure Boot, systemd-boot 252, stub 252" boot secure12 "$secure12" enrolled12.fd $(from_disk secure12.img)
predicted secure12 11 --uki signed/uki12 --loader signed/boot12 --disk secure12.img "${keys[@]}"
disk beside12.img uki12=$application one.cred=$extra/one.cred two.cred=$extra/two.cred ext.raw=$extra/ext.raw \
	global.cred=loader/credentials/global.cred || exit 1
# shellcheck disable=SC2046
check "stub 252, all beside it" boot beside12 "$code12" "$vars12" $(from_disk beside12.img)
predicted beside12 11 --uki uki12 --disk beside12.img --firmware-version "$version12" --beside one.cred --beside two.cred --beside ext.raw \
	--for-all global.cred
disk loader13.img "$boot13"=$application uki13=EFI/Linux/one.efi loader.conf=loader/loader.conf || exit 1
# shellcheck disable=SC2046
check "systemd-boot 257, stub 257, Debian 12's firmware" boot loader13 "$code12" "$vars12" $(from_disk loader13.img)
predicted loader13 11 --uki uki13 --loader "$boot13" --loader-conf loader.conf --disk loader13.img --firmware-version "$version12"
