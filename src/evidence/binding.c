#include "evidence/binding.h"

#include "base/buf.h"
#include "base/banned.h"

/* The role stands between two NULs: a role with a NUL could spell another role and nonce. */
static bool role_ok(struct str role)
{
	if (role.n == 0 || role.n > BINDING_ROLE_MAX)
		return false;
	for (size_t i = 0; i < role.n; i++)
		if ((role.p[i] < 'a' || role.p[i] > 'z') && role.p[i] != '-')
			return false;
	return true;
}

bool binding_digest(struct digest *ret, enum digest_alg alg, const struct binding *b, struct err *e)
{
	static const char label[] = "assay/attest/1";
	CLEANUP(buf_done) struct buf in = buf_init(256);

	if (!role_ok(b->role))
		return err_set(e, ERR_USAGE, "role of the binding: want 1 to %d letters a-z or '-'",
			BINDING_ROLE_MAX);
	buf_add(&in, label, sizeof label);
	buf_add_str(&in, b->role);
	buf_u8(&in, 0);
	buf_add(&in, b->nonce, sizeof b->nonce);
	buf_add(&in, b->secret_digest, sizeof b->secret_digest);
	buf_add(&in, b->channel, sizeof b->channel);
	*ret = digest_of(alg, buf_span(&in));
	return true;
}
