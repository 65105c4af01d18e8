# The userland from source, and examples/from-source as a whole. Sourced by test/accept/4.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# The slow suite runs once, and not again what passed before. userland_says STEP CASE...: its log says "ok" of each case.
userland_says() {
	local log=$root/build/from-source/$1.log case n=0
	[ -f "$root/build/from-source/$1.done" ] || (cd "$root" && ./run from-source "$1") >/dev/null 2>&1
	for case in "${@:2}"; do
		grep -q "^ok   $case" "$log" || { echo "not shown: $case ($(tail -n 1 "$log"))"; return 1; }
		n=$((n + 1))
	done
	grep '^figure' "$log" | tail -n 1 | grep . || echo "$n cases"
}

section "examples/from-source: userland"
direct_slow "libc (musl), busybox, PID 1, the attester with its libraries are built in the box from source, twice: identical" \
	userland_says 5-userland "musl: built twice, identical" "busybox: built twice, identical" "openssl: built twice, identical" "libevent: built twice, identical" \
	"tpm2-tss: built twice, identical" "init: built twice, identical" "attester: built twice, identical"
direct_slow "  static, position independent, nothing of glibc or of the toolchain in them" \
	userland_says 6-boot "init is static" "usr/bin/busybox has nothing of glibc" "usr/lib/assay/assay-attester has nothing of glibc"
direct_slow "  a setting that closes a trap, and the trap without it" userland_says 5-userland "trap: without KCONFIG_NOTIMESTAMP"
direct_slow "it boots, attests, verifies" userland_says 6-boot "the machine is affirmed" "nobody is asked to log in"
direct_slow "  every measured byte is from source: 100 %" userland_says 6-boot "all that is measured is from source"
direct_slow "  and another machine is found out" userland_says 6-boot "a changed machine: contraindicated"
