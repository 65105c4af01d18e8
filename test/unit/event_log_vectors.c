/*
 * Event logs of real machines with the registers that others found for them: public logs of TPMs and of confidential
 * guests, and boots whose registers a TPM told. In files that are no part of this repository, looked for in ASSAY_VECTORS,
 * else in ../shared/vectors; without them the test is skipped.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "evidence/event_log.h"

#include "base/mem.h"
#include "codec/json.h"
#include "vectors.h"

enum { ARENA = 256 << 20, PCR_IMA = 10 };

static struct arena *a;
static struct json index_of_logs;
static size_t n_logs, n_values;

static struct span load(const char *part, struct str name)
{
	char path[VECTORS_PATH];
	struct buf b CLEANUP(buf_done) = { 0 };
	struct err e = { 0 };

	snprintf(path, sizeof path, "%s/%s/%.*s", vectors_folder, part, STR_ARG(name));
	CHECK_OK(file_read(AT_FDCWD, path, VECTORS_FILE_MAX, &b, &e), e);
	return str_span(arena_str(a, buf_str(&b)));
}

static void load_json(struct json *ret, const char *part, const char *name)
{
	struct err e = { 0 };

	CHECK_OK(json_parse(ret, load(part, str_of(name)), a, &e), e);
}

static struct str text_at(const struct json *o, const char *key)
{
	const struct json *v = json_get(o, key);

	return v ? v->text : STR("");
}

static const struct json *array_at(const struct json *o, const char *key)
{
	const struct json *v = json_get(o, key);

	CHECK(v && v->kind == JSON_ARRAY);
	return v;
}

/* Values by register number, {"0": HEX, ...}; the kernel extends PCR 10 without a word in the firmware's log. */
static void replays_to(const struct event_log *log, enum digest_alg alg, const struct json *values)
{
	struct event_log_registers r;
	struct err e = { 0 };

	CHECK_OK(event_log_replay(&r, log, alg, &e), e);
	for (size_t i = 0; i < values->n; i++) {
		char hex[2 * DIGEST_MAX + 1];
		uint64_t reg;

		CHECK(str_u64(values->keys[i], &reg, r.n - 1));
		if (reg == PCR_IMA && log->form == EVENT_LOG_AGILE)
			continue;
		digest_hex(&r.values[reg], hex);
		if (!str_is(values->items[i].text, hex))
			fprintf(stderr, "%s %s %u: %s, published %.*s\n",
				event_log_register_name(log->form), digest_name(alg), (unsigned)reg,
				hex, STR_ARG(values->items[i].text));
		CHECK(str_is(values->items[i].text, hex));
		n_values++;
	}
}

static void replays_to_banks(const struct event_log *log, const struct json *by_bank)
{
	for (size_t i = 0; i < by_bank->n; i++) {
		enum digest_alg alg = digest_from_name(by_bank->keys[i]);

		if (event_log_bank(log, alg) < log->n_banks)
			replays_to(log, alg, &by_bank->items[i]);
	}
}

/* The file of the collection with this digest; n 0: it is not there. */
static struct span find_log(struct str sha256)
{
	const struct json *list = array_at(&index_of_logs, "vectors");

	for (size_t i = 0; i < list->n; i++)
		if (str_equal(text_at(&list->items[i], "sha256"), sha256))
			return load("evidence", text_at(&list->items[i], "file"));
	return span_make(NULL, 0);
}

/* Logs that another project keeps, with what it found in them. The header is none of our events. */
static void published(const char *name, enum event_log_form want, bool cc)
{
	struct json doc;
	const struct json *list;

	load_json(&doc, "measurement", name);
	list = array_at(&doc, "vectors");
	for (size_t i = 0; i < list->n; i++) {
		const struct json *v = &list->items[i];
		struct span bytes = find_log(text_at(v, "sha256"));
		struct event_log log;
		struct err e = { 0 };
		uint64_t n;

		if (!bytes.n)
			continue;
		n_logs++;
		CHECK_OK(event_log_parse(&log, bytes, a, &e), e);
		CHECK(log.form == want || (!cc && log.form == EVENT_LOG_SHA1));
		CHECK_OK(json_get_u64(v, "events", EVENT_LOG_EVENTS_MAX, &n, &e), e);
		CHECK(log.n_events == n);
		if (cc)
			replays_to(&log, DIGEST_SHA384, json_get(v, "rtmr_by_replay"));
		else
			replays_to_banks(&log, json_get(v, "pcrs"));
	}
}

static void boots(void)
{
	struct json doc;
	const struct json *list;

	load_json(&doc, "measurement", "tpm-boot-measured.json");
	list = array_at(&doc, "runs");
	for (size_t i = 0; i < list->n; i++) {
		struct event_log log;
		struct err e = { 0 };

		n_logs++;
		CHECK_OK(event_log_parse(&log,
				 load("measurement", text_at(&list->items[i], "eventlog")), a, &e),
			e);
		CHECK(log.form == EVENT_LOG_AGILE);
		replays_to_banks(&log, json_get(&list->items[i], "pcrs"));
	}
}

/* Every log of a confidential guest in the collection is one, or is the ACPI table that says where it lies. */
static void confidential_guests(void)
{
	const struct json *list = array_at(&index_of_logs, "vectors");

	for (size_t i = 0; i < list->n; i++) {
		struct str file = text_at(&list->items[i], "file");
		struct event_log log;
		struct err e = { 0 };
		struct span bytes;

		if (!str_is(text_at(&list->items[i], "expected"), "parse (CC event log)"))
			continue;
		n_logs++;
		bytes = load("evidence", file);
		if (str_ends(file, "ccel_table.dat") || str_ends(file, "CCEL.bin")) {
			CHECK_ERR(event_log_parse(&log, bytes, a, &e), e, ERR_FORMAT);
			CHECK(strstr(e.text, "ACPI table"));
			continue;
		}
		CHECK_OK(event_log_parse(&log, bytes, a, &e), e);
		if (log.form != EVENT_LOG_CC && !str_ends(file, "tpm_eventlog.bin"))
			fprintf(stderr, "not taken for CC: %.*s\n", STR_ARG(file));
		CHECK(log.form == EVENT_LOG_CC || str_ends(file, "tpm_eventlog.bin"));
	}
}

int main(void)
{
	if (!vectors_find("."))
		return vectors_skip();
	a = arena_new(ARENA);
	load_json(&index_of_logs, "evidence", "index.json");
	published("tpm-eventlog-go-eventlog.json", EVENT_LOG_AGILE, false);
	published("ccel-go-eventlog.json", EVENT_LOG_CC, true);
	boots();
	confidential_guests();
	printf("%zu logs, %zu published values\n", n_logs, n_values);
	arena_free(a);
	return test_end();
}
