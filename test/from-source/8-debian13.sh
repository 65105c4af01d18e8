#!/bin/bash
# every component and the image, built on a Debian 13 host: the bytes that this host gives
# shellcheck source=test/from-source/frame
. "$(dirname "$0")/frame"
# shellcheck source=test/debian13.sh
. "$root/test/debian13.sh"
debian13_possible 8-debian13 || exit 0
fetched
"$assay" build "$description" -o "$work/here" --store "$store" -q || { bad "the image is built here"; exit 1; }
host=$work/trixie
debian13_make "$host" || { bad "a Debian 13 root can be made"; exit 1; }
[ "$description" = "$root/examples/from-source" ] || cp -a "$description/assay.lock" "$host/src/examples/from-source/assay.lock"
start=$SECONDS
if debian13_build "$host" examples/from-source "$work/inside.log"; then
	ok "assay compiles on Debian 13 and builds everything from source there"
	figure "build on Debian 13 with assay itself, seconds" $((SECONDS - start))
	same "Debian 13 gives the same bytes" "$(digests "$host/out")" "$(digests "$work/here")"
	# shellcheck disable=SC2016 # jq expands it
	components='.inputs.components[] | .name as $n | .outputs[] | select(.sha256) | "\($n) \(.path // .from) \(.sha256)"'
	same "Debian 13 gives the same components" "$(jq -r "$components" "$host/out/manifest.json")" "$(jq -r "$components" "$work/here/manifest.json")"
	figure "components compared" "$(jq -r '.inputs.components | length' "$work/here/manifest.json")"
else
	bad "assay compiles on Debian 13 and builds everything from source there"
fi
