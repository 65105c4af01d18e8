/*
 * A folder's entries in an order that does not depend on its file system. A listing is read whole when a program starts at
 * the beginning of an open folder, and kept while the program goes through it, so that what it deletes on the way moves
 * nothing. The position in the open folder, which the kernel keeps for it and which programs ask and set, is the
 * listing's number and the index of the next entry.
 */
#ifndef ASSAY_BOX_TRACE_LISTING_H
#define ASSAY_BOX_TRACE_LISTING_H

#include "base/buf.h"
#include "box/box_view.h"

enum {
	TRACE_LISTING_FOLDER_MAX = 32 << 20, /* bytes of one folder's records: about a million */
	TRACE_LISTING_BYTES_MAX = 256 << 20, /* of all listings that are kept ... */
	TRACE_LISTINGS_MAX = 1024,           /* ... and how many they are; the oldest go first */
	TRACE_LISTING_INDEX_BITS = 24,
	TRACE_LISTING_SERIALS =
		1 << 19, /* a position stays below 2^43, which every file system keeps */
};

struct trace_entry {
	uint64_t ino; /* as the kernel has it */
	struct str name;
	uint8_t type; /* DT_REG ... */
};

struct trace_listing {
	uint64_t serial; /* in positions modulo TRACE_LISTING_SERIALS, and never 0 there */
	uint64_t dev;
	struct trace_entry *entries; /* "." and ".." first */
	size_t n;
	struct buf records; /* as the kernel wrote them; the entries' names lie here */
	size_t size;
};

struct trace_listings;

struct trace_listings *trace_listings_new(enum box_order order, uint64_t seed);
/* The entries of an open folder, read from its beginning; NULL with errno. Holds until further ones need the memory. */
struct trace_listing *trace_listings_read(struct trace_listings *all, int fd);
/* The one with this number; NULL when it is no longer there. */
struct trace_listing *trace_listings_find(const struct trace_listings *all, uint64_t serial);
/* Leaves out those entries for which keep says no. */
void trace_listing_filter(struct trace_listing *l, bool (*keep)(struct str name));
/* Puts the entries after the first two into the order; the seed is for BOX_ORDER_SHUFFLED. */
void trace_listing_sort(struct trace_entry *entries, size_t n, enum box_order order, uint64_t seed);

#endif
