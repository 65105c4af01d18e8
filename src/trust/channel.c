#include "trust/channel.h"

#include "base/utc.h"
#include "codec/json.h"
#include "trust/dsse.h"
#include "base/banned.h"

enum { DAY = 86400 };

bool channel_name_ok(struct str name)
{
	if (!name.n || name.n > CHANNEL_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		char c = name.p[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

		if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '_' && c != '-' &&
			c != '/')
			return false;
	}
	return true;
}

static int image_compare(const struct channel_image *a, const struct channel_image *b)
{
	int by = memcmp(a->manifest_sha256, b->manifest_sha256, SHA256_SIZE);

	return by ? by : memcmp(a->values_sha256, b->values_sha256, SHA256_SIZE);
}

/* ---- writing ---- */

static void put(struct buf *out, const struct channel *c, const struct channel_image *images)
{
	struct json_out w = json_out_to(out);
	char expires[UTC_SIZE];

	utc_write(expires, c->expires_unix);
	json_object(&w);
	json_put_cstr(&w, "format", CHANNEL_FORMAT);
	json_put_str(&w, "name", c->name);
	json_put_uint(&w, "counter", c->counter);
	json_key(&w, "accepted");
	json_array(&w);
	for (size_t i = 0; i < c->n_accepted; i++) {
		json_object(&w);
		json_put_hex(&w, "manifest-sha256", SPAN_OF(images[i].manifest_sha256));
		json_put_hex(&w, "reference-values-sha256", SPAN_OF(images[i].values_sha256));
		json_end_object(&w);
	}
	json_end_array(&w);
	json_put_cstr(&w, "expires", expires);
	json_end_object(&w);
}

static bool writable(const struct channel *c, struct err *e)
{
	if (!channel_name_ok(c->name))
		return err_set(e, ERR_USAGE,
			"'%.*s' is no name of a channel: 1 to %d letters, digits and . _ - /",
			STR_ARG(c->name), CHANNEL_NAME_MAX);
	if (!c->counter || c->counter > CHANNEL_COUNTER_MAX)
		return err_set(e, ERR_USAGE, "the counter of a channel is 1 to %llu",
			(unsigned long long)CHANNEL_COUNTER_MAX);
	if (!c->n_accepted || c->n_accepted > CHANNEL_ACCEPTED_MAX)
		return err_set(e, ERR_USAGE, "a channel accepts 1 to %d images, not %zu",
			CHANNEL_ACCEPTED_MAX, c->n_accepted);
	return true;
}

/* Puts it into its place of so many in order; false when it is there. */
static bool insert(struct channel_image *images, size_t n, const struct channel_image *image)
{
	size_t at = n;

	while (at && image_compare(&images[at - 1], image) > 0)
		at--;
	if (at && !image_compare(&images[at - 1], image))
		return false;
	memmove(&images[at + 1], &images[at], (n - at) * sizeof *images);
	images[at] = *image;
	return true;
}

bool channel_emit(struct buf *out, const struct channel *c, struct arena *a, struct err *e)
{
	struct channel_image *images;

	if (!writable(c, e))
		return false;
	images = ARENA_ARRAY(a, c->n_accepted, struct channel_image);
	if (!images)
		return arena_full(a, e);
	for (size_t i = 0; i < c->n_accepted; i++)
		if (!insert(images, i, &c->accepted[i]))
			return err_set(e, ERR_USAGE, "the same image is accepted twice");
	put(out, c, images);
	return buf_ok(out) || buf_full(out, "channel", e);
}

/* ---- reading ---- */

static bool read_image(struct channel_image *ret, const struct json *v, struct err *e)
{
	static const char *const keys[] = { "manifest-sha256", "reference-values-sha256", NULL };

	return json_only(v, "an accepted image", keys, e) &&
	       json_get_hex(v, "manifest-sha256", ret->manifest_sha256, SHA256_SIZE, e) &&
	       json_get_hex(v, "reference-values-sha256", ret->values_sha256, SHA256_SIZE, e);
}

static bool read_accepted(struct channel *c, const struct json *top, struct arena *a, struct err *e)
{
	const struct json *v = NULL;
	struct channel_image *images;

	if (!json_get_array(top, "accepted", &v, e))
		return false;
	if (!v->n || v->n > CHANNEL_ACCEPTED_MAX)
		return err_set(e, v->n ? ERR_LIMIT : ERR_FORMAT,
			"%zu accepted images, want 1 to %d", v->n, CHANNEL_ACCEPTED_MAX);
	images = ARENA_ARRAY(a, v->n, struct channel_image);
	if (!images)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		if (!read_image(&images[i], &v->items[i], e))
			return false;
		if (i && image_compare(&images[i - 1], &images[i]) >= 0)
			return err_set(e, ERR_FORMAT, "line %zu: accepted images are ascending",
				v->items[i].line);
	}
	c->accepted = images;
	c->n_accepted = v->n;
	return true;
}

static bool read_top(struct channel *c, const struct json *v, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "name", "counter", "accepted", "expires",
		NULL };
	struct str expires = { 0 };

	if (!json_check_format(v, CHANNEL_FORMAT, e) || !json_only(v, "a channel", keys, e) ||
		!json_get_str(v, "name", &c->name, e) ||
		!json_get_u64(v, "counter", CHANNEL_COUNTER_MAX, &c->counter, e) ||
		!read_accepted(c, v, a, e) || !json_get_str(v, "expires", &expires, e))
		return false;
	if (!channel_name_ok(c->name))
		return err_set(e, ERR_FORMAT, "'name' is 1 to %d letters, digits and . _ - /",
			CHANNEL_NAME_MAX);
	if (!c->counter)
		return err_set(e, ERR_FORMAT, "'counter' begins with 1");
	return utc_read(expires, &c->expires_unix) ||
	       err_set(e, ERR_FORMAT, "'expires' must be a time like 2026-12-24T00:00:00Z");
}

/* One value, one spelling: what is signed can be read in one way only. */
static bool is_canonical(const struct channel *c, struct span payload, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(CHANNEL_SIZE_MAX);

	put(&text, c, c->accepted);
	return (buf_ok(&text) && span_equal(buf_span(&text), payload)) ||
	       err_set(e, ERR_FORMAT, "not in the canonical form that `assay channel` writes");
}

bool channel_parse(struct channel *ret, struct span payload, struct arena *a, struct err *e)
{
	struct channel c = { 0 };
	struct json v;

	if (payload.n > CHANNEL_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "channel is %zu bytes, limit %d", payload.n,
			CHANNEL_SIZE_MAX);
	if (!json_parse(&v, payload, a, e) || !read_top(&c, &v, a, e) ||
		!is_canonical(&c, payload, e))
		return err_wrap(e, "channel");
	sha256_of(c.sha256, payload);
	*ret = c;
	return true;
}

bool channel_open(struct channel *ret, size_t *by, struct span envelope,
	const struct channel_signer *signers, size_t n_signers, struct arena *a, struct err *e)
{
	struct err ignored = { 0 };
	struct dsse d;

	if (envelope.n > CHANNEL_FILE_MAX)
		return err_set(e, ERR_LIMIT, "the file of a channel is %zu bytes, limit %d",
			envelope.n, CHANNEL_FILE_MAX);
	if (!dsse_parse(&d, envelope, a, e))
		return err_wrap(e, "channel");
	if (!str_is(d.type, CHANNEL_TYPE))
		return err_set(e, ERR_FORMAT,
			"channel: the envelope is of type '%.*s', want '" CHANNEL_TYPE "'",
			STR_ARG(d.type));
	for (size_t i = 0; i < n_signers; i++)
		if (dsse_check(&d, signers[i].key, &ignored)) {
			if (!channel_parse(ret, d.payload, a, e))
				return false;
			*by = i;
			return true;
		}
	return err_set(e, ERR_SIGNATURE,
		"channel: it is signed by nobody whom the trust file lets sign channels");
}

/* ---- judging ---- */

static bool accepts(const struct channel *c, const struct channel_image *image)
{
	for (size_t i = 0; i < c->n_accepted; i++)
		if (!image_compare(&c->accepted[i], image))
			return true;
	return false;
}

enum channel_refusal channel_judge(const struct channel *c, struct str name,
	const struct channel_image *image, int64_t at_unix, int64_t seconds_max)
{
	if (!str_equal(c->name, name))
		return CHANNEL_OTHER_NAME;
	if (at_unix >= c->expires_unix)
		return CHANNEL_EXPIRED;
	if (seconds_max && c->expires_unix - at_unix > seconds_max)
		return CHANNEL_TOO_LONG;
	return image && !accepts(c, image) ? CHANNEL_NOT_ACCEPTED : CHANNEL_FINE;
}

const char *channel_refusal_name(enum channel_refusal r)
{
	static const char *const names[] = { "channel-fine", "channel-other-name",
		"channel-expired", "channel-too-long", "channel-not-accepted" };

	return names[r];
}

void channel_refusal_tell(struct buf *out, enum channel_refusal r, const struct channel *c,
	struct str name, int64_t seconds_max)
{
	char expires[UTC_SIZE];

	utc_write(expires, c->expires_unix);
	buf_printf(
		out, "channel '%.*s' (%llu): ", STR_ARG(c->name), (unsigned long long)c->counter);
	switch (r) {
	case CHANNEL_FINE:
		buf_printf(out, "it is good until %s", expires);
		return;
	case CHANNEL_OTHER_NAME:
		buf_printf(out, "it is another channel than '%.*s'", STR_ARG(name));
		return;
	case CHANNEL_EXPIRED:
		buf_printf(out, "it expired on %s", expires);
		return;
	case CHANNEL_TOO_LONG:
		buf_printf(out,
			"it would be good until %s, and the trust file lets none be good for more than "
			"%lld days",
			expires, (long long)(seconds_max / DAY));
		return;
	case CHANNEL_NOT_ACCEPTED:
		buf_add_cstr(out,
			"this image is not among those that it accepts: it is outdated, or "
			"was never in it");
		return;
	}
}
