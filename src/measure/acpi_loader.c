#include "measure/acpi_loader.h"

#include <string.h>

#include "base/rd.h"
#include "base/banned.h"

enum {
	ALLOCATE = 1,
	POINTER = 2,
	CHECKSUM = 3,
	ZONE_HIGH = 1,
	ZONE_LOW = 2,
	NAME = 56,
	COMMAND = 128,
	HEADER = 36,
	CHECKSUM_AT = 9, /* in a table's header */
	OEM_AT = 10,
	OEM_SIZE = 6,
	FACP_FACS_AT = 36,
	FACP_DSDT_AT = 40,
	FACP_X_DSDT_AT = 140,
	FACP_SIZE = 148, /* at least */
	ENTRY = 4,       /* of the RSDT */
	RSDP_CHECKSUM_AT = 8,
	RSDP_RSDT_AT = 16,
};

static const char tables_file[] = "etc/acpi/tables", rsdp_file[] = "etc/acpi/rsdp";

struct table {
	char name[5];
	uint32_t at, size;
};

struct tables {
	struct table items[ACPI_LOADER_TABLES_MAX];
	size_t n;
	struct span bytes;
};

static bool is(const struct table *t, const char *name)
{
	return strcmp(t->name, name) == 0;
}

/* Tables that hold no pointers: all that QEMU does with them is sum them. */
static bool only_summed(const struct table *t)
{
	static const char *const names[] = { "APIC", "HPET", "MCFG", "WAET", "SRAT", "SLIT", "HMAT",
		"DMAR" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (is(t, names[i]))
			return true;
	return false;
}

static bool read_table(struct table *t, struct rd *r, struct err *e)
{
	size_t at = r->at;
	struct span name = rd_bytes(r, 4);
	uint32_t size = rd_u32le(r);

	if (!rd_ok(r))
		return rd_truncated(r, "ACPI tables", e);
	for (size_t i = 0; i < name.n; i++)
		if ((name.p[i] < 'A' || name.p[i] > 'Z') && (name.p[i] < '0' || name.p[i] > '9'))
			return err_set(e, ERR_FORMAT, "ACPI tables: no table at %zu", at);
	memcpy(t->name, name.p, 4);
	t->name[4] = '\0';
	t->at = (uint32_t)at;
	t->size = size;
	if (size < HEADER)
		return err_set(
			e, ERR_FORMAT, "ACPI table %s at %zu has %u bytes", t->name, at, size);
	rd_skip(r, size - 8);
	return rd_ok(r) || rd_truncated(r, "ACPI tables", e);
}

/* FACS, DSDT, FACP, others, RSDT: their order in QEMU's file. */
static bool check_place(const struct tables *t, const struct table *last, struct err *e)
{
	static const char *const first[] = { "FACS", "DSDT", "FACP" };
	size_t i = t->n;

	if (i < ARRAY_LEN(first) ? !is(last, first[i]) : !is(last, "RSDT") && !only_summed(last)) {
		err_set(e, i < ARRAY_LEN(first) ? ERR_FORMAT : ERR_USAGE,
			"no rules for ACPI table %s at %u, the %zu. of the file", last->name,
			last->at, i + 1);
		return err_hint(e, "give etc/table-loader and etc/acpi/rsdp as files, too");
	}
	if (is(last, "FACP") && last->size < FACP_SIZE)
		return err_set(e, ERR_FORMAT, "ACPI table FACP has %u bytes, wanted at least %d",
			last->size, FACP_SIZE);
	return true;
}

/* The RSDT names the FACP and all behind it, in order. */
static bool check_root(const struct tables *t, const struct table *rsdt, struct err *e)
{
	struct rd r = rd_of(t->bytes);

	rd_seek(&r, rsdt->at + HEADER);
	if (rsdt->size != HEADER + ENTRY * (t->n - 2))
		return err_set(e, ERR_FORMAT, "ACPI table RSDT of %u bytes for %zu tables",
			rsdt->size, t->n - 2);
	for (size_t i = 2; i < t->n; i++) {
		uint32_t at = rd_u32le(&r);

		if (!rd_ok(&r) || at != t->items[i].at)
			return err_set(e, ERR_FORMAT,
				"ACPI table RSDT leads to %u, wanted %s at %u", at,
				t->items[i].name, t->items[i].at);
	}
	return true;
}

/* All tables but the RSDT into *t, and that. */
static bool read_tables(struct tables *t, struct table *rsdt, struct err *e)
{
	struct rd r = rd_of(t->bytes);
	struct table next = { 0 };

	for (;;) {
		if (!read_table(&next, &r, e) || !check_place(t, &next, e))
			return false;
		if (is(&next, "RSDT"))
			break;
		if (t->n == ACPI_LOADER_TABLES_MAX)
			return err_set(
				e, ERR_LIMIT, "more than %d ACPI tables", ACPI_LOADER_TABLES_MAX);
		t->items[t->n++] = next;
	}
	*rsdt = next;
	while (rd_left(&r))
		if (rd_u8(&r))
			return err_set(e, ERR_FORMAT, "ACPI tables go on behind the RSDT, at %zu",
				r.at - 1);
	return check_root(t, rsdt, e);
}

static void put_name(struct buf *b, const char *name)
{
	buf_add_cstr(b, name);
	buf_fill(b, 0, NAME - strlen(name));
}

static void end_command(struct buf *b, size_t start)
{
	buf_fill(b, 0, start + COMMAND - b->n);
}

static void allocate(struct buf *b, const char *file, uint32_t align, uint8_t zone)
{
	size_t start = b->n;

	buf_u32le(b, ALLOCATE);
	put_name(b, file);
	buf_u32le(b, align);
	buf_u8(b, zone);
	end_command(b, start);
}

static void point(struct buf *b, const char *file, uint32_t at, uint8_t size)
{
	size_t start = b->n;

	buf_u32le(b, POINTER);
	put_name(b, file);
	put_name(b, tables_file);
	buf_u32le(b, at);
	buf_u8(b, size);
	end_command(b, start);
}

static void sum(struct buf *b, const char *file, uint32_t at, uint32_t from, uint32_t size)
{
	size_t start = b->n;

	buf_u32le(b, CHECKSUM);
	put_name(b, file);
	buf_u32le(b, at);
	buf_u32le(b, from);
	buf_u32le(b, size);
	end_command(b, start);
}

static void sum_table(struct buf *b, const struct table *t)
{
	sum(b, tables_file, t->at + CHECKSUM_AT, t->at, t->size);
}

static void put_commands(struct buf *b, const struct tables *t, const struct table *rsdt)
{
	const struct table *facp = &t->items[2];

	allocate(b, rsdp_file, 16, ZONE_LOW);
	allocate(b, tables_file, 64, ZONE_HIGH);
	sum_table(b, &t->items[1]);
	point(b, tables_file, facp->at + FACP_FACS_AT, 4);
	point(b, tables_file, facp->at + FACP_DSDT_AT, 4);
	point(b, tables_file, facp->at + FACP_X_DSDT_AT, 8);
	for (size_t i = 2; i < t->n; i++)
		sum_table(b, &t->items[i]);
	for (uint32_t i = 2; i < t->n; i++)
		point(b, tables_file, rsdt->at + HEADER + ENTRY * (i - 2), ENTRY);
	sum_table(b, rsdt);
	point(b, rsdp_file, RSDP_RSDT_AT, 4);
	sum(b, rsdp_file, RSDP_CHECKSUM_AT, 0, ACPI_LOADER_RSDP_SIZE);
}

bool acpi_loader(struct buf *loader, struct buf *rsdp, struct span tables, struct err *e)
{
	struct tables t = { .bytes = tables };
	size_t start = loader->n;
	struct table rsdt;

	if (!read_tables(&t, &rsdt, e))
		return false;
	if (t.n < 3)
		return err_set(e, ERR_FORMAT, "ACPI tables lack FACS, DSDT or FACP");
	put_commands(loader, &t, &rsdt);
	buf_fill(loader, 0, start + ACPI_LOADER_SIZE - loader->n);
	buf_add_cstr(rsdp, "RSD PTR ");
	buf_u8(rsdp, 0); /* checksum, later */
	buf_add(rsdp, tables.p + rsdt.at + OEM_AT, OEM_SIZE);
	buf_u8(rsdp, 0); /* revision */
	buf_u32le(rsdp, rsdt.at);
	return true;
}
