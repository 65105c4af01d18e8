#include "page/report_claim.h"

#include "export_made.h"
#include "quorum_made.h"

enum { MEMORY = 16 << 20 };

static struct arena *a;
static struct manifest m;
static struct reference_values v;
static uint8_t sha256[SHA256_SIZE];
static struct digest pcr4 = { .alg = DIGEST_SHA256 };

static struct report_image image(void)
{
	memset(sha256, 0x5a, sizeof sha256);
	memset(m.description_sha256, 0xdd, SHA256_SIZE);
	memset(m.lock_sha256, 0x0c, SHA256_SIZE);
	memset(pcr4.bytes, 0x44, SHA256_SIZE);
	export_make(&v, EXPORT_MADE_SHAPES, a);
	return (struct report_image){ &m, sha256, &v };
}

/* made_claim's registers are one: PCR 4 of qemu-vtpm in SHA-256, 32 times the same byte. */
static void own_value(struct reference_values *values)
{
	struct reference_register *r = ARENA_ARRAY(a, 3, struct reference_register);
	struct reference_shape *s = ARENA_ARRAY(a, EXPORT_MADE_SHAPES, struct reference_shape);

	memcpy(s, values->shapes, EXPORT_MADE_SHAPES * sizeof *s);
	memcpy(r, s[0].registers, 3 * sizeof *r);
	r[1].values[0] = pcr4;
	s[0].registers = r;
	values->shapes = s;
}

static void which_image(void)
{
	struct report_image i = image();
	static const struct {
		struct made_claim claim;
		bool about;
	} cases[] = {
		{ { .lock = 0x0c, .manifest = 0x5a }, true },
		{ { .lock = 0x0c, .manifest = 0x5b }, false },
		/* Sources that are not those of the manifest: still about it. */
		{ { .verdict = "differs", .lock = 0x0d, .manifest = 0x5a }, true },
		/* Held against no manifest: about what its sources are. */
		{ { .verdict = "built", .description = 0xdd, .lock = 0x0c }, true },
		{ { .verdict = "built", .description = 0xdd, .lock = 0x0d }, false },
		{ { .verdict = "built", .description = 0xde, .lock = 0x0c }, false },
		{ { .verdict = "failed", .failed_at = "build", .manifest = 0x5a }, true },
	};

	for (size_t k = 0; k < ARRAY_LEN(cases); k++)
		CHECK(report_claim_is_about(made_claim(a, cases[k].claim), &i) == cases[k].about);
}

static void values(void)
{
	struct report_image i = image();
	const struct rebuild_claim *c = made_claim(
		a, (struct made_claim){ .lock = 0x0c, .manifest = 0x5a, .pcr4 = 0x44 });
	struct report_claim_difference d;
	size_t at = 0;

	CHECK(report_claim_next(&d, &at, c, &v));
	CHECK(str_is(d.shape->name, "qemu-vtpm") && d.reg->reg == 4 && d.bank == 0);
	CHECK(digest_equal(&d.rebuilt, &pcr4));
	CHECK(!report_claim_next(&d, &at, c, &v));
	CHECK(report_claim_differs(c, &i));
	own_value(&v);
	at = 0;
	CHECK(!report_claim_next(&d, &at, c, &v));
	CHECK(!report_claim_differs(c, &i));
}

/* With the same value only the verdict tells. */
static void verdicts(void)
{
	struct report_image i = image();
	static const struct {
		const char *verdict;
		uint8_t manifest;
		bool differs;
	} cases[] = { { "identical", 0x5a, false }, { "built", 0x5a, false },
		{ "differs", 0x5a, true }, { "failed", 0x5a, true }, { "differs", 0x5b, false },
		{ "failed", 0x5b, false } };

	own_value(&v);
	for (size_t k = 0; k < ARRAY_LEN(cases); k++) {
		struct made_claim claim = { .verdict = cases[k].verdict,
			.lock = 0x0c,
			.manifest = cases[k].manifest,
			.pcr4 = 0x44 };

		claim.failed_at = strcmp(claim.verdict, "failed") ? NULL : "build";
		CHECK(report_claim_differs(made_claim(a, claim), &i) == cases[k].differs);
	}
}

int main(void)
{
	a = arena_new(MEMORY);
	which_image();
	values();
	verdicts();
	arena_free(a);
	return test_end();
}
