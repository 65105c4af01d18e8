#!/bin/bash
# examples/hello/expected.json is what the committed lock gives: root hash, kernel image, disk and every register.
# UPDATE=1 rewrites it; the difference is reviewed like code.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
hello_ready || { bad "hello can be fetched"; exit 1; }
if [ -n "${relocked:-}" ]; then
	skip expected "the packages of the committed lock are on no mirror any more, so its results cannot be made here"
	exit 0
fi
"$assay" build "$hello" -o "$work/out" --store "$store" -q >/dev/null || { bad "hello builds"; exit 1; }
jq -n --slurpfile m "$work/out/manifest.json" --slurpfile r "$work/out/reference-values.json" '{
	format: "assay.expected/1",
	"root-hash": $m[0].outputs.disk.root["root-hash"],
	"uki-sha256": $m[0].outputs.uki.sha256,
	"disk-sha256": $m[0].outputs.disk.sha256,
	registers: [$r[0].shapes[] | {shape: .name, values: [.registers[] | select(.values != null) | {register, how, values}]}]
}' >"$work/expected.json" || { bad "manifest and reference values can be read"; exit 1; }
[ -n "${UPDATE:-}" ] && cp "$work/expected.json" "$root/examples/hello/expected.json"
diff -u "$root/examples/hello/expected.json" "$work/expected.json" || true
check "expected.json is what the committed lock gives" cmp -s "$root/examples/hello/expected.json" "$work/expected.json"
same "every register of the shape has a value or a reason" "$(jq '[.shapes[].registers[] | select(.values == null and .reason == "")] | length' "$work/out/reference-values.json")" 0
