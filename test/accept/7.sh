#!/bin/bash
# Enabling the community: trust file, signed statements, rebuilders, a transparency log, publications. Demand for demand (see
# test/demand.sh for how a line comes about); each part of the work has a file with its checks and its lines.
#   test/accept/7.sh [--quick] [--only REGEX]   --quick leaves out what boots machines or measures speed
# shellcheck source=test/demand.sh
. "$(dirname "$0")/../demand.sh"
demand_options "$@"
for part in keys trust log witness publish report community tour; do
	[ -f "$root/test/accept/7/$part.sh" ] || { line FAIL "the part '$part'" "there is no test/accept/7/$part.sh" "$part"; continue; }
	# shellcheck source=/dev/null
	. "$root/test/accept/7/$part.sh"
done
