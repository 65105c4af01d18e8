#include "trust/intel_chain.h"

#include <openssl/x509v3.h>

#include "base/crypto_context.h"
#include "base/mem.h"
#include "base/utc.h"
#include "codec/pem.h"
#include "trust/certificate_inside.h"
#include "trust/intel_seconds.h"
#include "base/banned.h"

const uint8_t intel_chain_root_sha256[32] = { 0x44, 0xa0, 0x19, 0x6b, 0x2b, 0x99, 0xf8, 0x89, 0xb8,
	0xe1, 0x49, 0xe9, 0x5b, 0x80, 0x7a, 0x35, 0x0e, 0x74, 0x24, 0x96, 0x43, 0x99, 0xe8, 0x85,
	0xa7, 0xcb, 0xb8, 0xcc, 0xfa, 0xb6, 0x74, 0xd3 };

static size_t role_size(enum intel_chain_role role)
{
	return role == INTEL_CHAIN_PCK ? 3 : 2;
}

static const char *place(const struct intel_chain *c, size_t i)
{
	if (i + 1 == c->n)
		return "Intel root";
	if (c->role == INTEL_CHAIN_TCB_SIGNING)
		return "TCB signing certificate";
	return i ? "PCK CA certificate" : "PCK certificate";
}

/* In DER and nothing behind it. */
static bool read_one(struct certificate **ret, struct span der, struct err *e)
{
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	int n;

	if (!certificate_of_der(&c, der, e))
		return false;
	n = i2d_X509(c->x509, NULL);
	if (n < 0)
		mem_note_missing();
	if (n < 0 || (size_t)n != der.n)
		return err_set(e, ERR_FORMAT, "certificate: bytes behind its end");
	*ret = TAKE(c);
	return true;
}

bool intel_chain_read(struct intel_chain *ret, enum intel_chain_role role, struct span pem,
	struct arena *a, struct err *e)
{
	CLEANUP(intel_chain_done) struct intel_chain c = { .role = role };
	struct str rest = str_make((const char *)pem.p, pem.n);
	struct span der = { 0 };
	bool found = true;

	if (rest.n && !rest.p[rest.n - 1])
		rest.n--;
	for (;;) {
		if (!pem_next(&found, &der, &rest, "CERTIFICATE", a, e))
			return err_wrap(e, "certificate chain");
		if (!found)
			break;
		if (c.n == role_size(role))
			return err_set(e, ERR_FORMAT,
				"certificate chain: more than %zu certificates", c.n);
		if (!read_one(&c.certs[c.n], der, e))
			return err_wrap(e, "certificate chain: number %zu", c.n + 1);
		c.n++;
	}
	if (c.n != role_size(role))
		return err_set(e, ERR_FORMAT, "certificate chain: %zu certificates, want %zu", c.n,
			role_size(role));
	*ret = c;
	memset(&c, 0, sizeof c); /* they are the caller's now */
	return true;
}

void intel_chain_done(struct intel_chain *c)
{
	for (size_t i = 0; i < c->n; i++)
		certificate_free(c->certs[i]);
	*c = (struct intel_chain){ 0 };
}

const struct certificate *intel_chain_leaf(const struct intel_chain *c)
{
	return c->certs[0];
}

const struct certificate *intel_chain_root(const struct intel_chain *c)
{
	return c->certs[c->n - 1];
}

const struct certificate *intel_chain_issuer(const struct intel_chain *c)
{
	return c->certs[1];
}

int64_t intel_chain_not_after(const struct intel_chain *c)
{
	int64_t first = INT64_MAX, to = 0;

	for (size_t i = 0; i < c->n; i++) {
		if (!intel_seconds(X509_get0_notAfter(c->certs[i]->x509), &to))
			return INT64_MIN;
		first = to < first ? to : first;
	}
	return first;
}

bool intel_chain_pinned(const struct intel_chain *c, const uint8_t root[static 32], struct err *e)
{
	uint8_t got[32];

	certificate_sha256(got, intel_chain_root(c));
	return ct_equal(got, root, sizeof got) ||
	       err_set(e, ERR_SIGNATURE,
		       "the chain ends in a certificate that is not the pinned Intel root");
}

static bool signed_by(X509 *x, X509 *issuer)
{
	EVP_PKEY *key = X509_get0_pubkey(issuer);

	return key && X509_check_issued(issuer, x) == X509_V_OK && X509_verify(x, key) == 1;
}

bool intel_chain_signed_at(const struct intel_chain *c, size_t i, struct err *e)
{
	/* The root, too: a pinned one holds anyway, but a chain that is judged without the pin says so. */
	const struct certificate *issuer = c->certs[i + 1 < c->n ? i + 1 : i];
	X509 *x = c->certs[i]->x509;
	bool ok = signed_by(x, issuer->x509) || crypto_context_second(signed_by(x, issuer->x509));

	crypto_context_forget_errors();
	return ok ||
	       err_set(e, ERR_SIGNATURE, "%s is not signed by the next in the chain", place(c, i));
}

bool intel_chain_signed(const struct intel_chain *c, struct err *e)
{
	for (size_t i = 0; i < c->n; i++)
		if (!intel_chain_signed_at(c, i, e))
			return false;
	return true;
}

bool intel_chain_valid(const struct intel_chain *c, const struct intel_time *t, struct err *e)
{
	for (size_t i = 0; i < c->n; i++) {
		int64_t from = 0, to = 0;
		char text[UTC_SIZE];

		if (!intel_seconds(X509_get0_notBefore(c->certs[i]->x509), &from) ||
			!intel_seconds(X509_get0_notAfter(c->certs[i]->x509), &to))
			return err_set(
				e, ERR_SIGNATURE, "%s: its validity is no time", place(c, i));
		utc_write(text, t->at_unix < from ? from : to);
		if (t->at_unix + t->leeway < from)
			return err_set(e, ERR_SIGNATURE,
				"%s is not valid before %s: it or the clock is wrong", place(c, i),
				text);
		if (t->at_unix - t->leeway > to)
			return err_set(e, ERR_SIGNATURE,
				"%s expired at %s: it or the clock is wrong", place(c, i), text);
	}
	return true;
}

bool intel_chain_verify(const struct intel_chain *c, const uint8_t root[static 32],
	const struct intel_time *t, struct err *e)
{
	return intel_chain_pinned(c, root, e) && intel_chain_roles(c, e) &&
	       intel_chain_signed(c, e) && intel_chain_valid(c, t, e);
}
