/*
 * Which registers move when a part of an image changes: the rules of tpm_pcr.h and disk.h read the other way round, for
 * the shape "qemu-vtpm". Who updates a package wants to know it before anything is built.
 *
 *   part                 PCR  4   5   7   9   11   why
 *   boot loader (stub)        x   x       .   .    its file is in the UKI; what it measures may change with its version
 *   kernel                    x   x           x    a section of the UKI
 *   initrd                    x   x       x   x    a section of the UKI, handed to the kernel
 *   command line              x   x       x   x    a section of the UKI, handed to the kernel
 *   root file system          x   x       x   x    its dm-verity root hash stands in the command line
 *   firmware                          .            and PCR 0; Secure Boot variables differ between releases
 *   firmware variables                .
 *
 * x: will, .: may. PCR 5 goes with every change of the UKI, since the identifiers in the partition table are derived from
 * what the partitions hold. PCR 2, 3, 6 and 12 to 14 are of no image: they hold that nothing else was started.
 */
#ifndef ASSAY_APPRAISE_SHAPE_MOVES_H
#define ASSAY_APPRAISE_SHAPE_MOVES_H

#include <stdbool.h>
#include <stdint.h>

enum shape_part {
	SHAPE_FIRMWARE,
	SHAPE_FIRMWARE_VARIABLES,
	SHAPE_BOOT_LOADER,
	SHAPE_KERNEL,
	SHAPE_INITRD,
	SHAPE_COMMAND_LINE,
	SHAPE_ROOT,
	SHAPE_PARTS,
};

/* Bit n is PCR n; none is in both. */
struct shape_moves {
	uint32_t will, may;
};

struct shape_moves shape_moves_of(enum shape_part part);
/* Adds what moves by a change of `part`; where it is not sure that the part changes, all of it only may. */
void shape_moves_add(struct shape_moves *m, enum shape_part part, bool sure);
/* The words of the coverage table in reference-values.json. */
const char *shape_moves_part_name(enum shape_part part);

#endif
