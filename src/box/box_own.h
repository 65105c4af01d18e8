/*
 * What the machine itself shows, for channels of the view that are released.
 */
#ifndef ASSAY_BOX_BOX_OWN_H
#define ASSAY_BOX_BOX_OWN_H

#include <limits.h>

#include "box/box.h"

enum { BOX_OWN_NAME = 256 };

struct box_own {
	char host[BOX_OWN_NAME], user[BOX_OWN_NAME], work[PATH_MAX];
};

/*
 * Puts the machine's values into the job's view, which has all defaults, where a channel is released: names of host and
 * user, umask, home, locale, zone, the first pid, the path of the work folder (that of the job's scratch folder
 * on the machine). What is not put here (time, randomness, processors, further variables) is what a step sees when nobody answers for it.
 */
void box_own_show(struct box_job *job, struct box_own *own);

#endif
