#include "evidence/event_log.h"

#include <string.h>

#include "base/rd.h"
#include "evidence/tpm_alg.h"
#include "base/banned.h"

static const char spec_id[16] = "Spec ID Event03";

/* The algorithms that a crypto-agile log announces, with the sizes of their digests. */
struct banks {
	uint16_t ids[EVENT_LOG_BANKS_MAX];
	uint16_t sizes[EVENT_LOG_BANKS_MAX];
	size_t n;
};

/* TCG_PCR_EVENT: u32 pcr, u32 type, 20 bytes of SHA-1, u32 size, data. */
static bool read_sha1_event(struct rd *r, struct event_log_event *ev)
{
	ev->at = r->at;
	ev->pcr = rd_u32le(r);
	ev->type = rd_u32le(r);
	ev->digests[0] = rd_bytes(r, digest_size(DIGEST_SHA1));
	ev->data = rd_bytes(r, rd_u32le(r));
	return rd_ok(r);
}

static bool is_spec_id(const struct event_log_event *ev)
{
	return ev->type == EVENT_LOG_NO_ACTION && ev->data.n >= sizeof spec_id &&
	       !memcmp(ev->data.p, spec_id, sizeof spec_id);
}

/* A first event that is not extended is a header (10.4.5.1): of the SHA-1 form ("Spec ID Event00", "02"), or of what? */
static bool is_foreign_header(const struct event_log_event *ev)
{
	const size_t name = sizeof "Spec ID Event" - 1;

	return ev->type == EVENT_LOG_NO_ACTION &&
	       (ev->data.n < name || memcmp(ev->data.p, spec_id, name) != 0);
}

/* One {u16 algorithm, u16 digest size} of the header. */
static bool read_bank(struct banks *b, struct rd *r, struct err *e)
{
	uint16_t id = rd_u16le(r), size = rd_u16le(r);
	enum digest_alg alg = tpm_alg_digest(id);

	if (!rd_ok(r))
		return rd_truncated(r, "event log header", e);
	if (size == 0 || size > DIGEST_MAX || (alg != DIGEST_NONE && digest_size(alg) != size))
		return err_set(e, ERR_FORMAT,
			"event log header: algorithm 0x%04x has digests of %u bytes", id, size);
	for (size_t i = 0; i < b->n; i++)
		if (b->ids[i] == id)
			return err_set(e, ERR_FORMAT,
				"event log header: algorithm 0x%04x stands twice", id);
	b->ids[b->n] = id;
	b->sizes[b->n++] = size;
	return true;
}

/*
 * TCG_EfiSpecIDEvent (10.4.5.1): signature[16], u32 platform class, u8 minor, major, errata, uintn size, u32 n,
 * n x {u16 id, u16 size}, u8 vendor size, vendor bytes.
 */
static bool read_header(struct banks *b, struct span data, struct err *e)
{
	struct rd r = rd_of(data);
	uint32_t n;

	rd_skip(&r, sizeof spec_id + 8);
	n = rd_u32le(&r);
	if (!rd_ok(&r))
		return rd_truncated(&r, "event log header", e);
	if (n == 0 || n > EVENT_LOG_BANKS_MAX)
		return err_set(e, ERR_FORMAT, "event log header: %u algorithms, 1 to %d are read",
			n, EVENT_LOG_BANKS_MAX);
	for (uint32_t i = 0; i < n; i++)
		if (!read_bank(b, &r, e))
			return false;
	rd_skip(&r, rd_u8(&r));
	if (!rd_done(&r))
		return err_set(e, ERR_FORMAT,
			"event log header at %zu: vendor bytes do not end with it", r.at);
	return true;
}

/* TPML_DIGEST_VALUES: u32 count, count x {u16 algorithm, digest}; each announced algorithm exactly once. */
static bool read_digests(
	struct event_log_event *ev, struct rd *r, const struct banks *b, struct err *e)
{
	uint32_t count = rd_u32le(r);

	if (rd_ok(r) && count != b->n)
		return err_set(e, ERR_FORMAT,
			"event log at %zu: %u digests, the header announces %zu", ev->at, count,
			b->n);
	for (uint32_t i = 0; rd_ok(r) && i < count; i++) {
		uint16_t id = rd_u16le(r);
		size_t k = 0;

		while (k < b->n && b->ids[k] != id)
			k++;
		if (rd_ok(r) && (k == b->n || ev->digests[k].p))
			return err_set(e, ERR_FORMAT,
				"event log at %zu: digest of algorithm 0x%04x is %s", ev->at, id,
				k == b->n ? "not announced" : "there twice");
		ev->digests[k < b->n ? k : 0] = rd_bytes(r, k < b->n ? b->sizes[k] : 0);
	}
	return rd_ok(r) ? true : rd_truncated(r, "event log", e);
}

/* TCG_PCR_EVENT2: u32 pcr, u32 type, digests, u32 size, data. */
static bool read_agile_event(
	struct event_log_event *ev, struct rd *r, const struct banks *b, struct err *e)
{
	ev->at = r->at;
	ev->pcr = rd_u32le(r);
	ev->type = rd_u32le(r);
	if (!read_digests(ev, r, b, e))
		return false;
	ev->data = rd_bytes(r, rd_u32le(r));
	return rd_ok(r) ? true : rd_truncated(r, "event log", e);
}

static bool read_event(struct event_log_event *ev, struct rd *r, const struct banks *b,
	bool sha1_form, struct err *e)
{
	*ev = (struct event_log_event){ 0 };
	if (sha1_form && !read_sha1_event(r, ev))
		return rd_truncated(r, "event log", e);
	if (!sha1_form && !read_agile_event(ev, r, b, e))
		return false;
	if (ev->pcr >= EVENT_LOG_PCRS && ev->type != EVENT_LOG_NO_ACTION)
		return err_set(e, ERR_FORMAT, "event log at %zu: PCR %u, there are %d", ev->at,
			ev->pcr, EVENT_LOG_PCRS);
	return true;
}

/* How many events follow; they are read twice so that the list is exactly as long as it must be. */
static bool count_events(
	size_t *ret, struct rd r, const struct banks *b, bool sha1_form, struct err *e)
{
	size_t n = 0;

	while (rd_left(&r) > 0) {
		struct event_log_event ev;

		if (!read_event(&ev, &r, b, sha1_form, e))
			return false;
		if (++n > EVENT_LOG_EVENTS_MAX)
			return err_set(e, ERR_LIMIT, "event log: more than %d events",
				EVENT_LOG_EVENTS_MAX);
	}
	*ret = n;
	return true;
}

bool event_log_parse(struct event_log *ret, struct span bytes, struct arena *a, struct err *e)
{
	struct event_log log = { .sha1_form = true, .n_banks = 1, .banks = { DIGEST_SHA1 } };
	struct banks b = { 0 };
	struct rd r = rd_of(bytes);
	struct event_log_event first = { 0 }, *events;

	if (bytes.n == 0)
		return err_set(e, ERR_FORMAT, "event log is empty");
	if (bytes.n > EVENT_LOG_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "event log is %zu bytes, limit %d", bytes.n,
			EVENT_LOG_SIZE_MAX);
	if (!read_sha1_event(&r, &first))
		return rd_truncated(&r, "event log", e);
	if (is_foreign_header(&first))
		return err_set(e, ERR_FORMAT, "event log at 0: a header that is no Spec ID event");
	if (is_spec_id(&first)) {
		log.sha1_form = false;
		if (!read_header(&b, first.data, e))
			return false;
		log.n_banks = b.n;
		for (size_t i = 0; i < b.n; i++)
			log.banks[i] = tpm_alg_digest(b.ids[i]);
	} else {
		r = rd_of(bytes);
	}
	if (!count_events(&log.n_events, r, &b, log.sha1_form, e))
		return false;
	events = ARENA_ARRAY(a, log.n_events, struct event_log_event);
	if (!events)
		return arena_full(a, e);
	for (size_t i = 0; i < log.n_events; i++)
		if (!read_event(&events[i], &r, &b, log.sha1_form, e))
			return false;
	log.events = events;
	*ret = log;
	return true;
}

size_t event_log_bank(const struct event_log *log, enum digest_alg alg)
{
	size_t i = 0;

	if (alg == DIGEST_NONE)
		return log->n_banks;
	while (i < log->n_banks && log->banks[i] != alg)
		i++;
	return i;
}

bool event_log_digest(const struct event_log *log, const struct event_log_event *ev,
	enum digest_alg alg, struct digest *ret)
{
	size_t bank = event_log_bank(log, alg);

	if (bank == log->n_banks)
		return false;
	*ret = (struct digest){ .alg = alg };
	memcpy(ret->bytes, ev->digests[bank].p, ev->digests[bank].n);
	return true;
}

bool event_log_data_hashed(const struct event_log *log, const struct event_log_event *ev)
{
	bool any = false;

	for (size_t i = 0; i < log->n_banks; i++) {
		struct digest logged, hashed;

		if (log->banks[i] == DIGEST_NONE)
			continue;
		hashed = digest_of(log->banks[i], ev->data);
		if (!event_log_digest(log, ev, log->banks[i], &logged) ||
			!digest_equal(&logged, &hashed))
			return false;
		any = true;
	}
	return any;
}
