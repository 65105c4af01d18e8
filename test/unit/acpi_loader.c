#include "measure/acpi_loader.h"

#include "test.h"

enum { TABLES_MAX = 131072, AT_MAX = 32 };

/* A file of tables as QEMU lays it out: one behind the other, the RSDT names all from the FACP on; zeroes. */
struct made {
	struct buf b;
	uint32_t at[AT_MAX], size[AT_MAX];
	size_t n;
};

static void add(struct made *m, const char *name, uint32_t size)
{
	m->at[m->n] = (uint32_t)m->b.n;
	m->size[m->n++] = size;
	buf_add_cstr(&m->b, name);
	buf_u32le(&m->b, size);
	buf_add(&m->b, "\1\0BOCHS BXPC    ", 16);
	buf_fill(&m->b, 0x77, size - 24);
}

static void add_root(struct made *m)
{
	uint32_t at = (uint32_t)m->b.n;
	size_t n = m->n - 2;

	add(m, "RSDT", (uint32_t)(36 + 4 * n));
	for (size_t i = 0; i < n; i++)
		put_u32le(m->b.p + at + 36 + 4 * i, m->at[2 + i]);
	buf_fill(&m->b, 0, 9000 - m->b.n);
}

static struct made make(const char *const *names, size_t n)
{
	struct made m = { .b = buf_init(TABLES_MAX) };

	for (size_t i = 0; i < n; i++)
		add(&m, names[i], 150 + (uint32_t)i);
	add_root(&m);
	return m;
}

/* A command as the 128 bytes that it is. */
static void want_command(uint8_t *w, uint32_t kind, const char *file, const char *other, uint32_t a,
	uint32_t b, uint32_t c)
{
	memset(w, 0, 128);
	put_u32le(w, kind);
	memcpy(w + 4, file, strlen(file));
	if (other)
		memcpy(w + 60, other, strlen(other));
	put_u32le(w + (other ? 116 : 60), a);
	put_u32le(w + (other ? 120 : 64), b);
	if (!other)
		put_u32le(w + 68, c);
}

static void derives(void)
{
	static const char *const names[] = { "FACS", "DSDT", "FACP", "APIC", "WAET" };
	static const char tables[] = "etc/acpi/tables", rsdp[] = "etc/acpi/rsdp";
	struct made m = make(names, ARRAY_LEN(names));
	struct buf l = buf_init(ACPI_LOADER_SIZE), r = buf_init(ACPI_LOADER_RSDP_SIZE);
	uint8_t want[ACPI_LOADER_SIZE] = { 0 }, *w = want;
	uint32_t root = m.at[5];
	struct err e;

	want_command(w, 1, rsdp, NULL, 16, 2, 0);
	want_command(w += 128, 1, tables, NULL, 64, 1, 0);
	want_command(w += 128, 3, tables, NULL, m.at[1] + 9, m.at[1], m.size[1]);
	want_command(w += 128, 2, tables, tables, m.at[2] + 36, 4, 0);
	want_command(w += 128, 2, tables, tables, m.at[2] + 40, 4, 0);
	want_command(w += 128, 2, tables, tables, m.at[2] + 140, 8, 0);
	for (size_t i = 2; i < 5; i++)
		want_command(w += 128, 3, tables, NULL, m.at[i] + 9, m.at[i], m.size[i]);
	for (uint32_t i = 0; i < 3; i++)
		want_command(w += 128, 2, tables, tables, root + 36 + 4 * i, 4, 0);
	want_command(w += 128, 3, tables, NULL, root + 9, root, 36 + 12);
	want_command(w += 128, 2, rsdp, tables, 16, 4, 0);
	want_command(w += 128, 3, rsdp, NULL, 8, 0, 20);
	CHECK_OK(acpi_loader(&l, &r, buf_span(&m.b), &e), e);
	CHECK(span_equal(buf_span(&l), SPAN_OF(want)));
	CHECK(r.n == 20 && memcmp(r.p, "RSD PTR \0BOCHS \0", 16) == 0);
	CHECK(r.p[16] + 256u * r.p[17] == root);
	buf_done(&m.b);
	buf_done(&l);
	buf_done(&r);
}

static enum err_kind refused(struct span tables)
{
	struct buf l = buf_init(ACPI_LOADER_SIZE), r = buf_init(ACPI_LOADER_RSDP_SIZE);
	struct err e = { 0 };

	if (!acpi_loader(&l, &r, tables, &e))
		CHECK(!l.n && !r.n);
	buf_done(&l);
	buf_done(&r);
	return e.kind;
}

static void refuses(void)
{
	static const struct {
		const char *names[5];
		size_t n;
		enum err_kind want;
	} lists[] = {
		{ { "FACS", "DSDT", "FACP", "APIC" }, 4, ERR_NONE },
		{ { "FACS", "DSDT", "FACP", "TPM2" }, 4, ERR_USAGE },
		{ { "FACS", "DSDT", "FACP", "SSDT" }, 4, ERR_USAGE },
		{ { "DSDT", "FACS", "FACP" }, 3, ERR_FORMAT },
		{ { "FACS", "DSDT" }, 2, ERR_FORMAT },
		{ { "FACS", "DSDT", "facp" }, 3, ERR_FORMAT },
	};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct made m = make(lists[i].names, lists[i].n);

		CHECK(refused(buf_span(&m.b)) == lists[i].want);
		buf_done(&m.b);
	}
}

static void refuses_broken(void)
{
	static const char *const names[] = { "FACS", "DSDT", "FACP", "APIC" };
	static const struct {
		size_t table, at;
		uint32_t word;
		enum err_kind want;
	} broken[] = {
		{ 1, 4, 35, ERR_FORMAT },         /* smaller than a header */
		{ 1, 4, 0xffffffff, ERR_FORMAT }, /* larger than the file */
		{ 4, 36, 1, ERR_FORMAT },         /* the RSDT leads elsewhere */
		{ 4, 4, 48, ERR_FORMAT },         /* or names one more */
		{ 4, 44, 1, ERR_FORMAT },         /* something behind it */
	};

	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct made m = make(names, ARRAY_LEN(names));

		put_u32le(m.b.p + m.at[broken[i].table] + broken[i].at, broken[i].word);
		CHECK(refused(buf_span(&m.b)) == broken[i].want);
		buf_done(&m.b);
	}
	for (size_t n = 0; n < 600; n += 7) {
		struct made m = make(names, ARRAY_LEN(names));

		CHECK(refused(span_make(m.b.p, n)) == ERR_FORMAT);
		buf_done(&m.b);
	}
}

static void bounds(void)
{
	const char *names[ACPI_LOADER_TABLES_MAX + 1] = { "FACS", "DSDT", "FACP" };
	struct made m;

	for (size_t i = 3; i <= ACPI_LOADER_TABLES_MAX; i++)
		names[i] = "APIC";
	m = make(names, ACPI_LOADER_TABLES_MAX + 1);
	CHECK(refused(buf_span(&m.b)) == ERR_LIMIT);
	buf_done(&m.b);
	/* As many as may be fit into the file. */
	m = make(names, ACPI_LOADER_TABLES_MAX);
	CHECK(refused(buf_span(&m.b)) == ERR_NONE);
	buf_done(&m.b);
}

int main(void)
{
	derives();
	refuses();
	refuses_broken();
	bounds();
	return test_end();
}
