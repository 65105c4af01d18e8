#include "attester/attester.h"

#include <errno.h>
#include <unistd.h>

#include "attester/attest_chain.h"
#include "attester/attest_quote.h"
#include "evidence/challenge.h"
#include "evidence/tpm_identity.h"
#include "base/banned.h"

enum {
	ARENA_MAX = 256 << 10, /* a parsed challenge takes a few times its text */
	READ_CHUNK = 16384,
};

bool attester_init(struct attester *ret, struct attest_tpm *tpm, int firmware_log, int systemd_log,
	struct err *e)
{
	struct attester a = {
		.tpm = tpm,
		.firmware_log = firmware_log,
		.systemd_log = systemd_log,
	};

	if (!attest_keys_make(&a.keys, tpm, e))
		return false;
	if (!attest_chain_read(&a.chain, &a.certificates, tpm, &a.keys, e)) {
		attest_keys_done(&a.keys, tpm);
		return false;
	}
	*ret = a;
	return true;
}

void attester_done(struct attester *a)
{
	attest_keys_done(&a->keys, a->tpm);
	buf_done(&a->certificates);
}

bool attester_identity(const struct attester *a, struct buf *out, struct err *e)
{
	struct tpm_identity id = {
		.ek_public = buf_span(&a->keys.ek_public),
		.ak_public = buf_span(&a->keys.ak_public),
		.ek_chain = a->chain,
	};

	tpm_identity_emit(&id, out);
	return buf_ok(out) || buf_full(out, "identity", e);
}

/* The whole of a log from its start; descriptors of the kernel's files have no size and may grow. */
static bool read_log(int fd, const char *name, size_t max, struct buf *out, struct err *e)
{
	uint8_t chunk[READ_CHUNK];
	ssize_t n;

	*out = buf_init(max);
	while ((n = pread(fd, chunk, sizeof chunk, (off_t)out->n)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_os(e, "cannot read the %s log", name);
		buf_add(out, chunk, (size_t)n);
		if (!buf_ok(out))
			return err_set(e, ERR_IO, "the %s log is larger than %zu bytes", name, max);
	}
	return true;
}

static bool emit(const struct attester *a, const struct binding *binding,
	const struct attest_quote *q, struct buf *out, struct err *e)
{
	CLEANUP(buf_done) struct buf firmware = { 0 }, systemd = { 0 };
	struct bundle b = {
		.has_binding = true,
		.binding = *binding,
		.quote = buf_span(&q->quoted),
		.signature = buf_span(&q->signature),
		.ak_public = buf_span(&a->keys.ak_public),
		.ek_public = buf_span(&a->keys.ek_public),
		.ek_chain = a->chain,
		.n_banks = q->n_banks,
	};

	memcpy(b.banks, q->banks, sizeof b.banks);
	if (a->firmware_log >= 0 &&
		!read_log(a->firmware_log, "firmware", ATTESTER_FIRMWARE_LOG_MAX, &firmware, e))
		return false;
	if (a->systemd_log >= 0 &&
		!read_log(a->systemd_log, "systemd", BUNDLE_SYSTEMD_LOG_MAX, &systemd, e))
		return false;
	b.firmware_log = buf_span(&firmware);
	b.systemd_log = buf_span(&systemd);
	return bundle_emit(&b, out, e);
}

/*
 * Activates, quotes and writes. What fails here is this machine's fault, but for a credential that the TPM does not take.
 */
static bool answer(
	const struct attester *a, const struct challenge *c, struct buf *out, struct err *e)
{
	struct attest_credential credential = { c->id_object, c->encrypted_secret };
	struct binding binding = { .role = c->role };
	struct attest_quote q = { .n_banks = 0 };
	struct digest qualifying;
	bool ok;

	memcpy(binding.nonce, c->nonce, sizeof binding.nonce);
	if (c->id_object.p &&
		!attest_keys_activate(binding.secret_digest, &a->keys, a->tpm, &credential, e))
		return false;
	if (!binding_digest(&qualifying, DIGEST_SHA256, &binding, e) ||
		!attest_quote_take(&q, a->tpm, a->keys.ak, qualifying.bytes, e))
		return false;
	ok = emit(a, &binding, &q, out, e);
	attest_quote_done(&q);
	return ok;
}

bool attester_evidence(
	const struct attester *a, struct span challenge, struct buf *out, struct err *e)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	struct challenge c;

	if (!challenge_parse(&c, challenge, arena, e))
		return false;
	if (!str_is(c.role, "attester"))
		return err_set(e, ERR_FORMAT, "role is '%.*s', want 'attester'", STR_ARG(c.role));
	return answer(a, &c, out, e);
}
