/*
 * A program of the user's as the folder service/ of a new description, and the line that starts it.
 */
#ifndef ASSAY_TEMPLATE_TEMPLATE_PROGRAM_H
#define ASSAY_TEMPLATE_TEMPLATE_PROGRAM_H

#include "template/template.h"

struct template_program {
	struct str path; /* in the root: "usr/local/bin/app" */
	struct str
		command; /* path and arguments as ExecStart= takes them (systemd.service(5)), without the first '/' */
	struct str interpreter; /* as in struct template_made */
};

/*
 * Adds the program of r (kind SERVICE) to t. A binary must be static and for x86-64, and becomes
 * service/usr/local/bin/NAME. In a folder, the program must be there and executable. Strings live with t.
 */
bool template_program_add(struct template_program *ret, struct tree *t,
	const struct template_request *r, struct err *e) MUST_CHECK;

#endif
