/* A made document with the chain that it carries, for the tests of nitro_chain.c. */
#ifndef ASSAY_TEST_NITRO_CHAIN_CASE_H
#define ASSAY_TEST_NITRO_CHAIN_CASE_H

#include "nitro_made.h"
#include "trust/nitro_chain.h"

static struct arena *a;

struct seen {
	struct nitro_signed s;
	struct nitro_chain *chain;
	uint8_t root[SHA256_SIZE];
};

/* Parsed, with the digest of the root that the honest authority has. */
static bool see(struct seen *ret, const struct made_nitro *m, struct err *e)
{
	struct made_nitro honest = made_nitro();
	CLEANUP(buf_done) struct buf root = made_cert_der(&honest.certs[0]);
	struct buf b = made_document(m);
	struct str kept = arena_str(a, buf_str(&b));

	buf_done(&b);
	*ret = (struct seen){ 0 };
	if (!nitro_signed_parse(&ret->s, str_span(kept), a, e) ||
		!nitro_chain_of_document(&ret->chain, &ret->s.document, e))
		return false;
	/* ECDSA gives another certificate each time; the key makes the authority. */
	sha256_of(ret->root, m->certs[0].key == made_keys[0] && !m->bundle[0].p
				     ? ret->s.document.cabundle[0]
				     : buf_span(&root));
	return true;
}

#endif
