#!/bin/bash
# The foundation holds: hostile input, crashes, speed, everyday use, signing, archive, packaging. Demand for demand (see
# test/demand.sh for how a line comes about); each part of the work has a file with its checks and its lines.
#   test/accept/2.sh [--quick] [--only REGEX]   --quick leaves out what boots machines, makes hosts or measures speed
# shellcheck source=test/demand.sh
. "$(dirname "$0")/../demand.sh"
demand_options "$@"
demand_hello
for part in hostile crash speed everyday documents signing archive install readable; do
	[ -f "$root/test/accept/2/$part.sh" ] || { line FAIL "the part '$part'" "there is no test/accept/2/$part.sh" "$part"; continue; }
	# shellcheck source=/dev/null
	. "$root/test/accept/2/$part.sh"
done
