# What a TPM will hold. Sourced by test/accept/5.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# 3: the vectors are no part of the repository
tpm_against_vectors() {
	unit_run tpm_vectors
	grep '^SKIP' "$logs/unit-tpm_vectors.log" && return 3
	unit_passed tpm_vectors && last "$logs/unit-tpm_vectors.log"
}

section "assay measure pcr: registers of a TPM from the files that boot"
unit "stubs 252, 254 to 257 are computed, 258 to 262 without PCR 9; unlisted ones are refused" tpm_pcr versions_select_rules what_is_not_known_is_refused
e2e "  from a disk, with the reason where there is no value" pcr-files "stub 257 from a disk" "stub 252" "stub 258 has no PCR 9, with the reason" \
	"stub 251" "stub 253" "stub 263"
e2e "Secure Boot with given PK, KEK, db, dbx and owners" pcr-files "Secure Boot with two keys in use" "a list as efitools write it" \
	"an image that is not signed" "one that dbx forbids"
unit "  PCR 7 gets the entry of db before the program in PCR 4, and PCR 4 no inner kernel" tpm_authority the_entry_is_found secure_boot_is_predicted
unit "  lists of signatures, each field wrong, each length" signature_list reads_what_is_there a_broken_list_is_refused too_many_are_refused owners_are_guids
e2e "systemd-boot as a program before the image, 252 and 257" pcr-files "systemd-boot 257" "without loader.conf" "systemd-boot 252"
unit "  other versions are refused" tpm_sidecar loaders_differ
e2e "a kernel from QEMU, with QEMU's change of its header" pcr-files "a kernel from QEMU" "with much memory" "without an initrd"
unit "  its events in order" tpm_pcr a_kernel_from_qemu
unit "addons and credentials in PCR 12, system extensions in 13" tpm_sidecar files_are_measured names_say_what_a_file_is what_has_no_rules_is_refused
e2e "  the same by a second implementation" pcr-files "addons, credentials and extensions" "microcode, splash, signature and key of PCR 11"
e2e "phases in PCR 11, machine id and file systems in 15" pcr-files "phases, machine id, file systems"
e2e "NitroTPM: PCR 4, 7 and 12 in SHA-384" pcr-files "NitroTPM" "NitroTPM: PCR 4, 7 and 12 in SHA-384"
e2e "SHA-1, 256, 384 and 512; systemd-measure gives the same PCR 11" pcr-files "systemd-measure"
direct "vectors: systemd-measure's sets in four banks; real boots, event by event" tpm_against_vectors
e2e "  JSON: inputs, rules, events" pcr-files "JSON: the values are the printed ones" "JSON: format"

section "predicted is measured: machines"
e2e "Debian 13: stub 257 with addons, credentials, extensions; its firmware" pcr-boots "stub 257, all beside it, Debian 13's firmware" \
	"beside: predicted is measured"
e2e "  systemd's own phases in PCR 11, machine id and file systems in PCR 15" pcr-boots "  the phases moved PCR 11, and systemd filled PCR 15"
e2e "Secure Boot with own keys, systemd-boot, then the image" pcr-boots "Secure Boot, systemd-boot 257, stub 257" "secure: predicted is measured"
e2e "a kernel from QEMU, Debian 13's firmware" pcr-boots "direct13: predicted is measured"
e2e "Debian 12: systemd-boot 252, stub 252, its firmware" pcr-boots "systemd-boot 252, stub 252, Debian 12's firmware" "loader12: predicted is measured"
e2e "  and a kernel from QEMU" pcr-boots "direct12: predicted is measured"
e2e "hello: the values that its machine measures are what assay measure pcr gives" boot "assay measure pcr gives the same values"
