/*
 * TDX evidence, changed everywhere: each byte of the quote, each length it could be cut to, each extension of the PCK
 * certificate left out. All of it is refused with a reason that names a field or a signature. See tdx_machine.h.
 */
#include "tdx_machine.h"

static struct arena *a;

static void make(uint16_t version, uint16_t body_type)
{
	tdx_machine_init(a);
	m.spec.version = version;
	m.spec.body_type = body_type;
	tdx_machine_make();
	tdx_machine_sign();
}

/* Appraises what is there now, in an arena of its own; true when affirmed. */
static bool affirmed(void)
{
	CLEANUP(arena_freep) struct arena *own = arena_new(8 << 20);
	struct err e = { 0 };

	CHECK_OK(appraise(&out, &m.in, own, &e), e);
	return verdict_affirms(&out.verdict);
}

/* The first failure's reason outlives the arena no longer than this. */
static bool refused_in(const char *const names[])
{
	CLEANUP(arena_freep) struct arena *own = arena_new(8 << 20);
	struct err e = { 0 };
	bool named = false;

	CHECK_OK(appraise(&out, &m.in, own, &e), e);
	for (size_t i = 0; names[i]; i++)
		named = named || fails(names[i]);
	return named && out.verdict.status == VERDICT_CONTRAINDICATED;
}

/* Header, descriptor and body. */
static void flips_of_what_is_signed(size_t step)
{
	static const char *const names[] = { "tdx-body-signature", "tdx-quote-form", NULL };

	for (size_t i = 0; i < signed_size(); i += step) {
		uint8_t bit = (uint8_t)(1u << i % 8);

		*at(m.quote, i) ^= bit;
		if (!refused_in(names)) {
			fprintf(stderr, "byte %zu\n", i);
			CHECK(false); /* a changed byte is refused */
		}
		*at(m.quote, i) ^= bit;
	}
	CHECK(affirmed());
}

/* Of the signature data: signatures, key, QE report, authentication data, sizes. */
static void flips_of_signatures(void)
{
	static const char *const names[] = { "tdx-body-signature", "tdx-qe-binding",
		"tdx-qe-signature", "tdx-quote-form", NULL };
	size_t end = signed_size() + 4 + 134 + 384 + 64 + 2 + MADE_QE_AUTH + 6;

	for (size_t i = signed_size(); i < end; i++) {
		*at(m.quote, i) ^= 0x10;
		if (!refused_in(names)) {
			fprintf(stderr, "byte %zu\n", i);
			CHECK(false); /* a changed byte is refused */
		}
		*at(m.quote, i) ^= 0x10;
	}
	CHECK(affirmed());
}

/* Bytes of the PEM, too: what a flip leaves readable must break a signature or a name. */
static void flips_of_certificates(void)
{
	size_t from = signed_size() + 4 + 134 + 384 + 64 + 2 + MADE_QE_AUTH + 6, same = 0;

	for (size_t i = from; i < m.quote.n; i += 11) {
		*at(m.quote, i) ^= 1;
		same += affirmed();
		*at(m.quote, i) ^= 1;
	}
	if (same)
		fprintf(stderr, "%zu changes of the PEM change nothing\n", same);
	CHECK(same == 0);
}

static void truncations(void)
{
	static const char *const names[] = { "tdx-quote-form", NULL };
	size_t whole = m.bundle.tdx_quote.n, refused = 0;

	for (size_t n = 0; n < whole; n++) {
		m.bundle.tdx_quote.n = n;
		refused += refused_in(names);
	}
	m.bundle.tdx_quote.n = whole;
	CHECK(refused == whole);
	CHECK(affirmed());
}

/* Collateral cut and changed: nothing of it may be left out. */
static void changed_collateral(void)
{
	struct span *parts[] = { &m.bundle.tdx_tcb_info, &m.bundle.tdx_qe_identity,
		&m.bundle.tdx_root_crl, &m.bundle.tdx_pck_crl, &m.bundle.tdx_tcb_info_chain,
		&m.bundle.tdx_qe_identity_chain };

	for (size_t k = 0; k < ARRAY_LEN(parts); k++) {
		struct span whole = *parts[k];

		for (size_t n = 0; n + 1 < whole.n; n += 1 + whole.n / 41) {
			*parts[k] = span_make(whole.p, n);
			CHECK(!affirmed());
			*parts[k] = whole;
			*at(whole, n) ^= 1;
			CHECK(!affirmed());
			*at(whole, n) ^= 1;
		}
		CHECK(affirmed());
	}
}

/* ---- extensions of the PCK certificate ---- */

static void without_extension(void)
{
	static const int nids[] = { NID_key_usage, NID_basic_constraints,
		NID_subject_key_identifier, NID_authority_key_identifier,
		NID_crl_distribution_points };
	static const char *const names[] = { "tdx-pck-chain-roles", "tdx-pck-chain-signatures",
		NULL };

	for (size_t i = 0; i < ARRAY_LEN(nids); i++) {
		tdx_machine_init(a);
		m.authority.pck.without = nids[i];
		tdx_machine_make();
		tdx_machine_sign();
		if (!refused_in(names))
			fprintf(stderr, "without %s\n", OBJ_nid2sn(nids[i]));
		CHECK(refused_in(names));
	}
}

static void without_member(void)
{
	static const char *const names[] = { "tdx-pck-extension", NULL };

	for (int i = 1; i <= 118; i++) {
		bool optional = i == 6 || i == 7;

		if (i == 8)
			i = 101;
		tdx_machine_init(a);
		tdx_machine_platform(i);
		tdx_machine_make();
		tdx_machine_sign();
		if (optional ? !affirmed() : !refused_in(names)) {
			fprintf(stderr, "without member %d\n", i);
			CHECK(false); /* a missing member is noticed */
		}
	}
}

int main(void)
{
	a = arena_new(512 << 20);
	make(4, 2);
	flips_of_what_is_signed(1);
	flips_of_signatures();
	flips_of_certificates();
	truncations();
	changed_collateral();
	make(5, 3);
	flips_of_what_is_signed(3);
	without_extension();
	without_member();
	arena_free(a);
	return test_end();
}
