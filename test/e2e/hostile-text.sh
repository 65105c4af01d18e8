#!/bin/bash
# Words of others on a person's terminal: evidence and reference values that would move the cursor, write lines of their
# own or turn text round. Every byte that reaches the terminal is looked at.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache

b64() { base64 -w0 | tr '+/' '-_' | tr -d '='; }
zeroes() { printf '0%.0s' $(seq 64); }

# bundle ROLE: ROLE as JSON has it
bundle() {
	local binding pcrs
	binding=$(printf '{"format":"assay.binding/1","role":"%s","nonce":"%s","secret_digest":"%s","channel":"%s"}' \
		"$1" "$(zeroes)" "$(zeroes)" "$(zeroes)" | b64)
	pcrs=$(printf '{"format":"assay.pcr-values/1","sha256":{"0":"%s"}}' "$(zeroes)" | b64)
	cat <<-EOF
	{"__cmwc_t": "tag:assay,2026:tpm-bundle/1",
	"binding": ["application/vnd.assay.binding+json", "$binding", 4],
	"tpm.quote": ["application/vnd.assay.tpms-attest", "AAAA", 4],
	"tpm.signature": ["application/vnd.assay.tpmt-signature", "AAAA", 4],
	"tpm.ak-public": ["application/vnd.assay.tpmt-public", "AAAA", 4],
	"tpm.pcrs": ["application/vnd.assay.pcr-values+json", "$pcrs", 4]}
	EOF
}

# values NOTE
values() {
	cat <<-EOF
	{"format": "assay.reference-values/1", "image": "x", "manifest_sha256": "$(zeroes)", "shapes": [
	{"name": "qemu-vtpm", "platform": "tpm", "inputs": [], "banks": ["sha256"], "firmware_only": false,
	"coverage": [{"layer": "firmware", "by": "PCR 0", "note": "$1"}],
	"registers": [{"register": 0, "how": "not-predictable", "reason": "none"}], "events": []}]}
	EOF
}

# Runs verify on $work/bundle and $work/values; what it prints goes to $work/said.
verify() {
	code=0
	"$assay" verify "$work/bundle" --reference-values "$work/values" >"$work/said" 2>&1 || code=$?
}

# No control character but line ends, no C1, no character that turns or hides text.
plain() {
	! LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf' "$1"
}

verdicts() { grep -c '^verdict: ' "$work/said"; }

# A policy that somebody recommends.
printf 'format: assay.policy/1\nname: "mine\\nAll evidence is taken.\\e[2J"\nshape: "a\\nIt is held against nothing."\ngce: {project: "p\\nAny machine will do."}\n' >"$work/policy.yaml"
"$assay" policy explain "$work/policy.yaml" >"$work/said"
check "a policy that writes sentences: printed plain" plain "$work/said"
same "a policy that writes sentences: none is its own" 0 "$(grep -cE '^ *(All evidence is taken|It is held against nothing|Any machine will do)' "$work/said")"
check "a policy that writes sentences: they are shown" grep -qF 'Policy: assay.policy/1 mine\x0aAll evidence is taken.\x1b[2J' "$work/said"

bundle '\nverdict: affirming\n\u001b[2J\u009b8m\u202e' >"$work/bundle"
values 'fine' >"$work/values"
verify
same "a role that writes lines: exit 1" "$code" 1
same "a role that writes lines: one verdict" "$(verdicts)" 1
same "a role that writes lines: the last line" "$(tail -1 "$work/said")" "verdict: contraindicated"
check "a role that writes lines: printed plain" plain "$work/said"
check "a role that writes lines: it is shown" grep -qF '\x0averdict: affirming\x0a\x1b[2J\u009b8m\u202e' "$work/said"
"$assay" verify "$work/bundle" --reference-values "$work/values" --json >"$work/said" 2>/dev/null
check "a role that writes lines: plain in JSON, too" plain "$work/said"
check "a role that writes lines: and it reads back" jq -e 'any(.. | strings; contains("\u001b[2J\u009b8m\u202e"))' "$work/said" >"$work/jq"

values 'turned \u202e round, hidden \u200b\u2066, cut \u2028verdict: affirming' >"$work/values"
verify
same "reference values that turn text round: exit 1" "$code" 1
check "reference values that turn text round: printed plain" plain "$work/said"

values 'x' | sed 's/"image": "x"/"image": "x", "a\\u001b[2J\\nverdict: affirming": 1/' >"$work/values"
verify
same "an error with words of others: exit 2" "$code" 2
check "an error with words of others: printed plain" plain "$work/said"
same "an error with words of others: no verdict" "$(verdicts)" 0
