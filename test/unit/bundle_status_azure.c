/* What expires when in evidence of Azure's machines, and what it lacks. */
#include "bundle_status_told.h"

#include "hcl_made.h"

enum { AT = 1796083200 };

static struct arena *a;
static struct buf told; /* all that is said, for test/golden/bundle_status_azure.txt */

static void look(const char *what, const struct bundle *b)
{
	struct bundle_status s = { 0 };
	struct err e = { 0 };

	CHECK_OK(bundle_status(&s, b, &(struct bundle_status_at){ .at_unix = AT }, a, &e), e);
	buf_printf(&told, "%s, ", what);
	bundle_status_tell(&told, &s, AT, AT);
}

static void parts(uint32_t hardware, const char *name)
{
	struct made_hcl m = hcl_honest();
	CLEANUP(buf_done) struct buf hcl = { 0 };
	struct bundle b = { .kind = BUNDLE_AZURE };

	m.hardware = hardware;
	hcl = hcl_made(&m);
	b.azure_hcl = buf_span(&hcl);
	look(name, &b);
	b.quote = span_make("quote", 5);
	look("with a quote", &b);
	b.signature = span_make("signature", 9);
	look("with its signature", &b);
	b.tdx_quote = span_make("quote", 5);
	look("with a quote of TDX", &b);
	b.azure_hcl.n = 100;
	look("cut", &b);
}

int main(void)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "RSA", (size_t)2048);

	a = hcl_arena = arena_new(64 << 20);
	told = buf_init(1 << 20);
	hcl_ak_number = hcl_other_number = hcl_number(key);
	parts(AZURE_HCL_SNP, "SEV-SNP");
	parts(AZURE_HCL_TDX, "TDX");
	golden_text(&told, "bundle_status_azure");
	EVP_PKEY_free(key);
	arena_free(a);
	return test_end();
}
