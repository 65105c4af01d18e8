#include "measure/tdx_release.h"

#include <string.h>

#include "base/banned.h"

enum {
	FORM = 7, /* "2025.02" */
	FIRST = 202402,
	LAST_BEFORE = 202405,
	FIRST_AFTER = 202411,
};

static bool is_release(struct str s)
{
	static const char form[] = "9999.99";

	if (s.n < FORM)
		return false;
	for (size_t i = 0; i < FORM; i++)
		if (form[i] == '9' ? s.p[i] < '0' || s.p[i] > '9' : s.p[i] != form[i])
			return false;
	return s.n == FORM || strchr("-+~.", s.p[FORM]);
}

bool tdx_release_separator(enum tdx_separator *ret, struct str version, struct err *e)
{
	unsigned release = 0;

	if (!is_release(version))
		return err_set(e, ERR_FORMAT,
			"'%.*s' is no release of edk2, wanted one like 2025.02", STR_ARG(version));
	for (size_t i = 0; i < FORM; i++)
		if (version.p[i] != '.')
			release = 10 * release + (unsigned)(version.p[i] - '0');
	*ret = release >= FIRST_AFTER                       ? TDX_SEPARATOR_RTMR1
	       : release >= FIRST && release <= LAST_BEFORE ? TDX_SEPARATOR_RTMR0
							    : TDX_SEPARATOR_UNKNOWN;
	return true;
}
