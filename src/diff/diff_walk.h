/*
 * The walk through two things at once: where it stands, what it holds in its hands, and the leaves that it has found.
 * Inside of src/diff only; what a format's comparison (diff_members.c, diff_pe.c, ...) is given and calls.
 */
#ifndef ASSAY_DIFF_DIFF_WALK_H
#define ASSAY_DIFF_DIFF_WALK_H

#include "diff/diff.h"
#include "diff/diff_bytes.h"
#include "diff/diff_rules.h"

enum { DIFF_PAIRS_MAX = 256 };
/* What decompressed contents may take as long as the walk lasts, beyond the one in hand. */
#define DIFF_KEPT_MAX (UINT64_C(1) << 30)

/* What of a machine's start reads the bytes here, as far as the walk can tell. */
enum diff_reach {
	DIFF_REACH_NONE,
	DIFF_REACH_TABLE,       /* the partition table */
	DIFF_REACH_BOOT_FILE,   /* an EFI program that firmware may start */
	DIFF_REACH_BOOT_LOADER, /* these four: sections of a UKI */
	DIFF_REACH_KERNEL,
	DIFF_REACH_INITRD,
	DIFF_REACH_COMMAND_LINE,
	DIFF_REACH_SECTION, /* any other section that a stub measures */
	DIFF_REACH_ROOT,    /* a file system whose root hash may stand in a command line */
	DIFF_REACH_FIRMWARE,
	DIFF_REACH_FIRMWARE_VARIABLES,
};

struct diff_place {
	struct str name;
	enum diff_reach reach;
	size_t first;  /* number of leaves when it was entered */
	size_t n_more; /* and of those that were only counted */
	int scope;     /* its number in scopes, -1 until a leaf needs it */
};

/* What a leaf of a rule may follow from: the leaves first .. end, and `lost` that were only counted. */
struct diff_scope {
	size_t first, end, lost;
};

/* What the walk knows of a leaf beside the report. */
struct diff_mark {
	enum diff_rule rule;
	int scope;
	enum diff_reach reach;
};

/* A pair of contents that was looked into: met again, it is a copy. */
struct diff_seen {
	struct span a, b;
	struct str where;
};

struct diff_walk {
	struct arena *arena;
	struct diff_options options;
	struct diff_place places[DIFF_DEPTH_MAX + 1]; /* the way down to here; 0 is the whole */
	size_t depth;                                 /* of the innermost */
	const struct str *kept_way; /* a copy of the way in the arena, while it holds */
	struct diff_leaf *leaves;
	struct diff_mark *marks; /* of each leaf */
	size_t n_leaves, room, n_more;
	bool full; /* the arena is */
	struct diff_scope *scopes;
	size_t n_scopes, room_scopes;
	struct diff_seen seen[DIFF_PAIRS_MAX];
	size_t n_seen;
	struct diff_bytes kept[2 * DIFF_PAIRS_MAX]; /* contents that `seen` points into */
	size_t n_kept;
	uint64_t kept_size; /* of those that are no mapped file of the user */
	unsigned fleeting;  /* in contents that will go */
	bool own; /* two builds of assay: identifiers in the partition table follow from contents */
	/* Of the command lines met: the root hashes in hex, where they have one. */
	struct str root_hash[2];
};

void diff_walk_init(struct diff_walk *w, const struct diff_options *options, struct arena *arena);
void diff_walk_done(struct diff_walk *w);
/* Nothing more will be added. */
void diff_walk_end(struct diff_walk *w);

/* One place deeper; place must live until diff_walk_leave. False at DIFF_DEPTH_MAX: compare as bytes. */
bool diff_walk_enter(struct diff_walk *w, struct str place) MUST_CHECK;
void diff_walk_leave(struct diff_walk *w);
/* From here on, until the place is left. */
void diff_walk_reach(struct diff_walk *w, enum diff_reach reach);
enum diff_reach diff_walk_reached(const struct diff_walk *w);
/* Leaves found since the innermost place was entered, with those only counted. */
bool diff_walk_found(const struct diff_walk *w);

/* Adds a leaf here; where is filled in, a and b are copied and cut to the window. */
void diff_walk_add(struct diff_walk *w, const struct diff_leaf *leaf);
/*
 * The same for what a rule explains when something else differs in the place `up` levels above the innermost one (0: here;
 * more than there are: anywhere).
 */
void diff_walk_add_ruled(
	struct diff_walk *w, const struct diff_leaf *leaf, enum diff_rule rule, size_t up);
/* A leaf of this kind whose sides are words. */
void diff_walk_words(struct diff_walk *w, enum diff_kind kind, struct str a, struct str b);
/* A leaf with the words one place deeper, a named field; rule and up as above, up counted from the field's owner. */
void diff_walk_field(struct diff_walk *w, const char *name, struct str a, struct str b,
	enum diff_rule rule, size_t up);

/*
 * Whether this very pair was looked into before; then a leaf that says where is added. Else it is noted for the next time,
 * under the place where the walk stands, unless it is small or its bytes will go.
 */
bool diff_walk_seen(struct diff_walk *w, struct span a, struct span b);
/* Takes over what must stay for diff_walk_seen, if there is room; else *b stays the caller's. True when taken. */
bool diff_walk_keep(struct diff_walk *w, struct diff_bytes *b, bool inflated);
/* " > " between the places of a way, in the arena. */
struct str diff_walk_way(struct diff_walk *w);

#endif
