/*
 * A root of the box's own: a copy in memory of a tree's files with their modes and owners, writable, that dies with the
 * box. What has become of it is written down when the commands are done (box_listing.h).
 */
#ifndef ASSAY_BOX_BOX_ROOT_H
#define ASSAY_BOX_BOX_ROOT_H

#include "box/box.h"

enum { BOX_ROOT_DEPTH_MAX = 128, BOX_ROOT_ENTRIES_MAX = 1000000 };

/*
 * Copies all of job->whole_root, whose contents stand in the folder sysroot, into the working folder, a fresh file system.
 * Devices are left out: nobody may make them in a user namespace. Fails: IO.
 */
bool box_root_fill(const struct box_job *job, int sysroot, struct err *e) MUST_CHECK;

/*
 * Writes list and data of the root "/" into the folder out. What is mounted on the root is not looked at, sockets and
 * devices are left out, names of one inode are files of their own. Nothing may run in the box any more. Fails: LIMIT
 * (more than size_max bytes in all files, holes counted), IO.
 */
bool box_root_save(int out, uint64_t size_max, struct err *e) MUST_CHECK;

#endif
