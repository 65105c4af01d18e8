/*
 * For verifier-only.sh and the bench: a made machine (test/unit/machine_made.h) as files. Its attestation key is RSA-2048, as
 * most TPMs have it, and its log is as long as a real one. `machine-maker OUT` writes
 *
 *   evidence.json   the bundle of an honest machine; its nonce is 32 bytes of 0a
 *   changed.json    the same machine after something else was measured into PCR 4
 *   values.json     reference values that the honest one meets
 *   root.der        the authority of its TPM
 *   ak              the name of its attestation key in hex
 *   at              the time, in seconds, at which all certificates are good
 *   quote, signature, ek.der, log, ak.der, ca-key.der
 *                   what of it is signed or hashed, and by which keys, for test/bench/bare_verify.c
 */
#include <stdio.h>
#include <stdlib.h>

#include "sys/file.h"
#include "test.h"
#include "unit/machine_texts.h"

enum { LOG_BYTES = 48 << 10 };

static void write_out(const char *dir, const char *name, struct span bytes)
{
	char path[4096];
	struct err e = { 0 };

	snprintf(path, sizeof path, "%s/%s", dir, name);
	CHECK_OK(file_write(AT_FDCWD, path, bytes, 0644, &e), e);
}

static void write_values(const char *dir, struct machine *m)
{
	CLEANUP(buf_done) struct buf out = buf_init(1 << 20);

	machine_values(m, &out);
	write_out(dir, "values.json", buf_span(&out));
}

static void write_bundle(const char *dir, const char *name, const struct machine *m)
{
	CLEANUP(buf_done) struct buf out = buf_init(BUNDLE_SIZE_MAX);
	struct err e = { 0 };

	CHECK_OK(bundle_emit(&m->bundle, &out, &e), e);
	write_out(dir, name, buf_span(&out));
}

static void write_trust(const char *dir, const struct machine *m)
{
	char hex[2 * TPM_PUBLIC_NAME_MAX + 1], at[32];
	struct buf der = made_certificate(&m->ca);

	hex_write(hex, m->challenge.ak.bytes, m->challenge.ak.n);
	snprintf(at, sizeof at, "%d", MADE_NOW);
	write_out(dir, "root.der", buf_span(&der));
	write_out(dir, "ak", str_span(str_of(hex)));
	write_out(dir, "at", str_span(str_of(at)));
	buf_done(&der);
}

static void write_key(const char *dir, const char *name, EVP_PKEY *key)
{
	unsigned char *der = NULL;
	int n = i2d_PUBKEY(key, &der);

	write_out(dir, name, span_make(der, n > 0 ? (size_t)n : 0));
	OPENSSL_free(der);
}

/* TPMT_SIGNATURE begins with algorithm, hash and size. */
static void write_signed(const char *dir, const struct machine *m)
{
	struct span s = m->bundle.signature;

	write_out(dir, "quote", m->bundle.quote);
	write_out(dir, "signature", span_make(s.p + 6, s.n - 6));
	write_out(dir, "ek.der", m->bundle.ek_chain.certificates[0]);
	write_out(dir, "log", m->bundle.firmware_log);
	write_key(dir, "ak.der", m->ak_key);
	write_key(dir, "ca-key.der", made_ca_key);
}

static void begin(struct machine *m, struct arena *a)
{
	machine_init(m, a);
	m->ak_key = m->signing_key = made_rsa_ak_key;
	m->ak.scheme = m->sig_scheme = TPM_ALG_RSASSA;
}

static void change(struct machine *m)
{
	for (size_t i = 0; i < 2; i++) {
		m->banks[i].values[4].bytes[0] ^= 1;
		m->signed_banks[i] = m->banks[i];
	}
}

int main(int argc, char **argv)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(16 << 20);
	struct machine *m = calloc(1, sizeof *m);

	if (argc != 2 || !m)
		return 2;
	made_keys();
	begin(m, a);
	machine_sign(m);
	machine_lengthen(m, LOG_BYTES);
	write_values(argv[1], m);
	write_bundle(argv[1], "evidence.json", m);
	write_trust(argv[1], m);
	write_signed(argv[1], m);
	machine_done(m);
	begin(m, a);
	change(m);
	machine_sign(m);
	write_bundle(argv[1], "changed.json", m);
	machine_done(m);
	made_keys_done();
	free(m);
	return test_end();
}
