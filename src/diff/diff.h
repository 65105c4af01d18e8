/*
 * What differs between two images, folders or files, named at the deepest layer that can be read: partition, file system,
 * path, section, line. Files are foreign and hostile; they are mapped, never copied whole, and what is equal is not read
 * a second time.
 *
 * A difference is a leaf: the way down to it, what kind of difference it is, and the bytes around it. A leaf that only
 * follows from another one (a hash tree, a checksum, a signature) is marked derived, and never named as a cause; one that
 * would follow but has nothing to follow from is not derived.
 */
#ifndef ASSAY_DIFF_DIFF_H
#define ASSAY_DIFF_DIFF_H

#include "appraise/platform.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

enum {
	DIFF_DEPTH_MAX =
		16, /* places on the way to a leaf; what lies deeper is compared as bytes */
	DIFF_WINDOW_MAX = 4096,     /* bytes of each side that a leaf shows */
	DIFF_LEAVES_MAX = 20000,    /* leaves that a report holds; more are only counted */
	DIFF_ARENA_MAX = 512 << 20, /* enough for a full report */
};

enum diff_kind {
	DIFF_BYTES,  /* other bytes; a, b: those around the first difference */
	DIFF_TEXT,   /* other lines; a, b: whole lines, without those that both have */
	DIFF_ONLY_A, /* only A has it; a: its first bytes where it is a file */
	DIFF_ONLY_B,
	DIFF_TYPE,  /* a file here, a folder there; a, b: words */
	DIFF_MODE,  /* a, b: octal */
	DIFF_OWNER, /* a, b: UID:GID */
	DIFF_TIME,  /* a, b: seconds since 1970, with .nanoseconds where a format has them */
	DIFF_XATTR, /* a, b: the value; the last place names it */
	DIFF_LINK, /* a, b: targets of a symbolic link, device numbers, or the first name of a hard link */
	DIFF_FIELD, /* a named field of a header; a, b: its value in words */
	DIFF_ORDER, /* the same members in another order; a, b: the first name that stands elsewhere */
	DIFF_KINDS,
};

struct diff_leaf {
	/* The way down: "disk.img", "partition 2 (root)", "EROFS", "usr/bin/x", "ELF .comment"; not escaped. */
	const struct str *where;
	size_t n_where;
	enum diff_kind kind;
	bool derived;
	struct str why; /* derived: the rule's reason, for people; else empty */
	/* What a change here moves: "PCR 4, 11"; empty where no image measures it or nothing is known. */
	struct str registers;
	uint32_t pcrs, pcrs_may; /* the same as bits: bit n is PCR n; none is in both */
	uint64_t at_a,
		at_b; /* of the first difference in the bytes of the innermost place; TEXT: line, from 1 */
	struct span a, b; /* at most options.window bytes each; BYTES: from lead bytes before it */
	size_t lead;
	uint64_t size_a, size_b; /* bytes of the innermost place */
	uint64_t
		n_bytes; /* BYTES: how many of those that both have differ; TEXT: lines of this hunk */
};

/* A register of two builds' reference values, or of what the layers reach. */
struct diff_register {
	struct str shape;            /* "qemu-vtpm"; empty for a foreign image */
	enum platform_kind platform; /* TPM for a foreign image */
	uint32_t pcr;                /* its number, see appraise/platform.h */
	bool moves; /* the values differ; of a foreign image: would, by the rules of shape_moves.h */
	bool known; /* false: may, or nothing computes it */
	struct str
		by; /* the layer that moves it, "disk.img > partition 1 (esp) > ... > UKI .cmdline"; may be empty */
};

struct diff_report {
	bool equal;
	/* Causes first, then what is derived; within both the deepest first, then in the order of the walk. */
	const struct diff_leaf *leaves;
	size_t n_leaves, n_causes;
	size_t n_more; /* leaves beyond DIFF_LEAVES_MAX */
	const struct diff_register *registers;
	size_t n_registers;
	bool measured; /* registers come from two builds' reference values */
	bool image; /* something of a machine's start differs, whether or not it is known what measures it */
};

struct diff_options {
	size_t window;     /* bytes of each side in a leaf; 0: DIFF_WINDOW_MAX */
	bool no_disk_meta; /* of folders of the disk: modes, owners and times mean nothing */
	bool disk_times;   /* of folders of the disk: times mean something, too */
};

/*
 * A and B: a file or folder each. *ret and all in it come from the arena. Fails: NOTFOUND, IO, LIMIT. What a format
 * promises and does not keep is no error: such bytes are compared as bytes.
 */
bool diff_paths(struct diff_report *ret, const char *a, const char *b,
	const struct diff_options *options, struct arena *arena, struct err *e) MUST_CHECK;

/* "bytes", "text", "only-a", ... */
const char *diff_kind_name(enum diff_kind kind);

#endif
