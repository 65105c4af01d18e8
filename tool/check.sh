#!/bin/bash
# The whole check matrix of the house style. `tool/check.sh NAME...` runs only these; without names all of them.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 2
failed=0 passed=0
checks="format layers headers banned names sizes repeats man gcc symbols clang sanitize analyze tidy shell coverage reproducible"
mkdir -p build/check

report() { # NAME EXIT
	if [ "$2" = 0 ]; then
		passed=$((passed + 1))
		printf 'ok    %s\n' "$1"
	else
		failed=$((failed + 1))
		printf 'FAIL  %s\n' "$1"
	fi
}

sources() { git ls-files -co --exclude-standard 'src/*.c' 'src/*.h' 'guest/*.c' 'guest/*.h' 'test/*.c' 'test/*.h'; }

check_format() {
	local bad=0
	for f in $(sources); do
		clang-format --dry-run -Werror "$f" >/dev/null 2>&1 || { echo "  $f is not as clang-format makes it"; bad=1; }
	done
	return $bad
}

# Every include of ours points up in tool/layers.txt, and the core touches no system header of the machine.
check_layers() {
	local all
	mapfile -t all < <(git ls-files -co --exclude-standard 'src/*.c' 'src/*.h')
	awk '
		FNR == NR { if ($1 == "core:" || $1 == "tool:") for (i = 2; i <= NF; i++) { rank[$i] = ++n; core[$i] = $1 == "core:" } next }
		FNR == 1 { split(FILENAME, part, "/"); me = part[2]; if (!(me in rank)) { print "  " FILENAME ": module is not in tool/layers.txt"; bad = 1 } }
		/^#include "/ { split($2, q, "\""); split(q[2], inc, "/"); o = inc[1]
			if (!(o in rank) || rank[o] > rank[me]) { print "  " FILENAME " includes " q[2] ", which stands below it"; bad = 1 } }
		core[me] && /^#include <(unistd|fcntl|sys\/(socket|stat|wait|mman)|netdb|pthread|time|signal|dirent)\.h>/ { print "  " FILENAME ": the core asks the machine: " $0; bad = 1 }
		END { exit bad }' tool/layers.txt "${all[@]}"
}

check_headers() {
	local bad=0
	for h in $(git ls-files -co --exclude-standard 'src/*.h'); do
		printf '#include "%s"\n' "${h#src/}" |
			gcc -std=gnu17 -D_GNU_SOURCE -Isrc -Wall -Wextra -Werror -fsyntax-only -x c - || { echo "  $h does not stand alone"; bad=1; }
	done
	return $bad
}

# Every .c of ours includes the list of banned names, last.
check_banned() {
	local bad=0
	for f in $(git ls-files -co --exclude-standard 'src/*.c'); do
		[ "$(grep '^#include' "$f" | tail -1)" = '#include "base/banned.h"' ] || { echo "  $f does not end its includes with base/banned.h"; bad=1; }
	done
	return $bad
}

# No host of a mirror, and no file name twice (a verb in src/cmd may be called as the module that it shows).
check_names() {
	local bad=0 hosts
	hosts=$(sed -nE 's#^(URIs:|deb(-src)?) .*https?://([^/ ]+).*#\3#p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | sort -u)
	for host in $hosts; do
		git grep -nF "$host" && { echo "  a mirror's host name is committed"; bad=1; }
	done
	git ls-files 'src/*.c' 'src/*.h' ':!src/cmd' | xargs -n1 basename | sort | uniq -d | sed 's/^/  twice: /' | grep . && bad=1
	return $bad
}

# No file above 500 lines, no function above 60: what is longer is two things.
check_sizes() {
	local all bad=0
	mapfile -t all < <(git ls-files -co --exclude-standard '*.c' '*.h' '*.sh' run)
	wc -l "${all[@]}" | awk '$2 != "total" && $1 > 500 { print "  " $2 " has " $1 " lines, limit 500"; bad = 1 } END { exit bad }' || bad=1
	mapfile -t all < <(sources)
	awk 'FNR == 1 { start = 0 }
		/^[a-z_].*\(/ { head = $0 }
		/^\{/ { start = FNR; name = head }
		/^\}/ { if (start && FNR - start > 60) { print "  " FILENAME ":" start ": a function of " FNR - start " lines, limit 60: " name; bad = 1 } start = 0 }
		END { exit bad }' "${all[@]}" || bad=1
	return $bad
}

# No eight lines of code stand in two places: the same logic is one function.
check_repeats() {
	local all
	mapfile -t all < <(git ls-files -co --exclude-standard 'src/*.c' 'guest/*.c')
	awk -v n=8 '{ line = $0; gsub(/[ \t]+/, " ", line); sub(/^ /, "", line) }
		FNR == 1 { k = 0 }
		line == "" || line ~ /^#include/ || line ~ /^[{}];?$/ || line ~ /^(\/\*|\*)/ { next }
		{ text[k] = line; at[k++] = FNR }
		k >= n { run = ""; for (i = k - n; i < k; i++) run = run text[i] "\n"
			if (run in seen) { if (bad++ < 10) print "  " FILENAME ":" at[k - n] " repeats " seen[run] } else seen[run] = FILENAME ":" at[k - n] }
		END { exit bad > 0 }' "${all[@]}"
}

build_with() { # FOLDER CC MESON-OPTIONS...
	local folder=$1 cc=$2 log=build/check/$1.log
	shift 2
	[ -f "$folder/build.ninja" ] || CC=$cc meson setup "$folder" "$@" >"$log" 2>&1 || { tail -5 "$log"; return 1; }
	ninja -C "$folder" >"$log" 2>&1 || { grep -E "error|warning" "$log" | head -20; return 1; }
}

check_gcc() { build_with build gcc --werror; }
check_clang() { build_with build-clang clang --werror; }

# The core calls nothing beyond tool/core-symbols.txt.
check_symbols() {
	local more
	more=$(comm -23 <(nm -u build/libassay.a 2>/dev/null | awk '$1 == "U" { print $2 }' | sort -u) \
		<({ nm --defined-only build/libassay.a 2>/dev/null | awk 'NF == 3 { print $3 }'; grep -v '^#' tool/core-symbols.txt; } | sort -u))
	[ -z "$more" ] || { echo "  the core calls: $more"; return 1; }
	[ "$(nm --defined-only build/libassay.a 2>/dev/null | grep -c ' T ')" -gt 50 ]
}

# Prints which share of each module's lines the unit tests run; it fails only when they do not run.
check_coverage() {
	build_with build-cov gcc -Db_coverage=true -Doptimization=0 || return 1
	local t
	for t in build-cov/test/test-* build-cov/test/fuzz/test-*; do
		[ -x "$t" ] && [ -f "$t" ] || continue
		# In the box there is no place to count to.
		case $t in *-box | *-box_* | *-component) continue ;; esac
		timeout 600 "$t" >build/check/coverage.log 2>&1 </dev/null || { echo "  $t"; tail -5 build/check/coverage.log; return 1; }
	done
	find build-cov -name 'src_*.gcda' -print0 | xargs -0 gcov -n 2>/dev/null |
		awk -F"'" '/^File /{ split($2, p, "src/"); split(p[2], q, "/"); m = q[2] ? q[1] : "" }
			/^Lines executed:/ && m { split($0, v, /[:%]| of /); run[m] += v[2] * v[4] / 100; all[m] += v[4]; m = "" }
			END { for (m in all) printf "  %-10s %5.1f %% of %d lines\n", m, 100 * run[m] / all[m], all[m] | "sort"; close("sort"); exit !length(all) }'
}

check_sanitize() {
	# Without -Werror: what the sanitizers add to the code makes gcc warn of what is not there.
	build_with build-asan gcc -Db_sanitize=address,undefined -Doptimization=1 || return 1
	local bad=0
	for t in build-asan/test/test-* build-asan/test/fuzz/test-*; do
		[ -x "$t" ] && [ -f "$t" ] || continue
		# These run programs in the box, whose limit of the address space leaves AddressSanitizer no room.
		case $t in *-box | *-box_* | *-component) continue ;; esac
		UBSAN_OPTIONS=halt_on_error=1 ASAN_OPTIONS=detect_leaks=1 timeout 600 "$t" >build/check/asan.log 2>&1 </dev/null || { echo "  $t"; tail -15 build/check/asan.log; bad=1; }
	done
	return $bad
}

check_analyze() {
	local bad=0
	for f in $(git ls-files 'src/base/*.c' 'src/codec/*.c' 'src/evidence/*.c' 'src/measure/*.c' 'src/trust/*.c' 'src/appraise/*.c'); do
		gcc -std=gnu17 -D_GNU_SOURCE -Isrc -O1 -fanalyzer -Werror -c -o /dev/null "$f" 2>build/check/analyze.log || { head -30 build/check/analyze.log; bad=1; }
	done
	return $bad
}

check_tidy() {
	[ -f build/compile_commands.json ] || return 1
	git ls-files 'src/base/*.c' 'src/codec/*.c' 'src/evidence/*.c' 'src/trust/*.c' 'src/appraise/*.c' |
		xargs -P 2 -n 8 clang-tidy -quiet -p build --warnings-as-errors='*' >build/check/tidy.log 2>/dev/null || { grep -E 'error:' build/check/tidy.log | head; return 1; }
}

check_shell() { git ls-files -co --exclude-standard '*.sh' run .ci/run | xargs shellcheck -x -S warning; }

# Manual pages: scdoc takes them, and man has no warning about what it made.
check_man() {
	local bad=0 f said
	for f in man/*.scd; do
		scdoc <"$f" >build/check/page || { echo "  $f: scdoc does not take it"; bad=1; continue; }
		said=$(LC_ALL=C.UTF-8 MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z build/check/page 2>&1 >/dev/null)
		[ -z "$said" ] || { echo "  $f: $said"; bad=1; }
	done
	return $bad
}

# The tool builds to the same bytes in two different folders.
check_reproducible() {
	local a b
	a=$(mktemp -d) b=$(mktemp -d)/deeper/folder
	mkdir -p "$b"
	for d in "$a" "$b"; do
		git ls-files -co --exclude-standard | tar -cf - -T - | tar -xf - -C "$d"
		(cd "$d" && meson setup out >/dev/null && ninja -C out assay >/dev/null) || return 1
	done
	cmp "$a/out/assay" "$b/out/assay"
	local result=$?
	rm -rf "$a" "${b%/deeper/folder}"
	return $result
}

[ $# != 0 ] || read -ra all_checks <<<"$checks"
for c in "${@:-${all_checks[@]}}"; do
	"check_$c"
	report "$c" $?
done
echo "$passed checks passed, $failed failed"
[ "$failed" = 0 ]
