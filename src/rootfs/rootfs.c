#include "rootfs/rootfs.h"

#include <fcntl.h>
#include <unistd.h>

#include "rootfs/dpkg_database.h"
#include "rootfs/entry.h"
#include "rootfs/kernel_modules.h"
#include "rootfs/ld_cache.h"
#include "rootfs/mode_rules.h"
#include "rootfs/units.h"
#include "rootfs/users.h"
#include "tree/folder.h"
#include "base/banned.h"

enum { SECONDS_A_DAY = 86400, OS_RELEASE_MAX = 65536, OVERLAY_MEMORY_MAX = 512 << 20 };

#define ORIGIN "generated:skeleton"
#define DECLARED "description"
#define SCRIPTS "scripts"

bool rootfs_add_packages(struct tree *t, const struct lock_package *const *packages,
	struct pack *const *packs, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct str origin = arena_printf(
			tree_arena(t), "package:%.*s", STR_ARG(packages[i]->name));
		size_t n_nodes;
		const struct node *nodes = pack_nodes(packs[i], &n_nodes);

		if (!origin.p)
			return arena_full(tree_arena(t), e);
		for (size_t k = 0; k < n_nodes; k++) {
			struct node node = nodes[k];

			node.origin = origin;
			if (!tree_add(t, &node, e))
				return err_wrap(e, "package '%.*s'", STR_ARG(packages[i]->name));
		}
	}
	return true;
}

bool rootfs_skeleton(struct tree *t, struct err *e)
{
	static const struct {
		const char *path, *target; /* target NULL: a folder */
	} entries[] = {
		{ "", NULL },
		{ "usr", NULL },
		{ "usr/bin", NULL },
		{ "usr/sbin", NULL },
		{ "usr/lib", NULL },
		{ "usr/lib64", NULL },
		{ "bin", "usr/bin" },
		{ "sbin", "usr/sbin" },
		{ "lib", "usr/lib" },
		{ "lib64", "usr/lib64" },
	};

	for (size_t i = 0; i < ARRAY_LEN(entries); i++) {
		struct str path = str_of(entries[i].path);

		if (tree_find(t, path))
			continue;
		if (entries[i].target ? !entry_link(t, path, str_of(entries[i].target), ORIGIN, e)
				      : !entry_folder(t, path, ORIGIN, e))
			return false;
	}
	return true;
}

/*
 * An image without packages has the layout that its components and overlays give it: /bin is a link to /usr/bin only where
 * there is a /usr/bin and nothing else at /bin.
 */
static bool bare_skeleton(struct tree *t, struct err *e)
{
	static const char *const folders[] = { "bin", "sbin", "lib", "lib64" };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		struct str path = str_of(folders[i]);
		struct str target = arena_printf(tree_arena(t), "usr/%s", folders[i]);

		if (!target.p)
			return arena_full(tree_arena(t), e);
		if (!tree_find(t, path) && tree_find(t, target) &&
			!entry_link(t, path, target, ORIGIN, e))
			return false;
	}
	return true;
}

/* Links and folders that base-files, libc-bin and others make in their postinst. */
static bool postinst_links(struct tree *t, struct err *e)
{
	static const struct {
		const char *path, *target;
	} links[] = {
		{ "var/run", "/run" },
		{ "var/lock", "/run/lock" },
		{ "etc/mtab", "../proc/self/mounts" },
	};
	static const struct {
		const char *path;
		uint32_t mode;
	} folders[] = {
		{ "mnt", 0755 },
		{ "srv", 0755 },
		{ "opt", 0755 },
		{ "media", 0755 },
		{ "proc", 0555 },
		{ "sys", 0555 },
		{ "dev", 0755 },
		{ "run", 0755 },
		{ "tmp", 01777 },
		{ "root", 0700 },
		{ "home", 0755 },
		{ "var/mail", 0755 },
		{ "var/opt", 0755 },
		{ "var/tmp", 01777 },
		{ "var/log", 0755 },
		{ "var/lib", 0755 },
		{ "var/cache", 0755 },
		{ "usr/local", 0755 },
	};

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		struct str path = str_of(folders[i].path);

		if (tree_find(t, path))
			continue;
		if (!entry_parents(t, path, ORIGIN, e) || !entry_folder(t, path, ORIGIN, e) ||
			!entry_mode(t, path, folders[i].mode, e))
			return false;
	}
	for (size_t i = 0; i < ARRAY_LEN(links); i++)
		if (!tree_find(t, str_of(links[i].path)) &&
			!entry_link(t, str_of(links[i].path), str_of(links[i].target), ORIGIN, e))
			return false;
	return true;
}

/* Files that a package ships elsewhere and its postinst copies to /etc. */
static bool postinst_copies(struct tree *t, struct err *e)
{
	static const struct {
		const char *to, *from;
	} copies[] = {
		{ "etc/nsswitch.conf", "usr/share/libc-bin/nsswitch.conf" },
		{ "etc/profile", "usr/share/base-files/profile" },
		{ "etc/motd", "usr/share/base-files/motd" },
		{ "root/.profile", "usr/share/base-files/dot.profile" },
		{ "root/.bashrc", "usr/share/base-files/dot.bashrc" },
		{ "etc/shells", "usr/share/debianutils/shells" },
	};

	for (size_t i = 0; i < ARRAY_LEN(copies); i++) {
		const struct node *from = tree_find(t, str_of(copies[i].from));
		struct node copy;

		if (!from || tree_find(t, str_of(copies[i].to)))
			continue;
		copy = *from;
		copy.path = str_of(copies[i].to);
		copy.inode = 0;
		if (!entry_parents(t, copy.path, ORIGIN, e) || !tree_add(t, &copy, e))
			return false;
	}
	return true;
}

/* The bytes of fd from its start, in order; into w where there is one, else only hashed. */
static bool pass_file(int fd, struct store_writer *w, struct hasher *h, struct err *e)
{
	uint8_t chunk[65536];
	ssize_t n;

	for (off_t at = 0; (n = pread(fd, chunk, sizeof chunk, at)) > 0; at += n) {
		if (w && !store_write(w, chunk, (size_t)n, e))
			return false;
		if (h)
			hasher_add(h, chunk, (size_t)n);
	}
	return n == 0 || err_os(e, "cannot read an overlay file");
}

/* Into the store, unless it is there, so that its bytes stay what they were when they were hashed. */
static bool put_overlay_file(void *ctx, int fd, struct content *ret, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	struct err ignored = { 0 };
	uint8_t digest[SHA256_SIZE];
	struct store_writer *w;

	if (!pass_file(fd, NULL, h, e))
		return false;
	hasher_end(h, digest);
	if (store_content(ctx, digest, ret, &ignored))
		return true;
	if (!store_write_begin(ctx, &w, e))
		return false;
	if (!pass_file(fd, w, NULL, e)) {
		store_write_abort(w);
		return false;
	}
	return store_write_finish(w, NULL, digest, e) && store_content(ctx, digest, ret, e);
}

bool rootfs_overlay(struct tree **ret, const struct description *d, size_t i, struct store *s,
	int64_t source_date_epoch, struct err *e)
{
	const struct folder_put put = { put_overlay_file, s };
	CLEANUP(tree_freep) struct tree *t = tree_new(OVERLAY_MEMORY_MAX);
	struct arena *a = tree_arena(t);
	struct str name = d->overlays.items[i];
	struct str folder = arena_printf(a, "%.*s/%.*s", STR_ARG(d->dir), STR_ARG(name));
	struct str origin = arena_printf(a, "overlay:%.*s", STR_ARG(name));

	if (!folder.p || !origin.p)
		return arena_full(a, e);
	if (!tree_from_folder(t, AT_FDCWD, folder.p, str_make("", 0), origin, &put, e) ||
		!tree_finish(t, source_date_epoch, e))
		return err_wrap(e, "overlay '%.*s'", STR_ARG(name));
	*ret = TAKE(t);
	return true;
}

/*
 * A folder that is there keeps its mode and owner: those of an overlay mean nothing. What a maintainer script made gives way:
 * nobody else claims it.
 */
static bool add_overlay(struct tree *t, const struct tree *overlay, struct err *e)
{
	size_t n;
	const struct node *nodes = tree_nodes(overlay, &n);

	for (size_t i = 0; i < n; i++) {
		const struct node *was = tree_find(t, nodes[i].path);

		if (was && was->kind == NODE_FOLDER && nodes[i].kind == NODE_FOLDER)
			continue;
		if (was && str_is(was->origin, SCRIPTS) ? !tree_replace(t, &nodes[i], e)
							: !tree_add(t, &nodes[i], e))
			return false;
	}
	return true;
}

static bool overlays(struct tree *t, const struct rootfs_inputs *in, struct err *e)
{
	for (size_t i = 0; i < in->description->overlays.n; i++)
		if (!add_overlay(t, in->overlays[i], e))
			return err_wrap(
				e, "overlay '%.*s'", STR_ARG(in->description->overlays.items[i]));
	return true;
}

/* A folder that is there keeps its mode and owner: those that a step gave it mean nothing. */
static bool add_product(struct tree *t, const struct node *n, struct err *e)
{
	const struct node *was = tree_find(t, n->path);

	if (n->kind == NODE_FOLDER && was && was->kind == NODE_FOLDER)
		return true;
	return entry_parents(t, n->path, DECLARED, e) && tree_add(t, n, e);
}

static bool add_products(
	struct tree *t, const struct rootfs_product *products, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct node node = { .path = products[i].path,
			.kind = products[i].kind,
			.mode = products[i].mode,
			.content = products[i].content,
			.target = products[i].target };

		node.origin = arena_printf(
			tree_arena(t), "component:%.*s", STR_ARG(products[i].component));
		if (!add_product(t, &node, e))
			return false;
	}
	return true;
}

/* The file that there is, with the description's lines behind its own; else a file of those. */
static bool os_release(struct tree *t, const struct description *d, struct err *e)
{
	const struct node *file = entry_resolve(t, STR("etc/os-release"));
	struct str path = file ? file->path : STR("etc/os-release");
	CLEANUP(buf_done) struct buf release = buf_init(OS_RELEASE_MAX);

	if (!d->os_release.n || (!file && d->packages.n))
		return true;
	if (file && !entry_text(t, path, OS_RELEASE_MAX, &release, e))
		return false;
	buf_add_str(&release, d->os_release);
	if (release.n && release.p[release.n - 1] != '\n')
		buf_u8(&release, '\n');
	return buf_ok(&release) ? entry_file_over(t, path, buf_span(&release), 0644, DECLARED, e)
				: buf_full(&release, "os-release", e);
}

/*
 * An empty machine-id makes systemd take a new one at every boot without writing it down; without packages it is there where
 * systemd is.
 */
static bool identity(struct tree *t, const struct description *d, struct err *e)
{
	CLEANUP(buf_done) struct buf hostname = buf_init(256);
	bool systemd = d->packages.n || tree_find(t, STR("usr/lib/systemd"));

	buf_printf(&hostname, "%.*s\n", STR_ARG(d->hostname.n ? d->hostname : d->name));
	if (systemd && !entry_file_over(
			       t, STR("etc/machine-id"), (struct span){ NULL, 0 }, 0444, ORIGIN, e))
		return false;
	return entry_file_over(t, STR("etc/hostname"), buf_span(&hostname), 0644, DECLARED, e) &&
	       os_release(t, d, e);
}

static bool declared(struct tree *t, const struct description *d, struct err *e)
{
	for (size_t i = 0; i < d->folders.n; i++)
		if (!entry_parents(t, d->folders.items[i], DECLARED, e) ||
			!entry_folder(t, d->folders.items[i], DECLARED, e))
			return false;
	for (size_t i = 0; i < d->n_links; i++)
		if (!entry_link_over(t, d->links[i].path, d->links[i].value, DECLARED, e))
			return false;
	return mode_rules_apply(t, d, e);
}

static bool package_contents(struct tree *t, const struct rootfs_inputs *in, struct err *e)
{
	return rootfs_add_packages(t, in->packages, in->packs, in->n_packages, e) &&
	       rootfs_skeleton(t, e) &&
	       dpkg_database_generate(t, in->packages, in->packs, in->n_packages, e);
}

bool rootfs_merge(struct tree *t, const struct rootfs_inputs *in, struct err *e)
{
	const struct description *d = in->description;
	uint64_t day = (uint64_t)in->source_date_epoch / SECONDS_A_DAY;

	for (size_t i = 0; i < d->n_prefer; i++)
		if (!tree_prefer(t, d->prefer[i].path, d->prefer[i].value, e))
			return false;
	if (!in->configured && !(in->n_packages ? package_contents(t, in, e)
						: entry_folder(t, STR(""), ORIGIN, e)))
		return false;
	if (!overlays(t, in, e) || !add_products(t, in->products, in->n_products, e) ||
		(!in->configured && !in->n_packages && !bare_skeleton(t, e)) ||
		!postinst_links(t, e))
		return false;
	if (!in->configured && (!postinst_copies(t, e) || !users_generate(t, d, day, e)))
		return false;
	return identity(t, d, e) && declared(t, d, e) && units_install(t, d, e);
}

bool rootfs_trim(struct tree *t, struct store *s, const struct description *d, struct err *e)
{
	if (!kernel_modules_index(t, s, &d->kernel_modules, e))
		return false;
	for (size_t i = 0; i < d->exclude.n; i++) {
		size_t n = 0;

		tree_remove(t, d->exclude.items[i], &n);
		if (n == 0) {
			err_set(e, ERR_NOTFOUND, "exclude: '%.*s' matches nothing",
				STR_ARG(d->exclude.items[i]));
			return err_hint(
				e, "take it out of image: exclude: if what it named is gone");
		}
	}
	return ld_cache_generate(t, e);
}

bool rootfs_initrd(struct tree *initrd, const struct tree *root, struct store *s,
	const struct description *d, const struct rootfs_product *products, size_t n_products,
	struct err *e)
{
	static const char *const folders[] = { "", "dev", "etc", "proc", "run", "sys", "sysroot",
		"tmp" };
	struct node console = { .path = STR("dev/console"),
		.kind = NODE_CHARDEV,
		.mode = 0600,
		.dev_major = 5,
		.dev_minor = 1,
		.origin = STR(ORIGIN) };

	for (size_t i = 0; i < ARRAY_LEN(folders); i++)
		if (!entry_folder(initrd, str_of(folders[i]), ORIGIN, e))
			return false;
	return tree_add(initrd, &console, e) && add_products(initrd, products, n_products, e) &&
	       kernel_modules_initrd(initrd, root, s, &d->initrd_modules, e);
}
