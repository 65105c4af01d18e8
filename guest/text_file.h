/*
 * Small text files of the kernel and of the initrd.
 */
#ifndef ASSAY_GUEST_TEXT_FILE_H
#define ASSAY_GUEST_TEXT_FILE_H

#include <stdbool.h>
#include <stddef.h>

/* The whole file, terminated; false with errno when it cannot be read, ENAMETOOLONG when it does not fit or holds NUL. */
bool text_file_read(const char *path, char *ret, size_t room);
/* The value of the line "KEY=VALUE" in text, copied and terminated; false when there is none or it does not fit. */
bool text_file_value(const char *text, const char *key, char *ret, size_t room);

#endif
