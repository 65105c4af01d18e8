#include "build/source_folder.h"

#include <stdio.h>
#include <sys/stat.h>

#include "sys/file.h"
#include "base/banned.h"

bool source_folder_make(
	char at[static PATH_MAX], const char *tmp, const char *name, int *dir, struct err *e)
{
	if (snprintf(at, PATH_MAX, "%s/%s", tmp, name) >= PATH_MAX)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	if (mkdir(at, 0755) < 0)
		return err_os(e, "cannot make folder '%s'", at);
	*dir = open(at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *dir >= 0 || err_os(e, "cannot open '%s'", at);
}

/* *is: the folder holds one entry, which is a folder; then below is its path. */
static bool one_folder(const char *at, char below[static PATH_MAX], char **names, size_t n,
	bool *is, struct err *e)
{
	struct stat st;

	*is = false;
	if (n != 1)
		return true;
	if (snprintf(below, PATH_MAX, "%s/%s", at, names[0]) >= PATH_MAX)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	if (lstat(below, &st) < 0)
		return err_os(e, "cannot look at '%s'", below);
	*is = S_ISDIR(st.st_mode);
	return true;
}

bool source_folder_top(char at[static PATH_MAX], bool must, struct err *e)
{
	char below[PATH_MAX];
	char **names;
	bool ok, is;
	size_t n;

	if (!file_names(AT_FDCWD, at, &names, &n, e))
		return false;
	ok = one_folder(at, below, names, n, &is, e);
	file_names_free(names, n);
	if (!ok)
		return false;
	if (is)
		memcpy(at, below, PATH_MAX);
	return is || !must ||
	       err_set(e, ERR_FORMAT, "it has %zu entries at its top, wanted one folder", n);
}
