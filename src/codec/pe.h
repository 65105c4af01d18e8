/*
 * Portable Executable files as EFI loads them: sections, certificate table and the Authenticode hash that firmware
 * measures (Microsoft PE/COFF specification; hash as EDK2 makes it: in the order of the file, not padded to 8 bytes).
 *
 * Strict: PE32 and PE32+ only, every header, section and table lies within the file, raw data of two sections never
 * overlaps and never reaches into the headers, a certificate table is the end of the file. Nothing is loaded or relocated.
 */
#ifndef ASSAY_CODEC_PE_H
#define ASSAY_CODEC_PE_H

#include "base/digest.h"
#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

enum { PE_SECTIONS_MAX = 96, PE_DIRECTORIES_MAX = 16 };

struct pe_section {
	struct str name;       /* 1 to 8 characters without NUL, borrowed from the file */
	uint32_t virtual_size; /* bytes in memory; the raw data is often padded beyond them */
	uint32_t virtual_address;
	size_t at;        /* of data in the file */
	struct span data; /* raw data in the file, borrowed; empty where the section has none */
};

struct pe {
	struct span file;
	bool plus;              /* PE32+ */
	size_t headers_size;    /* SizeOfHeaders */
	size_t checksum_at;     /* of the 4-byte CheckSum */
	size_t certificates_at; /* of the 8-byte data directory entry; 0 where the file has none */
	size_t certificates_size; /* bytes of the certificate table at the end of the file */
	struct pe_section sections[PE_SECTIONS_MAX]; /* in the order of the section table */
	size_t n_sections;
};

/* *ret borrows file. Fails: FORMAT with the offset, LIMIT above PE_SECTIONS_MAX or PE_DIRECTORIES_MAX. */
bool pe_parse(struct pe *ret, struct span file, struct err *e) MUST_CHECK;

/* The first section of this name, or NULL. */
const struct pe_section *pe_section(const struct pe *pe, const char *name);

/* The VirtualSize bytes that a loaded image shows. FORMAT when the file holds fewer (the rest would be zeroes). */
bool pe_section_bytes(struct span *ret, const struct pe_section *section, struct err *e) MUST_CHECK;

/*
 * Authenticode hash of a file that pe_parse took: the headers without CheckSum and certificate entry, raw data of the
 * sections in the order of the file, what follows up to the certificate table.
 */
struct digest pe_authenticode_of(const struct pe *pe, enum digest_alg alg);
/* The same from bytes; fails as pe_parse. */
bool pe_authenticode(
	struct digest *ret, struct span file, enum digest_alg alg, struct err *e) MUST_CHECK;

#endif
