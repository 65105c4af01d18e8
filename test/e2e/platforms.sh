#!/bin/bash
# Values of a build for SNP and TDX: hello's own, shapes with other settings, firmware of a component and firmware that is only
# known, and what `assay measure` says when a file beside the image is another.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
hello_ready || { bad "hello can be fetched"; exit 1; }
calculator=$root/test/sev_calculator.py
values() { jq -r "$2" "$1/reference-values.json"; }
# build NAME: the description of $work/NAME into $work/NAME/out
build() { quietly "$assay" build "$work/$1" -o "$work/$1/out" --store "$store" --no-observe -q; }
# measured NAME: what `assay measure` ends with
measured() { "$assay" measure "$work/$1/out" --store "$store" >"$work/said" 2>"$work/err"; echo $?; }
# described NAME PLATFORM...: hello with other platforms and a component that gives firmware
described() {
	mkdir -p "$work/$1/src"
	cp -r "$hello/assay.lock" "$hello/overlay" "$work/$1/"
	[ -f "$work/fw.fd" ] && cp "$work/fw.fd" "$work/$1/src/"
	{
		sed -n '1,/^components:/p' "$hello/assay.yaml"
		cat <<-Y
		  - name: firmware
		    toolchain: c
		    from: src
		    files: ["**"]
		    steps:
		      - [cp, /src/fw.fd, /out/fw.fd]
		      - [sh, -c, "echo '#!/bin/sh' > /out/init"]
		    outputs:
		      - {from: fw.fd, to: build, mode: "0644"}
		      - {from: init, to: initrd, path: init, mode: "0755"}
		Y
		sed -n '/^image:/,/^platforms:/p' "$hello/assay.yaml" | sed '/^platforms:/d'
		printf 'platforms:\n'
		printf '  - %s\n' "${@:2}"
	} >"$work/$1/assay.yaml"
}

quietly() { "$@" >"$work/said" 2>&1 || { cat "$work/said"; return 1; }; }

# ---- hello ----
out=$work/hello
check "hello is built" quietly "$assay" build "$hello" -o "$out" --store "$store" --no-observe -q
same "for three platforms" "qemu-vtpm qemu-snp qemu-tdx" "$(values "$out" '[.shapes[].name] | join(" ")')"
same "SNP: the launch digest is computed" computed "$(values "$out" '.shapes[1].registers[0].how')"
same "TDX: MRTD and RTMR 0 to 3 are computed" "computed" "$(values "$out" '[.shapes[2].registers[].how] | unique | join(" ")')"
same "no shape is firmware-only" false "$(values "$out" '[.shapes[].firmware_only] | unique | join(" ")')"
for layer in firmware kernel initrd 'command line' 'root file system'; do
	same "  each covers the $layer" 3 "$(values "$out" "[.shapes[].coverage[] | select(.layer == \"$layer\" and .by != \"\")] | length")"
done
same "every rule says where it stands, and what has confirmed it" 0 \
	"$(values "$out" '[.shapes[].rules[] | select(.what == "" or .source == "" or .confirmed == "")] | length')"
check "  and there are some" test "$(values "$out" '[.shapes[].rules[]] | length')" -gt 8
firmware=$(values "$out" '.shapes[1].inputs[] | select(.name == "firmware-sha256") | .value')
check "SNP's firmware is named by its digest" test ${#firmware} = 64
direct=(--kernel "$out/direct/kernel" --initrd "$out/direct/initrd" --append "$(cat "$out/direct/command-line")")
"$assay" measure tdx --firmware "$out/firmware/qemu-tdx.fd" --edk2 2025.02 --memory 2G --qemu 7.2 --secure-boot absent "${direct[@]}" \
	>"$work/td" 2>"$work/err"
same "TDX: MRTD is that of assay measure tdx, from the files beside the image" \
	"$(values "$out" '.shapes[2].registers[0].values.sha384')" "$(sed -n 's/^MRTD //p' "$work/td")"
for r in 1 2; do
	same "  RTMR $r" "$(values "$out" ".shapes[2].registers[$((r + 1))].values.sha384")" "$(sed -n "s/^RTMR $r //p" "$work/td")"
done
# explained NAME REGISTER PATTERN OPTION...: the way back from TDX's register number REGISTER
explained() {
	"$assay" explain --store "$work/empty" --digest "$(values "$out" ".shapes[2].registers[$2].values.sha384")" "${@:4}" >"$work/said" 2>"$work/err"
	check "$1" grep -qF "$3" "$work/said"
}
explained "explain --digest: an MRTD, its firmware and passes" 0 'single: each page is added' --firmware "$out/firmware/qemu-tdx.fd"
explained "  RTMR 1: which rule of the kernel's header" 2 'as QEMU before 10.2 does' "${direct[@]}"
check "  and with how much memory" grep -qE 'memory +2048 MiB' "$work/said"
explained "  a kernel alone: no firmware is said to be tried" 1 'not tried: what firmware decides' "${direct[@]}"
same "    in any word" 2 "$(grep -c '^tried\|^not tried' "$work/said")"
explained "  which of the reference values have it" 2 'what the reference values have for RTMR 1 of shape' --reference-values "$out/reference-values.json"

# ---- firmware that a component gives, in several machines ----
python3 "$calculator" make "$work/fw.fd" 65536 7 800000,9000,1 80d000,1000,2 80e000,1000,3 810000,1000,10
described file '{shape: qemu-snp, name: made, firmware: {component: firmware, file: fw.fd}, vcpus: ["1", "4"], vcpu-type: [EPYC-Milan, EPYC-Turin]}' \
	'{shape: ec2-snp, firmware: {component: firmware, file: fw.fd}}'
check "firmware that a component gives" build file
o=$work/file/out
same "every combination of settings is a shape" "made/1/EPYC-Milan made/1/EPYC-Turin made/4/EPYC-Milan made/4/EPYC-Turin ec2-snp" \
	"$(values "$o" '[.shapes[].name] | join(" ")')"
check "its firmware lies beside the image" cmp "$work/fw.fd" "$o/firmware/made.fd"
same "  and in the manifest" "made ec2-snp" "$(jq -r '[.platforms[].name] | join(" ")' "$o/manifest.json")"
for shape in 1/EPYC-Milan:1:0xa00f11 4/EPYC-Turin:4:0xb00f00; do
	IFS=: read -r name n signature <<<"$shape"
	same "$name: a second implementation has the same digest" \
		"$(python3 "$calculator" snp "$work/fw.fd" qemu "$n" "$signature" 1 "$o/direct/kernel" "$o/direct/initrd" "$(cat "$o/direct/command-line")")" \
		"$(values "$o" ".shapes[] | select(.name == \"made/$name\") | .registers[0].values.sha384")"
done
same "EC2's shape covers nothing but the firmware" true "$(values "$o" '.shapes[4].firmware_only')"
"$assay" show "$o" >"$work/said"
check "  which show says" grep -qF 'no register covers all that is executed: no verdict is affirming' "$work/said"
check "  and calls the register by its name" grep -qE '^ *measurement +computed' "$work/said"
same "measure finds the same values in the files" 0 "$(measured file)"
printf x | dd of="$o/firmware/made.fd" conv=notrunc status=none
same "with one byte of the firmware changed it does not" 1 "$(measured file)"
check "  and says which" grep -qF 'DIFFERS from reference-values.json' "$work/said"
check "a build makes the file again" build file
check "  as it was" cmp "$work/fw.fd" "$o/firmware/made.fd"
rm "$o/direct/kernel"
check "and one that is gone" build file
check "  is there" test -s "$o/direct/kernel"

# ---- the same firmware, of which only is told what is known ----
mapfile -t facts < <(values "$o" '.shapes[0].inputs[] | select(.name | startswith("firmware-")) | "\(.name): \"\(.value)\""')
same "an image's values tell what is known of its firmware" 5 ${#facts[@]}
same "assay measure snp --facts tells it, too" "$(printf '%s\n' "${facts[@]}")" "$("$assay" measure snp --facts --firmware "$work/fw.fd")"
described facts "{shape: qemu-snp, name: made, vcpu-type: EPYC-Milan, $(IFS=,; echo "${facts[*]}")}"
check "built with that alone" build facts
same "  the digest is the same" "$(values "$o" '.shapes[0].registers[0].values.sha384')" \
	"$(values "$work/facts/out" '.shapes[0].registers[0].values.sha384')"
check "  and no firmware lies there" test ! -e "$work/facts/out/firmware/made.fd"
same "  and measure finds it again" 0 "$(measured facts)"

# ---- TDX without ACPI ----
described tdx '{shape: qemu-tdx, firmware: usr/share/ovmf/OVMF.fd, firmware-release: "2025.02", qemu: "7.2", vcpus: "3"}'
check "TDX with as many vCPUs as no ACPI is known for" build tdx
same "  RTMR 0 has no value" not-predictable "$(values "$work/tdx/out" '.shapes[0].registers[1].how')"
check "  and says why" grep -qF 'ACPI' <(values "$work/tdx/out" '.shapes[0].registers[1].reason')
