#include "appraise/explain.h"

#include "appraise/shape_qemu_vtpm.h"
#include "test.h"
#include "uki_made.h"

enum { ARENA = 16 << 20, LOG_MAX = 1 << 20 };

/* A machine: what it measures, as a log, and the values that its TPM would sign. */
struct machine {
	struct arena *a;
	struct buf kernel, uki, gpt, log_bytes;
	struct reference_shape shape;
	struct event_log log;
	struct bundle_bank values;
	struct explain result;
};

struct change {
	const char *command_line, *osrel, *kernel_version;
	uint8_t initrd_byte, gpt_byte;
};

static struct digest pcr0[2];

static void make_shape(struct machine *m, const struct change *c)
{
	static uint8_t initrd[8];
	struct uki_made_parts parts = { .magic = "#### LoaderInfo: systemd-stub 257.9 ####",
		.osrel = c->osrel ? c->osrel : UKI_MADE_OSREL,
		.command_line = c->command_line ? c->command_line : UKI_MADE_COMMAND_LINE };
	struct shape_qemu_vtpm_in in = {
		.firmware = { .version = STR("2025.02-8"), .pcr0 = pcr0, .n_pcr0 = 2 }
	};
	struct err e;

	initrd[0] = c->initrd_byte;
	m->kernel = uki_made_kernel(c->kernel_version ? c->kernel_version : UKI_MADE_VERSION);
	parts.initrd = SPAN_OF(initrd);
	parts.kernel = buf_span(&m->kernel);
	m->uki = uki_made(&parts);
	m->gpt = uki_made_gpt();
	m->gpt.p[60] ^= c->gpt_byte;
	in.uki = buf_span(&m->uki);
	in.gpt = buf_span(&m->gpt);
	CHECK_OK(shape_qemu_vtpm(&m->shape, &in, m->a, &e), e);
}

static void log_start(struct buf *b)
{
	buf_u32le(b, 0);
	buf_u32le(b, EVENT_LOG_NO_ACTION);
	buf_fill(b, 0, 20);
	buf_u32le(b, 37);
	buf_add(b, "Spec ID Event03", 16);
	buf_fill(b, 0, 4);
	buf_add(b, "\0\2\0\2", 4);
	buf_u32le(b, 2);
	buf_u16le(b, 0x000b);
	buf_u16le(b, 32);
	buf_u16le(b, 0x000c);
	buf_u16le(b, 48);
	buf_u8(b, 0);
}

static void log_digests(
	struct buf *b, unsigned pcr, uint32_t type, const struct digest *d, struct span data)
{
	buf_u32le(b, pcr);
	buf_u32le(b, type);
	buf_u32le(b, 2);
	buf_u16le(b, 0x000b);
	buf_add(b, d[0].bytes, 32);
	buf_u16le(b, 0x000c);
	buf_add(b, d[1].bytes, 48);
	buf_u32le(b, (uint32_t)data.n);
	buf_add(b, data.p, data.n);
}

/* An event that measures `hashed` and logs `data`. */
static void log_event(
	struct buf *b, unsigned pcr, uint32_t type, struct span hashed, struct span data)
{
	struct digest d[2] = { digest_of(DIGEST_SHA256, hashed), digest_of(DIGEST_SHA384, hashed) };

	log_digests(b, pcr, type, d, data);
}

static void log_text(struct buf *b, unsigned pcr, uint32_t type, const char *text)
{
	log_event(b, pcr, type, str_span(str_of(text)), str_span(str_of(text)));
}

/* The data that real logs have for a predicted event, as far as a test wants it. */
static void log_predicted(struct machine *m, const struct event *ev)
{
	struct buf data = buf_init(8192);

	if (ev->type == EV_EFI_GPT_EVENT)
		buf_add(&data, m->gpt.p, m->gpt.n);
	else if (ev->type == EV_IPL && ev->text.n && ev->text.p[0] == '.')
		for (size_t i = 0; i <= ev->text.n; i++)
			buf_u16le(&data, i < ev->text.n ? (uint8_t)ev->text.p[i] : 0);
	else if (ev->type == EV_EFI_ACTION)
		buf_add_str(&data, ev->text);
	else
		buf_add_cstr(&data, "what the log says");
	log_digests(&m->log_bytes, ev->reg, ev->type, ev->digests, buf_span(&data));
	buf_done(&data);
}

static void machine_init(struct machine *m, const struct change *c)
{
	*m = (struct machine){ .a = arena_new(ARENA), .log_bytes = buf_init(LOG_MAX) };
	make_shape(m, c);
	log_start(&m->log_bytes);
}

static void machine_done(struct machine *m)
{
	buf_done(&m->kernel);
	buf_done(&m->uki);
	buf_done(&m->gpt);
	buf_done(&m->log_bytes);
	arena_free(m->a);
}

/* The machine's own events, with one hook before event number `at` of a register. */
static void log_all(struct machine *m, unsigned reg, size_t at, void (*hook)(struct buf *b))
{
	size_t seen = 0;

	for (size_t i = 0; i < m->shape.events.n; i++) {
		if (hook && m->shape.events.items[i].reg == reg && seen++ == at)
			hook(&m->log_bytes);
		log_predicted(m, &m->shape.events.items[i]);
	}
	if (hook && seen <= at)
		hook(&m->log_bytes);
}

/* Reads the log and takes its replay for what the TPM signs. */
static void finish(struct machine *m)
{
	struct event_log_registers r;
	struct err e;

	CHECK_OK(event_log_parse(&m->log, buf_span(&m->log_bytes), m->a, &e), e);
	CHECK_OK(event_log_replay(&r, &m->log, DIGEST_SHA256, &e), e);
	m->values.alg = DIGEST_SHA256;
	m->values.pcrs = 0xffff;
	memcpy(m->values.values, r.values, sizeof r.values);
	m->values.values[0] = pcr0[0];
}

static void explain_against(struct machine *m, const struct reference_shape *shape, bool log)
{
	struct explain_in in = { shape, &m->values, log ? &m->log : NULL };
	struct err e;

	CHECK_OK(explain(&m->result, &in, m->a, &e), e);
}

static const struct explain_finding *finding(
	const struct machine *m, unsigned reg, enum explain_kind kind)
{
	for (size_t i = 0; i < m->result.n; i++)
		if (m->result.findings[i].reg == reg && m->result.findings[i].kind == kind)
			return &m->result.findings[i];
	return NULL;
}

static bool says(const struct explain_finding *f, const char *text)
{
	return f && memmem(f->text.p, f->text.n, text, strlen(text));
}

static void print(const struct machine *m)
{
	fprintf(stderr, "summary: %.*s\n", STR_ARG(m->result.summary));
	for (size_t i = 0; i < m->result.n; i++)
		fprintf(stderr, "PCR %u %s %.*s (%.*s): %.*s\n", m->result.findings[i].reg,
			explain_kind_name(m->result.findings[i].kind),
			STR_ARG(m->result.findings[i].event), STR_ARG(m->result.findings[i].origin),
			STR_ARG(m->result.findings[i].text));
}

/* ---- one changed input: its registers and nothing else ---- */

static void changed_inputs(void)
{
	static const struct {
		struct change change;
		uint32_t registers; /* that have findings */
		const char *summary;
	} cases[] = {
		{ { 0 }, 0, "" },
		{ { .command_line = "console=ttyS0 quiet debug" }, 1 << 4 | 1 << 9 | 1 << 11,
			"what differs: the kernel command line" },
		{ { .osrel = "ID=other\n" }, 1 << 4 | 1 << 9 | 1 << 11,
			"what differs: os-release in the kernel image" },
		{ { .kernel_version = "6.12.49" }, 1 << 4 | 1 << 11, "what differs: the kernel" },
		{ { .initrd_byte = 1 }, 1 << 4 | 1 << 9 | 1 << 11, "what differs: the initrd" },
		{ { .gpt_byte = 1 }, 1 << 5, "what differs: the partition table" },
	};
	struct machine want, got;

	machine_init(&want, &(struct change){ 0 });
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		uint32_t registers = 0;

		machine_init(&got, &cases[i].change);
		log_all(&got, 0, 0, NULL);
		finish(&got);
		explain_against(&got, &want.shape, true);
		for (size_t k = 0; k < got.result.n; k++)
			registers |= UINT32_C(1) << got.result.findings[k].reg;
		if (registers != cases[i].registers ||
			!str_is(got.result.summary, cases[i].summary))
			print(&got);
		CHECK(registers == cases[i].registers);
		CHECK(str_is(got.result.summary, cases[i].summary));
		machine_done(&got);
	}
	machine_done(&want);
}

/* ---- events that nobody predicted ---- */

static void tried_first(struct buf *b)
{
	log_text(b, 4, EV_EFI_ACTION, "Returning from EFI Application from Boot Option");
	log_text(b, 4, EV_EFI_ACTION, "Calling EFI Application from Boot Option");
}

static void lying_text(struct buf *b)
{
	log_event(b, 4, EV_EFI_ACTION, str_span(STR("the truth")),
		str_span(STR("Returning from EFI Application from Boot Option")));
}

static void escape_text(struct buf *b)
{
	log_text(b, 4, EV_EFI_ACTION,
		"Returning from \x1b[2J\xc2\x9b"
		"31m");
}

static void option_rom(struct buf *b)
{
	static const uint8_t path[] = { 0x04, 0x04, 0x0c, 0x00, 'r', 0, 'o', 0, 'm', 0, 0, 0, 0x7f,
		0xff, 0x04, 0x00 };
	struct buf data = buf_init(200);

	buf_fill(&data, 0x55, 24);
	buf_u64le(&data, sizeof path);
	buf_add(&data, path, sizeof path);
	log_event(b, 2, EV_EFI_BOOT_SERVICES_DRIVER, str_span(STR("rom bytes")), buf_span(&data));
	buf_done(&data);
}

static void override(struct buf *b)
{
	static const uint8_t text[] = { 'r', 0, 'd', 0, '.', 0, 'x', 0, 0, 0 };

	log_event(b, 12, EV_IPL, span_make(text, 8), SPAN_OF(text));
}

static void secure_boot_key(struct buf *b)
{
	struct buf data = buf_init(200);

	buf_fill(&data, 0x33, 16);
	buf_u64le(&data, 2);
	buf_u64le(&data, 1);
	buf_add(&data, "d\0b\0\1", 5);
	log_event(b, 7, 0x800000e0u, buf_span(&data), buf_span(&data));
	buf_done(&data);
}

static void extra_section(struct buf *b)
{
	static const uint8_t name[] = { '.', 0, 'd', 0, 't', 0, 'b', 0, 0, 0 };

	log_event(b, 11, EV_IPL, SPAN_OF(".dtb"), SPAN_OF(name));
	log_event(b, 11, EV_IPL, str_span(STR("blob")), SPAN_OF(name));
}

static void extension(struct buf *b)
{
	log_text(b, 13, EV_IPL, "sysext");
}

static void added_events(void)
{
	static const struct {
		unsigned reg;
		size_t at;
		void (*hook)(struct buf *b);
		size_t n;
		const char *text, *summary;
	} cases[] = {
		{ 4, 2, tried_first, 2, "'Returning from EFI Application from Boot Option'",
			"what differs: what the firmware tried to boot" },
		{ 4, 2, lying_text, 1, "a program was started",
			"what differs: the started program" },
		{ 4, 2, escape_text, 1, "'Returning from ?[2J??31m'",
			"what differs: what the firmware tried to boot" },
		{ 2, 0, option_rom, 1, "unproven in this, calls it 'rom'",
			"what differs: an option ROM or driver" },
		{ 12, 0, override, 1, ": 'rd.x'", "what differs: input from outside the image" },
		{ 7, 5, secure_boot_key, 1, "db = 01 (1 byte)",
			"what differs: the Secure Boot variables" },
		{ 11, 12, extra_section, 2, "has a section '.dtb'",
			"what differs: sections of the kernel image" },
		{ 13, 0, extension, 1, "system extension", "what differs: system extensions" },
	};
	struct machine m;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct explain_finding *f;

		machine_init(&m, &(struct change){ 0 });
		log_all(&m, cases[i].reg, cases[i].at, cases[i].hook);
		finish(&m);
		explain_against(&m, &m.shape, true);
		f = finding(&m, cases[i].reg, EXPLAIN_ADDED);
		if (m.result.n != cases[i].n || !says(f, cases[i].text) ||
			!str_is(m.result.summary, cases[i].summary))
			print(&m);
		CHECK(m.result.n == cases[i].n);
		CHECK(f && f->want.alg == DIGEST_NONE && f->got.alg == DIGEST_SHA256);
		CHECK(says(f, cases[i].text));
		CHECK(str_is(m.result.summary, cases[i].summary));
		machine_done(&m);
	}
}

/* ---- values that the log does not give ---- */

static void a_log_is_not_believed(void)
{
	struct machine want, got;

	machine_init(&want, &(struct change){ 0 });
	machine_init(&got, &(struct change){ .command_line = "init=/bin/sh" });
	log_all(&got, 0, 0, NULL);
	finish(&got);
	got.values.values[9].bytes[0] ^= 1;
	explain_against(&got, &want.shape, true);
	CHECK(finding(&got, 9, EXPLAIN_UNLOGGED) && !finding(&got, 9, EXPLAIN_CHANGED));
	CHECK(finding(&got, 11, EXPLAIN_CHANGED));
	explain_against(&got, &want.shape, false);
	CHECK(finding(&got, 9, EXPLAIN_VALUE) && finding(&got, 4, EXPLAIN_VALUE));
	CHECK(says(finding(&got, 9, EXPLAIN_VALUE), "no event log"));
	machine_done(&want);
	machine_done(&got);
}

static void boot_phases_are_recognised(void)
{
	uint8_t both[64];
	struct machine m;
	struct digest d;

	machine_init(&m, &(struct change){ 0 });
	log_all(&m, 0, 0, NULL);
	finish(&m);
	d = digest_of(DIGEST_SHA256, str_span(STR("sysinit")));
	memcpy(both, m.values.values[11].bytes, 32);
	memcpy(both + 32, d.bytes, 32);
	m.values.values[11] = digest_of(DIGEST_SHA256, SPAN_OF(both));
	explain_against(&m, &m.shape, true);
	CHECK(m.result.n == 1 && says(finding(&m, 11, EXPLAIN_ADDED), "leave out: sysinit"));
	machine_done(&m);
}

static void version_event(struct buf *b)
{
	static const uint8_t version[] = { '2', 0, '0', 0, '2', 0, '6', 0, 0, 0 };

	log_event(b, 0, EV_S_CRTM_VERSION, SPAN_OF(version), SPAN_OF(version));
}

static void other_firmware_names_itself(void)
{
	struct machine m;
	struct event_log_registers r;
	struct err e;

	machine_init(&m, &(struct change){ 0 });
	log_all(&m, 0, 0, version_event);
	finish(&m);
	CHECK_OK(event_log_replay(&r, &m.log, DIGEST_SHA256, &e), e);
	m.values.values[0] = r.values[0];
	explain_against(&m, &m.shape, true);
	CHECK(m.result.n == 1 && says(finding(&m, 0, EXPLAIN_CHANGED), "calls itself '2026'"));
	CHECK(str_is(m.result.summary, "what differs: the firmware"));
	machine_done(&m);
}

static void a_bank_without_values_is_refused(void)
{
	struct machine m;
	struct explain_in in;
	struct explain r;
	struct err e;

	machine_init(&m, &(struct change){ 0 });
	log_all(&m, 0, 0, NULL);
	finish(&m);
	m.values.alg = DIGEST_SHA1;
	in = (struct explain_in){ &m.shape, &m.values, &m.log };
	CHECK_ERR(explain(&r, &in, m.a, &e), e, ERR_USAGE);
	machine_done(&m);
}

static void a_small_arena_is_a_limit(void)
{
	struct machine m;
	struct explain_in in;
	struct explain r;
	struct err e;
	size_t size = 0;
	bool ok = false;

	machine_init(&m, &(struct change){ 0 });
	log_all(&m, 4, 2, tried_first);
	finish(&m);
	in = (struct explain_in){ &m.shape, &m.values, &m.log };
	for (; !ok && size < 4 << 20; size += 5000) {
		struct arena *a = arena_new(size);

		ok = explain(&r, &in, a, &e);
		CHECK(ok || e.kind == ERR_LIMIT);
		arena_free(a);
	}
	CHECK(ok);
	machine_done(&m);
}

int main(void)
{
	pcr0[0] = digest_of(DIGEST_SHA256, str_span(STR("firmware")));
	pcr0[1] = digest_of(DIGEST_SHA384, str_span(STR("firmware")));
	changed_inputs();
	added_events();
	a_log_is_not_believed();
	boot_phases_are_recognised();
	other_firmware_names_itself();
	a_bank_without_values_is_refused();
	a_small_arena_is_a_limit();
	return test_end();
}
