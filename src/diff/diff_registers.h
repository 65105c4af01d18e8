/*
 * Which registers of a machine's TPM a difference moves: by the layer where it stands (appraise/shape_moves.h), and for two
 * builds of assay by what their reference values say.
 */
#ifndef ASSAY_DIFF_DIFF_REGISTERS_H
#define ASSAY_DIFF_DIFF_REGISTERS_H

#include "diff/diff_walk.h"

/* After diff_rules_decide: fills in registers and pcrs of every leaf. */
void diff_registers_name(struct diff_walk *w);
/*
 * From the leaves of a report, which is otherwise whole: which registers move, and by what. a and b: folders or files that
 * were compared; reference-values.json in both makes it exact. Fails LIMIT.
 */
bool diff_registers_of(struct diff_report *r, const char *a, const char *b, struct arena *arena,
	struct err *e) MUST_CHECK;

#endif
