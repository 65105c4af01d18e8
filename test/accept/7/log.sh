# A transparency log on disk, its proofs and who follows it. Sourced by test/accept/7.sh.
# shellcheck shell=bash disable=SC2154,SC2317

log_all_bits() {
	"$root/build/test/merkle-bits" 300 0 2 >"$logs/merkle-bits-0" & local even=$!
	"$root/build/test/merkle-bits" 300 1 2 >"$logs/merkle-bits-1" || return
	wait $even || return
	cat "$logs"/merkle-bits-? | awk '{ p += $1; c += $4 } END { print p " proofs, " c " changes of one bit"; exit p < 90000 }'
}
log_fuzzed() { "$root/build/test/fuzz/test-fuzz-tlog"; }

log_bench_log=$logs/bench-log.txt
# log_bench BEGINNING PATTERN LIMIT: the number in PATTERN's group, in the first line that begins so
log_bench() {
	local figure
	[ -f "$log_bench_log" ] || (cd "$root" && ./run bench log) >"$log_bench_log" 2>&1
	figure=$(sed -nE "s/^ *$1 .* $2.*/\\1/p" "$log_bench_log" | head -n 1)
	[ -n "$figure" ] || { tail -n 2 "$log_bench_log"; return 1; }
	echo "$figure, at most $3"
	awk -v f="$figure" -v l="$3" 'BEGIN { exit f > l }'
}

section "a transparency log: static files, proofs, a monitor"
unit "the vectors of the C2SP and RFC texts: trees" merkle vectors
unit "  signed notes and keys; types that are not known yet by their number" signed_note published keys types
unit "  tiles: paths and widths" tlog_tile paths widths
unit "every proof for trees up to 300 leaves verifies; samples of changes" merkle inclusion consistency
direct_slow "  and every single-bit change of each fails" log_all_bits
unit "  of a tlog-proof every bit, every truncation" tlog_proof bits cut
direct "  whatever bytes: notes, proofs, keys, tiles" log_fuzzed
e2e "assay log init and add: C2SP tlog-tiles, read by a second implementation" log "a log is made" "the tree is that of another implementation" "  signed with the key that was said"
e2e "  every size 1 to 300, grown one by one and at once: the same files" log "sizes 1 to 300, one by one and at once"
unit "  and over the edge of a tile of level 1" log_append grows grows_large reads
unit "  only the right edge is touched; partial tiles go" log_append tidy
e2e "assay log checkpoint: signed notes, cosignatures stay" log "signing again changes no byte"
unit "  lines of witnesses are merged into it" log_folder cosigned
e2e "assay log prove and verify: tlog-proof, offline" log "the other implementation takes it" "it verifies offline" "not for another entry" "not by another key"
e2e "  the log of the trust file, a quorum of its witnesses, their age" log "the trust file names the log" "witnesses of the trust file" "  whose cosignatures grow old"
unit "  each witness counted once, by its key" note_quorum counts ages refused forged
e2e "consistency between any sizes" log "consistency of any two sizes"
e2e "kill -9 at each call that changes something: nothing acknowledged is lost" log "killed at each of its" "  nothing acknowledged is lost"
e2e "  and never two histories, with what a kill left behind" log "  one history" "killed at"
e2e "  a full disk" log "a full disk is an error that says so" "  what was acknowledged is in it" "  with space it goes on"
unit "it signs nothing that tiles or promise do not bear out" log_folder two_histories promise_is_kept put_back
e2e "  nor beside another one who writes" log "two who add at once get numbers of their own"
e2e "assay log monitor, over HTTP from a plain web server" log-monitor "an empty log has nothing to say" "what is new is told once"
e2e "  every entry: lock, verdict, register values" log-monitor "  with verdict, name and lock" "  register values by name"
e2e "  values that one has not rebuilt, or cannot rebuild" log-monitor "entries whose values one has not rebuilt are a no" "what is open stays open" "one that cannot be rebuilt says why"
e2e "  a rolled-back log: both checkpoints as evidence" log-monitor "a log that went back" "  both checkpoints are shown" "  and kept"
e2e "  a forked log, of the same size and grown" log-monitor "a fork of the same size" "a fork that has grown" "  three pieces of evidence by now"
e2e "  damage is not called a fork" log-monitor "an entry that is not the one of its tile"
e2e "  killed, it tells again what it had not told" log-monitor "killed at"
unit "  it needs no proof of the log: the entries give the root" log_follow frontier steps wrong
direct_slow "bench: 100,000 entries appended, processor against bare hashing" log_bench 'in seconds of the processor' '([0-9.]+) times the bare' 4
direct_slow "  cost per entry flat: the last tenth against the second" log_bench 'the last tenth' '([0-9.]+) times the processor' 1.25
direct_slow "  one by one: against a log of a hundredth" log_bench '50 entries one by one' '([0-9.]+) times the processor' 1.25
direct_slow "  proofs verified, against the start of assay" log_bench '50 proofs verified' '([0-9.]+) times the start' 2
