/*
 * manifest.json read back: what a person may want to know of an image. Whoever gave the image wrote the file, too: its
 * text is bounded and checked for form, and believed no further.
 */
#ifndef ASSAY_BUILD_MANIFEST_PARSE_H
#define ASSAY_BUILD_MANIFEST_PARSE_H

#include "appraise/origin_class.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/span.h"
#include "lock/description.h"

/* Bytes of memory that a manifest of MANIFEST_SIZE_MAX may take as values. */
#define MANIFEST_MEMORY_MAX ((size_t)1 << 30)

struct manifest_package {
	struct str name, version, source, source_version;
	struct str_list sets; /* "image", "firmware", "toolchain:NAME" */
};

struct manifest_file {
	struct str path, origin;
	enum origin_class class;
	uint64_t size;
	uint8_t sha256[SHA256_SIZE];
};

struct manifest_file_list {
	const struct manifest_file *items;
	size_t n;
};

/* What maintainer scripts did to a path: "added", "changed", "removed". */
struct manifest_change {
	struct str path, change;
	struct str_list in; /* what of it is another: "kind", "content", "mode", "owner" */
};

struct manifest_user {
	struct str name, home, shell;
	struct str password; /* "locked", "none", "set" */
	uint32_t uid, gid;
};

/* `by` pulls the unit in when it starts. */
struct manifest_want {
	struct str unit, by;
};

struct manifest_want_list {
	const struct manifest_want *items;
	size_t n;
};

/* A file or partition of the outputs; what is not of them is zero where the manifest gives none. */
struct manifest_part {
	uint64_t size;
	uint8_t sha256[SHA256_SIZE];
	struct str origin; /* of kernel, stub and firmware */
	enum origin_class class;
};

struct manifest {
	struct str name;
	uint64_t image_version, source_date_epoch;
	uint8_t description_sha256[SHA256_SIZE], lock_sha256[SHA256_SIZE];
	const struct manifest_package *packages; /* of all sets, by name */
	size_t n_packages;
	struct manifest_part disk, root, verity, esp, uki, stub, kernel, initrd, code, vars;
	uint8_t root_hash[SHA256_SIZE];
	struct str stub_version, kernel_path, command_line, firmware_version;
	const struct manifest_user *users;
	size_t n_users;
	struct str default_target;
	struct manifest_want_list enabled,
		pulled_in; /* by the image's own links; by its packages' */
	struct str_list masked, ports;
	bool configured; /* maintainer scripts ran */
	const struct manifest_change *changes;
	size_t n_changes;
	struct manifest_file_list initrd_files, root_files;
	struct origin_class_shares
		measured; /* the sums over them, kernel, stub, firmware and command line */
};

/* All memory is the arena's. Fails: FORMAT with line, for another version and for sums that are not those of the files, too; LIMIT. */
bool manifest_parse(
	struct manifest *ret, struct span text, struct arena *a, struct err *e) MUST_CHECK;

#endif
