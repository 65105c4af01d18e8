#include "deb/unpack.h"

#include <sys/mman.h>
#include <unistd.h>

#include "deb/pack_index.h"
#include "sys/file.h"
#include "make_deb.h"
#include "test.h"

#define FOLDER(name)                          \
	{                                     \
		(name), '5', 0755, NULL, NULL \
	}
#define FILE_OF(name, text)                     \
	{                                       \
		(name), '0', 0644, (text), NULL \
	}
#define LINK_TO(name, to)                     \
	{                                     \
		(name), '2', 0777, NULL, (to) \
	}
#define HARD(name, to)                        \
	{                                     \
		(name), '1', 0644, NULL, (to) \
	}

/* The pack of a .deb, in memory. */
struct unpacked {
	struct buf bytes; /* of the whole pack */
	struct pack_index index;
};

static void unpacked_done(struct unpacked *u)
{
	pack_index_done(&u->index);
	buf_done(&u->bytes);
}

static int memory_file(struct span bytes)
{
	int fd = memfd_create("test", MFD_CLOEXEC);
	struct err e;

	CHECK_OK(file_pwrite(fd, bytes.p, bytes.n, 0, "test", &e), e);
	return fd;
}

/* Unpacks under the digest that the bytes have. */
static bool unpack(struct unpacked *u, struct span deb, struct err *e)
{
	CLEANUP(file_closep) int in = memory_file(deb);
	CLEANUP(file_closep) int out = memory_file((struct span){ 0 });
	uint8_t sha256[SHA256_SIZE], index_sha256[SHA256_SIZE];
	uint64_t at;
	size_t n;

	sha256_of(sha256, deb);
	if (!unpack_deb(in, deb.n, sha256, out, e))
		return false;
	CHECK_OK(file_read_fd(out, "pack", MAKE_DEB_MAX, &u->bytes, e), *e);
	CHECK_OK(pack_index_parse_trailer(u->bytes.p + u->bytes.n - PACK_TRAILER_SIZE, u->bytes.n,
			 &at, &n, index_sha256, e),
		*e);
	CHECK_OK(pack_index_parse(&u->index, span_make(u->bytes.p + at, n), at, e), *e);
	return true;
}

static const struct node *find(const struct unpacked *u, const char *path)
{
	for (size_t i = 0; i < u->index.n_nodes; i++)
		if (str_is(u->index.nodes[i].path, path))
			return &u->index.nodes[i];
	return NULL;
}

static bool holds(const struct unpacked *u, const char *path, struct span want)
{
	const struct node *n = find(u, path);
	uint8_t sha256[SHA256_SIZE];

	sha256_of(sha256, want);
	return n && n->kind == NODE_FILE && n->content.size == want.n &&
	       memcmp(u->bytes.p + n->content.at, want.p, want.n) == 0 &&
	       memcmp(sha256, n->content.sha256, sizeof sha256) == 0;
}

static bool holds_text(const struct unpacked *u, const char *path, const char *want)
{
	return holds(u, path, str_span(str_of(want)));
}

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

static void hostile(void)
{
	static char long_component[400];
	const struct {
		struct tar_line lines[3];
		const char *says;
	} cases[] = {
		{ { FILE_OF("./a/../../x", "") }, ".." },
		{ { FILE_OF("../x", "") }, "../x" },
		{ { FILE_OF("..", "") }, ".." },
		{ { FILE_OF("/etc/passwd", "") }, "/etc/passwd" },
		{ { FILE_OF(".//etc/x", "") }, "slash" },
		{ { FILE_OF("./a//b", "") }, "a//b" },
		{ { FILE_OF("./a/./b", "") }, "a/./b" },
		{ { FILE_OF("././b", "") }, "././b" },
		{ { FILE_OF("./a\nb", "") }, "control character" },
		{ { FILE_OF("./a\x1b[31m", "") }, "./a?[31m" },
		{ { FILE_OF("./a\x7f", "") }, "control character" },
		{ { FILE_OF(long_component, "") }, "limit 255" },
		{ { FILE_OF(".", "") }, "root is not a folder" },
		{ { FILE_OF("./a", "1"), FILE_OF("./a", "2") }, "'./a': 'a' is there twice" },
		{ { FILE_OF("./a", "1"), FILE_OF("a", "1") }, "twice" },
		{ { FILE_OF("./bin/a", "1"), FILE_OF("./usr/bin/a", "1") }, "'usr/bin/a'" },
		{ { FOLDER("./a/"), { "./a/", '5', 0700, NULL, NULL } }, "'a' is there twice" },
		{ { FOLDER("./a/"), FILE_OF("./a", "") }, "twice" },
		{ { FILE_OF("./a", ""), HARD("./a", "./a") }, "twice" },
		{ { HARD("./a", "./b") }, "'./a': a hard link to 'b'" },
		{ { HARD("./a", "/etc/shadow") }, "'./a': hard link" },
		{ { HARD("./a", "../../etc/shadow") }, "'./a': hard link" },
		{ { LINK_TO("./s", "/etc/shadow"), HARD("./a", "./s") }, "no file before it" },
		{ { HARD("./a", "./b"), FILE_OF("./b", "") }, "no file before it" },
		{ { LINK_TO("./lib", "/etc"), FILE_OF("./lib/x", "") }, "'lib' is not a folder" },
		{ { LINK_TO("./bin", "usr/sbin") }, "usr/bin" },
		{ { FILE_OF("./bin", "") }, "'bin' is not a folder" },
		{ { LINK_TO("./opt", "/etc"), FILE_OF("./opt/x", "") },
			"'opt/x' runs through 'opt'" },
		{ { FILE_OF("./opt/a/x", ""), LINK_TO("./opt", "/etc") }, "runs through" },
		{ { FILE_OF("./opt", ""), FILE_OF("./opt/x", "") }, "runs through" },
		{ { LINK_TO("./l", "a\nb") }, "'./l': a symbolic link with a control" },
		{ { { "./s", 'V', 0644, "", NULL } }, "" },
	};

	memset(long_component, 'x', sizeof long_component - 1);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t n = 0;
		struct err e = { 0 };
		struct unpacked u = { 0 };
		bool ok;

		while (n < 3 && cases[i].lines[n].name)
			n++;
		CLEANUP(buf_done) struct buf deb = make_deb(cases[i].lines, n, "");
		ok = unpack(&u, buf_span(&deb), &e);
		test_report(!ok && strstr(e.text, cases[i].says) &&
				    (e.kind == ERR_FORMAT || e.kind == ERR_LIMIT),
			__FILE__, (int)i, ok ? cases[i].lines[0].name : e.text);
		for (const char *c = e.text; *c; c++)
			CHECK(*c >= ' ' && *c <= '~');
		unpacked_done(&u);
	}
}

/* A .deb of these members, in order; control and data as they should be unless replaced. */
static void members(void)
{
	static const struct tar_line file[] = { FILE_OF("./a", "a") };
	static const struct tar_line control[] = { FILE_OF("./control", "Package: a\n") };
	static const struct tar_line no_control[] = { FILE_OF("./md5sums", "") };
	static const struct tar_line deep[] = { FILE_OF("./control", "x"), FILE_OF("./a/b", "x") };
	static const struct tar_line twice[] = { FILE_OF("./control", "x"),
		FILE_OF("control", "y") };
	static const struct tar_line linked[] = { LINK_TO("./control", "/etc/passwd") };
	CLEANUP(buf_done) struct buf d = make_tar(file, 1);
	CLEANUP(buf_done) struct buf c = make_tar(control, 1);
	CLEANUP(buf_done) struct buf c_none = make_tar(no_control, 1);
	CLEANUP(buf_done) struct buf c_deep = make_tar(deep, 2);
	CLEANUP(buf_done) struct buf c_twice = make_tar(twice, 2);
	CLEANUP(buf_done) struct buf c_link = make_tar(linked, 1);
	CLEANUP(buf_done) struct buf d_xz = make_compressed(buf_span(&d), ".xz");
	CLEANUP(buf_done) struct buf d_gz = make_compressed(buf_span(&d), ".gz");
	struct span v = { (const uint8_t *)"2.0\n", 4 };
	const struct {
		struct {
			const char *name;
			struct span bytes;
		} m[5];
		const char *says; /* NULL: fine */
	} cases[] = {
		{ { { "debian-binary", v }, { "control.tar", buf_span(&c) },
			  { "data.tar", buf_span(&d) } },
			NULL },
		{ { { "debian-binary/", v }, { "control.tar/", buf_span(&c) },
			  { "data.tar.xz/", buf_span(&d_xz) } },
			NULL },
		{ { { "debian-binary", v }, { "control.tar", buf_span(&c) },
			  { "data.tar.gz", buf_span(&d_gz) } },
			NULL },
		{ { { "debian-binary", v }, { "control.tar", buf_span(&c) } },
			"no member data.tar" },
		{ { { "debian-binary", v } }, "no member control.tar" },
		{ { { "debian-binary", v }, { "data.tar", buf_span(&d) },
			  { "control.tar", buf_span(&c) } },
			"wanted control.tar" },
		{ { { "debian-binary", v }, { "control.tar", buf_span(&c) },
			  { "data.tar", buf_span(&d) }, { "_x", v } },
			"'_x' after data.tar" },
		{ { { "debian-binary", v }, { "control.tar", buf_span(&c) },
			  { "data.tar", buf_span(&d) }, { "data.tar", buf_span(&d) } },
			"after data.tar" },
		{ { { "control.tar", buf_span(&c) }, { "data.tar", buf_span(&d) } },
			"debian-binary" },
		{ { { "debian-binary", { (const uint8_t *)"3.0\n", 4 } },
			  { "control.tar", buf_span(&c) }, { "data.tar", buf_span(&d) } },
			"2.0" },
		{ { { "debian-binary", v }, { "control.tar", buf_span(&c) },
			  { "data.tar.bz2", buf_span(&d) } },
			"data.tar.bz2" },
		{ { { "debian-binary", v }, { "control.tar", buf_span(&c) },
			  { "data.tar.xz", buf_span(&d) } },
			"not compressed as its name" },
		{ { { "debian-binary", v }, { "control.tar", buf_span(&c) },
			  { "data.tar", buf_span(&d_xz) } },
			"data.tar" },
		{ { { "debian-binary", v }, { "control.tar", buf_span(&c) },
			  { "data.tar.zst", buf_span(&d_xz) } },
			"data.tar.zst" },
		{ { { "debian-binary", v }, { "control.tar", buf_span(&c) },
			  { "data.tar", { 0 } } },
			"data.tar" },
		{ { { "debian-binary", v }, { "control.tar", buf_span(&c_none) },
			  { "data.tar", buf_span(&d) } },
			"no member 'control'" },
		{ { { "debian-binary", v }, { "control.tar", buf_span(&c_deep) },
			  { "data.tar", buf_span(&d) } },
			"'./a/b'" },
		{ { { "debian-binary", v }, { "control.tar", buf_span(&c_twice) },
			  { "data.tar", buf_span(&d) } },
			"there twice" },
		{ { { "debian-binary", v }, { "control.tar", buf_span(&c_link) },
			  { "data.tar", buf_span(&d) } },
			"'./control': not a file" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf deb = buf_init(MAKE_DEB_MAX);
		CLEANUP(unpacked_done) struct unpacked u = { 0 };
		struct err e = { 0 };
		bool ok;

		for (size_t k = 0; cases[i].m[k].name; k++)
			make_ar_member(&deb, cases[i].m[k].name, cases[i].m[k].bytes);
		ok = unpack(&u, buf_span(&deb), &e);
		test_report(ok == !cases[i].says && (ok || strstr(e.text, cases[i].says)), __FILE__,
			(int)i, ok ? "accepted" : e.text);
	}
}

/* Garbage behind each of the layers. */
static void trailing(void)
{
	static const struct tar_line file[] = { FILE_OF("./a", "a") };
	static const char *const suffixes[] = { "", ".gz", ".xz", ".zst" };

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++)
		for (int where = 0; where < 3; where++) {
			CLEANUP(buf_done) struct buf tar = make_tar(file, 1);
			CLEANUP(buf_done) struct buf packed = { 0 };
			CLEANUP(buf_done) struct buf deb = { 0 };
			CLEANUP(unpacked_done) struct unpacked u = { 0 };
			struct err e = { 0 };
			char name[32];

			if (where == 0)
				make_tar_line(&tar, &file[0]);
			packed = make_compressed(buf_span(&tar), suffixes[i]);
			if (where == 1)
				buf_add_cstr(&packed, "garbage!");
			deb = make_deb(file, 1, "");
			deb.n = 0;
			make_ar_member(&deb, "debian-binary", span_make("2.0\n", 4));
			tar.n = 0;
			make_tar_line(&tar, &(struct tar_line)FILE_OF("./control", "Package: a\n"));
			buf_fill(&tar, 0, 1024);
			make_ar_member(&deb, "control.tar", buf_span(&tar));
			snprintf(name, sizeof name, "data.tar%s", suffixes[i]);
			make_ar_member(&deb, name, buf_span(&packed));
			if (where == 2)
				buf_add_cstr(&deb, "garbage");
			CHECK_ERR(unpack(&u, buf_span(&deb), &e), e, ERR_FORMAT);
		}
}

/* Cut anywhere, a package is an error; with any byte changed it is never worse than an error. */
static void damaged(const char *suffix)
{
	static const struct tar_line lines[] = { FOLDER("./"), FILE_OF("./a", "some text"),
		LINK_TO("./l", "a"), HARD("./h", "./a") };
	CLEANUP(buf_done) struct buf deb = make_deb(lines, ARRAY_LEN(lines), suffix);
	struct err e;

	for (size_t n = 0; n < deb.n; n++) {
		struct unpacked u = { 0 };

		CHECK_ERR(unpack(&u, span_make(deb.p, n), &e), e, ERR_FORMAT);
	}
	for (size_t i = 0; i < deb.n; i++) {
		CLEANUP(unpacked_done) struct unpacked u = { 0 };

		deb.p[i] ^= 0x41;
		e = (struct err){ 0 };
		CHECK(unpack(&u, buf_span(&deb), &e) || e.kind != ERR_NONE);
		deb.p[i] ^= 0x41;
	}
}

/* The tar and the compressed stream cut inside a sound container. */
static void cut_inside(const char *suffix)
{
	static const struct tar_line lines[] = { FOLDER("./"), FILE_OF("./a", "some text") };
	CLEANUP(buf_done) struct buf tar = make_tar(lines, ARRAY_LEN(lines));
	CLEANUP(buf_done) struct buf packed = make_compressed(buf_span(&tar), suffix);
	char name[32];

	snprintf(name, sizeof name, "data.tar%s", suffix);
	for (size_t n = 0; n < packed.n; n++) {
		CLEANUP(buf_done)
		struct buf deb = buf_init(MAKE_DEB_MAX), c = buf_init(MAKE_DEB_MAX);
		struct unpacked u = { 0 };
		struct err e = { 0 };

		make_tar_line(&c, &(struct tar_line)FILE_OF("./control", "Package: a\n"));
		buf_fill(&c, 0, 1024);
		make_ar_member(&deb, "debian-binary", span_make("2.0\n", 4));
		make_ar_member(&deb, "control.tar", buf_span(&c));
		make_ar_member(&deb, name, span_make(packed.p, n));
		CHECK_ERR(unpack(&u, buf_span(&deb), &e), e, ERR_FORMAT);
	}
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

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		all_kinds(suffixes[i]);
		cut_inside(suffixes[i]);
	}
	damaged("");
	damaged(".gz");
	damaged(".xz");
	damaged(".zst");
	pax();
	hostile();
	members();
	trailing();
	other_digest();
	return test_end();
}
