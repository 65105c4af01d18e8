/*
 * What a logged event says, in words: the variable and its contents, the image and where it came from, the partition table,
 * the action, the tag. These are the log's own words, which nobody has to believe: a register is extended by an event's
 * digest alone. So the last of what is told is what that digest was seen to be the hash of.
 *
 * Total: whatever the bytes are, something comes out (bytes in hexadecimal at the least), in UTF-8 and bounded. Characters
 * that steer a terminal are in it; who prints it makes them harmless (cmd/line.h).
 */
#ifndef ASSAY_APPRAISE_EVENT_FACTS_H
#define ASSAY_APPRAISE_EVENT_FACTS_H

#include "evidence/event_log.h"

enum {
	EVENT_FACTS_MAX = 40,       /* "more" stands for what is beyond */
	EVENT_FACT_MAX = 1000,      /* characters of a text; "..." stands for more */
	EVENT_FACT_SIZE_MAX = 8000, /* bytes of a value */
};

struct event_fact {
	const char *name; /* "variable", "path" */
	struct str value;
};

struct event_facts {
	struct event_fact items[EVENT_FACTS_MAX];
	size_t n;
	/* What the digests are the hash of ("the data"); NULL: of something that the log does not hold, or nothing at all. */
	const char *hashed;
};

/* Values lie in a. LIMIT when a is full. */
bool event_facts(struct event_facts *ret, const struct event_log *log,
	const struct event_log_event *ev, struct arena *a, struct err *e) MUST_CHECK;

#endif
