#!/bin/bash
# what the kernel's own build writes down of its builder, with and without the settings that close it
# reads: kernel assay.yaml assay.lock
# shellcheck source=test/from-source/frame
. "$(dirname "$0")/frame"
fetched
# Only the banner and the built-in initramfs: both hold all that the settings are for, and take a minute instead of ten.
lean='s,bzImage"\],init/version-timestamp.o usr/initramfs_data.o"],
	s,\[cp\, arch/x86/boot/bzImage\, /out/bzImage\],[sh\, -ec\, "cat usr/initramfs_data.cpio init/version-timestamp.o >/out/bzImage"],'
bare="$lean"'
	s,KBUILD_BUILD_[A-Z]*=[a-z0-9]* ,,g
	s,\\"KBUILD_BUILD_TIMESTAMP=[^"]*\\" ,,'
changed set linux "$lean"
changed bare linux "$bare"
check "without KBUILD_BUILD_* the pieces can be compared" compare bare "$work/bare" linux --vary clock,host-name,user
if identical bare linux; then bad "  the trap: they differ"; else ok "  the trap: they differ"; fi
check "  by time" grep -q TIME <(causes bare linux)
check "  and by who built them, and where" grep -q IDENTITY <(causes bare linux)
check "with another machine around the box they are identical" compare box "$work/bare" linux
check "  without any setting" identical box linux
check "with the settings they can be compared" compare set "$work/set" linux --vary clock,host-name,user
check "  and are identical, without the box" identical set linux
