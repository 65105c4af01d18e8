#include "evidence/nitro_document.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/utc.h"
#include "base/banned.h"

/* Enough of a value to know it by. */
enum { SHOWN_BYTES = 48 };

int64_t nitro_document_unix(const struct nitro_document *d)
{
	return (int64_t)(d->timestamp_ms / 1000);
}

static bool is_zero(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i])
			return false;
	return true;
}

static void show(char out[static 2 * SHOWN_BYTES + 1], struct span s)
{
	hex_write(out, s.p, s.n < SHOWN_BYTES ? s.n : SHOWN_BYTES);
	out[2 * (s.n < SHOWN_BYTES ? s.n : SHOWN_BYTES)] = '\0';
}

static bool check_bytes(const char *what, struct span got, struct span want, struct err *e)
{
	char got_hex[2 * SHOWN_BYTES + 1], want_hex[2 * SHOWN_BYTES + 1];

	if (got.n == want.n && ct_equal(got.p, want.p, got.n))
		return true;
	show(got_hex, got);
	show(want_hex, want);
	return err_set(e, ERR_MISMATCH, "%s is %s (%zu bytes), want %s (%zu bytes)", what, got_hex,
		got.n, want_hex, want.n);
}

bool nitro_document_check_debug(const struct nitro_document *d, struct err *e)
{
	for (unsigned i = 0; i < 3; i++) {
		if (!(d->pcrs >> i & 1))
			return err_set(e, ERR_MISMATCH,
				"PCR %u is not in the document: it may be of an enclave in debug mode",
				i);
		if (is_zero(d->pcr[i]))
			return err_set(e, ERR_MISMATCH,
				"PCR %u is all zeroes: the enclave runs in debug mode, its host can read its memory",
				i);
	}
	return true;
}

bool nitro_document_check_pcr(
	const struct nitro_document *d, unsigned pcr, struct span want, struct err *e)
{
	char name[16];

	if (pcr >= NITRO_DOCUMENT_PCRS || !(d->pcrs >> pcr & 1))
		return err_set(e, ERR_MISMATCH, "PCR %u is not in the document", pcr);
	snprintf(name, sizeof name, "PCR %u", pcr);
	return check_bytes(name, d->pcr[pcr], want, e);
}

bool nitro_document_check_field(const struct nitro_document *d, enum nitro_document_field field,
	struct span want, struct err *e)
{
	if (!d->has[field])
		return err_set(e, ERR_MISMATCH, "%s is not in the document",
			nitro_document_field_name(field));
	return check_bytes(nitro_document_field_name(field), d->field[field], want, e);
}

bool nitro_document_check_age(const struct nitro_document *d, int64_t at_unix, int64_t max_age,
	int64_t leeway, struct err *e)
{
	char made[UTC_SIZE], at[UTC_SIZE];
	int64_t made_unix = nitro_document_unix(d);

	at_unix = at_unix < 0 ? 0 : at_unix;
	utc_write(made, made_unix);
	utc_write(at, at_unix);
	if (made_unix > at_unix && made_unix - at_unix > leeway)
		return err_set(e, ERR_MISMATCH,
			"the document is of %s, after the time of this appraisal, %s: one of both clocks is wrong",
			made, at);
	if (made_unix < at_unix && at_unix - made_unix - leeway > max_age)
		return err_set(e, ERR_MISMATCH,
			"the document is of %s, more than %lld seconds before the time of this appraisal, %s",
			made, (long long)max_age, at);
	return true;
}
