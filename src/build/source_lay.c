#include "build/source_lay.h"

#include "build/component_source.h"
#include "build/source_debian.h"
#include "build/source_folder.h"
#include "build/source_unpack.h"
#include "sys/file.h"
#include "base/banned.h"

static bool settle(const char *at, int64_t clamp_unix, struct err *e)
{
	CLEANUP(file_closep) int dir = open(at, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (dir < 0)
		return err_os(e, "cannot open '%s'", at);
	return source_unpack_settle(dir, clamp_unix, e);
}

static bool lay_folder(
	char at[static PATH_MAX], const char *tmp, const struct component_run *run, struct err *e)
{
	CLEANUP(file_closep) int dir = -1;

	return source_folder_make(at, tmp, "src", &dir, e) &&
	       component_source_lay(dir, run->sources, run->n_sources, run->store,
		       run->source_date_epoch, run->how->backwards, e);
}

static bool lay_archive(
	char at[static PATH_MAX], const char *tmp, const struct component_run *run, struct err *e)
{
	const struct source_request *r = &run->component->source;
	CLEANUP(file_closep) int dir = -1;

	if (!source_folder_make(at, tmp, "src", &dir, e))
		return false;
	if (!source_unpack_object(dir, run->store, r->sha256, run->source_date_epoch, e) ||
		(r->strip && !source_folder_top(at, true, e)))
		return err_wrap(
			e, "the %s", r->kind == SOURCE_GIT ? "tree of the git commit" : "tarball");
	return settle(at, run->source_date_epoch, e);
}

bool source_lay(
	char at[static PATH_MAX], const char *tmp, const struct component_run *run, struct err *e)
{
	switch (run->component->source.kind) {
	case SOURCE_GIT:
	case SOURCE_TARBALL:
		return lay_archive(at, tmp, run, e);
	case SOURCE_DEBIAN:
		return source_debian_lay(
			       at, tmp, run->debian, run->store, run->source_date_epoch, e) &&
		       settle(at, run->source_date_epoch, e);
	default:
		return lay_folder(at, tmp, run, e);
	}
}
