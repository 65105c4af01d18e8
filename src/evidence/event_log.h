/*
 * The firmware's event log: what it says it has extended into the registers, in the order of the log. Both forms of the TCG
 * PC Client Platform Firmware Profile: crypto-agile (section 10.2.2, TCG_PCR_EVENT2 behind a "Spec ID Event03" header)
 * and the older SHA-1 form (10.2.1, TCG_PCR_EVENT throughout); and the log of a confidential guest (UEFI 2.10 section
 * 38.4, ACPI table CCEL), which is a crypto-agile log with these differences: its header stands at register 1, or names
 * td-shim as its maker; register 0 is MRTD and 1 to 4 are RTMR 0 to 3; the area behind its last event is filled with ones or
 * zeroes. Nothing else in the bytes tells it from a TPM's log, so an appraiser asks for the form that it wants.
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
	EVENT_LOG_RTMRS = 4,
	EVENT_LOG_NO_ACTION = 0x00000003, /* EV_NO_ACTION: logged, never extended */
};

enum event_log_form {
	EVENT_LOG_NO_FORM,
	EVENT_LOG_AGILE, /* of a TPM, several banks */
	EVENT_LOG_SHA1,  /* of a TPM, SHA-1 alone: no header announces its banks */
	EVENT_LOG_CC,    /* of a confidential guest: run-time registers, no TPM */
};

struct event_log_event {
	uint32_t reg;  /* PCR 0..23, or RTMR 0..3; as logged where type is EVENT_LOG_NO_ACTION */
	uint32_t type; /* as logged; not measured */
	struct span digests[EVENT_LOG_BANKS_MAX]; /* in the order of the log's banks */
	struct span data;                         /* borrowed from the log's bytes */
	size_t at;                                /* offset of the event in the log */
};

struct event_log {
	enum event_log_form form;
	enum digest_alg banks[EVENT_LOG_BANKS_MAX]; /* NONE: a hash that this build does not know */
	uint16_t bank_ids[EVENT_LOG_BANKS_MAX];     /* as the TCG numbers them */
	size_t n_banks;
	size_t padding; /* bytes behind the last event, in a log of form CC */
	const struct event_log_event
		*events; /* the header event of a crypto-agile log is not among them */
	size_t n_events;
};

/*
 * Borrows bytes; the list of events lies in a. Every digest that the header announces must be there once in each event.
 * Fails: FORMAT with the offset (truncated, empty, trailing bytes, unknown register), LIMIT.
 */
bool event_log_parse(
	struct event_log *ret, struct span bytes, struct arena *a, struct err *e) MUST_CHECK;

/* The bank's place in log->banks, or n_banks when the log has no such bank. */
size_t event_log_bank(const struct event_log *log, enum digest_alg alg);
/* What the event says was extended in that bank; false when the log has no such bank. */
bool event_log_digest(const struct event_log *log, const struct event_log_event *ev,
	enum digest_alg alg, struct digest *ret) MUST_CHECK;
/* True when the event's digest in every bank that this build knows, at least one, is the hash of these bytes. */
bool event_log_hash_is(
	const struct event_log *log, const struct event_log_event *ev, struct span bytes);
/* The same for the event's data. False proves nothing: many types hash other bytes. */
bool event_log_data_hashed(const struct event_log *log, const struct event_log_event *ev);
/* How many registers a log of this form has: they are called PCR, or RTMR. */
size_t event_log_n_registers(enum event_log_form form);
const char *event_log_register_name(enum event_log_form form);

struct event_log_registers {
	enum digest_alg alg;
	size_t n;          /* 24, or 4 of form CC */
	uint32_t extended; /* bit n: register n was extended at least once */
	uint8_t startup_locality;
	struct digest values[EVENT_LOG_PCRS];
};

/*
 * Registers after all events, from zeroes; PCR 0 starts at the locality of a StartupLocality event (TCG PFP 10.4.5.3),
 * which must stand before PCR 0 is extended; RTMRs know no locality. PCR 17-22 (dynamic launch) start at ones and are not modelled: their values
 * here hold only for platforms that extend them from zero.
 * Fails: NOTFOUND when the log has no such bank, FORMAT for a late, second or unknown StartupLocality.
 */
bool event_log_replay(struct event_log_registers *ret, const struct event_log *log,
	enum digest_alg alg, struct err *e) MUST_CHECK;

#endif
