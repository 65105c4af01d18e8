/* What a verdict's last sentences may say of evidence, by what its checks have shown. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "cmd/verdict_words.h"

#include "test.h"

static struct verdict v;

static void start(enum verdict_status status)
{
	v = (struct verdict){ .status = status };
}

static void add(const char *name, enum check_result result)
{
	check_add(&v.checks, &(struct check){ .name = name, .result = result, .reg = -1 });
}

static bool says(enum bundle_kind kind, const char *words)
{
	CLEANUP(buf_done) struct buf b = buf_init(4096);

	verdict_words_in_short(&b, &v, VERDICT_WORDS_NONCE, kind);
	buf_u8(&b, 0);
	return buf_ok(&b) && strstr((const char *)b.p, words);
}

static bool vouches(enum bundle_kind kind, const char *words)
{
	return strstr(verdict_words_endorser(kind, &v.checks), words);
}

/* Of Azure's vTPM Microsoft is named where the software underneath it is known, and for nothing else. */
static void whose_vtpm(void)
{
	start(VERDICT_AFFIRMING);
	add("launch-measurement", CHECK_PASSED);
	CHECK(says(BUNDLE_AZURE, "runs Microsoft's vTPM") &&
		vouches(BUNDLE_AZURE, "Microsoft for the vTPM"));
	for (int result = 0; result < 4; result++) {
		start(VERDICT_AFFIRMING);
		if (result < 3 && result != CHECK_PASSED)
			add("launch-measurement", (enum check_result)result);
		CHECK(says(BUNDLE_AZURE, "nothing shows to be Microsoft's") &&
			!says(BUNDLE_AZURE, "runs Microsoft's vTPM"));
		CHECK(vouches(BUNDLE_AZURE, "nothing shows that it is Microsoft's") &&
			!vouches(BUNDLE_AZURE, "Microsoft for the vTPM"));
		CHECK(says(BUNDLE_SNP, "genuine AMD processor") && vouches(BUNDLE_SNP, "AMD"));
	}
}

/* What the policy lets by is a warning without a check that failed. */
static void what_to_see(void)
{
	start(VERDICT_WARNING);
	add("debug", CHECK_PASSED);
	CHECK(says(BUNDLE_NITRO, "see what this says (AR4SI)") && !says(BUNDLE_NITRO, "FAIL"));
	add("vouched", CHECK_FAILED);
	CHECK(says(BUNDLE_NITRO, "see each FAIL"));
	v.status = VERDICT_CONTRAINDICATED;
	CHECK(says(BUNDLE_NITRO, "see each FAIL"));
}

int main(void)
{
	what_to_see();
	whose_vtpm();
	return test_end();
}
