#include "deb/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "deb/pack_check.h"
#include "deb/pack_index.h"
#include "deb/unpack.h"
#include "store/store_list.h"
#include "sys/file.h"
#include "sys/par.h"
#include "base/banned.h"

struct pack {
	struct content_source source;
	struct store *store;
	char place[PACK_PLACE_MAX]; /* in the store */
	struct buf text;            /* the index, which the parsed form borrows */
	struct pack_index index;
	struct pack_check *check; /* of the contents */
};

static bool make(struct store *s, const char *place, const uint8_t *deb_sha256, struct err *e);

/* Hashed again on the way, unless that was done; the pack is unpacked anew when its bytes have changed. */
static bool read_pack(
	const struct content_source *s, uint64_t at, void *dst, size_t n, struct err *e)
{
	const struct pack *p = (const struct pack *)s;
	struct err why = { 0 };

	if (pack_check_read(p->check, store_fd(p->store), p->place, at, dst, n, &why))
		return true;
	*e = why;
	if (why.kind == ERR_IO)
		return false;
	if (!make(p->store, p->place, p->index.deb_sha256, e))
		return err_wrap(e, "a damaged pack cannot be made again");
	return pack_check_read(p->check, store_fd(p->store), p->place, at, dst, n, e);
}

void pack_free(struct pack *p)
{
	if (!p)
		return;
	pack_check_free(p->check);
	pack_index_done(&p->index);
	buf_done(&p->text);
	free(p);
}

void pack_freep(struct pack **p)
{
	pack_free(*p);
	*p = NULL;
}

/* The checked index of the file, into p->text; *at: where the contents end. */
static bool read_index(struct pack *p, int fd, uint64_t *at, struct err *e)
{
	uint8_t trailer[PACK_TRAILER_SIZE], want[SHA256_SIZE], got[SHA256_SIZE];
	struct stat st;
	size_t n;

	if (fstat(fd, &st) < 0)
		return err_os(e, "cannot read '%s'", p->place);
	if (st.st_size < PACK_TRAILER_SIZE)
		return err_set(e, ERR_FORMAT, "'%s' is too short for a pack", p->place);
	if (!file_pread(fd, trailer, sizeof trailer, (uint64_t)st.st_size - sizeof trailer,
		    p->place, e) ||
		!pack_index_parse_trailer(trailer, (uint64_t)st.st_size, at, &n, want, e))
		return false;
	p->text = buf_init(PACK_INDEX_MAX);
	buf_fill(&p->text, 0, n);
	if (!file_pread(fd, p->text.p, n, *at, p->place, e))
		return false;
	sha256_of(got, buf_span(&p->text));
	return ct_equal(got, want, sizeof got) ||
	       err_set(e, ERR_MISMATCH, "'%s' is damaged: its index has another digest", p->place);
}

/* From the store; NOTFOUND when it is not there, FORMAT or MISMATCH when it is damaged. */
static bool load(struct pack **ret, struct store *s, const char *place, const uint8_t *deb_sha256,
	struct err *e)
{
	CLEANUP(file_closep) int fd = file_open(store_fd(s), place, e);
	CLEANUP(pack_freep) struct pack *p = NULL;
	uint64_t contents_size;

	if (fd < 0)
		return false;
	p = MEM_NEW(struct pack);
	p->source.read = read_pack;
	p->store = s;
	memcpy(p->place, place, strlen(place));
	if (!read_index(p, fd, &contents_size, e) ||
		!pack_index_parse(&p->index, buf_span(&p->text), contents_size, e))
		return false;
	if (!ct_equal(p->index.deb_sha256, deb_sha256, SHA256_SIZE))
		return err_set(e, ERR_MISMATCH, "'%s' is the pack of another package", place);
	p->check = pack_check_new(&p->index);
	for (size_t i = 0; i < p->index.n_nodes; i++)
		if (p->index.nodes[i].content.size)
			p->index.nodes[i].content.source = &p->source;
	*ret = TAKE(p);
	return true;
}

static bool make(struct store *s, const char *place, const uint8_t *deb_sha256, struct err *e)
{
	CLEANUP(file_closep) int deb = -1;
	CLEANUP(file_closep) int out = -1;
	char name[STORE_NAME_MAX];
	uint64_t size;

	deb = store_open_object(s, deb_sha256, &size, e);
	if (deb < 0 || !store_temp_new(s, name, &out, e))
		return false;
	if (unpack_deb(deb, size, deb_sha256, out, e) && store_temp_place(s, name, out, place, e))
		return true;
	store_temp_drop(s, name);
	return false;
}

void pack_place(char place[static PACK_PLACE_MAX], const uint8_t deb_sha256[static SHA256_SIZE])
{
	char hex[2 * SHA256_SIZE + 1];

	hex_write(hex, deb_sha256, SHA256_SIZE);
	snprintf(place, PACK_PLACE_MAX, "packs/%s-%d", hex, PACK_VERSION);
}

bool pack_open(struct pack **ret, struct store *s, const uint8_t deb_sha256[static SHA256_SIZE],
	struct str name, struct err *e)
{
	struct err missing = { 0 };
	char place[PACK_PLACE_MAX];

	pack_place(place, deb_sha256);
	if (load(ret, s, place, deb_sha256, &missing)) {
		store_mark_used(s, place);
		return true;
	}
	/* Whatever else is wrong with it, unpacking again mends it. */
	if (missing.kind == ERR_IO) {
		*e = missing;
		return err_wrap(e, "package '%.*s'", STR_ARG(name));
	}
	if (!make(s, place, deb_sha256, e))
		return err_wrap(e, "cannot unpack package '%.*s'", STR_ARG(name));
	return load(ret, s, place, deb_sha256, e) || err_wrap(e, "package '%.*s'", STR_ARG(name));
}

struct job {
	size_t i; /* in the caller's list */
	uint64_t size;
};

struct jobs {
	struct job *list;
	struct pack **packs;
	struct store *store;
	const uint8_t (*deb_sha256)[SHA256_SIZE];
	const struct str *names;
};

/* Biggest first, so that no core is left with a big one at the end. */
static int by_size(const void *a, const void *b)
{
	const struct job *x = a, *y = b;

	if (x->size != y->size)
		return x->size > y->size ? -1 : 1;
	return x->i == y->i ? 0 : x->i < y->i ? -1 : 1;
}

static bool open_one(void *ctx, size_t k, struct err *e)
{
	struct jobs *j = ctx;
	size_t i = j->list[k].i;

	return pack_open(&j->packs[i], j->store, j->deb_sha256[i], j->names[i], e);
}

static bool list_jobs(struct jobs *j, size_t n, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		CLEANUP(file_closep) int fd = -1;

		j->list[i].i = i;
		fd = store_open_object(j->store, j->deb_sha256[i], &j->list[i].size, e);
		if (fd < 0)
			return err_wrap(e, "package '%.*s'", STR_ARG(j->names[i]));
	}
	if (n)
		qsort(j->list, n, sizeof *j->list, by_size);
	return true;
}

bool pack_open_all(struct pack **ret, size_t n, struct store *s,
	const uint8_t (*deb_sha256)[SHA256_SIZE], const struct str *names, struct err *e)
{
	CLEANUP(mem_free) struct job *list = mem_array(n, sizeof *list);
	CLEANUP(mem_free) struct pack **packs = mem_array(n, sizeof *packs);
	struct jobs j = { list, packs, s, deb_sha256, names };

	if (!list_jobs(&j, n, e))
		return false;
	if (par_for(n, 0, open_one, &j, e)) {
		if (n)
			memcpy(ret, packs, n * sizeof *packs);
		return true;
	}
	for (size_t i = 0; i < n; i++)
		pack_free(packs[i]);
	return false;
}

const struct node *pack_nodes(const struct pack *p, size_t *n)
{
	*n = p->index.n_nodes;
	return p->index.nodes;
}

struct span pack_control(const struct pack *p, const char *member)
{
	for (size_t i = 0; i < p->index.n_control; i++)
		if (str_is(p->index.control[i].name, member))
			return p->index.control[i].bytes;
	return (struct span){ 0 };
}

const struct pack_member *pack_control_members(const struct pack *p, size_t *n)
{
	*n = p->index.n_control;
	return p->index.control;
}

bool pack_verify(struct store *s, const char *place, struct err *e)
{
	CLEANUP(pack_freep) struct pack *p = NULL;
	struct str hex = str_make(place + sizeof "packs/" - 1, 2 * SHA256_SIZE);
	char want[PACK_PLACE_MAX];
	uint8_t deb_sha256[SHA256_SIZE];

	if (strlen(place) < sizeof "packs/" - 1 + hex.n || !hex_read(hex, deb_sha256, SHA256_SIZE))
		return err_set(e, ERR_FORMAT, "no name of a pack");
	pack_place(want, deb_sha256);
	if (strcmp(want, place) != 0)
		return err_set(e, ERR_NOTFOUND, "a pack of another version, which nobody reads");
	return load(&p, s, place, deb_sha256, e) && pack_check_all(p->check, store_fd(s), place, e);
}
