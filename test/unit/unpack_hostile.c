#include "deb/unpack.h"

#include "deb/archive_error.h"
#include "unpacked.h"

/* One record of pax before the file "./f". */
static void pax_records(void)
{
	static const struct {
		const char *key, *value;
		const char *says; /* NULL: fine */
	} cases[] = {
		{ "path", "./\xc5\x91/\xe2\x82\xac", NULL },
		{ "SCHILY.xattr.user.x", "1", NULL },
		{ "comment", "nothing", NULL },
		{ "path", "../f", ".." },
		{ "path", "/f", "'/f'" },
		{ "path", "./a\nb", "control" },
		{ "uid", "4294967295", "'./f': owner 4294967295" },
		{ "gid", "99999999999", "'./f': owner" },
		{ "size", "1099511627776", "'./f': 1099511627776 bytes" },
		{ "SCHILY.acl.access", "user::rw-,user:lp:r--:7,group::r--,mask::r--,other::r--",
			"'./f': an access control list" },
		{ "SCHILY.fflags", "immutable", "'./f': file flags" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf tar = buf_init(MAKE_DEB_MAX);
		CLEANUP(buf_done) struct buf deb = { 0 };
		CLEANUP(unpacked_done) struct unpacked u = { 0 };
		struct err e = { 0 };
		bool ok;

		make_tar_pax(&tar, cases[i].key, cases[i].value);
		make_tar_line(&tar, &(struct tar_line)FILE_OF("./f", "text"));
		buf_fill(&tar, 0, 1024);
		deb = make_deb_of_tar(buf_span(&tar), ".gz");
		ok = unpack(&u, buf_span(&deb), &e);
		test_report(ok == !cases[i].says && (ok || strstr(e.text, cases[i].says)), __FILE__,
			(int)i, ok ? cases[i].value : e.text);
		CHECK(!ok || u.index.n_nodes == 1);
		CHECK(i > 0 || holds_text(&u, cases[0].value + 2, "text"));
	}
}

/* Whether the error names one of the entries, without its "./" and with '?' for what no terminal should see. */
static bool names_one(const char *text, const struct tar_line *lines, size_t n)
{
	char shown[SHOWN_MAX + 1];

	for (size_t i = 0; i < n; i++) {
		const char *name = lines[i].name;

		name += strncmp(name, "./", 2) == 0 && name[2] ? 2 : 0;
		archive_error_show(shown, str_of(name));
		shown[100] = 0;
		if (strstr(text, shown))
			return true;
	}
	return false;
}

static char long_component[400];

static const struct {
	struct tar_line lines[3];
	const char *says;
} paths[] = {
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
	{ { LINK_TO("./opt", "/etc"), FILE_OF("./opt/x", "") }, "'opt/x' runs through 'opt'" },
	{ { FILE_OF("./opt/a/x", ""), LINK_TO("./opt", "/etc") }, "runs through" },
	{ { FILE_OF("./opt", ""), FILE_OF("./opt/x", "") }, "runs through" },
	{ { LINK_TO("./l", "a\nb") }, "'./l': a symbolic link with a control" },
	{ { { "./s", 'V', 0644, "", NULL } }, "garbage after the end" },
	{ { FILE_OF("./a\tb", "") }, "'./a?b': path with the control character 0x09" },
	{ { FILE_OF("./\x01", "") }, "'./?'" },
	{ { FOLDER("./a\rb/") }, "'./a?b/'" },
	{ { LINK_TO("./a\x1b]0;x", "b") }, "'./a?]0;x'" },
	{ { FILE_OF("./a", ""), HARD("./b\n", "./a") }, "'./b?'" },
	{ { FILE_OF("./a", ""), HARD("./b", "./a\n") }, "'./b': hard link" },
	{ { FILE_OF("./a/..", "") }, "'./a/..'" },
	{ { FOLDER("./../") }, "'./../'" },
	{ { FOLDER("./a/../../b/") }, "'./a/../../b/'" },
	{ { LINK_TO("./../x", "y") }, "'./../x'" },
	{ { FILE_OF("./a", ""), HARD("./../x", "./a") }, "'./../x'" },
	{ { LINK_TO("/etc", "x") }, "'/etc'" },
	{ { LINK_TO("./a", "/etc"), LINK_TO("./b", "a"), FILE_OF("./b/passwd", "") },
		"'b/passwd' runs through 'b'" },
	{ { LINK_TO("./a", "../../etc"), FILE_OF("./a/passwd", "") },
		"'a/passwd' runs through 'a'" },
	{ { FOLDER("./a/"), LINK_TO("./a", "/etc"), FILE_OF("./a/x", "") }, "twice" },
	{ { LINK_TO("./a", "/etc"), FOLDER("./a/"), FILE_OF("./a/x", "") }, "twice" },
	{ { LINK_TO("./a", "x"), LINK_TO("./a", "x") }, "'./a': 'a' is there twice" },
	{ { FOLDER("./usr/bin/"), LINK_TO("./bin", "/etc") }, "'bin'" },
};

static void hostile(void)
{
	memset(long_component, 'x', sizeof long_component - 1);
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		size_t n = 0;
		struct err e = { 0 };
		struct unpacked u = { 0 };
		bool ok;

		while (n < 3 && paths[i].lines[n].name)
			n++;
		CLEANUP(buf_done) struct buf deb = make_deb(paths[i].lines, n, "");
		ok = unpack(&u, buf_span(&deb), &e);
		test_report(!ok && strstr(e.text, paths[i].says) &&
				    (paths[i].lines[0].type == 'V' ||
					    names_one(e.text, paths[i].lines, n)) &&
				    (e.kind == ERR_FORMAT || e.kind == ERR_LIMIT),
			__FILE__, (int)i, ok ? paths[i].lines[0].name : e.text);
		for (const char *c = e.text; *c; c++)
			CHECK(*c >= ' ' && *c <= '~');
		unpacked_done(&u);
	}
}

/* What a member may hold. */
enum part {
	NOTHING,
	VERSION,
	VERSION_3,
	CONTROL,
	NO_CONTROL,
	DEEP,
	TWICE,
	LINKED,
	DATA,
	DATA_XZ,
	DATA_GZ,
	PARTS
};

static void make_parts(struct buf parts[static PARTS])
{
	static const struct tar_line file[] = { FILE_OF("./a", "a") };
	static const struct tar_line control[] = { FILE_OF("./control", "Package: a\n") };
	static const struct tar_line no_control[] = { FILE_OF("./md5sums", "") };
	static const struct tar_line deep[] = { FILE_OF("./control", "x"), FILE_OF("./a/b", "x") };
	static const struct tar_line twice[] = { FILE_OF("./control", "x"),
		FILE_OF("control", "y") };
	static const struct tar_line linked[] = { LINK_TO("./control", "/etc/passwd") };

	parts[NOTHING] = buf_init(1);
	parts[VERSION] = buf_init(8);
	buf_add_cstr(&parts[VERSION], "2.0\n");
	parts[VERSION_3] = buf_init(8);
	buf_add_cstr(&parts[VERSION_3], "3.0\n");
	parts[CONTROL] = make_tar(control, 1);
	parts[NO_CONTROL] = make_tar(no_control, 1);
	parts[DEEP] = make_tar(deep, 2);
	parts[TWICE] = make_tar(twice, 2);
	parts[LINKED] = make_tar(linked, 1);
	parts[DATA] = make_tar(file, 1);
	parts[DATA_XZ] = make_compressed(buf_span(&parts[DATA]), ".xz");
	parts[DATA_GZ] = make_compressed(buf_span(&parts[DATA]), ".gz");
}

/* A .deb of these members, in order. */
static const struct {
	struct {
		const char *name;
		enum part part;
	} m[5];
	const char *says; /* NULL: fine */
} packages[] = {
	{ { { "debian-binary", VERSION }, { "control.tar", CONTROL }, { "data.tar", DATA } },
		NULL },
	{ { { "debian-binary/", VERSION }, { "control.tar/", CONTROL },
		  { "data.tar.xz/", DATA_XZ } },
		NULL },
	{ { { "debian-binary", VERSION }, { "control.tar", CONTROL }, { "data.tar.gz", DATA_GZ } },
		NULL },
	{ { { "debian-binary", VERSION }, { "control.tar", CONTROL } }, "no member data.tar" },
	{ { { "debian-binary", VERSION } }, "no member control.tar" },
	{ { { "debian-binary", VERSION }, { "data.tar", DATA }, { "control.tar", CONTROL } },
		"wanted control.tar" },
	{ { { "debian-binary", VERSION }, { "control.tar", CONTROL }, { "data.tar", DATA },
		  { "_x", VERSION } },
		"'_x' after data.tar" },
	{ { { "debian-binary", VERSION }, { "control.tar", CONTROL }, { "data.tar", DATA },
		  { "data.tar", DATA } },
		"after data.tar" },
	{ { { "control.tar", CONTROL }, { "data.tar", DATA } }, "debian-binary" },
	{ { { "debian-binary", VERSION_3 }, { "control.tar", CONTROL }, { "data.tar", DATA } },
		"2.0" },
	{ { { "debian-binary", VERSION }, { "control.tar", CONTROL }, { "data.tar.bz2", DATA } },
		"data.tar.bz2" },
	{ { { "debian-binary", VERSION }, { "control.tar", CONTROL }, { "data.tar.xz", DATA } },
		"not compressed as its name" },
	{ { { "debian-binary", VERSION }, { "control.tar", CONTROL }, { "data.tar", DATA_XZ } },
		"data.tar" },
	{ { { "debian-binary", VERSION }, { "control.tar", CONTROL }, { "data.tar.zst", DATA_XZ } },
		"data.tar.zst" },
	{ { { "debian-binary", VERSION }, { "control.tar", CONTROL }, { "data.tar", NOTHING } },
		"data.tar" },
	{ { { "debian-binary", VERSION }, { "control.tar", NO_CONTROL }, { "data.tar", DATA } },
		"no member 'control'" },
	{ { { "debian-binary", VERSION }, { "control.tar", DEEP }, { "data.tar", DATA } },
		"'./a/b'" },
	{ { { "debian-binary", VERSION }, { "control.tar", TWICE }, { "data.tar", DATA } },
		"there twice" },
	{ { { "debian-binary", VERSION }, { "control.tar", LINKED }, { "data.tar", DATA } },
		"'./control': not a file" },
};

static void members(void)
{
	struct buf parts[PARTS];

	make_parts(parts);
	for (size_t i = 0; i < ARRAY_LEN(packages); i++) {
		CLEANUP(buf_done) struct buf deb = buf_init(MAKE_DEB_MAX);
		CLEANUP(unpacked_done) struct unpacked u = { 0 };
		struct err e = { 0 };
		bool ok;

		for (size_t k = 0; packages[i].m[k].name; k++)
			make_ar_member(&deb, packages[i].m[k].name,
				buf_span(&parts[packages[i].m[k].part]));
		ok = unpack(&u, buf_span(&deb), &e);
		test_report(ok == !packages[i].says && (ok || strstr(e.text, packages[i].says)),
			__FILE__, (int)i, ok ? "accepted" : e.text);
	}
	for (size_t i = 0; i < PARTS; i++)
		buf_done(&parts[i]);
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

int main(void)
{
	static const char *const suffixes[] = { "", ".gz", ".xz", ".zst" };

	for (size_t i = 0; i < ARRAY_LEN(suffixes); i++) {
		damaged(suffixes[i]);
		cut_inside(suffixes[i]);
	}
	pax_records();
	hostile();
	members();
	trailing();
	return test_end();
}
