#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/source_debian.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/mem.h"
#include "build/source_folder.h"
#include "build/source_unpack.h"
#include "sys/file.h"
#include "base/banned.h"

const char SOURCE_DEBIAN_PATCH[] =
	"set -e\n"
	"series=debian/patches/debian.series\n"
	"[ -e \"$series\" ] || series=debian/patches/series\n"
	"[ -e \"$series\" ] || exit 0\n"
	"mkdir .pc\n"
	"echo 2 >.pc/.version\n"
	"echo debian/patches >.pc/.quilt_patches\n"
	"echo \"${series##*/}\" >.pc/.quilt_series\n"
	"while read -r name rest || [ -n \"$name\" ]; do\n"
	"	case $name in '' | '#'*) continue ;; esac\n"
	"	patch -t -F 0 -N -p1 -u -V never -E -b -B \".pc/$name/\" --reject-file=- -i \"debian/patches/$name\"\n"
	"	echo \"$name\" >>.pc/applied-patches\n"
	"done <\"$series\"\n";

enum part {
	PART_NONE,
	PART_DSC,
	PART_SIGNATURE,
	PART_ORIG,
	PART_MORE,
	PART_DEBIAN,
	PART_NATIVE,
	PART_DIFF
};

bool source_debian_has_patches(const struct lock_source *src)
{
	return str_is(src->format, "3.0 (quilt)");
}

/* "orig" of NAME_VERSION.orig.tar.xz, which is the name from the first '.' that stands before "tar"; *more: of orig-MORE. */
static enum part part_of(struct str name, struct str *more)
{
	struct str stem = name, kind;
	size_t at, start;

	if (str_ends(name, ".dsc"))
		return PART_DSC;
	if (str_ends(name, ".asc"))
		return PART_SIGNATURE;
	if (str_ends(name, ".diff.gz"))
		return PART_DIFF;
	for (at = name.n; at > 5; at--)
		if (memcmp(name.p + at - 5, ".tar.", 5) == 0)
			break;
	if (at <= 5)
		return PART_NONE;
	stem.n = at - 5;
	for (start = stem.n; start && stem.p[start - 1] != '.' && stem.p[start - 1] != '_'; start--)
		;
	kind = str_make(stem.p + start, stem.n - start);
	if (str_is(kind, "orig"))
		return PART_ORIG;
	if (str_is(kind, "debian"))
		return PART_DEBIAN;
	if (!str_starts(kind, "orig-"))
		return PART_NATIVE;
	*more = str_make(kind.p + 5, kind.n - 5);
	return more->n ? PART_MORE : PART_NONE;
}

static const struct lock_file *find(const struct lock_source *src, enum part wanted, size_t *n)
{
	const struct lock_file *found = NULL;
	struct str more;

	*n = 0;
	for (size_t i = 0; i < src->n_files; i++)
		if (part_of(src->files[i].name, &more) == wanted) {
			found = &src->files[i];
			++*n;
		}
	return found;
}

/* Laying out one source package. */
struct laying {
	const char *tmp;
	const struct lock_source *src;
	const struct store *store;
	int64_t clamp_unix;
};

/* Unpacks the file into the new folder tmp/NAME; at: that, or the one folder in it where `strip` is set and there is one. */
static bool unpack(char at[static PATH_MAX], const struct laying *l, const struct lock_file *f,
	const char *name, bool strip, struct err *e)
{
	CLEANUP(file_closep) int dir = -1;

	if (!source_folder_make(at, l->tmp, name, &dir, e))
		return false;
	if (!source_unpack_object(dir, l->store, f->sha256, l->clamp_unix, e))
		return err_wrap(e, "'%.*s'", STR_ARG(f->name));
	return !strip || source_folder_top(at, false, e);
}

/* from becomes to, in place of what is there. */
static bool put_in_place(const char *from, const char *to, struct err *e)
{
	if (!file_remove_tree(AT_FDCWD, to, e))
		return false;
	return rename(from, to) == 0 || err_os(e, "cannot put '%s' in its place", to);
}

/* orig-MORE.tar becomes the folder MORE of the source. */
static bool add_component(const struct laying *l, const char *source, const struct lock_file *f,
	struct str more, struct err *e)
{
	char from[PATH_MAX], to[PATH_MAX], name[300];

	for (size_t i = 0; i < more.n; i++)
		if (!((more.p[i] >= 'a' && more.p[i] <= 'z') ||
			    (more.p[i] >= 'A' && more.p[i] <= 'Z') ||
			    (more.p[i] >= '0' && more.p[i] <= '9') || more.p[i] == '-'))
			return err_set(e, ERR_FORMAT,
				"'%.*s' is no name of a part of a source package", STR_ARG(more));
	snprintf(name, sizeof name, "more-%.*s", (int)(more.n < 200 ? more.n : 200), more.p);
	if (!unpack(from, l, f, name, true, e))
		return false;
	if (snprintf(to, sizeof to, "%s/%.*s", source, STR_ARG(more)) >= (int)sizeof to)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	return put_in_place(from, to, e);
}

/* debian/ of the last tarball takes the place of what upstream may have. */
static bool add_debian(
	const struct laying *l, const char *source, const struct lock_file *f, struct err *e)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (!unpack(from, l, f, "debian", false, e))
		return false;
	if (!source_folder_top(from, true, e) || !str_ends(str_of(from), "/debian"))
		return err_set(e, ERR_FORMAT, "'%.*s' holds other than a folder 'debian'",
			STR_ARG(f->name));
	if (snprintf(to, sizeof to, "%s/debian", source) >= (int)sizeof to)
		return err_set(e, ERR_LIMIT, "the path of the store is too long");
	return put_in_place(from, to, e);
}

static bool lay_quilt(char at[static PATH_MAX], const struct laying *l, struct err *e)
{
	size_t n_orig, n_debian;
	const struct lock_file *orig = find(l->src, PART_ORIG, &n_orig);
	const struct lock_file *debian = find(l->src, PART_DEBIAN, &n_debian);
	struct str more;

	if (n_orig != 1 || n_debian != 1)
		return err_set(e, ERR_FORMAT,
			"%zu orig and %zu debian tarballs, wanted one of each", n_orig, n_debian);
	if (!unpack(at, l, orig, "orig", true, e))
		return false;
	for (size_t i = 0; i < l->src->n_files; i++)
		if (part_of(l->src->files[i].name, &more) == PART_MORE &&
			!add_component(l, at, &l->src->files[i], more, e))
			return false;
	return add_debian(l, at, debian, e);
}

static bool lay_native(char at[static PATH_MAX], const struct laying *l, struct err *e)
{
	size_t n_native, n_diff;
	const struct lock_file *native = find(l->src, PART_NATIVE, &n_native);

	find(l->src, PART_DIFF, &n_diff);
	if (n_native != 1 || n_diff)
		return err_set(e, ERR_FORMAT, "%zu tarballs%s, wanted one alone", n_native,
			n_diff ? " and a diff" : "");
	return unpack(at, l, native, "native", true, e);
}

/* As dpkg-source does: what is in a diff has no modes. */
static bool settle_rules(const char *at, struct err *e)
{
	CLEANUP(file_closep) int top = open(at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP(file_closep)
	int dir = openat(top, "debian", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	CLEANUP(file_closep)
	int fd = openat(dir, "rules", O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	return fd < 0 || fchmod(fd, 0755) == 0 || err_os(e, "cannot set the mode of debian/rules");
}

bool source_debian_lay(char at[static PATH_MAX], const char *tmp, const struct lock_source *src,
	const struct store *s, int64_t clamp_unix, struct err *e)
{
	const struct laying l = { tmp, src, s, clamp_unix };
	bool quilt = source_debian_has_patches(src);

	if (quilt ? lay_quilt(at, &l, e) : lay_native(at, &l, e))
		return settle_rules(at, e);
	return err_wrap(e, "source package '%.*s' %.*s", STR_ARG(src->name), STR_ARG(src->version));
}
