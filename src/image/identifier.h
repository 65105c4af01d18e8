/*
 * Identifiers that an image needs (file system, disk, volume) and that must not be random: derived from the
 * digest of what they identify, so that the same content always carries the same names and other content
 * other ones.
 *
 * A UUID here is 16 bytes in the order in which it is written as text (RFC 9562); a writer whose format swaps
 * bytes (GPT) swaps them itself.
 */
#ifndef ASSAY_IMAGE_IDENTIFIER_H
#define ASSAY_IMAGE_IDENTIFIER_H

#include "base/digest.h"

enum { UUID_SIZE = 16, UUID_TEXT_SIZE = 37 };

/*
 * The first 16 bytes of SHA-256("assay/ID-" LABEL 00 digest), with version 8 (RFC 9562 5.8, "custom") and the
 * variant bits set. label is short ASCII: "disk", "erofs".
 */
void identifier_uuid(
	uint8_t ret[static UUID_SIZE], const char *label, const uint8_t digest[static SHA256_SIZE]);
/* The first 4 bytes, little-endian, of the same hash: a FAT volume id; never 0. */
uint32_t identifier_u32(const char *label, const uint8_t digest[static SHA256_SIZE]);
/* 8-4-4-4-12 lower-case hex, terminated. */
void identifier_text(char ret[static UUID_TEXT_SIZE], const uint8_t uuid[static UUID_SIZE]);

#endif
