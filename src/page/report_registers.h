/*
 * How each register's value of a shape was made: the values, the events that they are folded from, the inputs and the rules.
 */
#ifndef ASSAY_PAGE_REPORT_REGISTERS_H
#define ASSAY_PAGE_REPORT_REGISTERS_H

#include "appraise/reference_values.h"
#include "base/buf.h"

void report_registers_emit(struct buf *to, const struct reference_shape *s);

/* "computed", "observed", "no value", and the class of its badge. */
const char *report_registers_how(enum reference_how how);
const char *report_registers_badge(enum reference_how how);

#endif
