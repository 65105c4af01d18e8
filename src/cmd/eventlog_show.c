/* assay eventlog show: every event of a log in words. */
#include <stdio.h>

#include "cmd/eventlog_event.h"
#include "cmd/verbs.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define EVENTLOG_FORMAT "assay.eventlog/1"

/* What is decoded of an event is given back before the next one. */
enum { EVENT_MEMORY_MAX = 4 << 20 };

static bool print_json(const struct eventlog *l, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(EVENTLOG_JSON_MAX);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	eventlog_put_head(&w, EVENTLOG_FORMAT, l);
	json_key(&w, "events");
	json_array(&w);
	for (size_t i = 1; i <= l->log.n_events; i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(EVENT_MEMORY_MAX);

		if (!eventlog_event_put(&w, &l->log, i, a, e))
			return false;
	}
	json_end_array(&w);
	json_end_object(&w);
	return eventlog_print_json(&b, e);
}

static bool print_text(const struct eventlog *l, struct err *e)
{
	char hex[8];

	printf("%s, %zu event%s, banks", eventlog_form_name(l->log.form), l->log.n_events,
		l->log.n_events == 1 ? "" : "s");
	for (size_t i = 0; i < l->log.n_banks; i++)
		printf(" %s", eventlog_bank_name(&l->log, i, hex));
	puts("; the words are the log's own");
	for (size_t i = 1; i <= l->log.n_events; i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(EVENT_MEMORY_MAX);

		if (!eventlog_event_print(&l->log, i, a, e))
			return false;
	}
	return true;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(EVENTLOG_MEMORY_MAX);
	struct eventlog l;

	(void)code;
	if (!eventlog_load(&l, verb_arg(args, 0), a, e))
		return false;
	return verb_flag(args, "--json") ? print_json(&l, e) : print_text(&l, e);
}

static const struct verb_option options[] = {
	{ "--json", NULL, "print the events as JSON", false },
	{ 0 },
};

const struct verb cmd_eventlog_show = {
	.name = "eventlog show",
	.summary = "the events of a measured boot's log, in words",
	.usage = "LOG",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay eventlog show \\\n    /sys/kernel/security/tpm0/binary_bios_measurements",
	.run = run,
};
