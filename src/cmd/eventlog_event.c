#include "cmd/eventlog_event.h"

#include <stdio.h>

#include "base/hex.h"

#include "cmd/line.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

/* What is decoded of one event lives for one event. */
enum { FACTS_MEMORY_MAX = 4 << 20, LINE_MAX_BYTES = 64 << 10, HEX_TYPE = 16, HEX_BANK = 8 };

static const char nothing_hashed[] = "something that the log does not hold";

static void add_register(
	struct buf *b, const struct event_log *log, const struct event_log_event *ev)
{
	if (ev->type == EVENT_LOG_NO_ACTION)
		buf_printf(b, "%-8s", "-");
	else
		buf_printf(b, "%s %-*u", event_log_register_name(log->form),
			log->form == EVENT_LOG_CC ? 3 : 4, ev->reg);
}

/* What did not fit is cut, and the line says so. */
static void print_buf(const struct buf *b)
{
	fwrite(b->p, 1, b->n, stdout);
	puts(buf_ok(b) ? "" : "...");
}

static void print_fact(const char *name, struct str value)
{
	CLEANUP(buf_done) struct buf b = buf_init(LINE_MAX_BYTES);

	buf_printf(&b, "       %-10s ", name);
	line_add(&b, value);
	print_buf(&b);
}

static void print_digests(const struct event_log *log, const struct event_log_event *ev)
{
	char name[HEX_BANK], hex[2 * DIGEST_MAX + 1];

	for (size_t i = 0; i < log->n_banks; i++) {
		hex_write(hex, ev->digests[i].p, ev->digests[i].n);
		printf("       %-10s %s\n", eventlog_bank_name(log, i, name), hex);
	}
}

bool eventlog_event_print(
	const struct event_log *log, size_t number, struct arena *a, struct err *e)
{
	const struct event_log_event *ev = &log->events[number - 1];
	CLEANUP(buf_done) struct buf b = buf_init(LINE_MAX_BYTES);
	struct event_facts facts;
	char type[HEX_TYPE];

	if (!event_facts(&facts, log, ev, a, e))
		return false;
	buf_printf(&b, "%5zu  ", number);
	add_register(&b, log, ev);
	buf_add_cstr(&b, eventlog_type_name(ev, type));
	print_buf(&b);
	if (ev->type != EVENT_LOG_NO_ACTION)
		print_digests(log, ev);
	for (size_t i = 0; i < facts.n; i++)
		print_fact(facts.items[i].name, facts.items[i].value);
	if (ev->type != EVENT_LOG_NO_ACTION)
		print_fact("hash of", str_of(facts.hashed ? facts.hashed : nothing_hashed));
	return true;
}

bool eventlog_event_line(const char *mark, const struct event_log *log, size_t number,
	struct arena *a, struct err *e)
{
	const struct event_log_event *ev = &log->events[number - 1];
	CLEANUP(buf_done) struct buf b = buf_init(LINE_MAX_BYTES);
	struct event_facts facts;
	char type[HEX_TYPE];

	if (!event_facts(&facts, log, ev, a, e))
		return false;
	buf_printf(&b, "%s %zu  %s", mark, number, eventlog_type_name(ev, type));
	for (size_t i = 0; i < facts.n; i++) {
		buf_printf(&b, "%s%s ", i ? ", " : ": ", facts.items[i].name);
		line_add(&b, facts.items[i].value);
	}
	print_buf(&b);
	return true;
}

static void put_digests(
	struct json_out *w, const struct event_log *log, const struct event_log_event *ev)
{
	char name[HEX_BANK];

	json_key(w, "digests");
	json_object(w);
	for (size_t i = 0; i < log->n_banks; i++)
		json_put_hex(w, eventlog_bank_name(log, i, name), ev->digests[i]);
	json_end_object(w);
}

static void put_facts(struct json_out *w, const struct event_facts *facts)
{
	json_key(w, "says");
	json_array(w);
	for (size_t i = 0; i < facts->n; i++) {
		json_object(w);
		json_put_cstr(w, "what", facts->items[i].name);
		json_put_str(w, "is", facts->items[i].value);
		json_end_object(w);
	}
	json_end_array(w);
}

bool eventlog_event_put(struct json_out *w, const struct event_log *log, size_t number,
	struct arena *a, struct err *e)
{
	const struct event_log_event *ev = &log->events[number - 1];
	struct event_facts facts;
	char type[HEX_TYPE];

	if (!event_facts(&facts, log, ev, a, e))
		return false;
	json_object(w);
	json_put_uint(w, "number", number);
	json_put_uint(w, "at", ev->at);
	if (ev->type == EVENT_LOG_NO_ACTION) {
		json_key(w, "register");
		json_null(w);
	} else {
		json_put_uint(w, "register", ev->reg);
	}
	json_put_cstr(w, "type", eventlog_type_name(ev, type));
	json_put_uint(w, "type-number", ev->type);
	put_digests(w, log, ev);
	put_facts(w, &facts);
	json_put_cstr(w, "hash-of", facts.hashed ? facts.hashed : "");
	json_put_hex(w, "data", ev->data);
	json_end_object(w);
	return true;
}
