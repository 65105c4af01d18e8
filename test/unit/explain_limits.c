/* Explaining at its limits: several boot phases, more findings than are told, events far from where they were predicted. */
#include "explain_made.h"

/* Every set of them that can have happened, in their order; the next one that could is not there. */
static void extend(struct digest *value, const char *phase)
{
	struct digest d = digest_of(DIGEST_SHA256, str_span(str_of(phase)));
	uint8_t both[64];

	memcpy(both, value->bytes, 32);
	memcpy(both + 32, d.bytes, 32);
	*value = digest_of(DIGEST_SHA256, SPAN_OF(both));
}

static void several_phases(void)
{
	static const char *const sets[][7] = { { "enter-initrd" }, { "final" },
		{ "enter-initrd", "leave-initrd", "sysinit", "ready" },
		{ "enter-initrd", "leave-initrd", "sysinit", "ready", "shutdown", "final" },
		{ "ready", "sysinit" }, { "other" } };

	for (size_t i = 0; i < ARRAY_LEN(sets); i++) {
		struct machine m;

		machine_init(&m, &(struct change){ 0 });
		log_all(&m, 0, 0, NULL);
		finish(&m);
		for (size_t k = 0; sets[i][k]; k++)
			extend(&m.values.values[11], sets[i][k]);
		explain_against(&m, "several phases", &m.shape, true);
		/* in another register they are none */
		m.values.values[12] = m.values.values[11];
		explain_against(&m, "phases elsewhere", &m.shape, true);
		machine_done(&m);
	}
}

/* More findings than are told. */
static void too_many(struct buf *b)
{
	for (unsigned i = 0; i < EXPLAIN_FINDINGS_MAX + 2; i++)
		log_text(b, 14, EV_IPL, "more");
}

static void exactly_as_many(struct buf *b)
{
	for (unsigned i = 0; i < EXPLAIN_FINDINGS_MAX; i++)
		log_text(b, 14, EV_IPL, "more");
}

static void many_findings(void)
{
	static const struct {
		void (*hook)(struct buf *b);
		size_t n, n_untold;
	} cases[] = { { exactly_as_many, EXPLAIN_FINDINGS_MAX, 0 },
		{ too_many, EXPLAIN_FINDINGS_MAX, 2 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct machine m;
		struct explain_in in;
		struct err e;

		machine_init(&m, &(struct change){ 0 });
		log_all(&m, 14, 0, cases[i].hook);
		finish(&m);
		in = (struct explain_in){ &m.shape, &m.values, &m.log };
		CHECK_OK(explain(&m.result, &in, m.a, &e), e);
		CHECK(m.result.n == cases[i].n && m.result.n_untold == cases[i].n_untold);
		CHECK(str_is(m.result.summary, "what differs: a shim"));
		machine_done(&m);
	}
}

/* The n events of other types that came before an action of PCR 4 in the place of the predicted one. */
static size_t before_pair;

static void pair_late(struct buf *b)
{
	for (size_t i = 0; i < before_pair; i++)
		log_text(b, 4, EV_IPL, "something else");
}

/* What changed is found behind up to 63 events of other types, and is else one more and one less. */
static void pairs(void)
{
	for (before_pair = 63; before_pair <= 64; before_pair++) {
		struct machine m;
		struct event *first = NULL;

		machine_init(&m, &(struct change){ 0 });
		log_all(&m, 4, 0, pair_late);
		finish(&m);
		for (size_t i = 0; i < m.shape.events.n && !first; i++)
			if (m.shape.events.items[i].reg == 4)
				first = &m.shape.events.items[i];
		CHECK(first && first->type == EV_EFI_ACTION);
		if (first)
			memset(first->digests, 9, sizeof first->digests);
		for (size_t i = 0; i < m.shape.n_registers; i++)
			((struct reference_register *)(uintptr_t)&m.shape.registers[i])
				->values[0]
				.bytes[0] ^= m.shape.registers[i].reg == 4;
		explain_against(&m, "another first event", &m.shape, true);
		machine_done(&m);
	}
}

int main(void)
{
	told = buf_init(1 << 20);
	made_pcr0();
	several_phases();
	many_findings();
	pairs();
	golden_text(&told, "explain_limits");
	return test_end();
}
