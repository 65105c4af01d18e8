#include "image/fat_layout.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/banned.h"

enum {
	RESERVED_SECTORS = 32,
	DATA_ALIGN_SECTORS = 8, /* files begin at multiples of 4096, as flash and holes like them */
	SIZE_STEP = 1 << 20,
	FOLDER_SIZE_MAX = 65536 * FAT_ENTRY_SIZE,
};

void fat_free(struct fat *f)
{
	if (!f)
		return;
	mem_free(&f->nodes);
	mem_free(&f);
}

void fat_freep(struct fat **f)
{
	fat_free(*f);
}

uint64_t fat_size(const struct fat *f)
{
	return (uint64_t)f->sectors * FAT_SECTOR;
}

/*
 * By component, case aside: a path stands next to others of its folder. Equal ones are refused later, so the
 * order is total.
 */
static int by_path(const void *a, const void *b)
{
	const struct fat_file *const *fa = a, *const *fb = b;
	struct str x = (*fa)->path, y = (*fb)->path;

	for (;;) {
		struct str head_x, head_y;
		bool more_x = str_cut(x, '/', &head_x, &x), more_y = str_cut(y, '/', &head_y, &y);
		int c = fat_name_compare(head_x, head_y);

		if (c || !more_x || !more_y)
			return c ? c : (int)more_x - (int)more_y;
	}
}

static uint32_t add_node(
	struct fat *f, uint32_t parent, struct str name, const struct fat_file *file)
{
	uint32_t i = (uint32_t)f->n_nodes++;
	struct fat_node *up = &f->nodes[parent];

	f->nodes[i] = (struct fat_node){ .name = name, .file = file, .parent = parent };
	if (up->last_child)
		f->nodes[up->last_child].next_sibling = i;
	else
		up->first_child = i;
	up->last_child = i;
	return i;
}

/* The paths come in order, so only the folder's last node can have the same name. */
static bool enter(struct fat *f, uint32_t *at, struct str name, const struct fat_file *file,
	struct str path, struct err *e)
{
	uint32_t last = f->nodes[*at].last_child;
	const struct fat_node *n = &f->nodes[last];

	if (!fat_name_check(name, e))
		return err_wrap(e, "cannot put '%.*s' on the ESP", STR_ARG(path));
	if (!last || fat_name_compare(n->name, name) != 0) {
		*at = add_node(f, *at, name, file);
		return true;
	}
	if (file || n->file || !str_equal(n->name, name))
		return err_set(e, ERR_FORMAT,
			"cannot put '%.*s' on the ESP: '%.*s' is there, and FAT does not tell them apart",
			STR_ARG(path), STR_ARG(n->name));
	*at = last;
	return true;
}

static bool add_file(struct fat *f, const struct fat_file *file, struct err *e)
{
	struct str rest = file->path, name;
	uint32_t at = 0;
	unsigned depth = 0;
	bool more;

	if (file->content.size > UINT32_MAX)
		return err_set(e, ERR_LIMIT, "'%.*s' has %llu bytes, FAT takes 2^32-1",
			STR_ARG(file->path), (unsigned long long)file->content.size);
	do {
		more = str_cut(rest, '/', &name, &rest);
		if (++depth > FAT_DEPTH_MAX)
			return err_set(e, ERR_LIMIT, "'%.*s' is deeper than %d folders",
				STR_ARG(file->path), FAT_DEPTH_MAX);
		if (!enter(f, &at, name, more ? NULL : file, file->path, e))
			return false;
	} while (more);
	return true;
}

static bool make_nodes(struct fat *f, const struct fat_file *files, size_t n, struct err *e)
{
	CLEANUP(mem_free) const struct fat_file **sorted = mem_array(n, sizeof(void *));

	for (size_t i = 0; i < n; i++)
		sorted[i] = &files[i];
	qsort(sorted, n, sizeof(void *), by_path);
	f->nodes = mem_array(n * FAT_DEPTH_MAX + 1, sizeof *f->nodes);
	f->n_nodes = 1;
	for (size_t i = 0; i < n; i++)
		if (!add_file(f, sorted[i], e))
			return false;
	return true;
}

static bool has_alias(const struct fat *f, uint32_t folder, const char *alias)
{
	for (uint32_t i = f->nodes[folder].first_child; i; i = f->nodes[i].next_sibling)
		if (memcmp(f->nodes[i].alias, alias, FAT_NAME_ALIAS_SIZE) == 0)
			return true;
	return false;
}

/* Names that are aliases keep them; the others take the first free tail in the order of names. */
static bool make_aliases(struct fat *f, uint32_t folder, struct err *e)
{
	for (uint32_t i = f->nodes[folder].first_child; i; i = f->nodes[i].next_sibling)
		if (!fat_name_plain(f->nodes[i].name, f->nodes[i].alias))
			memset(f->nodes[i].alias, 0, FAT_NAME_ALIAS_SIZE);
	for (uint32_t i = f->nodes[folder].first_child; i; i = f->nodes[i].next_sibling) {
		char alias[FAT_NAME_ALIAS_SIZE];
		unsigned tail = 1;

		if (f->nodes[i].alias[0])
			continue;
		fat_name_tailed(f->nodes[i].name, tail, alias);
		while (has_alias(f, folder, alias)) {
			if (++tail > FAT_NAME_TAILS_MAX)
				return err_set(e, ERR_LIMIT, "no short name left for '%.*s'",
					STR_ARG(f->nodes[i].name));
			fat_name_tailed(f->nodes[i].name, tail, alias);
		}
		memcpy(f->nodes[i].alias, alias, sizeof alias);
	}
	return true;
}

static uint64_t folder_size(const struct fat *f, uint32_t folder)
{
	uint64_t entries = folder ? 2 : 1; /* "." and "..", or the label */

	for (uint32_t i = f->nodes[folder].first_child; i; i = f->nodes[i].next_sibling)
		entries += fat_name_slots(f->nodes[i].name) + 1;
	return entries * FAT_ENTRY_SIZE;
}

/*
 * Clusters of this many sectors that everything takes; in `place`, says where. Folders come first, the root
 * at 2.
 */
static uint64_t allocate(struct fat *f, uint32_t cluster_sectors, bool place)
{
	uint64_t size = (uint64_t)cluster_sectors * FAT_SECTOR, sum = 0;

	for (unsigned files = 0; files < 2; files++) {
		for (uint32_t i = 0; i < f->n_nodes; i++) {
			struct fat_node *n = &f->nodes[i];
			uint64_t bytes = n->file ? n->file->content.size : folder_size(f, i);
			uint64_t clusters = (bytes + size - 1) / size;

			if ((n->file != NULL) != files)
				continue;
			if (place && clusters) {
				n->cluster = (uint32_t)(FAT_FIRST_CLUSTER + sum);
				n->n_clusters = (uint32_t)clusters;
			}
			sum += clusters;
		}
	}
	return sum;
}

/* Sectors of one FAT for n clusters. */
static uint64_t fat_sectors_for(uint64_t n)
{
	return ((n + FAT_FIRST_CLUSTER) * 4 + FAT_SECTOR - 1) / FAT_SECTOR;
}

/* Bytes of the smallest volume with n clusters. */
static uint64_t volume_for(uint64_t n, uint32_t cluster_sectors)
{
	uint64_t sectors = RESERVED_SECTORS + DATA_ALIGN_SECTORS + FAT_COPIES * fat_sectors_for(n) +
			   n * cluster_sectors;

	return (sectors * FAT_SECTOR + SIZE_STEP - 1) / SIZE_STEP * SIZE_STEP;
}

/* The FATs are for as many clusters as would fit without them, at worst a few sectors too large. */
static void divide(struct fat *f, uint64_t volume, uint32_t cluster_sectors)
{
	uint32_t reserved = RESERVED_SECTORS;

	f->sectors = (uint32_t)(volume / FAT_SECTOR);
	f->cluster_sectors = cluster_sectors;
	f->fat_sectors = (uint32_t)fat_sectors_for((f->sectors - reserved) / cluster_sectors);
	while ((reserved + FAT_COPIES * f->fat_sectors) % DATA_ALIGN_SECTORS)
		reserved++;
	f->reserved_sectors = reserved;
	f->n_clusters = (f->sectors - reserved - FAT_COPIES * f->fat_sectors) / cluster_sectors;
}

/* Cluster sizes by volume size, as Microsoft's table has them. */
static const struct {
	uint32_t sectors;
	uint64_t volume_max;
} cluster_sizes[] = {
	{ 1, UINT64_C(260) << 20 },
	{ 8, UINT64_C(8) << 30 },
	{ 16, UINT64_C(16) << 30 },
	{ 32, UINT64_C(32) << 30 },
	{ 64, FAT_SIZE_MAX },
};

/* Chooses size and cluster size, the smallest that do. */
static bool choose(struct fat *f, uint64_t size, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(cluster_sizes); i++) {
		uint32_t cluster_sectors = cluster_sizes[i].sectors;
		uint64_t need = allocate(f, cluster_sectors, false), volume;

		need = need < FAT_CLUSTERS_MIN ? FAT_CLUSTERS_MIN : need;
		volume = size ? size : volume_for(need, cluster_sectors);
		if (volume > cluster_sizes[i].volume_max)
			continue;
		divide(f, volume, cluster_sectors);
		if (!size && f->n_clusters < need) /* by the slack of the FATs */
			divide(f, volume + SIZE_STEP, cluster_sectors);
		if (f->n_clusters >= need)
			return true;
		return err_set(e, ERR_LIMIT, "an ESP of %llu bytes is too small, wanted %llu",
			(unsigned long long)volume,
			(unsigned long long)volume_for(need, cluster_sectors));
	}
	return err_set(e, ERR_LIMIT, "the files take more than an ESP of %llu bytes",
		(unsigned long long)FAT_SIZE_MAX);
}

static bool set_label(struct fat *f, const char *label, struct err *e)
{
	struct str s = str_of(label ? label : "ESP");

	for (size_t i = 0; i < s.n; i++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_", s.p[i]))
			return err_set(
				e, ERR_FORMAT, "label '%s' has more than A-Z, 0-9, - and _", label);
	if (!s.n || s.n > FAT_LABEL_MAX)
		return err_set(e, ERR_FORMAT, "label '%s' has %zu characters, wanted 1 to %d",
			label, s.n, FAT_LABEL_MAX);
	memset(f->label, ' ', sizeof f->label);
	memcpy(f->label, s.p, s.n);
	return true;
}

bool fat_plan(struct fat **ret, const struct fat_file *files, size_t n, const struct fat_options *o,
	struct err *e)
{
	CLEANUP(fat_freep) struct fat *f = MEM_NEW(struct fat);

	if (n > FAT_FILES_MAX)
		return err_set(e, ERR_LIMIT, "%zu files for the ESP, limit %d", n, FAT_FILES_MAX);
	if (o->size % SIZE_STEP)
		return err_set(e, ERR_FORMAT, "an ESP of %llu bytes is no multiple of %d",
			(unsigned long long)o->size, SIZE_STEP);
	f->volume_id = o->volume_id;
	f->time_unix = o->time_unix;
	if (!set_label(f, o->label, e) || !make_nodes(f, files, n, e))
		return false;
	for (uint32_t i = 0; i < f->n_nodes; i++) {
		if (!f->nodes[i].file && !make_aliases(f, i, e))
			return false;
		if (!f->nodes[i].file && folder_size(f, i) > FOLDER_SIZE_MAX)
			return err_set(e, ERR_LIMIT, "too many long names in '%.*s'",
				STR_ARG(f->nodes[i].name));
	}
	if (!choose(f, o->size, e))
		return false;
	f->used_clusters = (uint32_t)allocate(f, f->cluster_sectors, true);
	*ret = TAKE(f);
	return true;
}
