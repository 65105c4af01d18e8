#!/bin/bash
# Speed as ratios within one run: absolute times say more about the machine than about the tool. The floor is what no
# builder can do without: decode the same packages on all cores, hash every file, write everything once.
#   test/bench/bench.sh [--quick]   --quick leaves mmdebstrap out
# Each figure is the best of BENCH_ROUNDS (3; of what is short, three times as many; mmdebstrap: of one). BENCH_KEEP=1 leaves build/bench for a look.
# shellcheck source=test/bench/lib.sh
. "$(dirname "$0")/lib.sh"
floor=$PWD/build/test/floor
store=$bench/store
quick=${1:-}

# A store of our own beside the user's, with the same packages and none of the results.
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
build=("$assay" build "$hello" -o "$bench/out" --store "$store" --no-observe -q)
once "$bench/first" "${build[@]}" # compiles the components, which is not what is measured
rm -f "$bench"/{floor,cold,warm,change,again,same,verify,bare,nothing}

# One file of the overlay gets other bytes than in the round before.
tree=$bench/tree/examples/hello
mkdir -p "$bench/tree"
tar -C "$PWD" -cf - examples guest src | tar -C "$bench/tree" -xf -
changed() { echo "kernel.printk = $1" >"$tree/overlay/etc/sysctl.d/91-bench.conf"; }
edited=("$assay" build "$tree" -o "$bench/edited" --store "$store" --no-observe -q)

# An honest machine's evidence in a file, and the same signatures and digests by libcrypto alone.
evidence=$bench/evidence
mkdir -p "$evidence"
build/test/machine-maker "$evidence" >/dev/null
printf 'format: assay.trust/1\ntpm-roots:\n  - {name: made, certificate: root.der}\npinned-aks:\n  - {name: %s}\n%s\n' \
	"$(cat "$evidence/ak")" 'unsigned-reference-values: accept' >"$evidence/trust.yaml"
verify=("$assay" verify "$evidence/evidence.json" --reference-values "$evidence/values.json" -q
	--trust "$evidence/trust.yaml" --nonce "$(printf '0a%.0s' {1..32})" --at "$(cat "$evidence/at")" --store "$store")
"${verify[@]}" >"$bench/log" || { cat "$bench/log"; echo "bench: the made evidence is not affirmed"; exit 2; }
many() { local n=$1; shift; for ((k = 0; k < n; k++)); do "$@" >/dev/null; done; }
export -f many

# In turns, so that what else the machine does falls on all of them.
for ((i = 0; i < rounds; i++)); do
	once "$bench/floor" "$floor" "$bench/floor.out" "${debs[@]}"
	rm -rf "$bench/floor.out" "$bench/out" "$store"/packs/*
	once "$bench/cold" "${build[@]}"
	once "$bench/same" "${build[@]}"
	rm -rf "$bench/out"
	once "$bench/warm" "${build[@]}"
	changed "$i.0" && "${edited[@]}" >/dev/null
	changed "$i.1" && once "$bench/again" "${edited[@]}"
	# What is short is disturbed more: more rounds.
	for ((j = 2; j < 5; j++)); do
		rm -rf "$bench/edited"
		changed "$i.$j" && once "$bench/change" "${edited[@]}"
		once "$bench/verify" bash -c 'many 50 "$@"' - "${verify[@]}"
		once "$bench/bare" bash -c 'many 50 "$@"' - build/test/bare-verify "$evidence"
		once "$bench/nothing" bash -c 'many 50 "$@"' - build/test/bare-verify
	done
done
floor_s=$(column 1 "$bench/floor")
cold_s=$(column 1 "$bench/cold")
warm_s=$(column 1 "$bench/warm")
memory=$(($(most 3 "$bench/cold") / 1024))
figure "floor" "$floor_s" "${#debs[@]} packages decoded, hashed and written once"
figure "image, packages fetched" "$cold_s" \
	"$(ratio "$cold_s" "$floor_s") times the floor (aim: at most 1.6), $memory MB (aim: under 256)"
figure "  the same in seconds of all cores" "$(column 2 "$bench/cold")" \
	"$(ratio "$(column 2 "$bench/cold")" "$(column 2 "$bench/floor")") times the floor's"
figure "image, packages unpacked" "$warm_s" "$(ratio "$warm_s" "$floor_s") times the floor"
figure "one file of the overlay changed" "$(column 1 "$bench/change")" \
	"$(ratio "$(column 1 "$bench/change")" "$cold_s") times the image from fetched packages (aim: at most 0.15)"
figure "  and an old image gives way to it" "$(column 1 "$bench/again")" \
	"$(ratio "$(column 1 "$bench/again")" "$cold_s") of the same: freeing its blocks is the file system's work"
figure "nothing changed" "$(column 1 "$bench/same")" \
	"$(ratio "$(column 1 "$bench/same")" "$cold_s") times the image from fetched packages (aim: at most 0.03)"
figure "50 bundles verified" "$(column 1 "$bench/verify")" \
	"$(ratio "$(column 1 "$bench/verify")" "$(column 1 "$bench/bare")") times the bare work and a process (aim: at most 3)"
figure "  50 times the bare work" "$(column 1 "$bench/bare")" "RSA, certificate and hashes by libcrypto"
figure "  50 times a process alone" "$(column 1 "$bench/nothing")"

if [ "$quick" != --quick ] && command -v mmdebstrap >/dev/null; then
	names=$(sed -n '/^packages:/,/^[^ ]/s/^  - //p' "$hello/assay.yaml" | paste -sd,)
	if mmdebstrap_repository "$names"; then
		# shellcheck disable=SC2016 # the inner shell expands it
		once "$bench/mm" bash -c 'mmdebstrap_tar "$1"' - "$names"
		figure "mmdebstrap, tar only" "$(column 1 "$bench/mm")" \
			"the image is $(ratio "$(column 1 "$bench/mm")" "$cold_s") times faster (aim: at least 4)"
	else
		echo "mmdebstrap, tar only: not measured, no mirror gave it the packages:"
		tail -3 "$bench/mmdebstrap.log"
	fi
fi
