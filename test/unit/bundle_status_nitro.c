/*
 * What expires when in evidence that carries its certificates itself: documents of Nitro, and bundles of a TPM.
 */
#include "bundle_status_told.h"

#include "nitro_made.h"

static struct arena *a;
static struct trust_hardware_root root = { .hardware = TRUST_NITRO };
static struct trust_file trust = { .hardware = &root, .n_hardware = 1 };
static struct buf told; /* all that is said, for test/golden/bundle_status_nitro.txt */

static struct bundle_status status(const struct bundle *b, int64_t at)
{
	struct bundle_status s = { 0 };
	struct err e = { 0 };

	CHECK_OK(bundle_status(&s, b, &(struct bundle_status_at){ .at_unix = at, .trust = &trust },
			 a, &e),
		e);
	bundle_status_tell(&told, &s, at, MADE_AT);
	return s;
}

static enum bundle_status_state state(const struct bundle_status *s, const char *label)
{
	for (size_t i = 0; i < s->n; i++)
		if (str_is(s->items[i].label, label))
			return s->items[i].state;
	printf("no item '%s'\n", label);
	CHECK(false);
	return BUNDLE_STATUS_MISSING;
}

static void nitro(void)
{
	struct made_nitro m = made_nitro();
	CLEANUP(buf_done) struct buf document = made_document(&m);
	struct bundle b = { .kind = BUNDLE_NITRO, .nitro_document = buf_span(&document) };
	struct nitro_signed parsed;
	struct bundle_status s;
	struct err e = { 0 };

	CHECK_OK(nitro_signed_parse(&parsed, b.nitro_document, a, &e), e);
	sha256_of(root.sha256, parsed.document.cabundle[0]);
	s = status(&b, MADE_AT);
	CHECK(s.complete && s.n == MADE_CERTS + 2);
	CHECK(state(&s, "CRL") == BUNDLE_STATUS_NOT_NEEDED);
	CHECK(str_is(s.items[s.earliest].label, "nitro.document"));
	CHECK(s.items[s.earliest].dates.to_unix == MADE_AT + MADE_HOUR);
	s = status(&b, MADE_AT + MADE_HOUR + 1);
	CHECK(!s.complete && state(&s, "nitro.document") == BUNDLE_STATUS_EXPIRED);
	CHECK(state(&s, "nitro.document certificate") == BUNDLE_STATUS_VALID);
	s = status(&b, MADE_AT + 3 * MADE_HOUR + 1);
	CHECK(!s.complete && state(&s, "nitro.document certificate") == BUNDLE_STATUS_EXPIRED);
	CHECK(state(&s, "nitro.document cabundle.3") == BUNDLE_STATUS_VALID);
	s = status(&b, MADE_AT - 4);
	CHECK(!s.complete && state(&s, "nitro.document cabundle.0") == BUNDLE_STATUS_NOT_YET);
	b.nitro_document.n--;
	s = status(&b, MADE_AT);
	CHECK(!s.complete && state(&s, "nitro.document") == BUNDLE_STATUS_UNREADABLE);
}

/* Another root, another signer, another module, a payload that was changed. */
static void nitro_unsigned(void)
{
	struct made_nitro m = made_nitro();
	struct bundle b = { .kind = BUNDLE_NITRO };
	struct bundle_status s;
	struct buf document = made_document(&m);

	b.nitro_document = buf_span(&document);
	root.sha256[0] ^= 1;
	s = status(&b, MADE_AT);
	CHECK(!s.complete && state(&s, "nitro.document cabundle.0") == BUNDLE_STATUS_UNTRUSTED);
	document.p[document.n - 1] ^= 1;
	s = status(&b, MADE_AT);
	CHECK(!s.complete && state(&s, "nitro.document") == BUNDLE_STATUS_BAD_SIGNATURE);
	buf_done(&document);
	m.certs[2].signer = m.certs[2].key;
	document = made_document(&m);
	b.nitro_document = buf_span(&document);
	s = status(&b, MADE_AT);
	CHECK(!s.complete &&
		state(&s, "nitro.document certificate") == BUNDLE_STATUS_BAD_SIGNATURE);
	buf_done(&document);
	m = made_nitro();
	m.module_id = "i-0123456789abcdef0-enc0000000000000000";
	document = made_document(&m);
	b.nitro_document = buf_span(&document);
	s = status(&b, MADE_AT);
	CHECK(!s.complete && state(&s, "nitro.document") == BUNDLE_STATUS_UNFIT);
	buf_done(&document);
}

static void tpm(void)
{
	struct made_nitro m = made_nitro();
	CLEANUP(buf_done) struct buf der = made_cert_der(&m.certs[MADE_LEAF]);
	struct bundle b = { .kind = BUNDLE_TPM };
	struct bundle_status s = status(&b, MADE_AT);

	CHECK(s.complete && s.earliest == s.n);
	CHECK(state(&s, "tpm.ek-certificate") == BUNDLE_STATUS_NOT_NEEDED);
	b.ek_chain.certificates[0] = buf_span(&der);
	b.ek_chain.n = 1;
	s = status(&b, MADE_AT);
	CHECK(s.complete && state(&s, "tpm.ek-certificate.0") == BUNDLE_STATUS_VALID);
	CHECK(s.earliest < s.n);
	s = status(&b, MADE_AT + MADE_DAY);
	CHECK(!s.complete && state(&s, "tpm.ek-certificate.0") == BUNDLE_STATUS_EXPIRED);
	b.ek_chain.certificates[0].n = 20;
	s = status(&b, MADE_AT);
	CHECK(!s.complete && state(&s, "tpm.ek-certificate.0") == BUNDLE_STATUS_UNREADABLE);
}

int main(void)
{
	a = arena_new(64 << 20);
	told = buf_init(1 << 20);
	made_keys_new();
	nitro();
	nitro_unsigned();
	tpm();
	made_keys_free();
	arena_free(a);
	golden_text(&told, "bundle_status_nitro");
	return test_end();
}
