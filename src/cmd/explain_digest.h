/*
 * assay explain --digest: which inputs would give a launch digest? Searched among the firmware images given, those of an
 * image's folder and those of the store.
 */
#ifndef ASSAY_CMD_EXPLAIN_DIGEST_H
#define ASSAY_CMD_EXPLAIN_DIGEST_H

#include "cmd/verb.h"

/* Rows of the verb's option table that are for this. */
#define EXPLAIN_DIGEST_OPTIONS                                                                  \
	{ "--digest", "HEX", "not a bundle: which inputs give this digest?", false },           \
		{ "--firmware", "FILE", "with --digest: firmware to be tried", true },          \
		{ "--kernel", "FILE", "with --digest: kernel whose hash may be in it", false }, \
		{ "--initrd", "FILE", "its initrd", false },                                    \
		{ "--append", "STR", "its command line", false },                               \
	{                                                                                       \
		"--store", "DIR", "with --digest: the store, whose firmware is tried", false    \
	}

/* The argument, where there is one, is the folder of an image. *code is VERB_NO where nothing gives the digest. */
bool explain_digest(const struct verb_args *args, int *code, struct err *e) MUST_CHECK;

#endif
