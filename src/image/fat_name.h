/*
 * Names in a FAT folder: the long name in UTF-16 slots before the entry, and the short alias of 8.3
 * upper-case characters that stands in the entry itself and that DOS rules derive from the long one.
 */
#ifndef ASSAY_IMAGE_FAT_NAME_H
#define ASSAY_IMAGE_FAT_NAME_H

#include "base/err.h"
#include "base/str.h"

enum { FAT_NAME_ALIAS_SIZE = 11, FAT_NAME_SLOT_SIZE = 32, FAT_NAME_TAILS_MAX = 99999 };

/*
 * FORMAT unless one component of a path: 1 to 255 printable ASCII characters without " * / : < > ? \ | and
 * final . or blank.
 */
bool fat_name_check(struct str name, struct err *e) MUST_CHECK;
/* Order and equality as FAT sees names: case does not count. */
int fat_name_compare(struct str a, struct str b);
/* True when name, in upper case, is an alias as it stands; fills it, blank padded and without the dot. */
bool fat_name_plain(struct str name, char alias[static FAT_NAME_ALIAS_SIZE]);
/* The alias "BASIS~tail" of a name that is not plain, tail 1 .. FAT_NAME_TAILS_MAX. */
void fat_name_tailed(struct str name, unsigned tail, char alias[static FAT_NAME_ALIAS_SIZE]);
/* How many slots the long name takes: 0 when name is its alias to the letter. */
unsigned fat_name_slots(struct str name);
/* Slot i of fat_name_slots, in the order in which they stand before the entry. */
void fat_name_slot(uint8_t slot[static FAT_NAME_SLOT_SIZE], struct str name, unsigned i,
	const char alias[static FAT_NAME_ALIAS_SIZE]);

#endif
