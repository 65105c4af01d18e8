/*
 * assay.yaml: what a person wants, before anything is pinned. Strict YAML (codec/yaml.h); unknown members are refused
 * with their line. doc/assay.yaml.md describes every member; this is its parsed form. All memory is the arena's.
 */
#ifndef ASSAY_LOCK_DESCRIPTION_H
#define ASSAY_LOCK_DESCRIPTION_H

#include "appraise/platform_shape.h"
#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/str.h"

#define DESCRIPTION_FORMAT "assay/1"

struct str_list {
	const struct str *items;
	size_t n;
};

/* suites: - {archive: debian, suite: trixie, components: [main]} */
struct suite_request {
	struct str
		archive; /* "debian" or "debian-security": which of the machine's archives to ask */
	struct str suite; /* "trixie", "trixie-updates", "trixie-security" */
	struct str_list components;
};

/* toolchains: c: [gcc, libc6-dev] */
struct toolchain_request {
	struct str name;
	struct str_list packages;
};

/*
 * Where one output of a component goes: outputs: - {from: init, to: initrd, path: init, mode: "0755"}. Without a mode it is
 * a folder, and all below it is taken.
 */
struct component_output {
	struct str from; /* below the box's /out */
	struct str to;   /* "initrd", "root", or "build": only components that need it see it */
	struct str path; /* tree path; of one that goes to "build" the same as `from` */
	uint32_t mode;
	bool tree; /* a folder */
};

struct argument_list {
	struct str_list args;
};

enum source_kind { SOURCE_FOLDER, SOURCE_GIT, SOURCE_TARBALL, SOURCE_DEBIAN };

/* Where a component's sources come from when that is no folder beside the description. */
struct source_request {
	enum source_kind kind;
	struct str url;    /* GIT, TARBALL: http, https or file; empty where path is set */
	struct str path;   /* the same beside the description */
	struct str commit; /* GIT: 40 or 64 hex digits, where to look */
	bool pinned;       /* sha256 is given; always so for TARBALL */
	uint8_t sha256
		[SHA256_SIZE]; /* GIT: of the canonical archive of its tree; TARBALL: of the file */
	uint64_t size;         /* TARBALL: 0 where it is not given */
	bool strip;            /* TARBALL: all lies in one folder, which is taken off */
	struct str name, version; /* DEBIAN; without a version the highest */
};

/* limits: of one run in the box; 0 where none is given. */
struct component_limits {
	uint32_t processes;
	uint64_t memory, disk; /* bytes */
	uint32_t time_s;
};

struct component {
	struct str name;
	struct str toolchain;
	struct str from;       /* source folder, relative to the description */
	struct str_list files; /* globs below it; each must match, nothing else is visible */
	struct source_request source;
	struct str_list needs; /* names of components, whose outputs its steps see */
	struct component_limits limits;
	struct str_list
		release; /* channels of the box (box/box_view.h) that it does not fix for these steps */
	const struct argument_list *steps; /* run in the box in /src, one after the other */
	size_t n_steps;
	const struct component_output *outputs;
	size_t n_outputs;
};

struct user_request {
	struct str name;
	uint32_t uid, gid;
	struct str gecos, home, shell;
	struct str_list groups; /* supplementary */
};

struct group_request {
	struct str name;
	uint32_t gid;
};

struct path_rule {
	struct str path;  /* glob */
	struct str value; /* links: target; prefer: origin ("package:NAME" or "overlay:PATH") */
};

struct mode_rule {
	struct str path;
	uint32_t mode;
	struct str owner, group; /* names */
};

/* A file of the boot chain: of a package, by its tree path, or what a component gave. */
struct file_request {
	struct str component; /* empty: of a package */
	struct str path; /* tree path, of the kernel a glob; of a component a path below its /out */
	size_t line;
};

/* platforms: - qemu-vtpm, - {shape: qemu-snp, firmware: PATH, vcpus: ["1", "2"]}: each combination is one of these. */
struct platform_request {
	struct platform_shape shape;
	struct file_request firmware; /* snp, tdx: what is measured as firmware */
	size_t line;
};

struct description {
	struct str name;
	struct str dir;            /* folder that holds assay.yaml */
	struct str text;           /* the file itself */
	int64_t source_date_epoch; /* 0: the newest Release date of the lock */

	const struct suite_request *suites;
	size_t n_suites;
	struct str_list
		packages; /* of the image; none: nothing but components, overlays and what is declared */
	struct str_list leave_out; /* globs of package names kept out of the closure */
	struct str_list firmware_packages;
	struct file_request firmware_code, firmware_vars;
	struct str
		firmware_version; /* where the file of a component does not tell it; may be empty */
	const struct toolchain_request *toolchains;
	size_t n_toolchains;
	const struct component *components;
	const size_t *build_order; /* of components: each stands behind all that it needs */
	size_t n_components;

	/* image: */
	bool run_scripts;               /* configure: scripts */
	bool eif;                       /* format: eif, beside disk and kernel image */
	struct str_list command_line;   /* words before those that assay adds for dm-verity */
	struct file_request kernel;     /* glob in the root, "boot/vmlinuz-*" */
	struct file_request stub;       /* the systemd stub, in the firmware packages */
	struct str_list initrd_modules; /* in load order */
	struct str_list
		kernel_modules; /* module names kept in the root beside their dependencies; empty: all */
	const struct user_request *users;
	size_t n_users;
	const struct group_request *groups;
	size_t n_groups;
	struct str_list units_enable, units_mask;
	const struct path_rule *links;
	size_t n_links;
	struct str_list folders;  /* empty folders, mode 0755 */
	struct str_list overlays; /* folders relative to the description, laid over in order */
	struct str_list exclude;  /* globs; each must match something */
	const struct path_rule *prefer;
	size_t n_prefer;
	const struct mode_rule *modes;
	size_t n_modes;
	struct str hostname;
	struct str os_release; /* extra lines: IMAGE_ID and the like */
	struct str_list ports; /* declared open ports: "8080/tcp" */
	const struct platform_request
		*platforms; /* shapes to measure, each with settings of its own */
	size_t n_platforms;
};

/* Reads DIR/assay.yaml. Fails: NOTFOUND, FORMAT with line, LIMIT (1 MiB). */
bool description_read(
	struct description *ret, const char *dir, struct arena *a, struct err *e) MUST_CHECK;
/* The same from text; dir is only kept. */
bool description_parse(struct description *ret, struct str dir, struct span text, struct arena *a,
	struct err *e) MUST_CHECK;

/* Whether it asks for a shape of this kind. */
bool description_has_platform(const struct description *d, enum platform_kind kind);

#endif
