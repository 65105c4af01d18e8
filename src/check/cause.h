/*
 * Why two builds differ: twelve classes, and how sure it is.
 *
 *   TIME       a clock, or the time of a file          RANDOM     a random number, key, seed, uuid
 *   ORDER      of folders, hash tables, sorting        PARALLEL   which of two was faster, how many there were
 *   PATH       where it was built                      IDENTITY   host, user, home
 *   LOCALE     language, zone                          KERNEL/CPU its version; processors, size of the memory
 *   MEMORY     addresses, process ids                  TOOLCHAIN  another compiler
 *   INPUT      something that was not declared         METADATA   mode, owner, mtime, numbers of files
 *
 * What only follows from another difference (a checksum, a build id, a signature) has no class: it is never a cause.
 *
 * The class is that of the variation which moved the bytes, refined by what they are:
 *
 *   moved by            and the bytes                                   class
 *   schedule, number    the same lines or members in another order      PARALLEL
 *     of processors
 *   anything else       the same lines or members in another order      ORDER
 *   clock, file times   mode, owner or time of a member, with a canary  TIME
 *   user                mode, owner or time of a member, with a canary  IDENTITY
 *   anything            mode, owner or time of a member                 METADATA
 *   processors          the model or the number itself                  KERNEL/CPU
 *   processors          anything else                                   PARALLEL
 *   clock, file-times                                                   TIME
 *   random                                                              RANDOM
 *   addresses, pids                                                     MEMORY
 *   host-name, user, home                                               IDENTITY
 *   umask, file-numbers                                                 METADATA
 *   environment                                                         INPUT
 *   locale, zone                                                        LOCALE
 *   kernel, memory                                                      KERNEL/CPU
 *   file-order, source-order, unpacking                                 ORDER
 *   path                                                                PATH
 *   schedule, priority                                                  PARALLEL
 * The outside of the box counts as its inside does.
 *
 * Two things are no proof. What moves with nothing varied moves in every build: only a canary shows what moved it. And the
 * box's random numbers follow from the path and the arguments of a program, so that whatever varies those moves them:
 * where the random numbers alone move a place, nothing else is named for it without a canary.
 */
#ifndef ASSAY_CHECK_CAUSE_H
#define ASSAY_CHECK_CAUSE_H

#include "check/variation.h"

enum cause_class {
	CAUSE_UNKNOWN,
	CAUSE_TIME,
	CAUSE_RANDOM,
	CAUSE_ORDER,
	CAUSE_PARALLEL,
	CAUSE_PATH,
	CAUSE_IDENTITY,
	CAUSE_LOCALE,
	CAUSE_KERNEL,
	CAUSE_MEMORY,
	CAUSE_TOOLCHAIN,
	CAUSE_INPUT,
	CAUSE_METADATA,
	CAUSE_CLASSES,
};

/* What shows it. The first two prove it, the third makes it a suspicion. */
enum cause_by { CAUSE_BY_NONE, CAUSE_BY_CANARY, CAUSE_BY_BISECTION, CAUSE_BY_CONTENT };

/* What the differing bytes are, as far as it matters here. */
struct cause_bytes {
	bool reordered; /* the same lines or members in another order */
	bool metadata;  /* nothing but mode, owner, time or attributes of a member */
	bool canary;    /* the variation's own value stands there */
};

/* The class of bytes that this variation moved. */
enum cause_class cause_of(enum variation v, const struct cause_bytes *bytes);

/* "TIME", "KERNEL/CPU"; "" for UNKNOWN. */
const char *cause_name(enum cause_class c);
/* "canary", "bisection", "content", "none" */
const char *cause_by_name(enum cause_by by);
/* What a person does about it: one line without a full stop; "" for UNKNOWN. */
const char *cause_remedy(enum cause_class c);

#endif
