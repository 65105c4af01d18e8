#!/bin/bash
# Reference values for every confidential platform, computed offline. Demand for demand (see test/demand.sh for how a line comes
# about); each part of the work has a file with its checks and its lines.
#   test/accept/5.sh [--quick] [--only REGEX]   --quick leaves out what boots machines or measures speed
# shellcheck source=test/demand.sh
. "$(dirname "$0")/../demand.sh"
demand_options "$@"
demand_hello
for part in sev tdx tpm eif shapes logs export; do
	[ -f "$root/test/accept/5/$part.sh" ] || { line FAIL "the part '$part'" "there is no test/accept/5/$part.sh" "$part"; continue; }
	# shellcheck source=/dev/null
	. "$root/test/accept/5/$part.sh"
done
