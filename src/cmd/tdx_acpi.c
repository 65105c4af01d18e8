/* ACPI files of the installed QEMU, for `assay measure tdx --acpi-from-qemu`. */
#include "cmd/tdx_inputs.h"
#include "vm/acpi_capture.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

/* Tables of another QEMU are other tables. */
static bool check_version(struct tdx_inputs *in, struct err *e)
{
	struct linux_setup_qemu installed;
	char version[TDX_INPUTS_VERSION];

	if (!acpi_capture_qemu(version, e) ||
		!linux_setup_qemu_read(&installed, str_of(version), e))
		return false;
	if (!in->qemu[0]) {
		memcpy(in->qemu, version, sizeof version);
		in->shape.qemu = installed;
	}
	if (in->shape.qemu.major == installed.major && in->shape.qemu.minor == installed.minor)
		return true;
	err_set(e, ERR_USAGE,
		"--acpi-from-qemu takes the tables of QEMU %s, which is installed, for a TD of QEMU %s",
		version, in->qemu);
	return err_hint(e, "run it where that QEMU is installed, and give the files here");
}

bool tdx_acpi_capture(struct tdx_inputs *in, const struct verb_args *args, struct err *e)
{
	const char *arguments[ACPI_CAPTURE_ARGUMENTS_MAX + 1];
	struct acpi_capture_machine m = { .firmware = verb_value(args, "--firmware"),
		.memory = in->shape.memory,
		.vcpus = in->vcpus,
		.arguments = arguments };
	struct acpi_capture got;

	if (!verb_flag(args, "--acpi-from-qemu"))
		return true;
	if (in->files[TDX_FILE_ACPI_TABLES].bytes.n)
		return err_set(e, ERR_USAGE,
			"ACPI tables are given twice: by --acpi-tables and --acpi-from-qemu");
	if (!m.memory) {
		err_set(e, ERR_USAGE, "--acpi-from-qemu wants --memory: the tables depend on it");
		return err_hint(e, "for example --memory 4G");
	}
	for (const char *a; m.n_arguments < ARRAY_LEN(arguments) &&
			    (a = verb_nth(args, "--qemu-arg", m.n_arguments));)
		arguments[m.n_arguments++] = a;
	verb_say(args, "making ACPI tables: the firmware runs under emulation");
	if (!check_version(in, e) || !acpi_capture(&got, &m, e))
		return false;
	in->files[TDX_FILE_ACPI_LOADER] = (struct tdx_inputs_file){ "etc/table-loader",
		got.loader };
	in->files[TDX_FILE_ACPI_RSDP] = (struct tdx_inputs_file){ "etc/acpi/rsdp", got.rsdp };
	in->files[TDX_FILE_ACPI_TABLES] = (struct tdx_inputs_file){ "etc/acpi/tables", got.tables };
	in->acpi_from = "qemu";
	return true;
}
