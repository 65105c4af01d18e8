#include "deb/archive_error.h"

#include "base/banned.h"

const char *archive_error_show(char out[static SHOWN_MAX + 1], struct str s)
{
	size_t n = s.n < SHOWN_MAX ? s.n : SHOWN_MAX;

	for (size_t i = 0; i < n; i++)
		out[i] = s.p[i];
	for (size_t i = 0; i < n; i++)
		if (out[i] < ' ' || out[i] > '~')
			out[i] = '?';
	out[n] = 0;
	return out;
}

bool archive_error(struct archive *a, const struct err *below, struct err *e)
{
	const char *text = archive_error_string(a);
	char shown[SHOWN_MAX + 1];

	if (below && below->kind != ERR_NONE) {
		*e = *below;
		return false;
	}
	return err_set(e, ERR_FORMAT, "%s",
		archive_error_show(shown, str_of(text ? text : "not readable")));
}
