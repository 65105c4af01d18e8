#include "appraise/reference_values.h"

#include "codec/json.h"
#include "base/banned.h"

static const char *how_name(enum reference_how how)
{
	switch (how) {
	case REFERENCE_COMPUTED:
		return "computed";
	case REFERENCE_OBSERVED:
		return "observed";
	case REFERENCE_NOT_PREDICTABLE:
		break;
	}
	return "not-predictable";
}

static void put_digests(struct json_out *w, const char *key, const struct digest *digests,
	const enum digest_alg *banks, size_t n_banks)
{
	json_key(w, key);
	json_object(w);
	for (size_t i = 0; i < n_banks; i++)
		json_put_hex(w, digest_name(banks[i]),
			span_make(digests[i].bytes, digest_size(banks[i])));
	json_end_object(w);
}

static void put_inputs(struct json_out *w, const struct reference_shape *s)
{
	json_key(w, "inputs");
	json_array(w);
	for (size_t i = 0; i < s->n_inputs; i++) {
		json_object(w);
		json_put_str(w, "name", s->inputs[i].name);
		json_put_str(w, "value", s->inputs[i].value);
		json_end_object(w);
	}
	json_end_array(w);
}

void reference_values_coverage(struct json_out *w, const struct reference_shape *s)
{
	json_key(w, "coverage");
	json_array(w);
	for (size_t i = 0; i < s->n_coverage; i++) {
		json_object(w);
		json_put_str(w, "layer", s->coverage[i].layer);
		json_put_str(w, "by", s->coverage[i].by);
		json_put_str(w, "note", s->coverage[i].note);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_rules(struct json_out *w, const struct reference_shape *s)
{
	if (!s->n_rules)
		return;
	json_key(w, "rules");
	json_array(w);
	for (size_t i = 0; i < s->n_rules; i++) {
		json_object(w);
		json_put_str(w, "what", s->rules[i].what);
		json_put_str(w, "source", s->rules[i].source);
		json_put_str(w, "confirmed", s->rules[i].confirmed);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_registers(struct json_out *w, const struct reference_shape *s)
{
	json_key(w, "registers");
	json_array(w);
	for (size_t i = 0; i < s->n_registers; i++) {
		const struct reference_register *r = &s->registers[i];

		json_object(w);
		json_put_uint(w, "register", r->reg);
		json_put_cstr(w, "how", how_name(r->how));
		json_put_str(w, "reason", r->reason);
		if (r->how != REFERENCE_NOT_PREDICTABLE)
			put_digests(w, "values", r->values, s->banks, s->n_banks);
		json_end_object(w);
	}
	json_end_array(w);
}

void reference_values_events(struct json_out *w, const struct event_list *l)
{
	json_key(w, "events");
	json_array(w);
	for (size_t i = 0; i < l->n; i++) {
		const struct event *ev = &l->items[i];

		json_object(w);
		json_put_uint(w, "register", ev->reg);
		json_put_uint(w, "type", ev->type);
		json_put_str(w, "what", ev->what);
		json_put_str(w, "rule", ev->rule);
		json_put_str(w, "origin", ev->origin);
		json_put_str(w, "text", ev->text);
		put_digests(w, "digests", ev->digests, l->banks, l->n_banks);
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_shape(struct json_out *w, const struct reference_shape *s)
{
	json_object(w);
	json_put_str(w, "name", s->name);
	json_put_str(w, "platform", s->platform);
	put_inputs(w, s);
	json_key(w, "banks");
	json_array(w);
	for (size_t i = 0; i < s->n_banks; i++)
		json_cstr(w, digest_name(s->banks[i]));
	json_end_array(w);
	json_put_bool(w, "firmware_only", s->firmware_only);
	put_rules(w, s);
	reference_values_coverage(w, s);
	put_registers(w, s);
	reference_values_events(w, &s->events);
	json_end_object(w);
}

void reference_values_emit(const struct reference_values *v, struct buf *out)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "format", REFERENCE_VALUES_FORMAT);
	json_put_str(&w, "image", v->image);
	json_put_hex(&w, "manifest_sha256", SPAN_OF(v->manifest_sha256));
	if (v->has_origins) {
		json_key(&w, "origins");
		json_object(&w);
		origin_class_emit(&w, &v->origins);
		json_end_object(&w);
	}
	json_key(&w, "shapes");
	json_array(&w);
	for (size_t i = 0; i < v->n_shapes; i++)
		put_shape(&w, &v->shapes[i]);
	json_end_array(&w);
	json_end_object(&w);
}
