#include "image/eif_write.h"

#include <assert.h>
#include <string.h>

#include "base/mem.h"
#include "codec/crc.h"
#include "codec/json.h"
#include "image/stream.h"
#include "base/banned.h"

enum { DEFAULT_PROCESSORS = 2, METADATA_MAX = 64 << 10 };
static const uint64_t default_memory = UINT64_C(1) << 30;

/* What the header says of the sections. */
struct layout {
	uint16_t flags;
	size_t n;
	uint64_t offsets[EIF_SECTIONS_MAX], sizes[EIF_SECTIONS_MAX];
	uint64_t memory, processors;
};

/* With the CRC of itself and of all behind it. */
static void put_header(struct buf *image, const struct layout *l)
{
	CLEANUP(buf_done) struct buf h = buf_init(EIF_HEADER_SIZE);
	struct span rest = span_make(image->p + EIF_HEADER_SIZE, image->n - EIF_HEADER_SIZE);

	buf_add(&h, ".eif", 4);
	buf_u16be(&h, EIF_VERSION);
	buf_u16be(&h, l->flags);
	buf_u64be(&h, l->memory);
	buf_u64be(&h, l->processors);
	buf_u16be(&h, 0);
	buf_u16be(&h, (uint16_t)l->n);
	for (size_t i = 0; i < EIF_SECTIONS_MAX; i++)
		buf_u64be(&h, l->offsets[i]);
	for (size_t i = 0; i < EIF_SECTIONS_MAX; i++)
		buf_u64be(&h, l->sizes[i]);
	buf_u32be(&h, 0);
	buf_u32be(&h, crc_ieee_add(crc_ieee(buf_span(&h)), rest));
	assert(buf_ok(&h) && h.n == EIF_HEADER_SIZE);
	memcpy(image->p, h.p, h.n);
}

static void begin_section(struct buf *out, struct layout *l, enum eif_type type, uint64_t size)
{
	assert(l->n < EIF_SECTIONS_MAX);
	l->offsets[l->n] = out->n;
	l->sizes[l->n++] = size;
	buf_u16be(out, (uint16_t)type);
	buf_u16be(out, 0);
	buf_u64be(out, size);
}

static bool add_content(struct buf *out, struct layout *l, enum eif_type type,
	const struct content *c, uint8_t *piece, struct err *e)
{
	struct stream_buf to;

	begin_section(out, l, type, c->size);
	stream_buf_init(&to, out, "the enclave image");
	return content_copy(c, &to.sink, piece, e);
}

static void add_bytes(struct buf *out, struct layout *l, enum eif_type type, struct span data)
{
	begin_section(out, l, type, data.n);
	buf_add(out, data.p, data.n);
}

static void put_metadata(struct buf *out, const struct eif_identity *id)
{
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_put_str(&w, "ImageName", id->name);
	json_put_str(&w, "ImageVersion", id->version);
	json_key(&w, "BuildMetadata");
	json_object(&w);
	json_put_str(&w, "BuildTime", id->build_time);
	json_put_cstr(&w, "BuildTool", "assay");
	json_put_cstr(&w, "BuildToolVersion", ""); /* any release writes these bytes */
	json_put_cstr(&w, "OperatingSystem", "Linux");
	json_put_str(&w, "KernelVersion", id->kernel_version);
	json_end_object(&w);
	json_key(&w, "DockerInfo");
	json_object(&w);
	json_end_object(&w);
	json_end_object(&w);
}

static bool check_parts(const struct eif_parts *p, struct err *e)
{
	if (!p->kernel.size)
		return err_set(e, ERR_USAGE, "an enclave image needs a kernel");
	if (!p->n_ramdisks)
		return err_set(e, ERR_USAGE, "an enclave image needs a ramdisk to boot from");
	if (p->n_ramdisks > EIF_WRITE_RAMDISKS_MAX)
		return err_set(e, ERR_LIMIT, "%zu ramdisks, limit %d", p->n_ramdisks,
			EIF_WRITE_RAMDISKS_MAX);
	return true;
}

bool eif_write(struct buf *out, const struct eif_parts *parts, struct err *e)
{
	CLEANUP(mem_free) uint8_t *piece = mem_alloc(CONTENT_PIECE);
	CLEANUP(buf_done) struct buf metadata = buf_init(METADATA_MAX);
	struct layout l = { .flags = parts->arm64 ? EIF_ARM64 : 0,
		.memory = default_memory,
		.processors = DEFAULT_PROCESSORS };

	if (!check_parts(parts, e))
		return false;
	put_metadata(&metadata, &parts->identity);
	if (!buf_ok(&metadata))
		return buf_full(&metadata, "the metadata of an enclave image", e);
	buf_fill(out, 0, EIF_HEADER_SIZE);
	if (!add_content(out, &l, EIF_KERNEL, &parts->kernel, piece, e))
		return false;
	add_bytes(out, &l, EIF_COMMAND_LINE, str_span(parts->command_line));
	add_bytes(out, &l, EIF_METADATA, buf_span(&metadata));
	for (size_t i = 0; i < parts->n_ramdisks; i++)
		if (!add_content(out, &l, EIF_RAMDISK, &parts->ramdisks[i], piece, e))
			return false;
	if (!buf_ok(out))
		return buf_full(out, "the enclave image", e);
	put_header(out, &l);
	return true;
}

bool eif_write_append(struct buf *image, enum eif_type type, struct span data, struct err *e)
{
	struct layout l = { 0 };
	struct eif f;

	if (!eif_parse(&f, buf_span(image), e))
		return false;
	if (f.n_sections == EIF_SECTIONS_MAX)
		return err_set(e, ERR_LIMIT, "the enclave image has %d sections already",
			EIF_SECTIONS_MAX);
	if (f.signature.p)
		return err_set(e, ERR_FORMAT, "the enclave image has a signature already");
	l.flags = f.flags;
	l.memory = f.default_memory;
	l.processors = f.default_processors;
	for (l.n = 0; l.n < f.n_sections; l.n++) {
		l.offsets[l.n] = f.sections[l.n].at;
		l.sizes[l.n] = f.sections[l.n].data.n;
	}
	add_bytes(image, &l, type, data);
	if (!buf_ok(image))
		return buf_full(image, "the enclave image", e);
	put_header(image, &l);
	return true;
}
