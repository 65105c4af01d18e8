#!/bin/bash
# A whole appraisal by libassay, bytes to EAR, against what libcrypto does in it (keys, signatures, certificates, digests), in
# one process and in seconds of the processor; each kind of evidence for which there is a maker. Then two threads against one,
# in elapsed time, and logs of 96 to 768 KiB.
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"
need python3 python3
tests=$PWD/build/test
declare -A aim=([tpm]=2.5 [snp]=1.2 [tdx]=1.8 [nitro]=1.2)
for kind in tpm snp tdx nitro; do
	folder=$bench/appraise/$kind
	rm -rf "$folder" && mkdir -p "$folder"
	maker=$tests/$kind-maker
	[ $kind = tpm ] && maker=$tests/machine-maker
	[ -x "$maker" ] || { echo "$kind: no maker of its evidence here"; continue; }
	"$maker" "$folder" >/dev/null
	cd "$folder"
	printf 'format: assay.policy/1\nname: mine\nshape: made\n' >policy.yaml
	args=("$(cat at)" evidence.json values.json trust.yaml policy.yaml nonce.bin)
	if [ $kind = tpm ]; then
		printf '0a%.0s' $(seq 32) >nonce
		printf 'format: assay.trust/1\ntpm-roots:\n  - name: made\n    certificate: root.der\npinned-aks:\n  - name: %s\nunsigned-reference-values: accept\n' "$(cat ak)" >trust.yaml
		args+=(root.der)
	fi
	python3 -c 'import sys; sys.stdout.buffer.write(bytes.fromhex(sys.stdin.read().strip()))' <nonce >nonce.bin
	printf '%-6s %s (aim: at most %s)\n' $kind "$("$tests/appraise-bench" --ratio "${args[@]}")" "${aim[$kind]}"
	printf '%-6s %s (aim: at least 1.8)\n' $kind "$("$tests/appraise-bench" --two "${args[@]}")"
done
"$tests/appraise-bench" --linear
