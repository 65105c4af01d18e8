/* assay measure pcr: what a TPM will hold, from the files that boot. */
#include "cmd/measure_pcr_show.h"
#include "cmd/verbs.h"
#include "base/banned.h"

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(measure_pcr_done) struct measure_pcr m = { 0 };

	(void)code;
	return measure_pcr_load(&m, args, e) && measure_pcr_show(&m, args, e);
}

static const struct verb_option options[] = {
	{ "--uki", "FILE", "the unified kernel image that boots", false },
	{ "--disk", "FILE", "the disk that it is on, for PCR 5", false },
	{ "--kernel", "FILE", "a kernel from QEMU's command line instead", false },
	{ "--initrd", "FILE", "its initrd", false },
	{ "--append", "STR", "its command line", false },
	{ "--memory", "SIZE", "the machine's, as for QEMU: 1024, 4G", false },
	{ "--firmware-version", "V", "of Debian's ovmf: 2025.02-8+deb13u1", false },
	{ "--secure-boot", "STATE", "absent, off or on, whatever the firmware", false },
	{ "--pk", "FILE", "PK: signature list, or GUID:CERTIFICATE", true },
	{ "--kek", "FILE", "KEK, likewise", true },
	{ "--db", "FILE", "db, likewise", true },
	{ "--dbx", "FILE", "dbx, likewise", true },
	{ "--loader", "FILE", "systemd-boot, which starts the image", false },
	{ "--loader-conf", "FILE", "its loader.conf", false },
	{ "--beside", "FILE", "in the image's .extra.d: credential, addon, *.raw", true },
	{ "--for-all", "FILE", "in loader/credentials or loader/addons", true },
	{ "--phase", "LIST", "PCR 11 after enter-initrd:leave-initrd:...", true },
	{ "--machine-id", "HEX", "what systemd measures into PCR 15", false },
	{ "--file-system", "WORDS", "likewise: PATH:TYPE:UUID:LABEL:PARTUUID:...", true },
	{ "--platform", "NAME", "qemu (default) or nitro-tpm", false },
	{ "--bank", "ALG", "sha1, sha256 (default), sha384, sha512", true },
	{ "--json", NULL, "print the result as JSON, with the events", false },
	{ 0 },
};

const struct verb cmd_measure_pcr = {
	.name = "measure pcr",
	.summary = "compute what a TPM will hold from the files that boot",
	.usage = "",
	.max_args = 0,
	.options = options,
	.example = "assay measure pcr --uki out/uki.efi --disk out/disk.img \\\n"
		   "    --firmware-version 2025.02-8+deb13u1",
	.run = run,
};
