#include "cmd/bundle_fetch.h"

#include <stdio.h>
#include <string.h>

#include "cmd/at_time.h"
#include "cmd/line.h"
#include "evidence/azure_hcl.h"
#include "net/url.h"
#include "net/vendor_kds.h"
#include "net/vendor_pcs.h"
#include "base/mem.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

static void say(const void *ctx, const char *line)
{
	verb_say(ctx, "%s", line);
}

/* Also with --quiet: the outcome is not all that it could be. */
static void warn(const void *ctx, const char *line)
{
	(void)ctx;
	line_print(stderr, "warning: %s", line);
}

/* A service that the user names and no roots for it: what it gives must at least hold by itself. */
static void set_base(
	struct vendor *v, const struct verb_args *args, const char *base, const char *usual)
{
	v->base = base;
	v->usual = usual;
	v->at.any_root = strcmp(base, usual) != 0 && !verb_value(args, "--trust");
}

static bool of_amd(struct bundle *b, struct vendor *v, const struct verb_args *args,
	struct arena *a, struct err *e)
{
	const char *given = verb_value(args, "--kds");
	CLEANUP(mem_free) char *base = NULL;

	if (!url_of_base(&base, str_of(given ? given : VENDOR_KDS_URL), e))
		return err_wrap(e, "--kds");
	v->name = "AMD's service";
	set_base(v, args, base, VENDOR_KDS_URL);
	return vendor_kds_fetch(b, v, a, e);
}

static bool of_intel(struct bundle *b, struct vendor *v, const struct verb_args *args,
	struct arena *a, struct err *e)
{
	const char *given = verb_value(args, "--pcs");
	CLEANUP(mem_free) char *base = NULL;

	if (!url_of_base(&base, str_of(given ? given : VENDOR_PCS_URL), e))
		return err_wrap(e, "--pcs");
	v->name = "Intel's service";
	set_base(v, args, base, VENDOR_PCS_URL);
	return vendor_pcs_fetch(b, v, strcmp(base, VENDOR_PCS_URL) != 0, a, e);
}

/* Whose hardware is below: SNP's, or with a quote TDX's. */
static bool is_snp(bool *ret, const struct bundle *b, struct arena *a, struct err *e)
{
	struct azure_hcl hcl;

	*ret = b->kind == BUNDLE_SNP;
	if (b->kind != BUNDLE_AZURE)
		return true;
	if (!azure_hcl_parse(&hcl, b->azure_hcl, a, e))
		return false;
	*ret = hcl.hardware == AZURE_HCL_SNP;
	return true;
}

bool bundle_fetch(struct bundle *b, unsigned timeout_s, const struct verb_args *args,
	const struct trust_file *trust, struct arena *a, struct err *e)
{
	CLEANUP(file_closep) int cache = vendor_cache_open();
	struct vendor v = { .cache = cache,
		.at = { .trust = trust },
		.say = say,
		.warn = warn,
		.ctx = args,
		.timeout_s = timeout_s ? timeout_s : VENDOR_TIMEOUT_S };
	bool snp;

	if (!at_time_read(&v.at.at_unix, NULL, e) || !is_snp(&snp, b, a, e))
		return false;
	if (snp)
		return of_amd(b, &v, args, a, e);
	if (b->tdx_quote.p)
		return of_intel(b, &v, args, a, e);
	if (b->kind == BUNDLE_AZURE)
		return err_set(e, ERR_USAGE,
			       "the hardware is Intel's, and there is no TDX quote") ||
		       err_hint(e, "give it with --tdx-quote");
	verb_say(args, "evidence of kind %s needs nothing from a service",
		bundle_kind_name(b->kind));
	return true;
}
