# Shared by the scripts here: counting, skipping, the store of examples/hello. Sourced, not run.
# shellcheck shell=bash
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
assay=$root/build/assay
passed=0 failed=0 skipped=0
work=$(mktemp -d)
# One store for all tests: packages are fetched once. A test that needs its own makes one in $work.
export XDG_CACHE_HOME=${XDG_CACHE_HOME:-${HOME:-/root}/.cache}
store=${ASSAY_STORE:-$XDG_CACHE_HOME/assay}

ok() { passed=$((passed + 1)); echo "ok   $1"; }
bad() {
	failed=$((failed + 1))
	echo "FAIL $1"
}
# check NAME COMMAND...: the command succeeds
check() {
	local name=$1
	shift
	if "$@"; then ok "$name"; else bad "$name"; fi
}
# same NAME A B: two strings are equal and not empty
same() {
	if [ -n "$2" ] && [ "$2" = "$3" ]; then ok "$1"; else bad "$1: '$2' is not '$3'"; fi
}
skip() { # NAME REASON
	skipped=$((skipped + 1))
	echo "SKIP $1: $2"
}
at_end() { :; }
finish() {
	local code=$?
	at_end
	rm -rf "$work"
	[ "$code" != 0 ] && [ "$failed" = 0 ] && failed=1 && echo "FAIL the script ended early with $code"
	echo "$passed passed, $failed failed, $skipped skipped"
	[ "$failed" = 0 ]
	exit $?
}
trap finish EXIT

# Fetches examples/hello's packages once; a lock whose packages left the mirrors is replaced in a copy, said aloud.
# Sets $hello to the description's folder.
hello_ready() {
	hello=$root/examples/hello
	# Tests that begin at the same time do not fetch the same twice.
	(flock 9 && "$assay" fetch "$hello" --store "$store" -q) 9>"${TMPDIR:-/tmp}/assay-tests.lock" && return
	echo "a package of the committed lock is on no mirror any more: locking afresh in a copy"
	mkdir -p "$work/tree"
	tar -C "$root" -cf - examples guest src | tar -C "$work/tree" -xf -
	hello=$work/tree/examples/hello
	export relocked=1
	"$assay" lock "$hello" --update --store "$store" && "$assay" fetch "$hello" --store "$store" -q
}

# The same with a lock whose InRelease files and indexes can be had: archives keep those of the committed one for days
# only, so it is locked afresh in a copy where they are gone. Sets $hello; fails when no mirror can be asked.
hello_with_releases() {
	hello_ready || return
	"$assay" lock verify "$hello" --store "$store" --no-packages -q >/dev/null 2>&1 && return
	echo "an InRelease or index of the lock is on no mirror any more: locking afresh in a copy"
	mkdir -p "$work/with-releases"
	tar -C "$root" -cf - examples guest src | tar -C "$work/with-releases" -xf -
	hello=$work/with-releases/examples/hello
	"$assay" lock "$hello" --update --store "$store" >/dev/null && "$assay" fetch "$hello" --store "$store" -q
}

digests() { (cd "$1" && sha256sum disk.img uki.efi manifest.json reference-values.json sbom.spdx.json firmware/*); }
