#include "diff/diff_kernel.h"

#include "base/rd.h"
#include "diff/diff_format.h"
#include "diff/diff_pair.h"

#include "base/banned.h"

enum {
	SETUP_SECTORS_AT = 0x1f1,
	MAGIC_AT = 0x202,
	PROTOCOL_AT = 0x206,
	VERSION_AT = 0x20e,
	PAYLOAD_AT = 0x248,
	PROTOCOL_WITH_PAYLOAD = 0x208,
	SETUP_SECTORS_OLD = 4, /* what a 0 means */
	SECTOR = 512,
	VERSION_BASE = 0x200,
	VERSION_MAX = 512,
};

struct kernel {
	struct span file, setup, payload;
	struct str version;
};

bool diff_kernel_is(struct span s)
{
	return s.n > PAYLOAD_AT + 8 && memcmp(s.p + MAGIC_AT, "HdrS", 4) == 0;
}

static bool read(struct kernel *ret, struct span file, struct err *e)
{
	struct rd r = rd_of(file);
	rd_seek(&r, SETUP_SECTORS_AT);
	size_t sectors = rd_u8(&r);
	rd_seek(&r, PROTOCOL_AT);
	unsigned protocol = rd_u16le(&r);
	rd_seek(&r, VERSION_AT);
	size_t version_at = (size_t)rd_u16le(&r) + VERSION_BASE;
	rd_seek(&r, PAYLOAD_AT);
	size_t payload_at = rd_u32le(&r), payload_size = rd_u32le(&r);
	size_t setup_size = ((sectors ? sectors : SETUP_SECTORS_OLD) + 1) * SECTOR;
	if (!rd_ok(&r) || protocol < PROTOCOL_WITH_PAYLOAD)
		return err_set(e, ERR_FORMAT, "kernel without a payload of its own");
	rd_seek(&r, 0);
	*ret = (struct kernel){ .file = file, .setup = rd_bytes(&r, setup_size) };
	rd_skip(&r, payload_at);
	ret->payload = rd_bytes(&r, payload_size);
	if (!rd_ok(&r))
		return rd_truncated(&r, "kernel", e);
	if (version_at > VERSION_BASE && version_at < setup_size) {
		size_t n = 0;
		while (version_at + n < setup_size && n < VERSION_MAX && file.p[version_at + n])
			n++;
		ret->version = str_make((const char *)file.p + version_at, n);
	}
	return true;
}

/* Behind a stream that does not hold its plain size the kernel's makefiles append it, in 4 bytes. */
static struct span stream(struct span payload)
{
	struct diff_bytes bytes = diff_bytes_of(payload);
	enum diff_format f = diff_format_of(&bytes);
	if ((f == DIFF_FORMAT_XZ || f == DIFF_FORMAT_ZSTD) && payload.n > 4)
		payload.n -= 4;
	return payload;
}

bool diff_kernel(struct diff_walk *w, struct span a, struct span b, struct err *e)
{
	struct kernel x, y;
	if (!read(&x, a, e) || !read(&y, b, e))
		return false;
	size_t before = w->n_leaves + w->n_more;
	if (!str_equal(x.version, y.version))
		diff_walk_field(w, "kernel version", x.version, y.version, DIFF_RULE_NONE, 0);
	if (!diff_pair_at(w, STR("kernel payload"), stream(x.payload), stream(y.payload), e))
		return false;
	if (w->n_leaves + w->n_more == before)
		return err_set(e, ERR_FORMAT, "what differs lies around the payload");
	return true;
}
