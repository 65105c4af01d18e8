/* Explaining run-time registers of a trust domain: events made by hand, a log of the form of a CCEL. */
#include "appraise/explain.h"

#include "evidence/event_type.h"
#include "measure/tpm_firmware.h"
#include "measure/tpm_kernel.h"
#include "measure/tpm_stub.h"
#include "golden_text.h"

enum { ARENA = 16 << 20, LOG_MAX = 1 << 16, RTMRS = 4 };

static struct arena *a;
static struct buf told; /* all that is said, for test/golden/explain_rtmr.txt */

static void tell(const struct explain *x)
{
	buf_printf(&told, "%zu %s findings: %.*s\n", x->n, x->registers, STR_ARG(x->summary));
	for (size_t i = 0; i < x->n; i++)
		buf_printf(&told, "  %u %s %.*s (%.*s): %.*s\n", x->findings[i].reg,
			explain_kind_name(x->findings[i].kind), STR_ARG(x->findings[i].event),
			STR_ARG(x->findings[i].origin), STR_ARG(x->findings[i].text));
}

/* What is measured: RTMR, type, the name of the event, the text that is hashed; logged is what the log says of it. */
struct measured {
	unsigned reg;
	uint32_t type;
	const char *what, *hashed, *logged;
};

static const struct measured honest[] = {
	{ 0, EV_EFI_VARIABLE_DRIVER_CONFIG, "SecureBoot", "off", "off" },
	{ 0, EV_SEPARATOR, "separator", "sep", "sep" },
	{ 0, EV_PLATFORM_CONFIG_FLAGS, "ACPI tables", "tables", "ACPI DATA" },
	{ 1, EV_EFI_BOOT_SERVICES_APPLICATION, "kernel", "code", "" },
	{ 1, EV_EFI_ACTION, "action", "Exit Boot Services Invocation",
		"Exit Boot Services Invocation" },
	{ 2, EV_EVENT_TAG, TPM_KERNEL_COMMAND_LINE, "quiet", "LOADED_IMAGE::LoadOptions" },
	{ 2, EV_EVENT_TAG, TPM_KERNEL_INITRD, "initrd", "Linux initrd" },
};

#define NONE      \
	{         \
		0 \
	}

static const struct measured none = NONE;

static void log_start(struct buf *b)
{
	buf_u32le(b, 1);
	buf_u32le(b, EVENT_LOG_NO_ACTION);
	buf_fill(b, 0, 20);
	buf_u32le(b, 33);
	buf_add(b, "Spec ID Event03", 16);
	buf_fill(b, 0, 8);
	buf_u32le(b, 1);
	buf_u16le(b, 0x000c);
	buf_u16le(b, 48);
	buf_u8(b, 0);
}

static void log_event(struct buf *b, const struct measured *m)
{
	struct digest d = digest_of(DIGEST_SHA384, str_span(str_of(m->hashed)));

	buf_u32le(b, m->reg + 1);
	buf_u32le(b, m->type);
	buf_u32le(b, 1);
	buf_u16le(b, 0x000c);
	buf_add(b, d.bytes, 48);
	buf_u32le(b, (uint32_t)strlen(m->logged));
	buf_add_cstr(b, m->logged);
}

static void make_shape(struct reference_shape *s)
{
	static struct reference_register registers[RTMRS];
	static const enum digest_alg bank = DIGEST_SHA384;
	struct err e = { 0 };

	*s = (struct reference_shape){ .name = STR("td"),
		.platform = STR("tdx"),
		.banks = { bank },
		.n_banks = 1,
		.registers = registers,
		.n_registers = RTMRS };
	event_list_init(&s->events, a, &bank, 1);
	for (size_t i = 0; i < ARRAY_LEN(honest); i++)
		CHECK_OK(event_list_add(&s->events, PLATFORM_RTMR + honest[i].reg, honest[i].type,
				 str_span(str_of(honest[i].hashed)), honest[i].what, "a rule",
				 STR("an input"), STR(""), &e),
			e);
	for (unsigned i = 0; i < RTMRS; i++) {
		registers[i] = (struct reference_register){ .reg = PLATFORM_RTMR + i,
			.how = REFERENCE_COMPUTED };
		event_fold(&s->events, PLATFORM_RTMR + i, 0, &registers[i].values[0]);
	}
}

/* The honest log with event `at` in another form (reg 99: left out), and one more at the end; what is said of it. */
static void explain_log(
	struct explain *ret, size_t at, const struct measured *other, const struct measured *more)
{
	struct buf b CLEANUP(buf_done) = buf_init(LOG_MAX);
	struct bundle_bank values = { .alg = DIGEST_SHA384, .pcrs = 15 };
	struct event_log_registers r;
	struct reference_shape shape;
	struct event_log log;
	struct explain_in in = { &shape, &values, &log };
	struct err e = { 0 };

	make_shape(&shape);
	log_start(&b);
	for (size_t i = 0; i < ARRAY_LEN(honest); i++)
		if (i != at || other->reg != 99)
			log_event(&b, i == at ? other : &honest[i]);
	if (more->hashed)
		log_event(&b, more);
	CHECK_OK(event_log_parse(&log, buf_span(&b), a, &e), e);
	CHECK_OK(event_log_replay(&r, &log, DIGEST_SHA384, &e), e);
	memcpy(values.values, r.values, sizeof r.values);
	CHECK_OK(explain(ret, &in, a, &e), e);
	tell(ret);
	CHECK(!strcmp(ret->registers, "RTMR"));
}

static void differences(void)
{
	static const struct {
		size_t at;
		struct measured other, more;
		unsigned reg;
		enum explain_kind kind;
		const char *text, *summary;
	} cases[] = {
		{ 0, { 0, EV_EFI_VARIABLE_DRIVER_CONFIG, 0, "on", "on" }, NONE, 0, EXPLAIN_CHANGED,
			"another 'SecureBoot'", "what differs: the Secure Boot variables" },
		{ 2, { 0, EV_PLATFORM_CONFIG_FLAGS, 0, "more", "ACPI DATA" }, NONE, 0,
			EXPLAIN_CHANGED, "another 'ACPI tables' was measured than predicted",
			"what differs: the firmware" },
		{ 3, { 1, EV_EFI_BOOT_SERVICES_APPLICATION, 0, "evil", "" }, NONE, 1,
			EXPLAIN_CHANGED, "another kernel image or program",
			"what differs: the started program" },
		{ 5, { 2, EV_EVENT_TAG, 0, "debug", "LOADED_IMAGE::LoadOptions" }, NONE, 2,
			EXPLAIN_CHANGED, "the kernel got another command line",
			"what differs: the command line as the kernel got it" },
		{ 6, { 99, 0, 0, "", "" }, NONE, 2, EXPLAIN_MISSING, "not measured",
			"what differs: the initrd as the kernel got it" },
		{ 9, NONE, { 1, EV_EFI_BOOT_SERVICES_DRIVER, 0, "rom", "" }, 1, EXPLAIN_ADDED,
			"option ROM", "what differs: an option ROM or driver" },
		{ 9, NONE, { 1, EV_EFI_ACTION, 0, "Calling EFI", "Calling EFI" }, 1, EXPLAIN_ADDED,
			"'Calling EFI'", "what differs: what the firmware tried to boot" },
		{ 9, NONE, { 2, EV_IPL, 0, "x", "grub_cmd: x" }, 2, EXPLAIN_ADDED,
			"a boot loader, the stub or the kernel",
			"what differs: what a boot loader, the stub or the kernel measured" },
		{ 9, NONE, { 3, EV_EVENT_TAG, 0, "app", "app" }, 3, EXPLAIN_ADDED,
			"the running system", "what differs: what the running system measured" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct explain_finding *f;
		struct explain ex;

		explain_log(&ex, cases[i].at, &cases[i].other, &cases[i].more);
		CHECK(ex.n == 1);
		f = &ex.findings[0];
		if (!memmem(f->text.p, f->text.n, cases[i].text, strlen(cases[i].text)) ||
			!str_is(ex.summary, cases[i].summary))
			fprintf(stderr, "case %zu: %.*s; %.*s\n", i, STR_ARG(f->text),
				STR_ARG(ex.summary));
		CHECK(f->reg == cases[i].reg && f->kind == cases[i].kind);
		CHECK(memmem(f->text.p, f->text.n, cases[i].text, strlen(cases[i].text)) != NULL);
		CHECK(str_is(ex.summary, cases[i].summary));
	}
}

static void honest_log(void)
{
	struct explain ex;

	explain_log(&ex, 9, &none, &none);
	CHECK(ex.n == 0 && !ex.summary.n);
}

/* A TPM's log beside a shape for TDX is as good as none. */
static void foreign_log(void)
{
	struct bundle_bank values = { .alg = DIGEST_SHA384, .pcrs = 1 };
	struct event_log log = {
		.form = EVENT_LOG_AGILE, .banks = { DIGEST_SHA384 }, .n_banks = 1
	};
	struct reference_shape shape;
	struct explain_in in = { &shape, &values, &log };
	struct explain ex;
	struct err e = { 0 };

	make_shape(&shape);
	CHECK_OK(explain(&ex, &in, a, &e), e);
	tell(&ex);
	CHECK(ex.n == 1 && ex.findings[0].kind == EXPLAIN_VALUE);
}

int main(void)
{
	a = arena_new(ARENA);
	told = buf_init(1 << 16);
	honest_log();
	differences();
	foreign_log();
	arena_free(a);
	golden_text(&told, "explain_rtmr");
	return test_end();
}
