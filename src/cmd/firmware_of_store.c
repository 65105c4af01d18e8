#include "cmd/firmware_of_store.h"

#include <stdio.h>

#include "base/hex.h"
#include "base/mem.h"
#include "deb/pack.h"
#include "measure/sev_firmware.h"
#include "store/store_list.h"
#include "base/banned.h"

enum { SEEN_MAX = 1024, NAME_MAX_TEXT = 600 };

struct walk {
	struct store *store;
	firmware_of_store_use *use;
	void *ctx;
	uint8_t seen[SEEN_MAX][SHA256_SIZE];
	size_t n_seen;
	bool end;
};

static void walk_freep(struct walk **w)
{
	if (*w)
		store_free((*w)->store);
	mem_free(w);
}

/* False for bytes that were there before. */
static bool is_new(struct walk *w, const uint8_t sha256[static SHA256_SIZE])
{
	for (size_t i = 0; i < w->n_seen; i++)
		if (!memcmp(w->seen[i], sha256, SHA256_SIZE))
			return false;
	if (w->n_seen < SEEN_MAX)
		memcpy(w->seen[w->n_seen++], sha256, SHA256_SIZE);
	return true;
}

static bool is_firmware(const struct node *n)
{
	return n->kind == NODE_FILE && str_ends(n->path, ".fd") && n->content.size > 0 &&
	       n->content.size <= SEV_FIRMWARE_MAX;
}

static bool use_node(struct walk *w, const struct node *n, struct str package, struct err *e)
{
	CLEANUP(buf_done) struct buf name = buf_init(NAME_MAX_TEXT);
	CLEANUP(mem_free) uint8_t *image = NULL;

	if (!is_new(w, n->content.sha256))
		return true;
	image = mem_alloc(n->content.size);
	if (!content_read(&n->content, 0, image, n->content.size, e))
		return err_wrap(e, "'%.*s' in the store", STR_ARG(n->path));
	buf_printf(&name, "%.*s of package %.*s", STR_ARG(n->path), STR_ARG(package));
	return w->use(w->ctx, buf_str(&name), span_make(image, n->content.size), &w->end, e);
}

/* "ovmf 2025.02-8+deb13u1" of the control file's first lines. */
static struct str package_of(const struct pack *p, char *out, size_t size)
{
	struct span control = pack_control(p, "control");
	struct str rest = str_make((const char *)control.p, control.n), line;
	struct str name = STR("?"), version = STR("?");
	bool more = true;

	while (more) {
		more = str_cut(rest, '\n', &line, &rest);
		if (str_starts(line, "Package: "))
			name = str_trim(str_make(line.p + 9, line.n - 9));
		if (str_starts(line, "Version: "))
			version = str_trim(str_make(line.p + 9, line.n - 9));
	}
	snprintf(out, size, "%.*s %.*s", STR_ARG(name), STR_ARG(version));
	return str_of(out);
}

/* The digest in "packs/SHA256-VERSION" of this version; what is of another one is not unpacked for this. */
static bool pack_digest(uint8_t ret[static SHA256_SIZE], const char *place)
{
	char again[PACK_PLACE_MAX];
	struct str s = str_of(place);

	if (!str_starts(s, "packs/") || s.n < 6 + 2 * SHA256_SIZE ||
		!hex_read(str_make(s.p + 6, 2 * SHA256_SIZE), ret, SHA256_SIZE))
		return false;
	pack_place(again, ret);
	return str_is(s, again);
}

static bool use_pack(struct walk *w, const char *place, struct err *e)
{
	CLEANUP(pack_freep) struct pack *p = NULL;
	uint8_t sha256[SHA256_SIZE];
	const struct node *nodes;
	char package[300];
	struct err why;
	size_t n;

	/* One that does not open is for `assay store verify`. */
	if (!pack_digest(sha256, place) || !pack_open(&p, w->store, sha256, str_of(place), &why))
		return true;
	nodes = pack_nodes(p, &n);
	for (size_t i = 0; i < n && !w->end; i++)
		if (is_firmware(&nodes[i]) &&
			!use_node(w, &nodes[i], package_of(p, package, sizeof package), e))
			return false;
	return true;
}

bool firmware_of_store(const char *path, firmware_of_store_use *use, void *ctx, struct err *e)
{
	CLEANUP(walk_freep) struct walk *w = MEM_NEW(struct walk);
	CLEANUP(store_list_done) struct store_list list = { 0 };

	w->use = use;
	w->ctx = ctx;
	if (!store_open(&w->store, path, e) || !store_list(&list, w->store, e))
		return false;
	for (size_t i = 0; i < list.n && !w->end; i++)
		if (list.items[i].kind == STORE_PACKS && !use_pack(w, list.items[i].place, e))
			return false;
	return true;
}
