/*
 * What `assay init` lays into a new folder: a commented description that works as it stands, the overlay that goes with
 * it, and the sources of what it compiles. The folder needs nothing beside it: not the tool's version, nor its place.
 *
 *   systemd   systemd, a network, the attester
 *   minimal   busybox as init, a network, the attester
 *   service   systemd, and a program of the user's in the folder service/, with a unit of its own
 */
#ifndef ASSAY_TEMPLATE_TEMPLATE_H
#define ASSAY_TEMPLATE_TEMPLATE_H

#include "tree/tree.h"

enum {
	TEMPLATE_PORTS_MAX = 16,
	TEMPLATE_PROGRAM_MAX =
		1 << 30, /* bytes of the user's files together; they are held in memory */
};

enum template_kind { TEMPLATE_SYSTEMD, TEMPLATE_MINIMAL, TEMPLATE_SERVICE };

/* By kind; ends with NULL. */
extern const char *const template_names[];

struct template_request {
	enum template_kind kind;
	const char *name; /* of the image; NULL: the program's, or "machine" */
	/* SERVICE: a static program, or a folder that is laid over the root; one of them. */
	const char *binary, *app;
	/* The program and its arguments: with app, the program's path in it; with binary, its name (NULL: no arguments). */
	const char *exec;
	const char *ports[TEMPLATE_PORTS_MAX]; /* "8000/tcp" */
	size_t n_ports;
};

struct template_made {
	struct tree *tree; /* finished; owned by the caller */
	struct str name;   /* of the image; lives with the tree */
	struct str
		interpreter; /* what a program of `app` asks for to run ("/usr/bin/python3"), or empty */
};

/*
 * Reads the user's program, writes nothing. Fails: USAGE for options that do not belong together and names or ports of
 * another form; FORMAT and MISMATCH for a program that the image could not run; NOTFOUND, LIMIT, IO.
 */
bool template_make(
	struct template_made *ret, const struct template_request *r, struct err *e) MUST_CHECK;

#endif
