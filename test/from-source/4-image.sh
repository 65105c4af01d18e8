#!/bin/bash
# the whole image
# shellcheck source=test/from-source/frame
. "$(dirname "$0")/frame"
fetched
start=$SECONDS
check "the image is built" "$assay" build "$description" -o "$work/out" --store "$store" -q
figure "build, seconds (what the store had is not built again)" $((SECONDS - start))
while read -r name path digest; do
	figure "$name: $path, bytes" "$(stat -c %s "$store/objects/${digest:0:2}/${digest:2}")"
done < <(jq -r '.inputs.components[] | .name as $n | .outputs[] | select(.sha256) | "\($n) \(.path // .from) \(.sha256)"' "$work/out/manifest.json" | head -n 40)
