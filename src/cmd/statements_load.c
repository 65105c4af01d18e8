#define ASSAY_MAY_ASK_THE_MACHINE
#include "cmd/statements_load.h"

#include <sys/stat.h>

#include "sys/file.h"
#include "base/banned.h"

bool statements_load_new(struct statements **ret, const struct trust_file *trust, struct err *e)
{
	struct arena *a = arena_new(STATEMENTS_LOAD_MEMORY_MAX);

	if (statements_new(ret, trust, a, e))
		return true;
	arena_free(a);
	return false;
}

void statements_load_free(struct statements *s)
{
	struct arena *a = s ? s->a : NULL;

	statements_free(s);
	arena_free(a);
}

/* One that is too large is set aside like any that is no statement. */
static bool add_file(struct statements *s, const char *path, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct err why = { 0 };

	if (file_read(AT_FDCWD, path, DSSE_SIZE_MAX, &text, &why))
		return statements_add(s, str_of(path), buf_span(&text), e);
	if (why.kind == ERR_LIMIT)
		return statements_set_aside(s, str_of(path), str_of(why.text), e);
	*e = why;
	return false;
}

static bool add_folder(struct statements *s, const char *path, struct err *e)
{
	char **names = NULL;
	size_t n = 0;
	bool ok = file_names(AT_FDCWD, path, &names, &n, e);

	for (size_t i = 0; ok && i < n; i++) {
		struct str file = arena_printf(s->a, "%s/%s", path, names[i]);

		if (!str_ends(str_of(names[i]), STATEMENTS_LOAD_SUFFIX))
			continue;
		ok = file.p ? add_file(s, file.p, e) : arena_full(s->a, e);
	}
	file_names_free(names, n);
	return ok;
}

bool statements_load_path(struct statements *s, const char *path, struct err *e)
{
	struct stat st;

	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode))
		return add_folder(s, path, e);
	return add_file(s, path, e);
}
