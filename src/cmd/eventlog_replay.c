/* assay eventlog replay: the registers that a log's events give. */
#include <stdio.h>

#include "cmd/eventlog_load.h"
#include "cmd/verbs.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

#define EVENTLOG_REPLAY_FORMAT "assay.eventlog-replay/1"
enum { JSON_MAX = 1 << 20 };

struct replays {
	struct event_log_registers banks[EVENT_LOG_BANKS_MAX];
	size_t n;
};

static void print_registers(const struct event_log *log, const struct event_log_registers *r)
{
	char hex[2 * DIGEST_MAX + 1];

	for (size_t i = 0; i < r->n; i++) {
		if (!(r->extended >> i & 1))
			continue;
		digest_hex(&r->values[i], hex);
		printf("%s %-2zu  %s\n", event_log_register_name(log->form), i, hex);
	}
}

static void put_registers(struct json_out *w, const struct event_log_registers *r)
{
	char name[24];

	json_key(w, digest_name(r->alg));
	json_object(w);
	for (size_t i = 0; i < r->n; i++) {
		snprintf(name, sizeof name, "%zu", i);
		if (r->extended >> i & 1)
			json_put_hex(w, name, span_make(r->values[i].bytes, digest_size(r->alg)));
	}
	json_end_object(w);
}

static bool print_json(const struct eventlog *l, const struct replays *all, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	eventlog_put_head(&w, EVENTLOG_REPLAY_FORMAT, l);
	json_key(&w, "registers");
	json_object(&w);
	for (size_t i = 0; i < all->n; i++)
		put_registers(&w, &all->banks[i]);
	json_end_object(&w);
	json_end_object(&w);
	return eventlog_print_json(&b, e);
}

/* All banks, or the one that was asked for. */
static bool replay(
	struct replays *ret, const struct event_log *log, const char *bank, struct err *e)
{
	enum digest_alg only;

	if (!eventlog_bank(&only, log, bank, e))
		return false;
	for (size_t i = 0; i < log->n_banks; i++) {
		if (log->banks[i] == DIGEST_NONE || (bank && log->banks[i] != only))
			continue;
		if (!event_log_replay(&ret->banks[ret->n++], log, log->banks[i], e))
			return false;
	}
	return true;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(EVENTLOG_MEMORY_MAX);
	const char *bank = verb_value(args, "--bank");
	struct replays all = { 0 };
	struct eventlog l;

	(void)code;
	if (!eventlog_load(&l, verb_arg(args, 0), a, e) || !replay(&all, &l.log, bank, e))
		return false;
	if (verb_flag(args, "--json"))
		return print_json(&l, &all, e);
	for (size_t i = 0; i < all.n; i++) {
		if (!bank)
			puts(digest_name(all.banks[i].alg));
		print_registers(&l.log, &all.banks[i]);
	}
	return true;
}

static const struct verb_option options[] = {
	{ "--bank", "NAME", "only this one: sha1, sha256, sha384 or sha512", false },
	{ "--json", NULL, "print the registers as JSON", false },
	{ 0 },
};

const struct verb cmd_eventlog_replay = {
	.name = "eventlog replay",
	.summary = "the registers that the events of a log give",
	.usage = "LOG",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example =
		"assay eventlog replay --bank sha256 \\\n    /sys/kernel/security/tpm0/binary_bios_measurements",
	.run = run,
};
