#include "trust/pck_extension.h"

#include <openssl/err.h>
#include <openssl/objects.h>
#include <stdio.h>

#include "base/mem.h"
#include "codec/der.h"
#include "trust/certificate_inside.h"
#include "base/banned.h"

enum { DER_BOOLEAN = 0x01, DER_ENUMERATED = 0x0a, SGX_TYPE_MAX = 2, WHAT_MAX = 80 };

#define WHAT "PCK certificate: SGX extension"

/* 1.2.840.113741.1.13.1, which all members' OIDs begin with. */
static const uint8_t prefix[] = { 0x2a, 0x86, 0x48, 0x86, 0xf8, 0x4d, 0x01, 0x0d, 0x01 };

/* Members by the arcs behind the prefix; .2 and .7 hold members of their own. */
enum member {
	PPID = 1,
	TCB,
	PCE_ID,
	FMSPC,
	SGX_TYPE,
	INSTANCE,
	CONFIGURATION,
	MEMBERS,
};
enum { PCE_SVN = 17, CPU_SVN = 18, TCB_MEMBERS };
enum { DYNAMIC_PLATFORM = 1, CACHED_KEYS, SMT, CONFIGURATION_MEMBERS };

static const char *const names[MEMBERS] = { "", "PPID", "TCB", "PCE-ID", "FMSPC", "SGX type",
	"platform instance id", "configuration" };

static const char *tcb_name(unsigned i, char out[static WHAT_MAX])
{
	if (i == PCE_SVN)
		return "PCESVN";
	if (i == CPU_SVN)
		return "CPUSVN";
	snprintf(out, WHAT_MAX, "TCB component %u SVN", i);
	return out;
}

/* SEQUENCE { OID of one arc more than `arcs`, value }; *arc gets it. */
static bool read_member(unsigned *arc, struct span *value, uint8_t *tag, struct rd *r,
	struct span arcs, unsigned max, struct err *e)
{
	struct rd member = { 0 }, oid = { 0 };
	struct span whole = { 0 };
	uint8_t last;

	if (!der_enter(&member, r, DER_SEQUENCE, WHAT, e) ||
		!der_enter(&oid, &member, DER_OID, WHAT, e))
		return false;
	if (!span_equal(rd_bytes(&oid, arcs.n), arcs))
		return err_set(e, ERR_FORMAT, WHAT ": a member with an OID of elsewhere");
	last = rd_u8(&oid);
	if (!rd_done(&oid) || !last || last >= max)
		return err_set(e, ERR_FORMAT, WHAT ": a member that is not known");
	*arc = last;
	return der_next(&whole, value, tag, &member, WHAT, e) && der_end(&member, WHAT, e);
}

static bool octets(
	uint8_t *out, size_t n, struct span value, uint8_t tag, const char *name, struct err *e)
{
	if (tag != DER_OCTET_STRING || value.n != n)
		return err_set(e, ERR_FORMAT, WHAT ": %s is no octet string of %zu bytes", name, n);
	memcpy(out, value.p, n);
	return true;
}

/* 0 to max, in the shortest form. */
static bool number(unsigned *out, unsigned max, struct span value, uint8_t tag, uint8_t want,
	const char *name, struct err *e)
{
	unsigned v = 0;
	bool shortest = value.n == 1 || (value.n > 1 && (value.p[0] || value.p[1] & 0x80));
	bool ok = tag == want && value.n && value.n <= 3 && !(value.p[0] & 0x80) && shortest;

	for (size_t i = 0; ok && i < value.n; i++)
		v = v << 8 | value.p[i];
	if (!ok || v > max)
		return err_set(e, ERR_FORMAT, WHAT ": %s is no number of 0 to %u", name, max);
	*out = v;
	return true;
}

static bool truth(bool *has, bool *out, struct span value, uint8_t tag, struct err *e)
{
	if (tag != DER_BOOLEAN || value.n != 1 || (value.p[0] && value.p[0] != 0xff))
		return err_set(e, ERR_FORMAT, WHAT ": a configuration member is no truth value");
	*has = true;
	*out = value.p[0];
	return true;
}

static bool take_once(uint32_t *seen, unsigned arc, const char *name, struct err *e)
{
	if (*seen & 1u << arc)
		return err_set(e, ERR_FORMAT, WHAT ": %s stands twice", name);
	*seen |= 1u << arc;
	return true;
}

static bool read_tcb_member(struct pck_extension *x, unsigned arc, struct span value, uint8_t tag,
	const char *name, struct err *e)
{
	unsigned v = 0;

	if (arc == CPU_SVN)
		return octets(x->cpu_svn, sizeof x->cpu_svn, value, tag, name, e);
	if (!number(&v, arc == PCE_SVN ? UINT16_MAX : UINT8_MAX, value, tag, DER_INTEGER, name, e))
		return false;
	if (arc == PCE_SVN)
		x->pce_svn = (uint16_t)v;
	else
		x->components[arc - 1] = (uint8_t)v;
	return true;
}

static bool read_tcb(struct pck_extension *x, struct span bytes, struct err *e)
{
	uint8_t arcs[sizeof prefix + 1];
	char text[WHAT_MAX];
	struct rd r = rd_of(bytes);
	uint32_t seen = 0;

	memcpy(arcs, prefix, sizeof prefix);
	arcs[sizeof prefix] = TCB;
	while (rd_left(&r)) {
		struct span value = { 0 };
		uint8_t tag = 0;
		unsigned arc = 0;
		const char *name;

		if (!read_member(&arc, &value, &tag, &r, SPAN_OF(arcs), TCB_MEMBERS, e))
			return false;
		name = tcb_name(arc, text);
		if (!take_once(&seen, arc, name, e) ||
			!read_tcb_member(x, arc, value, tag, name, e))
			return false;
	}
	for (unsigned i = 1; i < TCB_MEMBERS; i++)
		if (!(seen & 1u << i))
			return err_set(e, ERR_NOTFOUND, WHAT ": %s is missing", tcb_name(i, text));
	return true;
}

static bool read_configuration(struct pck_extension *x, struct span bytes, struct err *e)
{
	uint8_t arcs[sizeof prefix + 1];
	struct rd r = rd_of(bytes);
	uint32_t seen = 0;

	memcpy(arcs, prefix, sizeof prefix);
	arcs[sizeof prefix] = CONFIGURATION;
	x->has_configuration = true;
	while (rd_left(&r)) {
		struct span value = { 0 };
		uint8_t tag = 0;
		unsigned arc = 0;
		bool *has, *out;

		if (!read_member(&arc, &value, &tag, &r, SPAN_OF(arcs), CONFIGURATION_MEMBERS, e) ||
			!take_once(&seen, arc, "a configuration member", e))
			return false;
		has = arc == DYNAMIC_PLATFORM ? &x->has_dynamic_platform
		      : arc == CACHED_KEYS    ? &x->has_cached_keys
					      : &x->has_smt;
		out = arc == DYNAMIC_PLATFORM ? &x->dynamic_platform
		      : arc == CACHED_KEYS    ? &x->cached_keys
					      : &x->smt;
		if (!truth(has, out, value, tag, e))
			return false;
	}
	return true;
}

static bool want_sequence(uint8_t tag, const char *name, struct err *e)
{
	return tag == DER_SEQUENCE || err_set(e, ERR_FORMAT, WHAT ": %s is no sequence", name);
}

static bool take(
	struct pck_extension *x, enum member m, struct span value, uint8_t tag, struct err *e)
{
	unsigned v = 0;

	switch (m) {
	case PPID:
		return octets(x->ppid, sizeof x->ppid, value, tag, names[m], e);
	case TCB:
		return want_sequence(tag, names[m], e) && read_tcb(x, value, e);
	case PCE_ID:
		return octets(x->pce_id, sizeof x->pce_id, value, tag, names[m], e);
	case FMSPC:
		return octets(x->fmspc, sizeof x->fmspc, value, tag, names[m], e);
	case SGX_TYPE:
		if (!number(&v, SGX_TYPE_MAX, value, tag, DER_ENUMERATED, names[m], e))
			return false;
		x->sgx_type = (uint8_t)v;
		return true;
	case INSTANCE:
		x->has_instance = true;
		return octets(x->platform_instance_id, sizeof x->platform_instance_id, value, tag,
			names[m], e);
	case CONFIGURATION:
		return want_sequence(tag, names[m], e) && read_configuration(x, value, e);
	case MEMBERS:
		break;
	}
	return err_set(e, ERR_INTERNAL, WHAT ": member %d", (int)m);
}

static bool parse(struct pck_extension *x, struct span bytes, struct err *e)
{
	struct rd all = rd_of(bytes), r = { 0 };
	uint32_t seen = 0;

	if (!der_enter(&r, &all, DER_SEQUENCE, WHAT, e) || !der_end(&all, WHAT, e))
		return false;
	while (rd_left(&r)) {
		struct span value = { 0 };
		uint8_t tag = 0;
		unsigned arc = 0;

		if (!read_member(&arc, &value, &tag, &r, SPAN_OF(prefix), MEMBERS, e) ||
			!take_once(&seen, arc, names[arc], e) ||
			!take(x, (enum member)arc, value, tag, e))
			return false;
	}
	for (unsigned i = PPID; i <= SGX_TYPE; i++)
		if (!(seen & 1u << i))
			return err_set(e, ERR_NOTFOUND, WHAT ": %s is missing", names[i]);
	return true;
}

bool pck_extension_read(struct pck_extension *ret, const struct certificate *pck, struct err *e)
{
	struct pck_extension x = { 0 };
	ASN1_OBJECT *oid = OBJ_txt2obj("1.2.840.113741.1.13.1", 1);
	int at = oid ? X509_get_ext_by_OBJ(pck->x509, oid, -1) : -1;
	bool twice = at >= 0 && X509_get_ext_by_OBJ(pck->x509, oid, at) >= 0;
	const ASN1_OCTET_STRING *value;

	if (!oid)
		mem_note_missing();
	ASN1_OBJECT_free(oid);
	if (at < 0)
		return err_set(e, ERR_NOTFOUND, WHAT " (1.2.840.113741.1.13.1) is missing");
	if (twice)
		return err_set(e, ERR_FORMAT, WHAT " stands twice");
	value = X509_EXTENSION_get_data(X509_get_ext(pck->x509, at));
	if (!parse(&x, span_make(ASN1_STRING_get0_data(value), (size_t)ASN1_STRING_length(value)),
		    e))
		return false;
	*ret = x;
	return true;
}
