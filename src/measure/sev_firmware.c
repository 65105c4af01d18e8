#include "measure/sev_firmware.h"

#include <string.h>

#include "measure/ovmf_table.h"
#include "base/banned.h"

enum { METADATA_VERSION = 1, METADATA_HEADER = 16, METADATA_SECTION = 12 };

const char *sev_section_name(uint32_t type)
{
	switch (type) {
	case SEV_SECTION_MEMORY:
		return "SEC_MEM";
	case SEV_SECTION_SECRETS:
		return "SECRETS";
	case SEV_SECTION_CPUID:
		return "CPUID";
	case SEV_SECTION_SVSM_CALLING_AREA:
		return "SVSM_CAA";
	case SEV_SECTION_KERNEL_HASHES:
		return "KERNEL_HASHES";
	default:
		return NULL;
	}
}

uint64_t sev_firmware_base(const struct sev_firmware *fw)
{
	return (UINT64_C(1) << 32) - fw->image.n;
}

/* An entry of exactly n numbers; leaves them alone and *found false without one. */
static bool read_numbers(const struct ovmf_table *t, const uint8_t *guid, const char *what,
	uint32_t *numbers, size_t n, bool *found, struct err *e)
{
	struct span data;
	struct rd r;

	*found = ovmf_table_find(t, guid, &data);
	if (!*found)
		return true;
	if (data.n != 4 * n)
		return err_set(e, ERR_FORMAT, "%s in the table of GUIDs has %zu bytes, wanted %zu",
			what, data.n, 4 * n);
	r = rd_of(data);
	for (size_t i = 0; i < n; i++)
		numbers[i] = rd_u32le(&r);
	return true;
}

static bool overlaps(const struct sev_firmware *fw, const struct sev_section *s)
{
	for (size_t i = 0; i < fw->n_sections; i++) {
		const struct sev_section *o = &fw->sections[i];

		if (s->address < o->address + o->size && o->address < s->address + s->size)
			return true;
	}
	return false;
}

static bool read_section(struct sev_firmware *fw, struct rd *r, struct err *e)
{
	struct sev_section s = { .address = rd_u32le(r), .size = rd_u32le(r) };

	s.type = rd_u32le(r);
	if (s.address % SEV_PAGE || s.size % SEV_PAGE)
		return err_set(e, ERR_FORMAT,
			"section %zu of the SEV metadata, %#llx bytes at %#llx, is not made of pages of %d bytes",
			fw->n_sections, (unsigned long long)s.size, (unsigned long long)s.address,
			SEV_PAGE);
	if (overlaps(fw, &s))
		return err_set(e, ERR_FORMAT,
			"section %zu of the SEV metadata, at %#llx, overlaps another one",
			fw->n_sections, (unsigned long long)s.address);
	fw->sections[fw->n_sections++] = s;
	return true;
}

static bool read_metadata(struct sev_firmware *fw, struct span tail, struct err *e)
{
	struct rd r = rd_of(tail);
	struct span magic = rd_bytes(&r, 4);
	uint32_t size = rd_u32le(&r), version = rd_u32le(&r), n = rd_u32le(&r);

	if (!rd_ok(&r))
		return rd_truncated(&r, "SEV metadata", e);
	if (memcmp(magic.p, "ASEV", 4) != 0 || version != METADATA_VERSION)
		return err_set(e, ERR_FORMAT,
			"SEV metadata at %zu does not begin with ASEV and version %d",
			fw->image.n - tail.n, METADATA_VERSION);
	if (n > SEV_SECTIONS_MAX)
		return err_set(e, ERR_LIMIT, "SEV metadata has %u sections, limit %d", n,
			SEV_SECTIONS_MAX);
	if (size != METADATA_HEADER + n * METADATA_SECTION || size > tail.n)
		return err_set(e, ERR_FORMAT,
			"SEV metadata of %u sections says that it has %u bytes, wanted %u", n, size,
			METADATA_HEADER + n * METADATA_SECTION);
	fw->has_metadata = true;
	for (uint32_t i = 0; i < n; i++)
		if (!read_section(fw, &r, e))
			return false;
	return true;
}

static bool check_size(struct span image, struct err *e)
{
	if (image.n > SEV_FIRMWARE_MAX)
		return err_set(
			e, ERR_LIMIT, "firmware of %zu bytes, limit %d", image.n, SEV_FIRMWARE_MAX);
	if (!image.n || image.n % SEV_PAGE) {
		err_set(e, ERR_FORMAT,
			"firmware of %zu bytes: its size is no multiple of %d, the size of a page",
			image.n, SEV_PAGE);
		return err_hint(e, "give the image as it is mapped, whole and without a header");
	}
	return true;
}

bool sev_firmware_parse(struct sev_firmware *ret, struct span image, struct err *e)
{
	struct sev_firmware fw = { .image = image };
	uint32_t hashes[2] = { 0, 0 };
	struct ovmf_table t;
	struct span tail;
	bool found;

	if (!check_size(image, e))
		return false;
	if (!ovmf_table_parse(&t, image, e))
		return err_hint(e,
			"wanted is the image that holds the code, OVMF.fd or OVMF_CODE.fd, and not that of the variables");
	if (!read_numbers(&t, ovmf_table_sev_es_reset, "the SEV-ES reset block", &fw.reset_eip, 1,
		    &fw.has_reset, e) ||
		!read_numbers(&t, ovmf_table_sev_hashes, "the place of kernel hashes", hashes, 2,
			&found, e) ||
		!read_numbers(
			&t, ovmf_table_svsm_info, "the SVSM entry", &fw.entry, 1, &fw.has_entry, e))
		return false;
	fw.hashes_address = hashes[0];
	fw.hashes_size = hashes[1];
	if (ovmf_table_find(&t, ovmf_table_sev_metadata, &tail) &&
		(!ovmf_table_tail(&tail, &t, ovmf_table_sev_metadata, "SEV metadata", e) ||
			!read_metadata(&fw, tail, e)))
		return false;
	*ret = fw;
	return true;
}
