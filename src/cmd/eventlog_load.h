/*
 * A file that holds an event log: the log itself as the kernel gives it, or evidence that *assay verify --save* kept and in
 * which a firmware's log is. And the pieces of it that all the eventlog verbs print.
 */
#ifndef ASSAY_CMD_EVENTLOG_LOAD_H
#define ASSAY_CMD_EVENTLOG_LOAD_H

#include "appraise/event_facts.h"
#include "codec/json.h"
#include "evidence/event_log.h"

enum { EVENTLOG_MEMORY_MAX = 512 << 20, EVENTLOG_JSON_MAX = 256 << 20 };

struct eventlog {
	struct event_log log;
	uint8_t sha256[SHA256_SIZE]; /* of the log, not of evidence around it */
	size_t size;
};

/* The bytes live in a. Errors name the file. */
bool eventlog_load(
	struct eventlog *ret, const char *path, struct arena *a, struct err *e) MUST_CHECK;
/* The same from bytes that were read already and live as long as a. */
bool eventlog_of_bytes(struct eventlog *ret, const char *path, struct span bytes, struct arena *a,
	struct err *e) MUST_CHECK;
/* The whole file, in a. */
bool eventlog_read(struct span *ret, const char *path, struct arena *a, struct err *e) MUST_CHECK;

/* The bank of that name, which the log must have; name NULL: its first one that this assay can hash. */
bool eventlog_bank(enum digest_alg *ret, const struct event_log *log, const char *name,
	struct err *e) MUST_CHECK;

/* "sha256", or "0x0012" for a hash that is not known here. */
const char *eventlog_bank_name(const struct event_log *log, size_t bank, char hex[static 8]);
/* "crypto-agile log of a TPM" */
const char *eventlog_form_name(enum event_log_form form);
/* "EV_SEPARATOR", or its number. */
const char *eventlog_type_name(const struct event_log_event *ev, char hex[static 16]);

/* "format", "log" and so on: what stands at the start of each document. */
void eventlog_put_head(struct json_out *w, const char *format, const struct eventlog *l);
/* Prints the document in b, or says that it is too large. */
bool eventlog_print_json(const struct buf *b, struct err *e) MUST_CHECK;

#endif
