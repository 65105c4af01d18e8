#include "net/apt_sources.h"

#include "net/url.h"

#include "fuzz.h"

/* What apt's configuration names is used as a base, and joined to a path. */
static bool take(void *ctx, struct str uri, struct err *e)
{
	char *base = NULL, *url = NULL;

	MUST(uri.n);
	/* A folder would be looked for on this machine. */
	if (uri.p[0] == '/' || uri.p[0] == '.' || !url_of_base(&base, uri, e))
		return true;
	for (const char *p = base; *p; p++)
		MUST((unsigned char)*p > ' ' && *p != '?' && *p != '#' && *p != 0x7f);
	url_is_loopback(base);
	if (url_join(&url, base, uri, e))
		MUST(!strstr(url + strlen(base), "/../") &&
			!strpbrk(url + strlen(base), " \n\t\"<>"));
	fuzz_taken = true;
	*(bool *)ctx = true;
	free(base);
	free(url);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	bool any = false;
	const struct apt_sources_take to = { take, &any };
	struct str text = str_make((const char *)data, size);
	struct err e = { 0 };

	if (!apt_sources_deb822(text, &to, &e) || !apt_sources_list(text, &to, &e))
		MUST(e.kind == ERR_LIMIT);
	return 0;
}
