#!/bin/bash
# A Debian 13 host: assay is compiled there with Debian 13's compiler and libraries, builds hello, and every artefact has the
# digest that this host gives.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/debian13.sh
. "$root/test/debian13.sh"
debian13_possible debian13 || exit 0
hello_ready || { bad "hello can be fetched"; exit 1; }

"$assay" build "$hello" -o "$work/here" --store "$store" -q >/dev/null || { bad "hello builds here"; exit 1; }
host=$work/trixie
debian13_make "$host" || { bad "a Debian 13 root can be made"; exit 1; }
[ "$hello" = "$root/examples/hello" ] || cp -a "$hello/assay.lock" "$host/src/examples/hello/assay.lock"
if debian13_build "$host" examples/hello "$work/inside.log"; then
	ok "assay compiles on Debian 13 and builds hello there"
	same "Debian 13 gives the same bytes" "$(digests "$host/out")" "$(digests "$work/here")"
else
	bad "assay compiles on Debian 13 and builds hello there"
fi
