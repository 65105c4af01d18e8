#include "cmd/enrolled.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

static bool folder(struct str *ret, struct arena *a, struct err *e)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (state && state[0] == '/')
		*ret = arena_printf(a, "%s/assay/enrolled", state);
	else if (home && home[0] == '/')
		*ret = arena_printf(a, "%s/.local/state/assay/enrolled", home);
	else
		return err_set(e, ERR_USAGE, "neither XDG_STATE_HOME nor HOME is set") ||
		       err_hint(e,
			       "set one of them to a folder of yours: what is known of machines is kept below it");
	return ret->p ? true : arena_full(a, e);
}

static bool path_of(struct str *ret, const struct tpm_name *ak, struct arena *a, struct err *e)
{
	char hex[2 * TPM_PUBLIC_NAME_MAX + 1];
	struct str dir;

	if (!folder(&dir, a, e))
		return false;
	hex_write(hex, ak->bytes, ak->n);
	*ret = arena_printf(a, "%s/%s.json", dir.p, hex);
	return ret->p ? true : arena_full(a, e);
}

static bool read_record(
	struct enrolment *ret, bool *found, const char *path, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(0);
	struct enrolment r;

	if (!file_read(AT_FDCWD, path, ENROLMENT_SIZE_MAX, &text, e)) {
		*found = false;
		return e->kind == ERR_NOTFOUND;
	}
	if (!enrolment_parse(&r, buf_span(&text), a, e))
		return err_wrap(e, "'%s'", path);
	*ret = r;
	*found = true;
	return true;
}

bool enrolled_find(struct enrolment *ret, bool *found, const struct tpm_name *ak, struct arena *a,
	struct err *e)
{
	struct str path;

	return path_of(&path, ak, a, e) && read_record(ret, found, path.p, a, e);
}

/* What else lies in the folder is no record: a write that was cut off leaves its own name. */
static bool take_if_better(struct enrolment *best, bool *found, struct str dir, const char *name,
	const struct enrolment_tpm *t, struct arena *a, struct err *e)
{
	struct str path = arena_printf(a, "%s/%s", dir.p, name);
	struct enrolment r;
	bool is_there = false;

	if (!path.p)
		return arena_full(a, e);
	if (!str_ends(str_of(name), ".json"))
		return true;
	if (!read_record(&r, &is_there, path.p, a, e))
		return err_hint(e,
			"it may be what is known of this machine: enroll the machine anew whose it is, or move the file away");
	if (!is_there || !enrolment_is_of(&r, t) || (*found && !enrolment_says_more(&r, best)))
		return true;
	*best = r;
	*found = true;
	return true;
}

bool enrolled_find_tpm(struct enrolment *ret, bool *found, const struct enrolment_tpm *t,
	struct arena *a, struct err *e)
{
	struct enrolment best = { 0 };
	bool any = false, ok = true;
	char **names = NULL;
	struct str dir;
	size_t n = 0;

	if (!folder(&dir, a, e))
		return false;
	if (access(dir.p, F_OK) == 0 && !file_names(AT_FDCWD, dir.p, &names, &n, e))
		return false;
	for (size_t i = 0; ok && i < n; i++)
		ok = take_if_better(&best, &any, dir, names[i], t, a, e);
	file_names_free(names, n);
	if (!ok)
		return false;
	*ret = best;
	*found = any;
	return true;
}

bool enrolled_put(const struct enrolment *r, struct str *path, struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(ENROLMENT_SIZE_MAX);
	struct str dir, at;

	if (!folder(&dir, a, e) || !path_of(&at, &r->ak, a, e) || !file_mkdirs(AT_FDCWD, dir.p, e))
		return false;
	enrolment_emit(r, &text);
	if (!buf_ok(&text))
		return buf_full(&text, "enrolment record", e);
	if (!file_write(AT_FDCWD, at.p, buf_span(&text), 0600, e))
		return false;
	*path = at;
	return true;
}
