#include "appraise/reference_values.h"

#include "test.h"

enum { ARENA = 8 << 20, TEXT = 1 << 20 };

static const uint8_t separator[4] = { 0 };

static void make_events(struct reference_shape *s, struct arena *a)
{
	struct err e;

	event_list_init(&s->events, a, s->banks, s->n_banks);
	CHECK_OK(event_list_add(&s->events, 2, 4, SPAN_OF(separator), "separator", "PFP 3.3.4",
			 STR("firmware"), STR(""), &e),
		e);
	CHECK_OK(
		event_list_add(&s->events, 4, 0x80000007u, str_span(STR("Calling")), "boot attempt",
			"PFP 3.3.4", STR("firmware"), STR("Calling \"x\" \\ \xc3\xa4"), &e),
		e);
}

/* A shape with one register of each kind. */
static void make_values(struct reference_values *v, struct arena *a)
{
	struct reference_input *inputs = ARENA_ARRAY(a, 2, struct reference_input);
	struct reference_coverage *rows = ARENA_ARRAY(a, 2, struct reference_coverage);
	struct reference_register *r = ARENA_ARRAY(a, 5, struct reference_register);
	struct reference_shape *s = ARENA_ARRAY(a, 1, struct reference_shape);

	inputs[0] = (struct reference_input){ STR("uki"), STR("00ff") };
	inputs[1] = (struct reference_input){ STR("stub"), STR("257.9") };
	rows[0] = (struct reference_coverage){ STR("root"), STR("PCR 11"), STR("") };
	rows[1] = (struct reference_coverage){ STR("ACPI"), STR(""), STR("not covered") };
	*s = (struct reference_shape){ .name = STR("qemu-vtpm"),
		.platform = STR("tpm"),
		.inputs = inputs,
		.n_inputs = 2,
		.banks = { DIGEST_SHA256, DIGEST_SHA384 },
		.n_banks = 2,
		.registers = r,
		.n_registers = 5,
		.coverage = rows,
		.n_coverage = 2 };
	make_events(s, a);
	r[0] = (struct reference_register){ 0, REFERENCE_OBSERVED, STR("booted here"), { { 0 } } };
	r[1] = (struct reference_register){ 1, REFERENCE_NOT_PREDICTABLE, STR("devices"),
		{ { 0 } } };
	r[2] = (struct reference_register){ 2, REFERENCE_COMPUTED, STR("rules"), { { 0 } } };
	r[3] = (struct reference_register){ 4, REFERENCE_COMPUTED, STR("rules"), { { 0 } } };
	r[4] = (struct reference_register){ 14, REFERENCE_COMPUTED, STR("no shim"), { { 0 } } };
	for (size_t i = 0; i < 5; i++)
		for (size_t b = 0; r[i].how == REFERENCE_COMPUTED && b < 2; b++)
			event_fold(&s->events, r[i].reg, b, &r[i].values[b]);
	for (size_t b = 0; b < 2; b++)
		r[0].values[b] = digest_of(s->banks[b], str_span(STR("seen")));
	*v = (struct reference_values){ .image = STR("hello"), .shapes = s, .n_shapes = 1 };
	memset(v->manifest_sha256, 0x5a, sizeof v->manifest_sha256);
	v->has_origins = true;
	v->origins = (struct origin_class_shares){ { 0, 11, 22, 33 } };
}

static void write_and_read_are_inverse(struct arena *a)
{
	struct buf first = buf_init(TEXT), second = buf_init(TEXT);
	struct reference_values v, back;
	const struct reference_shape *s;
	struct err e;

	make_values(&v, a);
	reference_values_emit(&v, &first);
	CHECK_OK(reference_values_parse(&back, buf_span(&first), a, &e), e);
	reference_values_emit(&back, &second);
	CHECK(span_equal(buf_span(&first), buf_span(&second)));
	s = reference_shape_find(&back, "qemu-vtpm");
	CHECK(s && s->n_registers == 5 && s->events.n == 2 && s->n_banks == 2);
	CHECK(s && s->registers[1].how == REFERENCE_NOT_PREDICTABLE);
	CHECK(s && digest_equal(&s->registers[3].values[1], &v.shapes[0].registers[3].values[1]));
	CHECK(!reference_shape_find(&back, "qemu"));
	CHECK(back.has_origins && !memcmp(&back.origins, &v.origins, sizeof v.origins));
	v.has_origins = false; /* as a file of an older build */
	buf_done(&first);
	first = buf_init(TEXT);
	reference_values_emit(&v, &first);
	CHECK_OK(reference_values_parse(&back, buf_span(&first), a, &e), e);
	CHECK(!back.has_origins);
	buf_done(&first);
	buf_done(&second);
}

static void every_truncation_is_refused(struct arena *keep)
{
	struct buf text = buf_init(TEXT);
	struct reference_values v, back;
	size_t accepted = 0;
	struct err e;

	make_values(&v, keep);
	reference_values_emit(&v, &text);
	for (size_t n = 0; n + 1 < text.n; n++) { /* the last byte is a line end */
		struct arena *a = arena_new(ARENA);

		accepted += reference_values_parse(&back, span_make(text.p, n), a, &e);
		arena_free(a);
	}
	CHECK(accepted == 0);
	buf_done(&text);
}

/* Replaces the first `from` in the written values and expects the reader to answer with this kind. */
static void refused(const char *from, const char *to, enum err_kind want)
{
	struct arena *a = arena_new(ARENA);
	struct buf text = buf_init(TEXT), changed = buf_init(TEXT);
	struct reference_values v, back;
	struct err e = { 0 };
	const char *at;
	bool ok;

	make_values(&v, a);
	reference_values_emit(&v, &text);
	buf_u8(&text, 0);
	at = strstr((const char *)text.p, from);
	CHECK(at != NULL);
	if (at) {
		buf_add(&changed, text.p, (size_t)(at - (const char *)text.p));
		buf_add_cstr(&changed, to);
		buf_add_cstr(&changed, at + strlen(from));
		ok = reference_values_parse(&back, buf_span(&changed), a, &e);
		test_report(!ok && e.kind == want, __FILE__, __LINE__, ok ? to : e.text);
	}
	buf_done(&text);
	buf_done(&changed);
	arena_free(a);
}

static void twins(void)
{
	static const struct {
		const char *from, *to;
		enum err_kind kind;
	} cases[] = {
		{ "values/1", "values/2", ERR_FORMAT },
		{ "\"image\"", "\"imago\"", ERR_FORMAT },
		{ "\"hello\"", "\"\"", ERR_FORMAT },
		{ "\"hello\"", "\"he\\u001bllo\"", ERR_FORMAT },
		{ "\"hello\"", "\"he\\u0085llo\"", ERR_FORMAT },
		{ "5a5a", "5a5", ERR_FORMAT },
		{ "5a5a", "5A5a", ERR_FORMAT },
		{ "\"sha384\"", "\"sha256\"", ERR_FORMAT },
		{ "\"sha384\"", "\"md5\"", ERR_FORMAT },
		{ "\"computed\"", "\"guessed\"", ERR_FORMAT },
		{ "\"computed\"", "\"not-predictable\"", ERR_FORMAT }, /* yet it has values */
		{ "\"not-predictable\"", "\"observed\"", ERR_FORMAT }, /* yet it has none */
		{ "\"observed\"", "\"computed\"", ERR_MISMATCH },
		{ "\"register\": 4", "\"register\": 24", ERR_FORMAT },
		{ "\"register\": 4", "\"register\": 2", ERR_FORMAT },
		{ "\"register\": 4", "\"register\": 04", ERR_FORMAT },
		{ "\"register\": 4", "\"register\": 5", ERR_FORMAT }, /* an event extends 4 */
		{ "\"register\": 14", "\"register\": 4", ERR_FORMAT },
		{ "\"register\": 1,", "\"register\": 0,", ERR_FORMAT },
		{ "\"firmware_only\": false", "\"firmware_only\": 0", ERR_FORMAT },
		{ "\"type\": 4,", "\"type\": 4294967296,", ERR_FORMAT },
		{ "\"type\": 4,", "\"type\": -4,", ERR_FORMAT },
		{ "\"layer\"", "\"extra\": 1, \"layer\"", ERR_FORMAT },
		{ "\"reason\"", "\"vouched\": \"me\", \"reason\"", ERR_FORMAT },
		{ "\"distribution\": 22", "\"distribution\": -22", ERR_FORMAT },
		{ "\"distribution\": 22", "\"binary\": 22", ERR_FORMAT },
		{ "\"opaque\": 0", "\"opaque\": 0, \"more\": 0", ERR_FORMAT },
		{ "\"stub\"", "\"uki\"", ERR_FORMAT }, /* an input twice */
		{ "3d458cfe", "3d458cff", ERR_MISMATCH },
		{ "df3f6198", "df3f6199", ERR_MISMATCH },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		refused(cases[i].from, cases[i].to, cases[i].kind);
}

static void oversize_is_a_limit(struct arena *a)
{
	struct reference_values v;
	struct err e;

	CHECK_ERR(reference_values_parse(
			  &v, span_make("", REFERENCE_VALUES_SIZE_MAX + (size_t)1), a, &e),
		e, ERR_LIMIT);
}

int main(void)
{
	struct arena *a = arena_new(ARENA);

	write_and_read_are_inverse(a);
	every_truncation_is_refused(a);
	twins();
	oversize_is_a_limit(a);
	arena_free(a);
	return test_end();
}
