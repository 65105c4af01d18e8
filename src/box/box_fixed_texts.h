/*
 * The files of /proc and /sys that tell of the machine, as the box has them: the same text on every machine, following
 * from the view alone. Where a channel is released, the machine's own is shown instead.
 */
#ifndef ASSAY_BOX_BOX_FIXED_TEXTS_H
#define ASSAY_BOX_BOX_FIXED_TEXTS_H

#include "base/buf.h"
#include "box/box_view.h"

enum { BOX_FIXED_TEXT_MAX = 4 << 20 };

struct box_fixed_text {
	const char *at; /* below /, "proc/cpuinfo" */
	enum box_channel channel;
	const char *text; /* NULL: `write` makes it */
	void (*write)(struct buf *out, const struct box_view *v);
};

/* Files that lie directly in /proc; each covers the kernel's. */
extern const struct box_fixed_text box_fixed_proc[];
/* All that there is in /proc/sys; parents before children. `at` is below proc/sys. */
extern const struct box_fixed_text box_fixed_settings[];
/* What each process has in /proc/PID, by name: the answer to an open of proc/PID/NAME. `at` is the name. */
extern const struct box_fixed_text box_fixed_process[];
/* All that there is in /sys but the folders of single processors. `at` is below sys. Each table ends with at == NULL. */
extern const struct box_fixed_text box_fixed_sys_files[];

/* Initialises out. */
void box_fixed_write(const struct box_fixed_text *f, const struct box_view *v, struct buf *out);

/* Has a file or folder directly in /proc this name, in the box? Numbers of processes aside. */
bool box_fixed_in_proc(struct str name);

/* A text like 01234567-89ab-4cde-8f01-23456789abcd with a line's end, from 16 bytes. */
enum { BOX_UUID_SIZE = 37 };
void box_fixed_uuid(char out[static BOX_UUID_SIZE + 1], const uint8_t bytes[static 16]);

#endif
