#include "evidence/nitro_document.h"

#include "nitro_made.h"

static struct arena *a;

static bool parse(struct nitro_document *d, const struct made_nitro *m, struct err *e)
{
	struct buf b = made_payload(m);
	struct str kept = arena_str(a, buf_str(&b));

	buf_done(&b);
	return nitro_document_parse(d, str_span(kept), a, e);
}

static void takes(void)
{
	struct made_nitro m = made_nitro();
	struct nitro_document d;
	struct err e = { 0 };

	for (int open = 0; open < 2; open++) {
		m.open_maps = open;
		CHECK_OK(parse(&d, &m, &e), e);
		CHECK(d.kind == NITRO_DOCUMENT_ENCLAVE && str_is(d.module_id, MADE_MODULE));
		CHECK(d.timestamp_ms == m.timestamp_ms && nitro_document_unix(&d) == MADE_AT);
		CHECK(d.pcrs == 0xffff && d.pcr[15].n == 48 && d.pcr[15].p[47] == 0x1f);
		CHECK(d.n_cabundle == MADE_LEAF && d.certificate.n > 100);
		CHECK(d.has[NITRO_DOCUMENT_NONCE] && d.field[NITRO_DOCUMENT_NONCE].n == 7);
		CHECK(d.has[NITRO_DOCUMENT_USER_DATA] && !d.field[NITRO_DOCUMENT_USER_DATA].n);
		CHECK(!d.has[NITRO_DOCUMENT_PUBLIC_KEY]);
	}
}

/* A TPM's registers under their own name. */
static void nitro_tpm(void)
{
	struct made_nitro m = made_nitro();
	struct nitro_document d;
	struct err e = { 0 };

	m.pcrs_name = "nitrotpm_pcrs";
	m.module_id = "i-0123456789abcdef0-tpm0000000000000000";
	CHECK_OK(parse(&d, &m, &e), e);
	CHECK(d.kind == NITRO_DOCUMENT_TPM && d.pcrs == 0xffff);
	m.more = "pcrs";
	CHECK_ERR(parse(&d, &m, &e), e, ERR_FORMAT);
}

/* The sizes and numbers at both ends of what is allowed. */
static void limits_taken(void)
{
	static char long_id[NITRO_DOCUMENT_MODULE_ID_MAX + 2];
	static const uint8_t bytes[1024] = { 1 };
	struct made_nitro m = made_nitro();
	struct nitro_document d;
	struct err e = { 0 };

	memset(long_id, 'i', sizeof long_id - 1);
	m.n_pcrs = 32;
	m.field[NITRO_DOCUMENT_PUBLIC_KEY] = span_make(bytes, 1024);
	m.field[NITRO_DOCUMENT_USER_DATA] = span_make(bytes, 512);
	m.field[NITRO_DOCUMENT_NONCE] = span_make(bytes, 512);
	m.bundle[0] = span_make(bytes, 1024);
	m.bundle[1] = span_make(bytes, 1);
	m.bundle[11] = span_make(bytes, 1024);
	m.n_cabundle = NITRO_DOCUMENT_CABUNDLE_MAX;
	m.timestamp_ms = UINT64_C(253402300799999);
	m.module_id = long_id + 1;
	CHECK_OK(parse(&d, &m, &e), e);
	CHECK(d.pcrs == UINT32_MAX && d.n_cabundle == NITRO_DOCUMENT_CABUNDLE_MAX);
	m.n_cabundle = m.timestamp_ms = 1;
	m.n_pcrs = 1;
	m.first_pcr = 31;
	m.pcr_size = 64;
	CHECK_OK(parse(&d, &m, &e), e);
	CHECK(d.pcrs == UINT32_C(1) << 31 && d.pcr[31].n == 64);
	m.pcr_size = 32;
	CHECK_OK(parse(&d, &m, &e), e);
	m.module_id = long_id;
	CHECK_ERR(parse(&d, &m, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "'module_id' has 257 characters"));
}

typedef void change(struct made_nitro *m);

static const uint8_t long_bytes[1025];

static void no_module(struct made_nitro *m)
{
	m->module_name = NULL;
}
static void empty_module(struct made_nitro *m)
{
	m->module_id = "";
}
static void no_digest(struct made_nitro *m)
{
	m->digest_name = NULL;
}
static void other_digest(struct made_nitro *m)
{
	m->digest = "SHA256";
}
static void no_timestamp(struct made_nitro *m)
{
	m->with_timestamp = false;
}
static void zero_timestamp(struct made_nitro *m)
{
	m->timestamp_ms = 0;
}
static void late_timestamp(struct made_nitro *m)
{
	m->timestamp_ms = UINT64_C(253402300800000);
}
static void no_pcrs(struct made_nitro *m)
{
	m->pcrs_name = NULL;
}
static void empty_pcrs(struct made_nitro *m)
{
	m->n_pcrs = 0;
}
static void many_pcrs(struct made_nitro *m)
{
	m->n_pcrs = 33;
}
static void high_pcr(struct made_nitro *m)
{
	m->n_pcrs = 1;
	m->first_pcr = 32;
}
static void short_pcr(struct made_nitro *m)
{
	m->pcr_size = 47;
}
static void empty_pcr(struct made_nitro *m)
{
	m->pcr_size = 0;
}
static void no_certificate(struct made_nitro *m)
{
	m->with_certificate = false;
}
static void empty_certificate(struct made_nitro *m)
{
	m->bundle[11] = span_make("", 0);
}
static void long_certificate(struct made_nitro *m)
{
	m->bundle[11] = SPAN_OF(long_bytes);
}
static void no_cabundle(struct made_nitro *m)
{
	m->with_cabundle = false;
}
static void empty_cabundle(struct made_nitro *m)
{
	m->n_cabundle = 0;
}
static void empty_authority(struct made_nitro *m)
{
	m->bundle[2] = span_make("", 0);
}
static void long_authority(struct made_nitro *m)
{
	m->bundle[2] = SPAN_OF(long_bytes);
}
static void empty_key(struct made_nitro *m)
{
	m->field[NITRO_DOCUMENT_PUBLIC_KEY] = span_make("", 0);
}
static void long_key(struct made_nitro *m)
{
	m->field[NITRO_DOCUMENT_PUBLIC_KEY] = SPAN_OF(long_bytes);
}
static void long_user_data(struct made_nitro *m)
{
	m->field[NITRO_DOCUMENT_USER_DATA] = span_make(long_bytes, 513);
}
static void long_nonce(struct made_nitro *m)
{
	m->field[NITRO_DOCUMENT_NONCE] = span_make(long_bytes, 513);
}
static void unknown_member(struct made_nitro *m)
{
	m->more = "test_purpose";
}
static void doubled_member(struct made_nitro *m)
{
	m->more = "nonce";
}
static void null_member(struct made_nitro *m)
{
	m->module_name = NULL;
	m->more = "module_id";
}

/* Each is refused, and the message names what. */
static void refuses(void)
{
	static const struct {
		change *change;
		const char *names;
	} cases[] = {
		{ no_module, "module_id" },
		{ empty_module, "module_id" },
		{ null_member, "module_id" },
		{ no_digest, "digest" },
		{ other_digest, "SHA256" },
		{ no_timestamp, "timestamp" },
		{ zero_timestamp, "timestamp" },
		{ late_timestamp, "timestamp" },
		{ no_pcrs, "pcrs" },
		{ empty_pcrs, "0 registers" },
		{ many_pcrs, "33 registers" },
		{ high_pcr, "register 0" },
		{ short_pcr, "PCR 0" },
		{ empty_pcr, "PCR 0" },
		{ no_certificate, "certificate" },
		{ empty_certificate, "certificate" },
		{ long_certificate, "certificate" },
		{ no_cabundle, "cabundle" },
		{ empty_cabundle, "cabundle" },
		{ empty_authority, "cabundle" },
		{ long_authority, "cabundle" },
		{ empty_key, "public_key" },
		{ long_key, "public_key" },
		{ long_user_data, "user_data" },
		{ long_nonce, "nonce" },
		{ unknown_member, "test_purpose" },
		{ doubled_member, "twice" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct made_nitro m = made_nitro();
		struct nitro_document d;
		struct err e = { 0 };

		cases[i].change(&m);
		CHECK_ERR(parse(&d, &m, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, cases[i].names));
		if (!strstr(e.text, cases[i].names))
			fprintf(stderr, "case %zu: %s\n", i, e.text);
	}
}

static void too_much(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	struct made_nitro m = made_nitro();
	struct nitro_document d;
	struct err e = { 0 };

	m.n_cabundle = NITRO_DOCUMENT_CABUNDLE_MAX + 1;
	CHECK_ERR(parse(&d, &m, &e), e, ERR_LIMIT);
	buf_fill(&b, 0, NITRO_DOCUMENT_SIZE_MAX + 1);
	CHECK_ERR(nitro_document_parse(&d, buf_span(&b), a, &e), e, ERR_LIMIT);
	b.n--;
	CHECK_ERR(nitro_document_parse(&d, buf_span(&b), a, &e), e, ERR_FORMAT);
}

/* What is no map of names, and encodings that are well-formed but that no known encoder writes. */
static void loose(void)
{
	static const struct {
		const char *bytes, *why;
	} bad[] = {
		{ "\x80", "is no map" },
		{ "\xa1\x01\x02", "no text as key" },
		{ "\xa1\x66"
		  "digest\xf6",
			"module_id" },
		{ "\xa1\x78\x06"
		  "digest\xf6",
			"a longer head" },
		{ "\xa1\x66"
		  "digest\x7f\x61x\xff",
			"no length is given of text" },
		{ "\xa1\x66"
		  "digest\x9f\xff",
			"no length is given of array" },
	};
	struct nitro_document d;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct span s = str_span(str_of(bad[i].bytes));

		CHECK_ERR(nitro_document_parse(&d, s, a, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, bad[i].why));
	}
}

static void truncations(void)
{
	struct made_nitro m = made_nitro();
	CLEANUP(buf_done) struct buf b = made_payload(&m);
	struct nitro_document d;
	struct err e = { 0 };

	for (size_t n = 0; n < b.n; n++) {
		CLEANUP(arena_freep) struct arena *own = arena_new(1 << 20);

		CHECK_ERR(nitro_document_parse(&d, span_make(b.p, n), own, &e), e, ERR_FORMAT);
	}
	buf_u8(&b, 0);
	CHECK_ERR(nitro_document_parse(&d, buf_span(&b), a, &e), e, ERR_FORMAT);
}

static void debug(void)
{
	struct made_nitro m = made_nitro();
	struct nitro_document d;
	struct err e = { 0 };

	memset(m.pcr[3], 0, sizeof m.pcr[3]); /* the role: none */
	CHECK_OK(parse(&d, &m, &e), e);
	CHECK_OK(nitro_document_check_debug(&d, &e), e);
	for (size_t i = 0; i < 3; i++) {
		m = made_nitro();
		memset(m.pcr[i], 0, sizeof m.pcr[i]);
		CHECK_OK(parse(&d, &m, &e), e);
		CHECK_ERR(nitro_document_check_debug(&d, &e), e, ERR_MISMATCH);
		CHECK(strstr(e.text, "debug"));
	}
	m = made_nitro();
	m.first_pcr = 1;
	CHECK_OK(parse(&d, &m, &e), e);
	CHECK_ERR(nitro_document_check_debug(&d, &e), e, ERR_MISMATCH);
}

static void registers(void)
{
	struct made_nitro m = made_nitro();
	struct nitro_document d;
	struct err e = { 0 };
	uint8_t want[48];

	CHECK_OK(parse(&d, &m, &e), e);
	memset(want, 0x14, sizeof want);
	CHECK_OK(nitro_document_check_pcr(&d, 4, SPAN_OF(want), &e), e);
	CHECK_ERR(nitro_document_check_pcr(&d, 4, span_make(want, 47), &e), e, ERR_MISMATCH);
	CHECK_ERR(nitro_document_check_pcr(&d, 4, span_make(want, 0), &e), e, ERR_MISMATCH);
	CHECK_ERR(nitro_document_check_pcr(&d, 5, SPAN_OF(want), &e), e, ERR_MISMATCH);
	want[47]++;
	CHECK_ERR(nitro_document_check_pcr(&d, 4, SPAN_OF(want), &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "PCR 4 is 1414") && strstr(e.text, "want 1414"));
	/* not in the document, or no register at all */
	for (unsigned i = 16; i < 70; i += 16) {
		CHECK_ERR(nitro_document_check_pcr(&d, i, SPAN_OF(want), &e), e, ERR_MISMATCH);
		CHECK(strstr(e.text, "not in the document"));
	}
}

static void asked(void)
{
	struct made_nitro m = made_nitro();
	struct nitro_document d;
	struct err e = { 0 };

	CHECK_OK(parse(&d, &m, &e), e);
	CHECK_OK(nitro_document_check_field(&d, NITRO_DOCUMENT_NONCE, span_make("a nonce", 7), &e),
		e);
	CHECK_ERR(nitro_document_check_field(&d, NITRO_DOCUMENT_NONCE, span_make("a nonce", 6), &e),
		e, ERR_MISMATCH);
	CHECK_ERR(nitro_document_check_field(&d, NITRO_DOCUMENT_NONCE, span_make("A nonce", 7), &e),
		e, ERR_MISMATCH);
	CHECK_ERR(nitro_document_check_field(&d, NITRO_DOCUMENT_PUBLIC_KEY, span_make("", 0), &e),
		e, ERR_MISMATCH);
	CHECK_OK(nitro_document_check_field(&d, NITRO_DOCUMENT_USER_DATA, span_make("", 0), &e), e);
}

/* Text where bytes are wanted: of the same length, so that only the kind differs. */
static void text_for_bytes(void)
{
	static const struct {
		const char *name;
		size_t skip; /* the head of a list */
	} cases[] = { { "user_data", 0 }, { "nonce", 0 }, { "public_key", 0 }, { "cabundle", 1 } };
	static const uint8_t bytes[300] = { 'a' };
	struct made_nitro m = made_nitro();

	for (int field = 0; field < NITRO_DOCUMENT_FIELDS; field++)
		m.field[field] = SPAN_OF(bytes);
	m.bundle[0] = SPAN_OF(bytes);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf b = made_payload(&m);
		size_t n = strlen(cases[i].name);
		uint8_t *at = memmem(b.p, b.n, cases[i].name, n);
		struct nitro_document d;
		struct err e = { 0 };

		CHECK_OK(nitro_document_parse(&d, buf_span(&b), a, &e), e);
		CHECK(at && at[n + cases[i].skip] == 0x59);
		if (!at)
			continue;
		at[n + cases[i].skip] = 0x79;
		CHECK_ERR(nitro_document_parse(&d, buf_span(&b), a, &e), e, ERR_FORMAT);
		CHECK(strstr(e.text, cases[i].name) &&
			strstr(e.text, "is no byte string but a text"));
	}
}

static void age(void)
{
	struct made_nitro m = made_nitro();
	struct nitro_document d;
	struct err e = { 0 };

	CHECK_OK(parse(&d, &m, &e), e);
	CHECK_OK(nitro_document_check_age(&d, MADE_AT, 0, 0, &e), e);
	CHECK_OK(nitro_document_check_age(&d, MADE_AT + 60, 60, 0, &e), e);
	CHECK_ERR(nitro_document_check_age(&d, MADE_AT + 61, 60, 0, &e), e, ERR_MISMATCH);
	CHECK_OK(nitro_document_check_age(&d, MADE_AT + 65, 60, 5, &e), e);
	CHECK_ERR(nitro_document_check_age(&d, MADE_AT + 66, 60, 5, &e), e, ERR_MISMATCH);
	CHECK_OK(nitro_document_check_age(&d, MADE_AT + 66, INT64_MAX, 5, &e), e);
	CHECK_OK(nitro_document_check_age(&d, MADE_AT - 5, 60, 5, &e), e);
	CHECK_ERR(nitro_document_check_age(&d, MADE_AT - 6, 60, 5, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "clock"));
	CHECK_ERR(nitro_document_check_age(&d, INT64_MIN, 60, 5, &e), e, ERR_MISMATCH);
	CHECK(strstr(e.text, "1970-01-01T00:00:00Z"));
	CHECK_ERR(nitro_document_check_age(&d, INT64_MAX, 60, 5, &e), e, ERR_MISMATCH);
}

int main(void)
{
	a = arena_new(64 << 20);
	made_keys_new();
	takes();
	nitro_tpm();
	limits_taken();
	refuses();
	too_much();
	loose();
	truncations();
	debug();
	registers();
	asked();
	text_for_bytes();
	age();
	made_keys_free();
	arena_free(a);
	return test_end();
}
