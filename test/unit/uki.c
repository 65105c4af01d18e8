#include "image/uki.h"

#include "base/mem.h"
#include "codec/pe.h"
#include "image/stream.h"
#include "pe_made.h"
#include "test.h"

enum { SECTION_ALIGN_AT = PE_MADE_OPTIONAL_AT + 32, FILE_ALIGN_AT = PE_MADE_OPTIONAL_AT + 36 };

#define MAGIC "#### LoaderInfo: systemd-stub 257.9-1 ####"

static struct buf stub_of(const char *magic, const char *extra)
{
	static const uint8_t code[700] = { 0x90 };
	struct pe_made_section s[] = { { ".text", SPAN_OF(code) },
		{ ".sdmagic", span_make(magic, strlen(magic) + 1) },
		{ extra ? extra : ".sbat", SPAN_OF("sbat") } };
	struct buf b = pe_made(true, s, ARRAY_LEN(s));

	put_u32le(b.p + SECTION_ALIGN_AT, 4096);
	put_u32le(b.p + FILE_ALIGN_AT, 512);
	return b;
}

static struct content_memory memory[2];

static struct uki_parts parts_of(const struct buf *stub)
{
	struct uki_parts p = { .stub = buf_span(stub),
		.os_release = STR("ID=x\n"),
		.command_line = STR("a=b c"),
		.kernel_version = STR("6.12") };
	static uint8_t kernel[5000] = "MZ";

	content_of_memory(&p.initrd, &memory[0], str_span(STR("initrd")));
	content_of_memory(&p.kernel, &memory[1], SPAN_OF(kernel));
	return p;
}

static bool build(const struct uki_parts *p, struct buf *out, struct err *e)
{
	CLEANUP(uki_freep) struct uki *u = NULL;
	struct stream_buf to;

	stream_buf_init(&to, out, "uki");
	if (!uki_plan(&u, p, e) || !uki_emit(u, &to.sink, e))
		return false;
	CHECK(out->n == uki_size(u));
	return true;
}

static void check_section(const struct pe *pe, const char *name, struct span want)
{
	const struct pe_section *s = pe_section(pe, name);
	struct err e = { 0 };
	struct span got;

	CHECK(s && s->virtual_address % 4096 == 0 && s->at % 512 == 0 && s->data.n % 512 == 0);
	CHECK_OK(s && pe_section_bytes(&got, s, &e), e);
	CHECK(s && span_equal(got, want));
}

static void builds(void)
{
	CLEANUP(buf_done) struct buf stub = stub_of(MAGIC, NULL), out = buf_init(1 << 20);
	struct uki_parts p = parts_of(&stub);
	CLEANUP(mem_free) struct pe *pe = MEM_NEW(struct pe);
	struct err e = { 0 };
	struct str version;

	CHECK_OK(build(&p, &out, &e), e);
	CHECK(out.n % 512 == 0);
	CHECK_OK(pe_parse(pe, buf_span(&out), &e), e);
	CHECK(pe->n_sections == 8 && str_is(pe->sections[7].name, ".linux"));
	check_section(pe, ".osrel", str_span(p.os_release));
	check_section(pe, ".cmdline", str_span(p.command_line));
	check_section(pe, ".uname", str_span(p.kernel_version));
	check_section(pe, ".initrd", memory[0].bytes);
	check_section(pe, ".linux", memory[1].bytes);
	CHECK_OK(uki_stub_version(&version, buf_span(&out), &e), e);
	CHECK(str_is(version, "257.9-1"));

	/* Without what may be left out. */
	out.n = 0;
	p.os_release = p.command_line = p.kernel_version = STR("");
	p.initrd = (struct content){ 0 };
	CHECK_OK(build(&p, &out, &e), e);
	CHECK_OK(pe_parse(pe, buf_span(&out), &e), e);
	CHECK(pe->n_sections == 4 && !pe_section(pe, ".cmdline"));
}

/* Every cut of the stub is refused or, behind its last section, gives the same image. */
static void truncations(void)
{
	CLEANUP(buf_done) struct buf stub = stub_of(MAGIC, NULL), whole = buf_init(1 << 20);
	struct uki_parts p = parts_of(&stub);
	struct err e = { 0 };

	CHECK_OK(build(&p, &whole, &e), e);
	for (size_t n = 0; n < stub.n; n++) {
		CLEANUP(buf_done) struct buf out = buf_init(1 << 20);

		p.stub.n = n;
		CHECK_ERR(build(&p, &out, &e), e, ERR_FORMAT);
	}
}

/* Each header byte set to ff must not crash and must leave a PE file if it is taken. */
static void flips(void)
{
	CLEANUP(buf_done) struct buf stub = stub_of(MAGIC, NULL);
	CLEANUP(mem_free) struct pe *pe = MEM_NEW(struct pe);
	struct uki_parts p = parts_of(&stub);

	for (size_t i = 0; i < PE_MADE_HEADERS; i++) {
		CLEANUP(buf_done) struct buf out = buf_init(64 << 20);
		uint8_t kept = stub.p[i];
		struct err e = { 0 };

		stub.p[i] = 0xff;
		if (build(&p, &out, &e))
			CHECK_OK(pe_parse(pe, buf_span(&out), &e), e);
		else
			CHECK(e.kind == ERR_FORMAT || e.kind == ERR_LIMIT);
		stub.p[i] = kept;
	}
}

/* A stub without sections of its own: ours are loaded behind the headers all the same. */
static void no_sections(void)
{
	CLEANUP(buf_done) struct buf stub = pe_made(true, NULL, 0), out = buf_init(1 << 20);
	CLEANUP(mem_free) struct pe *pe = MEM_NEW(struct pe);
	struct uki_parts p;
	struct err e = { 0 };

	put_u32le(stub.p + SECTION_ALIGN_AT, 4096);
	put_u32le(stub.p + FILE_ALIGN_AT, 512);
	p = parts_of(&stub);
	CHECK_OK(build(&p, &out, &e), e);
	CHECK_OK(pe_parse(pe, buf_span(&out), &e), e);
	CHECK(pe->n_sections == 5 && pe->sections[0].virtual_address == 4096);
}

static void refuses(const struct buf *stub, const char *command_line, enum err_kind want)
{
	CLEANUP(buf_done) struct buf out = buf_init(1 << 20);
	struct uki_parts p = parts_of(stub);
	struct err e = { 0 };

	p.command_line = str_of(command_line);
	CHECK_ERR(build(&p, &out, &e), e, want);
}

static void refusals(void)
{
	static const char *const ours[] = { ".osrel", ".cmdline", ".uname", ".initrd", ".linux",
		"/4" };
	static char long_line[UKI_COMMAND_LINE_MAX + 2];
	CLEANUP(buf_done) struct buf stub = stub_of(MAGIC, NULL), out = buf_init(1 << 20);
	struct uki_parts p = parts_of(&stub);
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(ours); i++) {
		CLEANUP(buf_done) struct buf b = stub_of(MAGIC, ours[i]);

		refuses(&b, "a", ERR_FORMAT);
	}
	refuses(&stub, "a\n", ERR_FORMAT);
	refuses(&stub, "a\x7f", ERR_FORMAT);
	memset(long_line, 'a', sizeof long_line - 1);
	refuses(&stub, long_line, ERR_LIMIT);
	put_u32le(stub.p + FILE_ALIGN_AT, 4096);
	refuses(&stub, "a", ERR_FORMAT);
	put_u32le(stub.p + FILE_ALIGN_AT, 512);
	put_u32le(stub.p + SECTION_ALIGN_AT, 8192);
	refuses(&stub, "a", ERR_FORMAT);
	put_u32le(stub.p + SECTION_ALIGN_AT, 4096);
	put_u16le(stub.p + PE_MADE_PE_AT + 4, 0xaa64);
	refuses(&stub, "a", ERR_FORMAT);
	put_u16le(stub.p + PE_MADE_PE_AT + 4, 0x8664);
	/* A certificate table at the end of the file. */
	put_u32le(stub.p + PE_MADE_OPTIONAL_AT + 112 + 32, (uint32_t)stub.n);
	put_u32le(stub.p + PE_MADE_OPTIONAL_AT + 112 + 36, 8);
	buf_fill(&stub, 0, 8);
	refuses(&stub, "a", ERR_FORMAT);
	stub.n -= 8;
	put_u32le(stub.p + PE_MADE_OPTIONAL_AT + 112 + 36, 0);
	refuses(&stub, "a", ERR_FORMAT);
	memset(stub.p + PE_MADE_OPTIONAL_AT + 112 + 32, 0, 8);
	p.kernel = p.initrd;
	CHECK_ERR(build(&p, &out, &e), e, ERR_FORMAT);
	p.kernel = (struct content){ 0 };
	CHECK_ERR(build(&p, &out, &e), e, ERR_FORMAT);
}

/* 1024 bytes of headers have room for 17 sections behind 328 of other headers. */
static void no_room(void)
{
	struct pe_made_section s[14];
	CLEANUP(buf_done) struct buf stub = { 0 };
	char names[ARRAY_LEN(s)][8];

	for (size_t i = 0; i < ARRAY_LEN(s); i++) {
		snprintf(names[i], sizeof names[i], ".s%zu", i);
		s[i] = (struct pe_made_section){ names[i], SPAN_OF("x") };
	}
	stub = pe_made(true, s, ARRAY_LEN(s));
	put_u32le(stub.p + SECTION_ALIGN_AT, 4096);
	put_u32le(stub.p + FILE_ALIGN_AT, 512);
	refuses(&stub, "a", ERR_FORMAT);
}

static void versions(void)
{
	static const struct {
		const char *magic;
		enum err_kind want;
	} cases[] = {
		{ MAGIC, ERR_NONE },
		{ "#### LoaderInfo: systemd-stub  ####", ERR_FORMAT },
		{ "#### LoaderInfo: systemd-stub ####", ERR_FORMAT },
		{ "#### LoaderInfo: systemd-boot 257 ####", ERR_FORMAT },
		{ "#### LoaderInfo: systemd-stub 257", ERR_FORMAT },
		{ "", ERR_FORMAT },
	};
	CLEANUP(buf_done) struct buf plain = { 0 };
	struct err e = { 0 };
	struct str v;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf stub = stub_of(cases[i].magic, NULL);

		e = (struct err){ 0 };
		CHECK(uki_stub_version(&v, buf_span(&stub), &e) == !cases[i].want);
		CHECK(e.kind == cases[i].want);
	}
	plain = pe_made(true, &(struct pe_made_section){ ".text", SPAN_OF("x") }, 1);
	CHECK_ERR(uki_stub_version(&v, buf_span(&plain), &e), e, ERR_NOTFOUND);
}

int main(void)
{
	builds();
	truncations();
	flips();
	refusals();
	no_room();
	no_sections();
	versions();
	return test_end();
}
