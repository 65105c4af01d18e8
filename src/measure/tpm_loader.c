#include "measure/tpm_loader.h"

#include "base/buf.h"
#include "measure/tpm_firmware.h"
#include "measure/tpm_kernel.h"
#include "base/banned.h"

static const struct rules {
	unsigned major;
	bool measures_config, hands_on_options;
} rules[] = {
	{ 252, false, true },
	{ 257, true, false },
};

bool tpm_loader_read(struct tpm_loader *ret, const struct pe *pe, struct err *e)
{
	struct tpm_loader l = { 0 };

	if (!tpm_stub_version_of(&l.version, pe, "systemd-boot", e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		if (rules[i].major != l.version.major)
			continue;
		l.measures_config = rules[i].measures_config;
		l.hands_on_options = rules[i].hands_on_options;
		*ret = l;
		return true;
	}
	err_set(e, ERR_USAGE, "no rules for systemd-boot %.*s", STR_ARG(l.version.text));
	return err_hint(e, "they are known for 252 and 257");
}

bool tpm_loader_config(
	struct event_list *to, const struct tpm_loader *loader, struct span conf, struct err *e)
{
	if (!loader->measures_config || !conf.p)
		return true;
	return event_list_add(to, 5, EV_EVENT_TAG, conf, "loader.conf",
		"systemd-boot: loader.conf in PCR 5", STR("loader.conf"), STR(""), e);
}

bool tpm_loader_options(struct event_list *to, const struct tpm_loader *loader,
	const struct tpm_stub *stub, const char *by, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(2 * (TPM_KERNEL_LINE_MAX + 1));
	struct span section = stub->sections[TPM_STUB_CMDLINE];
	struct str line = str_make((const char *)section.p, section.n);

	if (!loader->hands_on_options)
		return true;
	tpm_kernel_options(&b, line);
	if (!buf_ok(&b))
		return buf_full(&b, "the command line", e);
	return event_list_add(to, 12, EV_IPL, buf_span(&b), "command line as it is handed on",
		"systemd-boot 252, systemd-stub: load options in UTF-16LE with NUL", str_of(by),
		line, e);
}
