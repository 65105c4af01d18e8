/*
 * The verifier core's own context of libcrypto (OSSL_LIB_CTX): the provider "default" and nothing else. The default context
 * belongs to the program around us and to the machine's openssl.cnf, which may load other providers or forbid algorithms;
 * neither may change a verdict, and no configuration is ever loaded into this one. Made once for a process, shared by all
 * threads, never released.
 *
 * libcrypto loads openssl.cnf for the whole process when it is first used, if nobody says otherwise; this says otherwise. A
 * program that wants it for its own default context uses libcrypto before it uses the core.
 */
#ifndef ASSAY_BASE_CRYPTO_CONTEXT_H
#define ASSAY_BASE_CRYPTO_CONTEXT_H

#include <openssl/evp.h>

#include "base/digest.h"

/* Makes it if need be. Fails: LIMIT without memory for it, or when libcrypto has no provider "default". */
bool crypto_context_open(struct err *e) MUST_CHECK;

/* The context, never NULL (which would mean libcrypto's default one): aborts where crypto_context_open would fail. */
OSSL_LIB_CTX *crypto_context(void);

/* The algorithm as this context has it, fetched once; NULL for NONE. Aborts likewise. */
const EVP_MD *crypto_context_digest(enum digest_alg alg);

/*
 * Empties this thread's queue of libcrypto's errors, and notes in the guard of base/mem.h when one of them is that memory
 * could not be had: what failed then says nothing about the evidence.
 */
void crypto_context_forget_errors(void);
/*
 * The same after a call to which bytes are to blame only when the queue says so: with nothing in it, or nothing but that a key
 * could not be set up, it was memory, of which libcrypto 3.0 does not always tell.
 */
void crypto_context_forget_failure(void);
/*
 * What came of a second try at something that failed and depends on nothing but its input: if it holds now, it failed for want
 * of memory, of which libcrypto need not have told, and the guard gets its note.
 */
bool crypto_context_second(bool holds);

#endif
