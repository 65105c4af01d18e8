#include "measure/tpm_kernel.h"

#include <string.h>

#include "base/buf.h"
#include "base/rd.h"
#include "measure/tpm_firmware.h"
#include "measure/tpm_initrd.h"
#include "base/banned.h"

enum {
	/* The Linux/x86 boot protocol, Documentation/arch/x86/boot.rst. */
	HEADER_MAGIC_AT = 0x202,
	VERSION_POINTER_AT = 0x20e,
	SETUP_AT = 0x200,
	VERSION_MAX = 200,
	NUMBER_MAX = 999,
	OLDEST_MAJOR = 6,
	OLDEST_MINOR = 1,
};

static const char rule_options[] = "Linux EFI stub: LoadOptions in UTF-16LE with NUL, in PCR 9";
static const char rule_initrd[] = "Linux EFI stub: initrd as systemd-stub hands it over, in PCR 9";

static const char rule_direct[] = "Linux EFI stub: initrd as QEMU hands it over, in PCR 9";

static bool check_age(struct str version, struct err *e)
{
	struct str major_text, minor_text, rest;
	uint64_t major, minor;
	size_t n = 0;

	if (!str_cut(version, '.', &major_text, &rest))
		return err_set(e, ERR_FORMAT, "kernel has version '%.*s'", STR_ARG(version));
	while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
		n++;
	minor_text = str_make(rest.p, n);
	if (!str_u64(major_text, &major, NUMBER_MAX) || !str_u64(minor_text, &minor, NUMBER_MAX))
		return err_set(e, ERR_FORMAT, "kernel has version '%.*s'", STR_ARG(version));
	if (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR))
		return err_set(e, ERR_USAGE,
			"no rules for Linux %.*s: they are known from %d.%d on", STR_ARG(version),
			OLDEST_MAJOR, OLDEST_MINOR);
	return true;
}

bool tpm_kernel_version(struct str *ret, struct span kernel, struct err *e)
{
	struct rd r = rd_of(kernel);
	struct span magic, bytes;
	struct str version;
	size_t n = 0;

	rd_seek(&r, HEADER_MAGIC_AT);
	magic = rd_bytes(&r, 4);
	if (!rd_ok(&r) || memcmp(magic.p, "HdrS", 4) != 0)
		return err_set(e, ERR_FORMAT, "the kernel is no x86 bzImage");
	rd_seek(&r, VERSION_POINTER_AT);
	rd_seek(&r, (size_t)rd_u16le(&r) + SETUP_AT);
	bytes = rd_bytes(&r, rd_left(&r) < VERSION_MAX ? rd_left(&r) : VERSION_MAX);
	while (n < bytes.n && bytes.p[n] > ' ' && bytes.p[n] <= '~')
		n++;
	version = str_make((const char *)bytes.p, n);
	if (!n || n == bytes.n)
		return err_set(e, ERR_FORMAT, "the kernel's header names no version");
	if (!check_age(version, e))
		return false;
	*ret = version;
	return true;
}

bool tpm_kernel_line_check(struct str line, struct err *e)
{
	if (!line.n)
		return err_set(e, ERR_FORMAT,
			"command line is empty, and there is no rule for what the stub makes of that");
	if (line.n > TPM_KERNEL_LINE_MAX)
		return err_set(e, ERR_LIMIT, "command line of %zu bytes, limit %d", line.n,
			TPM_KERNEL_LINE_MAX);
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] < ' ' || line.p[i] > '~')
			return err_set(e, ERR_FORMAT,
				"command line has byte 0x%02x at %zu, which the stub would change",
				(unsigned char)line.p[i], i);
	if (line.p[0] == ' ' || line.p[line.n - 1] == ' ')
		return err_set(e, ERR_FORMAT,
			"command line has a blank at an end, which the stub would remove");
	return true;
}

void tpm_kernel_options(struct buf *out, struct str line)
{
	for (size_t i = 0; i < line.n; i++)
		buf_u16le(out, (uint8_t)line.p[i]);
	buf_u16le(out, 0);
}

bool tpm_kernel_line(struct event_list *to, struct str line, struct str origin, struct err *e)
{
	struct buf b CLEANUP(buf_done) = buf_init(2 * (TPM_KERNEL_LINE_MAX + 1));

	tpm_kernel_options(&b, line);
	if (!buf_ok(&b))
		return err_set(e, ERR_LIMIT, "command line of %zu bytes, limit %d", line.n,
			TPM_KERNEL_LINE_MAX);
	return event_list_add(to, 9, EV_EVENT_TAG, buf_span(&b), TPM_KERNEL_COMMAND_LINE,
		rule_options, origin, line, e);
}

/* The section's, and behind a blank what addons bring. */
static bool add_command_line(
	struct event_list *to, const struct tpm_stub *stub, struct str origin, struct err *e)
{
	struct span section = stub->sections[TPM_STUB_CMDLINE];
	struct str line = str_make((const char *)section.p, section.n);

	if (!tpm_kernel_line_check(line, e))
		return false;
	if (stub->added_command_line.n) {
		line = arena_printf(
			to->a, "%.*s %.*s", STR_ARG(line), STR_ARG(stub->added_command_line));
		if (!line.p)
			return arena_full(to->a, e);
	}
	return tpm_kernel_line(to, line, origin.n ? origin : STR("uki.efi, section .cmdline"), e);
}

static bool add_initrd(
	struct event_list *to, const struct tpm_stub *stub, struct str origin, struct err *e)
{
	struct event ev = {
		.reg = 9,
		.type = EV_EVENT_TAG,
		.what = STR(TPM_KERNEL_INITRD),
		.rule = str_of(rule_initrd),
		.origin = origin.n ? origin : STR("uki.efi, section .initrd"),
	};

	if (!tpm_initrd_present(stub))
		return true;
	for (size_t i = 0; i < to->n_banks; i++)
		ev.digests[i] = tpm_initrd_digest(stub, to->banks[i]);
	return event_list_add_digests(to, &ev, e);
}

bool tpm_kernel_events(struct event_list *to, const struct tpm_stub *stub,
	const struct tpm_origins *from, struct err *e)
{
	return add_command_line(to, stub, from->command_line, e) &&
	       (!stub->initrd_known || add_initrd(to, stub, from->initrd, e));
}

bool tpm_kernel_direct(struct event_list *to, struct str line, struct span initrd, struct err *e)
{
	struct str all = arena_printf(
		to->a, "%.*s%s", STR_ARG(line), initrd.n ? " initrd=initrd" : "");

	if (!all.p)
		return arena_full(to->a, e);
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] < ' ' || line.p[i] > '~')
			return err_set(e, ERR_FORMAT, "command line has byte 0x%02x at %zu",
				(unsigned char)line.p[i], i);
	if (all.n && !tpm_kernel_line(to, all, STR("command line"), e))
		return false;
	return !initrd.n || event_list_add(to, 9, EV_EVENT_TAG, initrd, TPM_KERNEL_INITRD,
				    rule_direct, STR("initrd"), STR(""), e);
}
