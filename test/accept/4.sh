#!/bin/bash
# Firmware, kernel and userland from source; Debian's own packages rebuilt. Demand for demand (see test/demand.sh for how a line
# comes about); each part of the work has a file with its checks and its lines. What takes an hour and more is in the slow
# suite, `./run from-source`: its lines here come from the last run of that.
#   test/accept/4.sh [--quick] [--only REGEX]   --quick leaves out what boots machines or measures speed
# shellcheck source=test/demand.sh
. "$(dirname "$0")/../demand.sh"
demand_options "$@"
demand_hello
for part in components firmware kernel userland origins mixed packages; do
	[ -f "$root/test/accept/4/$part.sh" ] || { line FAIL "the part '$part'" "there is no test/accept/4/$part.sh" "$part"; continue; }
	# shellcheck source=/dev/null
	. "$root/test/accept/4/$part.sh"
done
