# The kernel from source, and the traps of its build. Sourced by test/accept/4.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# kernel_has OPTION...: all of them are y in the committed configuration
kernel_has() {
	local config=$root/examples/from-source/kernel/config option
	for option; do
		grep -qx "CONFIG_$option=y" "$config" || { echo "CONFIG_$option is not in it"; return 1; }
	done
	echo "$# of $# options, of $(grep -c '=y$' "$config") that are on"
}

section "the kernel from source"
direct "a committed resolved configuration: virtio, dm-verity, EROFS" kernel_has VIRTIO_PCI VIRTIO_BLK VIRTIO_NET DM_VERITY EROFS_FS EFI_STUB
direct "  TDX and SNP guest, TSM reports, TPM, NSM" kernel_has INTEL_TDX_GUEST TDX_GUEST_DRIVER AMD_MEM_ENCRYPT SEV_GUEST TSM_REPORTS TCG_TIS TCG_CRB NSM
e2e "  no modules, no key for them" kernel-config "  and without MODULES" "  and without MODULE_SIG"
e2e "a requested option that olddefconfig changes is an error" kernel-config "an option whose dependency is missing" \
	"an option that another one selects" "an option that there is not" "a configuration that olddefconfig changes"
slow "  with the kernel's own olddefconfig, in the box" 1-kernel-config
slow "the kernel built twice with another machine around the box: identical" 3-kernel "  and the kernel"
slow "the banner and the built-in initramfs: differ without settings" 2-kernel-traps "  the trap: they differ"
slow "  and are identical with them" 2-kernel-traps "  and are identical, without the box"
e2e "  .version, LOCALVERSION_AUTO, patches that nearly fit" kernel-traps
e2e "  the others, as small components" corpus "plainly built they differ" "in the box all are identical that shall be"
