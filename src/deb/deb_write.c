#include "deb/deb_write.h"

#include "deb/tar_write.h"
#include "base/banned.h"

/* The header is 60 bytes; a member starts at an even offset. */
static void put_member(struct buf *out, const char *name, struct span bytes, int64_t at_unix)
{
	buf_printf(out, "%-16s%-12lld%-6d%-6d%-8s%-10zu`\n", name, (long long)at_unix, 0, 0,
		"100644", bytes.n);
	buf_add(out, bytes.p, bytes.n);
	if (bytes.n % 2)
		buf_u8(out, '\n');
}

static bool put_tree(
	struct buf *out, const char *name, const struct tree *t, int64_t at_unix, struct err *e)
{
	CLEANUP(buf_done) struct buf tar = buf_init(DEB_WRITE_MAX);

	if (!tar_write(&tar, t, e))
		return err_wrap(e, "%s", name);
	put_member(out, name, buf_span(&tar), at_unix);
	return true;
}

bool deb_write(struct buf *out, const struct tree *control, const struct tree *data,
	int64_t at_unix, struct err *e)
{
	const struct node *n = tree_find(control, STR("control"));

	if (!n || n->kind != NODE_FILE)
		return err_set(e, ERR_FORMAT, "a package needs a file 'control'");
	buf_add_cstr(out, "!<arch>\n");
	put_member(out, "debian-binary", str_span(STR("2.0\n")), at_unix);
	if (!put_tree(out, "control.tar", control, at_unix, e) ||
		!put_tree(out, "data.tar", data, at_unix, e))
		return false;
	return buf_ok(out) || buf_full(out, "package", e);
}
