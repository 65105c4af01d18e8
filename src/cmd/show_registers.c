#include "cmd/show_registers.h"

#include <stdio.h>

#include "cmd/line.h"
#include "cmd/reference_load.h"
#include "cmd/wrap.h"
#include "base/banned.h"

enum { VALUE_INDENT = 10, NOTE_INDENT = 4, TEXT_MAX = 65536 };

/* The value in the first bank: the file has them all, and assay measure prints them. */
static void print_register(const struct reference_shape *s, const struct reference_register *r)
{
	CLEANUP(buf_done) struct buf how = buf_init(TEXT_MAX);
	char hex[2 * DIGEST_MAX + 1], name[PLATFORM_REGISTER_NAME_MAX];

	reference_register_name(name, s, r->reg);
	buf_printf(&how, "%s: %.*s", reference_load_how(r->how), STR_ARG(r->reason));
	printf("  %-6s  ", name);
	wrap_print_behind(VALUE_INDENT, buf_str(&how));
	if (r->how == REFERENCE_NOT_PREDICTABLE || !s->n_banks)
		return;
	digest_hex(&r->values[0], hex);
	printf("%*s%s\n", VALUE_INDENT, "", hex);
}

static void print_coverage(const struct reference_coverage *c)
{
	line_print(stdout, "  %-31.*s %.*s", STR_ARG(c->layer),
		STR_ARG(c->by.n ? c->by : STR("NOTHING")));
	if (c->note.n)
		wrap_print(NOTE_INDENT, c->note);
}

void show_registers_print(const struct reference_shape *s)
{
	putchar('\n');
	line_print(stdout, "platform %.*s", STR_ARG(s->name));
	for (size_t i = 0; i < s->n_registers; i++)
		print_register(s, &s->registers[i]);
	puts("  the measured layers, and what covers them");
	for (size_t i = 0; i < s->n_coverage; i++)
		print_coverage(&s->coverage[i]);
	if (s->firmware_only)
		puts("no register covers all that is executed: no verdict is affirming");
}

static void put_register(
	struct json_out *w, const struct reference_shape *s, const struct reference_register *r)
{
	json_object(w);
	json_put_uint(w, "register", r->reg);
	json_put_cstr(w, "how", reference_load_how(r->how));
	json_put_str(w, "reason", r->reason);
	for (size_t b = 0; b < s->n_banks && r->how != REFERENCE_NOT_PREDICTABLE; b++)
		json_put_hex(w, digest_name(s->banks[b]),
			span_make(r->values[b].bytes, digest_size(s->banks[b])));
	json_end_object(w);
}

void show_registers_json(struct json_out *w, const struct reference_shape *s)
{
	json_object(w);
	json_put_str(w, "name", s->name);
	json_put_bool(w, "firmware-only", s->firmware_only);
	json_key(w, "registers");
	json_array(w);
	for (size_t i = 0; i < s->n_registers; i++)
		put_register(w, s, &s->registers[i]);
	json_end_array(w);
	reference_values_coverage(w, s);
	json_end_object(w);
}
