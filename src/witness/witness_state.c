#include "witness/witness_state.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/hex.h"
#include "base/mem.h"
#include "sys/file.h"
#include "trust/signed_note.h"
#include "base/banned.h"

enum { NAME_MAX_SIZE = 100 };

struct witness_state {
	int folder; /* locked while this is open */
};

/* What a killed witness was writing. Only one that holds the lock may take it away. */
static bool remove_unfinished(int folder, struct err *e)
{
	char **names;
	size_t n;

	if (!file_names(folder, ".", &names, &n, e))
		return false;
	for (size_t i = 0; i < n; i++)
		if (str_ends(str_of(names[i]), ".tmp"))
			unlinkat(folder, names[i], 0);
	file_names_free(names, n);
	return true;
}

/* A folder that was made just now is there after a power cut, too. */
static bool sync_parent(int folder, const char *name, struct err *e)
{
	CLEANUP(file_closep)
	int parent = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return (parent >= 0 && fsync(parent) == 0) ||
	       err_os(e, "cannot sync the folder of '%s'", name);
}

bool witness_state_open(struct witness_state **ret, const char *folder, struct err *e)
{
	CLEANUP(witness_state_closep) struct witness_state *s = MEM_NEW(struct witness_state);

	s->folder = -1;
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return err_os(e, "cannot make folder '%s'", folder);
	s->folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->folder < 0)
		return err_os(e, "cannot open folder '%s'", folder);
	if (!file_lock_alone(s->folder)) {
		err_set(e, ERR_USAGE, "another witness serves from '%s'", folder);
		return err_hint(e, "a folder belongs to one witness; stop the other one first");
	}
	if (!sync_parent(s->folder, folder, e) || !remove_unfinished(s->folder, e))
		return err_wrap(e, "'%s'", folder);
	*ret = TAKE(s);
	return true;
}

void witness_state_close(struct witness_state *s)
{
	if (!s)
		return;
	file_closep(&s->folder);
	mem_free(&s);
}

void witness_state_closep(struct witness_state **s)
{
	witness_state_close(*s);
}

void witness_state_name(char ret[static 65], struct str origin)
{
	uint8_t sum[SHA256_SIZE];

	sha256_of(sum, str_span(origin));
	hex_write(ret, sum, sizeof sum);
}

static void name_of(char ret[static NAME_MAX_SIZE], struct str origin, const char *name)
{
	char hex[65];

	witness_state_name(hex, origin);
	snprintf(ret, NAME_MAX_SIZE, "%s.%s", hex, name);
}

bool witness_state_load(struct buf *out, bool *found, const struct witness_state *s,
	struct str origin, struct err *e)
{
	char name[NAME_MAX_SIZE];

	name_of(name, origin, "checkpoint");
	*found = file_read(s->folder, name, SIGNED_NOTE_SIZE_MAX, out, e);
	if (*found)
		return true;
	*out = (struct buf){ 0 };
	return e->kind == ERR_NOTFOUND;
}

bool witness_state_save(
	const struct witness_state *s, struct str origin, struct span note, struct err *e)
{
	char name[NAME_MAX_SIZE];

	name_of(name, origin, "checkpoint");
	return file_write(s->folder, name, note, 0644, e);
}

bool witness_state_keep(const struct witness_state *s, struct str origin, const char *name,
	bool first, struct span bytes, struct err *e)
{
	char path[NAME_MAX_SIZE];
	struct stat st;

	name_of(path, origin, name);
	if (first && fstatat(s->folder, path, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return true;
	return file_write(s->folder, path, bytes, 0644, e);
}
