/*
 * Whole files and folders, with the errors a person can act on. Paths are relative to `dir` (AT_FDCWD for the working
 * folder). Nothing here follows a symbolic link in the last component of a path that it writes.
 */
#ifndef ASSAY_SYS_FILE_H
#define ASSAY_SYS_FILE_H

#include <fcntl.h>

#include "base/buf.h"
#include "base/digest.h"
#include "base/err.h"

/* Closes *fd when it is open; for CLEANUP on an int that starts as -1. */
void file_closep(int *fd);

/* Opens for reading, O_CLOEXEC. Fails NOTFOUND when there is none, else IO. Returns the descriptor or -1. */
int file_open(int dir, const char *path, struct err *e) MUST_CHECK;
/* The whole of a regular file, at most max bytes (LIMIT beyond). out is initialised here and owned by the caller. */
bool file_read(int dir, const char *path, size_t max, struct buf *out, struct err *e) MUST_CHECK;
/* The same from a descriptor, from its start; works on files of /proc and /sys too, whose size is not known. */
bool file_read_fd(int fd, const char *name, size_t max, struct buf *out, struct err *e) MUST_CHECK;
/* Temporary in the same folder, fsync, rename, fsync of the folder: after a crash the old or the new file is there. */
bool file_write(
	int dir, const char *path, struct span bytes, mode_t mode, struct err *e) MUST_CHECK;
/*
 * The same without the syncs, which take longer than all else where files are small: after a kill the old or the new file
 * is there, after a power cut perhaps neither. For what can be made again.
 */
bool file_replace(
	int dir, const char *path, struct span bytes, mode_t mode, struct err *e) MUST_CHECK;
/*
 * As file_write, where nothing has that name yet, not even a link: what is there stays as it is (USAGE). The bytes are never in a
 * file of another mode.
 */
bool file_create(
	int dir, const char *path, struct span bytes, mode_t mode, struct err *e) MUST_CHECK;
/*
 * For files that are too large for memory: opens NAME.part in the folder, lets write fill it, and gives it its name; the
 * file appears whole or not at all. Mode 0644.
 */
bool file_make(int folder, const char *name, bool (*write)(void *ctx, int fd, struct err *e),
	void *ctx, struct err *e) MUST_CHECK;
/* This process alone has the open file or folder locked (flock), until it is closed; false when another one has. */
bool file_lock_alone(int fd);
/* Folder and all its parents. */
bool file_mkdirs(int dir, const char *path, struct err *e) MUST_CHECK;
/* All n bytes at offset at, or an error that says how many there were. */
bool file_pread(
	int fd, void *dst, size_t n, uint64_t at, const char *name, struct err *e) MUST_CHECK;
/* Adds the bytes from offset at up to end to the hash. */
bool file_hash(struct hasher *h, int fd, uint64_t at, uint64_t end, const char *name,
	struct err *e) MUST_CHECK;
bool file_pwrite(
	int fd, const void *src, size_t n, uint64_t at, const char *name, struct err *e) MUST_CHECK;
/* Folder and everything below it, without following links; nothing to do when it is not there. */
bool file_remove_tree(int dir, const char *path, struct err *e) MUST_CHECK;
/* Entries of a folder without . and .., in bytewise order; n_ret and names are owned by the caller (file_names_free). */
bool file_names(int dir, const char *path, char ***names, size_t *n, struct err *e) MUST_CHECK;
void file_names_free(char **names, size_t n);

#endif
