/*
 * The firmware's event log: what it says it has extended into the PCRs, in the order of the log. Both forms of the TCG PC
 * Client Platform Firmware Profile: crypto-agile (section 10.2.2, TCG_PCR_EVENT2 behind a "Spec ID Event03" header)
 * and the older SHA-1 form (10.2.1, TCG_PCR_EVENT throughout).
 *
 * A log is nobody's word: it is believed only as far as its replay gives the registers that a TPM has signed, and even
 * then an event's type is not measured and its data only sometimes. Recompute a digest before believing text.
 */
#ifndef ASSAY_EVIDENCE_EVENT_LOG_H
#define ASSAY_EVIDENCE_EVENT_LOG_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/span.h"

enum {
	EVENT_LOG_SIZE_MAX = 1 << 20,
	EVENT_LOG_EVENTS_MAX = 20000,
	EVENT_LOG_BANKS_MAX = 8,
	EVENT_LOG_PCRS = 24,
	EVENT_LOG_NO_ACTION = 0x00000003, /* EV_NO_ACTION: logged, never extended */
};

struct event_log_event {
	uint32_t pcr;  /* 0..23; any number where type is EVENT_LOG_NO_ACTION */
	uint32_t type; /* as logged; not measured */
	struct span digests[EVENT_LOG_BANKS_MAX]; /* in the order of the log's banks */
	struct span data;                         /* borrowed from the log's bytes */
	size_t at;                                /* offset of the event in the log */
};

struct event_log {
	enum digest_alg banks[EVENT_LOG_BANKS_MAX]; /* NONE: a hash that this build does not know */
	size_t n_banks;
	bool sha1_form;
	const struct event_log_event
		*events; /* the header event of a crypto-agile log is not among them */
	size_t n_events;
};

/*
 * Borrows bytes; the list of events lies in a. Every digest that the header announces must be there once in each event.
 * Fails: FORMAT with the offset (truncated, empty, trailing bytes, unknown PCR), LIMIT.
 */
bool event_log_parse(
	struct event_log *ret, struct span bytes, struct arena *a, struct err *e) MUST_CHECK;

/* The bank's place in log->banks, or n_banks when the log has no such bank. */
size_t event_log_bank(const struct event_log *log, enum digest_alg alg);
/* What the event says was extended in that bank; false when the log has no such bank. */
bool event_log_digest(const struct event_log *log, const struct event_log_event *ev,
	enum digest_alg alg, struct digest *ret) MUST_CHECK;
/* True when the logged digest is the plain hash of the event's data. False proves nothing: many types hash other bytes. */
bool event_log_data_hashed(const struct event_log *log, const struct event_log_event *ev);

struct event_log_registers {
	enum digest_alg alg;
	uint32_t extended; /* bit n: PCR n was extended at least once */
	uint8_t startup_locality;
	struct digest values[EVENT_LOG_PCRS];
};

/*
 * Registers after all events, from zeroes; PCR 0 starts at the locality of a StartupLocality event (TCG PFP 10.4.5.3),
 * which must stand before PCR 0 is extended. PCR 17-22 (dynamic launch) start at ones and are not modelled: their values
 * here hold only for platforms that extend them from zero.
 * Fails: NOTFOUND when the log has no such bank, FORMAT for a late, second or unknown StartupLocality.
 */
bool event_log_replay(struct event_log_registers *ret, const struct event_log *log,
	enum digest_alg alg, struct err *e) MUST_CHECK;

#endif
