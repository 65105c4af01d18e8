/*
 * The attester's endpoints over plain HTTP (libevent's evhttp): GET /attest/1/identity and POST /attest/1/evidence, and
 * nothing else. One request at a time; headers, bodies, connections and the life of a connection are bounded.
 */
#ifndef ASSAY_ATTESTER_ATTEST_HTTP_H
#define ASSAY_ATTESTER_ATTEST_HTTP_H

#include <stdint.h>

#include "attester/attester.h"

enum {
	ATTEST_HTTP_HEADERS_MAX = 8 << 10,
	ATTEST_HTTP_CONNECTIONS_MAX = 32,
	ATTEST_HTTP_IDLE_S = 10, /* without a byte */
	ATTEST_HTTP_LIFE_S = 30, /* of a connection in all */
};

struct attest_http;

/* Listens on a numeric address; port 0 takes a free one. a is borrowed. Fails: IO. */
bool attest_http_new(struct attest_http **ret, const struct attester *a, const char *address,
	uint16_t port, struct err *e) MUST_CHECK;
uint16_t attest_http_port(const struct attest_http *h);
/* Serves until SIGINT or SIGTERM. Fails: IO, also when the process that asks the hardware has ended. */
bool attest_http_run(struct attest_http *h, struct err *e) MUST_CHECK;
void attest_http_free(struct attest_http *h);
void attest_http_freep(struct attest_http **h); /* for CLEANUP */

#endif
