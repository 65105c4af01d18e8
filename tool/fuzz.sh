#!/bin/bash
# tool/fuzz.sh SECONDS [NAME...]: builds the targets of test/fuzz with clang, libFuzzer and the sanitizers, and runs each for
# so long, starting from its samples and from what earlier runs found (build-fuzz/found). A crash stays in build-fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."
[[ ${1:-} =~ ^[0-9]+$ ]] || { echo "usage: tool/fuzz.sh SECONDS [NAME...]"; exit 2; }
seconds=$1
shift
[ $# != 0 ] || mapfile -t names < <(basename -s .c -a test/fuzz/*.c | grep -vx replay)
names=("${@:-${names[@]}}")
[ -f build-fuzz/build.ninja ] || CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined \
	-Db_lundef=false -Doptimization=1 -Ddebug=true >/dev/null
ninja -C build-fuzz --quiet "${names[@]/#/test/fuzz/}" "${names[@]/#/test/fuzz/test-fuzz-}"
failed=0
for name in "${names[@]}"; do
	found=build-fuzz/found/$name
	mkdir -p "$found"
	build-fuzz/test/fuzz/test-fuzz-"$name" "$found" >/dev/null
	if build-fuzz/test/fuzz/"$name" -max_total_time="$seconds" -timeout=20 -rss_limit_mb=3000 -max_len=20000 \
		-artifact_prefix="build-fuzz/crash-$name-" -print_final_stats=1 "$found" >"build-fuzz/$name.log" 2>&1; then
		printf 'ok   %-18s %s\n' "$name" "$(grep -E '^#.*DONE' "build-fuzz/$name.log")"
	else
		failed=1
		printf 'FAIL %s: see build-fuzz/%s.log\n' "$name" "$name"
		grep -aE 'ERROR|SUMMARY|runtime error' "build-fuzz/$name.log" | head -5
	fi
done
exit $failed
