# One run of the bench, its ratios. Sourced by test/accept/1.sh.
# shellcheck shell=bash disable=SC2154,SC2317

speed_log=$logs/bench.txt
speed_once() {
	[ -f "$speed_log" ] || (cd "$root" && ./run bench) >"$speed_log" 2>&1
}
# speed_holds PATTERN COMPARISON: the figure that the pattern takes out of the bench's lines
speed_holds() {
	local figure
	speed_once
	figure=$(sed -nE "s/$1/\\1/p" "$speed_log")
	[ -n "$figure" ] || { tail -n 2 "$speed_log"; return 1; }
	echo "$figure"
	awk -v v="$figure" "BEGIN { exit !(v > 0 && v $2) }"
}
speed_floor() { speed_holds '^image, packages fetched .* ([0-9.]+) times the floor .*' '<= 2.5'; }
speed_memory() { speed_holds '^image, packages fetched .* ([0-9]+) MB .*' '< 320'; }
speed_mmdebstrap() { speed_holds '^mmdebstrap, tar only .* ([0-9.]+) times faster.*' '>= 4'; }
