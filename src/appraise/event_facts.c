#include "appraise/event_facts_inside.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/hex.h"
#include "codec/utf16.h"
#include "codec/utf8.h"
#include "evidence/efi_guid.h"
#include "evidence/event_type.h"
#include "measure/tpm_firmware.h"
#include "base/banned.h"

enum { BYTES_SHOWN = 32, PRINTED_MAX = 300 };

/* ---- facts ---- */

/* Copies the value, unless nothing more is shown anyway: a list of thousands takes no memory for what nobody sees. */
static void add(struct event_facts_list *l, const char *name, struct str value)
{
	struct event_facts *out = l->out;
	struct str kept;

	if (event_facts_is_full(l)) {
		out->items[EVENT_FACTS_MAX - 1] = (struct event_fact){ "more",
			STR("is not shown") };
		out->n = EVENT_FACTS_MAX;
		return;
	}
	kept = arena_str(l->a, value);
	if (!kept.p)
		l->failed = true;
	else
		out->items[out->n++] = (struct event_fact){ name, kept };
}

bool event_facts_is_full(const struct event_facts_list *l)
{
	return l->out->n >= EVENT_FACTS_MAX - 1;
}

void event_facts_add(struct event_facts_list *l, const char *name, const char *fmt, ...)
{
	char text[PRINTED_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	add(l, name, str_make(text, n < PRINTED_MAX ? (size_t)n : PRINTED_MAX - 1));
}

void event_facts_add_buf(struct event_facts_list *l, const char *name, const struct buf *b)
{
	add(l, name, buf_str(b));
}

void event_facts_add_bytes(struct event_facts_list *l, const char *name, struct span data)
{
	char hex[2 * BYTES_SHOWN + 1];
	bool more = data.n > BYTES_SHOWN;

	hex_write(hex, data.p, more ? BYTES_SHOWN : data.n);
	event_facts_add(l, name, "%s%s (%zu byte%s)", hex, more ? "..." : "", data.n,
		data.n == 1 ? "" : "s");
}

void event_facts_add_guid(struct event_facts_list *l, const char *name, const uint8_t *guid)
{
	struct buf b CLEANUP(buf_done) = buf_init(EVENT_FACT_SIZE_MAX);

	efi_guid_add(&b, guid);
	event_facts_add_buf(l, name, &b);
}

/* ---- text ---- */

static struct span without_nuls(struct span s)
{
	while (s.n && !s.p[s.n - 1])
		s.n--;
	return s;
}

void event_facts_utf8(struct buf *b, struct span s)
{
	struct str text = { (const char *)s.p, s.n };

	for (size_t i = 0; text.n; i++) {
		uint32_t cp;
		size_t n = utf8_read(text, &cp);

		if (i == EVENT_FACT_MAX) {
			buf_add_cstr(b, "...");
			return;
		}
		if (n)
			buf_add(b, text.p, n);
		else
			buf_printf(b, "\\x%02x", (unsigned char)text.p[0]);
		n = n ? n : 1;
		text = str_make(text.p + n, text.n - n);
	}
}

void event_facts_add_utf16(struct event_facts_list *l, const char *name, struct span text)
{
	struct buf b CLEANUP(buf_done) = buf_init(EVENT_FACT_SIZE_MAX);

	utf16_add(&b, text, EVENT_FACT_MAX);
	event_facts_add_buf(l, name, &b);
}

void event_facts_add_text(struct event_facts_list *l, const char *name, struct span text)
{
	struct buf b CLEANUP(buf_done) = buf_init(EVENT_FACT_SIZE_MAX);

	if (utf16_likely(text)) {
		event_facts_add_utf16(l, name, text);
		return;
	}
	event_facts_utf8(&b, without_nuls(text));
	event_facts_add_buf(l, name, &b);
}

static bool is_printed(unsigned c)
{
	return c >= ' ' || c == '\n' || c == '\t' || c == '\r';
}

/* Firmware and boot loaders log a text with what lay behind its NUL, too. */
static bool is_mostly_printed(struct span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] && !is_printed(s.p[i]))
			return false;
		n += s.p[i] != 0;
	}
	return n > 0 && n >= s.n - s.n / 4;
}

static bool is_utf16_text(struct span data)
{
	struct span text = without_nuls(data);
	struct rd r = rd_of(span_make(data.p, text.n + text.n % 2));

	if (!utf16_likely(data))
		return false;
	while (rd_left(&r))
		if (!is_printed(rd_u16le(&r)))
			return false;
	return true;
}

bool event_facts_is_text(struct span data)
{
	struct span text = without_nuls(data);

	if (is_utf16_text(data))
		return true;
	return is_mostly_printed(text) && utf8_valid(str_make((const char *)text.p, text.n));
}

/* ---- events ---- */

static bool text_or_bytes(struct event_facts_list *l, struct span data)
{
	if (event_facts_is_text(data))
		event_facts_add_text(l, "text", data);
	else
		event_facts_add_bytes(l, "data", data);
	return true;
}

/* A text, a GUID, or nothing but a NUL where the firmware was built without a version. */
static bool version(struct event_facts_list *l, struct span data)
{
	if (data.n == EFI_GUID_SIZE && !event_facts_is_text(data)) {
		event_facts_add_guid(l, "version", data.p);
		return true;
	}
	if (data.n == 2 && !data.p[0] && !data.p[1]) {
		event_facts_add(l, "version", "none (an empty text)");
		return true;
	}
	if (!event_facts_is_text(data))
		return false;
	event_facts_add_text(l, "version", data);
	return true;
}

static bool action(struct event_facts_list *l, struct span data)
{
	if (!event_facts_is_text(data))
		return false;
	event_facts_add_text(l, "action", data);
	return true;
}

/* Either what was done, in words, or where the code lay. */
static bool post_code(struct event_facts_list *l, struct span data)
{
	return event_facts_is_text(data) ? action(l, data) : event_facts_blob(l, data);
}

/* What shim says of the keys that its owner gave it stands in one word. */
static bool ipl(struct event_facts_list *l, struct span data)
{
	struct str text = { (const char *)data.p, data.n };

	if (!event_facts_is_text(data))
		return false;
	event_facts_add_text(l, "text", data);
	if (str_starts(text, "Mok") || str_starts(text, "Shim"))
		event_facts_add(l, "meaning", "shim: keys and state of the machine's owner");
	return true;
}

static const struct {
	uint32_t type;
	event_facts_reader *read;
} readers[] = {
	{ EV_POST_CODE, post_code },
	{ EVENT_LOG_NO_ACTION, event_facts_no_action },
	{ EV_SEPARATOR, event_facts_separator },
	{ EV_ACTION, action },
	{ EV_EVENT_TAG, event_facts_tagged },
	{ EV_S_CRTM_VERSION, version },
	{ EV_PLATFORM_CONFIG_FLAGS, event_facts_config },
	{ EV_IPL, ipl },
	{ EV_POST_CODE2, event_facts_blob2 },
	{ EV_EFI_VARIABLE_DRIVER_CONFIG, event_facts_variable },
	{ EV_EFI_VARIABLE_BOOT, event_facts_variable },
	{ EV_EFI_VARIABLE_BOOT2, event_facts_variable },
	{ EV_EFI_VARIABLE_AUTHORITY, event_facts_variable },
	{ EV_EFI_BOOT_SERVICES_APPLICATION, event_facts_image },
	{ EV_EFI_BOOT_SERVICES_DRIVER, event_facts_image },
	{ EV_EFI_RUNTIME_SERVICES_DRIVER, event_facts_image },
	{ EV_EFI_GPT_EVENT, event_facts_gpt },
	{ EV_EFI_GPT_EVENT2, event_facts_gpt2 },
	{ EV_EFI_ACTION, action },
	{ EV_EFI_PLATFORM_FIRMWARE_BLOB, event_facts_blob },
	{ EV_EFI_PLATFORM_FIRMWARE_BLOB2, event_facts_blob2 },
	{ EV_EFI_HANDOFF_TABLES, event_facts_tables },
	{ EV_EFI_HANDOFF_TABLES2, event_facts_tables2 },
};

static event_facts_reader *find_reader(uint32_t type)
{
	for (size_t i = 0; i < ARRAY_LEN(readers); i++)
		if (readers[i].type == type)
			return readers[i].read;
	return text_or_bytes;
}

bool event_facts(struct event_facts *ret, const struct event_log *log,
	const struct event_log_event *ev, struct arena *a, struct err *e)
{
	struct event_facts out = { .hashed = event_facts_hashed(log, ev) };
	struct event_facts_list l = { .out = &out, .a = a };

	if (ev->data.n && !find_reader(ev->type)(&l, ev->data)) {
		out.n = 0;
		text_or_bytes(&l, ev->data);
	}
	if (l.failed)
		return arena_full(a, e);
	*ret = out;
	return true;
}
