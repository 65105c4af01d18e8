/*
 * What is measured of an image on one platform: its registers with their values, how each was made, and which register
 * covers which layer.
 */
#ifndef ASSAY_CMD_SHOW_REGISTERS_H
#define ASSAY_CMD_SHOW_REGISTERS_H

#include "appraise/reference_values.h"
#include "codec/json.h"

void show_registers_print(const struct reference_shape *s);
/* One object. */
void show_registers_json(struct json_out *w, const struct reference_shape *s);

#endif
