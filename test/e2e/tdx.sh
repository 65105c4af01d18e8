#!/bin/bash
# assay measure tdx on files: against a second implementation (test/tdx_calculator.py), against values from elsewhere where
# the firmware is to be had, ACPI files made by the installed QEMU, and what is refused.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$work" || exit 1
measure() { "$assay" measure tdx "$@"; }
slow() { python3 "$root/test/tdx_calculator.py" "$@"; }
command -v python3 >/dev/null && slow make .

# ---- values from elsewhere ----
# Debian 13's firmware is in the lock of examples/hello, Debian 12's is installed, another one lies beside the vectors.
vectors=${ASSAY_VECTORS:-$root/../shared/vectors}/measurement
mkdir firmware
cp /usr/share/ovmf/OVMF.fd firmware/installed.fd 2>/dev/null
if hello_ready >/dev/null 2>&1; then
	sha=$(jq -r '.packages[] | select(.name == "ovmf") | .sha256' "$hello/assay.lock" | head -n 1)
	dpkg-deb --fsys-tarfile "$store/objects/${sha:0:2}/${sha:2}" | tar -xOf - ./usr/share/ovmf/OVMF.fd >firmware/locked.fd
fi
if [ -r "$vectors/tdx.json" ]; then
	cp "$vectors"/firmware/*.fd firmware/
	while read -r sha single two name; do
		file=$(sha256sum firmware/*.fd | sed -n "s/^$sha  //p" | head -n 1)
		if [ -z "$file" ]; then
			skip tdx-inputs "not to be had here: $name"
			continue
		fi
		same "MRTD of $name" "MRTD $single" "$(measure --firmware "$file" | head -n 1)"
		same '  in two passes' "MRTD $two" "$(measure --firmware "$file" --two-pass | head -n 1)"
	done < <(jq -r '.computed[] | "\(.sha256) \(.mrtd_single_pass) \(.mrtd_two_pass) \(.firmware)"' "$vectors/tdx.json")
	while read -r name; do skip tdx-inputs "not to be had here: $name"; done < <(jq -r '.published[].src' "$vectors/tdx.json")
	skip tdx-inputs 'not to be had here: the initrd of the four models, on whose size RTMR 1 and on which RTMR 2 depends; test-tdx_vectors has the rest'
	acpi=$vectors/acpi-q35-qemu7.2
	if [ -s firmware/locked.fd ] && [ -s kernel ]; then
		while read -r memory rtmr0; do
			same "RTMR 0 with $((memory >> 30)) GiB, Debian 13's firmware" "RTMR 0 $rtmr0" "$(measure --firmware firmware/locked.fd --edk2 2025.02 --kernel kernel \
				--memory $((memory >> 30))G --secure-boot absent --acpi-tables "$acpi/etc_acpi_tables.bin" \
				--acpi-rsdp "$acpi/etc_acpi_rsdp.bin" --acpi-loader "$acpi/etc_table-loader.bin" | sed -n 2p)"
		done < <(jq -r '.model_rtmr_vectors_computed_unverified_on_hardware.vectors[] | "\(.mem) \(.rtmr0)"' "$vectors/tdx.json")
	fi
else
	skip vectors 'nothing at ../shared/vectors or ASSAY_VECTORS'
fi

# ---- against the second implementation ----
command -v python3 >/dev/null || { skip measure-python 'needs python3, for the second implementation'; exit 0; }
agree() { # NAME OPTION...: all five lines
	local name=$1
	shift
	same "$name" "$(slow values "$@")" "$(measure "$@")"
}
acpi=(--acpi-tables tables --acpi-rsdp rsdp --acpi-loader loader)
base=(--firmware ovmf.fd --edk2 2025.02 --secure-boot absent "${acpi[@]}")
direct=(--kernel kernel --initrd initrd --append 'console=ttyS0 quiet')
disk=(--uki uki.efi --disk disk.img --boot-variable order --boot-variable option)
n=0 wrong=''
for firmware in ovmf.fd odd.fd; do
	for memory in 64M 1G 2815M 2816M 4G 96G; do
		for qemu in 7.2 10.1.3 10.2; do
			for kernel in kernel low-kernel; do
				options=(--firmware "$firmware" --edk2 "$([ $((n % 5)) = 0 ] && echo 2024.02-3 || echo 2025.02-8+deb13u1)" --memory "$memory" --qemu "$qemu" --secure-boot off "${acpi[@]}" --kernel "$kernel" --append "n=$n")
				[ $((n % 3)) = 0 ] || options+=(--initrd "$([ $((n % 3)) = 1 ] && echo initrd || echo pages)")
				[ $((n % 2)) = 0 ] || options+=(--two-pass)
				n=$((n + 1))
				[ "$(slow values "${options[@]}")" = "$(measure "${options[@]}")" ] || wrong="${options[*]}"
			done
		done
	done
done
same "direct boot: $n shapes as the second implementation has them" "all $n" "${wrong:-all $n}"
agree 'a UKI on a disk' "${base[@]}" --memory 2G "${disk[@]}"
agree '  with keys that are enrolled but not enforced, in two passes' --firmware odd.fd --edk2 2024.05 "${acpi[@]}" --secure-boot off --memory 8G --two-pass "${disk[@]}" \
	--variable PK=pk --variable db=db
agree 'events of applications, by content and by digest' "${base[@]}" --memory 2G --qemu 8.2 "${direct[@]}" --rtmr3 app \
	--rtmr3 "$(sha384sum initrd | cut -d' ' -f1)" --rtmr3 app
same 'loader and root pointer follow from the tables' "$(measure "${base[@]}" --memory 2G --qemu 9.0 "${direct[@]}")" \
	"$(measure --firmware ovmf.fd --edk2 2025.02 --secure-boot absent --acpi-tables tables --memory 2G --qemu 9.0 "${direct[@]}")"
measure "${base[@]}" --memory 2G --qemu 8.2 "${direct[@]}" --json >a.json
same 'JSON has the same values' "$(measure "${base[@]}" --memory 2G --qemu 8.2 "${direct[@]}")" "$(jq -r '.values[] | "\(.name) \(.sha384)"' a.json)"
same '  every input by its SHA-256' "$(sha256sum ovmf.fd kernel initrd loader rsdp tables | cut -d' ' -f1)" "$(jq -r '.inputs[].sha256' a.json)"
same '  every event' '13 5 2 0' "$(jq -r '[range(4) as $r | [.events[] | select(.register == $r)] | length] | join(" ")' a.json)"
same '  what confirmed each, and that no hardware did' '5 false' "$(jq -r '"\([.values[] | select(."confirmed-by" != "")] | length) \([.values[]."confirmed-by-hardware"] | any)"' a.json)"

# ---- what is not predictable, and alone ----
lines() { measure "$@" | sed -E 's/ [0-9a-f]{96}$//; s/(not predictable).*/\1/' | paste -sd,; }
no() { measure "$@" | sed -n 's/^\(RTMR . not predictable: \)//p'; }
same 'firmware alone' 'MRTD,RTMR 0 not predictable,RTMR 1 not predictable,RTMR 2 not predictable,RTMR 3' "$(lines --firmware ovmf.fd)"
same 'no ACPI: RTMR 0' 'MRTD,RTMR 0 not predictable,RTMR 1,RTMR 2,RTMR 3' "$(lines --firmware ovmf.fd --edk2 2025.02 --secure-boot absent --memory 2G --qemu 8.2 "${direct[@]}")"
check '  and it says so' grep -q 'no ACPI files are given' <(no --firmware ovmf.fd --edk2 2025.02 --secure-boot absent --memory 2G --qemu 8.2 "${direct[@]}")
same 'no release of the firmware: RTMR 0 and 1' 'MRTD,RTMR 0 not predictable,RTMR 1 not predictable,RTMR 2,RTMR 3' \
	"$(lines --firmware ovmf.fd --secure-boot absent "${acpi[@]}" --memory 2G --qemu 8.2 "${direct[@]}")"
same '  nor one that has no rules' 'MRTD,RTMR 0 not predictable,RTMR 1 not predictable,RTMR 2,RTMR 3' \
	"$(lines --firmware ovmf.fd --edk2 2022.11-6+deb12u2 --secure-boot absent "${acpi[@]}" --memory 2G --qemu 8.2 "${direct[@]}")"
same 'no QEMU version: RTMR 1' 'MRTD,RTMR 0,RTMR 1 not predictable,RTMR 2,RTMR 3' "$(lines "${base[@]}" --memory 2G "${direct[@]}")"
same 'no boot variables of a disk: RTMR 0' 'MRTD,RTMR 0 not predictable,RTMR 1,RTMR 2,RTMR 3' "$(lines "${base[@]}" --memory 2G --uki uki.efi --disk disk.img)"
sed 's/6\.12\.1-made/6.8.192-old/' kernel >old
same 'an old kernel: RTMR 2' 'MRTD,RTMR 0,RTMR 1,RTMR 2 not predictable,RTMR 3' "$(lines "${base[@]}" --memory 2G --qemu 8.2 --kernel old --append x)"
same '  unless it is said that it measures' 'MRTD,RTMR 0,RTMR 1,RTMR 2,RTMR 3' "$(lines "${base[@]}" --memory 2G --qemu 8.2 --kernel old --append x --kernel-measures)"

# ---- what is refused ----
refused() { # NAME PATTERN OPTION...
	local name=$1 pattern=$2 code=0
	shift 2
	measure "$@" >out 2>err || code=$?
	if [ $code = 2 ] && [ ! -s out ] && grep -qE -- "$pattern" err; then ok "$name"; else bad "$name: exit $code, $(head -n 1 err)"; fi
}
head -c 100000 ovmf.fd >cut.fd
refused 'no firmware' '--firmware is needed'
refused 'firmware without a table' 'firmware' --firmware initrd
refused 'firmware that is cut off' 'firmware' --firmware cut.fd
refused 'memory without a unit' "--memory '4' is no size" --firmware ovmf.fd --memory 4
refused 'memory beyond all numbers' 'is no size' --firmware ovmf.fd --memory 99999999999T
refused 'memory that the firmware does not fit into' 'uses memory up to' "${base[@]}" --memory 8M "${direct[@]}"
refused 'a release that is none' '--edk2' --firmware ovmf.fd --edk2 new
refused 'a QEMU before 7.2' 'known from 7.2' --firmware ovmf.fd --qemu 6.2
refused 'a QEMU that is none' 'no version' --firmware ovmf.fd --qemu new
refused 'kernel and UKI' 'not both' --firmware ovmf.fd "${direct[@]}" "${disk[@]}"
refused 'a UKI without its disk' '--uki and --disk' --firmware ovmf.fd --uki uki.efi
refused 'a command line without a kernel' '--append belong' --firmware ovmf.fd --append x
refused 'a kernel that is none' 'bzImage' "${base[@]}" --memory 2G --qemu 8.2 --kernel initrd
refused 'a video mode, which goes into the header' 'vga=' "${base[@]}" --memory 2G --qemu 8.2 --kernel kernel --append 'vga=1'
refused 'a Secure Boot state without rules' 'wanted absent or off' --firmware ovmf.fd --secure-boot yes
refused 'a variable that is not measured' 'wanted PK=FILE' --firmware ovmf.fd --variable MokList=pk
refused 'tables that are none' '--acpi-tables' --firmware ovmf.fd --acpi-tables initrd
refused 'root pointer without loader' '--acpi-tables alone' --firmware ovmf.fd --acpi-tables tables --acpi-rsdp rsdp
refused 'an event that is neither file nor digest' '--rtmr3 wants' --firmware ovmf.fd --rtmr3 abcdef
refused 'a disk without a partition table' 'GPT' --firmware ovmf.fd --uki uki.efi --disk initrd

# ---- ACPI made by the installed QEMU ----
command -v qemu-system-x86_64 >/dev/null || { skip tdx-qemu 'needs qemu-system-x86_64'; exit 0; }
fd=firmware/locked.fd
[ -s $fd ] || fd=firmware/installed.fd
[ -s $fd ] || { skip tdx-qemu 'needs firmware that boots: the package ovmf'; exit 0; }
version=$(qemu-system-x86_64 --version | sed -nE '1s/^QEMU emulator version ([0-9]+\.[0-9]+).*/\1/p')
machine=(--firmware "$fd" --edk2 2025.02 --memory 1G --secure-boot absent --kernel kernel --append x)
measure "${machine[@]}" --acpi-from-qemu --acpi-save one -q >one.txt
same 'QEMU makes the tables: all is predictable' 'MRTD,RTMR 0,RTMR 1,RTMR 2,RTMR 3' "$(sed -E 's/ [0-9a-f]{96}$//' one.txt | paste -sd,)"
same '  the saved files give the same' "$(cat one.txt)" "$(measure "${machine[@]}" --qemu "$version" --acpi-tables one/tables --acpi-rsdp one/rsdp --acpi-loader one/table-loader)"
same '  and so do the tables alone: loader and root pointer are what QEMU makes' "$(cat one.txt)" "$(measure "${machine[@]}" --qemu "$version" --acpi-tables one/tables)"
check '  the firmware had laid out the bus: there is MCFG' grep -qa MCFG one/tables
measure "${machine[@]}" --acpi-from-qemu --acpi-save two -q --vcpus 2 --qemu-arg -device --qemu-arg virtio-rng-pci >two.txt
check 'a second processor and a device are other tables' test "$(cmp -s one/tables two/tables; echo $?)" = 1
same '  in RTMR 0 alone' 'RTMR 0' "$(diff one.txt two.txt | sed -nE 's/^> (.*) .*/\1/p')"
refused 'a device that QEMU does not know' 'no-such-device' "${machine[@]}" --acpi-from-qemu --qemu-arg -device --qemu-arg no-such-device
refused 'a QEMU that is not installed' "which is installed" "${machine[@]}" --acpi-from-qemu --qemu 99.1
refused 'no memory' 'wants --memory' --firmware $fd --acpi-from-qemu

# ---- the kernel's header in the installed QEMU ----
# Before 10.2 it writes into the header of every kernel, so no TD is needed to see the rules.
if [ "$(printf '%s\n' "$version" 10.2 | sort -V | head -n 1)" != 10.2 ]; then
	n=0 wrong=''
	for memory in 128M 1G 2815M 2816M; do
		for kernel in kernel low-kernel; do
			options=(--kernel "$kernel" --memory "$memory" --append "console=ttyS0 quiet")
			case $((n++ % 3)) in
			0) options+=(--initrd pages) ;; # where the last byte decides
			1) options+=(--initrd initrd) ;;
			esac
			said=$(slow header "${options[@]}")
			[ "$said" = same ] || wrong="$kernel $memory: $said"
		done
	done
	same "QEMU $version writes into $n kernels' headers what the rules say" "all $n" "${wrong:-all $n}"
else
	skip tdx-qemu 'the installed QEMU writes into no header of a kernel for a confidential guest'
fi

# The machine in which a guest read the three files of the vectors: Debian 12's QEMU, Debian 13's firmware, a TPM.
if ! [ -r "$vectors/tdx.json" ] || [ "$version" != 7.2 ] || [ $fd != firmware/locked.fd ] || ! command -v swtpm >/dev/null; then
	skip tdx-guest-acpi "needs the vectors, QEMU 7.2, Debian 13's firmware and swtpm"
	exit 0
fi
mkdir tpm
swtpm socket --tpm2 --tpmstate "dir=$work/tpm" --ctrl "type=unixio,path=$work/tpm/sock" --terminate --daemon
arguments=()
for x in -chardev "socket,id=c,path=$work/tpm/sock" -tpmdev emulator,id=t,chardev=c -device tpm-tis,tpmdev=t -serial null; do arguments+=(--qemu-arg "$x"); done
measure "${machine[@]}" --acpi-from-qemu --acpi-save guest -q "${arguments[@]}" >/dev/null
for name in table-loader:etc_table-loader rsdp:etc_acpi_rsdp tables:etc_acpi_tables; do
	check "${name%:*}: to the byte what a guest of this machine read" cmp "guest/${name%:*}" "$vectors/acpi-q35-qemu7.2/${name#*:}.bin"
done
