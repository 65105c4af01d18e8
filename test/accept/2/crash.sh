# Crashes and pressure: what kills, full disks, rotten bits and several processes do to a store. Sourced by test/accept/2.sh.
# shellcheck shell=bash disable=SC2154,SC2317

export ASSAY_KILLS=${ASSAY_KILLS:-200}

crash_counts() {
	local n
	e2e_run crash
	n=$(sed -nE 's/^ok   (lock|fetch|build|gc) killed ([0-9]+) times:.*/\2/p' "$logs/e2e-crash.log" | awk '{ n += $1 } END { print n + 0 }')
	[ "$n" -ge 200 ] && echo "$n kills, $(sed -nE 's/^ok     ([0-9]+) of them in the middle of it/\1/p' "$logs/e2e-crash.log" | awk "{ n += \$1 } END { print n }") of running verbs; $(grep '^seed' "$logs/e2e-crash.log" | cut -d, -f1)"
}

# The user's own store, all of it.
crash_verify_speed() {
	local start end size
	size=$("$assay" store du --json --store "$store" | jq '[.held[].size] | add / 1000000 | floor') || return
	start=$(date +%s%N)
	"$assay" store verify --store "$store" | tail -n 1 || return
	end=$(date +%s%N)
	echo "a store of $size MB in $(((end - start) / 1000000)) ms on $(nproc) cores"
}

crash_hints_mended() {
	local s=$work/crash-hint
	mkdir -p "$s" && "$assay" store verify --store "$s" >/dev/null && mkdir -p "$s/objects/ab" && echo x >"$s/objects/ab/cd" || return
	"$assay" store verify --store "$s" >"$s.said" && return 1
	[ $? = 1 ] && "$assay" store verify --repair --store "$s" >/dev/null && "$assay" store verify --store "$s"
}

section "crashes and pressure"
direct_slow "lock, fetch, build and gc killed 200 times at random points" crash_counts
e2e "  store verify is clean after each, the next build's digests are equal" crash 'lock killed' 'fetch killed' 'build killed' 'gc killed'
e2e "  hello, too, with its compiler in the box" crash 'hello killed'
unit "  writers of objects, 30 times" store killed_writers
e2e "a 64 MB tmpfs is filled: an error with a hint, nothing corrupt, goes on with space" crash 'a full store of 64 MB'
unit "  wherever it fills up" store full_disk
e2e "two writers and a gc on one store: all succeed, equal digests" crash 'two builds and a gc on one store'
unit "  threads and processes" store two_writers
unit "  who has the store alone, who waits" store_gc alone
e2e "bits flipped in objects: verify finds, repairs by fetching, the next build is equal" crash \
	'repair fetches what a lock names' "$((ASSAY_KILLS / 20)) bits flipped in objects"
e2e "  in packs, toolchains and results" crash "$((ASSAY_KILLS / 20)) bits flipped in packs" \
	"$((ASSAY_KILLS / 20)) bits flipped in sysroots" "$((ASSAY_KILLS / 20)) bits flipped in results"
e2e "  what nobody can fetch is removed, with a sentence that says what brings it back" crash 'what no lock names is removed' '  and a sentence says what brings it back' '  which it does'
unit "  every byte of a result and its seal" store_gc damaged_results
e2e "a build never takes rotten bytes from the cache: it unpacks again" crash 'a build from rotten packs and a rotten toolchain'
unit "  or fails when it cannot" pack rotten rotten_for_good
direct "store verify: exit 0 clean or mended, 1 damage left" crash_hints_mended
direct "store verify reads and hashes all of a store on all cores" crash_verify_speed
e2e "store gc keeps what locks need and all records; no network is needed after it" crash 'nor does one after gc --keep' '  and it keeps all records' \
	'gc without --keep leaves all objects' '  so that a build needs no network' 'a dry run removes nothing'
unit "  by age, by need" store_gc gc_by_age gc_by_need
e2e "store du says what is held and what gc would free" crash 'du says what gc would free'
e2e "interrupted downloads resume after kill -9" crash 'a download that was killed goes on where it was'
unit "  and after a network failure in a run before" fetch resumed
e2e "  wrong bytes kept poison nothing" crash 'wrong bytes in partial/ poison nothing'
unit "  the digest decides, and all is fetched anew once" fetch kept_parts wrong_bytes_go busy_part
unit "what verify finds, kind by kind; a toolchain is mended when it is used" damage objects records toolchains
unit "what a lock needs: all that it names" keep all_of_a_lock
