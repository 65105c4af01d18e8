/* The library's door: what it asks of its arguments, what it does with structs of other versions, and where it says LIMIT. */
#include <assay.h>

#include "unit/machine_texts.h"

#define FOUR(x) x x x x
#define IMAGE(byte) FOUR(FOUR(byte)) FOUR(FOUR(byte))

static struct machine m;
static struct buf values, trust, bundle, root;
static struct assay_certificate certificate;
static struct assay_result out;

/* All that an honest machine's evidence needs. */
static struct assay_input honest(void)
{
	return (struct assay_input){ .size = sizeof(struct assay_input),
		.at_unix = MADE_NOW,
		.evidence = { bundle.p, bundle.n },
		.trust = { trust.p, trust.n },
		.reference_values = { values.p, values.n },
		.certificates = &certificate,
		.n_certificates = 1,
		.nonce = { m.nonce, sizeof m.nonce } };
}

static int verify(const struct assay_input *in)
{
	assay_result_free(&out);
	out.size = sizeof out;
	return assay_verify(in, &out);
}

/* The error's text says so, and there is nothing else. */
static bool says(const struct assay_input *in, int error, const char *text)
{
	int got = verify(in);

	if (got == error && strstr(out.error, text) && !out.ear && out.status == ASSAY_NONE)
		return true;
	fprintf(stderr, "got %d '%s', wanted %d '%s'\n", got, out.error, error, text);
	return false;
}

static void verdicts(void)
{
	static const char archive[] =
		"{\"format\": \"assay.policy/1\", \"name\": \"old\", \"freshness\": \"archive\"}";
	struct assay_input in = honest();

	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_AFFIRMING && !out.error[0]);
	CHECK(out.ear && strlen(out.ear) == out.ear_size &&
		strstr(out.ear, "libassay " ASSAY_VERSION));
	CHECK(!strcmp(assay_status_name(out.status), "affirming"));
	assay_result_free(&out);
	CHECK(!out.ear && !out.ear_size && out.status == ASSAY_NONE);
	assay_result_free(&out);
	assay_result_free(NULL);
	in.trust.size = 0;
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_CONTRAINDICATED);
	in = honest();
	in.policy = (struct assay_bytes){ archive, sizeof archive - 1 };
	in.nonce.size = 0;
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_AFFIRMING);
	in.report_data = (struct assay_bytes){ m.nonce, 0 }; /* none */
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_AFFIRMING);
	in.report_data.size = sizeof m.nonce;
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_CONTRAINDICATED);
}

/* Data that the caller knows: fresh only where the caller says that it was made for this exchange. */
static void report_data(void)
{
	static const uint8_t zero[64];
	struct assay_input in = honest();

	in.nonce.size = 0;
	in.report_data = (struct assay_bytes){ m.quote.extra.p, m.quote.extra.n };
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_CONTRAINDICATED);
	CHECK(strstr(out.ear, "older evidence") && !strstr(out.ear, "eat_nonce"));
	in.flags = ASSAY_REPORT_DATA_IS_FRESH;
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_AFFIRMING);
	CHECK(strstr(out.ear, "eat_nonce") != NULL);
	in.flags = ASSAY_REPORT_DATA_IS_FRESH << 1;
	CHECK(says(&in, ASSAY_USAGE, "flags"));
	in.flags = ASSAY_REPORT_DATA_IS_FRESH;
	in.report_data = (struct assay_bytes){ zero, sizeof zero };
	CHECK(says(&in, ASSAY_USAGE, "zeroes"));
	in.report_data.size = 0;
	CHECK(says(&in, ASSAY_USAGE, "there is no report data"));
}

/* The library hears no rebuilders; and which image values are of, only a build of the caller's own tells. */
static void vouchers(void)
{
	static const char head[] = "format: assay.policy/1\nname: x\n";
	static const struct {
		const char *members;
		int vouch, want;
		const char *says;
	} cases[] = {
		{ "vouchers: {built-here: refuse}\n", ASSAY_BUILT_HERE, ASSAY_AFFIRMING,
			"unsigned" },
		{ "vouchers: {rebuilders: 1}\n", ASSAY_BUILT_HERE, ASSAY_WARNING,
			"no statement of one was heard" },
		{ "vouchers: {rebuilders: 1}\n", ASSAY_UNSIGNED_CLAIM, ASSAY_WARNING,
			"no statement of one was heard" },
		{ "images: [" IMAGE("5d") "]\n", ASSAY_BUILT_HERE, ASSAY_AFFIRMING, "built here" },
		{ "images: [" IMAGE("5d") "]\n", ASSAY_UNSIGNED_CLAIM, ASSAY_WARNING,
			"only their own file says" },
		{ "images: [" IMAGE("cd") "]\n", ASSAY_BUILT_HERE, ASSAY_CONTRAINDICATED,
			"does not name" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct assay_input in = honest();
		char policy[300];

		snprintf(policy, sizeof policy, "%s%s", head, cases[i].members);
		in.policy = (struct assay_bytes){ policy, strlen(policy) };
		in.vouch = cases[i].vouch;
		CHECK(verify(&in) == ASSAY_OK && out.status == cases[i].want);
		CHECK(out.ear && strstr(out.ear, cases[i].says));
	}
}

static void arguments(void)
{
	struct assay_input in = honest();

	in.at_unix = 0;
	CHECK(says(&in, ASSAY_USAGE, "at_unix is missing"));
	in.at_unix = -1;
	CHECK(says(&in, ASSAY_USAGE, "at_unix is missing"));
	in.at_unix = INT64_MAX;
	CHECK(says(&in, ASSAY_USAGE, "after the year 9999"));
	in.at_unix = INT64_C(253402300799);
	CHECK(verify(&in) == ASSAY_OK);
	in = honest();
	in.evidence.size = 0;
	CHECK(says(&in, ASSAY_USAGE, "evidence is missing"));
	in = honest();
	in.policy.size = 1;
	CHECK(says(&in, ASSAY_USAGE, "data is NULL, size is 1"));
	in = honest();
	in.nonce.size = 31;
	CHECK(says(&in, ASSAY_USAGE, "nonce of 31 bytes, want 32"));
	in = honest();
	in.report_data = (struct assay_bytes){ m.nonce, ASSAY_REPORT_DATA_MAX + 1 };
	CHECK(says(&in, ASSAY_USAGE, "report data of 65 bytes"));
	in = honest();
	in.vouch = 2;
	CHECK(says(&in, ASSAY_USAGE, "vouch is 2"));
	in = honest();
	in.n_certificates = ASSAY_CERTIFICATES_MAX + 1;
	CHECK(says(&in, ASSAY_LIMIT, "65 certificates, limit 64"));
	in = honest();
	in.certificates = NULL;
	CHECK(says(&in, ASSAY_USAGE, "certificates is NULL"));
	in = honest();
	in.n_certificates = 0;
	CHECK(says(&in, ASSAY_NOTFOUND, "no certificate with the path 'root.der'"));
	in = honest();
	in.shape = "other";
	CHECK(says(&in, ASSAY_NOTFOUND, "no shape 'other'"));
	in.shape =
		""; /* a variable that was never set names no shape, and does not stand for any */
	CHECK(says(&in, ASSAY_NOTFOUND, "no shape ''"));
	in = honest();
	in.reference_values.size = 0;
	CHECK(says(&in, ASSAY_USAGE, "reference values"));
	in = honest();
	in.reference_values.size /= 2;
	CHECK(says(&in, ASSAY_FORMAT, "reference values: "));
	in = honest();
	in.policy = (struct assay_bytes){ "colour: red\n", 12 };
	CHECK(says(&in, ASSAY_FORMAT, "policy: "));
	in = honest();
	in.evidence.size -= 2;
	CHECK(says(&in, ASSAY_FORMAT, "evidence: "));
}

static void versions(void)
{
	struct {
		struct assay_input in;
		char later[8];
	} longer = { .in = honest() };
	struct {
		struct assay_result out;
		char later[8];
	} more = { .later = "xxxxxxx" };
	struct assay_input in = honest();

	in.size--;
	CHECK(says(&in, ASSAY_USAGE, "size is"));
	in.size = offsetof(struct assay_input, flags); /* what a program was compiled with before */
	in.flags = UINT64_MAX;
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_AFFIRMING);
	in.size--;
	CHECK(says(&in, ASSAY_USAGE, "size is"));
	CHECK(says(NULL, ASSAY_USAGE, "size is 0"));
	longer.in.size = sizeof longer;
	CHECK(verify(&longer.in) == ASSAY_OK);
	longer.later[7] = 1;
	CHECK(says(&longer.in, ASSAY_USAGE, "is not known to version " ASSAY_VERSION));
	in = honest();
	CHECK(assay_verify(&in, NULL) == ASSAY_USAGE);
	more.out.size = sizeof more.out - 1;
	CHECK(assay_verify(&in, &more.out) == ASSAY_USAGE);
	more.out.size = sizeof more;
	CHECK(assay_verify(&in, &more.out) == ASSAY_OK && !more.later[0] && !more.later[6]);
	assay_result_free(&more.out);
	CHECK(!strcmp(assay_version(), ASSAY_VERSION));
}

static void limits(void)
{
	struct assay_input in = honest();
	unsigned below = 0;

	for (in.memory_max = 1; in.memory_max < 1 << 20; in.memory_max += 997) {
		if (verify(&in) == ASSAY_OK)
			break;
		CHECK(says(&in, ASSAY_LIMIT, "memory allowed"));
		below++;
	}
	CHECK(below > 50 && out.status == ASSAY_AFFIRMING);
	in.memory_max += 997;
	CHECK(verify(&in) == ASSAY_OK && out.status == ASSAY_AFFIRMING);
}

int main(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	struct err e = { 0 };

	made_keys();
	machine_init(&m, a);
	machine_sign(&m);
	values = trust = bundle = buf_init(BUNDLE_SIZE_MAX);
	machine_values(&m, &values);
	machine_trust(&m, &trust);
	CHECK_OK(bundle_emit(&m.bundle, &bundle, &e), e);
	root = made_certificate(&m.ca);
	certificate = (struct assay_certificate){ "root.der", { root.p, root.n } };
	verdicts();
	report_data();
	vouchers();
	arguments();
	versions();
	limits();
	assay_result_free(&out);
	machine_done(&m);
	buf_done(&values);
	buf_done(&trust);
	buf_done(&bundle);
	buf_done(&root);
	made_keys_done();
	return test_end();
}
