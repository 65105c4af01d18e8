#include "trust/nitro_chain.h"

#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/crypto_context.h"
#include "base/mem.h"
#include "base/utc.h"
#include "trust/nitro_chain_inside.h"
#include "trust/x509_read.h"
#include "base/banned.h"

const uint8_t nitro_chain_aws_root[SHA256_SIZE] = { 0x64, 0x1a, 0x03, 0x21, 0xa3, 0xe2, 0x44, 0xef,
	0xe4, 0x56, 0x46, 0x31, 0x95, 0xd6, 0x06, 0x31, 0x7e, 0xd7, 0xcd, 0xcc, 0x3c, 0x17, 0x56,
	0xe0, 0x98, 0x93, 0xf3, 0xc6, 0x8f, 0x79, 0xbb, 0x5b };

bool nitro_chain_wrong(const struct nitro_chain *c, size_t i, const char *why, struct err *e)
{
	char name[160] = "";

	X509_NAME_oneline(X509_get_subject_name(c->x509[i]), name, sizeof name);
	return err_set(e, ERR_SIGNATURE, "%s %zu of the chain (%s): %s",
		i + 1 == c->n ? "leaf, certificate" : "certificate", i, name, why);
}

static X509 *parse(struct span der)
{
	struct span rest = { 0 };
	X509 *x = x509_read_certificate(der, &rest);

	if (x && rest.n) {
		X509_free(x);
		x = NULL;
	}
	crypto_context_forget_errors();
	return x;
}

/* Seconds since 1970; false for what is no time. */
static bool unix_of(int64_t *ret, const ASN1_TIME *t)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, seconds = 0;
	bool ok = epoch && ASN1_TIME_diff(&days, &seconds, epoch, t) == 1;

	if (!epoch)
		mem_note_missing();
	ASN1_TIME_free(epoch);
	crypto_context_forget_errors();
	*ret = (int64_t)days * 86400 + seconds;
	return ok;
}

static bool add(struct nitro_chain *c, struct span der, struct err *e)
{
	size_t i = c->n;

	c->x509[i] = parse(der);
	if (!c->x509[i])
		return err_set(e, ERR_FORMAT,
			"certificate %zu of the chain: %zu bytes are no certificate in DER", i,
			der.n);
	c->n++;
	if (!unix_of(&c->not_before[i], X509_get0_notBefore(c->x509[i])) ||
		!unix_of(&c->not_after[i], X509_get0_notAfter(c->x509[i])))
		return err_set(
			e, ERR_FORMAT, "certificate %zu of the chain: its validity is no time", i);
	return true;
}

bool nitro_chain_of_document(
	struct nitro_chain **ret, const struct nitro_document *d, struct err *e)
{
	CLEANUP(nitro_chain_freep) struct nitro_chain *c = MEM_NEW(struct nitro_chain);

	if (!c)
		return err_set(e, ERR_LIMIT, "certificates: no memory");
	for (size_t i = 0; i < d->n_cabundle; i++)
		if (!add(c, d->cabundle[i], e))
			return false;
	if (!add(c, d->certificate, e))
		return false;
	sha256_of(c->root_sha256, d->cabundle[0]);
	*ret = TAKE(c);
	return true;
}

void nitro_chain_free(struct nitro_chain *c)
{
	for (size_t i = 0; c && i < c->n; i++)
		X509_free(c->x509[i]);
	free(c);
}

void nitro_chain_freep(struct nitro_chain **c)
{
	nitro_chain_free(*c);
}

bool nitro_chain_check_root(
	const struct nitro_chain *c, const uint8_t root_sha256[static SHA256_SIZE], struct err *e)
{
	return ct_equal(c->root_sha256, root_sha256, SHA256_SIZE) ||
	       nitro_chain_wrong(c, 0, "it is not the root that this verifier knows", e);
}

static bool wrong_time(const struct nitro_chain *c, size_t i, int64_t at_unix, struct err *e)
{
	char at[UTC_SIZE], limit[UTC_SIZE], why[200];
	bool early = at_unix < c->not_before[i];

	utc_write(at, at_unix);
	utc_write(limit, early ? c->not_before[i] : c->not_after[i]);
	snprintf(why, sizeof why, "it is valid %s %s, and the time of this appraisal is %s: %s",
		early ? "from" : "until", limit, at,
		early ? "the clock is wrong" : "it has expired, or the clock is wrong");
	return nitro_chain_wrong(c, i, why, e);
}

bool nitro_chain_check_time(
	const struct nitro_chain *c, int64_t at_unix, int64_t leeway, struct err *e)
{
	for (size_t i = 0; i < c->n; i++)
		if (at_unix < c->not_before[i] - leeway || at_unix > c->not_after[i] + leeway)
			return wrong_time(c, i, at_unix, e);
	return true;
}

bool nitro_chain_check_module(
	const struct nitro_chain *c, const struct nitro_document *d, struct err *e)
{
	const X509_NAME *name = X509_get_subject_name(c->x509[c->n - 1]);
	int at = X509_NAME_get_index_by_NID(name, NID_commonName, -1);
	const ASN1_STRING *value = at < 0 ? NULL
					  : X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at));
	struct str cn = { 0 }, module = { 0 }, region = { 0 };

	if (value)
		cn = str_make((const char *)ASN1_STRING_get0_data(value),
			(size_t)ASN1_STRING_length(value));
	if (str_cut(cn, '.', &module, &region) && str_equal(module, d->module_id))
		return true;
	return err_set(e, ERR_MISMATCH,
		"module is '%.*s', and the certificate that signs is of '%.*s'",
		STR_ARG(d->module_id), STR_ARG(cn));
}

bool nitro_chain_verify(const struct nitro_chain *c, const uint8_t root_sha256[static SHA256_SIZE],
	int64_t at_unix, int64_t leeway, struct err *e)
{
	return nitro_chain_check_root(c, root_sha256, e) && nitro_chain_check_profile(c, e) &&
	       nitro_chain_check_signatures(c, e) && nitro_chain_check_time(c, at_unix, leeway, e);
}

void nitro_chain_validity(
	const struct nitro_chain *c, int64_t *not_before_unix, int64_t *not_after_unix)
{
	*not_before_unix = INT64_MIN;
	*not_after_unix = INT64_MAX;
	for (size_t i = 0; i < c->n; i++) {
		if (c->not_before[i] > *not_before_unix)
			*not_before_unix = c->not_before[i];
		if (c->not_after[i] < *not_after_unix)
			*not_after_unix = c->not_after[i];
	}
}

bool nitro_chain_key(struct public_key **ret, const struct nitro_chain *c, struct err *e)
{
	EVP_PKEY *pkey = X509_get0_pubkey(c->x509[c->n - 1]);

	crypto_context_forget_errors();
	if (!pkey)
		return nitro_chain_wrong(c, c->n - 1, "its public key cannot be read", e);
	return public_key_of_pkey(ret, pkey, e);
}
