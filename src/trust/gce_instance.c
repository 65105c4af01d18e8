#include "trust/gce_instance.h"

#include <openssl/objects.h>

#include "base/mem.h"
#include "codec/der.h"
#include "trust/certificate_inside.h"
#include "base/banned.h"

enum { DER_BOOLEAN = 0x01, DER_UTF8 = 0x0c, PROPERTIES = 6, TEXT_MAX = 256 };

#define WHAT "GCE's instance extension"

static bool read_text(struct str *ret, struct rd *r, const char *name, struct err *e)
{
	struct span whole = { 0 }, value = { 0 };
	uint8_t tag = 0;

	if (!der_next(&whole, &value, &tag, r, WHAT, e))
		return false;
	if (tag != DER_UTF8 || !value.n || value.n > TEXT_MAX)
		return err_set(e, ERR_FORMAT, WHAT ": %s is no text of 1 to %d characters", name,
			TEXT_MAX);
	for (size_t i = 0; i < value.n; i++)
		if (value.p[i] <= ' ' || value.p[i] > '~')
			return err_set(
				e, ERR_FORMAT, WHAT ": %s has characters that none has", name);
	*ret = str_make((const char *)value.p, value.n);
	return true;
}

/* Up to 64 bits, not negative, in the shortest form. */
static bool read_number(uint64_t *ret, struct rd *r, const char *name, struct err *e)
{
	struct span whole = { 0 }, value = { 0 };
	uint8_t tag = 0;
	uint64_t v = 0;
	bool shortest;

	if (!der_next(&whole, &value, &tag, r, WHAT, e))
		return false;
	shortest = value.n == 1 || (value.n > 1 && (value.p[0] || value.p[1] & 0x80));
	if (tag != DER_INTEGER || !shortest || value.p[0] & 0x80 || value.n > 9 ||
		(value.n == 9 && value.p[0]))
		return err_set(e, ERR_FORMAT, WHAT ": %s is no number of 64 bits", name);
	for (size_t i = 0; i < value.n; i++)
		v = v << 8 | value.p[i];
	*ret = v;
	return true;
}

static bool read_truth(bool *ret, struct rd *r, struct err *e)
{
	struct span whole = { 0 }, value = { 0 };
	uint8_t tag = 0;

	if (!der_next(&whole, &value, &tag, r, WHAT, e))
		return false;
	if (tag != DER_BOOLEAN || value.n != 1 || (value.p[0] && value.p[0] != 0xff))
		return err_set(e, ERR_FORMAT, WHAT ": a security property is no truth value");
	*ret = value.p[0];
	return true;
}

/* In ascending order, none twice. */
static bool read_properties(struct gce_instance *g, struct rd *r, struct err *e)
{
	unsigned next = 0;

	while (rd_left(r)) {
		struct span whole = { 0 }, value = { 0 };
		struct rd inner;
		uint8_t tag = 0;
		bool truth = false;

		if (!der_next(&whole, &value, &tag, r, WHAT, e))
			return false;
		if (tag < DER_CONTEXT_0 + next || tag >= DER_CONTEXT_0 + PROPERTIES)
			return err_set(e, ERR_FORMAT,
				WHAT ": a security property that is not known, or out of order");
		next = tag - DER_CONTEXT_0 + 1u;
		inner = rd_of(value);
		if (tag == DER_CONTEXT_0 ? !read_number(&g->security_version, &inner,
						   "the security version", e)
					 : !read_truth(&truth, &inner, e))
			return false;
		if (tag == DER_CONTEXT_1)
			g->production = truth;
		if (!der_end(&inner, WHAT, e))
			return false;
	}
	return true;
}

bool gce_instance_parse(struct gce_instance *ret, struct span value, struct err *e)
{
	struct gce_instance g = { 0 };
	struct rd all = rd_of(value), r = { 0 }, outer = { 0 }, inner = { 0 };

	if (!der_enter(&r, &all, DER_SEQUENCE, WHAT, e) || !der_end(&all, WHAT, e) ||
		!read_text(&g.zone, &r, "the zone", e) ||
		!read_number(&g.project_number, &r, "the project's number", e) ||
		!read_text(&g.project, &r, "the project", e) ||
		!read_number(&g.id, &r, "the instance's number", e) ||
		!read_text(&g.name, &r, "the instance's name", e))
		return false;
	g.has_properties = rd_left(&r) != 0;
	if (g.has_properties &&
		(!der_enter(&outer, &r, DER_CONTEXT_0, WHAT, e) ||
			!der_enter(&inner, &outer, DER_SEQUENCE, WHAT, e) ||
			!der_end(&outer, WHAT, e) || !read_properties(&g, &inner, e)))
		return false;
	if (!der_end(&r, WHAT, e))
		return false;
	*ret = g;
	return true;
}

bool gce_instance_read(
	struct gce_instance *ret, bool *has, const struct certificate *c, struct err *e)
{
	ASN1_OBJECT *oid = OBJ_txt2obj("1.3.6.1.4.1.11129.2.1.21", 1);
	int at = oid ? X509_get_ext_by_OBJ(c->x509, oid, -1) : -1;
	bool twice = at >= 0 && X509_get_ext_by_OBJ(c->x509, oid, at) >= 0;
	const ASN1_OCTET_STRING *value;
	bool made = oid != NULL;

	if (!made)
		mem_note_missing();
	ASN1_OBJECT_free(oid);
	if (!made)
		return err_set(e, ERR_LIMIT, WHAT ": no memory");
	if (twice)
		return err_set(e, ERR_FORMAT, WHAT " stands twice");
	if (at < 0) {
		*has = false;
		return true;
	}
	value = X509_EXTENSION_get_data(X509_get_ext(c->x509, at));
	if (!gce_instance_parse(ret,
		    span_make(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)), e))
		return false;
	*has = true;
	return true;
}
