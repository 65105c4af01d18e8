/*
 * platforms: in assay.yaml: the shapes (share/platforms) whose values a build writes, as they are or with other settings. A
 * setting with several values gives a shape for each; several such give all combinations.
 *
 *   platforms:
 *     - qemu-vtpm
 *     - {shape: qemu-snp, name: snp, firmware: {component: amdsev, file: OVMF.fd}, vcpus: ["1", "2", "4"]}
 */
#ifndef ASSAY_LOCK_DESCRIPTION_PLATFORMS_H
#define ASSAY_LOCK_DESCRIPTION_PLATFORMS_H

#include "codec/json.h"
#include "lock/description.h"

enum { DESCRIPTION_PLATFORMS_MAX = 64 };

/* Takes the member of top, if it is there. FORMAT with line, LIMIT, NOTFOUND for a shape that there is not. */
bool description_platforms_parse(
	struct description *d, const struct json *top, struct arena *a, struct err *e) MUST_CHECK;

#endif
