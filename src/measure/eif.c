#include "measure/eif.h"

#include <assert.h>
#include <string.h>

#include "base/rd.h"
#include "codec/crc.h"
#include "base/banned.h"

static const char magic[4] = ".eif";

/* The header's tables, until they are compared with the sections themselves. */
struct tables {
	uint64_t offsets[EIF_SECTIONS_MAX], sizes[EIF_SECTIONS_MAX];
	uint32_t crc;
};

const char *eif_type_name(enum eif_type type)
{
	static const char *const names[] = { "section", "kernel", "command line", "ramdisk",
		"signature", "metadata" };

	return names[type];
}

static bool read_head(struct eif *f, struct rd *r, struct err *e)
{
	struct span found = rd_bytes(r, sizeof magic);
	unsigned version = rd_u16be(r);

	if (!rd_ok(r))
		return rd_truncated(r, "EIF header", e);
	if (memcmp(found.p, magic, sizeof magic) != 0)
		return err_set(e, ERR_FORMAT,
			"no enclave image: it begins with %02x %02x %02x %02x, not with \".eif\"",
			found.p[0], found.p[1], found.p[2], found.p[3]);
	if (version != EIF_VERSION)
		return err_set(e, ERR_FORMAT,
			"enclave image of version %u, only version %d is known", version,
			EIF_VERSION);
	f->flags = rd_u16be(r);
	f->default_memory = rd_u64be(r);
	f->default_processors = rd_u64be(r);
	rd_u16be(r); /* reserved, and told apart by the CRC alone */
	f->n_sections = rd_u16be(r);
	if (f->flags & ~EIF_ARM64)
		return err_set(
			e, ERR_FORMAT, "EIF header at 6: unknown flags 0x%04x", (unsigned)f->flags);
	if (f->n_sections > EIF_SECTIONS_MAX)
		return err_set(e, ERR_LIMIT, "EIF header at 26: %zu sections, limit %d",
			f->n_sections, EIF_SECTIONS_MAX);
	return true;
}

static bool read_tables(struct tables *t, struct rd *r, struct err *e)
{
	for (size_t i = 0; i < EIF_SECTIONS_MAX; i++)
		t->offsets[i] = rd_u64be(r);
	for (size_t i = 0; i < EIF_SECTIONS_MAX; i++)
		t->sizes[i] = rd_u64be(r);
	rd_u32be(r);
	t->crc = rd_u32be(r);
	return rd_ok(r) || rd_truncated(r, "EIF header", e);
}

static bool check_crc(struct span file, uint32_t want, struct err *e)
{
	uint32_t crc = crc_ieee(span_make(file.p, EIF_CRC_AT));

	crc = crc_ieee_add(crc, span_make(file.p + EIF_HEADER_SIZE, file.n - EIF_HEADER_SIZE));
	if (crc == want)
		return true;
	err_set(e, ERR_FORMAT, "EIF header at %d: CRC is %08x, that of the file is %08x",
		EIF_CRC_AT, (unsigned)want, (unsigned)crc);
	return err_hint(e, "the file was damaged or cut off: get it again");
}

/* One section where the tables say it is, which is where the one before it ends. */
static bool read_section(
	struct eif_section *s, size_t i, const struct tables *t, struct rd *r, struct err *e)
{
	unsigned type, flags;
	uint64_t size;

	s->at = r->at;
	if (t->offsets[i] != r->at)
		return err_set(e, ERR_FORMAT,
			"EIF section %zu at %llu: the section before it ends at %zu", i,
			(unsigned long long)t->offsets[i], r->at);
	type = rd_u16be(r);
	flags = rd_u16be(r);
	size = rd_u64be(r);
	if (!rd_ok(r))
		return rd_truncated(r, "EIF section", e);
	if (type < EIF_KERNEL || type > EIF_METADATA)
		return err_set(
			e, ERR_FORMAT, "EIF section %zu at %zu: unknown type %u", i, s->at, type);
	if (flags)
		return err_set(e, ERR_FORMAT, "EIF section %zu at %zu: unknown flags 0x%04x", i,
			s->at, flags);
	if (size != t->sizes[i])
		return err_set(e, ERR_FORMAT,
			"EIF section %zu at %zu: it has %llu bytes, in the header %llu", i, s->at,
			(unsigned long long)size, (unsigned long long)t->sizes[i]);
	if (size > rd_left(r))
		return err_set(e, ERR_FORMAT,
			"EIF section %zu at %zu: %llu bytes, but %zu are left of the file", i,
			s->at, (unsigned long long)size, rd_left(r));
	s->type = (enum eif_type)type;
	s->data = rd_bytes(r, (size_t)size);
	return true;
}

static bool out_of_order(const struct eif_section *s, const char *why, struct err *e)
{
	return err_set(
		e, ERR_FORMAT, "EIF section at %zu: %s %s", s->at, eif_type_name(s->type), why);
}

/* Takes the i-th section to its place; those before it are there. */
static bool place_section(struct eif *f, size_t i, struct err *e)
{
	const struct eif_section *s = &f->sections[i];

	if ((i == 0) != (s->type == EIF_KERNEL))
		return out_of_order(s, i ? "behind the first section" : "before the kernel", e);
	if ((i == 1) != (s->type == EIF_COMMAND_LINE))
		return out_of_order(
			s, i == 1 ? "before the command line" : "not behind the kernel", e);
	if (f->signature.p)
		return out_of_order(s, "behind the signature", e);
	if (s->type == EIF_METADATA && f->metadata.p)
		return out_of_order(s, "for the second time", e);
	if (s->type == EIF_KERNEL)
		f->kernel = s->data;
	else if (s->type == EIF_COMMAND_LINE)
		f->command_line = s->data;
	else if (s->type == EIF_METADATA)
		f->metadata = s->data;
	else if (s->type == EIF_SIGNATURE)
		f->signature = s->data;
	else
		f->ramdisks[f->n_ramdisks++] = s->data;
	return true;
}

bool eif_parse(struct eif *ret, struct span file, struct err *e)
{
	struct eif f = { 0 };
	struct rd r = rd_of(file);
	struct tables t;

	if (file.n > EIF_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "enclave image of %zu bytes, limit %llu", file.n,
			(unsigned long long)EIF_SIZE_MAX);
	if (!read_head(&f, &r, e) || !read_tables(&t, &r, e))
		return false;
	for (size_t i = 0; i < f.n_sections; i++)
		if (!read_section(&f.sections[i], i, &t, &r, e) || !place_section(&f, i, e))
			return false;
	if (!f.n_ramdisks)
		return err_set(e, ERR_FORMAT,
			"enclave image without a %s: kernel, command line and a ramdisk are needed",
			f.n_sections ? "ramdisk" : "section");
	if (!rd_done(&r))
		return err_set(e, ERR_FORMAT, "EIF at %zu: bytes behind the last section", r.at);
	if (!check_crc(file, t.crc, e))
		return false;
	*ret = f;
	return true;
}

/* One event over some parts of the image, as if they were one. */
static bool add(struct event_list *to, unsigned reg, const char *what, const struct span *parts,
	size_t n, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA384);
	struct event ev = {
		.reg = reg,
		.what = str_of(what),
		.rule = STR("Nitro enclave PCR"),
		.origin = STR("image.eif"),
	};

	for (size_t i = 0; i < n; i++)
		hasher_add(h, parts[i].p, parts[i].n);
	ev.digests[0].alg = DIGEST_SHA384;
	hasher_end(h, ev.digests[0].bytes);
	return event_list_add_digests(to, &ev, e);
}

bool eif_events(
	struct event_list *to, const struct eif *eif, struct span certificate, struct err *e)
{
	struct span parts[2 + EIF_SECTIONS_MAX] = { eif->kernel, eif->command_line };

	assert(to->n_banks == 1 && to->banks[0] == DIGEST_SHA384);
	for (size_t i = 0; i < eif->n_ramdisks; i++)
		parts[2 + i] = eif->ramdisks[i];
	return add(to, EIF_PCR_IMAGE, EIF_EVENT_IMAGE, parts, 2 + eif->n_ramdisks, e) &&
	       add(to, EIF_PCR_BOOT, EIF_EVENT_BOOT, parts, 3, e) &&
	       add(to, EIF_PCR_APPLICATION, EIF_EVENT_APPLICATION, parts + 3, eif->n_ramdisks - 1,
		       e) &&
	       (!certificate.p ||
		       add(to, EIF_PCR_CERTIFICATE, EIF_EVENT_CERTIFICATE, &certificate, 1, e));
}
