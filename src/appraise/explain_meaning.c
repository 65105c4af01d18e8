#include "appraise/explain_meaning.h"

#include "appraise/explain_words.h"
#include "base/buf.h"
#include "evidence/event_type.h"
#include "measure/tpm_kernel.h"
#include "measure/tpm_pcr.h"
#include "base/banned.h"

enum { SUMMARY_MAX = 2048, SHOWN_MAX = 300 };

struct meaning {
	const char *event; /* NULL: the predicted event's own name */
	unsigned part;
	struct str text;
};

/* A quoted piece of text behind `before`, or nothing where there is no text. */
static struct str quoted(struct arena *a, const char *before, struct str s)
{
	if (!s.n)
		return STR("");
	if (s.n > SHOWN_MAX)
		return arena_printf(a, "%s'%.*s...'", before, SHOWN_MAX, s.p);
	return arena_printf(a, "%s'%.*s'", before, STR_ARG(s));
}

static struct str path_of(const struct event_log_event *got, struct arena *a)
{
	return quoted(a, "; the log, unproven in this, calls it ", explain_words_path(got, a));
}

/* ---- run-time registers ---- */

/* PCRs for what no PCR's rules say anything about. */
enum { LOADED = 100, APPLICATION };

/*
 * The PCR where a TPM would have this event of an RTMR: 1 and 7 went to RTMR 0, 2 to 6 to 1, 8 to 15 to 2 (UEFI 2.10
 * section 38.4.1). The type is not measured; a wrong one leads to wrong words, to no other finding.
 */
static unsigned pcr_of_rtmr(unsigned rtmr, uint32_t type)
{
	static const unsigned others[] = { 0, 5, LOADED, APPLICATION };

	switch (type) {
	case EV_EFI_VARIABLE_DRIVER_CONFIG:
	case EV_EFI_VARIABLE_AUTHORITY:
		return 7;
	case EV_EFI_BOOT_SERVICES_DRIVER:
		return 2;
	case EV_EFI_BOOT_SERVICES_APPLICATION:
		return 4;
	case EV_EFI_GPT_EVENT:
		return 5;
	default:
		return others[rtmr < ARRAY_LEN(others) ? rtmr : 0];
	}
}

static unsigned pcr_of(const struct explain_difference *d, unsigned reg, uint32_t type)
{
	return d->log->form == EVENT_LOG_CC ? pcr_of_rtmr(reg, type) : reg;
}

/* ---- events that nobody predicted ---- */

/* Before a text: its digest proves that it was measured and not by whom. What runs later can extend these registers, too. */
#define SAYS "the log says, of what was measured: "

/* Where the text is one that firmware measures when it tries a boot option; else event NULL. */
static struct meaning boot_attempt(struct str text, struct arena *a)
{
	bool back = str_starts(text, "Returning from ");

	if (!back && !str_starts(text, "Calling "))
		return (struct meaning){ 0 };
	return (struct meaning){ "boot attempt", EXPLAIN_BOOT_ATTEMPT,
		arena_printf(a, SAYS "'%.*s', as where %s", STR_ARG(text),
			back ? "a boot option was tried before this one and came back"
			     : "a further boot option was tried") };
}

static struct meaning added_to_pcr4(const struct explain_difference *d, struct arena *a)
{
	struct str text = explain_words_text(d->log, d->got, a), path;
	struct meaning attempt = boot_attempt(text, a);

	if (attempt.event)
		return attempt;
	if (text.n)
		return (struct meaning){ "event", EXPLAIN_FURTHER,
			arena_printf(a,
				"something was measured that was not predicted; " SAYS "'%.*s'",
				STR_ARG(text)) };
	path = path_of(d->got, a);
	return (struct meaning){ "program", EXPLAIN_PROGRAM,
		arena_printf(a, "a program was started that is not part of the image%.*s",
			STR_ARG(path)) };
}

static struct meaning added_to_pcr5(const struct explain_difference *d, struct arena *a)
{
	struct str table = explain_words_partitions(d->log, d->got, a);
	struct str text = explain_words_text(d->log, d->got, a);
	struct meaning attempt = boot_attempt(text, a);

	if (table.n)
		return (struct meaning){ TPM_FIRMWARE_PARTITIONS, EXPLAIN_PARTITIONS,
			arena_printf(a, "a further disk was looked at: %.*s", STR_ARG(table)) };
	if (attempt.event)
		return attempt;
	text = quoted(a, "; " SAYS, text);
	return (struct meaning){ "boot", EXPLAIN_FURTHER,
		arena_printf(a, "something more was measured on the way to the kernel%.*s",
			STR_ARG(text)) };
}

static struct meaning added_to_pcr7(const struct explain_difference *d, struct arena *a)
{
	struct str variable = explain_words_variable(d->log, d->got, a);

	if (!variable.n)
		return (struct meaning){ "Secure Boot", EXPLAIN_VARIABLES,
			STR("something more of the firmware's Secure Boot state was measured") };
	return (struct meaning){ "Secure Boot", EXPLAIN_VARIABLES,
		arena_printf(a, "a further variable was measured%s: %.*s",
			explain_words_secure_boot_on(d->log, d->got)
				? ", as where Secure Boot is in use"
				: "",
			STR_ARG(variable)) };
}

static struct meaning added_to_pcr11(const struct explain_difference *d, struct arena *a)
{
	struct str name = explain_words_section(d->log, d->got, a);

	if (!name.n)
		return (struct meaning){ "section", EXPLAIN_SECTION,
			STR("the started kernel image has content that was not predicted") };
	return (struct meaning){ "section", EXPLAIN_SECTION,
		arena_printf(a,
			"the started kernel image has a section '%.*s' that was not predicted",
			STR_ARG(name)) };
}

static struct meaning added_to_pcr12(const struct explain_difference *d, struct arena *a)
{
	struct str text = quoted(a, ": ", explain_words_string(d->log, d->got, a));

	return (struct meaning){ "input from outside the image", EXPLAIN_HOST_INPUT,
		arena_printf(a,
			"the host or the system partition gave the stub a command line, an addon or credentials%.*s",
			STR_ARG(text)) };
}

/* RTMR 2: PCR 8 to 15 in one. */
static struct meaning added_by_loader(const struct explain_difference *d, struct arena *a)
{
	struct meaning m = added_to_pcr11(d, a);
	struct str text;

	if (explain_words_section(d->log, d->got, a).n)
		return m;
	text = quoted(a, ": ", explain_words_string(d->log, d->got, a));
	return (struct meaning){ "event", EXPLAIN_LOADER,
		arena_printf(a,
			"a boot loader, the stub or the kernel measured something that was not predicted%.*s",
			STR_ARG(text)) };
}

static struct meaning added(const struct explain_difference *d, struct arena *a)
{
	struct str path;

	switch (pcr_of(d, d->got->reg, d->got->type)) {
	case 2:
		path = path_of(d->got, a);
		return (struct meaning){ "option ROM", EXPLAIN_OPTION_ROM,
			arena_printf(a,
				"an option ROM or a driver was loaded that is not part of the machine%.*s",
				STR_ARG(path)) };
	case 3:
		return (struct meaning){ "option ROM settings", EXPLAIN_OPTION_ROM,
			STR("settings of an option ROM or driver were measured") };
	case 4:
		return added_to_pcr4(d, a);
	case 5:
		return added_to_pcr5(d, a);
	case 7:
		return added_to_pcr7(d, a);
	case 11:
		return added_to_pcr11(d, a);
	case 12:
		return added_to_pcr12(d, a);
	case 13:
		return (struct meaning){ "system extension", EXPLAIN_EXTENSION,
			STR("a system extension was given to the stub") };
	case 14:
		return (struct meaning){ "shim", EXPLAIN_SHIM,
			STR("a shim with machine owner keys is in the boot chain") };
	case LOADED:
		return added_by_loader(d, a);
	case APPLICATION:
		return (struct meaning){ "event", EXPLAIN_APPLICATION,
			STR("the running system measured something that was not predicted") };
	default:
		return (struct meaning){ "event", EXPLAIN_FIRMWARE,
			STR("something was measured that was not predicted") };
	}
}

/* ---- predicted events with another digest, or none ---- */

static bool is_content_of(const struct event *ev, const char *section)
{
	return str_starts(ev->what, TPM_STUB_CONTENT) && str_ends(ev->what, section);
}

/* What differs when this predicted event does. */
static unsigned part_of(const struct explain_difference *d)
{
	const struct event *want = d->want;

	if (is_content_of(want, " .linux") || str_is(want->what, TPM_PCR_INNER_KERNEL))
		return EXPLAIN_KERNEL;
	if (is_content_of(want, " .cmdline"))
		return EXPLAIN_COMMAND_LINE;
	if (str_is(want->what, TPM_KERNEL_COMMAND_LINE))
		return EXPLAIN_COMMAND_LINE_HANDED;
	if (is_content_of(want, " .initrd"))
		return EXPLAIN_INITRD;
	if (is_content_of(want, " .osrel"))
		return EXPLAIN_OS_RELEASE;
	if (str_is(want->what, TPM_KERNEL_INITRD))
		return EXPLAIN_INITRD_HANDED;
	switch (pcr_of(d, want->reg, want->type)) {
	case 2:
	case 3:
		return EXPLAIN_OPTION_ROM;
	case 4:
		return want->type == EV_EFI_BOOT_SERVICES_APPLICATION ? EXPLAIN_PROGRAM
								      : EXPLAIN_BOOT_ATTEMPT;
	case 5:
		return EXPLAIN_PARTITIONS;
	case 7:
		return EXPLAIN_VARIABLES;
	case 11:
		return EXPLAIN_SECTION;
	case LOADED:
		return EXPLAIN_LOADER;
	case APPLICATION:
		return EXPLAIN_APPLICATION;
	default:
		return EXPLAIN_FIRMWARE;
	}
}

static struct str changed_program(const struct explain_difference *d, struct arena *a)
{
	struct str path = path_of(d->got, a);

	if (str_is(d->want->what, TPM_PCR_INNER_KERNEL))
		return arena_printf(a, "another kernel was started than the one in %.*s",
			STR_ARG(d->want->origin));
	return arena_printf(a, "another kernel image or program was started than %.*s%.*s",
		STR_ARG(d->want->origin), STR_ARG(path));
}

static struct str changed_command_line(const struct explain_difference *d, struct arena *a)
{
	struct str predicted = quoted(a, "; predicted ", d->want->text);

	return arena_printf(a,
		"the kernel got another command line (another root file system shows here too, by its root hash)%.*s",
		STR_ARG(predicted));
}

static struct str changed_section_name(const struct explain_difference *d, struct arena *a)
{
	struct str name = explain_words_section(d->log, d->got, a);

	if (!name.n)
		return arena_printf(a,
			"something else was measured where section '%.*s' was predicted",
			STR_ARG(d->want->text));
	return arena_printf(a, "section '%.*s' stands where '%.*s' was predicted", STR_ARG(name),
		STR_ARG(d->want->text));
}

static struct str changed_text(const struct explain_difference *d, struct arena *a)
{
	struct str is;

	if (d->want->type == EV_EFI_BOOT_SERVICES_APPLICATION)
		return changed_program(d, a);
	if (part_of(d) & (EXPLAIN_COMMAND_LINE | EXPLAIN_COMMAND_LINE_HANDED))
		return changed_command_line(d, a);
	if (str_is(d->want->what, TPM_KERNEL_INITRD))
		return STR("the kernel got another initrd (with what the stub adds to it)");
	if (str_is(d->want->what, TPM_STUB_NAME))
		return changed_section_name(d, a);
	if (str_starts(d->want->what, TPM_STUB_CONTENT))
		return arena_printf(
			a, "the started kernel image differs in the %.*s", STR_ARG(d->want->what));
	if (str_is(d->want->what, TPM_FIRMWARE_PARTITIONS)) {
		is = quoted(a, ": ", explain_words_partitions(d->log, d->got, a));
		return arena_printf(a, "the disk has another partition table%.*s", STR_ARG(is));
	}
	is = quoted(a, ": ",
		pcr_of(d, d->want->reg, d->want->type) == 7
			? explain_words_variable(d->log, d->got, a)
			: explain_words_text(d->log, d->got, a));
	return arena_printf(a, "another '%.*s' was measured than predicted%s%.*s%s%.*s",
		STR_ARG(d->want->what), d->want->text.n ? " ('" : "", STR_ARG(d->want->text),
		d->want->text.n ? "')" : "", STR_ARG(is));
}

bool explain_meaning(struct explain_finding *f, unsigned *parts, const struct explain_difference *d,
	struct arena *a, struct err *e)
{
	struct meaning m;

	if (!d->want) {
		m = added(d, a);
		f->kind = EXPLAIN_ADDED;
	} else if (!d->got) {
		m = (struct meaning){ NULL, part_of(d),
			arena_printf(a, "'%.*s' was predicted but not measured",
				STR_ARG(d->want->what)) };
		f->kind = EXPLAIN_MISSING;
	} else {
		m = (struct meaning){ NULL, part_of(d), changed_text(d, a) };
		f->kind = EXPLAIN_CHANGED;
	}
	if (!m.text.p)
		return arena_full(a, e);
	f->reg = d->want ? d->want->reg : d->got->reg;
	f->event = m.event ? str_of(m.event) : d->want->what;
	f->origin = d->want ? d->want->origin : STR("");
	f->text = m.text;
	*parts |= m.part;
	return true;
}

/* ---- the summary ---- */

static const struct {
	enum explain_part part;
	const char *name;
} part_names[] = {
	{ EXPLAIN_FIRMWARE, "the firmware" },
	{ EXPLAIN_OPTION_ROM, "an option ROM or driver" },
	{ EXPLAIN_VARIABLES, "the Secure Boot variables" },
	{ EXPLAIN_BOOT_ATTEMPT, "what the firmware tried to boot" },
	{ EXPLAIN_PARTITIONS, "the partition table" },
	{ EXPLAIN_PROGRAM, "the started program" },
	{ EXPLAIN_KERNEL, "the kernel" },
	{ EXPLAIN_COMMAND_LINE, "the kernel command line" },
	{ EXPLAIN_COMMAND_LINE_HANDED, "the command line as the kernel got it" },
	{ EXPLAIN_INITRD, "the initrd" },
	{ EXPLAIN_INITRD_HANDED, "the initrd as the kernel got it" },
	{ EXPLAIN_OS_RELEASE, "os-release in the kernel image" },
	{ EXPLAIN_SECTION, "sections of the kernel image" },
	{ EXPLAIN_HOST_INPUT, "input from outside the image" },
	{ EXPLAIN_EXTENSION, "system extensions" },
	{ EXPLAIN_SHIM, "a shim" },
	{ EXPLAIN_PHASES, "boot phases that the image measures" },
	{ EXPLAIN_LOADER, "what a boot loader, the stub or the kernel measured" },
	{ EXPLAIN_APPLICATION, "what the running system measured" },
	{ EXPLAIN_FURTHER, "what more was measured into registers of the firmware" },
	{ EXPLAIN_NOT_LOGGED, "something that the log does not show" },
};

/* Without what only follows from another part. */
static unsigned causes(unsigned parts)
{
	unsigned inside = EXPLAIN_KERNEL | EXPLAIN_COMMAND_LINE | EXPLAIN_INITRD |
			  EXPLAIN_OS_RELEASE | EXPLAIN_SECTION;

	if (parts & inside)
		parts &= ~(unsigned)EXPLAIN_PROGRAM;
	if (parts & (EXPLAIN_INITRD | EXPLAIN_OS_RELEASE))
		parts &= ~(unsigned)EXPLAIN_INITRD_HANDED;
	if (parts & (EXPLAIN_COMMAND_LINE | EXPLAIN_HOST_INPUT))
		parts &= ~(unsigned)EXPLAIN_COMMAND_LINE_HANDED;
	return parts;
}

struct str explain_summary(unsigned parts, struct arena *a)
{
	struct buf b CLEANUP(buf_done) = buf_init(SUMMARY_MAX);
	unsigned left = causes(parts);

	for (size_t i = 0; i < ARRAY_LEN(part_names); i++)
		if (left & part_names[i].part)
			buf_printf(&b, "%s%s", b.n ? ", " : "what differs: ", part_names[i].name);
	return arena_str(a, buf_str(&b));
}
