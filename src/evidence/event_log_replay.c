#include "evidence/event_log.h"

#include <string.h>

#include "base/banned.h"

static const char startup_locality[16] = "StartupLocality";

static bool is_startup_locality(const struct event_log_event *ev)
{
	return ev->type == EVENT_LOG_NO_ACTION && ev->reg == 0 &&
	       ev->data.n == sizeof startup_locality + 1 &&
	       !memcmp(ev->data.p, startup_locality, sizeof startup_locality);
}

/* A TPM starts PCR 0 at its locality: 0, 3 (the host platform) or 4 (a hardware-measured root). */
static bool start_at(struct event_log_registers *regs, const struct event_log_event *ev, bool *seen,
	struct err *e)
{
	uint8_t locality = ev->data.p[sizeof startup_locality];

	if (*seen || regs->extended & 1)
		return err_set(e, ERR_FORMAT, "event log at %zu: StartupLocality %s", ev->at,
			*seen ? "stands twice" : "stands after PCR 0 was extended");
	if (locality != 0 && locality != 3 && locality != 4)
		return err_set(e, ERR_FORMAT,
			"event log at %zu: StartupLocality is %u, want 0, 3 or 4", ev->at,
			locality);
	*seen = true;
	regs->startup_locality = locality;
	regs->values[0].bytes[digest_size(regs->alg) - 1] = locality;
	return true;
}

static void extend(struct digest *reg, struct span digest)
{
	uint8_t both[2 * DIGEST_MAX];
	size_t size = digest_size(reg->alg);

	memcpy(both, reg->bytes, size);
	memcpy(both + size, digest.p, size);
	*reg = digest_of(reg->alg, span_make(both, 2 * size));
}

bool event_log_replay(struct event_log_registers *ret, const struct event_log *log,
	enum digest_alg alg, struct err *e)
{
	struct event_log_registers regs = { .alg = alg, .n = event_log_n_registers(log->form) };
	size_t bank = event_log_bank(log, alg);
	bool seen = false;

	if (bank == log->n_banks)
		return err_set(e, ERR_NOTFOUND, "event log has no %s bank",
			alg ? digest_name(alg) : "such");
	for (size_t i = 0; i < regs.n; i++)
		regs.values[i].alg = alg;
	for (size_t i = 0; i < log->n_events; i++) {
		const struct event_log_event *ev = &log->events[i];

		if (log->form != EVENT_LOG_CC && is_startup_locality(ev) &&
			!start_at(&regs, ev, &seen, e))
			return false;
		if (ev->type == EVENT_LOG_NO_ACTION)
			continue;
		extend(&regs.values[ev->reg], ev->digests[bank]);
		regs.extended |= UINT32_C(1) << ev->reg;
	}
	*ret = regs;
	return true;
}
