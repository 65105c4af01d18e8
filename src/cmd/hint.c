#include "cmd/hint.h"

#include <errno.h>
#include <stddef.h>

#include "base/banned.h"

static const struct {
	int os;
	const char *hint;
} answers[] = {
	{ ENOSPC, "the disk is full: free some of it, or name another place" },
	{ EDQUOT, "the quota is used up: free some of it, or name another place" },
	{ EACCES,
		"this user may not: look at owner and mode of the path, or name one of your own" },
	{ EPERM, "this user may not: look at owner and mode of the path, or name one of your own" },
	{ EROFS, "nothing can be written there: name another place" },
	{ ENOENT, "look whether the path is right, and whether what should be there was made" },
	{ ENOTDIR, "a part of the path is a file: look whether the path is right" },
	{ EISDIR, "it is a folder, wanted is a file: look whether the path is right" },
	{ EEXIST, "something else stands there: take it away, or name another place" },
	{ ENOTEMPTY, "something else stands there: take it away, or name another place" },
	{ ENAMETOOLONG, "the path is too long for the system: name a shorter one" },
	{ ELOOP,
		"a link stands there that leads round in circles or is not followed: name the file" },
	{ EADDRINUSE, "something listens there already: name another port" },
	{ EMFILE, "too many open files: a higher `ulimit -n` helps" },
	{ ENFILE, "too many open files on this machine: end what is not needed" },
	{ ENOMEM, "there is too little memory: end what is not needed" },
	{ EAGAIN, "the machine is out of processes or memory for now: try again later" },
	{ EPIPE, "whatever read the output has ended: let it read to the end" },
};

bool hint_wanted(struct err *e, const char *wanted)
{
	if (e->kind == ERR_IO && e->os && e->os != ENOTDIR && e->os != EISDIR)
		return false;
	return err_hint(e, "%s", wanted);
}

const char *hint_of(const struct err *e)
{
	for (size_t i = 0; e->os && i < ARRAY_LEN(answers); i++)
		if (answers[i].os == e->os)
			return answers[i].hint;
	switch (e->kind) {
	case ERR_FORMAT:
		return "it is damaged or something else than was meant: correct it, or get it again";
	case ERR_LIMIT:
		return "nothing that is known needs that much: look whether this is what you meant";
	case ERR_SIGNATURE:
		return "do not use it: get it again, from somebody whose key you know";
	case ERR_MISMATCH:
		return "one of the two was changed since: make it again, or get it again";
	case ERR_NOTFOUND:
		return "look whether the name is right, and whether what should be there was made";
	case ERR_IO:
		return "try again; if it stays so, look what the machine says of it (journal, dmesg)";
	case ERR_USAGE:
		return "assay --help lists the verbs, and --help of each what it takes";
	case ERR_NONE:
	case ERR_INTERNAL:
		break;
	}
	return "this is a mistake in assay: tell those who make it, with the command and this line";
}
