/*
 * manifest.json: every byte that went into a build and every byte that came out, by digest, layer by layer, where each
 * file of the image comes from: a package (distribution binary), a component (source built here), an overlay or the
 * description (declared here), or a generator of assay, with the class of that (manifest_origin.h) and the bytes of each class; and who and what is in the machine (manifest_system.h). It holds
 * no time, no path and no name of the machine. manifest_parse.h reads it.
 */
#ifndef ASSAY_BUILD_MANIFEST_H
#define ASSAY_BUILD_MANIFEST_H

#include "appraise/origin_class.h"
#include "build/artefacts.h"
#include "build/component.h"
#include "build/configure.h"
#include "build/inputs.h"

#define MANIFEST_FORMAT "assay.manifest/3"
enum { MANIFEST_SIZE_MAX = 128 << 20 };

/* Of the boot chain, with the origin as files of trees have it: "package:ovmf", "component:linux". */
struct manifest_boot_file {
	struct content content;
	struct str origin;
};

struct manifest_firmware {
	struct manifest_boot_file code, vars;
	struct str version; /* of the package or source package that it is from; may be empty */
};

struct manifest_inputs {
	const struct inputs *inputs;
	const bool
		*reproduced; /* packages of the lock that were reproduced here; NULL: none counts */
	const struct component_made *components;
	size_t n_components;
	const struct manifest_firmware *firmware;
	const struct manifest_boot_file
		*platform_firmware; /* by place in the description; no origin: none */
	const struct artefacts *artefacts;
	const uint8_t *disk_sha256;
	const struct tree *root, *initrd;          /* finished */
	const struct configure_result *configured; /* NULL: no maintainer script ran */
	struct str kernel_path; /* where in the packages, or below a component's /out */
	struct manifest_boot_file kernel, stub;
	struct str stub_version;
	struct span eif; /* image.eif; empty: there is none */
};

/*
 * The canonical bytes; out has its maximum set by the caller. shares: of all that is measured, as it stands there. Fails LIMIT, and as
 * manifest_system_emit and manifest_origin_class.
 */
bool manifest_emit(const struct manifest_inputs *in, struct origin_class_shares *shares,
	struct buf *out, struct err *e) MUST_CHECK;

#endif
