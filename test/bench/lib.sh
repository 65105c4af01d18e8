# Shared by the scripts here: where things are, measuring, printing. Sourced, not run.
# shellcheck shell=bash disable=SC2034 # what a script here does not use, another does
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
assay=$PWD/build/assay
cache=${XDG_CACHE_HOME:-$HOME/.cache}
from=${ASSAY_STORE:-$cache/assay}
bench=$PWD/build/bench
hello=$PWD/examples/hello
rounds=${BENCH_ROUNDS:-3}

need() { command -v "$1" >/dev/null || { echo "bench: $1 is missing: apt-get install $2"; exit 2; }; }
need jq jq
[ -x /usr/bin/time ] || need time time
mkdir -p "$bench"
[ -n "${BENCH_KEEP:-}" ] || trap 'rm -rf "$bench"' EXIT

# once FILE COMMAND...: adds a line "SECONDS CPU-SECONDS KILOBYTES" to FILE
once() {
	local to=$1
	shift
	if ! /usr/bin/time -o "$bench/time" -f '%e %U %S %M' "$@" >"$bench/log" 2>&1; then
		echo "bench: failed: $*" >&2
		tail -20 "$bench/log" >&2
		exit 2
	fi
	awk '{ print $1, $2 + $3, $4 }' "$bench/time" >>"$to"
}

# column N FILE: the least of a column; most N FILE: the greatest
column() { cut -d' ' -f"$1" "$2" | sort -n | head -1; }
most() { cut -d' ' -f"$1" "$2" | sort -n | tail -1; }

# figure NAME SECONDS [MORE]
figure() { printf '%-34s %8.2f s  %s\n' "$1" "$2" "${3:-}"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'; }
