/* The same in an assay that only verifies: it runs no QEMU. */
#include "cmd/tdx_inputs.h"
#include "base/banned.h"

bool tdx_acpi_capture(struct tdx_inputs *in, const struct verb_args *args, struct err *e)
{
	(void)in;
	if (!verb_flag(args, "--acpi-from-qemu"))
		return true;
	err_set(e, ERR_USAGE, "this assay was built as a verifier only and runs no QEMU");
	return err_hint(e, "a whole assay makes the files; then give them here with --acpi-tables");
}
