#!/bin/bash
# Speed as ratios within one run: absolute times say more about the machine than about the tool. The floor is what no
# builder can do without: decode the same packages on all cores, hash every file, write everything once.
#   test/bench/bench.sh [--quick]   --quick leaves mmdebstrap out
# Each figure is the best of three (mmdebstrap: of one). BENCH_KEEP=1 leaves build/bench for a look.
set -euo pipefail
cd "$(dirname "$0")/../.."
assay=$PWD/build/assay
floor=$PWD/build/test/floor
cache=${XDG_CACHE_HOME:-$HOME/.cache}
from=${ASSAY_STORE:-$cache/assay}
bench=$PWD/build/bench
store=$bench/store
quick=${1:-}

need() { command -v "$1" >/dev/null || { echo "bench: $1 is missing: apt-get install $2"; exit 2; }; }
need jq jq
[ -x /usr/bin/time ] || need time time
mkdir -p "$bench"
[ -n "${BENCH_KEEP:-}" ] || trap 'rm -rf "$bench"' EXIT

# seconds KILOBYTES of a command, the best of $1 runs; $2 is done before each, untimed
best() {
	local runs=$1 before=$2 i line best=
	shift 2
	for ((i = 0; i < runs; i++)); do
		eval "$before"
		if ! /usr/bin/time -o "$bench/time" -f '%e %M' "$@" >"$bench/log" 2>&1; then
			echo "bench: failed: $*" >&2
			tail -20 "$bench/log" >&2
			return 2
		fi
		line=$(tail -1 "$bench/time")
		best=$(printf '%s\n%s\n' "$best" "$line" | awk 'NF' | sort -n | head -1)
	done
	echo "$best"
}

# figure NAME SECONDS [MORE]
figure() { printf '%-34s %8.2f s  %s\n' "$1" "$2" "${3:-}"; }
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", (b > 0 ? a / b : 0) }'; }

# A store of our own beside the user's, with the same packages and none of the results.
hello=$PWD/examples/hello
prepare() {
	local sha
	"$assay" fetch "$hello" --store "$from" -q
	mkdir -p "$store/objects"
	jq -r '.packages[].sha256' "$hello/assay.lock" | while read -r sha; do
		mkdir -p "$store/objects/${sha:0:2}"
		cp -n --reflink=auto "$from/objects/${sha:0:2}/${sha:2}" "$store/objects/${sha:0:2}/"
	done
}

# Paths of the packages of the sets named.
debs_of() {
	local sha
	jq -r --arg sets "$1" '.packages[] | select([.sets[] | IN($sets | split(" ")[])] | any) | .sha256' \
		"$hello/assay.lock" | while read -r sha; do
		echo "$store/objects/${sha:0:2}/${sha:2}"
	done
}

build_image() { echo "$assay" build "$hello" -o "$bench/out" --store "$store" --no-observe -q; }

# mmdebstrap, tar only: needs what maintainer scripts call as well, so its packages are its own choice for the same
# names. Asked for once over the network, then built offline from what came.
mmdebstrap_repository() {
	local names=$1 deb
	mkdir -p "$bench/repo"
	mmdebstrap --quiet --variant=essential --include="$names" --skip=essential/unlink \
		--customize-hook="sync-out /var/cache/apt/archives $bench/repo" \
		trixie /dev/null >"$bench/mmdebstrap.log" 2>&1 || return 1
	for deb in "$bench"/repo/*.deb; do
		dpkg-deb -f "$deb"
		printf 'Filename: ./%s\nSize: %s\nSHA256: %s\n\n' "$(basename "$deb")" "$(stat -c %s "$deb")" \
			"$(sha256sum "$deb" | cut -d' ' -f1)"
	done >"$bench/repo/Packages"
	# Which packages are essential is asked for by the suite's name.
	printf 'Suite: trixie\nCodename: trixie\nSHA256:\n %s %s Packages\n' \
		"$(sha256sum "$bench/repo/Packages" | cut -d' ' -f1)" "$(stat -c %s "$bench/repo/Packages")" \
		>"$bench/repo/Release"
}

mmdebstrap_tar() {
	mmdebstrap --quiet --variant=essential --include="$1" trixie "$bench/mm.tar" \
		"deb [trusted=yes] copy:$bench/repo ./"
}
export -f mmdebstrap_tar
export bench

echo "one run on $(nproc) cores, load $(cut -d' ' -f1 /proc/loadavg) at its start"
prepare
mapfile -t debs < <(debs_of "image firmware")
read -r floor_s floor_kb < <(best 3 : "$floor" "$bench/floor.out" "${debs[@]}")
rm -f "$bench/floor.out"
figure "floor" "$floor_s" "${#debs[@]} packages, $((floor_kb / 1024)) MB of memory"

read -r start_s _ < <(best 3 : bash -c "for i in {1..100}; do '$assay' --help >/dev/null; done")
figure "100 process starts" "$start_s"

read -r -a build_cmd < <(build_image)
best 1 : "${build_cmd[@]}" >/dev/null # compiles the components, which is not what is measured
# shellcheck disable=SC2016 # evaluated before each run
read -r cold_s cold_kb < <(best 3 'rm -rf "$bench/out" "$store"/packs/*' "${build_cmd[@]}")
figure "image, packages fetched" "$cold_s" \
	"$(ratio "$cold_s" "$floor_s") times the floor (aim: at most 2.5), $((cold_kb / 1024)) MB (aim: under 320)"
# shellcheck disable=SC2016
read -r warm_s _ < <(best 3 'rm -rf "$bench/out"' "${build_cmd[@]}")
figure "image, packages unpacked" "$warm_s" "$(ratio "$warm_s" "$floor_s") times the floor"

if [ "$quick" != --quick ] && command -v mmdebstrap >/dev/null; then
	names=$(sed -n '/^packages:/,/^[^ ]/s/^  - //p' "$hello/assay.yaml" | paste -sd,)
	if mmdebstrap_repository "$names"; then
		# shellcheck disable=SC2016 # the inner shell expands it
		read -r mm_s mm_kb < <(best 1 : bash -c 'mmdebstrap_tar "$1"' - "$names")
		figure "mmdebstrap, tar only" "$mm_s" \
			"the image is $(ratio "$mm_s" "$cold_s") times faster (aim: at least 4), $((mm_kb / 1024)) MB"
	else
		echo "mmdebstrap, tar only: not measured, no mirror gave it the packages:"
		tail -3 "$bench/mmdebstrap.log"
	fi
fi
