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

/* ---- another key of a TPM that is known ---- */

static struct enrolment of_tpm;
static uint8_t signer[34];

/* The quote's key is a primary key of that hierarchy. */
static void signed_in(uint8_t hierarchy)
{
	const uint8_t handle[] = { 0x40, 0, 0, hierarchy };

	made_qualified(signer, SPAN_OF(handle), kept(&m, made_public(m.ak_key, m.ak)));
	m.quote.signer = SPAN_OF(signer);
}
static void by_endorsement(void)
{
	signed_in(0x0b);
}
static void by_platform(void)
{
	signed_in(0x0c);
}
static void by_owner(void)
{
	signed_in(0x01);
}
/* machine_sign has put the certificate's digest into the record. */
static void known_tpm(uint32_t resets, uint32_t restarts, uint64_t clock_ms)
{
	of_tpm = m.enrolment;
	of_tpm.ak.bytes[9] ^= 1;
	of_tpm.has_counters = of_tpm.plain = true;
	of_tpm.reset_count = resets;
	of_tpm.restart_count = restarts;
	of_tpm.clock_ms = clock_ms;
	m.in.tpm_enrolment = &of_tpm;
}
static void tpm_the_same(void)
{
	known_tpm(7, 1, 12345);
}
static void tpm_fewer_resets(void)
{
	known_tpm(8, 0, 0);
}
static void tpm_fewer_restarts(void)
{
	known_tpm(7, 2, 0);
}
static void tpm_earlier_clock(void)
{
	known_tpm(7, 1, 12346);
}
static void tpm_not_known_plain(void)
{
	known_tpm(0, 0, 0);
	of_tpm.plain = false;
}
static void tpm_of_old(void)
{
	tpm_fewer_resets();
	of_tpm.has_counters = false;
}
static void another_tpm(void)
{
	tpm_fewer_resets();
	of_tpm.ek.bytes[9] ^= 1;
}
/* Its maker made the certificate anew, or somebody its signature: the key is the same. */
static void certified_anew(void)
{
	tpm_fewer_resets();
	of_tpm.ek_certificate_sha256[0] ^= 1;
}
static void key_not_recorded(void)
{
	tpm_fewer_resets();
	of_tpm.ek.n = 0;
}
static void key_not_recorded_and_another(void)
{
	key_not_recorded();
	of_tpm.ek_certificate_sha256[0] ^= 1;
}
/* The owner enrolled this key anew: after TPM2_Clear what another record says is of before. */
static void tpm_fewer_but_this_key(void)
{
	tpm_fewer_resets();
	known(7, 1, 12345);
}
static void tpm_fewer_and_this_key_of_old(void)
{
	tpm_fewer_resets();
	of_old();
}
static void tpm_of_any_age(void)
{
	tpm_fewer_resets();
	m.policy.freshness = POLICY_ARCHIVE;
}
/* A file does not show that its key lives in the TPM whose certificate lies beside it. */
static void tpm_of_a_pinned_file(void)
{
	tpm_fewer_resets();
	file();
	m.trust.pinned = &m.challenge.ak;
	m.trust.n_pinned = 1;
}
static void tpm_without_certificate(void)
{
	tpm_fewer_resets();
	m.bundle.ek_chain.n = 0;
}
static void owner_of_the_same_key(void)
{
	known(7, 1, 12345);
}

static const struct test_case cases[] = {
	{ "tpm_the_same", by_endorsement, tpm_the_same, GOOD, NULL },
	{ "tpm_the_same, platform", by_platform, tpm_the_same, GOOD, NULL },
	{ "tpm_the_same, owner", by_owner, tpm_the_same, BAD, "tpm-counters" },
	{ "tpm_the_same, nobody's", nothing, tpm_the_same, BAD, "tpm-counters" },
	{ "owner_of_the_same_key", by_owner, owner_of_the_same_key, GOOD, NULL },
	{ "tpm_fewer_resets", by_endorsement, tpm_fewer_resets, BAD, "tpm-counters" },
	{ "tpm_fewer_restarts", by_endorsement, tpm_fewer_restarts, BAD, "tpm-counters" },
	{ "tpm_earlier_clock", by_endorsement, tpm_earlier_clock, BAD, "tpm-counters" },
	{ "tpm_not_known_plain", by_endorsement, tpm_not_known_plain, BAD, "tpm-counters" },
	{ "tpm_fewer_and_this_key_of_old", by_endorsement, tpm_fewer_and_this_key_of_old, BAD,
		"tpm-counters" },
	A(tpm_of_old, GOOD, NULL),
	A(another_tpm, GOOD, NULL),
	{ "certified_anew", by_endorsement, certified_anew, BAD, "tpm-counters" },
	{ "key_not_recorded", by_endorsement, key_not_recorded, BAD, "tpm-counters" },
	A(key_not_recorded_and_another, GOOD, NULL),
	A(tpm_fewer_but_this_key, GOOD, NULL),
	A(tpm_of_any_age, GOOD, NULL),
	A(tpm_of_a_pinned_file, GOOD, NULL),
	A(tpm_without_certificate, BAD, "ek-certificate"),
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

/* What an honest owner does next, and why two keys cannot be compared. */
static void told(void)
{
	static const struct {
		struct test_case c;
		const char *says[2];
	} rows[] = {
		{ A(fewer_resets, BAD, "tpm-counters"), { "TPM2_Clear", "`assay enroll`" } },
		{ A(fewer_restarts, BAD, "tpm-counters"), { "TPM2_Clear", "`assay enroll`" } },
		{ A(earlier_clock, BAD, "tpm-counters"), { "TPM2_Clear", "`assay enroll`" } },
		{ { "owner", by_owner, tpm_the_same, BAD, "tpm-counters" },
			{ "not comparable: ", "hides its counters; `assay enroll`" } },
		{ { "record", by_endorsement, tpm_not_known_plain, BAD, "tpm-counters" },
			{ "not comparable: ", "`assay enroll`" } },
	};

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
		const struct check *c;

		run_case_in(a, &rows[i].c);
		c = check_find(&out.verdict.checks, "tpm-counters");
		for (size_t k = 0; k < 2; k++)
			CHECK(c && memmem(c->reason.p, c->reason.n, rows[i].says[k],
					   strlen(rows[i].says[k])));
	}
}

int main(void)
{
	verdict_told_begin();
	made_keys();
	told();
	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		run_case(&cases[i]);
	made_keys_done();
	verdict_told_end("appraise_tpm_earlier");
	return test_end();
}
