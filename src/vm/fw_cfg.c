#include "vm/fw_cfg.h"

#include "base/rd.h"
#include "base/str.h"
#include "base/banned.h"

enum {
	DIRECTORY = 0x19,
	DMA_HIGH_PORT = 0x514,
	DMA_LOW_PORT = 0x518,
	DMA_ERROR = 1,
	DMA_READ = 2,
	DMA_SKIP = 4,
	DMA_SELECT = 8,
	REQUEST_SIZE = 16,
	ENTRY_SIZE = 64,
	NAME_SIZE = 56,
};

/* One transfer: n bytes of the item from this offset on. All numbers of the interface are big-endian. */
static bool request(const struct qtest *q, uint32_t control, uint32_t n, uint32_t to, uint32_t at,
	struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(REQUEST_SIZE);
	uint8_t left[4];
	struct rd r;

	buf_u32be(&b, control);
	buf_u32be(&b, n);
	buf_u64be(&b, to);
	if (!qtest_write(q, b.p, b.n, at, e) || !qtest_out32(q, DMA_HIGH_PORT, 0, e) ||
		!qtest_out32(q, DMA_LOW_PORT, __builtin_bswap32(at), e) ||
		!qtest_read(q, left, sizeof left, at, e))
		return false;
	r = rd_of(SPAN_OF(left));
	if (rd_u32be(&r))
		return err_set(e, ERR_IO, "QEMU's fw_cfg did not take a request");
	return true;
}

static bool read_item(struct buf *out, const struct qtest *q, uint32_t item, size_t from,
	size_t size, uint32_t scratch, struct err *e)
{
	uint32_t data = scratch + QTEST_CHUNK_MAX;
	uint8_t chunk[QTEST_CHUNK_MAX];

	if (!request(q, item << 16 | DMA_SELECT | DMA_SKIP, (uint32_t)from, 0, scratch, e))
		return false;
	for (size_t done = 0; done < size;) {
		size_t n = size - done < sizeof chunk ? size - done : sizeof chunk;

		if (!request(q, DMA_READ, (uint32_t)n, data, scratch, e) ||
			!qtest_read(q, chunk, n, data, e))
			return false;
		buf_add(out, chunk, n);
		done += n;
	}
	return buf_ok(out) || buf_full(out, "a file of fw_cfg", e);
}

/* The entry of this name: u32 size, u16 item, u16 0, name (56). */
static bool find(struct span directory, const char *name, uint32_t *size, uint32_t *item)
{
	struct rd r = rd_of(directory);

	while (rd_left(&r) >= ENTRY_SIZE) {
		uint32_t n = rd_u32be(&r), key = rd_u16be(&r);
		struct span text;

		rd_skip(&r, 2);
		text = rd_bytes(&r, NAME_SIZE);
		if (text.p[NAME_SIZE - 1] == 0 && strcmp((const char *)text.p, name) == 0) {
			*size = n;
			*item = key;
			return true;
		}
	}
	return false;
}

bool fw_cfg_read(
	struct buf *out, const struct qtest *q, const char *name, uint32_t scratch, struct err *e)
{
	CLEANUP(buf_done) struct buf head = buf_init(4);
	CLEANUP(buf_done) struct buf list = buf_init(FW_CFG_FILES_MAX * ENTRY_SIZE);
	uint32_t n, size, item;
	struct rd r;

	if (!read_item(&head, q, DIRECTORY, 0, 4, scratch, e))
		return false;
	r = rd_of(buf_span(&head));
	n = rd_u32be(&r);
	if (n > FW_CFG_FILES_MAX)
		return err_set(
			e, ERR_LIMIT, "QEMU's fw_cfg has %u files, limit %d", n, FW_CFG_FILES_MAX);
	if (!read_item(&list, q, DIRECTORY, 4, (size_t)n * ENTRY_SIZE, scratch, e))
		return false;
	if (!find(buf_span(&list), name, &size, &item))
		return err_set(e, ERR_NOTFOUND, "QEMU's fw_cfg has no file '%s'", name);
	if (size > FW_CFG_FILE_MAX)
		return err_set(e, ERR_LIMIT, "'%s' of QEMU's fw_cfg has %u bytes, limit %d", name,
			size, FW_CFG_FILE_MAX);
	return read_item(out, q, item, 0, size, scratch, e);
}
