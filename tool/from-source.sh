#!/bin/bash
# The slow suite: what it takes an hour or more to show, all of it built from source. Each test/from-source/NAME.sh is a step,
# in the order of their names, with "ok", "FAIL" and "figure" lines of its own and a closing line as every test has.
#   tool/from-source.sh [--again] [NAME...]     only these; --again also those that passed before
# It goes on where it was left: a step that passed is not run again while what it read is the same (the description, its
# folders, the step itself), and the store keeps every component by its derivation. Logs: build/from-source/NAME.log.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
logs=build/from-source
mkdir -p "$logs"
description=$(realpath "${FROM_SOURCE:-examples/from-source}")
again=
[ "${1:-}" = --again ] && again=1 && shift

# What a step's result follows from: what its line "# reads: ..." names, or all that the description names. The tool is not in
# it: what it makes has to stay the same.
inputs() { # NAME
	local reads=()
	read -ra reads < <(sed -n 's/^# reads: //p' "test/from-source/$1.sh")
	[ ${#reads[@]} != 0 ] || reads=(. ../../guest ../../src)
	{
		printf '%s\0' "test/from-source/$1.sh" test/from-source/frame test/lib.sh
		(cd "$description" && find "${reads[@]}" -type f -printf "$description/%p\0" | LC_ALL=C sort -z)
	} | xargs -0 sha256sum | sha256sum | cut -d' ' -f1
}

passed=0 failed=0 skipped=0
# Adds up the closing line of a log; shows its figures, and what failed.
count() { # LOG
	local line
	grep -aE '^(figure|FAIL|SKIP) ' "$1" | sed 's/^/   /'
	line=$(grep -aE '^[0-9]+ passed, [0-9]+ failed' "$1" | tail -n 1)
	[ -n "$line" ] || { echo "   FAIL no closing line"; line='0 passed, 1 failed, 0 skipped'; }
	[[ $line =~ ^([0-9]+)\ passed,\ ([0-9]+)\ failed,\ ([0-9]+) ]]
	passed=$((passed + BASH_REMATCH[1])) failed=$((failed + BASH_REMATCH[2])) skipped=$((skipped + BASH_REMATCH[3]))
}

[ $# != 0 ] || mapfile -t names < <(basename -s .sh -a test/from-source/*.sh)
for name in "${@:-${names[@]}}"; do
	log=$logs/$name.log
	key=$(inputs "$name")
	if [ -z "$again" ] && [ "$(head -n 1 "$logs/$name.done" 2>/dev/null)" = "$key" ]; then
		echo "== $name: passed before, in $(sed -n 2p "$logs/$name.done") s"
		count "$log"
		continue
	fi
	rm -f "$logs/$name.done"
	echo "== $name: $(sed -n '2s/^# //p' "test/from-source/$name.sh")"
	start=$SECONDS code=0
	bash "test/from-source/$name.sh" >"$log" 2>&1 </dev/null || code=$?
	echo "   took $((SECONDS - start)) s, $log"
	count "$log"
	[ "$code" = 0 ] && ! grep -q '^SKIP ' "$log" && printf '%s\n' "$key" $((SECONDS - start)) >"$logs/$name.done"
done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ]
