# The box: clock, randomness, machine, processes, limits. Sourced by test/accept/3.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# Words that doc/box.md must have, one line each.
box_documented() {
	local f=$root/doc/box.md word n=0
	for word in "$@"; do
		grep -qi -- "$word" "$f" || { echo "doc/box.md does not say '$word'"; return 1; }
		n=$((n + 1))
	done
	echo "$n of $n words"
}

section "the box"
unit "a virtual clock starts at SOURCE_DATE_EPOCH and advances deterministically: clock_gettime, gettimeofday, time" box_clock clocks
unit "  waits and timers of every kind, to the nanosecond" box_clock waits timers
unit "  a parent sees that its child slept" box_clock family
unit "  static programs and those without a library see it too: the vDSO is hidden at exec" box_trace without_library
unit "seeded randomness: getrandom and AT_RANDOM, a stream for each process, equal calls do not collide" box_trace randomness
unit "no address randomisation" box identity
unit "fixed uname, processor count, memory figures" box_trace machine
unit "locale, zone, user, home, umask, environment, host name" box_view defaults
unit "pids begin where they always begin" box_view defaults
unit "works with vfork, threads, exec from a thread, stopped groups, signals, thousands of processes" box_trace processes
unit "  processes that are killed while they make others leave none waiting" box_trace processes
unit "each guarantee can be released alone" box_view released
unit "  and each can have another value" box_view canaries
unit "limits of processes, memory, disk and time stop runaways, and say which it was" box_limits processes memory disk endless
unit "  the order of processes can be disturbed by a seed" box_limits disturbed
unit "no rights, no way out, nothing of the machine" box seen_from_inside
unit "  also not by being untraced" box_trace processes
direct "documented limits, with what one sees and what one does" box_documented rdtsc cpuid rdrand races 'what one sees' 'what to do'
e2e "kill -9 at ${ASSAY_KILLS:-50} random moments leaves no process, mount or half object" box-kill
