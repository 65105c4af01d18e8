#include "build/record.h"

#include <unistd.h>

#include "sys/file.h"
#include "test.h"

/* "Built here" is said of a manifest together with its reference values, never of either alone. */
static void builds(struct store *s)
{
	static const uint8_t manifest[SHA256_SIZE] = { 1 }, values[SHA256_SIZE] = { 2 };
	static const uint8_t other[SHA256_SIZE] = { 3 };
	const uint8_t *const pairs[][2] = { { manifest, values }, { manifest, other },
		{ other, values }, { values, manifest } };
	struct err e = { 0 };

	CHECK_OK(record_put_build(s, manifest, values, &e), e);
	CHECK_OK(record_put_build(s, manifest, values, &e), e);
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		bool built = i != 0;

		CHECK_OK(record_has_build(s, pairs[i][0], pairs[i][1], &built, &e), e);
		CHECK(built == (i == 0));
	}
}

static void firmware(struct store *s)
{
	static const uint8_t sha256[SHA256_SIZE] = { 4 }, other[SHA256_SIZE] = { 5 };
	struct digest pcr0[RECORD_PCR0_BANKS] = { { DIGEST_SHA256, { 6 } },
		{ DIGEST_SHA384, { 7 } } };
	struct digest got[RECORD_PCR0_BANKS];
	bool known = true;
	struct err e = { 0 };

	CHECK_OK(record_get_pcr0(s, sha256, &known, got, &e), e);
	CHECK(!known);
	CHECK_OK(record_put_pcr0(s, sha256, pcr0, &e), e);
	CHECK_OK(record_get_pcr0(s, sha256, &known, got, &e), e);
	CHECK(known && digest_equal(&got[0], &pcr0[0]) && digest_equal(&got[1], &pcr0[1]));
	CHECK_OK(record_get_pcr0(s, other, &known, got, &e), e);
	CHECK(!known);
	pcr0[0].bytes[0] = 9; /* another value for the same firmware is a finding */
	CHECK_ERR(record_put_pcr0(s, sha256, pcr0, &e), e, ERR_MISMATCH);
}

int main(void)
{
	char path[] = "/tmp/assay-record-XXXXXX";
	struct store *s = NULL;
	struct err e = { 0 };

	CHECK(mkdtemp(path) != NULL);
	CHECK_OK(store_open(&s, path, &e), e);
	builds(s);
	firmware(s);
	store_free(s);
	CHECK_OK(file_remove_tree(AT_FDCWD, path, &e), e);
	return test_end();
}
