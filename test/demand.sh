# Shared by test/accept/N.sh: one line for each demand, "pass|FAIL|skip|note  what is demanded  figure  [what shows it]".
# "note" is a run that took too long to be made here, as a document has it; it counts as skipped.
# A test that shows several demands runs once. Nothing passes unseen: a check must print a figure, a unit test must have
# the functions that are named, an end-to-end test must have printed "ok" for the cases that are named. Sourced, not run.
# shellcheck shell=bash disable=SC2154 # what test/lib.sh sets
# shellcheck source=test/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
logs=$root/build/accept-logs
rm -rf "$logs" && mkdir -p "$logs"
quick='' only=''
# Tests that boot machines, make whole hosts or take minutes.
slow_tests=' boot sign init boot-host boot-damaged boot-negatives vm guest-init erofs-kernel-6.1 debian13 configure-scripts corpus pcr-boots community-vm '

# The options of every test/accept/N.sh.
demand_options() {
	while [ $# != 0 ]; do
		case $1 in
		--quick) quick=1 ;;
		--only) only=${2:?--only wants a pattern} && shift ;;
		*) echo "usage: test/accept/N.sh [--quick] [--only REGEX]" && passed=1 && exit 2 ;;
		esac
		shift
	done
	PATH=$PATH:/usr/sbin:/sbin
}

# hello, fetched and built once: $hello is its folder, $out what was made of it.
demand_hello() {
	section "the ground: hello is fetched and built once"
	hello_ready || { line FAIL "hello's packages can be fetched" "no mirror" "assay fetch"; exit 1; }
	out=$work/out
	"$assay" build "$hello" -o "$out" --store "$store" -q >"$logs/build.txt" 2>&1 || { cat "$logs/build.txt"; exit 1; }
}

section() { [ -n "$only" ] || printf '\n-- %s\n' "$1"; }

# line RESULT WHAT FIGURE SHOWN-BY
line() {
	printf '%-4s  %s  %s  [%s]\n' "$1" "$2" "$3" "$4"
	case $1 in
	pass) passed=$((passed + 1)) ;;
	skip | note) skipped=$((skipped + 1)) ;;
	*) failed=$((failed + 1)) ;;
	esac
}

wanted() { [ -z "$only" ] || [[ "$*" =~ $only ]]; }
last() { sed '/^[[:space:]]*$/d' "$1" | tail -n 1 | cut -c1-160; }

# direct WHAT FUNCTION [ARG...]: a check that is made here. The last line that it prints is the figure; 3 says that it
# cannot be made on this machine, and why. direct_slow is left out by --quick.
direct() {
	local what=$1 log=$logs/$2.log code=0 result
	shift
	wanted "$what" "$@" || return 0
	("$@") >"$log" 2>&1 </dev/null || code=$?
	result=$(last "$log")
	if [ $code = 0 ] && [ -n "$result" ]; then
		line pass "$what" "$result" "$*"
	elif [ $code = 3 ] && [ -n "$result" ]; then
		line skip "$what" "$result" "$*"
	else
		line FAIL "$what" "${result:-nothing was shown} (exit $code, ${log#"$root/"})" "$*"
	fi
}
direct_slow() {
	if [ -z "$quick" ]; then direct "$@"; elif wanted "$@"; then line skip "$1" "left out by --quick" "${*:2}"; fi
}

unit_run() { # NAME
	local log=$logs/unit-$1.log
	[ -f "$log" ] || { timeout 600 "$root/build/test/test-$1" >"$log" 2>&1 </dev/null; echo $? >"$log.exit"; }
}
unit_passed() { # NAME
	[ "$(cat "$logs/unit-$1.log.exit")" = 0 ] && last "$logs/unit-$1.log" | grep -qE '^[1-9][0-9]* passed, 0 failed'
}

# unit WHAT NAME FUNCTION...: the unit test passes, and has these functions, each called.
unit() {
	local what=$1 name=$2 log=$logs/unit-$2.log function
	shift 2
	wanted "$what" "unit $name" || return 0
	unit_run "$name"
	for function; do
		[ "$(grep -cw "$function" "$root/test/unit/$name.c")" -ge 2 ] ||
			{ line FAIL "$what" "test/unit/$name.c does not call $function" "test-$name"; return; }
	done
	if unit_passed "$name"; then
		line pass "$what" "$(last "$log")" "test-$name: $*"
	else
		line FAIL "$what" "$(last "$log")" "test-$name: $*"
	fi
}

# For direct: those that ran before are not run again.
units_all() {
	local f name n=0
	for f in "$root"/test/unit/*.c; do
		name=$(basename -s .c "$f")
		unit_run "$name"
		unit_passed "$name" || { echo "$name: $(last "$logs/unit-$name.log")"; return 1; }
		n=$((n + 1))
	done
	[ $n -gt 50 ] && echo "$n programs"
}

e2e_run() { # NAME
	[ -f "$logs/e2e-$1.exit" ] && return
	bash "$root/tool/test.sh" "$1" >"$logs/e2e-$1.runner" 2>&1 </dev/null
	echo $? >"$logs/e2e-$1.exit"
	cp "$root/build/test-logs/$1.log" "$logs/e2e-$1.log"
}

# e2e WHAT NAME [CASE...]: the end-to-end test printed that each of these cases is right; without cases all of it passed.
e2e() {
	local what=$1 name=$2 log=$logs/e2e-$2.log case missing='' n=$(($# - 2))
	shift 2
	wanted "$what" "e2e $name" || return 0
	[ -f "$root/test/e2e/$name.sh" ] || { line FAIL "$what" "there is no test/e2e/$name.sh" "$name"; return; }
	if [ -n "$quick" ] && [[ $slow_tests == *" $name "* ]]; then
		line skip "$what" "left out by --quick" "tool/test.sh $name"
		return
	fi
	e2e_run "$name"
	for case; do
		awk -v a="ok   $case" -v b="pass: $case" 'index($0, a) == 1 || index($0, b) == 1 { f = 1 } END { exit !f }' "$log" ||
			missing=$case
	done
	if [ -z "$missing" ] && { [ "$n" != 0 ] || [ "$(cat "$logs/e2e-$name.exit")" = 0 ]; } &&
		last "$log" | grep -qE '^[1-9][0-9]* passed, '; then
		line pass "$what" "$([ "$n" = 0 ] && last "$log" || echo "$n of $n cases")" "tool/test.sh $name"
	elif last "$log" | grep -qE ', 0 failed' && grep -q '^SKIP ' "$log"; then
		line skip "$what" "$(grep '^SKIP ' "$log" | head -n 1)" "tool/test.sh $name"
	else
		line FAIL "$what" "${missing:+not shown: $missing; }$(last "$log")" "tool/test.sh $name"
	fi
}

# What doc/from-source.md has of a step's last whole run; nothing when it failed there, or is not there.
noted() { # NAME
	sed -nE "s/^\| $1 \| ([0-9]+ passed|passed)[^|]* \| ([0-9]+) \| ([^|]*[^| ]) *\|.*/\1 in \2 s, \3/p" "$root/doc/from-source.md"
}

# slow WHAT NAME [CASE...]: the slow suite's step was run on this machine (./run from-source NAME) and printed that each of
# these cases is right. It takes too long to be run from here: where it was not, what was noted of it is shown.
slow() {
	local what=$1 name=$2 log=$root/build/from-source/$2.log case missing=''
	shift 2
	wanted "$what" "from-source $name" || return 0
	[ -f "$root/test/from-source/$name.sh" ] || { line FAIL "$what" "there is no test/from-source/$name.sh" "$name"; return; }
	if ! last "$log" 2>/dev/null | grep -qE '^[0-9]+ passed, '; then
		if [ -n "$(noted "$name")" ]; then
			line note "$what" "not run on this machine; doc/from-source.md: $(noted "$name")" "./run from-source $name"
		else
			line skip "$what" "not run on this machine" "./run from-source $name"
		fi
		return
	fi
	for case; do
		awk -v a="ok   $case" 'index($0, a) == 1 { f = 1 } END { exit !f }' "$log" || missing=$case
	done
	if [ -z "$missing" ] && last "$log" | grep -qE '^[1-9][0-9]* passed, 0 failed'; then
		line pass "$what" "$(last "$log")$(grep -a '^figure ' "$log" | head -n 1 | sed 's/^figure /; /')" "./run from-source $name"
	else
		line FAIL "$what" "${missing:+not shown: $missing; }$(last "$log")" "./run from-source $name"
	fi
}
