/* The sentence for every sort of difference, and the summary for every part: test/golden/explain_meaning.txt. */
#include "appraise/explain_meaning.h"

#include "golden_text.h"
#include "measure/tpm_firmware.h"
#include "measure/tpm_kernel.h"
#include "measure/tpm_pcr.h"
#include "measure/tpm_stub.h"
#include "uki_made.h"

static struct arena *a;
static struct buf told;

/* A predicted event (what NULL: none) and a logged one (logged NULL: none), of PCRs or of run-time registers. */
struct difference {
	unsigned reg;
	uint32_t want_type;
	const char *what, *text;
	uint32_t got_type;
	const char *logged, *hashed; /* hashed NULL: as logged */
	size_t n_logged, n_hashed;
};

#define LOG(s) s, NULL, sizeof(s) - 1, 0
#define LIE(s) s, "", sizeof(s) - 1, 0
#define HASHED(s, h) s, h, sizeof(s) - 1, sizeof(h) - 1
#define NO_LOG NULL, NULL, 0, 0
#define ADDED(reg, type, ...)                         \
	{                                             \
		reg, 0, NULL, NULL, type, __VA_ARGS__ \
	}
#define MISSING(reg, type, what)               \
	{                                      \
		reg, type, what, "", 0, NO_LOG \
	}
#define CHANGED(reg, type, what, text, ...)              \
	{                                                \
		reg, type, what, text, type, __VA_ARGS__ \
	}

#define PATH "012345678901234567890123\12\0\0\0\0\0\0\0\4\4\12\0a\0b\0c\0"
#define VARIABLE "GUIDGUIDGUIDGUID\2\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0d\0b\0\1"
/* Of the EFI global variables, with any value, and of another owner. */
#define EFI_GLOBAL "\x61\xdf\xe4\x8b\xca\x93\xd2\x11\xaa\x0d\x00\xe0\x98\x03\x2b\x8c"
#define SECURE_BOOT(owner, value) \
	owner "\12\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0S\0e\0c\0u\0r\0e\0B\0o\0o\0t\0" value
#define DTB ".\0d\0t\0b\0\0\0"
#define STRING "r\0d\0\0\0"

static const struct difference of_pcrs[] = {
	ADDED(2, EV_EFI_BOOT_SERVICES_DRIVER, LOG(PATH)),
	ADDED(2, EV_EFI_BOOT_SERVICES_DRIVER, LOG("no path")),
	ADDED(3, EV_EFI_VARIABLE_DRIVER_CONFIG, LOG("")),
	ADDED(4, EV_EFI_ACTION, LOG("Returning from EFI")),
	ADDED(4, EV_EFI_ACTION, LOG("Calling EFI")),
	ADDED(4, EV_IPL, LOG("all is well")),
	ADDED(4, EV_EFI_BOOT_SERVICES_APPLICATION, LIE(PATH)),
	ADDED(5, EV_EFI_ACTION, LOG("Exit Boot Services")),
	ADDED(5, EV_EFI_ACTION, LIE("Exit Boot Services")),
	ADDED(7, EV_EFI_VARIABLE_AUTHORITY, LOG(VARIABLE)),
	ADDED(7, EV_EFI_VARIABLE_AUTHORITY, LIE(VARIABLE)),
	ADDED(7, EV_EFI_VARIABLE_DRIVER_CONFIG, LOG(SECURE_BOOT(EFI_GLOBAL, "\1"))),
	ADDED(7, EV_EFI_VARIABLE_DRIVER_CONFIG, LOG(SECURE_BOOT(EFI_GLOBAL, "\0"))),
	ADDED(7, EV_EFI_VARIABLE_DRIVER_CONFIG, LOG(SECURE_BOOT("GUIDGUIDGUIDGUID", "\1"))),
	ADDED(7, EV_EFI_VARIABLE_DRIVER_CONFIG, LIE(SECURE_BOOT(EFI_GLOBAL, "\1"))),
	ADDED(11, EV_IPL, HASHED(DTB, ".dtb\0")),
	ADDED(11, EV_IPL, LIE(DTB)),
	ADDED(12, EV_IPL, LOG(STRING)),
	ADDED(12, EV_IPL, LIE(STRING)),
	ADDED(13, EV_IPL, LOG("")),
	ADDED(14, EV_IPL, LOG("")),
	ADDED(0, EV_IPL, LOG("")),
	ADDED(1, EV_EFI_VARIABLE_AUTHORITY, LOG(VARIABLE)),
	ADDED(6, EV_IPL, LOG("")),
	ADDED(8, EV_IPL, LOG("")),
	ADDED(100, EV_IPL, LOG("")),
	MISSING(0, EV_SEPARATOR, "separator"),
	MISSING(2, EV_SEPARATOR, "separator"),
	MISSING(3, EV_SEPARATOR, "separator"),
	MISSING(4, EV_EFI_ACTION, "action"),
	MISSING(4, EV_EFI_BOOT_SERVICES_APPLICATION, "program"),
	MISSING(5, EV_EFI_GPT_EVENT, TPM_FIRMWARE_PARTITIONS),
	MISSING(7, EV_EFI_VARIABLE_DRIVER_CONFIG, "SecureBoot"),
	MISSING(8, EV_IPL, "other"),
	MISSING(11, EV_IPL, TPM_STUB_NAME),
	MISSING(11, EV_IPL, TPM_STUB_CONTENT ".linux"),
	MISSING(11, EV_IPL, TPM_STUB_CONTENT ".cmdline"),
	MISSING(11, EV_IPL, TPM_STUB_CONTENT ".initrd"),
	MISSING(11, EV_IPL, TPM_STUB_CONTENT ".osrel"),
	MISSING(11, EV_IPL, TPM_STUB_CONTENT ".uname"),
	MISSING(11, EV_IPL, "what else is .linux"),
	MISSING(9, EV_EVENT_TAG, TPM_KERNEL_COMMAND_LINE),
	MISSING(9, EV_EVENT_TAG, TPM_KERNEL_INITRD),
	MISSING(4, EV_EFI_BOOT_SERVICES_APPLICATION, TPM_PCR_INNER_KERNEL),
	CHANGED(4, EV_EFI_BOOT_SERVICES_APPLICATION, "unified kernel image", "", LOG(PATH)),
	CHANGED(4, EV_EFI_BOOT_SERVICES_APPLICATION, TPM_PCR_INNER_KERNEL, "", LOG(PATH)),
	CHANGED(9, EV_EVENT_TAG, TPM_KERNEL_COMMAND_LINE, "quiet", LOG("x")),
	CHANGED(9, EV_EVENT_TAG, TPM_KERNEL_COMMAND_LINE, "", LOG("x")),
	CHANGED(9, EV_EVENT_TAG, TPM_KERNEL_INITRD, "", LOG("x")),
	CHANGED(11, EV_IPL, TPM_STUB_CONTENT ".cmdline", "quiet", LOG("x")),
	CHANGED(11, EV_IPL, TPM_STUB_CONTENT ".linux", "", LOG("x")),
	CHANGED(11, EV_IPL, TPM_STUB_NAME, ".osrel", HASHED(DTB, ".dtb\0")),
	CHANGED(11, EV_IPL, TPM_STUB_NAME, ".osrel", LIE(DTB)),
	CHANGED(5, EV_EFI_GPT_EVENT, TPM_FIRMWARE_PARTITIONS, "", LOG("x")),
	CHANGED(7, EV_EFI_VARIABLE_DRIVER_CONFIG, "SecureBoot", "off", LOG(VARIABLE)),
	CHANGED(7, EV_EFI_VARIABLE_DRIVER_CONFIG, "SecureBoot", "", LOG("text")),
	CHANGED(5, EV_EFI_ACTION, "action", "Exit", LOG("Stay")),
	CHANGED(5, EV_EFI_ACTION, "action", "", LIE("Stay")),
};

/* Where a TPM would have them is told by their type, elsewhere by their register. */
static const struct difference of_rtmrs[] = {
	ADDED(0, EV_EFI_VARIABLE_DRIVER_CONFIG, LOG(VARIABLE)),
	ADDED(0, EV_EFI_VARIABLE_AUTHORITY, LOG(VARIABLE)),
	ADDED(0, EV_EFI_BOOT_SERVICES_DRIVER, LOG("")),
	ADDED(0, EV_SEPARATOR, LOG("")),
	ADDED(1, EV_EFI_BOOT_SERVICES_APPLICATION, LOG("")),
	ADDED(1, EV_EFI_GPT_EVENT, LOG("")),
	ADDED(0, EV_EFI_GPT_EVENT, LOG("")),
	ADDED(1, EV_SEPARATOR, LOG("")),
	ADDED(2, EV_IPL, LOG(STRING)),
	ADDED(2, EV_IPL, HASHED(DTB, ".dtb\0")),
	ADDED(2, EV_IPL, LOG("x")),
	ADDED(3, EV_EVENT_TAG, LOG("")),
	ADDED(4, EV_EVENT_TAG, LOG("")),
	MISSING(0, EV_SEPARATOR, "separator"),
	MISSING(1, EV_SEPARATOR, "separator"),
	MISSING(2, EV_IPL, "other"),
	MISSING(3, EV_IPL, "other"),
};

static void tell(
	const struct event_log *log, const struct event *want, const struct event_log_event *got)
{
	const struct explain_difference d = { want, log, got };
	struct explain_finding f = { 0 };
	unsigned parts = 0;
	struct err e = { 0 };

	CHECK_OK(explain_meaning(&f, &parts, &d, a, &e), e);
	buf_printf(&told, "%u %s, part %x: %.*s (%.*s): %.*s\n", f.reg, explain_kind_name(f.kind),
		parts, STR_ARG(f.event), STR_ARG(f.origin), STR_ARG(f.text));
}

static void tell_all(enum event_log_form form, const struct difference *list, size_t n)
{
	const struct event_log log = { .form = form, .banks = { DIGEST_SHA256 }, .n_banks = 1 };

	buf_printf(&told, "- %ss\n", event_log_register_name(form));
	for (size_t i = 0; i < n; i++) {
		const struct difference *d = &list[i];
		const struct event want = { .reg = d->reg,
			.type = d->want_type,
			.what = str_of(d->what ? d->what : ""),
			.text = str_of(d->text ? d->text : ""),
			.origin = STR("uki.efi") };
		struct digest hash = digest_of(
			DIGEST_SHA256, d->hashed ? span_make(d->hashed, d->n_hashed)
						 : span_make(d->logged, d->n_logged));
		const struct event_log_event got = { .reg = d->reg,
			.type = d->got_type,
			.data = span_make(d->logged, d->n_logged),
			.digests = { { hash.bytes, SHA256_SIZE } } };

		tell(&log, d->what ? &want : NULL, d->logged ? &got : NULL);
	}
}

/* A partition table, and a text at and above what is shown of it. */
static void long_ones(void)
{
	static const struct event_log log = {
		.form = EVENT_LOG_AGILE, .banks = { DIGEST_SHA256 }, .n_banks = 1
	};
	const struct event table = {
		.reg = 5, .type = EV_EFI_GPT_EVENT, .what = STR(TPM_FIRMWARE_PARTITIONS)
	};
	CLEANUP(buf_done) struct buf gpt = uki_made_gpt();
	struct event_log_event got = { .reg = 5, .type = EV_EFI_GPT_EVENT, .data = buf_span(&gpt) };
	struct digest hash = digest_of(DIGEST_SHA256, got.data);
	char text[301];

	buf_add_cstr(&told, "- tables and long texts\n");
	got.digests[0] = span_make(hash.bytes, SHA256_SIZE);
	tell(&log, NULL, &got);
	tell(&log, &table, &got);
	memset(text, 'x', sizeof text);
	for (size_t n = 300; n <= 301; n++) {
		got.data = span_make(text, n);
		hash = digest_of(DIGEST_SHA256, got.data);
		tell(&log, NULL, &got);
	}
}

static void tell_summary(unsigned parts)
{
	struct str s = explain_summary(parts, a);

	CHECK(s.p);
	buf_printf(&told, "%x %.*s\n", parts, STR_ARG(s));
}

/* Of each part, of all, and of each with those from which it only follows. */
static void summaries(void)
{
	static const unsigned inside[] = { EXPLAIN_KERNEL, EXPLAIN_COMMAND_LINE, EXPLAIN_INITRD,
		EXPLAIN_OS_RELEASE, EXPLAIN_SECTION, EXPLAIN_HOST_INPUT };

	buf_add_cstr(&told, "- summaries\n");
	tell_summary(0);
	for (unsigned i = 0; i < 21; i++)
		tell_summary(1U << i);
	tell_summary((1U << 21) - 1);
	for (size_t i = 0; i < ARRAY_LEN(inside); i++)
		tell_summary(inside[i] | EXPLAIN_PROGRAM | EXPLAIN_INITRD_HANDED |
			     EXPLAIN_COMMAND_LINE_HANDED | EXPLAIN_FIRMWARE);
}

/* Wherever the memory ends, it is LIMIT. */
static void full_arenas(void)
{
	static const struct event_log log = {
		.form = EVENT_LOG_AGILE, .banks = { DIGEST_SHA256 }, .n_banks = 1
	};
	const struct event want = {
		.reg = 9, .type = EV_EVENT_TAG, .what = STR("x"), .text = STR("quiet")
	};
	CLEANUP(arena_freep) struct arena *none = arena_new(0);
	const struct explain_difference d = { .want = &want, .log = &log };
	struct explain_finding f = { .reg = 77 };
	unsigned parts = 0;
	struct err e = { 0 };

	CHECK_ERR(explain_meaning(&f, &parts, &d, none, &e), e, ERR_LIMIT);
	CHECK(!parts && f.reg == 77 && !explain_summary(1, none).p);
}

int main(void)
{
	a = arena_new(1 << 20);
	told = buf_init(1 << 20);
	tell_all(EVENT_LOG_AGILE, of_pcrs, ARRAY_LEN(of_pcrs));
	tell_all(EVENT_LOG_CC, of_rtmrs, ARRAY_LEN(of_rtmrs));
	long_ones();
	summaries();
	full_arenas();
	golden_text(&told, "explain_meaning");
	arena_free(a);
	return test_end();
}
