#include "measure/event.h"

#include "base/hex.h"
#include "test.h"

static const enum digest_alg banks[] = { DIGEST_SHA256, DIGEST_SHA1 };

static bool is(const struct digest *d, const char *hex)
{
	char text[2 * DIGEST_MAX + 1];

	digest_hex(d, text);
	return strcmp(text, hex) == 0;
}

/* The separator's PCR value is the field's best known constant: see any TPM whose PCR 2 holds nothing else. */
static void folds_a_separator(struct arena *a)
{
	static const uint8_t zero[4] = { 0 };
	struct event_list l;
	struct digest d;
	struct err e;

	event_list_init(&l, a, banks, 2);
	event_fold(&l, 2, 0, &d);
	CHECK(is(&d, "0000000000000000000000000000000000000000000000000000000000000000"));
	CHECK_OK(
		event_list_add(&l, 2, 4, SPAN_OF(zero), "separator", "r", STR(""), STR(""), &e), e);
	CHECK_OK(
		event_list_add(&l, 3, 4, SPAN_OF(zero), "separator", "r", STR(""), STR(""), &e), e);
	event_fold(&l, 2, 0, &d);
	CHECK(is(&d, "3d458cfe55cc03ea1f443f1562beec8df51c75e14a9fcf9a7234a13f198e7969"));
	event_fold(&l, 2, 1, &d);
	CHECK(is(&d, "b2a83b0ebf2f8374299a5b2bdfc31ea955ad7236"));
}

static void order_matters_within_a_register_only(struct arena *a)
{
	struct event_list one, two;
	struct digest d1, d2;
	struct err e;

	event_list_init(&one, a, banks, 2);
	event_list_init(&two, a, banks, 2);
	CHECK_OK(event_list_add(&one, 1, 0, str_span(STR("a")), "a", "r", STR(""), STR(""), &e), e);
	CHECK_OK(event_list_add(&one, 2, 0, str_span(STR("x")), "x", "r", STR(""), STR(""), &e), e);
	CHECK_OK(event_list_add(&one, 1, 0, str_span(STR("b")), "b", "r", STR(""), STR(""), &e), e);
	CHECK_OK(event_list_add(&two, 1, 0, str_span(STR("b")), "b", "r", STR(""), STR(""), &e), e);
	CHECK_OK(event_list_add(&two, 2, 0, str_span(STR("x")), "x", "r", STR(""), STR(""), &e), e);
	CHECK_OK(event_list_add(&two, 1, 0, str_span(STR("a")), "a", "r", STR(""), STR(""), &e), e);
	event_fold(&one, 2, 0, &d1);
	event_fold(&two, 2, 0, &d2);
	CHECK(digest_equal(&d1, &d2));
	event_fold(&one, 1, 0, &d1);
	event_fold(&two, 1, 0, &d2);
	CHECK(!digest_equal(&d1, &d2));
}

static void a_full_arena_is_a_limit(void)
{
	struct arena *a = arena_new(40000);
	struct event_list l;
	struct err e;
	size_t n = 0;

	event_list_init(&l, a, banks, 2);
	while (n < 1000 && event_list_add(&l, 0, 0, SPAN_OF(""), "w", "r", STR(""), STR(""), &e))
		n++;
	CHECK(n >= 64 && n < 1000 && e.kind == ERR_LIMIT && l.n == n);
	arena_free(a);
}

int main(void)
{
	struct arena *a = arena_new(1 << 20);

	folds_a_separator(a);
	order_matters_within_a_register_only(a);
	a_full_arena_is_a_limit();
	arena_free(a);
	return test_end();
}
