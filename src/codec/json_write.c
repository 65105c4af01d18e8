#include "codec/json.h"

#include <assert.h>

#include "base/hex.h"
#include "codec/json_plain.h"
#include "codec/utf8.h"
#include "base/banned.h"

static void new_line(struct json_out *w)
{
	buf_u8(w->to, '\n');
	buf_fill(w->to, ' ', 2 * (size_t)w->depth);
}

/* What stands between the element before and the next one. */
static void separate(struct json_out *w)
{
	if (w->after_key || w->depth == 0) {
		w->after_key = false;
		return;
	}
	if (w->filled[w->depth - 1])
		buf_u8(w->to, ',');
	w->filled[w->depth - 1] = true;
	new_line(w);
}

static void open(struct json_out *w, char bracket)
{
	separate(w);
	buf_u8(w->to, (uint8_t)bracket);
	assert(w->depth < JSON_DEPTH_MAX);
	w->filled[w->depth++] = false;
}

static void close(struct json_out *w, char bracket)
{
	assert(w->depth > 0 && !w->after_key);
	w->depth--;
	if (w->filled[w->depth])
		new_line(w);
	buf_u8(w->to, (uint8_t)bracket);
	if (w->depth == 0)
		buf_u8(w->to, '\n');
}

void json_object(struct json_out *w)
{
	open(w, '{');
}

void json_end_object(struct json_out *w)
{
	close(w, '}');
}

void json_array(struct json_out *w)
{
	open(w, '[');
}

void json_end_array(struct json_out *w)
{
	close(w, ']');
}

/* As JSON has it: beyond 16 bits the two halves of a surrogate pair. */
static void put_escape(struct buf *b, uint32_t cp)
{
	if (cp < 0x10000)
		buf_printf(b, "\\u%04x", (unsigned)cp);
	else
		buf_printf(b, "\\u%04x\\u%04x", (unsigned)(0xd800 + ((cp - 0x10000) >> 10)),
			(unsigned)(0xdc00 + (cp & 0x3ff)));
}

static void put_char(struct buf *b, struct str seq, uint32_t cp)
{
	if (cp == '"' || cp == '\\')
		buf_printf(b, "\\%c", (char)cp);
	else if (cp == '\n')
		buf_add_cstr(b, "\\n");
	else if (cp == '\t')
		buf_add_cstr(b, "\\t");
	else if (utf8_steers(cp))
		put_escape(b, cp);
	else
		buf_add_str(b, seq);
}

static void quoted(struct buf *b, struct str s)
{
	uint32_t cp;

	buf_u8(b, '"');
	while (s.n) {
		size_t n = json_plain(s);

		if (n) {
			buf_add(b, s.p, n);
			s = str_make(s.p + n, s.n - n);
			continue;
		}
		n = utf8_read(s, &cp);
		if (n)
			put_char(b, str_make(s.p, n), cp);
		else
			buf_add_cstr(b, "\xef\xbf\xbd");
		n = n ? n : 1;
		s = str_make(s.p + n, s.n - n);
	}
	buf_u8(b, '"');
}

void json_key_str(struct json_out *w, struct str key)
{
	separate(w);
	quoted(w->to, key);
	buf_add(w->to, ": ", 2);
	w->after_key = true;
}

void json_key(struct json_out *w, const char *key)
{
	json_key_str(w, str_of(key));
}

void json_text(struct json_out *w, struct str s)
{
	separate(w);
	quoted(w->to, s);
}

void json_cstr(struct json_out *w, const char *s)
{
	json_text(w, str_of(s));
}

void json_uint(struct json_out *w, uint64_t v)
{
	separate(w);
	buf_printf(w->to, "%llu", (unsigned long long)v);
}

void json_int(struct json_out *w, int64_t v)
{
	separate(w);
	buf_printf(w->to, "%lld", (long long)v);
}

void json_bool(struct json_out *w, bool v)
{
	separate(w);
	buf_add_cstr(w->to, v ? "true" : "false");
}

void json_null(struct json_out *w)
{
	separate(w);
	buf_add_cstr(w->to, "null");
}

void json_hex(struct json_out *w, struct span s)
{
	separate(w);
	buf_u8(w->to, '"');
	hex_add(w->to, s);
	buf_u8(w->to, '"');
}

static void value_list(struct json_out *w, const struct json *v)
{
	for (size_t i = 0; i < v->n; i++) {
		if (v->kind == JSON_OBJECT)
			json_key_str(w, v->keys[i]);
		json_value(w, &v->items[i]);
	}
}

void json_value(struct json_out *w, const struct json *v)
{
	switch (v->kind) {
	case JSON_NULL:
		json_null(w);
		break;
	case JSON_BOOL:
		json_bool(w, v->truth);
		break;
	case JSON_NUMBER:
		separate(w);
		buf_add_str(w->to, v->text);
		break;
	case JSON_STRING:
		json_text(w, v->text);
		break;
	case JSON_ARRAY:
		json_array(w);
		value_list(w, v);
		json_end_array(w);
		break;
	case JSON_OBJECT:
		json_object(w);
		value_list(w, v);
		json_end_object(w);
		break;
	}
}

void json_put_str(struct json_out *w, const char *key, struct str s)
{
	json_key(w, key);
	json_text(w, s);
}

void json_put_cstr(struct json_out *w, const char *key, const char *s)
{
	json_key(w, key);
	json_cstr(w, s);
}

void json_put_uint(struct json_out *w, const char *key, uint64_t v)
{
	json_key(w, key);
	json_uint(w, v);
}

void json_put_bool(struct json_out *w, const char *key, bool v)
{
	json_key(w, key);
	json_bool(w, v);
}

void json_put_hex(struct json_out *w, const char *key, struct span s)
{
	json_key(w, key);
	json_hex(w, s);
}
