#include "log/log_source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "net/http.h"
#include "net/url.h"
#include "sys/file.h"
#include "base/banned.h"

bool log_source_open(struct log_source *ret, const char *place, struct err *e)
{
	struct log_source s = { -1, NULL };

	if (str_starts(str_of(place), "http://") || str_starts(str_of(place), "https://")) {
		if (!url_of_base(&s.base, str_of(place), e))
			return false;
		*ret = s;
		return true;
	}
	if (strstr(place, "://")) {
		err_set(e, ERR_USAGE, "'%s' is no place of a log", place);
		return err_hint(e, "give a folder, http://HOST/PATH or https://HOST/PATH");
	}
	s.folder = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s.folder < 0) {
		bool missing = errno == ENOENT;

		err_os(e, "cannot open the log '%s'", place);
		if (missing)
			e->kind = ERR_NOTFOUND;
		return false;
	}
	s.base = mem_string(str_of(place));
	*ret = s;
	return true;
}

void log_source_done(struct log_source *s)
{
	file_closep(&s->folder);
	free(s->base);
	s->base = NULL;
}

static bool read_url(
	const struct log_source *s, const char *path, size_t max, struct buf *out, struct err *e)
{
	CLEANUP(buf_done) struct buf body = { 0 };
	CLEANUP(mem_free) char *url = NULL;
	long status;

	if (!url_join(&url, s->base, str_of(path), e) ||
		!http_get(url, max, LOG_SOURCE_TIMEOUT_S, &status, &body, e))
		return false;
	if (status == 404 || status == 410)
		return err_set(e, ERR_NOTFOUND, "'%s' is not there", url);
	if (status != 200)
		return err_set(e, ERR_IO, "'%s' answered with status %ld", url, status);
	*out = body;
	body = (struct buf){ 0 };
	return true;
}

bool log_source_read(
	const struct log_source *s, const char *path, size_t max, struct buf *out, struct err *e)
{
	return s->folder < 0 ? read_url(s, path, max, out, e)
			     : file_read(s->folder, path, max, out, e);
}
