/*
 * Socket addresses and questions to name servers, as text for a note. The bytes are a program's: hostile.
 */
#ifndef ASSAY_BOX_TRACE_ADDRESS_H
#define ASSAY_BOX_TRACE_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

enum { TRACE_ADDRESS_SIZE = 300 };

enum trace_address_kind {
	TRACE_ADDRESS_OTHER, /* of another family, or too short: the kernel's business */
	TRACE_ADDRESS_LOCAL, /* 127.0.0.0/8, ::1, or "any", which means this machine */
	TRACE_ADDRESS_NAMES, /* port 53 of a local address, where the box's resolv.conf points */
	TRACE_ADDRESS_REMOTE,
};

/* A sockaddr_in or sockaddr_in6; text: "192.0.2.1 port 80", for REMOTE and NAMES. */
enum trace_address_kind trace_address_of(struct span a, char text[static TRACE_ADDRESS_SIZE]);

/*
 * The name that a DNS query (RFC 1035, 4.1) asks for: "deb.example.org", with "?" for what is not printable, and for dots within a
 * label. False when it is none.
 */
bool trace_address_query(struct span message, char text[static TRACE_ADDRESS_SIZE]);

#endif
