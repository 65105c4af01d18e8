#include "measure/linux_setup.h"

#include <string.h>

#include "base/buf.h"
#include "base/rd.h"
#include "measure/tdx_hob.h"
#include "base/banned.h"

enum {
	/* The setup header. */
	MAGIC_AT = 0x202,
	VERSION_AT = 0x206,
	LOADER_AT = 0x210, /* type_of_loader */
	FLAGS_AT = 0x211,  /* loadflags */
	INITRD_AT = 0x218, /* ramdisk_image, ramdisk_size */
	HEAP_END_AT = 0x224,
	COMMAND_LINE_AT = 0x228,
	INITRD_MAX_AT = 0x22c,
	XFLAGS_AT = 0x236, /* xloadflags */
	HEADER_END = 0x268,

	VERSION_OLDEST = 0x202, /* has cmd_line_ptr */
	VERSION_INITRD_MAX = 0x203,
	VERSION_XFLAGS = 0x20c,
	LOADED_HIGH = 1,
	CAN_USE_HEAP = 0x80,
	ABOVE_4G = 2,

	LOADER_QEMU = 0xb0,
	SETUP_ADDRESS = 0x10000,
	COMMAND_LINE_ADDRESS = 0x20000,
	ACPI_SIZE = 0x28000, /* kept free at the end of low memory */
	INITRD_MAX_OLD = 0x37ffffff,
	NUMBER_MAX = 9999,
};

static bool leading_number(struct str *rest, unsigned *ret)
{
	uint64_t v;
	size_t n = 0;

	while (n < rest->n && rest->p[n] >= '0' && rest->p[n] <= '9')
		n++;
	if (!str_u64(str_make(rest->p, n), &v, NUMBER_MAX))
		return false;
	*ret = (unsigned)v;
	*rest = str_make(rest->p + n, rest->n - n);
	return true;
}

bool linux_setup_qemu_read(struct linux_setup_qemu *ret, struct str version, struct err *e)
{
	struct linux_setup_qemu q;
	struct str rest = version;

	if (!leading_number(&rest, &q.major) || !rest.n || rest.p[0] != '.')
		return err_set(e, ERR_FORMAT, "'%.*s' is no version of QEMU, wanted one like 8.2.2",
			STR_ARG(version));
	rest = str_make(rest.p + 1, rest.n - 1);
	if (!leading_number(&rest, &q.minor) || (rest.n && !strchr(".-+~", rest.p[0])))
		return err_set(e, ERR_FORMAT, "'%.*s' is no version of QEMU, wanted one like 8.2.2",
			STR_ARG(version));
	if (q.major < 7 || (q.major == 7 && q.minor < 2))
		return err_set(e, ERR_USAGE, "no rules for QEMU %.*s: they are known from 7.2 on",
			STR_ARG(version));
	*ret = q;
	return true;
}

bool linux_setup_is_patched(struct linux_setup_qemu qemu)
{
	return qemu.major < 10 || (qemu.major == 10 && qemu.minor < 2);
}

struct header {
	unsigned version, flags, xflags;
	uint32_t initrd_max;
};

static bool read_header(struct header *ret, struct span kernel, struct err *e)
{
	struct rd r = rd_of(kernel);
	struct span magic;

	rd_seek(&r, MAGIC_AT);
	magic = rd_bytes(&r, 4);
	ret->version = rd_u16le(&r);
	rd_seek(&r, FLAGS_AT);
	ret->flags = rd_u8(&r);
	rd_seek(&r, INITRD_MAX_AT);
	ret->initrd_max = rd_u32le(&r);
	rd_seek(&r, XFLAGS_AT);
	ret->xflags = rd_u16le(&r);
	rd_seek(&r, HEADER_END);
	if (!rd_ok(&r) || memcmp(magic.p, "HdrS", 4) != 0)
		return err_set(e, ERR_FORMAT, "the kernel is no x86 bzImage");
	if (ret->version < VERSION_OLDEST || !(ret->flags & LOADED_HIGH))
		return err_set(e, ERR_USAGE,
			"no rules for a kernel of boot protocol 0x%x that loads %s", ret->version,
			ret->flags & LOADED_HIGH ? "high" : "low");
	return true;
}

static bool initrd_address(
	uint32_t *ret, const struct header *h, uint64_t size, uint64_t memory, struct err *e)
{
	uint64_t low = tdx_hob_low_memory(memory), max = INITRD_MAX_OLD;

	if (h->version >= VERSION_XFLAGS && (h->xflags & ABOVE_4G))
		max = UINT32_MAX;
	else if (h->version >= VERSION_INITRD_MAX)
		max = h->initrd_max;
	if (low <= ACPI_SIZE)
		return err_set(e, ERR_USAGE, "%llu bytes of memory are too few for a kernel",
			(unsigned long long)memory);
	if (max >= low - ACPI_SIZE)
		max = low - ACPI_SIZE - 1;
	if (size >= max)
		return err_set(e, ERR_USAGE,
			"an initrd of %llu bytes does not fit: QEMU takes less than %llu with this memory",
			(unsigned long long)size, (unsigned long long)max);
	*ret = (uint32_t)((max - size) & ~(uint64_t)4095);
	return true;
}

static bool has_video_mode(struct str line)
{
	for (size_t i = 0; i + 4 <= line.n; i++)
		if (memcmp(line.p + i, "vga=", 4) == 0)
			return true;
	return false;
}

bool linux_setup_patch(struct span *ret, struct span kernel, uint64_t initrd_size, uint64_t memory,
	struct str command_line, struct arena *a, struct err *e)
{
	uint32_t address = 0;
	struct header h;
	uint8_t *copy;

	if (kernel.n > LINUX_SETUP_KERNEL_MAX)
		return err_set(e, ERR_LIMIT, "kernel of %zu bytes, limit %d", kernel.n,
			LINUX_SETUP_KERNEL_MAX);
	if (!read_header(&h, kernel, e) ||
		(initrd_size && !initrd_address(&address, &h, initrd_size, memory, e)))
		return false;
	if (has_video_mode(command_line))
		return err_set(e, ERR_USAGE,
			"no rules for a command line with \"vga=\", which QEMU writes into the kernel's header");
	copy = arena_alloc(a, kernel.n);
	if (!copy)
		return arena_full(a, e);
	memcpy(copy, kernel.p, kernel.n);
	copy[LOADER_AT] = LOADER_QEMU;
	copy[FLAGS_AT] |= CAN_USE_HEAP;
	put_u16le(copy + HEAP_END_AT, COMMAND_LINE_ADDRESS - SETUP_ADDRESS - 0x200);
	put_u32le(copy + COMMAND_LINE_AT, COMMAND_LINE_ADDRESS);
	if (initrd_size) {
		put_u32le(copy + INITRD_AT, address);
		put_u32le(copy + INITRD_AT + 4, (uint32_t)initrd_size);
	}
	*ret = span_make(copy, kernel.n);
	return true;
}
