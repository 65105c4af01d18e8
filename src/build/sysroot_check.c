#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/sysroot_check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/rd.h"
#include "sys/file.h"
#include "sys/par.h"
#include "base/banned.h"

enum { NODE_SIZE_MIN = 1 + 2, PLACE_MAX = 128 };

struct checking {
	int dir;
	const struct node *nodes;
};

static bool differs(const struct node *n, struct err *e)
{
	return err_set(e, ERR_MISMATCH, "'%.*s' is not what it was", STR_ARG(n->path));
}

/* From errno: what is there is something else, or it could not be looked at. */
static bool unlike(const struct node *n, struct err *e)
{
	if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == EINVAL ||
		errno == ENXIO)
		return differs(n, e);
	return err_os(e, "cannot read '%.*s'", STR_ARG(n->path));
}

static bool check_file(int dir, const struct node *n, const char *path, struct err *e)
{
	CLEANUP(file_closep)
	int fd = openat(dir, path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA256);
	uint64_t size = n->content.size;
	size_t room = size < CONTENT_PIECE ? (size_t)size : CONTENT_PIECE;
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(room);
	uint8_t got[SHA256_SIZE];
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return unlike(n, e);
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size != size)
		return differs(n, e);
	for (uint64_t at = 0; at < size;) {
		size_t step = size - at < room ? (size_t)(size - at) : room;

		if (!file_pread(fd, piece, step, at, path, e))
			return false;
		hasher_add(h, piece, step);
		at += step;
	}
	hasher_end(h, got);
	return ct_equal(got, n->content.sha256, SHA256_SIZE) || differs(n, e);
}

static bool check_link(int dir, const struct node *n, const char *path, struct err *e)
{
	char target[TREE_PATH_MAX + 2];
	ssize_t size = readlinkat(dir, path, target, sizeof target);

	if (size < 0)
		return unlike(n, e);
	return str_equal(str_make(target, (size_t)size), n->target) || differs(n, e);
}

static bool check_node(void *ctx, size_t i, struct err *e)
{
	const struct checking *c = ctx;
	const struct node *n = &c->nodes[i];
	CLEANUP(mem_free) char *path = mem_string(n->path.n ? n->path : STR("."));
	struct stat st;

	if (n->kind == NODE_FILE)
		return check_file(c->dir, n, path, e);
	if (n->kind == NODE_LINK)
		return check_link(c->dir, n, path, e);
	if (n->kind != NODE_FOLDER)
		return true; /* is not laid out */
	if (fstatat(c->dir, path, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return unlike(n, e);
	return S_ISDIR(st.st_mode) || differs(n, e);
}

bool sysroot_check(int dir, const struct node *nodes, size_t n, struct err *e)
{
	struct checking c = { dir, nodes };

	return par_for(n, 0, check_node, &c, e);
}

static void add_str(struct buf *out, struct str s)
{
	buf_u16le(out, (uint16_t)s.n);
	buf_add_str(out, s);
}

void sysroot_list_emit(const struct node *nodes, size_t n, struct buf *out)
{
	uint8_t sha256[SHA256_SIZE];

	for (size_t i = 0; i < n; i++) {
		buf_u8(out, (uint8_t)nodes[i].kind);
		add_str(out, nodes[i].path);
		if (nodes[i].kind == NODE_FILE) {
			buf_u64le(out, nodes[i].content.size);
			buf_add(out, nodes[i].content.sha256, SHA256_SIZE);
		} else if (nodes[i].kind == NODE_LINK) {
			add_str(out, nodes[i].target);
		}
	}
	sha256_of(sha256, buf_span(out));
	buf_add(out, sha256, sizeof sha256);
}

static struct str read_str(struct rd *r)
{
	struct span s = rd_bytes(r, rd_u16le(r));

	return str_make((const char *)s.p, s.n);
}

/* Borrows text. */
static bool parse(struct node **ret, size_t *n_ret, struct span text, struct err *e)
{
	struct span body = span_make(text.p, text.n < SHA256_SIZE ? 0 : text.n - SHA256_SIZE);
	CLEANUP(mem_free) struct node *nodes = mem_array(body.n / NODE_SIZE_MIN + 1, sizeof *nodes);
	struct rd r = rd_of(body);
	uint8_t sha256[SHA256_SIZE];
	size_t n = 0;

	sha256_of(sha256, body);
	if (text.n < SHA256_SIZE || !ct_equal(sha256, text.p + body.n, SHA256_SIZE))
		return err_set(e, ERR_FORMAT, "its list is damaged");
	while (rd_left(&r) && rd_ok(&r)) {
		struct node *node = &nodes[n++];

		node->kind = (enum node_kind)rd_u8(&r);
		node->path = read_str(&r);
		if (node->kind == NODE_FILE) {
			node->content.size = rd_u64le(&r);
			rd_copy(&r, node->content.sha256, SHA256_SIZE);
		} else if (node->kind == NODE_LINK) {
			node->target = read_str(&r);
		}
	}
	if (!rd_done(&r))
		return err_set(e, ERR_FORMAT, "its list is malformed");
	*ret = TAKE(nodes);
	*n_ret = n;
	return true;
}

bool sysroot_verify(const struct store *s, const char *place, struct err *e)
{
	struct str name = str_of(place);
	bool is_list = str_ends(name, ".list");
	size_t n_name = name.n - (is_list ? sizeof ".list" - 1 : 0), n = 0;
	CLEANUP(buf_done) struct buf text = { 0 };
	CLEANUP(mem_free) struct node *nodes = NULL;
	CLEANUP(file_closep) int dir = -1;
	char list[PLACE_MAX];

	if (snprintf(list, sizeof list, "%.*s.list", (int)n_name, place) >= (int)sizeof list)
		return err_set(e, ERR_FORMAT, "no name of a toolchain");
	if (!file_read(store_fd(s), list, SYSROOT_LIST_MAX, &text, e))
		return err_wrap(e, "its list");
	if (!parse(&nodes, &n, buf_span(&text), e))
		return false;
	if (is_list)
		return true;
	dir = openat(store_fd(s), place, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dir < 0 && (errno == ENOTDIR || errno == ELOOP))
		return err_set(e, ERR_FORMAT, "it is no folder");
	if (dir < 0)
		return err_os(e, "cannot open '%s'", place);
	return sysroot_check(dir, nodes, n, e);
}
