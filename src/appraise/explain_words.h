/*
 * What an event of a log says, as far as its digest proves it. Text comes out in printable ASCII, other characters as '?'.
 */
#ifndef ASSAY_APPRAISE_EXPLAIN_WORDS_H
#define ASSAY_APPRAISE_EXPLAIN_WORDS_H

#include "evidence/event_log.h"

enum { EXPLAIN_WORDS_MAX = 600 }; /* characters; longer text is cut and ends in "..." */

/* Empty when the event holds no such thing, or its digest is not that of the text. Borrowed from a; p NULL: a is full. */

/* The data of an action or of the firmware's version: ASCII or UTF-16, hashed as it stands. */
struct str explain_words_text(
	const struct event_log *log, const struct event_log_event *ev, struct arena *a);
/* Name of a UKI section: logged in UTF-16, hashed in ASCII with NUL. */
struct str explain_words_section(
	const struct event_log *log, const struct event_log_event *ev, struct arena *a);
/* A string that systemd-stub measures: logged in UTF-16 with NUL, hashed with or without it. */
struct str explain_words_string(
	const struct event_log *log, const struct event_log_event *ev, struct arena *a);
/* A firmware variable: "SecureBoot = 01 (1 byte)". */
struct str explain_words_variable(
	const struct event_log *log, const struct event_log_event *ev, struct arena *a);
/* Such an event as the firmware measures where Secure Boot is on: the variable SecureBoot (EFI global), 01. */
bool explain_words_secure_boot_on(const struct event_log *log, const struct event_log_event *ev);
/* A partition table: "disk 11111111-2222-..., 3 partitions, 195 MiB". */
struct str explain_words_partitions(
	const struct event_log *log, const struct event_log_event *ev, struct arena *a);
/* Device path of a program: "Pci(2.0)\EFI\BOOT\BOOTX64.EFI". The digest is the program's: the path is NOT measured, and never proven. */
struct str explain_words_path(const struct event_log_event *ev, struct arena *a);

#endif
