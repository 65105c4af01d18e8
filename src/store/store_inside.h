/*
 * What the files of the store share: its fields, and the names of places in it. Nobody outside src/store includes this.
 */
#ifndef ASSAY_STORE_STORE_INSIDE_H
#define ASSAY_STORE_STORE_INSIDE_H

#include <pthread.h>
#include <stdatomic.h>

#include "store/store.h"

struct store_object; /* a content source, see store_object.c */

struct store {
	char *path;          /* absolute */
	int fd;              /* of the folder at path */
	int tmp_fd;          /* of our own folder in tmp/; its flock says that we live */
	char *tmp_name;      /* "tmp/PID-N" */
	atomic_uint counter; /* next temporary */
	pthread_mutex_t lock;
	struct store_object *sources; /* list, guarded by lock */
};

/* As store_temp_place, for a file that is at `name` in another folder of the store than our own in tmp/. */
bool store_place(struct store *s, int dir, const char *name, int fd, const char *place,
	struct err *e) MUST_CHECK;
/* Syncs and links the temporary to place unless something is there; *there says so, and then nothing was changed. */
bool store_temp_place_new(struct store *s, const char *name, int fd, const char *place, bool *there,
	struct err *e) MUST_CHECK;
void store_sources_free(struct store_object *list);
/* Takes the seal off the bytes of a result's file; false when they are not what was sealed. */
bool store_result_unseal(struct buf *file);
/* IO from errno; a full disk gets its hint. */
bool store_failed(const struct store *s, struct err *e);

#endif
