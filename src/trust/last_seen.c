#include "trust/last_seen.h"

#include "codec/json.h"
#include "base/banned.h"

/* ---- what is known ---- */

/* *at: its place, or the one that it would have. */
static const struct last_seen_log *find_log(
	const struct last_seen *s, struct str origin, size_t *at)
{
	for (*at = 0; *at < s->n_logs; ++*at) {
		int order = str_compare(s->logs[*at].origin, origin);

		if (order >= 0)
			return order ? NULL : &s->logs[*at];
	}
	return NULL;
}

static const struct last_seen_channel *find_channel(
	const struct last_seen *s, struct str name, size_t *at)
{
	for (*at = 0; *at < s->n_channels; ++*at) {
		int order = str_compare(s->channels[*at].name, name);

		if (order >= 0)
			return order ? NULL : &s->channels[*at];
	}
	return NULL;
}

/* ---- judging ---- */

enum last_seen_answer last_seen_judge_log(const struct last_seen *s, const struct checkpoint *c)
{
	size_t at;
	const struct last_seen_log *was = find_log(s, c->origin, &at);

	if (!was || c->size > was->size)
		return LAST_SEEN_FINE;
	if (c->size < was->size)
		return LAST_SEEN_ROLLBACK;
	return merkle_equal(&c->root, &was->root) ? LAST_SEEN_FINE : LAST_SEEN_FORK;
}

enum last_seen_answer last_seen_judge_channel(const struct last_seen *s, const struct channel *c)
{
	size_t at;
	const struct last_seen_channel *was = find_channel(s, c->name, &at);

	if (!was || c->counter > was->counter)
		return LAST_SEEN_FINE;
	if (c->counter < was->counter)
		return LAST_SEEN_REPLAY;
	return ct_equal(c->sha256, was->sha256, SHA256_SIZE) ? LAST_SEEN_FINE : LAST_SEEN_FORK;
}

const char *last_seen_answer_name(enum last_seen_answer x)
{
	static const char *const names[] = { "fine", "rollback", "fork", "replay" };

	return names[x];
}

void last_seen_tell_log(struct buf *out, const struct last_seen *s, const struct checkpoint *c)
{
	size_t at;
	const struct last_seen_log *was = find_log(s, c->origin, &at);

	buf_printf(out, "log '%.*s': ", STR_ARG(c->origin));
	switch (last_seen_judge_log(s, c)) {
	case LAST_SEEN_ROLLBACK:
		buf_printf(out, "it is rolled back: it had %llu entries, and is shown with %llu",
			(unsigned long long)(was ? was->size : 0), (unsigned long long)c->size);
		return;
	case LAST_SEEN_FORK:
		buf_printf(out, "it is forked: with %llu entries it was another one before",
			(unsigned long long)c->size);
		return;
	case LAST_SEEN_FINE:
	case LAST_SEEN_REPLAY:
		buf_printf(out, "%llu entries", (unsigned long long)c->size);
		return;
	}
}

void last_seen_tell_channel(struct buf *out, const struct last_seen *s, const struct channel *c)
{
	size_t at;
	const struct last_seen_channel *was = find_channel(s, c->name, &at);

	buf_printf(out, "channel '%.*s': ", STR_ARG(c->name));
	switch (last_seen_judge_channel(s, c)) {
	case LAST_SEEN_REPLAY:
		buf_printf(out, "it is an old one: its counter is %llu, and %llu was seen before",
			(unsigned long long)c->counter,
			(unsigned long long)(was ? was->counter : 0));
		return;
	case LAST_SEEN_FORK:
		buf_printf(out, "there are two of it: with counter %llu it was another one before",
			(unsigned long long)c->counter);
		return;
	case LAST_SEEN_FINE:
	case LAST_SEEN_ROLLBACK:
		buf_printf(out, "counter %llu", (unsigned long long)c->counter);
		return;
	}
}

/* ---- remembering ---- */

static bool full(struct err *e)
{
	return err_set(
		e, ERR_LIMIT, "more than %d logs or channels were seen", LAST_SEEN_ENTRIES_MAX);
}

bool last_seen_add_log(
	struct last_seen *s, const struct checkpoint *c, struct arena *a, struct err *e)
{
	size_t at, n;
	bool known = find_log(s, c->origin, &at) != NULL;
	struct last_seen_log *logs, new = { .size = c->size, .root = c->root };

	if (last_seen_judge_log(s, c) != LAST_SEEN_FINE)
		return err_set(e, ERR_MISMATCH, "log '%.*s' does not follow what was seen of it",
			STR_ARG(c->origin));
	n = s->n_logs + !known;
	if (n > LAST_SEEN_ENTRIES_MAX)
		return full(e);
	logs = ARENA_ARRAY(a, n, struct last_seen_log);
	new.origin = arena_str(a, c->origin);
	if (!logs || !new.origin.p)
		return arena_full(a, e);
	for (size_t i = 0; i < n; i++)
		logs[i] = i == at ? new : s->logs[i < at || known ? i : i - 1];
	s->logs = logs;
	s->n_logs = n;
	return true;
}

bool last_seen_add_channel(
	struct last_seen *s, const struct channel *c, struct arena *a, struct err *e)
{
	size_t at, n;
	bool known = find_channel(s, c->name, &at) != NULL;
	struct last_seen_channel *channels, new = { .counter = c->counter };

	if (last_seen_judge_channel(s, c) != LAST_SEEN_FINE)
		return err_set(e, ERR_MISMATCH,
			"channel '%.*s' does not follow what was seen of it", STR_ARG(c->name));
	n = s->n_channels + !known;
	if (n > LAST_SEEN_ENTRIES_MAX)
		return full(e);
	channels = ARENA_ARRAY(a, n, struct last_seen_channel);
	new.name = arena_str(a, c->name);
	if (!channels || !new.name.p)
		return arena_full(a, e);
	memcpy(new.sha256, c->sha256, SHA256_SIZE);
	for (size_t i = 0; i < n; i++)
		channels[i] = i == at ? new : s->channels[i < at || known ? i : i - 1];
	s->channels = channels;
	s->n_channels = n;
	return true;
}

/* ---- bytes ---- */

void last_seen_emit(struct buf *out, const struct last_seen *s)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "format", LAST_SEEN_FORMAT);
	json_key(&w, "logs");
	json_array(&w);
	for (size_t i = 0; i < s->n_logs; i++) {
		json_object(&w);
		json_put_str(&w, "origin", s->logs[i].origin);
		json_put_uint(&w, "size", s->logs[i].size);
		json_put_hex(&w, "root", SPAN_OF(s->logs[i].root.bytes));
		json_end_object(&w);
	}
	json_end_array(&w);
	json_key(&w, "channels");
	json_array(&w);
	for (size_t i = 0; i < s->n_channels; i++) {
		json_object(&w);
		json_put_str(&w, "name", s->channels[i].name);
		json_put_uint(&w, "counter", s->channels[i].counter);
		json_put_hex(&w, "sha256", SPAN_OF(s->channels[i].sha256));
		json_end_object(&w);
	}
	json_end_array(&w);
	json_end_object(&w);
}

static bool read_log(struct last_seen_log *ret, const struct json *v, struct err *e)
{
	static const char *const keys[] = { "origin", "size", "root", NULL };

	if (!json_only(v, "a log", keys, e) || !json_get_str(v, "origin", &ret->origin, e) ||
		!json_get_u64(v, "size", MERKLE_SIZE_MAX, &ret->size, e) ||
		!json_get_hex(v, "root", ret->root.bytes, MERKLE_HASH_SIZE, e))
		return false;
	return (ret->origin.n && ret->origin.n <= CHECKPOINT_ORIGIN_MAX) ||
	       err_set(e, ERR_FORMAT, "line %zu: an origin is 1 to %d bytes", v->line,
		       CHECKPOINT_ORIGIN_MAX);
}

static bool read_channel(struct last_seen_channel *ret, const struct json *v, struct err *e)
{
	static const char *const keys[] = { "name", "counter", "sha256", NULL };

	if (!json_only(v, "a channel", keys, e) || !json_get_str(v, "name", &ret->name, e) ||
		!json_get_u64(v, "counter", CHANNEL_COUNTER_MAX, &ret->counter, e) ||
		!json_get_hex(v, "sha256", ret->sha256, SHA256_SIZE, e))
		return false;
	return channel_name_ok(ret->name) ||
	       err_set(e, ERR_FORMAT, "line %zu: no name of a channel", v->line);
}

static bool list_of(const struct json **ret, const struct json *top, const char *key, struct err *e)
{
	if (!json_get_array(top, key, ret, e))
		return false;
	return (*ret)->n <= LAST_SEEN_ENTRIES_MAX ||
	       err_set(e, ERR_LIMIT, "'%s' has %zu entries, limit %d", key, (*ret)->n,
		       LAST_SEEN_ENTRIES_MAX);
}

static bool disorder(const struct json *v, struct err *e)
{
	return err_set(e, ERR_FORMAT, "line %zu: entries are ascending", v->line);
}

static bool read_logs(struct last_seen *s, const struct json *top, struct arena *a, struct err *e)
{
	const struct json *v = NULL;
	struct last_seen_log *logs;

	if (!list_of(&v, top, "logs", e))
		return false;
	logs = ARENA_ARRAY(a, v->n, struct last_seen_log);
	if (!logs)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		if (!read_log(&logs[i], &v->items[i], e))
			return false;
		if (i && str_compare(logs[i - 1].origin, logs[i].origin) >= 0)
			return disorder(&v->items[i], e);
	}
	s->logs = logs;
	s->n_logs = v->n;
	return true;
}

static bool read_channels(
	struct last_seen *s, const struct json *top, struct arena *a, struct err *e)
{
	const struct json *v = NULL;
	struct last_seen_channel *channels;

	if (!list_of(&v, top, "channels", e))
		return false;
	channels = ARENA_ARRAY(a, v->n, struct last_seen_channel);
	if (!channels)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		if (!read_channel(&channels[i], &v->items[i], e))
			return false;
		if (i && str_compare(channels[i - 1].name, channels[i].name) >= 0)
			return disorder(&v->items[i], e);
	}
	s->channels = channels;
	s->n_channels = v->n;
	return true;
}

bool last_seen_parse(struct last_seen *ret, struct span text, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "logs", "channels", NULL };
	struct last_seen s = { 0 };
	struct json v;

	if (text.n > LAST_SEEN_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "%zu bytes, limit %d", text.n, LAST_SEEN_SIZE_MAX);
	if (!json_parse(&v, text, a, e) || !json_check_format(&v, LAST_SEEN_FORMAT, e) ||
		!json_only(&v, "what was seen last", keys, e) || !read_logs(&s, &v, a, e) ||
		!read_channels(&s, &v, a, e))
		return false;
	*ret = s;
	return true;
}
