/*
 * A build under way: what its steps share. Components and overlays are taken in (build.c), trees are made of them and of
 * packages (build_trees.c, build_boot.c), and files of the trees (build_outputs.c).
 */
#ifndef ASSAY_BUILD_BUILD_WORK_H
#define ASSAY_BUILD_BUILD_WORK_H

#include "build/artefacts.h"
#include "build/build.h"
#include "build/changes.h"
#include "build/configure.h"
#include "build/manifest.h"
#include "build/stamp.h"
#include "rootfs/rootfs.h"

enum { BUILD_TREE_MEMORY_MAX = 512 << 20 };

/* All that one build holds while it runs. */
struct build_work {
	const struct build_request *r;
	const struct description *d;
	struct package_set image, firmware_set;
	struct tree *root, *initrd, *firmware_tree;
	struct tree **overlays;
	struct configure_result configured; /* where the description runs scripts */
	struct component_made *components;
	struct rootfs_product *products[2]; /* for the initrd, for the root */
	size_t n_products[2];
	struct arena *arena, *values_arena;
	struct str kernel_path, kernel_version, stub_version;
	struct manifest_boot_file kernel, stub;
	struct buf os_release, stub_bytes;
	struct manifest_firmware firmware;
	struct manifest_boot_file
		*platform_firmware; /* by place in the description; no origin: it has none */
	bool *reproduced;           /* by place in the lock; NULL: nobody asked */
	struct origin_class_shares measured; /* as the written manifest says */
	struct artefacts artefacts;
	struct buf eif; /* the enclave image; empty: none is wanted */
	struct stamp stamp;
	struct changes changes; /* of the earlier build in the folder, when r->explain is set */
	int out;
};

enum { BUILD_TO_INITRD, BUILD_TO_ROOT }; /* products[] */

/* Tells the caller what is done next. */
void build_work_stage(const struct build_work *w, const char *what);

/* Firmware and stub are found, with what is told of their versions. */
bool build_boot_firmware(struct build_work *w, struct err *e) MUST_CHECK;
/* The kernel is found, in the merged root or in what a component gave. */
bool build_boot_kernel(struct build_work *w, struct err *e) MUST_CHECK;

/* Packages, firmware, stub and kernel are found; root and initrd are finished trees. */
bool build_trees_make(struct build_work *w, struct err *e) MUST_CHECK;

/* Writes all files of the output folder and what the store remembers of them. */
bool build_outputs_write(struct build_work *w, struct build_outcome *o, struct err *e) MUST_CHECK;

#endif
