/*
 * The Release file of a suite (deb822(5), https://wiki.debian.org/DebianRepository/Format): what it calls itself, when it
 * was made, and size and SHA-256 of every index. It parses and decides nothing about signatures: see inrelease.h.
 */
#ifndef ASSAY_LOCK_RELEASE_H
#define ASSAY_LOCK_RELEASE_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"

enum { RELEASE_SIZE_MAX = 16 << 20, RELEASE_FILES_MAX = 100000 };

struct release_file {
	struct str path; /* below dists/SUITE: "main/binary-amd64/Packages.xz" */
	uint64_t size;
	uint8_t sha256[SHA256_SIZE];
};

struct release {
	struct str suite, codename;
	int64_t date_unix;
	int64_t valid_until_unix;         /* 0: without end */
	bool by_hash;                     /* Acquire-By-Hash: yes */
	const struct release_file *files; /* of the SHA256 section, in its order */
	size_t n_files;
};

/* Strings borrow the text, lists are the arena's. Fails FORMAT, LIMIT. */
bool release_parse(
	struct release *ret, struct span text, struct arena *a, struct err *e) MUST_CHECK;
/* NULL when the SHA256 section has no such path. */
const struct release_file *release_find(const struct release *r, struct str path);
/* Whether the Release calls itself by this name, as Suite or as Codename. MISMATCH that says what it is instead. */
bool release_is(const struct release *r, struct str suite, struct err *e) MUST_CHECK;

/* The date of RFC 5322 as archives write it: "Sat, 21 Nov 2026 09:15:44 UTC" (or GMT, or +0000), 1970 to 9999. */
bool release_date(struct str text, int64_t *ret_unix, struct err *e) MUST_CHECK;

#endif
