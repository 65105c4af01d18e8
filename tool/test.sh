#!/bin/bash
# Runs every test and adds up: unit tests (meson), then test/e2e/*.sh. Ends with "N passed, N failed, N skipped".
# Each test program or script prints its own "N passed, N failed[, N skipped]" line; a skip says why in a line
# "SKIP NAME: reason", and one that is not on test/skips.txt counts as a failure.
#   tool/test.sh [--unit] [NAME...]   only unit tests, or only the e2e scripts named
# As many run at a time as there are processors, or TEST_JOBS; each has folders and ports of its own.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
passed=0 failed=0 skipped=0
jobs=${TEST_JOBS:-$(nproc)}
declare -A running=() # NAME by process
log=build/test-logs
mkdir -p "$log"
only_unit=
[ "${1:-}" = --unit ] && { only_unit=1; shift; }

count() { # NAME EXIT LOG
	local line p f s
	line=$(grep -aE '^[0-9]+ passed, [0-9]+ failed' "$3" | tail -1)
	if [ -z "$line" ]; then
		echo "FAIL $1: no closing line (exit $2)"
		failed=$((failed + 1))
		tail -20 "$3"
		return
	fi
	p=$(sed -E 's/^([0-9]+) passed.*/\1/' <<<"$line")
	f=$(sed -E 's/^[0-9]+ passed, ([0-9]+) failed.*/\1/' <<<"$line")
	s=$(sed -nE 's/.* ([0-9]+) skipped.*/\1/p' <<<"$line")
	[ "$2" != 0 ] && [ "$f" = 0 ] && f=1
	if [ "${s:-0}" != 0 ]; then
		while IFS= read -r skip; do
			local name=${skip#SKIP }
			name=${name%%:*}
			if grep -qxF "$name" <(sed 's/ *#.*//' test/skips.txt); then
				echo "$skip"
			else
				echo "FAIL skipped without being on test/skips.txt: $skip"
				f=$((f + 1)) s=$((s - 1))
			fi
		done < <(grep -a '^SKIP ' "$3")
	fi
	[ "$f" != 0 ] && { echo "FAIL $1 ($line)"; grep -aE '^FAIL|ERROR' "$3" | head -20; }
	passed=$((passed + p)) failed=$((failed + f)) skipped=$((skipped + ${s:-0}))
}

# In the background: NAME LOG COMMAND...
run_one() {
	local out=$2 start=$SECONDS code=0
	shift 2
	timeout -k 10 1500 "$@" >"$out" 2>&1 </dev/null || code=$?
	echo $((SECONDS - start)) >"$out.seconds"
	return $code
}

# Waits for one that runs, and says what came of it.
reap() {
	local pid='' code=0 name out
	wait -n -p pid "${!running[@]}" || code=$?
	name=${running[$pid]} out=$log/${running[$pid]#*/}.log
	unset "running[$pid]"
	printf '%-34s %4d s  %s\n' "$name" "$(cat "$out.seconds")" "$(grep -aE '^[0-9]+ passed' "$out" | tail -1)"
	rm -f "$out.seconds"
	count "$name" "$code" "$out"
}

start() { # KIND NAME COMMAND...
	local name=$1/$2 out=$log/$2.log
	shift 2
	while [ "${#running[@]}" -ge "$jobs" ]; do reap; done
	run_one "$name" "$out" "$@" &
	running[$!]=$name
}

if [ $# = 0 ]; then
	for t in build/test/test-* build/test/fuzz/test-*; do
		[ -x "$t" ] && [ -f "$t" ] || continue
		start unit "$(basename "$t")" "$t"
	done
fi
if [ -z "$only_unit" ]; then
	[ $# = 0 ] && mapfile -t names < <(basename -s .sh test/e2e/*.sh)
	for name in "${@:-${names[@]}}"; do
		start e2e "$name" bash "test/e2e/$name.sh"
	done
fi
while [ "${#running[@]}" -gt 0 ]; do reap; done
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" = 0 ] && [ "$passed" != 0 ]
