/*
 * The two small files that QEMU's ACPI tables for a PC imply: etc/table-loader, in which QEMU tells the firmware what to
 * allocate, link and sum (hw/acpi/bios-linker-loader.c), and etc/acpi/rsdp. Firmware measures them before the tables.
 *
 *   command of 128 bytes   1 allocate   name (56), u32 alignment, u8 zone (1 high, 2 below 1 MiB)
 *                          2 pointer    name of the file that holds it (56), name of where it leads (56), u32 at, u8 size
 *                          3 checksum   name (56), u32 at, u32 start, u32 size
 *   order                  allocate root pointer, tables; sum the DSDT; link and sum the FACP; sum the others; link and sum
 *                          the RSDT; link and sum the root pointer; zeroes up to 4096
 *
 * Known for FACS, DSDT, FACP, APIC, HPET, MCFG, WAET, SRAT, SLIT, HMAT, DMAR and RSDT. A machine with other tables (TPM,
 * NVDIMM, generation id) has commands that cannot be told from the tables.
 */
#ifndef ASSAY_MEASURE_ACPI_LOADER_H
#define ASSAY_MEASURE_ACPI_LOADER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/span.h"

/* Tables beside the RSDT: the commands of more would not fit into the file. */
enum { ACPI_LOADER_SIZE = 4096, ACPI_LOADER_RSDP_SIZE = 20, ACPI_LOADER_TABLES_MAX = 13 };

/*
 * Appends both files for etc/acpi/tables as the firmware reads it. Fails: FORMAT for bytes that are not a run of ACPI
 * tables from FACS to RSDT, USAGE for a table without rules here, LIMIT above ACPI_LOADER_TABLES_MAX.
 */
bool acpi_loader(
	struct buf *loader, struct buf *rsdp, struct span tables, struct err *e) MUST_CHECK;

#endif
