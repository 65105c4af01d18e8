#!/bin/bash
# Appraising evidence from every confidential platform, offline, failing closed. Demand for demand (see test/demand.sh for how a line
# comes about); each part of the work has a file with its checks and its lines: first those that read and check each kind, then
# those that appraise, then who uses them, then what is in no order.
#   test/accept/6.sh [--quick] [--only REGEX]   --quick leaves out what boots machines or measures speed
# shellcheck source=test/demand.sh
. "$(dirname "$0")/../demand.sh"
demand_options "$@"
parts='snp-form tdx-form nitro-form snp tdx nitro-azure bundle verify attest library'
for part in "$root"/test/accept/6/*.sh; do
	part=$(basename -s .sh "$part")
	[[ " $parts " == *" $part "* ]] || parts="$parts $part"
done
for part in $parts; do
	[ -f "$root/test/accept/6/$part.sh" ] || { line FAIL "the part '$part'" "there is no test/accept/6/$part.sh" "$part"; continue; }
	# shellcheck source=/dev/null
	. "$root/test/accept/6/$part.sh"
done
