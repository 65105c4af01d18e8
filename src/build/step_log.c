#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/step_log.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/banned.h"

enum { TAIL_MAX = 16384, NAME_HEX = 16, UNDECLARED_MAX = 65536, UNDECLARED_SHOWN = 5 };

void step_log_tail(struct buf *ret, int fd)
{
	struct stat st;
	char text[TAIL_MAX];
	uint64_t from;
	ssize_t n;
	size_t start, lines = 0;

	if (fstat(fd, &st) < 0)
		return;
	from = (uint64_t)st.st_size > sizeof text ? (uint64_t)st.st_size - sizeof text : 0;
	n = pread(fd, text, sizeof text, (off_t)from);
	if (n <= 0)
		return;
	for (start = (size_t)n; start > 0; start--)
		if (text[start - 1] == '\n' && start < (size_t)n && ++lines == STEP_LOG_LINES)
			break;
	*ret = buf_init(TAIL_MAX);
	buf_add(ret, text + start, (size_t)n - start);
}

void step_log_keep(char ret[static STEP_LOG_PATH_MAX], const struct store *s, const char *path,
	struct str name, const uint8_t derivation[static SHA256_SIZE])
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, derivation, SHA256_SIZE);
	if (snprintf(ret, STEP_LOG_PATH_MAX, "%s/logs/%.*s-%.*s", store_path(s), STR_ARG(name),
		    NAME_HEX, hex) >= STEP_LOG_PATH_MAX ||
		rename(path, ret) < 0)
		ret[0] = 0;
}

void step_log_undeclared(struct buf *lines, const struct box_result *r, const struct store *s,
	const char *path, struct str name, const uint8_t derivation[static SHA256_SIZE])
{
	char kept[STEP_LOG_PATH_MAX];

	if (!r->n_notes)
		return;
	if (!lines->max)
		*lines = buf_init(UNDECLARED_MAX);
	for (size_t i = 0; i < r->n_notes && i < UNDECLARED_SHOWN && i < BOX_NOTES_MAX; i++)
		buf_printf(lines, "undeclared input of %.*s: %s\n", STR_ARG(name), r->notes[i]);
	if (r->n_notes > UNDECLARED_SHOWN)
		buf_printf(lines, "  and %zu more\n", r->n_notes - UNDECLARED_SHOWN);
	step_log_keep(kept, s, path, name, derivation);
	if (kept[0])
		buf_printf(lines, "  all that it printed is in '%s'\n", kept);
}
