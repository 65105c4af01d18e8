/*
 * Partitions, found by the UUID that their partition table gives them. Which disk answers to a UUID is the host's choice;
 * that its bytes are the right ones is dm-verity's.
 */
#ifndef ASSAY_GUEST_BLOCK_H
#define ASSAY_GUEST_BLOCK_H

enum { BLOCK_NUMBER_TEXT = 24 };

/* Waits for the partition, named in messages as `what`; ret is "MAJOR:MINOR". Stops the machine after 30 s. */
void block_wait(char ret[static BLOCK_NUMBER_TEXT], const char *uuid, const char *what);

#endif
