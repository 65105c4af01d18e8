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

static bool init_tpm(struct attester *a, struct err *e)
{
	enum attest_ek kind;

	if (!attest_chain_kind(&kind, a->from.tpm, e) ||
		!attest_keys_make(&a->keys, a->from.tpm, kind, e))
		return false;
	if (attest_chain_read(&a->chain, &a->certificates, a->from.tpm, &a->keys, e))
		return true;
	attest_keys_done(&a->keys, a->from.tpm);
	return false;
}

bool attester_init(struct attester *ret, const struct attester_sources *from, struct err *e)
{
	struct attester a = { .from = *from };

	if (from->kind == BUNDLE_TPM && !init_tpm(&a, e))
		return false;
	if (from->kind == BUNDLE_AZURE && !attest_azure_init(&a.azure, from->tpm, e))
		return false;
	*ret = a;
	return true;
}

void attester_done(struct attester *a)
{
	if (a->from.kind == BUNDLE_TPM)
		attest_keys_done(&a->keys, a->from.tpm);
	if (a->from.kind == BUNDLE_AZURE)
		attest_azure_done(&a->azure, a->from.tpm);
	buf_done(&a->certificates);
}

bool attester_identity(const struct attester *a, struct buf *out, struct err *e)
{
	struct tpm_identity id = {
		.kind = a->from.kind,
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

/* With the logs of this kind, as far as there are any. */
static bool emit(const struct attester *a, struct bundle *b, struct buf *out, struct err *e)
{
	CLEANUP(buf_done) struct buf firmware = { 0 }, systemd = { 0 }, cc = { 0 };

	if (a->from.firmware_log >= 0 && !read_log(a->from.firmware_log, "firmware",
						 ATTESTER_FIRMWARE_LOG_MAX, &firmware, e))
		return false;
	if (a->from.systemd_log >= 0 &&
		!read_log(a->from.systemd_log, "systemd", BUNDLE_SYSTEMD_LOG_MAX, &systemd, e))
		return false;
	if (a->from.cc_log >= 0 &&
		!read_log(a->from.cc_log, "CC event", ATTESTER_FIRMWARE_LOG_MAX, &cc, e))
		return false;
	b->firmware_log = buf_span(&firmware);
	b->systemd_log = buf_span(&systemd);
	b->cc_log = buf_span(&cc);
	return bundle_emit(b, out, e);
}

/* Quotes with ak, bound to the binding. *q is owned by the caller in any case, and b borrows from it. */
static bool quote(struct attest_quote *q, struct bundle *b, const struct attester *a, ESYS_TR ak,
	struct err *e)
{
	struct digest qualifying;

	if (!binding_digest(&qualifying, DIGEST_SHA256, &b->binding, e) ||
		!attest_quote_take(q, a->from.tpm, ak, qualifying.bytes, e))
		return false;
	b->quote = buf_span(&q->quoted);
	b->signature = buf_span(&q->signature);
	memcpy(b->banks, q->banks, sizeof b->banks);
	b->n_banks = q->n_banks;
	return true;
}

static bool answer_tpm(const struct attester *a, struct bundle *b, const struct challenge *c,
	struct buf *out, struct err *e)
{
	struct attest_credential credential = { c->id_object, c->encrypted_secret };
	struct attest_quote q = { .n_banks = 0 };
	bool ok;

	if (c->id_object.p && !attest_keys_activate(b->binding.secret_digest, &a->keys, a->from.tpm,
				      &credential, e))
		return false;
	b->ak_public = buf_span(&a->keys.ak_public);
	b->ek_public = buf_span(&a->keys.ek_public);
	b->ek_chain = a->chain;
	ok = quote(&q, b, a, a->keys.ak, e) && emit(a, b, out, e);
	attest_quote_done(&q);
	return ok;
}

static bool answer_azure(const struct attester *a, struct bundle *b, struct buf *out, struct err *e)
{
	CLEANUP(buf_done) struct buf report = buf_init(BUNDLE_HARDWARE_MAX);
	struct attest_quote q = { .n_banks = 0 };
	struct digest user_data;
	bool ok;

	if (!binding_digest(&user_data, DIGEST_SHA512, &b->binding, e) ||
		!attest_azure_report(&report, &a->azure, a->from.tpm, user_data.bytes, e))
		return false;
	b->azure_hcl = buf_span(&report);
	b->ak_public = buf_span(&a->azure.ak_public);
	ok = quote(&q, b, a, a->azure.ak, e) && emit(a, b, out, e);
	attest_quote_done(&q);
	return ok;
}

static bool answer_hardware(
	const struct attester *a, struct bundle *b, struct buf *out, struct err *e)
{
	CLEANUP(buf_done) struct buf evidence = buf_init(BUNDLE_HARDWARE_MAX);
	CLEANUP(buf_done) struct buf certificates = buf_init(BUNDLE_COLLATERAL_MAX);
	struct digest data;

	if (!binding_digest(&data, DIGEST_SHA512, &b->binding, e) ||
		!attest_hardware_ask(a->from.hardware, &evidence, &certificates, data.bytes, e))
		return false;
	if (b->kind == BUNDLE_NITRO)
		b->nitro_document = buf_span(&evidence);
	else if (b->kind == BUNDLE_TDX)
		b->tdx_quote = buf_span(&evidence);
	else
		b->snp_report = buf_span(&evidence);
	if (b->kind == BUNDLE_SNP)
		b->snp_table = buf_span(&certificates);
	return emit(a, b, out, e);
}

/*
 * By the machine's kind. What fails here is this machine's fault, but for a credential that there is no use for or that the
 * TPM does not take.
 */
static bool answer(
	const struct attester *a, const struct challenge *c, struct buf *out, struct err *e)
{
	struct bundle b = {
		.kind = a->from.kind,
		.has_binding = true,
		.binding = { .role = c->role },
	};

	memcpy(b.binding.nonce, c->nonce, sizeof b.binding.nonce);
	if (b.kind == BUNDLE_TPM)
		return answer_tpm(a, &b, c, out, e);
	if (c->id_object.p)
		return err_set(e, ERR_USAGE,
			"this machine's evidence is of kind '%s': ask without a credential",
			bundle_kind_name(b.kind));
	if (b.kind == BUNDLE_AZURE)
		return answer_azure(a, &b, out, e);
	return answer_hardware(a, &b, out, e);
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
