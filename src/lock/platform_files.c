#include "lock/platform_files.h"

#include "base/buf.h"
#include "base/banned.h"

enum { NAMES_MAX = 1024 };

/* "share/platforms/NAME.yaml" */
static struct str name_of(const struct embedded *f)
{
	static const char before[] = "share/platforms/", behind[] = ".yaml";
	struct str path = str_of(f->name);

	return str_make(
		path.p + sizeof before - 1, path.n - (sizeof before - 1) - (sizeof behind - 1));
}

bool platform_files_shape(
	struct platform_shape *ret, struct str name, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf names = buf_init(NAMES_MAX);

	for (const struct embedded *f = platform_files; f->name; f++) {
		if (str_equal(name_of(f), name))
			return platform_shape_parse(ret, f->bytes, a, e) ||
			       err_wrap(e, "%s", f->name);
		buf_printf(&names, "%s%.*s", names.n ? ", " : "", STR_ARG(name_of(f)));
	}
	err_set(e, ERR_NOTFOUND, "platform '%.*s' is not known", STR_ARG(name));
	return err_hint(e, "there are: %.*s", STR_ARG(buf_str(&names)));
}
