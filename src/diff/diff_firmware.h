/* Whether bytes are a firmware's flash (UEFI Platform Initialization 1.8, volume 3: firmware volumes), and of which kind. */
#ifndef ASSAY_DIFF_DIFF_FIRMWARE_H
#define ASSAY_DIFF_DIFF_FIRMWARE_H

#include "diff/diff_walk.h"

/* DIFF_REACH_FIRMWARE, DIFF_REACH_FIRMWARE_VARIABLES, or DIFF_REACH_NONE for anything else. */
enum diff_reach diff_firmware_reach(struct span s);

#endif
