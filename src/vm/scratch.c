#define ASSAY_MAY_ASK_THE_MACHINE
#include "vm/scratch.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sys/file.h"
#include "base/banned.h"

enum { PATH_TEXT_MAX = 4096 };

bool scratch_make(char **ret, struct err *e)
{
	CLEANUP(mem_free) char *path = NULL;
	struct buf b = buf_init(PATH_TEXT_MAX);
	const char *tmp = getenv("TMPDIR");

	buf_printf(&b, "%s/assay-XXXXXX", tmp && tmp[0] == '/' ? tmp : "/tmp");
	if (!buf_ok(&b)) {
		buf_done(&b);
		return err_set(e, ERR_LIMIT, "TMPDIR is longer than %d bytes", PATH_TEXT_MAX);
	}
	path = buf_take_cstr(&b);
	if (!mkdtemp(path))
		return err_os(e, "cannot make a temporary folder '%s'", path);
	*ret = TAKE(path);
	return true;
}

void scratch_removep(char **path)
{
	struct err ignored;

	if (!*path)
		return;
	/* What cannot be removed is a temporary file that stays; nothing else depends on it. */
	if (!file_remove_tree(AT_FDCWD, *path, &ignored))
		ignored.kind = ERR_NONE;
	free(*path);
	*path = NULL;
}
