# The userland from source, and examples/from-source as a whole. Sourced by test/accept/4.sh.
# shellcheck shell=bash

section "examples/from-source: userland"
slow "libc (musl), busybox, PID 1, the attester with its libraries are built in the box from source, twice: identical" \
	5-userland "musl: built twice, identical" "busybox: built twice, identical" "openssl: built twice, identical" "libevent: built twice, identical" \
	"tpm2-tss: built twice, identical" "init: built twice, identical" "attester: built twice, identical"
slow "  static, position independent, nothing of glibc or of the toolchain in them" \
	6-boot "init is static" "usr/bin/busybox has nothing of glibc" "usr/lib/assay/assay-attester has nothing of glibc"
slow "  a setting that closes a trap, and the trap without it" 5-userland "trap: without KCONFIG_NOTIMESTAMP"
slow "it boots, attests, verifies" 6-boot "the machine is affirmed" "nobody is asked to log in"
slow "  every measured byte is from source: 100 %" 6-boot "all that is measured is from source"
slow "  and another machine is found out" 6-boot "a changed machine: contraindicated"
slow "a Debian 13 host gives the same bytes, component for component" 8-debian13 "assay compiles on Debian 13 and builds everything" \
	"Debian 13 gives the same bytes" "Debian 13 gives the same components"
