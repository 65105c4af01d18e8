#include "check/survey.h"

#include "base/banned.h"

static const char *difference_name(const struct finding *f)
{
	switch (f->kind) {
	case DIFF_ONLY_A:
		return "only-first";
	case DIFF_ONLY_B:
		return "only-second";
	default:
		return diff_kind_name(f->kind);
	}
}

static void put_names(struct json_out *w, const char *key, const struct str *items, size_t n)
{
	json_key(w, key);
	json_array(w);
	for (size_t i = 0; i < n; i++)
		json_text(w, items[i]);
	json_end_array(w);
}

/* "PCR 4, 5": each with its word. */
static void put_registers(struct json_out *w, struct str registers)
{
	struct str one;

	json_key(w, "registers");
	json_array(w);
	if (str_starts(registers, "PCR "))
		registers = str_make(registers.p + 4, registers.n - 4);
	while (registers.n) {
		char text[32] = "PCR ";

		str_cut(registers, ',', &one, &registers);
		one = str_trim(one);
		if (one.n >= sizeof text - 4)
			continue;
		memcpy(text + 4, one.p, one.n);
		json_text(w, str_make(text, one.n + 4));
	}
	json_end_array(w);
}

static void put_variations(struct json_out *w, const char *key, uint64_t set)
{
	json_key(w, key);
	json_array(w);
	for (enum variation v = 0; v < VARIATION_N; v++)
		if (set & VARIATION_BIT(v))
			json_cstr(w, variation_name(v));
	json_end_array(w);
}

static void put_channel(struct json_out *w, uint64_t set)
{
	CLEANUP(buf_done) struct buf names = buf_init(1024);

	for (enum variation v = 0; v < VARIATION_N; v++)
		if (set & VARIATION_BIT(v))
			buf_printf(&names, "%s%s", names.n ? "+" : "", variation_name(v));
	json_put_str(w, "channel", buf_str(&names));
}

static void put_finding(struct json_out *w, const struct finding *f)
{
	json_object(w);
	json_put_str(w, "component", f->component);
	json_put_str(w, "artefact", f->artefact);
	put_names(w, "where", f->where, f->n_where);
	json_put_cstr(w, "difference", difference_name(f));
	json_put_cstr(w, "class", cause_name(f->class));
	json_put_cstr(w, "proof", f->proved ? "proved" : "suspected");
	json_put_cstr(w, "by", cause_by_name(f->by));
	put_channel(w, f->variations);
	json_put_str(w, "evidence", f->evidence);
	put_registers(w, f->registers);
	json_put_str(w, "first", f->first);
	json_put_str(w, "second", f->second);
	json_end_object(w);
}

static void put_component(struct json_out *w, const struct survey_component *c)
{
	const struct examine_result *r = &c->result;

	json_object(w);
	json_put_str(w, "component", c->is_image ? STR("") : c->name);
	json_put_bool(w, "identical", r->identical);
	json_put_uint(w, "builds", r->n_builds);
	json_put_uint(w, "artefacts", r->n_artefacts);
	json_put_uint(w, "differing", r->n_differing);
	put_names(w, "undeclared", r->notes, r->n_notes);
	json_end_object(w);
}

static void put_not_effective(struct json_out *w, const struct survey_result *r)
{
	json_key(w, "not-effective");
	json_array(w);
	for (size_t i = 0; i < r->n_not_effective; i++) {
		const struct survey_not_effective *n = &r->not_effective[i];

		json_object(w);
		json_put_str(w, "component", n->component);
		json_put_cstr(w, "variation", variation_name(n->variation));
		json_put_str(w, "why", n->why);
		json_end_object(w);
	}
	json_end_array(w);
}

void survey_emit(struct json_out *w, const struct survey *s, const struct survey_result *r)
{
	const char *mode = s->variations == VARIATION_OUTSIDE ? "outside" : "vary";

	json_object(w);
	json_put_cstr(w, "format", SURVEY_FORMAT);
	json_put_bool(w, "identical", r->identical);
	json_put_cstr(w, "mode", s->plain ? "plain" : mode);
	put_variations(w, "varied", r->varied);
	put_not_effective(w, r);
	json_key(w, "components");
	json_array(w);
	for (size_t i = 0; i < r->n_components; i++)
		put_component(w, &r->components[i]);
	json_end_array(w);
	json_key(w, "findings");
	json_array(w);
	for (size_t i = 0; i < r->n_components; i++)
		for (size_t k = 0; k < r->components[i].result.n_findings; k++)
			put_finding(w, &r->components[i].result.findings[k]);
	json_end_array(w);
	json_end_object(w);
}
