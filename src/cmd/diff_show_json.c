#include "cmd/diff_show.h"
#include "codec/json.h"
#include "codec/json_base64.h"
#include "codec/utf8.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define FORMAT "assay.diff/1"

/* Text where it is text, base64 where it is not: a reader tells by the key. */
static void put_side(struct json_out *w, const char *key, const char *key_base64, struct span s)
{
	struct str text = str_make((const char *)s.p, s.n);
	if (utf8_valid(text) && (!s.n || !memchr(s.p, 0, s.n)))
		json_put_str(w, key, text);
	else
		json_base64_put(w, key_base64, s);
}

static void put_leaf(struct json_out *w, const struct diff_leaf *l)
{
	json_object(w);
	json_key(w, "where");
	json_array(w);
	for (size_t i = 0; i < l->n_where; i++)
		json_text(w, l->where[i]);
	json_end_array(w);
	json_put_cstr(w, "kind", diff_kind_name(l->kind));
	json_put_bool(w, "derived", l->derived);
	json_put_str(w, "why", l->why);
	json_put_str(w, "registers", l->registers);
	json_put_uint(w, "at-a", l->at_a);
	json_put_uint(w, "at-b", l->at_b);
	json_put_uint(w, "size-a", l->size_a);
	json_put_uint(w, "size-b", l->size_b);
	json_put_uint(w, "differing", l->n_bytes);
	json_put_uint(w, "lead", l->lead);
	put_side(w, "a", "a-base64", l->a);
	put_side(w, "b", "b-base64", l->b);
	json_end_object(w);
}

static void put_registers(struct json_out *w, const struct diff_report *r)
{
	json_key(w, "registers");
	json_array(w);
	for (size_t i = 0; i < r->n_registers; i++) {
		const struct diff_register *reg = &r->registers[i];
		char name[PLATFORM_REGISTER_NAME_MAX];

		platform_register_name(name, reg->platform, reg->pcr);
		json_object(w);
		json_put_str(w, "shape", reg->shape);
		json_put_cstr(w, "register", name);
		if (reg->platform == PLATFORM_TPM)
			json_put_uint(w, "pcr", reg->pcr);
		json_put_bool(w, "moves", reg->moves);
		json_put_bool(w, "known", reg->known);
		json_put_str(w, "by", reg->by);
		json_end_object(w);
	}
	json_end_array(w);
}

void diff_show_json(const struct diff_report *r, const char *a, const char *b, struct buf *to)
{
	struct json_out w = json_out_to(to);
	json_object(&w);
	json_put_cstr(&w, "format", FORMAT);
	json_put_cstr(&w, "a", a);
	json_put_cstr(&w, "b", b);
	json_put_bool(&w, "equal", r->equal);
	json_put_uint(&w, "causes", r->n_causes);
	json_put_uint(&w, "derived", r->n_leaves - r->n_causes);
	json_put_uint(&w, "only-counted", r->n_more);
	json_put_bool(&w, "measured", r->measured);
	put_registers(&w, r);
	json_key(&w, "differences");
	json_array(&w);
	for (size_t i = 0; i < r->n_leaves; i++)
		put_leaf(&w, &r->leaves[i]);
	json_end_array(&w);
	json_end_object(&w);
}
