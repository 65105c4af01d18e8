#!/bin/bash
# the whole image
# shellcheck source=test/from-source/frame
. "$(dirname "$0")/frame"
fetched
start=$SECONDS
check "the image is built" "$assay" build "$description" -o "$work/out" --store "$store" -q
figure "build, seconds (what the store had is not built again)" $((SECONDS - start))
while read -r name digests; do
	figure "$name: bytes of what it gives" "$(for d in $digests; do stat -c %s "$store/objects/${d:0:2}/${d:2}"; done | awk '{ n += $1 } END { print n " in " NR " files" }')"
done < <(jq -r '.inputs.components[] | "\(.name) \([.outputs[].sha256 // empty] | join(" "))"' "$work/out/manifest.json")
check "all of it is from source" jq -e '.origins | .source > 0 and .distribution + .reproduced + .opaque == 0' "$work/out/reference-values.json"
figure "measured bytes, all from source" "$(jq .origins.source "$work/out/reference-values.json")"
