/*
 * Concise reference integrity manifests (CoRIM, draft-ietf-rats-corim), as far as reference values are in them: the tagged
 * manifest, signed or not, its CoMIDs, and of these the reference triples' digests and integrity registers. Everything
 * else (entities, other triples, CoSWIDs, other values) is walked over where its shape is that of the draft, and refused where it is not.
 * A signature is not verified here: trust/cose_sign1.h does, with a key.
 */
#ifndef ASSAY_APPRAISE_CORIM_READ_H
#define ASSAY_APPRAISE_CORIM_READ_H

#include "trust/cose_sign1.h"

enum { CORIM_VALUES_MAX = 100000 };

/* Tags, and members of the maps. */
enum { CORIM_TAG = 501, CORIM_COSWID_TAG = 505, CORIM_COMID_TAG = 506, CORIM_COTL_TAG = 508 };
enum { CORIM_ID = 0, CORIM_TAGS = 1, CORIM_PROFILE = 3 };
enum { CORIM_TAG_IDENTITY = 1, CORIM_TRIPLES = 4, CORIM_REFERENCE_TRIPLES = 0 };
enum { CORIM_CLASS = 0, CORIM_VENDOR = 1, CORIM_MODEL = 2 };
enum { CORIM_MKEY = 0, CORIM_MVAL = 1 };
enum { CORIM_DIGESTS = 2, CORIM_NAME = 11, CORIM_REGISTERS = 14 };
/* Hashes by their numbers in the registry of RFC 6920. */
enum { CORIM_SHA256 = 1, CORIM_SHA384 = 7, CORIM_SHA512 = 8 };

/* One digest of a reference triple. Texts are empty where they are not given. */
struct corim_value {
	struct str vendor, model; /* of the environment's class */
	struct str key;           /* of the measurement: text, number, or bytes in hexadecimal */
	bool is_register;
	struct str reg; /* likewise, of an integrity register */
	int64_t alg;    /* 0: it has a name instead */
	struct str alg_name;
	struct span digest;
};

struct corim {
	bool is_signed;
	struct cose_sign1 signature; /* of a signed one: its payload is the manifest */
	struct str id;               /* text, or a UUID in hexadecimal */
	struct str profile;          /* text, or an OID in hexadecimal */
	size_t n_tags, n_triples;    /* of all kinds */
	struct corim_value *values;
	size_t n_values, room;
};

/* Memory from a; borrows bytes. Fails: FORMAT, LIMIT. */
bool corim_read(struct corim *ret, struct span bytes, struct arena *a, struct err *e) MUST_CHECK;
/* A CoMID by itself, as it stands in a tag. */
bool corim_read_comid(
	struct corim *ret, struct span bytes, struct arena *a, struct err *e) MUST_CHECK;

#endif
