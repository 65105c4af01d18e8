/*
 * Kernel, stub and firmware in assay.yaml: a tree path of a package, or {component: NAME, file: PATH} for what a component
 * gave, PATH as it lies below its /out.
 */
#ifndef ASSAY_LOCK_DESCRIPTION_FILE_H
#define ASSAY_LOCK_DESCRIPTION_FILE_H

#include "codec/json.h"
#include "lock/description.h"

/* Member `key` of o; an absent one that is not required leaves *ret as it was. FORMAT with line. */
bool description_file_parse(const struct json *o, const char *key, bool required,
	struct file_request *ret, struct err *e) MUST_CHECK;

/*
 * Everything of d is there: components that files are of give them, and packages are named where files are of packages. FORMAT with
 * line.
 */
bool description_file_check(const struct description *d, struct err *e) MUST_CHECK;

#endif
