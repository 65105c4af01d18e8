/*
 * What `assay measure tdx` reads: the files that its options name, and the shape that they make.
 */
#ifndef ASSAY_CMD_TDX_INPUTS_H
#define ASSAY_CMD_TDX_INPUTS_H

#include "cmd/verb.h"
#include "codec/json.h"
#include "measure/tdx_shape.h"

enum { TDX_INPUTS_LIST_MAX = 32, TDX_INPUTS_VERSION = 40 };

/* A file in memory, under the name that it has in --json. */
struct tdx_inputs_file {
	const char *name;
	struct buf bytes;
};

enum tdx_inputs_place {
	TDX_FILE_FIRMWARE,
	TDX_FILE_KERNEL,
	TDX_FILE_INITRD,
	TDX_FILE_UKI,
	TDX_FILE_DISK, /* its first sectors */
	TDX_FILE_ACPI_LOADER,
	TDX_FILE_ACPI_RSDP,
	TDX_FILE_ACPI_TABLES,
	TDX_FILE_PK,
	TDX_FILE_KEK,
	TDX_FILE_DB,
	TDX_FILE_DBX,
	TDX_FILES,
};

struct tdx_inputs {
	struct tdx_inputs_file files[TDX_FILES];
	struct buf gpt;
	struct tdx_inputs_file boot_variables[TDX_INPUTS_LIST_MAX];
	struct span boot_contents[TDX_INPUTS_LIST_MAX];
	struct digest applications[TDX_INPUTS_LIST_MAX];
	unsigned vcpus;
	char qemu[TDX_INPUTS_VERSION]; /* version, empty where it is not known */
	const char *edk2;              /* as given, or NULL */
	const char *acpi_from;         /* "files", "tables", "qemu", or NULL */
	struct tdx_shape_in shape;     /* borrows all of these */
};

/* Fails: USAGE with a hint, and as file_read. tdx_inputs_done in any case. */
bool tdx_inputs_read(
	struct tdx_inputs *ret, const struct verb_args *args, struct err *e) MUST_CHECK;
void tdx_inputs_done(struct tdx_inputs *in); /* for CLEANUP */
/* --acpi-save: the ACPI files, whose names are the last parts of QEMU's. USAGE when there are none, IO. */
bool tdx_inputs_save(
	const struct tdx_inputs *in, const struct verb_args *args, struct err *e) MUST_CHECK;
/* Members "passes" to "inputs" of the result. */
void tdx_inputs_json(struct json_out *w, const struct tdx_inputs *in);

/*
 * The three ACPI files as the installed QEMU makes them, and its version. Does nothing without --acpi-from-qemu. USAGE in
 * an assay that cannot run QEMU, and where --qemu names another version than is installed.
 */
bool tdx_acpi_capture(
	struct tdx_inputs *in, const struct verb_args *args, struct err *e) MUST_CHECK;

#endif
