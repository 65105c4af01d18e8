# Intel TDX: MRTD and RTMR 0 to 3 of a guest. Sourced by test/accept/5.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# tdx_vectors PATTERN WHAT: cases of test/e2e/tdx.sh that hold values from elsewhere; what is not to be had is said
tdx_vectors() {
	local n missing
	e2e_run tdx
	grep -q '^SKIP vectors' "$logs/e2e-tdx.log" && { echo "the vectors are not there"; return 3; }
	grep -E "^FAIL ($1)" "$logs/e2e-tdx.log" && return 1
	n=$(grep -cE "^ok   ($1)" "$logs/e2e-tdx.log")
	missing=$(grep -c '^SKIP tdx-inputs' "$logs/e2e-tdx.log")
	[ "$n" != 0 ] && echo "$n $2; $missing whose inputs nobody published are skipped"
}

# Real logs and published lists, event by event.
tdx_events() {
	unit_run tdx_vectors
	grep -q '^SKIP vectors' "$logs/unit-tdx_vectors.log" && { echo "the vectors are not there"; return 3; }
	unit_passed tdx_vectors && last "$logs/unit-tdx_vectors.log"
}

tdx_fuzzed() {
	local name
	for name in tdx_firmware acpi_loader linux_setup; do
		"$root/build/test/fuzz/test-fuzz-$name" || return 1
	done
	find "$root"/test/fuzz/corpus/{tdx_firmware,acpi_loader} -type f | wc -l | sed 's/$/ named files, and a kernel that the target makes/'
}

tdx_bench() {
	local figure
	(cd "$root" && bash test/bench/tdx.sh) >"$logs/bench-tdx.txt" 2>&1
	figure=$(sed -nE "s/^ *MRTD, Debian's firmware .* ([0-9.]+) times the bare hashing and a start.*/\1/p" "$logs/bench-tdx.txt")
	[ -n "$figure" ] || { tail -n 2 "$logs/bench-tdx.txt"; return 1; }
	echo "$figure times, and $(sed -nE 's/.*assay is ([0-9]+) times faster.*/\1/p' "$logs/bench-tdx.txt") times faster than Python"
	awk -v v="$figure" 'BEGIN { exit !(v > 0 && v <= 1.3) }'
}

section "Intel TDX"
unit "assay measure tdx: the firmware's sections, strictly" tdx_metadata reads refuses refuses_cut takes_large_memory_later
unit "MRTD single and two-pass, against a second implementation" tdx_mrtd agrees_everywhere covers
direct "  published MRTDs of Debian's firmware" tdx_vectors 'MRTD of|  in two passes' "MRTDs"
unit "RTMR 0: list of memory for the shape's memory" tdx_hob lists sorts refuses
unit "  CFV, Secure Boot variables, separator, ACPI, boot variables" tdx_shape direct_boot disk_boot fold_firmware
direct "  published sets, 1 to 16 GiB" tdx_vectors 'RTMR 0 with' "RTMR 0"
direct "  logs of real TDs and published events, one by one" tdx_events
unit "  the separator of firmware before and since its correction" tdx_shape older_firmware releases
unit "RTMR 1 and 2 for direct boot" tdx_shape direct_boot later_qemu
e2e "  a matrix against a second implementation" tdx "direct boot: 72 shapes as the second implementation has them"
unit "RTMR 1 and 2 for UKI-on-disk boot" tdx_shape disk_boot versions_decide
e2e "  against a second implementation" tdx "a UKI on a disk" "  with keys that are enrolled but not enforced, in two passes"
unit "RTMR 3 from given events" tdx_shape applications
e2e "  by content and by digest" tdx "events of applications, by content and by digest" "an event that is neither file nor digest"
unit "QEMU before and since 10.2: the kernel's setup header" linux_setup patches_an_initrd patches_nothing_else knows_releases refuses
e2e "  as the installed QEMU writes it, four sizes of memory" tdx "QEMU $(qemu-system-x86_64 --version | sed -nE "1s/.* ([0-9]+\.[0-9]+)\..*/\1/p") writes into 8 kernels' headers what the rules say"
e2e "ACPI from files" tdx "  the saved files give the same" "root pointer without loader"
unit "  loader and root pointer from the tables alone" acpi_loader derives refuses refuses_broken bounds
e2e "ACPI made by the installed QEMU under emulation" tdx "QEMU makes the tables: all is predictable" "  the firmware had laid out the bus: there is MCFG" \
	"  and so do the tables alone: loader and root pointer are what QEMU makes" "a second processor and a device are other tables"
e2e "  to the byte what a guest read" tdx "table-loader: to the byte" "rsdp: to the byte" "tables: to the byte"
unit "  read from outside, whatever QEMU answers" qtest moves_memory reads_files takes_no_nonsense does_not_wait_for_ever
unit "each value labelled: computed, or not predictable and why" tdx_shape what_is_missing_is_said lacks
e2e "  alone: the others stay" tdx "no ACPI: RTMR 0" "no QEMU version: RTMR 1" "an old kernel: RTMR 2" "no release of the firmware: RTMR 0 and 1"
e2e "  in JSON with inputs, rules, what confirmed them, events" tdx "JSON has the same values" "  every input by its SHA-256" "  every event" "  what confirmed each, and that no hardware did"
direct "all parsers fuzzed, with a named corpus" tdx_fuzzed
direct_slow "MRTD at most 1.3 times the bare hashing and process start" tdx_bench
