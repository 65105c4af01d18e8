#include "evidence/tpm_signer.h"

#include <string.h>

#include "base/buf.h"
#include "base/banned.h"

/* Part 2, section 7.4: a hierarchy's name is its handle. */
static const uint32_t hierarchies[] = { 0x4000000b /* endorsement */, 0x4000000c /* platform */ };

/* The qualified name of a key (Part 1, section 16): nameAlg || H(qualified name of the parent || name). */
static struct tpm_name qualify(struct span parent, const struct tpm_public *key)
{
	struct tpm_name name = tpm_public_name(key);
	CLEANUP(buf_done) struct buf both = buf_init((size_t)2 * TPM_PUBLIC_NAME_MAX);
	struct digest d;

	buf_add(&both, parent.p, parent.n);
	buf_add(&both, name.bytes, name.n);
	d = digest_of(key->name_alg, buf_span(&both));
	memcpy(name.bytes + 2, d.bytes, name.n - 2);
	return name;
}

static bool is_signer(const struct tpm_quote *q, const struct tpm_name *n)
{
	return span_equal(q->qualified_signer, span_make(n->bytes, n->n));
}

static bool signed_in(uint32_t hierarchy, const struct tpm_quote *q, const struct tpm_public *ak,
	struct span ek_public)
{
	const uint8_t handle[] = { (uint8_t)(hierarchy >> 24), 0, 0, (uint8_t)hierarchy };
	struct tpm_name top = qualify(SPAN_OF(handle), ak), parent, below;
	struct tpm_public ek;
	struct err ignored = { 0 };

	if (is_signer(q, &top))
		return true;
	if (!tpm_public_parse(&ek, ek_public, &ignored))
		return false;
	parent = qualify(SPAN_OF(handle), &ek);
	below = qualify(span_make(parent.bytes, parent.n), ak);
	return is_signer(q, &below);
}

bool tpm_signer_is_plain(
	const struct tpm_quote *q, const struct tpm_public *ak, struct span ek_public)
{
	for (size_t i = 0; i < ARRAY_LEN(hierarchies); i++)
		if (signed_in(hierarchies[i], q, ak, ek_public))
			return true;
	return false;
}
