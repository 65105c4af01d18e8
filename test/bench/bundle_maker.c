/*
 * bundle-maker FOLDER: an honest machine's evidence with what a verifier needs for it (bundle.json, reference-values.json,
 * trust.yaml, ca.pem), and what of it is signed or hashed as plain files for bare-verify. The attestation key is RSA-2048,
 * as most TPMs have it; the log is as long as a real one.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <fcntl.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "machine_made.h"
#include "sys/file.h"

enum { LOG_BYTES = 48 << 10 };

static int folder;

static void put(const char *name, struct span bytes)
{
	struct err e = { 0 };

	CHECK_OK(file_write(folder, name, bytes, 0644, &e), e);
}

static void put_der(const char *name, EVP_PKEY *key)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(key, &der);

	put(name, span_make(der, n > 0 ? (size_t)n : 0));
	OPENSSL_free(der);
}

static void put_values(struct machine *m)
{
	static const enum digest_alg algs[] = { DIGEST_SHA256, DIGEST_SHA384 };
	CLEANUP(buf_done) struct buf b = buf_init(16 << 20);
	struct reference_values v = { .image = STR("made"), .shapes = &m->shape, .n_shapes = 1 };
	struct err e = { 0 };

	m->shape.name = STR("qemu-vtpm");
	for (size_t i = 0; i < m->shape.n_registers; i++)
		m->registers[i].reason = STR("made");
	event_list_init(&m->shape.events, m->a, algs, 2);
	for (size_t i = 1; i < m->shape.n_registers; i++)
		CHECK_OK(event_list_add(&m->shape.events, m->shape.registers[i].reg, 4,
				 span_make("\0\0\0\0", 4), "separator", "TCG PFP 3.3.4",
				 STR("firmware"), STR(""), &e),
			e);
	reference_values_emit(&v, &b);
	put("reference-values.json", buf_span(&b));
}

static void put_trust(const struct machine *m)
{
	CLEANUP(buf_done) struct buf b = buf_init(65536), der = made_certificate(&m->ca);
	CLEANUP(buf_done) struct buf name = buf_init(256);

	hex_add(&name, span_make(m->challenge.ak.bytes, m->challenge.ak.n));
	buf_printf(&b,
		"format: assay.trust/1\ntpm-roots:\n  - {name: made, certificate: ca.der}\n"
		"pinned-aks:\n  - {name: %.*s}\nunsigned-reference-values: accept\n",
		(int)name.n, (const char *)name.p);
	put("ca.der", buf_span(&der));
	put("trust.yaml", buf_span(&b));
}

/* As many bytes of events that extend nothing as a real machine's log has of all kinds. */
static void lengthen_log(struct machine *m)
{
	CLEANUP(buf_done) struct buf b = buf_init(BUNDLE_SIZE_MAX);
	char text[200];

	memset(text, 'x', sizeof text);
	buf_add(&b, m->bundle.firmware_log.p, m->bundle.firmware_log.n);
	while (b.n < LOG_BYTES) {
		buf_u32le(&b, 1);
		buf_u32le(&b, EVENT_LOG_NO_ACTION);
		buf_u32le(&b, 2);
		buf_u16le(&b, TPM_ALG_SHA256);
		buf_fill(&b, 0, 32);
		buf_u16le(&b, TPM_ALG_SHA384);
		buf_fill(&b, 0, 48);
		buf_u32le(&b, sizeof text);
		buf_add(&b, text, sizeof text);
	}
	m->bundle.firmware_log = kept(m, b);
	b = (struct buf){ 0 };
}

int main(int argc, char **argv)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);
	CLEANUP(buf_done) struct buf b = buf_init(BUNDLE_SIZE_MAX);
	CLEANUP(mem_free) struct machine *m = MEM_NEW(struct machine);
	struct err e = { 0 };

	folder = argc == 2 ? open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	if (folder < 0) {
		fprintf(stderr, "usage: bundle-maker FOLDER\n");
		return 2;
	}
	made_keys();
	machine_init(m, a);
	m->ak_key = m->signing_key = made_rsa_ak_key;
	m->ak.scheme = m->sig_scheme = TPM_ALG_RSASSA;
	machine_sign(m);
	lengthen_log(m);
	CHECK_OK(bundle_emit(&m->bundle, &b, &e), e);
	put("bundle.json", buf_span(&b));
	put_values(m);
	put_trust(m);
	put("quote", m->bundle.quote);
	put("signature", span_make(m->bundle.signature.p + 6, m->bundle.signature.n - 6));
	put("ek.der", m->bundle.ek_chain.certificates[0]);
	put("log", m->bundle.firmware_log);
	put_der("ak.der", made_rsa_ak_key);
	put_der("ca-key.der", made_ca_key);
	machine_done(m);
	made_keys_done();
	close(folder);
	return test_end();
}
