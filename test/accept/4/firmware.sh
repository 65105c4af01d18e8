# Firmware and stub from source, and the traps of their builds. Sourced by test/accept/4.sh.
# shellcheck shell=bash disable=SC2154,SC2317

section "firmware and stub from source"
slow "OVMF from Debian's edk2, plain with TPM: built twice, identical" 3-firmware "ovmf is built twice"
slow "  bit for bit Debian's own OVMF_CODE_4M.fd and OVMF_VARS_4M.fd" 3-firmware "OVMF_CODE is Debian's" "OVMF_VARS is its"
slow "  AmdSev, for measured direct boot, without a boot loader" 3-firmware "amdsev is built twice" "what examples/hello knows of amdsev is what it is" \
	"  and kernel, initrd and command line are measured with it"
slow "  IntelTdx" 3-firmware "inteltdx is built twice" "inteltdx has an MRTD, which is that of the build"
slow "systemd's stub from Debian's systemd: built twice, identical, bit for bit Debian's" 3-firmware "systemd-stub is built twice" "the stub is Debian's"
slow "the stub's time stamp: differs without a date, and is closed by the box, or by its date" 2-firmware-traps "  the trap: it differs" \
	"  and is identical" "  and is identical, without the box"
slow "edk2's debug paths: in a module for debugging, and by their length in one for release" 2-firmware-traps \
	"  the trap: its PE image names the folder" "  the trap: the length of the path moves it" "  and is the same"
e2e "PE stamps and paths, nasm's paths and dates, flags as text, image versions: as small components" corpus "plainly built they differ" \
	"in the box all are identical that shall be"
e2e "a mirror that lacks a source package's .dsc will do" sources "a mirror without the .dsc is enough" "  to the byte" "a mirror without a tarball is not"
