#include "deb/unpack.h"

#include "unpacked.h"

static void all_kinds(const char *suffix)
{
	static const char long_name
		[] = "usr/share/012345678901234567890123456789012345678901234567890123456789/"
		     "012345678901234567890123456789012345678901234567890123456789";
	const struct tar_line lines[] = {
		FOLDER("./"),
		FOLDER("./bin/"),
		{ "./bin/su", '0', 04755, "setuid", NULL },
		FOLDER("./usr/"),
		FOLDER("./usr/bin/"), /* the same as ./bin/ */
		HARD("./usr/bin/su2", "./bin/su"),
		HARD("./usr/bin/su3", "./usr/bin/su2"),
		LINK_TO("./lib64", "usr/lib64"),
		LINK_TO("./sbin", "/usr/sbin"),
		FILE_OF("./lib64/ld.so", "loader"),
		LINK_TO("./usr/bin/l", "../../etc/\xc3\xa9"),
		LINK_TO("./usr/bin/long", long_name),
		FILE_OF(long_name, "long"),
		FILE_OF("./usr/share/\xc5\x91", "utf8"),
		FILE_OF("./usr/share/\xe9", "latin1"),
		FILE_OF("./usr/share/empty", ""),
		{ "./dev/null", '3', 0666, NULL, NULL },
		{ "./dev/disk", '4', 0660, NULL, NULL },
		{ "./run/pipe", '6', 0600, NULL, NULL },
	};
	CLEANUP(buf_done) struct buf deb = make_deb(lines, ARRAY_LEN(lines), suffix);
	CLEANUP(unpacked_done) struct unpacked u = { 0 };
	struct err e = { 0 };

	CHECK_OK(unpack(&u, buf_span(&deb), &e), e);
	CHECK(u.index.n_nodes == ARRAY_LEN(lines) - 1);
	CHECK(u.index.n_control == 2 && str_is(u.index.control[0].name, "control"));
	CHECK(u.index.control[0].bytes.n > 10 && u.index.control[1].bytes.n == 0);
	CHECK(find(&u, "") && find(&u, "")->kind == NODE_FOLDER && !find(&u, "bin"));
	CHECK(holds_text(&u, "usr/bin/su", "setuid") && find(&u, "usr/bin/su")->mode == 04755);
	CHECK(holds_text(&u, "usr/bin/su3", "setuid") && find(&u, "usr/bin/su3")->mode == 04755);
	CHECK(find(&u, "usr/bin/su")->inode == 1 && find(&u, "usr/bin/su3")->inode == 1);
	CHECK(find(&u, "lib64") && str_is(find(&u, "lib64")->target, "usr/lib64"));
	CHECK(holds_text(&u, "usr/lib64/ld.so", "loader"));
	CHECK(find(&u, "usr/bin/l") && str_is(find(&u, "usr/bin/l")->target, "../../etc/\xc3\xa9"));
	CHECK(find(&u, "usr/bin/long") && str_is(find(&u, "usr/bin/long")->target, long_name));
	CHECK(holds_text(&u, long_name, "long"));
	CHECK(holds_text(&u, "usr/share/\xc5\x91", "utf8"));
	CHECK(holds_text(&u, "usr/share/\xe9", "latin1"));
	CHECK(holds_text(&u, "usr/share/empty", ""));
	CHECK(find(&u, "dev/null") && find(&u, "dev/null")->kind == NODE_CHARDEV &&
		find(&u, "dev/null")->dev_major == 1 && find(&u, "dev/null")->dev_minor == 3);
	CHECK(find(&u, "dev/disk") && find(&u, "dev/disk")->kind == NODE_BLOCKDEV);
	CHECK(find(&u, "run/pipe") && find(&u, "run/pipe")->kind == NODE_FIFO);
	CHECK(find(&u, "usr/bin/su")->mtime_unix == 1000000000);
}

/* What only pax can say, written by libarchive. */
static struct buf pax_tar(const uint8_t *sparse, size_t sparse_size)
{
	struct archive *a = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	struct buf b = buf_init(MAKE_DEB_MAX);
	size_t room = 8 << 20, used = 0;
	void *out = malloc(room);

	archive_write_set_format_pax(a);
	archive_write_set_options(a, "hdrcharset=BINARY");
	archive_write_open_memory(a, out, room, &used);
	archive_entry_set_pathname(entry, "./x\xc5\x91");
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0755);
	archive_entry_set_uid(entry, 3000000);
	archive_entry_set_mtime(entry, 1600000000, 5);
	archive_entry_set_size(entry, 2);
	archive_entry_xattr_add_entry(entry, "user.b", "2", 1);
	archive_entry_xattr_add_entry(entry, "security.capability", "\0\1", 2);
	archive_write_header(a, entry);
	archive_write_data(a, "hi", 2);
	archive_entry_clear(entry);
	archive_entry_set_pathname(entry, "./sparse");
	archive_entry_set_filetype(entry, AE_IFREG);
	archive_entry_set_perm(entry, 0644);
	archive_entry_set_size(entry, (la_int64_t)sparse_size);
	archive_entry_sparse_add_entry(entry, 512, 512);
	archive_entry_sparse_add_entry(entry, 1 << 20, 1024);
	archive_write_header(a, entry);
	archive_write_data(a, sparse, sparse_size);
	archive_write_close(a);
	archive_entry_free(entry);
	archive_write_free(a);
	buf_add(&b, out, used);
	free(out);
	return b;
}

static void pax(void)
{
	static uint8_t sparse[2 << 20];
	CLEANUP(buf_done) struct buf tar = { 0 };
	CLEANUP(buf_done) struct buf deb = { 0 };
	CLEANUP(unpacked_done) struct unpacked u = { 0 };
	struct err e = { 0 };
	const struct node *n;

	memset(sparse + 512, 'a', 512);
	memset(sparse + (1 << 20), 'b', 1024);
	tar = pax_tar(sparse, sizeof sparse);
	CHECK(tar.n < sizeof sparse / 2);
	deb = make_deb_of_tar(buf_span(&tar), ".xz");
	CHECK_OK(unpack(&u, buf_span(&deb), &e), e);
	CHECK(holds_text(&u, "x\xc5\x91", "hi") && holds(&u, "sparse", SPAN_OF(sparse)));
	n = find(&u, "x\xc5\x91");
	if (!n)
		return;
	CHECK(n->uid == 3000000 && n->mtime_unix == 1600000000 && n->n_xattrs == 2);
	CHECK(str_is(n->xattrs[0].name, "security.capability") && n->xattrs[0].value.n == 2);
	CHECK(str_is(n->xattrs[1].name, "user.b") && n->xattrs[1].value.p[0] == '2');
}

static void other_digest(void)
{
	static const struct tar_line lines[] = { FILE_OF("./a", "a") };
	CLEANUP(buf_done) struct buf deb = make_deb(lines, 1, ".gz");
	CLEANUP(file_closep) int in = memory_file(buf_span(&deb));
	CLEANUP(file_closep) int out = memory_file((struct span){ 0 });
	uint8_t sha256[SHA256_SIZE];
	struct err e;

	sha256_of(sha256, buf_span(&deb));
	CHECK_OK(unpack_deb(in, deb.n, sha256, out, &e), e);
	sha256[0] ^= 1;
	CHECK_ERR(unpack_deb(in, deb.n, sha256, out, &e), e, ERR_MISMATCH);
}

int main(void)
{
	static const char *const suffixes[] = { "", ".gz", ".xz", ".zst" };

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		all_kinds(suffixes[i]);
	pax();
	other_digest();
	return test_end();
}
