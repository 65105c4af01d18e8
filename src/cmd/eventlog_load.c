#include "cmd/eventlog_load.h"

#include <stdio.h>

#include "appraise/reference_values.h"
#include "evidence/bundle.h"
#include "evidence/event_type.h"
#include "evidence/tpm_alg.h"
#include "cmd/hint.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { HEX_BANK = 8, HEX_TYPE = 16, ALG_SM3 = 0x0012 };

static const char wanted[] =
	"wanted is /sys/kernel/security/tpm0/binary_bios_measurements, for a confidential guest "
	"/sys/firmware/acpi/tables/data/CCEL, or what `assay verify URL --save FILE` kept";

bool eventlog_read(struct span *ret, const char *path, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf bytes = buf_init(0);
	struct str copy;

	if (!file_read(AT_FDCWD, path, REFERENCE_VALUES_SIZE_MAX, &bytes, e))
		return hint_wanted(e, wanted);
	copy = arena_str(a, buf_str(&bytes));
	if (!copy.p)
		return arena_full(a, e);
	*ret = str_span(copy);
	return true;
}

static bool find_log(struct span *ret, struct span bytes, struct arena *a, struct err *e)
{
	struct bundle bundle;

	*ret = bytes;
	if (!bytes.n || bytes.p[0] != '{')
		return true;
	if (!bundle_parse(&bundle, bytes, a, e))
		return false;
	*ret = bundle.firmware_log;
	return bundle.firmware_log.p ||
	       err_set(e, ERR_NOTFOUND, "this evidence carries no log of the firmware");
}

bool eventlog_of_bytes(
	struct eventlog *ret, const char *path, struct span bytes, struct arena *a, struct err *e)
{
	struct span log;

	if (!find_log(&log, bytes, a, e) || !event_log_parse(&ret->log, log, a, e)) {
		err_hint(e, "%s", wanted);
		return err_wrap(e, "'%s'", path);
	}
	sha256_of(ret->sha256, log);
	ret->size = log.n;
	return true;
}

bool eventlog_load(struct eventlog *ret, const char *path, struct arena *a, struct err *e)
{
	struct span bytes;

	return eventlog_read(&bytes, path, a, e) && eventlog_of_bytes(ret, path, bytes, a, e);
}

/* ---- names ---- */

const char *eventlog_bank_name(const struct event_log *log, size_t bank, char hex[static HEX_BANK])
{
	if (log->banks[bank] != DIGEST_NONE)
		return digest_name(log->banks[bank]);
	if (log->bank_ids[bank] == ALG_SM3)
		return "sm3";
	snprintf(hex, HEX_BANK, "0x%04x", log->bank_ids[bank]);
	return hex;
}

const char *eventlog_form_name(enum event_log_form form)
{
	static const char *const names[] = { [EVENT_LOG_NO_FORM] = "none",
		[EVENT_LOG_AGILE] = "crypto-agile log of a TPM",
		[EVENT_LOG_SHA1] = "SHA-1 log of a TPM",
		[EVENT_LOG_CC] = "log of a confidential guest" };

	return names[form];
}

const char *eventlog_type_name(const struct event_log_event *ev, char hex[static HEX_TYPE])
{
	const char *name = event_type_name(ev->type);

	if (name)
		return name;
	snprintf(hex, HEX_TYPE, "0x%08x", ev->type);
	return hex;
}

static bool no_bank(const struct event_log *log, const char *name, struct err *e)
{
	CLEANUP(buf_done) struct buf has = buf_init(EVENT_LOG_BANKS_MAX * 16);
	char hex[HEX_BANK];

	for (size_t i = 0; i < log->n_banks; i++)
		buf_printf(&has, "%s%s", i ? ", " : "", eventlog_bank_name(log, i, hex));
	if (name)
		err_set(e, ERR_NOTFOUND, "the log has no bank '%s'", name);
	else
		err_set(e, ERR_NOTFOUND, "the log has no bank whose hash this assay knows");
	return err_hint(e, "it has %.*s", STR_ARG(buf_str(&has)));
}

bool eventlog_bank(
	enum digest_alg *ret, const struct event_log *log, const char *name, struct err *e)
{
	enum digest_alg alg = name ? digest_from_name(str_of(name)) : DIGEST_NONE;

	for (size_t i = 0; i < log->n_banks && !name && !alg; i++)
		alg = log->banks[i];
	if (alg == DIGEST_NONE || event_log_bank(log, alg) == log->n_banks)
		return no_bank(log, name, e);
	*ret = alg;
	return true;
}

/* ---- documents ---- */

void eventlog_put_head(struct json_out *w, const char *format, const struct eventlog *l)
{
	static const char *const forms[] = { [EVENT_LOG_NO_FORM] = "none",
		[EVENT_LOG_AGILE] = "tpm",
		[EVENT_LOG_SHA1] = "tpm-sha1",
		[EVENT_LOG_CC] = "cc" };
	char hex[HEX_BANK];

	json_put_cstr(w, "format", format);
	json_put_cstr(w, "log", forms[l->log.form]);
	json_put_hex(w, "sha256", SPAN_OF(l->sha256));
	json_put_uint(w, "size", l->size);
	json_put_cstr(w, "registers-are", event_log_register_name(l->log.form));
	json_key(w, "banks");
	json_array(w);
	for (size_t i = 0; i < l->log.n_banks; i++)
		json_cstr(w, eventlog_bank_name(&l->log, i, hex));
	json_end_array(w);
}

bool eventlog_print_json(const struct buf *b, struct err *e)
{
	if (!buf_ok(b))
		return buf_full(b, "the result", e);
	return fwrite(b->p, 1, b->n, stdout) == b->n || err_os(e, "cannot write the result");
}
