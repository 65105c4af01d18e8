#include "check/toolchain_locale.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "sys/file.h"
#include "base/banned.h"

/* A name of a locale, not of a file of all of them. */
static bool is_foreign(const char *name)
{
	struct str s = str_of(name);

	return s.n < TOOLCHAIN_LOCALE_MAX && s.n > 3 && strchr(name, '_') && !str_starts(s, "C.") &&
	       !strchr(name, '-');
}

bool toolchain_locale_choose(
	char ret[static TOOLCHAIN_LOCALE_MAX], bool *foreign, const char *sysroot, struct err *e)
{
	CLEANUP(file_closep) int root = open(sysroot, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char **names = NULL;
	const char *best = NULL;
	size_t n = 0;

	if (root < 0)
		return err_os(e, "cannot open '%s'", sysroot);
	if (faccessat(root, "usr/lib/locale", F_OK, 0) == 0 &&
		!file_names(root, "usr/lib/locale", &names, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (is_foreign(names[i]) && (!best || str_starts(str_of(names[i]), "et_EE")))
			best = names[i];
	*foreign = best != NULL;
	snprintf(ret, TOOLCHAIN_LOCALE_MAX, "%s", best ? best : "C");
	file_names_free(names, n);
	return true;
}
