#include "evidence/device_path.h"

#include "base/hex.h"
#include "base/rd.h"
#include "codec/utf16.h"
#include "evidence/efi_guid.h"
#include "base/banned.h"

enum {
	NODE_HEAD = 4,
	BYTES_SHOWN = 16,
	HARDWARE = 1,
	ACPI = 2,
	MESSAGING = 3,
	MEDIA = 4,
	END = 0x7f,
	END_INSTANCE = 0x01,
	MAC_SIZE = 6,
	MAC_FIELD = 32,
	GPT = 2, /* of a hard drive's format */
	SIGNED_BY_GUID = 2,
};

/* EISA identifiers: "PNP" as 0x41d0 below the product's number. */
#define EISA_PNP 0x41d0u
#define EISA_PCI_ROOT 0x0a03u
#define EISA_PCIE_ROOT 0x0a08u

struct node {
	unsigned type, subtype;
	struct rd r; /* its data */
};

typedef bool writer(struct buf *b, struct rd *r);

static bool add_guid(struct buf *b, struct rd *r)
{
	struct span guid = rd_bytes(r, EFI_GUID_SIZE);
	char text[EFI_GUID_TEXT];

	if (!rd_ok(r))
		return false;
	efi_guid_text(text, guid.p);
	buf_add_cstr(b, text);
	return true;
}

/* "Name(GUID)", with what stands behind the GUID left out. */
static bool add_named_guid(struct buf *b, const char *name, struct rd *r)
{
	buf_printf(b, "%s(", name);
	if (!add_guid(b, r))
		return false;
	buf_add_cstr(b, rd_left(r) ? ",...)" : ")");
	return true;
}

static bool vendor_hardware(struct buf *b, struct rd *r)
{
	return add_named_guid(b, "VenHw", r);
}

static bool vendor_messaging(struct buf *b, struct rd *r)
{
	return add_named_guid(b, "VenMsg", r);
}

static bool vendor_media(struct buf *b, struct rd *r)
{
	return add_named_guid(b, "VenMedia", r);
}

static bool firmware_file(struct buf *b, struct rd *r)
{
	return add_named_guid(b, "FvFile", r);
}

static bool firmware_volume(struct buf *b, struct rd *r)
{
	return add_named_guid(b, "Fv", r);
}

static bool pci(struct buf *b, struct rd *r)
{
	unsigned function = rd_u8(r), device = rd_u8(r);

	buf_printf(b, "Pci(0x%x,0x%x)", device, function);
	return rd_done(r);
}

static bool memory_mapped(struct buf *b, struct rd *r)
{
	unsigned kind = rd_u32le(r);
	unsigned long long start = rd_u64le(r), end = rd_u64le(r);

	buf_printf(b, "MemoryMapped(0x%x,0x%llx,0x%llx)", kind, start, end);
	return rd_done(r);
}

static bool controller(struct buf *b, struct rd *r)
{
	buf_printf(b, "Ctrl(0x%x)", rd_u32le(r));
	return rd_done(r);
}

static bool acpi(struct buf *b, struct rd *r)
{
	unsigned hid = rd_u32le(r), uid = rd_u32le(r), product = hid >> 16;

	if ((hid & 0xffff) != EISA_PNP)
		buf_printf(b, "Acpi(0x%08x,0x%x)", hid, uid);
	else if (product == EISA_PCI_ROOT)
		buf_printf(b, "PciRoot(0x%x)", uid);
	else if (product == EISA_PCIE_ROOT)
		buf_printf(b, "PcieRoot(0x%x)", uid);
	else
		buf_printf(b, "Acpi(PNP%04X,0x%x)", product, uid);
	return rd_done(r);
}

static bool scsi(struct buf *b, struct rd *r)
{
	unsigned target = rd_u16le(r), lun = rd_u16le(r);

	buf_printf(b, "Scsi(0x%x,0x%x)", target, lun);
	return rd_done(r);
}

static bool usb(struct buf *b, struct rd *r)
{
	unsigned port = rd_u8(r), interface = rd_u8(r);

	buf_printf(b, "USB(0x%x,0x%x)", port, interface);
	return rd_done(r);
}

static bool mac(struct buf *b, struct rd *r)
{
	struct span address = rd_bytes(r, MAC_FIELD);

	if (!rd_ok(r))
		return false;
	buf_add_cstr(b, "MAC(");
	hex_add(b, span_make(address.p, MAC_SIZE));
	buf_printf(b, ",0x%x)", rd_u8(r));
	return rd_done(r);
}

static bool sata(struct buf *b, struct rd *r)
{
	unsigned port = rd_u16le(r), multiplier = rd_u16le(r), lun = rd_u16le(r);

	buf_printf(b, "Sata(0x%x,0x%x,0x%x)", port, multiplier, lun);
	return rd_done(r);
}

static bool nvme(struct buf *b, struct rd *r)
{
	unsigned namespace = rd_u32le(r);
	struct span id = rd_bytes(r, 8);

	if (!rd_done(r))
		return false;
	buf_printf(b, "NVMe(0x%x,", namespace);
	for (size_t i = id.n; i > 0; i--)
		buf_printf(b, "%02X%s", id.p[i - 1], i > 1 ? "-" : ")");
	return true;
}

static bool ipv4(struct buf *b, struct rd *r)
{
	struct span local = rd_bytes(r, 4), remote = rd_bytes(r, 4);

	if (!rd_ok(r))
		return false;
	buf_printf(b, "IPv4(%u.%u.%u.%u,%u.%u.%u.%u)", remote.p[0], remote.p[1], remote.p[2],
		remote.p[3], local.p[0], local.p[1], local.p[2], local.p[3]);
	return true;
}

static bool ipv6(struct buf *b, struct rd *r)
{
	struct span local = rd_bytes(r, 16), remote = rd_bytes(r, 16);

	if (!rd_ok(r))
		return false;
	buf_add_cstr(b, "IPv6(");
	hex_add(b, remote);
	buf_add_cstr(b, ",");
	hex_add(b, local);
	buf_add_cstr(b, ")");
	return true;
}

static bool uri(struct buf *b, struct rd *r)
{
	struct span text = rd_bytes(r, rd_left(r));

	buf_add_cstr(b, "Uri(");
	for (size_t i = 0; i < text.n && i < DEVICE_PATH_NODE_MAX; i++)
		buf_printf(b, text.p[i] >= ' ' && text.p[i] <= '~' ? "%c" : "\\x%02x", text.p[i]);
	buf_add_cstr(b, text.n > DEVICE_PATH_NODE_MAX ? "...)" : ")");
	return true;
}

static bool hard_drive(struct buf *b, struct rd *r)
{
	unsigned number = rd_u32le(r), format, kind;
	unsigned long long start = rd_u64le(r), size = rd_u64le(r);
	struct span signature = rd_bytes(r, EFI_GUID_SIZE);
	char guid[EFI_GUID_TEXT];

	format = rd_u8(r);
	kind = rd_u8(r);
	if (!rd_done(r))
		return false;
	efi_guid_text(guid, signature.p);
	buf_printf(b, "HD(%u,%s,", number, format == GPT ? "GPT" : "MBR");
	if (kind == SIGNED_BY_GUID)
		buf_add_cstr(b, guid);
	else
		buf_printf(b, "0x%.8s", guid); /* a u32, as the first field of a GUID is */
	buf_printf(b, ",0x%llx,0x%llx)", start, size);
	return true;
}

static bool cdrom(struct buf *b, struct rd *r)
{
	unsigned entry = rd_u32le(r);
	unsigned long long start = rd_u64le(r), size = rd_u64le(r);

	buf_printf(b, "CDROM(0x%x,0x%llx,0x%llx)", entry, start, size);
	return rd_done(r);
}

static bool file_path(struct buf *b, struct rd *r)
{
	utf16_add(b, rd_bytes(r, rd_left(r)), DEVICE_PATH_NODE_MAX);
	return true;
}

static bool offset_range(struct buf *b, struct rd *r)
{
	unsigned long long start, end;

	rd_skip(r, 4);
	start = rd_u64le(r);
	end = rd_u64le(r);
	buf_printf(b, "Offset(0x%llx,0x%llx)", start, end);
	return rd_done(r);
}

static const struct {
	uint8_t type, subtype;
	writer *write;
} kinds[] = {
	{ HARDWARE, 1, pci },
	{ HARDWARE, 3, memory_mapped },
	{ HARDWARE, 4, vendor_hardware },
	{ HARDWARE, 5, controller },
	{ ACPI, 1, acpi },
	{ MESSAGING, 2, scsi },
	{ MESSAGING, 5, usb },
	{ MESSAGING, 10, vendor_messaging },
	{ MESSAGING, 11, mac },
	{ MESSAGING, 12, ipv4 },
	{ MESSAGING, 13, ipv6 },
	{ MESSAGING, 18, sata },
	{ MESSAGING, 23, nvme },
	{ MESSAGING, 24, uri },
	{ MEDIA, 1, hard_drive },
	{ MEDIA, 2, cdrom },
	{ MEDIA, 3, vendor_media },
	{ MEDIA, 4, file_path },
	{ MEDIA, 6, firmware_file },
	{ MEDIA, 7, firmware_volume },
	{ MEDIA, 8, offset_range },
};

static void add_unknown(struct buf *b, const struct node *n)
{
	struct rd r = n->r;
	struct span data = rd_bytes(&r, rd_left(&r));

	buf_printf(b, "Path(%u,%u,", n->type, n->subtype);
	hex_add(b, span_make(data.p, data.n < BYTES_SHOWN ? data.n : BYTES_SHOWN));
	buf_add_cstr(b, data.n > BYTES_SHOWN ? "...)" : ")");
}

/* A node whose data has another size than its kind's is shown in bytes, too. */
static void add_node(struct buf *b, const struct node *n)
{
	size_t before = b->n;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		struct rd r = n->r;

		if (kinds[i].type != n->type || kinds[i].subtype != n->subtype)
			continue;
		if (kinds[i].write(b, &r))
			return;
		b->n = before;
	}
	add_unknown(b, n);
}

static bool read_node(struct node *ret, struct rd *path)
{
	size_t length;

	ret->type = rd_u8(path);
	ret->subtype = rd_u8(path);
	length = rd_u16le(path);
	if (!rd_ok(path) || length < NODE_HEAD)
		return false;
	ret->r = rd_sub(path, length - NODE_HEAD);
	return rd_ok(path);
}

bool device_path_text(struct buf *b, struct span path)
{
	struct rd r = rd_of(path);
	const char *between = "";
	size_t shown = 0;

	while (rd_left(&r)) {
		struct node n;

		if (!read_node(&n, &r))
			return false;
		if (n.type == END && n.subtype != END_INSTANCE)
			return true;
		if (shown++ == DEVICE_PATH_NODES_MAX) {
			buf_add_cstr(b, "/...");
			return true;
		}
		if (n.type == END) {
			between = ",";
			continue;
		}
		buf_add_cstr(b, between);
		add_node(b, &n);
		between = "/";
	}
	return true;
}
