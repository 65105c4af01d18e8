#include "appraise/bundle_status_inside.h"
#include "appraise/policy_nitro.h"
#include "base/utc.h"
#include "trust/nitro_chain.h"
#include "trust/nitro_signed.h"
#include "base/banned.h"

/* It counts for as long as the default policy says, and is what its leaf signed. */
static void document(
	struct bundle_status_work *w, const struct nitro_signed *s, const struct nitro_chain *chain)
{
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	const struct policy_nitro policy = policy_nitro_default();
	int64_t made = nitro_document_unix(&s->document);
	const struct certificate_validity dates = { made, made + policy.max_age_s };
	struct err e = { 0 };
	bool ok;

	bundle_status_dated(w, STR("nitro.document"),
		bundle_status_text(w, "attestation document of %s, for the default max-age",
			s->document.kind == NITRO_DOCUMENT_TPM ? "a NitroTPM" : "an enclave"),
		&dates);
	ok = !chain || (nitro_signed_check_header(s, &e) && nitro_chain_key(&key, chain, &e) &&
			       nitro_signed_verify(s, key, &e));
	bundle_status_test(w, ok, BUNDLE_STATUS_BAD_SIGNATURE, &e);
	ok = !chain || nitro_chain_check_module(chain, &s->document, &e);
	bundle_status_test(w, ok, BUNDLE_STATUS_UNFIT, &e);
}

static void root(struct bundle_status_work *w, const struct nitro_document *d,
	const struct nitro_chain *chain)
{
	uint8_t digest[SHA256_SIZE];
	struct err e = { 0 };
	bool ok;

	if (!chain)
		return;
	sha256_of(digest, d->cabundle[0]);
	ok = nitro_chain_check_root(chain, nitro_chain_aws_root, &e) ||
	     bundle_status_trusts(w, TRUST_NITRO, digest);
	bundle_status_root(w, ok, &e);
}

/* Behind the leaf's item: which of the certificates it is says the reason. */
static void links(struct bundle_status_work *w, const struct nitro_chain *chain)
{
	struct err e = { 0 };
	bool ok = nitro_chain_check_profile(chain, &e);

	bundle_status_test(w, ok, BUNDLE_STATUS_UNFIT, &e);
	ok = nitro_chain_check_signatures(chain, &e);
	bundle_status_test(w, ok, BUNDLE_STATUS_BAD_SIGNATURE, &e);
}

void bundle_status_nitro(struct bundle_status_work *w)
{
	CLEANUP(nitro_chain_freep) struct nitro_chain *chain = NULL;
	struct nitro_signed s;
	struct err e = { 0 };

	if (!nitro_signed_parse(&s, w->bundle->nitro_document, w->a, &e)) {
		bundle_status_add(w, STR("nitro.document"), STR("attestation document"),
			BUNDLE_STATUS_UNREADABLE, bundle_status_why(w, &e));
		return;
	}
	/* Where it cannot be read, the item of the certificate says so. */
	if (!nitro_chain_of_document(&chain, &s.document, &e))
		chain = NULL;
	document(w, &s, chain);
	for (size_t i = 0; i < s.document.n_cabundle; i++) {
		bundle_status_der(w, bundle_status_text(w, "nitro.document cabundle.%zu", i),
			i ? "authority" : "root", s.document.cabundle[i]);
		if (i == 0)
			root(w, &s.document, chain);
	}
	bundle_status_der(w, STR("nitro.document certificate"), "signer", s.document.certificate);
	if (chain)
		links(w, chain);
	else
		bundle_status_blame(w, BUNDLE_STATUS_UNREADABLE, &e);
	bundle_status_add(w, STR("CRL"), STR("list of revoked certificates"),
		BUNDLE_STATUS_NOT_NEEDED,
		STR("AWS's own rules leave revocation out: the certificate that signs lives for hours, and after that only a policy of "
		    "freshness archive takes the document, at its own time"));
}
