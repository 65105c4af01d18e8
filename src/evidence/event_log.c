#include "evidence/event_log.h"

#include <string.h>

#include "base/rd.h"
#include "evidence/tpm_alg.h"
#include "base/banned.h"

static const char spec_id[16] = "Spec ID Event03", td_shim[] = "td-shim";

enum { CC_HEADER_REGISTER = 1, CC_FIRST_RTMR = 1 };

/* What a header announces: the form of the log, its algorithms with the sizes of their digests. */
struct banks {
	enum event_log_form form;
	uint16_t ids[EVENT_LOG_BANKS_MAX];
	uint16_t sizes[EVENT_LOG_BANKS_MAX];
	size_t n;
};

/* TCG_PCR_EVENT: u32 pcr, u32 type, 20 bytes of SHA-1, u32 size, data. */
static bool read_sha1_event(struct rd *r, struct event_log_event *ev)
{
	ev->at = r->at;
	ev->reg = rd_u32le(r);
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

/* An area that nobody wrote to. Its zeroes could be read as events of the SHA-1 form, which extend zeroes. */
static bool is_nothing(struct span first)
{
	for (size_t i = 0; i < first.n; i++)
		if (first.p[i])
			return false;
	return true;
}

/* An ACPI table that says where a log is; people take it for the log. Both kinds start with name and whole length. */
static bool is_acpi_table(struct span bytes)
{
	struct rd r = rd_of(bytes);
	struct span name = rd_bytes(&r, 4);
	uint32_t size = rd_u32le(&r);

	return rd_ok(&r) && size == bytes.n &&
	       (!memcmp(name.p, "CCEL", name.n) || !memcmp(name.p, "TPM2", name.n));
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
static bool read_header(struct banks *b, const struct event_log_event *header, struct err *e)
{
	struct rd r = rd_of(header->data);
	struct span vendor;
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
	vendor = rd_bytes(&r, rd_u8(&r));
	if (!rd_done(&r))
		return err_set(e, ERR_FORMAT,
			"event log header at %zu: vendor bytes do not end with it", r.at);
	if (header->reg > CC_HEADER_REGISTER)
		return err_set(e, ERR_FORMAT,
			"event log header stands at register %u: a TPM's at 0, a confidential guest's at %d",
			header->reg, CC_HEADER_REGISTER);
	b->form = header->reg == CC_HEADER_REGISTER ||
				  span_equal(vendor, span_make(td_shim, sizeof td_shim - 1))
			  ? EVENT_LOG_CC
			  : EVENT_LOG_AGILE;
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
	ev->reg = rd_u32le(r);
	ev->type = rd_u32le(r);
	if (!read_digests(ev, r, b, e))
		return false;
	ev->data = rd_bytes(r, rd_u32le(r));
	return rd_ok(r) ? true : rd_truncated(r, "event log", e);
}

/* From the register that is logged to the one that is meant. */
static bool find_register(struct event_log_event *ev, enum event_log_form form, struct err *e)
{
	if (ev->type == EVENT_LOG_NO_ACTION)
		return true;
	if (form != EVENT_LOG_CC)
		return ev->reg < EVENT_LOG_PCRS ||
		       err_set(e, ERR_FORMAT, "event log at %zu: PCR %u, there are %d", ev->at,
			       ev->reg, EVENT_LOG_PCRS);
	if (ev->reg < CC_FIRST_RTMR)
		return err_set(e, ERR_FORMAT,
			"event log at %zu: register 0 is MRTD, which no event extends", ev->at);
	if (ev->reg - CC_FIRST_RTMR >= EVENT_LOG_RTMRS)
		return err_set(e, ERR_FORMAT,
			"event log at %zu: register %u, RTMRs are 1 to %d there", ev->at, ev->reg,
			EVENT_LOG_RTMRS);
	ev->reg -= CC_FIRST_RTMR;
	return true;
}

static bool read_event(
	struct event_log_event *ev, struct rd *r, const struct banks *b, struct err *e)
{
	*ev = (struct event_log_event){ 0 };
	if (b->form == EVENT_LOG_SHA1 && !read_sha1_event(r, ev))
		return rd_truncated(r, "event log", e);
	if (b->form != EVENT_LOG_SHA1 && !read_agile_event(ev, r, b, e))
		return false;
	return find_register(ev, b->form, e);
}

/*
 * The firmware reserves an area for a confidential guest's log, and the whole of it is what is read: what follows the
 * events is all ones (EDK2) or all zeroes (td-shim). Neither begins an event: register 0 and type 0 is none, nor is
 * register 2^32-1 with a type other than EV_NO_ACTION.
 */
static bool is_padding(struct rd r, enum event_log_form form)
{
	struct span rest = rd_bytes(&r, rd_left(&r));

	if (form != EVENT_LOG_CC || !rest.n || (rest.p[0] != 0x00 && rest.p[0] != 0xff))
		return false;
	for (size_t i = 1; i < rest.n; i++)
		if (rest.p[i] != rest.p[0])
			return false;
	return true;
}

/* How many events follow; they are read twice so that the list is exactly as long as it must be. */
static bool count_events(struct event_log *log, struct rd r, const struct banks *b, struct err *e)
{
	size_t n = 0;

	while (rd_left(&r) > 0 && !is_padding(r, b->form)) {
		struct event_log_event ev;

		if (!read_event(&ev, &r, b, e))
			return false;
		if (++n > EVENT_LOG_EVENTS_MAX)
			return err_set(e, ERR_LIMIT, "event log: more than %d events",
				EVENT_LOG_EVENTS_MAX);
	}
	log->n_events = n;
	log->padding = rd_left(&r);
	return true;
}

/* The form, and for a log with a header its banks; *r is moved to the first event. */
static bool read_start(struct banks *b, struct rd *r, struct err *e)
{
	struct event_log_event first = { 0 };
	struct rd start = *r;

	if (is_acpi_table(span_make(r->p, r->n)))
		return err_set(e, ERR_FORMAT,
			"this is the ACPI table '%.4s', which says where the event log is",
			(const char *)r->p);
	if (!read_sha1_event(r, &first))
		return rd_truncated(r, "event log", e);
	if (is_foreign_header(&first))
		return err_set(e, ERR_FORMAT, "event log at 0: a header that is no Spec ID event");
	if (is_nothing(span_make(r->p, r->at)))
		return err_set(e, ERR_FORMAT, "event log at 0: zeroes instead of an event");
	if (is_spec_id(&first))
		return read_header(b, &first, e);
	*b = (struct banks){ .form = EVENT_LOG_SHA1,
		.ids = { TPM_ALG_SHA1 },
		.sizes = { (uint16_t)digest_size(DIGEST_SHA1) },
		.n = 1 };
	*r = start;
	return true;
}

bool event_log_parse(struct event_log *ret, struct span bytes, struct arena *a, struct err *e)
{
	struct event_log log = { 0 };
	struct banks b = { 0 };
	struct rd r = rd_of(bytes);
	struct event_log_event *events;

	if (bytes.n == 0)
		return err_set(e, ERR_FORMAT, "event log is empty");
	if (bytes.n > EVENT_LOG_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "event log is %zu bytes, limit %d", bytes.n,
			EVENT_LOG_SIZE_MAX);
	if (!read_start(&b, &r, e) || !count_events(&log, r, &b, e))
		return false;
	log.form = b.form;
	log.n_banks = b.n;
	for (size_t i = 0; i < b.n; i++) {
		log.bank_ids[i] = b.ids[i];
		log.banks[i] = tpm_alg_digest(b.ids[i]);
	}
	events = ARENA_ARRAY(a, log.n_events, struct event_log_event);
	if (!events)
		return arena_full(a, e);
	for (size_t i = 0; i < log.n_events; i++)
		if (!read_event(&events[i], &r, &b, e))
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

bool event_log_hash_is(
	const struct event_log *log, const struct event_log_event *ev, struct span bytes)
{
	bool any = false;

	for (size_t i = 0; i < log->n_banks; i++) {
		struct digest logged, hashed;

		if (log->banks[i] == DIGEST_NONE)
			continue;
		hashed = digest_of(log->banks[i], bytes);
		if (!event_log_digest(log, ev, log->banks[i], &logged) ||
			!digest_equal(&logged, &hashed))
			return false;
		any = true;
	}
	return any;
}

bool event_log_data_hashed(const struct event_log *log, const struct event_log_event *ev)
{
	return event_log_hash_is(log, ev, ev->data);
}

size_t event_log_n_registers(enum event_log_form form)
{
	return form == EVENT_LOG_CC ? EVENT_LOG_RTMRS : EVENT_LOG_PCRS;
}

const char *event_log_register_name(enum event_log_form form)
{
	return form == EVENT_LOG_CC ? "RTMR" : "PCR";
}
