#include "cmd/ask.h"

#include <errno.h>
#include <sys/random.h>

#include "codec/json.h"
#include "evidence/challenge.h"
#include "evidence/tpm_identity.h"
#include "net/http.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum {
	ASK_TIMEOUT_S = 120, /* an emulated machine takes its time over a signature */
	ASK_URL_MAX = 2000,
};

static bool fill_random(void *p, size_t n, struct err *e)
{
	ssize_t got = getrandom(p, n, 0); /* whole up to 256 bytes */

	return got >= 0 && (size_t)got == n ? true : err_os(e, "cannot get random bytes");
}

/* "URL/attest/1/WHAT", where URL may end in a slash. */
static bool endpoint(
	struct str *ret, const char *url, const char *what, struct arena *a, struct err *e)
{
	size_t n = strlen(url);

	while (n && url[n - 1] == '/')
		n--;
	if (n > ASK_URL_MAX)
		return err_set(e, ERR_USAGE, "URL is longer than %d characters", ASK_URL_MAX);
	*ret = arena_printf(a, "%.*s/attest/1/%s", (int)n, url, what);
	return ret->p ? true : arena_full(a, e);
}

/* The attester's own words, where it gave some, for an answer that is not 200. */
static bool refused(const char *url, long status, struct span body, struct arena *a, struct err *e)
{
	struct err ignored = { 0 };
	struct str text = { 0 };
	struct json v;

	if (json_parse(&v, body, a, &ignored) && json_get_str(&v, "error", &text, &ignored))
		return err_set(e, ERR_IO, "'%s' answered %ld: %.*s", url, status,
			(int)(text.n < 300 ? text.n : 300), text.p);
	return err_set(e, ERR_IO, "'%s' answered %ld, want 200", url, status);
}

static bool get_identity(struct tpm_identity *ret, const char *url, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf body = buf_init(0);
	struct str at;
	long status = 0;

	if (!endpoint(&at, url, "identity", a, e) ||
		!http_get(at.p, TPM_IDENTITY_SIZE_MAX, ASK_TIMEOUT_S, &status, &body, e))
		return false;
	if (status != 200)
		return refused(at.p, status, buf_span(&body), a, e);
	return tpm_identity_parse(ret, buf_span(&body), a, e);
}

/* A credential for the attestation key that the identity names, with a secret of ours. */
static bool make_credential(struct credential *ret, struct appraise_challenge *c,
	const struct tpm_identity *id, struct err *e)
{
	struct credential_chance chance;
	struct tpm_public ek, ak;

	if (!tpm_public_parse(&ek, id->ek_public, e))
		return err_wrap(e, "endorsement key of the machine");
	if (!tpm_public_parse(&ak, id->ak_public, e))
		return err_wrap(e, "attestation key of the machine");
	if (!fill_random(&chance, sizeof chance, e))
		return false;
	c->ak = tpm_public_name(&ak);
	c->ek_public = id->ek_public;
	memcpy(c->secret, chance.secret, sizeof c->secret);
	return credential_make(ret, &ek, &c->ak, &chance, e);
}

/* credential NULL: hardware is asked without one. */
static bool post_challenge(struct ask_answer *ret, const struct credential *credential,
	const char *url, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf body = buf_init(CHALLENGE_SIZE_MAX);
	CLEANUP(buf_done) struct buf reply = buf_init(0);
	struct challenge c = { .role = STR("attester") };
	struct str at;
	long status = 0;

	if (credential) {
		c.id_object = buf_span(&credential->id_object);
		c.encrypted_secret = buf_span(&credential->encrypted_secret);
	}
	memcpy(c.nonce, ret->nonce, sizeof c.nonce);
	challenge_emit(&c, &body);
	if (!buf_ok(&body))
		return buf_full(&body, "challenge", e);
	if (!endpoint(&at, url, "evidence", a, e) ||
		!http_post_json(
			at.p, buf_span(&body), BUNDLE_SIZE_MAX, ASK_TIMEOUT_S, &status, &reply, e))
		return false;
	if (status != 200)
		return refused(at.p, status, buf_span(&reply), a, e);
	if (!bundle_parse(&ret->bundle, buf_span(&reply), a, e))
		return false;
	ret->text = reply;
	reply = (struct buf){ 0 };
	return true;
}

static bool ask_tpm(struct ask_answer *answer, const struct tpm_identity *id, const char *url,
	struct arena *a, struct err *e)
{
	struct credential credential;
	bool ok;

	if (!make_credential(&credential, &answer->challenge, id, e))
		return false;
	answer->has_challenge = true;
	ok = post_challenge(answer, &credential, url, a, e);
	credential_done(&credential);
	return ok;
}

bool ask_attester(struct ask_answer *ret, const char *url, const uint8_t *nonce, struct arena *a,
	struct err *e)
{
	struct ask_answer answer = { 0 };
	struct tpm_identity id;

	if (nonce)
		memcpy(answer.nonce, nonce, sizeof answer.nonce);
	else if (!fill_random(answer.nonce, sizeof answer.nonce, e))
		return false;
	if (!get_identity(&id, url, a, e))
		return false;
	if (id.kind == BUNDLE_TPM ? !ask_tpm(&answer, &id, url, a, e)
				  : !post_challenge(&answer, NULL, url, a, e))
		return false;
	if (answer.bundle.kind != id.kind) {
		buf_done(&answer.text);
		return err_set(e, ERR_FORMAT,
			"'%s' says that its evidence is of kind '%s', and gives '%s'", url,
			bundle_kind_name(id.kind), bundle_kind_name(answer.bundle.kind));
	}
	/* What another protocol on the machine lets hardware sign for whoever sends it our nonce is no answer to us. */
	if (!answer.bundle.has_binding) {
		buf_done(&answer.text);
		return err_set(e, ERR_FORMAT, "'%s' gives evidence without a binding", url);
	}
	*ret = answer;
	return true;
}
