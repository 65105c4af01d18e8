# Shapes as data, coverage, and what a build writes. Sourced by test/accept/5.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# shapes_of_hello: what hello declares, and how many values there are
shapes_of_hello() {
	jq -r '[.shapes[] | "\(.name): \([.registers[] | select(.how == "computed")] | length) computed"] | join(", ")' "$out/reference-values.json"
	[ "$(jq -r '[.shapes[].platform] | unique | join(" ")' "$out/reference-values.json")" = "snp tdx tpm" ]
}
rules_of_files() {
	local f n=0
	for f in "$root"/share/platforms/*.yaml; do
		[ "$(grep -cE '^  - what: ' "$f")" = "$(grep -cE '^    source: .' "$f")" ] && [ "$(grep -cE '^  - what: ' "$f")" = "$(grep -cE '^    confirmed: .' "$f")" ] || { echo "$f"; return 1; }
		n=$((n + $(grep -cE '^  - what: ' "$f")))
	done
	echo "$n rules in $(ls "$root"/share/platforms/*.yaml | wc -l) files"
}

section "shapes as data"
direct "examples/hello declares vTPM, SNP and TDX shapes, whose values the build writes" shapes_of_hello
e2e "  each covers firmware, kernel, initrd, command line and root" platforms 'for three platforms' 'no shape is firmware-only' \
	'  each covers the firmware' '  each covers the kernel' '  each covers the initrd' '  each covers the command line' '  each covers the root file system'
e2e "  SNP: direct boot with AmdSev firmware; TDX: RTMR 0 to 2" platforms 'SNP: the launch digest is computed' "SNP's firmware is named by its digest" \
	'TDX: MRTD and RTMR 0 to 3 are computed'
direct "files under share/platforms: the source of every rule, and whether hardware has confirmed it" rules_of_files
unit "  strict: settings, rules, ACPI" platform_shape takes goes_round refuses_settings refuses_files
e2e "  printed beside the values" platforms 'every rule says where it stands, and what has confirmed it' '  and there are some'
unit "platforms: in the description" description_platforms takes combines refuses limits files
e2e "a matrix of vCPUs and types is one command" platforms 'every combination of settings is a shape' '1/EPYC-Milan: a second implementation has the same digest' \
	'4/EPYC-Turin: a second implementation has the same digest'
e2e "coverage: a shape that leaves an executable layer uncovered is firmware-only" platforms "EC2's shape covers nothing but the firmware" '  which show says'
e2e "assay measure OUT makes every value again, and tells a file that is another" platforms 'measure finds the same values in the files' \
	'with one byte of the firmware changed it does not' '  and says which'
e2e "firmware that is only known by what a digest takes from it" platforms 'assay measure snp --facts tells it, too' '  the digest is the same'
e2e "what has no value says why" platforms '  RTMR 0 has no value' '  and says why'
e2e "the inverse question for TDX: pass modes and header rules" platforms 'explain --digest: an MRTD, its firmware and passes' \
	"  RTMR 1: which rule of the kernel's header" '  and with how much memory'
unit "  each way and no other" tdx_search passes_are_found header_rules_are_found nothing_is_found
