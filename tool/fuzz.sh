#!/bin/bash
# usage: tool/fuzz.sh SECONDS [NAME...]
#
# Builds the targets of test/fuzz with clang, libFuzzer and the sanitizers, and runs each for so long, starting from its
# samples and from what earlier runs found (build-fuzz/found). A crash stays in build-fuzz/crash-NAME-..., the whole log in
# build-fuzz/NAME.log. Without names: all targets, one after the other; 1800 seconds each are a day and a quarter on one core.
#
# For each target one line is printed and added to build-fuzz/table.md, which is what a long run leaves behind:
#
#   | target | result | seconds | of a core | executions | edges | features | inputs kept | slowest s | memory MB |
#
# seconds are of the clock, "of a core" those in which it ran: fewer where the machine had other work. edges and features are
# libFuzzer's cov and ft: of all code that the target links, reached by the inputs that it kept.
# An input that takes 5 seconds (a tenth of one or less, without the sanitizers) or 3000 MB is a failure, as is a leak. Exit 0
# when every target ended well.
set -euo pipefail
cd "$(dirname "$0")/.."
[[ ${1:-} =~ ^[0-9]+$ ]] || { sed -nE 's/^# ?//p' "$0" | tail -n +2; exit 2; }
seconds=$1
shift
[ $# != 0 ] || mapfile -t names < <(basename -s .c -a test/fuzz/*.c | grep -vx replay)
names=("${@:-${names[@]}}")
[ -f build-fuzz/build.ninja ] || CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined \
	-Db_lundef=false -Doptimization=1 -Ddebug=true >/dev/null
ninja -C build-fuzz --quiet "${names[@]/#/test/fuzz/}" "${names[@]/#/test/fuzz/test-fuzz-}"

TIMEFORMAT='%U %S'
table=build-fuzz/table.md
[ -f $table ] || printf '| target | result | seconds | of a core | executions | edges | features | inputs kept | slowest s | memory MB |\n|---|---|---|---|---|---|---|---|---|---|\n' >$table

# Twice the longest sample, so that it can grow.
longest() {
	find "$1" -name 'seed-*' -printf '%s\n' | awk '{ n = $1 > n ? $1 : n } END { n *= 2; print (n < 20000 ? 20000 : n > 65536 ? 65536 : n) }'
}

# What the log says; of a run that failed its last line of progress.
line() {
	awk -v name="$1" -v result="$2" -v took="$3" -v core="$4" '
		/^#[0-9]/ { runs = substr($1, 2); for (i = 2; i < NF; i++) { if ($i == "cov:") cov = $(i + 1); if ($i == "ft:") ft = $(i + 1); if ($i == "corp:") kept = $(i + 1) } }
		/^stat::number_of_executed_units/ { runs = $2 }
		/^stat::slowest_unit_time_sec/ { slow = $2 }
		/^stat::peak_rss_mb/ { rss = $2 }
		END { sub("/.*", "", kept); printf "| %s | %s | %d | %d | %d | %d | %d | %d | %d | %d |\n", name, result, took, core, runs, cov, ft, kept, slow, rss }' \
		"build-fuzz/$1.log" | tee -a $table
}

failed=0
for name in "${names[@]}"; do
	found=build-fuzz/found/$name
	mkdir -p "$found"
	build-fuzz/test/fuzz/test-fuzz-"$name" "$found" >/dev/null
	result=ok from=$SECONDS
	length=$(longest "$found")
	{ time build-fuzz/test/fuzz/"$name" -max_total_time="$seconds" -timeout=5 -rss_limit_mb=3000 -max_len="$length" \
		-artifact_prefix="build-fuzz/crash-$name-" -print_final_stats=1 "$found" >"build-fuzz/$name.log" 2>&1; } 2>"build-fuzz/$name.time" || result=FAIL
	line "$name" $result $((SECONDS - from)) "$(awk '{ print int($1 + $2) }' "build-fuzz/$name.time")"
	[ $result = ok ] && continue
	failed=1
	echo "FAIL $name: see build-fuzz/$name.log"
	grep -aE 'ERROR|SUMMARY|runtime error|must hold' "build-fuzz/$name.log" | head -5
done
exit $failed
