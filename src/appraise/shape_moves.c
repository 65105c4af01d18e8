#include "appraise/shape_moves.h"

#include "base/banned.h"

#define PCR(n) (1u << (n))
#define UKI (PCR(4) | PCR(5))

static const struct {
	const char *name;
	struct shape_moves moves;
} parts[SHAPE_PARTS] = {
	[SHAPE_FIRMWARE] = { "firmware", { PCR(0), PCR(7) } },
	[SHAPE_FIRMWARE_VARIABLES] = { "firmware variables", { 0, PCR(7) } },
	[SHAPE_BOOT_LOADER] = { "boot loader", { UKI, PCR(9) | PCR(11) } },
	[SHAPE_KERNEL] = { "kernel", { UKI | PCR(11), 0 } },
	[SHAPE_INITRD] = { "initrd", { UKI | PCR(9) | PCR(11), 0 } },
	[SHAPE_COMMAND_LINE] = { "command line", { UKI | PCR(9) | PCR(11), 0 } },
	[SHAPE_ROOT] = { "root file system", { UKI | PCR(9) | PCR(11), 0 } },
};

struct shape_moves shape_moves_of(enum shape_part part)
{
	return parts[part].moves;
}

void shape_moves_add(struct shape_moves *m, enum shape_part part, bool sure)
{
	const struct shape_moves *p = &parts[part].moves;

	m->will |= sure ? p->will : 0;
	m->may |= p->may | p->will;
	m->may &= ~m->will;
}

const char *shape_moves_part_name(enum shape_part part)
{
	return parts[part].name;
}
