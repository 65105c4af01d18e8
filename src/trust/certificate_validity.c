#include "trust/certificate_validity.h"

#include "base/crypto_context.h"
#include "base/ckd.h"
#include "base/mem.h"
#include "base/utc.h"
#include "trust/certificate_inside.h"
#include "base/banned.h"

enum { DAY_S = 24 * 3600 };

/* No calendar of the C library: libcrypto counts the days from 1970. */
static bool unix_of(int64_t *ret, const ASN1_TIME *t)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, seconds = 0;
	bool ok = t && epoch && ASN1_TIME_check(t) == 1 &&
		  ASN1_TIME_diff(&days, &seconds, epoch, t) == 1;

	if (!epoch)
		mem_note_missing();
	ASN1_TIME_free(epoch);
	crypto_context_forget_errors();
	if (ok)
		*ret = (int64_t)days * DAY_S + seconds;
	return ok;
}

bool certificate_validity_of(struct certificate_validity *ret, const ASN1_TIME *from,
	const ASN1_TIME *to, const char *what, struct err *e)
{
	struct certificate_validity v = { 0 };

	if (!unix_of(&v.from_unix, from))
		return err_set(
			e, ERR_FORMAT, "%s: the time from which it is valid cannot be read", what);
	if (!unix_of(&v.to_unix, to))
		return err_set(e, ERR_FORMAT,
			"%s: the time until which it is valid is absent or cannot be read", what);
	*ret = v;
	return true;
}

bool certificate_validity_read(
	struct certificate_validity *ret, const struct certificate *c, struct err *e)
{
	return certificate_validity_of(
		ret, X509_get0_notBefore(c->x509), X509_get0_notAfter(c->x509), "certificate", e);
}

bool certificate_validity_check(const struct certificate_validity *v, int64_t at_unix,
	int64_t leeway_s, const char *what, struct err *e)
{
	char from[UTC_SIZE], to[UTC_SIZE], at[UTC_SIZE];
	int64_t early, late;

	if (leeway_s < 0 || ckd_add(&late, at_unix, leeway_s) || ckd_sub(&early, at_unix, leeway_s))
		return err_set(e, ERR_USAGE, "%s: time or leeway out of range", what);
	if (late >= v->from_unix && early <= v->to_unix)
		return true;
	utc_write(from, v->from_unix);
	utc_write(to, v->to_unix);
	utc_write(at, at_unix);
	return err_set(e, ERR_SIGNATURE,
		"%s %s: valid from %s to %s, the time of this appraisal is %s: it or the clock is wrong",
		what, late < v->from_unix ? "is not valid yet" : "is not valid any more", from, to,
		at);
}

bool certificate_validity_check_age(const struct certificate_validity *v, int64_t max_age_s,
	int64_t at_unix, int64_t leeway_s, const char *what, struct err *e)
{
	char from[UTC_SIZE], at[UTC_SIZE];
	int64_t oldest;

	if (max_age_s < 0 || leeway_s < 0 || ckd_sub(&oldest, at_unix, max_age_s) ||
		ckd_sub(&oldest, oldest, leeway_s))
		return err_set(e, ERR_USAGE, "%s: time, age or leeway out of range", what);
	if (v->from_unix >= oldest)
		return true;
	utc_write(from, v->from_unix);
	utc_write(at, at_unix);
	return err_set(e, ERR_SIGNATURE,
		"%s is of %s, the time of this appraisal is %s: older than the %lld seconds that the policy allows",
		what, from, at, (long long)max_age_s);
}
