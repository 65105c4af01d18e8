/*
 * A witness over HTTP: POST /add-checkpoint, and GET /HEX/checkpoint with what it cosigned last of a log, HEX being the
 * SHA-256 of the log's origin. Nothing else, and one request at a time: that is what makes checking and keeping one step.
 */
#ifndef ASSAY_WITNESS_WITNESS_HTTP_H
#define ASSAY_WITNESS_WITNESS_HTTP_H

#include "witness/witness.h"

struct witness_http {
	const struct witness *witness;
	const char *address;  /* numeric */
	uint16_t port;        /* 0: a free one */
	int64_t (*now)(void); /* seconds since the epoch */
	/* Told the port once it answers; may be NULL. */
	void (*ready)(void *arg, uint16_t port);
	void *ready_arg;
};

/* Returns after SIGINT or SIGTERM. Fails: IO. */
bool witness_http_run(const struct witness_http *h, struct err *e) MUST_CHECK;

#endif
