#!/bin/bash
# "Built here" is what this store says of its own work. Whoever can write into the store can plant such a record: then it
# counts for nothing.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state XDG_CACHE_HOME=$work/cache
store=$work/store

b64() { base64 -w0 | tr '+/' '-_' | tr -d '='; }
zeroes=$(printf '0%.0s' $(seq 64))
binding=$(printf '{"format":"assay.binding/1","role":"attester","nonce":"%s","secret_digest":"%s","channel":"%s"}' \
	"$zeroes" "$zeroes" "$zeroes" | b64)
pcrs=$(printf '{"format":"assay.pcr-values/1","sha256":{"0":"%s"}}' "$zeroes" | b64)
cat >"$work/bundle" <<EOF
{"__cmwc_t": "tag:assay,2026:tpm-bundle/1",
"binding": ["application/vnd.assay.binding+json", "$binding", 4],
"tpm.quote": ["application/vnd.assay.tpms-attest", "AAAA", 4],
"tpm.signature": ["application/vnd.assay.tpmt-signature", "AAAA", 4],
"tpm.ak-public": ["application/vnd.assay.tpmt-public", "AAAA", 4],
"tpm.pcrs": ["application/vnd.assay.pcr-values+json", "$pcrs", 4]}
EOF
cat >"$work/values" <<EOF
{"format": "assay.reference-values/1", "image": "x", "manifest_sha256": "$zeroes", "shapes": [
{"name": "qemu-vtpm", "platform": "tpm", "inputs": [], "banks": ["sha256"], "firmware_only": false, "coverage": [],
"registers": [], "events": []}]}
EOF

vouched() {
	"$assay" verify "$work/bundle" ${policy:+--policy "$policy"} --reference-values "$work/values" --store "$store" --json 2>"$work/said" |
		jq -r '.submods.tpm."assay.verdict".checks[] | select(.name == "vouched") | .got'
}

same "without a record" "$(vouched)" "unsigned claim"

# The record that assay build writes, by hand.
values=$(sha256sum "$work/values" | cut -d' ' -f1)
# shellcheck disable=SC2059,SC2001 # the digests as bytes
key=$({ printf 'assay/build-record/1\0'; printf "$(sed 's/../\\x&/g' <<<"$zeroes$values")"; } | sha256sum | cut -d' ' -f1)
printf '{"format": "assay/build-record/1", "manifest-sha256": "%s", "reference-values-sha256": "%s"}\n' "$zeroes" "$values" \
	>"$store/results/$key.json"
same "a record in a store that only this user can write" "$(vouched)" "built here"

printf 'format: assay.policy/1\nname: others\nvouchers: {built-here: refuse}\n' >"$work/others.yaml"
same "counts for nothing where the policy refuses it" "$(policy=$work/others.yaml vouched)" "unsigned claim"

for folder in . results packs; do
	chmod o+w "$store/$folder"
	same "everybody can write $folder" "$(vouched)" "unsigned claim"
	check "everybody can write $folder: it is said" grep -q 'can be changed by others' "$work/said"
	chmod o-w "$store/$folder"
done
if [ "$(id -u)" = 0 ]; then
	chown 65534 "$store/results"
	same "another user's results" "$(vouched)" "unsigned claim"
	chown 0 "$store/results"
fi
same "the record again" "$(vouched)" "built here"
