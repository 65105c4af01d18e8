#include "deb/deb_write.h"

#include "deb/tar_write.h"
#include "unpacked.h"

enum { AT = 1500000000 };

static struct content_memory memories[16];

static struct node node(const char *path, enum node_kind kind, unsigned mode)
{
	return (struct node){
		.path = str_of(path), .kind = kind, .mode = mode, .origin = STR("package")
	};
}

/* The i-th memory holds the text. */
static struct node file(const char *path, unsigned mode, const char *text, size_t i)
{
	struct node n = node(path, NODE_FILE, mode);

	content_of_memory(&n.content, &memories[i], str_span(str_of(text)));
	return n;
}

static struct node folder(const char *path)
{
	return node(path, NODE_FOLDER, 0755);
}

static struct tree *tree_of(const struct node *nodes, size_t n)
{
	struct tree *t = tree_new(1 << 20);
	struct err e = { 0 };

	for (size_t i = 0; i < n; i++)
		CHECK_OK(tree_add(t, &nodes[i], &e), e);
	CHECK_OK(tree_finish(t, AT, &e), e);
	return t;
}

static struct tree *control(void)
{
	const struct node nodes[] = { folder(""),
		file("control", 0644, "Package: t\nVersion: 1\nArchitecture: all\n", 0),
		file("md5sums", 0644, "", 1) };

	return tree_of(nodes, ARRAY_LEN(nodes));
}

static bool write_deb(struct buf *out, const struct node *nodes, size_t n, struct err *e)
{
	CLEANUP(tree_freep) struct tree *c = control();
	CLEANUP(tree_freep) struct tree *data = tree_of(nodes, n);

	return deb_write(out, c, data, AT, e);
}

#define D50 "a23456789012345678901234567890123456789012345678/"

/* What we write is what we read. */
static void round_trip(void)
{
	static const char deep[] = D50 D50 "x/usr/share/doc/of/the/long/name";
	struct node nodes[] = { folder(""), folder("usr"), folder("usr/bin"),
		file("usr/bin/tool", 04755, "a program", 2), file("usr/empty", 0644, "", 3),
		node("usr/bin/link", NODE_LINK, 0777), folder("zz"),
		file(D50 D50 "name", 0600, "long", 4), file(deep, 0644, "deep", 5) };
	CLEANUP(buf_done) struct buf deb = buf_init(1 << 20);
	CLEANUP(unpacked_done) struct unpacked u = { 0 };
	struct tree *t = tree_new(1 << 20), *c = control();
	struct err e = { 0 };

	nodes[5].target = STR("tool");
	for (size_t i = 0; i < 7; i++)
		CHECK_OK(tree_add(t, &nodes[i], &e), e);
	/* The parents of the long names. */
	for (size_t i = 1; i + 5 < sizeof deep; i++)
		if (deep[i] == '/') {
			struct node n = folder("");

			n.path = str_make(deep, i);
			CHECK_OK(tree_add(t, &n, &e), e);
		}
	CHECK_OK(tree_add(t, &nodes[7], &e), e);
	CHECK_OK(tree_add(t, &nodes[8], &e), e);
	CHECK_OK(tree_finish(t, AT, &e), e);
	CHECK_OK(deb_write(&deb, c, t, AT, &e), e);
	CHECK_OK(unpack(&u, buf_span(&deb), &e), e);
	CHECK(u.index.n_control == 2);
	CHECK(holds_text(&u, "usr/bin/tool", "a program") && holds_text(&u, "usr/empty", ""));
	CHECK(find(&u, "usr/bin/tool") && find(&u, "usr/bin/tool")->mode == 04755);
	CHECK(find(&u, "usr/bin/tool") && find(&u, "usr/bin/tool")->mtime_unix == AT);
	CHECK(find(&u, "usr/bin/link") && str_is(find(&u, "usr/bin/link")->target, "tool"));
	CHECK(holds_text(&u, D50 D50 "name", "long") && holds_text(&u, deep, "deep"));
	CHECK(find(&u, D50 D50 "name") && find(&u, D50 D50 "name")->mode == 0600);
	CHECK(find(&u, "zz") && find(&u, "zz")->kind == NODE_FOLDER);
	tree_free(t);
	tree_free(c);
}

/* The order in which a tree was filled does not show. */
static void order(void)
{
	struct node nodes[] = { folder(""), file("b", 0644, "1", 2), file("a", 0644, "2", 3) };
	CLEANUP(buf_done) struct buf one = buf_init(1 << 20), two = buf_init(1 << 20);
	struct node first = nodes[1];
	struct err e = { 0 };

	CHECK_OK(write_deb(&one, nodes, 3, &e), e);
	nodes[1] = nodes[2];
	nodes[2] = first;
	CHECK_OK(write_deb(&two, nodes, 3, &e), e);
	CHECK(one.n == two.n && memcmp(one.p, two.p, one.n) == 0);
	/* debian-binary is the first member; both archives are whole blocks. */
	CHECK(memcmp(one.p,
		      "!<arch>\ndebian-binary   1500000000  0     0     100644  4         `\n2.0\n",
		      72) == 0);
	CHECK((one.n - 72 - 2 * 60) % 512 == 0);
}

static bool tar_of(struct node n, struct err *e)
{
	CLEANUP(buf_done) struct buf out = buf_init(1 << 20);
	const struct node nodes[] = { folder(""), n };
	CLEANUP(tree_freep) struct tree *t = tree_of(nodes, 2);

	return tar_write(&out, t, e);
}

/* One file under two names would be two files where the package is installed. */
static void two_names(void)
{
	struct node nodes[] = { folder(""), file("f", 0644, "x", 2), file("g", 0644, "x", 2) };
	CLEANUP(buf_done) struct buf out = buf_init(1 << 20);
	struct err e = { 0 };

	nodes[1].inode = nodes[2].inode = 1;
	CHECK_ERR(write_deb(&out, nodes, 3, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "data.tar: 'f' is one of several names"));
}

static void refused(void)
{
	const struct xattr capability = { STR("security.capability"), { NULL, 0 } };
	struct node device = node("null", NODE_CHARDEV, 0666), link = node("l", NODE_LINK, 0777);
	struct node one = file("f", 0644, "x", 2);
	char name[200];
	struct err e = { 0 };

	CHECK_ERR(tar_of(device, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "'null' is a device"));
	CHECK_ERR(tar_of(node("p", NODE_FIFO, 0600), &e), e, ERR_FORMAT);
	one.xattrs = &capability;
	one.n_xattrs = 1;
	CHECK_ERR(tar_of(one, &e), e, ERR_FORMAT);
	memset(name, 'n', sizeof name);
	link.target = str_make(name, 100);
	CHECK_OK(tar_of(link, &e), e);
	link.target = str_make(name, 101);
	CHECK_ERR(tar_of(link, &e), e, ERR_LIMIT);
	/* "./" takes two of the hundred, and there is no '/' to cut at but that one. */
	one = file("f", 0644, "x", 2);
	one.path = str_make(name, 100);
	CHECK_OK(tar_of(one, &e), e);
	one.path = str_make(name, 101);
	CHECK_ERR(tar_of(one, &e), e, ERR_LIMIT);
	one = file("f", 0644, "x", 2);
	one.uid = one.gid = 07777777;
	CHECK_OK(tar_of(one, &e), e);
	one.uid++;
	CHECK_ERR(tar_of(one, &e), e, ERR_LIMIT);
	one.uid = 0;
	one.gid++;
	CHECK_ERR(tar_of(one, &e), e, ERR_LIMIT);
}

static void limits(void)
{
	const struct node nodes[] = { folder(""), file("f", 0644, "x", 2) };
	CLEANUP(tree_freep) struct tree *t = tree_of(nodes, 2);
	CLEANUP(tree_freep) struct tree *c = control();
	CLEANUP(buf_done) struct buf small = buf_init(2000), whole = buf_init(1 << 20);
	struct err e = { 0 };

	CHECK_ERR(deb_write(&small, c, t, AT, &e), e, ERR_LIMIT);
	CHECK_ERR(deb_write(&whole, t, c, AT, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "'control'"));
}

int main(void)
{
	round_trip();
	order();
	two_names();
	refused();
	limits();
	return test_end();
}
