#include "explain_made.h"

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
		explain_against(&got, "changed input", &want.shape, true);
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
		explain_against(&m, "added event", &m.shape, true);
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
	explain_against(&got, "another value than the log's", &want.shape, true);
	CHECK(finding(&got, 9, EXPLAIN_UNLOGGED) && !finding(&got, 9, EXPLAIN_CHANGED));
	CHECK(finding(&got, 11, EXPLAIN_CHANGED));
	explain_against(&got, "no log", &want.shape, false);
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
	explain_against(&m, "boot phases", &m.shape, true);
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
	explain_against(&m, "other firmware", &m.shape, true);
	CHECK(m.result.n == 1 && says(finding(&m, 0, EXPLAIN_CHANGED), "calls itself '2026'"));
	CHECK(str_is(m.result.summary, "what differs: the firmware"));
	machine_done(&m);
}

/* Where a TPM starts PCR 0 at another value than zeroes. */
static void locality(struct buf *b)
{
	log_event(
		b, 0, EVENT_LOG_NO_ACTION, span_make("", 0), span_make("StartupLocality\0\3", 17));
}

static void version_and_more(struct buf *b)
{
	locality(b);
	version_event(b);
	log_text(b, 0, EV_IPL, "all is well");
}

static void version_and_unsaid(struct buf *b)
{
	locality(b);
	version_event(b);
	log_event(b, 0, EV_IPL, str_span(STR("all is well")), str_span(STR("lie")));
	log_text(b, 0, EV_IPL, "not the first");
}

static void locality_and_version(struct buf *b)
{
	locality(b);
	version_event(b);
}

static struct digest replayed(const struct machine *m)
{
	struct event_log_registers r;
	struct err e;

	CHECK_OK(event_log_replay(&r, &m->log, DIGEST_SHA256, &e), e);
	return r.values[0];
}

/* Whoever runs later can extend a register of the firmware: the firmware is the one that was observed. */
static void more_is_measured_behind_the_firmware(void)
{
	static const struct {
		void (*hook)(struct buf *b);
		const char *says;
	} cases[] = {
		{ version_and_more,
			"the firmware measured what was observed, and 1 more event was measured into its register behind that, by the firmware or by what ran later; the log says, of what was measured first: 'all is well'" },
		{ version_and_unsaid, "2 more events were measured into its register behind that" },
	};
	struct machine observed, m;

	machine_init(&observed, &(struct change){ 0 });
	log_all(&observed, 0, 0, locality_and_version);
	finish(&observed);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		machine_init(&m, &(struct change){ 0 });
		for (size_t k = 0; k < m.shape.n_registers; k++)
			if (m.shape.registers[k].reg == 0)
				((struct reference_register *)(uintptr_t)&m.shape.registers[k])
					->values[0] = replayed(&observed);
		log_all(&m, 0, 0, cases[i].hook);
		finish(&m);
		m.values.values[0] = replayed(&m);
		explain_against(&m, "more behind the firmware", &m.shape, true);
		CHECK(m.result.n == 1 && says(finding(&m, 0, EXPLAIN_ADDED), cases[i].says));
		CHECK(!says(finding(&m, 0, EXPLAIN_ADDED), "lie") &&
			!says(finding(&m, 0, EXPLAIN_ADDED), "not the first"));
		CHECK(str_is(m.result.summary,
			"what differs: what more was measured into registers of the firmware"));
		machine_done(&m);
	}
	machine_done(&observed);
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
	told = buf_init(1 << 20);
	made_pcr0();
	changed_inputs();
	added_events();
	a_log_is_not_believed();
	boot_phases_are_recognised();
	other_firmware_names_itself();
	more_is_measured_behind_the_firmware();
	a_bank_without_values_is_refused();
	a_small_arena_is_a_limit();
	golden_text(&told, "explain");
	return test_end();
}
