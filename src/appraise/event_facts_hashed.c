#include "appraise/event_facts_inside.h"

#include "codec/utf16.h"
#include "evidence/event_type.h"
#include "measure/tpm_firmware.h"
#include "base/banned.h"

enum { ASCII_MAX = 4096 };

/* What firmware, shim, GRUB and systemd are known to hash of what they log. */

static const char *hashed_variable(const struct event_log *log, const struct event_log_event *ev)
{
	struct event_facts_variable_parts v;

	if (event_facts_variable_read(&v, ev->data) && event_log_hash_is(log, ev, v.contents))
		return "the variable's contents";
	return NULL;
}

/* The section names of a UKI: logged in UTF-16, hashed in ASCII with its NUL. */
static bool is_hash_of_ascii(const struct event_log *log, const struct event_log_event *ev)
{
	struct buf b CLEANUP(buf_done) = buf_init(ASCII_MAX);
	struct rd r = rd_of(ev->data);

	while (rd_left(&r) >= 2) {
		unsigned c = rd_u16le(&r);

		if (c > '~' || b.n == ASCII_MAX)
			return false;
		buf_u8(&b, (uint8_t)c);
	}
	return event_log_hash_is(log, ev, buf_span(&b));
}

/* GRUB logs "grub_cmd: insmod gzio" and hashes what stands behind the colon, without the NUL. */
static bool is_hash_behind_colon(
	const struct event_log *log, const struct event_log_event *ev, struct span text)
{
	struct rd r = rd_of(text);

	while (rd_left(&r) >= 2)
		if (rd_u8(&r) == ':') {
			rd_skip(&r, 1);
			return event_log_hash_is(log, ev, rd_bytes(&r, rd_left(&r)));
		}
	return false;
}

static const char *hashed_text(const struct event_log *log, const struct event_log_event *ev)
{
	size_t wide = utf16_likely(ev->data) ? 2 : 1;
	struct span bare = ev->data;

	if (bare.n >= wide && !bare.p[bare.n - 1] && !bare.p[bare.n - wide])
		bare.n -= wide;
	if (bare.n < ev->data.n && event_log_hash_is(log, ev, bare))
		return "the text without its NUL";
	if (wide == 2 && is_hash_of_ascii(log, ev))
		return "the text in ASCII";
	if (wide == 1 && is_hash_behind_colon(log, ev, bare))
		return "the text behind the colon";
	return NULL;
}

const char *event_facts_hashed(const struct event_log *log, const struct event_log_event *ev)
{
	if (ev->type == EVENT_LOG_NO_ACTION)
		return NULL;
	if (event_log_data_hashed(log, ev))
		return "the data";
	if (ev->type == EV_EFI_VARIABLE_BOOT || ev->type == EV_EFI_VARIABLE_BOOT2)
		return hashed_variable(log, ev);
	return ev->type == EV_IPL ? hashed_text(log, ev) : NULL;
}
