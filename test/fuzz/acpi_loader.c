/* ACPI tables from outside: every command that is made of them stays within them. */
#include "measure/acpi_loader.h"

#include "base/rd.h"
#include "fuzz.h"

enum { COMMAND = 128, NAMES = 56 };

static void check_command(struct span command, size_t tables)
{
	struct rd r = rd_of(command);
	uint32_t kind = rd_u32le(&r);
	bool root = rd_bytes(&r, NAMES).p[9] == 'r'; /* etc/acpi/rsdp */
	size_t size = root ? ACPI_LOADER_RSDP_SIZE : tables;

	if (kind == 2) {
		uint64_t at;

		rd_skip(&r, NAMES);
		at = rd_u32le(&r);
		MUST(at + rd_u8(&r) <= size);
	} else if (kind == 3) {
		uint64_t at = rd_u32le(&r), start = rd_u32le(&r), n = rd_u32le(&r);

		MUST(start <= at && at < start + n && start + n <= size);
	} else {
		MUST(kind == 1);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	CLEANUP(buf_done) struct buf loader = buf_init(ACPI_LOADER_SIZE);
	CLEANUP(buf_done) struct buf rsdp = buf_init(ACPI_LOADER_RSDP_SIZE);
	struct err e = { 0 };

	if (!acpi_loader(&loader, &rsdp, span_make(data, size), &e)) {
		MUST(!loader.n && !rsdp.n);
		return 0;
	}
	MUST(buf_ok(&loader) && buf_ok(&rsdp));
	MUST(loader.n == ACPI_LOADER_SIZE && rsdp.n == ACPI_LOADER_RSDP_SIZE);
	for (size_t at = 0; at < loader.n && loader.p[at]; at += COMMAND)
		check_command(span_make(loader.p + at, COMMAND), size);
	fuzz_taken = true;
	return 0;
}
