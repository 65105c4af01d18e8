#!/bin/bash
# The whole chain on examples/hello, each step with what it does and how long it took:
# fetch by the committed lock, build, measure, boot in QEMU with a software TPM, take evidence with a fresh nonce, verify;
# then the same image with one changed kernel argument. The last line is the honest machine's verdict.
set -euo pipefail
cd "$(dirname "$0")/.."
assay=$PWD/build/assay
demo=$PWD/build/demo
store=(${ASSAY_STORE:+--store "$ASSAY_STORE"})
mkdir -p "$demo"
vm_pid=

stop_vm() {
	[ -n "$vm_pid" ] || return 0
	kill "$vm_pid" 2>/dev/null || true
	wait "$vm_pid" 2>/dev/null || true
	vm_pid=
}
trap stop_vm EXIT

step() { printf '\n== %s\n' "$*"; started=$(date +%s.%N); }
took() { awk -v a="$started" -v b="$(date +%s.%N)" 'BEGIN { printf "   took %.1f s\n", b - a }'; }

# A copy to work in: the demo changes a kernel argument, and may have to lock afresh.
tree=$demo/tree
rm -rf "$tree" && mkdir -p "$tree"
{ git ls-files 2>/dev/null || find examples guest src -type f; } | grep -E '^(examples/hello|guest|src)/' | tar -cf - -T - | tar -xf - -C "$tree"
hello=$tree/examples/hello

step "fetch: every package that the lock names, checked byte for byte"
if ! "$assay" fetch "$hello" "${store[@]}"; then
	echo "   a pinned package is on no mirror any more: locking afresh (the results differ from expected.json)"
	"$assay" lock "$hello" --update "${store[@]}"
	"$assay" fetch "$hello" "${store[@]}"
fi
took

step "build: components in the sandbox, packages into an image, the image into reference values"
"$assay" build "$hello" -o "$demo/out" "${store[@]}"
took

step "measure: the reference values once more, from the finished image alone"
"$assay" measure "$demo/out" "${store[@]}"
took

# Boots $1 and leaves its attester's address in $url.
boot() {
	local log=$demo/vm.log
	: >"$log"
	"$assay" run "$1" --state "$demo/vm" --trust-out "$demo/trust.yaml" >"$log" 2>"$demo/vm.err" &
	vm_pid=$!
	for _ in $(seq 600); do
		url=$(grep -oE 'http://[0-9.:]+' "$log" | head -1 || true)
		[ -n "$url" ] && return
		kill -0 "$vm_pid" 2>/dev/null || break
		sleep 0.5
	done
	echo "the machine did not answer; its last words:"
	tail -20 "$demo/vm.err"
	exit 1
}

verify() { "$assay" verify "$url" --reference-values "$demo/out/reference-values.json" --trust "$demo/trust.yaml" "${store[@]}"; }

step "run: boot the image in QEMU with OVMF and a software TPM"
boot "$demo/out"
echo "   the attester answers at $url"
took

step "verify: evidence over the network with a fresh nonce, held against the predicted values"
code=0
verify | tee "$demo/honest.txt" || code=$?
took
stop_vm
if [ "$(tail -1 "$demo/honest.txt")" != "verdict: affirming" ]; then
	echo "the honest machine was not affirmed (exit $code)"
	exit 1
fi

step "the same image with one changed kernel argument (panic=-1 becomes panic=-2)"
sed -i 's/^    - panic=-1$/    - panic=-2/' "$hello/assay.yaml"
"$assay" build "$hello" -o "$demo/changed" -q "${store[@]}" >/dev/null
boot "$demo/changed"
took

step "verify: the changed machine, held against the same predicted values"
verify | tee "$demo/changed.txt" || true
took
stop_vm
if [ "$(tail -1 "$demo/changed.txt")" != "verdict: contraindicated" ]; then
	echo "the changed machine was not contraindicated"
	exit 1
fi

printf '\nThe changed machine was found out; the honest machine got:\n'
tail -1 "$demo/honest.txt"
