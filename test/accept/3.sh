#!/bin/bash
# The closed, deterministic box; check, diff, rebuild. Demand for demand (see test/demand.sh for how a line comes about);
# each part of the work has a file with its checks and its lines.
#   test/accept/3.sh [--quick] [--only REGEX]   --quick leaves out what boots machines or measures speed
# shellcheck source=test/demand.sh
. "$(dirname "$0")/../demand.sh"
demand_options "$@"
demand_hello
for part in box files sources scripts check corpus diff rebuild bench; do
	[ -f "$root/test/accept/3/$part.sh" ] || { line FAIL "the part '$part'" "there is no test/accept/3/$part.sh" "$part"; continue; }
	# shellcheck source=/dev/null
	. "$root/test/accept/3/$part.sh"
done
