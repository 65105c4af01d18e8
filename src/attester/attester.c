#include "attester/attester.h"

#include <errno.h>
#include <unistd.h>

#include "attester/attest_chain.h"
#include "attester/attest_quote.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "base/banned.h"

enum {
	ARENA_MAX = 256 << 10, /* a parsed challenge takes a few times its text */
	FIELD_MAX = 64 << 10,  /* base64 of one certificate */
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

static void put_base64(struct json_out *w, struct span bytes)
{
	CLEANUP(buf_done) struct buf text = buf_init(FIELD_MAX);

	base64_add(&text, bytes, BASE64_STANDARD);
	json_text(w, buf_str(&text));
	if (!buf_ok(&text))
		w->to->failed = true;
}

bool attester_identity(const struct attester *a, struct buf *out, struct err *e)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_cstr(&w, "format", "assay.identity/1");
	json_key(&w, "ek_public");
	put_base64(&w, buf_span(&a->keys.ek_public));
	json_key(&w, "ek_certificates");
	json_array(&w);
	for (size_t i = 0; i < a->chain.n; i++)
		put_base64(&w, a->chain.certificates[i]);
	json_end_array(&w);
	json_key(&w, "ak_public");
	put_base64(&w, buf_span(&a->keys.ak_public));
	json_end_object(&w);
	return buf_ok(out) || buf_full(out, "identity", e);
}

struct challenge {
	struct binding binding;
	struct attest_credential credential; /* NULL spans without one */
};

static bool read_base64(
	struct span *ret, const struct json *o, const char *key, struct arena *a, struct err *e)
{
	struct str text;

	return json_get_str(o, key, &text, e) &&
	       (base64_read(ret, text, BASE64_STANDARD, a, e) || err_wrap(e, "'%s'", key));
}

static bool read_credential(
	struct attest_credential *ret, const struct json *o, struct arena *a, struct err *e)
{
	static const char *const members[] = { "id_object", "encrypted_secret", NULL };

	if (o->kind != JSON_OBJECT)
		return err_set(e, ERR_FORMAT, "'credential' is no object");
	return json_only(o, "credential", members, e) &&
	       read_base64(&ret->id_object, o, "id_object", a, e) &&
	       read_base64(&ret->encrypted_secret, o, "encrypted_secret", a, e);
}

static bool read_challenge(struct challenge *ret, struct span text, struct arena *a, struct err *e)
{
	static const char *const members[] = { "format", "role", "nonce", "credential", NULL };
	struct challenge c = { .binding.role = { NULL, 0 } };
	const struct json *credential;
	struct json v;

	if (text.n > ATTESTER_CHALLENGE_MAX)
		return err_set(e, ERR_LIMIT, "challenge is %zu bytes, limit %d", text.n,
			ATTESTER_CHALLENGE_MAX);
	if (!json_parse(&v, text, a, e) || !json_check_format(&v, "assay.challenge/1", e) ||
		!json_only(&v, "challenge", members, e) ||
		!json_get_str(&v, "role", &c.binding.role, e) ||
		!json_get_hex(&v, "nonce", c.binding.nonce, sizeof c.binding.nonce, e))
		return false;
	if (!str_is(c.binding.role, "attester"))
		return err_set(
			e, ERR_FORMAT, "role is '%.*s', want 'attester'", STR_ARG(c.binding.role));
	credential = json_get(&v, "credential");
	if (credential && !read_credential(&c.credential, credential, a, e))
		return false;
	*ret = c;
	return true;
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

/* What is left to do once the challenge is read; nothing of it is the challenge's fault but the credential. */
static bool answer(const struct attester *a, struct challenge *c, struct buf *out, struct err *e)
{
	struct attest_quote q = { .n_banks = 0 };
	struct digest qualifying;
	bool ok;

	if (c->credential.id_object.p && !attest_keys_activate(c->binding.secret_digest, &a->keys,
						 a->tpm, &c->credential, e))
		return false;
	if (!binding_digest(&qualifying, DIGEST_SHA256, &c->binding, e) ||
		!attest_quote_take(&q, a->tpm, a->keys.ak, qualifying.bytes, e))
		return false;
	ok = emit(a, &c->binding, &q, out, e);
	attest_quote_done(&q);
	return ok;
}

bool attester_evidence(
	const struct attester *a, struct span challenge, struct buf *out, struct err *e)
{
	CLEANUP(arena_freep) struct arena *arena = arena_new(ARENA_MAX);
	struct challenge c;

	return (read_challenge(&c, challenge, arena, e) ||
		       err_wrap(e, "cannot read the challenge")) &&
	       answer(a, &c, out, e);
}
