#include "trust/pcs_json.h"

#include <stdio.h>

#include "base/utc.h"
#include "trust/p256_signature.h"
#include "base/banned.h"

enum { PREFIX_MAX = 40, NUMBER_BYTES_MAX = 64 };

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool hex(struct str s, uint8_t *ret, size_t n)
{
	uint8_t out[NUMBER_BYTES_MAX];

	if (s.n != 2 * n || n > sizeof out)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = digit(s.p[2 * i]), low = digit(s.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (uint8_t)(high << 4 | low);
	}
	memcpy(ret, out, n);
	return true;
}

bool pcs_json_split(struct pcs_json *ret, struct span document, const char *member, struct err *e)
{
	static const char between[] = ",\"signature\":\"", end[] = "\"}";
	const size_t tail = sizeof between - 1 + 2 * PCS_JSON_SIGNATURE_SIZE + sizeof end - 1;
	struct str s = str_trim(str_make((const char *)document.p, document.n)), rest;
	struct pcs_json d;
	char begin[PREFIX_MAX];
	size_t head;

	if (document.n > PCS_JSON_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "'%s' is %zu bytes, limit %d", member, document.n,
			PCS_JSON_SIZE_MAX);
	snprintf(begin, sizeof begin, "{\"%s\":", member);
	head = strlen(begin);
	if (s.n < head + tail || !str_starts(s, begin))
		return err_set(
			e, ERR_FORMAT, "a signed '%s' does not begin with '%s'", member, begin);
	d.body = span_make(s.p + head, s.n - head - tail);
	rest = str_make(s.p + s.n - tail, tail);
	if (!str_starts(rest, between) || !str_ends(rest, end) ||
		!hex(str_make(rest.p + sizeof between - 1, 2 * PCS_JSON_SIGNATURE_SIZE),
			d.signature, PCS_JSON_SIGNATURE_SIZE))
		return err_set(e, ERR_FORMAT,
			"a signed '%s' does not end with its signature of %d bytes", member,
			PCS_JSON_SIGNATURE_SIZE);
	*ret = d;
	return true;
}

bool pcs_json_signed(const struct pcs_json *d, const struct intel_chain *signer, struct err *e)
{
	CLEANUP(public_key_freep) struct public_key *key = NULL;

	if (signer->role != INTEL_CHAIN_TCB_SIGNING)
		return err_set(e, ERR_SIGNATURE, "the signer's chain is not one for TCB signing");
	return certificate_key(&key, intel_chain_leaf(signer), e) &&
	       p256_signature_verify(key, d->body, SPAN_OF(d->signature), e);
}

bool pcs_json_hex(const struct json *o, const char *key, uint8_t *ret, size_t n, struct err *e)
{
	struct str s = { 0 };

	if (!json_get_str(o, key, &s, e))
		return false;
	return hex(s, ret, n) ||
	       err_set(e, ERR_FORMAT, "member '%s' must be %zu hex digits", key, 2 * n);
}

bool pcs_json_u64le(const struct json *o, const char *key, uint64_t *ret, struct err *e)
{
	uint8_t bytes[8];
	uint64_t v = 0;

	if (!pcs_json_hex(o, key, bytes, sizeof bytes, e))
		return false;
	for (size_t i = sizeof bytes; i-- > 0;)
		v = v << 8 | bytes[i];
	*ret = v;
	return true;
}

bool pcs_json_time(const struct json *o, const char *key, int64_t *ret, struct err *e)
{
	struct str s = { 0 };

	if (!json_get_str(o, key, &s, e))
		return false;
	return utc_read(s, ret) ||
	       err_set(e, ERR_FORMAT, "member '%s' must be a time like 2026-03-16T22:06:09Z", key);
}

bool pcs_json_read_dates(struct pcs_json_dates *ret, const struct json *o, struct err *e)
{
	return pcs_json_time(o, "issueDate", &ret->issued, e) &&
	       pcs_json_time(o, "nextUpdate", &ret->next_update, e);
}

bool pcs_json_current(
	const struct pcs_json_dates *d, const struct intel_time *t, const char *what, struct err *e)
{
	char text[UTC_SIZE];

	utc_write(text, t->at_unix < d->issued ? d->issued : d->next_update);
	if (t->at_unix + t->leeway < d->issued)
		return err_set(e, ERR_MISMATCH, "%s: it was issued at %s: it or the clock is wrong",
			what, text);
	if (t->at_unix - t->leeway > d->next_update + t->grace)
		return err_set(e, ERR_MISMATCH,
			"%s: the next one was due at %s: it or the clock is wrong", what, text);
	return true;
}
