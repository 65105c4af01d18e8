/*
 * What the files event_facts*.c share: a list of facts that is being made, and a reader for each kind of event. A reader
 * returns false when the data is not what it should be; then the bytes are shown, and what it has added is taken back.
 */
#ifndef ASSAY_APPRAISE_EVENT_FACTS_INSIDE_H
#define ASSAY_APPRAISE_EVENT_FACTS_INSIDE_H

#include "appraise/event_facts.h"
#include "base/buf.h"
#include "base/rd.h"

struct event_facts_list {
	struct event_facts *out;
	struct arena *a;
	bool failed; /* a is full */
};

typedef bool event_facts_reader(struct event_facts_list *l, struct span data);

/* That the list holds all it can: what is added now is counted among "more". */
bool event_facts_is_full(const struct event_facts_list *l);
/* Numbers and words of ours; text of the log's goes by way of a buffer. */
void event_facts_add(struct event_facts_list *l, const char *name, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* A value made in a buffer of at most EVENT_FACT_SIZE_MAX bytes. */
void event_facts_add_buf(struct event_facts_list *l, const char *name, const struct buf *b);
/* Bytes in hexadecimal, the first of them where there are many. */
void event_facts_add_bytes(struct event_facts_list *l, const char *name, struct span data);
void event_facts_add_guid(struct event_facts_list *l, const char *name, const uint8_t *guid);
/* ASCII, UTF-8 or UTF-16, as it looks; what is none of them comes out as \xNN. */
void event_facts_add_text(struct event_facts_list *l, const char *name, struct span text);
/* At most EVENT_FACT_MAX characters; bytes that are no UTF-8 come out as \xNN. */
void event_facts_utf8(struct buf *b, struct span s);
void event_facts_add_utf16(struct event_facts_list *l, const char *name, struct span text);
/* That this is text and no numbers: printable, perhaps with NULs at its end. */
bool event_facts_is_text(struct span data);

/* UEFI_VARIABLE_DATA, UEFI_IMAGE_LOAD_EVENT, UEFI_GPT_DATA and its second form. */
event_facts_reader event_facts_variable, event_facts_image, event_facts_gpt, event_facts_gpt2;
/* UEFI_HANDOFF_TABLE_POINTERS and its second form, UEFI_PLATFORM_FIRMWARE_BLOB and its second form. */
event_facts_reader event_facts_tables, event_facts_tables2, event_facts_blob, event_facts_blob2;
/* EV_EVENT_TAG, EV_NO_ACTION, EV_PLATFORM_CONFIG_FLAGS, EV_SEPARATOR. */
event_facts_reader event_facts_tagged, event_facts_no_action, event_facts_config,
	event_facts_separator;

/* Contents of a UEFI variable by its name. */
void event_facts_contents(struct event_facts_list *l, struct str name, struct span contents);

/* The parts of UEFI_VARIABLE_DATA, borrowed. */
struct event_facts_variable_parts {
	struct span guid, name, contents;
};
bool event_facts_variable_read(struct event_facts_variable_parts *ret, struct span data) MUST_CHECK;

/* What the event's digests are the hash of, or NULL. */
const char *event_facts_hashed(const struct event_log *log, const struct event_log_event *ev);

#endif
