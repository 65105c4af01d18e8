# What the box costs, as ratios of one run of the bench. Sourced by test/accept/3.sh.
# shellcheck shell=bash disable=SC2154,SC2317

bench_box_log=$logs/bench-box.txt
# bench_box_at_most START LIMIT: the ratio in the bench's first line that begins so
bench_box_at_most() {
	local figure
	[ -f "$bench_box_log" ] || (cd "$root" && ./run bench box) >"$bench_box_log" 2>&1
	figure=$(sed -nE "s/^ *$1 .* ([0-9.]+) times .*/\\1/p" "$bench_box_log" | head -n 1)
	[ -n "$figure" ] || { tail -n 2 "$bench_box_log"; return 1; }
	echo "$figure times"
	awk -v v="$figure" -v limit="$2" 'BEGIN { exit !(v > 0 && v <= limit) }'
}

section "what the box costs"
direct_slow "a compile-heavy step with clock and randomness: at most 1.25 times the untraced step" bench_box_at_most 'clock and randomness fixed' 1.25
direct_slow "  with everything: at most 2 times" bench_box_at_most 'everything fixed' 2
