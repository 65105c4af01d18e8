/*
 * What follows from something else, and why: the one table of what is derived. A comparison marks a leaf with a rule; when
 * the walk is over, a marked leaf is derived if in the scope of its rule something differs that comes before it in the table.
 * Where nothing does, the leaf is what it is: a difference without an explanation, and reported like any other.
 */
#ifndef ASSAY_DIFF_DIFF_RULES_H
#define ASSAY_DIFF_DIFF_RULES_H

/* In the order in which they are decided: each may follow from those before it, never from those behind it. */
enum diff_rule {
	DIFF_RULE_NONE,
	DIFF_RULE_HASH_TREE,  /* dm-verity */
	DIFF_RULE_ROOT_HASH,  /* in a command line */
	DIFF_RULE_BUILD_ID,   /* .note.gnu.build-id */
	DIFF_RULE_DEBUG_LINK, /* CRC of .gnu_debuglink */
	DIFF_RULE_IDENTIFIER, /* UUID made from content */
	DIFF_RULE_GUID,       /* of a partition, from the root hash or the content */
	DIFF_RULE_SIZE,       /* sizes and places in a header or table */
	DIFF_RULE_NUMBERS,    /* inode numbers */
	DIFF_RULE_CHECKSUM,   /* of a superblock, header or member */
	DIFF_RULE_TABLE_CRC,  /* GPT */
	DIFF_RULE_SIGNATURE,  /* Authenticode, .pcrsig */
	DIFF_RULE_DOCUMENT,   /* manifest, reference values, SBOM of a build */
	DIFF_RULE_COPY,       /* the same pair of contents elsewhere */
	DIFF_RULE_NOT_READ,   /* contents that nobody compared */
	DIFF_RULES,
};

struct diff_walk;

/* After the walk: decides which marked leaves are derived, and says why. */
void diff_rules_decide(struct diff_walk *w);

#endif
