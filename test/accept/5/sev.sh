# AMD: launch digests of SEV, SEV-ES and SEV-SNP guests, and the way back from one. Sourced by test/accept/5.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# sev_vectors: all launch digests of another calculator, whose firmware is on this machine
sev_vectors() {
	local log=$logs/sev-vectors.txt said
	e2e_run measure-sev
	said=$(grep -E '^[0-9]+ of 139 launch digests' "$logs/e2e-measure-sev.log") || { echo "the vectors are not there"; return 3; }
	echo "$said" >"$log"
	grep -q '^ok   another calculator: launch digests hold' "$logs/e2e-measure-sev.log" && echo "$said"
}

bench_measure_log=$logs/bench-measure.txt
# bench_measure BEGINNING PATTERN OPERATOR LIMIT: the number in PATTERN's group, in the first line that begins so
bench_measure() {
	local figure
	[ -f "$bench_measure_log" ] || (cd "$root" && ./run bench measure) >"$bench_measure_log" 2>&1
	figure=$(sed -nE "s/^ *$1 .* $2.*/\\1/p" "$bench_measure_log" | head -n 1)
	[ -n "$figure" ] || { tail -n 2 "$bench_measure_log"; return 1; }
	echo "$figure times"
	awk -v v="$figure" -v op="$3" -v limit="$4" 'BEGIN { exit !(v > 0 && (op == "<=" ? v <= limit : v >= limit)) }'
}

sev_fuzzed() {
	local name
	for name in ovmf_table sev_firmware; do
		"$root/build/test/fuzz/test-fuzz-$name" || return 1
	done
	find "$root/test/fuzz/corpus/ovmf_table" -type f | wc -l | sed 's/$/ named files, and samples that the targets make/'
}

section "AMD: SEV, SEV-ES, SEV-SNP"
e2e "assay measure snp, seves, sev: the digest alone, in hex" measure-sev "SNP with kernel, initrd, command line: fw.fd" "SEV-ES" "SEV"
direct "every shared vector: 139 of 139 launch digests" sev_vectors
e2e "  self-made vectors with a slow second implementation" measure-sev "SNP: 36 shapes as the second implementation has them" "SEV-ES" "  with a kernel, under EC2"
unit "  and one in the unit test" snp_launch compares sev_and_es
e2e "the type by name, family, model and stepping, or signature" measure-sev "the type by its signature" "  by family, model and stepping"
unit "every CPU type that QEMU knows, Turin included" sev_cpu processor_types
e2e "--vmm qemu, ec2, gce" measure-sev "SNP: 36 shapes as the second implementation has them" "an unknown hypervisor" "Google's machines whose rules are not known"
e2e "--kernel, --initrd, --append" measure-sev "SNP with kernel, initrd, command line: fw.fd" "SNP with kernel, initrd, command line: early.fd" "  a kernel alone: nothing is hashed for the others"
unit "--svsm with --vars-size" snp_launch svsm
e2e "  and what is refused of it" measure-sev "an SVSM without the size of the variables" "an SVSM that does not say where it starts"
e2e "--firmware-hash in place of the firmware's pages" measure-sev "  the firmware's own hash stands for its pages"
e2e "--json: pages grouped by section, inputs by hash, rules and whether hardware confirmed them" measure-sev "  pages by section, in the order of the image" "  inputs by hash" \
	"  and whether hardware has confirmed the rules"
e2e "a matrix of vCPUs, types and features is one command" measure-sev "a matrix: a line for each shape, with its name" "  each as it is alone"
unit "refused: firmware without SEV metadata, unknown sections, other sizes" snp_launch refuses_firmware refuses_sizes
e2e "  with reason and what to do" measure-sev "a section of unknown type" "what is no OVMF" "a size that is no multiple of a page"
e2e "refused: kernel hashes without a page" measure-sev "a kernel without a page for its hashes" "an initrd without a kernel"
unit "  SEV-ES without a reset block" snp_launch sev_refuses refuses_the_rest
e2e "ID block and ID authentication: assay measure snp-id" measure-sev "ID auth: the ID block is signed by the ID key" "  the ID key by the author" "ID block: digest, family, version, SVN, policy"
e2e "  in base64 for QEMU, the same bytes each time" measure-sev "  in base64 for QEMU" "  the same bytes each time"
unit "  the shared vector: block and key digests" snp_id vectors block auth
unit "  deterministic signatures: the examples of RFC 6979" p384_key rfc6979
direct_slow "speed: one digest of 4 MiB firmware at most 1.3 times bare hashing and a process" bench_measure 'one digest' '([0-9.]+) times the bare hashing' '<=' 1.3
direct_slow "  a matrix of 64 shapes at most 1.5 times one" bench_measure 'a matrix of 64 shapes' '([0-9.]+) times one digest' '<=' 1.5
direct_slow "  at least 5 times faster than a calculator in Python" bench_measure 'the calculator in Python' 'assay is ([0-9.]+) times faster' '>=' 5
direct "parsers fuzzed with a named corpus" sev_fuzzed

section "the inverse question"
e2e "assay explain --digest: vCPU counts, types, features, firmware" measure-sev "which inputs give this digest? vCPUs, type, features, firmware" "  a guest of EC2, with a kernel" "  SEV-ES" "  SEV"
e2e "  firmware in an image's folder and in the store" measure-sev "firmware in an image's folder" "  and in the store, with its package"
e2e "it says what it tried" measure-sev "  and what was tried before" "nothing gives it: what was tried, and how much" "  and why not more"
unit "  and with a kernel or without, a firmware's own hash" digest_search finds_snp finds_sev finds_nothing finds_a_firmware_hash
direct_slow "a thousand candidates cost little more than one" bench_measure 'explain --digest, Debian.s firmware' 'candidates, ([0-9.]+) times one digest' '<=' 3
