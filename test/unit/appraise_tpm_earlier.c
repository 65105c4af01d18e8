/* A machine whose TPM is known from before; made_quote says 7 resets, 1 restart, 12345 ms. */
#include "appraise_case.h"

/* The record, and the machine asked: its own credential is the bond. */
static void known(uint32_t resets, uint32_t restarts, uint64_t clock_ms)
{
	m.in.enrolment = &m.enrolment;
	m.enrolment.has_counters = true;
	m.enrolment.reset_count = resets;
	m.enrolment.restart_count = restarts;
	m.enrolment.clock_ms = clock_ms;
}
static void the_same(void)
{
	known(7, 1, 12345);
}
static void more_resets(void)
{
	known(6, 9, UINT64_MAX);
}
static void more_restarts(void)
{
	known(7, 0, UINT64_MAX);
}
static void later_clock(void)
{
	known(7, 1, 12344);
}
static void fewer_resets(void)
{
	known(8, 0, 0);
}
static void fewer_restarts(void)
{
	known(7, 2, 0);
}
static void earlier_clock(void)
{
	known(7, 1, 12346);
}
static void no_quote(void)
{
	known(0, 0, 0);
	m.bundle.quote.n--;
}
/* From a file, by the record alone. */
static void file(void)
{
	m.in.challenge = NULL;
}
static void file_of_the_boot(void)
{
	known(7, 1, 99999);
	file();
}
static void file_with_fewer_resets(void)
{
	fewer_resets();
	file();
}
static void file_with_fewer_restarts(void)
{
	fewer_restarts();
	file();
}
static void pinned_with_fewer_resets(void)
{
	file_with_fewer_resets();
	m.trust.pinned = &m.challenge.ak;
	m.trust.n_pinned = 1;
}
static void of_another_key(void)
{
	fewer_resets();
	m.enrolment.ak.bytes[9] ^= 1;
}
static void of_old(void)
{
	fewer_resets();
	m.enrolment.has_counters = false;
}
static void of_any_age(void)
{
	fewer_resets();
	m.policy.freshness = POLICY_ARCHIVE;
}

static const struct test_case cases[] = {
	A(the_same, GOOD, NULL),
	A(more_resets, GOOD, NULL),
	A(more_restarts, GOOD, NULL),
	A(later_clock, GOOD, NULL),
	A(file_of_the_boot, GOOD, NULL),
	A(of_another_key, GOOD, NULL),
	A(of_old, GOOD, NULL),
	A(of_any_age, GOOD, NULL),
	A(fewer_resets, BAD, "tpm-counters"),
	A(fewer_restarts, BAD, "tpm-counters"),
	A(earlier_clock, BAD, "tpm-counters"),
	A(no_quote, BAD, "tpm-counters"),
	A(file_with_fewer_resets, BAD, "tpm-counters"),
	A(file_with_fewer_restarts, BAD, "tpm-counters"),
	A(pinned_with_fewer_resets, BAD, "tpm-counters"),
};

int main(void)
{
	made_keys();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	made_keys_done();
	return test_end();
}
