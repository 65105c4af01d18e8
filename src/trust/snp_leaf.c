#include "trust/snp_leaf.h"

#include <openssl/objects.h>
#include <openssl/x509.h>

#include "base/crypto_context.h"
#include "codec/der.h"
#include "trust/certificate_inside.h"
#include "trust/snp_leaf_inside.h"
#include "base/banned.h"

enum { TAG_IA5_STRING = 0x16, TEXT_MAX = 128, OID_TEXT = 80 };

const char *const snp_leaf_part_oids[SNP_TCB_PARTS] = {
	[SNP_TCB_FMC] = ".3.9",
	[SNP_TCB_BOOT_LOADER] = ".3.1",
	[SNP_TCB_TEE] = ".3.2",
	[SNP_TCB_SNP] = ".3.3",
	[SNP_TCB_MICROCODE] = ".3.8",
};

/* An INTEGER of 0 to 255 and nothing else. */
static bool read_level(uint8_t *ret, struct span value, const char *oid, struct err *e)
{
	struct rd r = rd_of(value), content = { 0 };
	uint8_t high = 0, level;

	if (!der_enter(&content, &r, DER_INTEGER, "value", e) || !der_end(&r, "value", e))
		return err_wrap(e, "certificate: extension %s", oid);
	if (rd_left(&content) == 2)
		high = rd_u8(&content);
	level = rd_u8(&content);
	if (!rd_done(&content) || high || (level & 0x80 && content.n == 1) ||
		(!(level & 0x80) && content.n == 2))
		return err_set(
			e, ERR_FORMAT, "certificate: extension %s is no number of 0 to 255", oid);
	*ret = level;
	return true;
}

/* An IA5String of 1 to TEXT_MAX printable characters and nothing else. */
static bool read_text(struct str *ret, struct span value, const char *oid, struct err *e)
{
	struct rd r = rd_of(value), content = { 0 };
	struct span text;

	if (!der_enter(&content, &r, TAG_IA5_STRING, "value", e) || !der_end(&r, "value", e))
		return err_wrap(e, "certificate: extension %s", oid);
	text = rd_bytes(&content, rd_left(&content));
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < 0x20 || text.p[i] > 0x7e)
			text.n = 0;
	if (text.n == 0 || text.n > TEXT_MAX)
		return err_set(e, ERR_FORMAT,
			"certificate: extension %s is no text of 1 to %d characters", oid,
			TEXT_MAX);
	*ret = str_make((const char *)text.p, text.n);
	return true;
}

static bool read_part(
	struct snp_leaf *out, const char *arcs, struct span value, const char *oid, struct err *e)
{
	uint8_t level = 0;

	for (int i = 0; i < SNP_TCB_PARTS; i++)
		if (!strcmp(arcs, snp_leaf_part_oids[i])) {
			out->parts |= UINT32_C(1) << i;
			return read_level(&out->tcb.spl[i], value, oid, e);
		}
	if (!read_level(&level, value, oid, e))
		return false;
	return !level || err_set(e, ERR_FORMAT,
				 "certificate: extension %s, a reserved patch level, is %u, want 0",
				 oid, level);
}

/* One of AMD's extensions; arcs are those behind SNP_LEAF_OIDS. */
static bool read_extension(
	struct snp_leaf *out, const char *arcs, struct span value, const char *oid, struct err *e)
{
	if (!strcmp(arcs, ".1")) {
		out->has_structure_version = true;
		return read_level(&out->structure_version, value, oid, e);
	}
	if (!strcmp(arcs, ".2")) {
		out->has_product = true;
		return read_text(&out->product_name, value, oid, e);
	}
	if (!strcmp(arcs, ".4")) {
		out->has_hwid = true;
		out->hwid = value;
		return true;
	}
	if (!strcmp(arcs, ".5")) {
		out->has_csp = true;
		return read_text(&out->csp, value, oid, e);
	}
	if (!strncmp(arcs, ".3.", 3))
		return read_part(out, arcs, value, oid, e);
	return err_set(
		e, ERR_FORMAT, "certificate: extension %s is none that this verifier knows", oid);
}

/* An object identifier twice is two meanings. */
static bool only_one(X509 *x, int i, const char *oid, struct err *e)
{
	const ASN1_OBJECT *object = X509_EXTENSION_get_object(X509_get_ext(x, i));

	return X509_get_ext_by_OBJ(x, object, i) < 0 ||
	       err_set(e, ERR_FORMAT, "certificate: extension %s is there twice", oid);
}

static enum snp_leaf_kind kind_of(X509 *x)
{
	char name[OID_TEXT] = "";
	int n = X509_NAME_get_text_by_NID(
		X509_get_subject_name(x), NID_commonName, name, sizeof name);
	struct str cn = str_make(name, n > 0 ? (size_t)n : 0);

	for (enum snp_leaf_kind k = SNP_LEAF_VCEK; k <= SNP_LEAF_VLEK; k++)
		if (str_is(cn, snp_leaf_kind_name(k)))
			return k;
	return SNP_LEAF_UNKNOWN;
}

bool snp_leaf_read(struct snp_leaf *ret, const struct certificate *c, struct err *e)
{
	static const size_t base = sizeof SNP_LEAF_OIDS - 1;
	struct snp_leaf out = { .kind = kind_of(c->x509) };
	bool ok = true;

	for (int i = 0; ok && i < X509_get_ext_count(c->x509); i++) {
		X509_EXTENSION *ext = X509_get_ext(c->x509, i);
		const ASN1_OCTET_STRING *octets = X509_EXTENSION_get_data(ext);
		char oid[OID_TEXT] = "";

		OBJ_obj2txt(oid, sizeof oid, X509_EXTENSION_get_object(ext), 1);
		ok = only_one(c->x509, i, oid, e);
		if (!ok || strncmp(oid, SNP_LEAF_OIDS ".", base + 1) != 0)
			continue;
		ok = read_extension(&out, oid + base,
			span_make(
				ASN1_STRING_get0_data(octets), (size_t)ASN1_STRING_length(octets)),
			oid, e);
	}
	crypto_context_forget_errors();
	if (ok)
		*ret = out;
	return ok;
}

const char *snp_leaf_kind_name(enum snp_leaf_kind kind)
{
	switch (kind) {
	case SNP_LEAF_VCEK:
		return "SEV-VCEK";
	case SNP_LEAF_VLEK:
		return "SEV-VLEK";
	case SNP_LEAF_UNKNOWN:
		break;
	}
	return "unknown";
}
