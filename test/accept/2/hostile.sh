# Hostile input: the checks of test/accept/2.sh and their lines. Sourced, not run.
# shellcheck shell=bash disable=SC2154 # root, logs: test/demand.sh
hostile_named="deb control release lock yaml json pe uki event_log tpm_quote bundle attest_http http_answer apt_sources"
hostile_all() { basename -s .c -a "$root"/test/fuzz/*.c | grep -vx replay; }

# Every parser that was named has a target, and every target is built and replayed.
hostile_targets() {
	local name n=0
	for name in $hostile_named; do
		grep -q '^int LLVMFuzzerTestOneInput' "$root/test/fuzz/$name.c" || { echo "no target for $name"; return 1; }
	done
	for name in $(hostile_all); do
		[ -x "$root/build/test/fuzz/test-fuzz-$name" ] || { echo "$name is not built"; return 1; }
		n=$((n + 1))
	done
	echo "$n targets"
}

# hostile_replay_in FOLDER: all samples of all targets; the figure is the number of inputs.
hostile_replay_in() {
	local name said runs=0 slowest=0 start took
	for name in $(hostile_all); do
		start=$(date +%s%N)
		said=$(UBSAN_OPTIONS=halt_on_error=1 timeout 300 "$1/test/fuzz/test-fuzz-$name" 2>&1 </dev/null) ||
			{ echo "$said" | tail -n 20; echo "$name failed"; return 1; }
		took=$((($(date +%s%N) - start) / 1000000))
		[ $took -le $slowest ] || slowest=$took
		[[ $said =~ ([0-9]+)\ passed,\ 0\ failed ]] || { echo "$name: $said"; return 1; }
		runs=$((runs + BASH_REMATCH[1]))
	done
	echo "$runs inputs, $(hostile_all | wc -l) targets, the slowest took $((slowest / 1000)).$((slowest % 1000 / 100)) s"
}
hostile_replay() { hostile_replay_in "$root/build"; }
hostile_sanitized() {
	local name targets=()
	for name in $(hostile_all); do targets+=("test/fuzz/test-fuzz-$name"); done
	[ -f "$root/build-asan/build.ninja" ] ||
		(cd "$root" && CC=gcc meson setup build-asan -Db_sanitize=address,undefined -Doptimization=1) >/dev/null || return 1
	ninja -C "$root/build-asan" --quiet "${targets[@]}" && hostile_replay_in "$root/build-asan"
}

# One second each: that they start, find their seeds and nothing else. Longer runs are for people: tool/fuzz.sh 600 NAME.
hostile_fuzzers() {
	command -v clang >/dev/null || { echo "no clang"; return 3; }
	bash "$root/tool/fuzz.sh" 1 || return 1
	cat "$root"/build-fuzz/*.log | awk '/stat::number_of_executed_units/ { n += $2; t++ } END { print n " runs of " t " targets" }'
}

section "hostile input"
direct "libFuzzer targets: .deb, Packages, Release, lock, YAML, JSON, PE/UKI, event log, TPM quote, bundle, HTTP" hostile_targets
direct_slow "  each starts under libFuzzer, ASan and UBSan, and finds nothing" hostile_fuzzers
direct "each sample is taken, cut at every length and flipped at every byte" hostile_replay
direct_slow "  the same under ASan and UBSan" hostile_sanitized
unit "  signed Release files, by gpgv" archive damaged
unit "  packages in all compressions, and inside their container" unpack_hostile damaged cut_inside
unit "packages: '..', absolute, through links, twice, control bytes: the member is named" unpack_hostile hostile names_one pax_records
unit "  the same for members of ar and control.tar, and garbage behind each layer" unpack_hostile members trailing
e2e "  through assay build, with package and member, and no image" refusals 'a member that climbs out' 'an absolute member' \
	'a member through an absolute link' 'a member through a link to a link' 'a member that is there twice' 'a name with a control byte' \
	'and no control byte reaches the terminal' "a link of one package is not another's folder"
unit "  oversize and truncated: claims of a header, holes, cuts" unpack_bombs claims sparse
unit "  bombs: content and trailing zeros in xz and zstd, huge dictionaries and windows" unpack_bombs inflated xz_dictionary zstd_window
for case in 'another byte:wrong' 'half of it:short' 'one byte more:long' 'an endless body:endless' 'a redirect loop:loop' \
	'a redirect to a file of this machine:away' 'nothing:missing'; do
	mode=${case#*:}
	e2e "hostile mirror: ${case%:*} for a package: one error, nothing stays, the next is tried" hostile-mirror \
		"$mode packages: refused" "$mode packages: the error names file and mirror" "$mode packages: nothing stays" \
		"$mode packages: the next mirror is tried" "$mode packages: and every object is what its name says"
done
unit "  slow drip, silence, resets, endless headers" fetch all_attempts given_up
for case in 'InRelease with a wrong signature:changed' 'without one:unsigned' 'of another suite:suite' 'expired:expired' \
	'older than the lock:older' 'an index replaced:replaced' 'an index of another size:larger' 'an index gone:no-index' \
	'half of the InRelease:short' 'an endless one:endless' 'a redirect loop for it:loop' 'endless headers:headers' \
	'a connection that is closed:reset'; do
	mode=${case#*:}
	e2e "hostile mirror: ${case%:*}: one error, nothing stays, the next is tried" hostile-mirror \
		"$mode: refused with its name, nothing stays" "$mode: the next mirror is tried"
done
unit "  slow drip and silence for InRelease, too" archive one_attempt says
unit "  what is this machine's fault is not looked for elsewhere" archive own_fault
unit "  an index from mirrors that have another" archive indexes
e2e "  six bad mirrors in a row, then the good one" hostile-mirror 'changed older suite expired missing endless loop: the next mirror is tried'
e2e "  when all fail, the error says what each answered" hostile-mirror 'when all fail, each is named with its answer' \
	'and nothing but the lock from before is there'
