#include "rootfs/dpkg_database.h"

#include <openssl/evp.h>

#include "base/hex.h"
#include "rootfs/entry.h"
#include "base/banned.h"

#define ORIGIN "generated:dpkg"

/* A field of the (only) stanza of a control file: its first line after "NAME:"; empty when absent. */
static struct str control_value(struct str control, const char *name)
{
	struct str line, key, value;

	while (control.n) {
		(void)str_cut(control, '\n', &line, &control);
		if (str_cut(line, ':', &key, &value) && str_is(key, name))
			return str_trim(value);
	}
	return str_make(NULL, 0);
}

/* dpkg names info files NAME:ARCH for packages that can be installed for several architectures at once. */
static struct str info_path(
	struct arena *a, const struct lock_package *p, struct str control, const char *member)
{
	bool same = str_is(control_value(control, "Multi-Arch"), "same");

	return arena_printf(a, "var/lib/dpkg/info/%.*s%s%.*s.%s", STR_ARG(p->name), same ? ":" : "",
		same ? (int)p->architecture.n : 0, p->architecture.p, member);
}

static bool add_member(struct tree *t, const struct lock_package *p, struct str control,
	const char *member, struct span bytes, uint32_t mode, struct err *e)
{
	struct str path = info_path(tree_arena(t), p, control, member);

	return path.p ? entry_file(t, path, bytes, mode, ORIGIN, e) : arena_full(tree_arena(t), e);
}

/* What dpkg -L lists: every path of the package as it stands in the usr-merged tree, "/." first. */
static bool add_list(struct tree *t, const struct lock_package *p, struct str control,
	const struct pack *pack, struct err *e)
{
	CLEANUP(buf_done) struct buf list = buf_init(DPKG_STATUS_MAX);
	size_t n;
	const struct node *nodes = pack_nodes(pack, &n);

	buf_add_cstr(&list, "/.\n");
	for (size_t i = 0; i < n; i++)
		if (nodes[i].path.n)
			buf_printf(&list, "/%.*s\n", STR_ARG(nodes[i].path));
	return buf_ok(&list) ? add_member(t, p, control, "list", buf_span(&list), 0644, e)
			     : buf_full(&list, "a package's list of files", e);
}

/* " /etc/x MD5" lines of the Conffiles field, digests from the files themselves. */
static bool add_conffiles(
	struct buf *status, const struct tree *t, struct str conffiles, struct err *e)
{
	struct str line;
	bool first = true;

	while (conffiles.n) {
		CLEANUP(buf_done) struct buf bytes = { 0 };
		const struct node *n;
		uint8_t md5[16];

		(void)str_cut(conffiles, '\n', &line, &conffiles);
		line = str_trim(line);
		/* "remove-on-upgrade /path" lines name files that are not there. */
		if (!line.n || line.p[0] != '/')
			continue;
		n = tree_find(t, str_make(line.p + 1, line.n - 1));
		if (!n || n->kind != NODE_FILE)
			continue;
		if (!entry_text(t, n->path, DPKG_STATUS_MAX, &bytes, e))
			return false;
		if (EVP_Digest(bytes.n ? bytes.p : (const uint8_t *)"", bytes.n, md5, NULL,
			    EVP_md5(), NULL) != 1)
			return err_set(e, ERR_INTERNAL,
				"libcrypto has no MD5, which dpkg's database needs");
		buf_add_cstr(status, first ? "Conffiles:\n " : " ");
		first = false;
		buf_add_str(status, line);
		buf_u8(status, ' ');
		hex_add(status, SPAN_OF(md5));
		buf_u8(status, '\n');
	}
	return true;
}

static bool add_status(struct buf *status, const struct tree *t, struct str control,
	struct str conffiles, struct err *e)
{
	struct str line;
	bool written = false;

	for (control = str_trim(control); control.n;) {
		(void)str_cut(control, '\n', &line, &control);
		buf_add_str(status, line);
		buf_u8(status, '\n');
		if (!written)
			buf_add_cstr(status, "Status: install ok installed\n");
		written = true;
	}
	if (!add_conffiles(status, t, conffiles, e))
		return false;
	buf_u8(status, '\n');
	return true;
}

static bool add_package(struct tree *t, struct buf *status, const struct lock_package *p,
	const struct pack *pack, struct err *e)
{
	static const char *const members[] = { "conffiles", "md5sums", "shlibs", "symbols",
		"triggers", "templates", "preinst", "postinst", "prerm", "postrm" };
	struct span c = pack_control(pack, "control"), f = pack_control(pack, "conffiles");
	struct str control = str_make((const char *)c.p, c.n),
		   conffiles = str_make((const char *)f.p, f.n);

	if (!add_status(status, t, control, conffiles, e) || !add_list(t, p, control, pack, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(members); i++) {
		struct span bytes = pack_control(pack, members[i]);
		bool script = str_ends(str_of(members[i]), "inst") ||
			      str_ends(str_of(members[i]), "rm");

		if (bytes.n &&
			!add_member(t, p, control, members[i], bytes, script ? 0755 : 0644, e))
			return false;
	}
	return true;
}

bool dpkg_database_generate(struct tree *t, const struct lock_package *const *packages,
	struct pack *const *packs, size_t n, struct err *e)
{
	CLEANUP(buf_done) struct buf status = buf_init(DPKG_STATUS_MAX);
	static const char *const empty[] = { "var/lib/dpkg/available", "var/lib/dpkg/diversions",
		"var/lib/dpkg/statoverride" };

	for (size_t i = 0; i < n; i++)
		if (!add_package(t, &status, packages[i], packs[i], e))
			return err_wrap(e, "package '%.*s'", STR_ARG(packages[i]->name));
	if (!buf_ok(&status))
		return buf_full(&status, "dpkg's status file", e);
	for (size_t i = 0; i < ARRAY_LEN(empty); i++)
		if (!tree_find(t, str_of(empty[i])) &&
			!entry_file(t, str_of(empty[i]), (struct span){ NULL, 0 }, 0644, ORIGIN, e))
			return false;
	return entry_file_over(t, STR("var/lib/dpkg/info/format"),
		       SPAN_OF(((const char[]){ '1', '\n' })), 0644, ORIGIN, e) &&
	       entry_file_over(t, STR("var/lib/dpkg/status"), buf_span(&status), 0644, ORIGIN, e);
}
