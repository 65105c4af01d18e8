#include "appraise/enrolment.h"

#include "codec/json.h"
#include "trust/certificate.h"
#include "trust/trust_file.h"
#include "base/banned.h"

/* All three, or none; that they are plain is said of counters alone. */
static bool read_counters(struct enrolment *r, const struct json *v, struct err *e)
{
	uint64_t resets, restarts;

	if (!json_get(v, "reset_count") && !json_get(v, "restart_count") &&
		!json_get(v, "clock_ms"))
		return !json_get(v, "counters_plain") ||
		       err_set(e, ERR_FORMAT, "'counters_plain' is said, and no counters");
	if (json_get(v, "counters_plain") && !json_get_bool(v, "counters_plain", &r->plain, e))
		return false;
	if (!json_get_u64(v, "reset_count", UINT32_MAX, &resets, e) ||
		!json_get_u64(v, "restart_count", UINT32_MAX, &restarts, e) ||
		!json_get_u64(v, "clock_ms", UINT64_MAX, &r->clock_ms, e))
		return false;
	r->reset_count = (uint32_t)resets;
	r->restart_count = (uint32_t)restarts;
	r->has_counters = true;
	return true;
}

static bool read_ek(struct tpm_name *ret, const struct json *v, struct err *e)
{
	struct str hex;

	return !json_get(v, "ek_name") ||
	       (json_get_str(v, "ek_name", &hex, e) && trust_file_read_name(ret, hex, e));
}

bool enrolment_parse(struct enrolment *ret, struct span text, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "format", "ak_name", "ek_name", "ek_certificate_sha256",
		"url", "reset_count", "restart_count", "clock_ms", "counters_plain", NULL };
	struct enrolment r = { 0 };
	struct json v;
	struct str hex;

	if (!json_parse(&v, text, a, e) || !json_check_format(&v, ENROLMENT_FORMAT, e) ||
		!json_only(&v, "enrolment", keys, e) || !json_get_str(&v, "ak_name", &hex, e) ||
		!trust_file_read_name(&r.ak, hex, e) || !read_ek(&r.ek, &v, e) ||
		!json_get_hex(&v, "ek_certificate_sha256", r.ek_certificate_sha256,
			sizeof r.ek_certificate_sha256, e) ||
		!json_get_str(&v, "url", &r.url, e) || !read_counters(&r, &v, e))
		return err_wrap(e, "enrolment record");
	*ret = r;
	return true;
}

void enrolment_emit(const struct enrolment *r, struct buf *out)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "format", ENROLMENT_FORMAT);
	json_put_hex(&w, "ak_name", span_make(r->ak.bytes, r->ak.n));
	if (r->ek.n)
		json_put_hex(&w, "ek_name", span_make(r->ek.bytes, r->ek.n));
	json_put_hex(&w, "ek_certificate_sha256", SPAN_OF(r->ek_certificate_sha256));
	json_put_str(&w, "url", r->url);
	if (r->has_counters) {
		json_put_uint(&w, "reset_count", r->reset_count);
		json_put_uint(&w, "restart_count", r->restart_count);
		json_put_uint(&w, "clock_ms", r->clock_ms);
		json_put_bool(&w, "counters_plain", r->plain);
	}
	json_end_object(&w);
}

void enrolment_tpm_of(
	struct enrolment_tpm *ret, struct span ek_public, const struct bundle_chain *ek_chain)
{
	CLEANUP(certificate_freep) struct certificate *leaf = NULL;
	struct enrolment_tpm t = { 0 };
	struct tpm_public ek;
	struct err ignored = { 0 };

	if (tpm_public_parse(&ek, ek_public, &ignored))
		t.ek = tpm_public_name(&ek);
	t.has_certificate = ek_chain->n &&
			    certificate_of_der(&leaf, ek_chain->certificates[0], &ignored);
	if (t.has_certificate)
		certificate_sha256(t.ek_certificate_sha256, leaf);
	*ret = t;
}

bool enrolment_is_of(const struct enrolment *r, const struct enrolment_tpm *t)
{
	if (r->ek.n)
		return span_equal(span_make(r->ek.bytes, r->ek.n), span_make(t->ek.bytes, t->ek.n));
	return t->has_certificate && ct_equal(r->ek_certificate_sha256, t->ek_certificate_sha256,
					     sizeof t->ek_certificate_sha256);
}

bool enrolment_says_more(const struct enrolment *r, const struct enrolment *than)
{
	if (r->has_counters != than->has_counters)
		return r->has_counters;
	if (r->plain != than->plain)
		return r->plain;
	if (r->reset_count != than->reset_count)
		return r->reset_count > than->reset_count;
	if (r->restart_count != than->restart_count)
		return r->restart_count > than->restart_count;
	return r->clock_ms > than->clock_ms;
}
