#!/bin/bash
# libc, busybox, the attester with its libraries and PID 1, each built twice; busybox without a setting that closes a trap
# reads: busybox assay.yaml assay.lock ../../guest ../../src
# shellcheck source=test/from-source/frame
. "$(dirname "$0")/frame"
userland=musl,busybox-config,busybox,openssl,libevent,tpm2-tss,init,attester
fetched

if compare again "$description" "$userland"; then
	for c in ${userland//,/ }; do check "$c: built twice, identical" identical again "$c"; done
	figure "check of the userland, seconds" "$took"
else
	bad "the userland is built twice"
fi

cp -r "$root/guest" "$root/src" "$work"
# The time in it is SOURCE_DATE_EPOCH, else the clock's, unless it is told to have none. The first of the two writes it
# down, into the configuration as well, so that is not compared.
changed examples/stamp busybox 's/make -s oldconfig KCONFIG_NOTIMESTAMP=1/env -u SOURCE_DATE_EPOCH make -s oldconfig/; s/ && diff [^"]*//
s/\[make, -s, -j2, busybox, KCONFIG_NOTIMESTAMP=1,/[env, -u, SOURCE_DATE_EPOCH, make, -s, -j2, busybox,/'
if compare stamp "$work/examples/stamp" busybox --vary time; then
	check "trap: without KCONFIG_NOTIMESTAMP and SOURCE_DATE_EPOCH busybox has the time of its build" eval "! identical stamp busybox"
	same "  and the cause is proved" "$(causes stamp busybox)" TIME
else
	bad "trap: busybox without KCONFIG_NOTIMESTAMP"
fi
if compare kept "$description" busybox --vary time; then
	check "  with it not, though the clock is released" identical kept busybox
else
	bad "  with it not, though the clock is released"
fi
