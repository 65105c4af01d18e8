#include "measure/snp_digest.h"

#include <assert.h>
#include <string.h>

#include "base/buf.h"
#include "base/banned.h"

enum { RECORD = 0x70, CONTENT_AT = 48, SIZE_AT = 96, TYPE_AT = 98, ADDRESS_AT = 104 };

static const uint8_t nothing[SHA384_SIZE];

const char *snp_page_name(enum snp_page_type type)
{
	static const char *const names[] = {
		[SNP_PAGE_NORMAL] = "NORMAL",
		[SNP_PAGE_VMSA] = "VMSA",
		[SNP_PAGE_ZERO] = "ZERO",
		[SNP_PAGE_UNMEASURED] = "UNMEASURED",
		[SNP_PAGE_SECRETS] = "SECRETS",
		[SNP_PAGE_CPUID] = "CPUID",
	};

	return names[type];
}

static void sha384(struct hasher *h, const void *p, size_t n, uint8_t *out)
{
	hasher_restart(h);
	hasher_add(h, p, n);
	hasher_end(h, out);
}

static void add_page(struct snp_digest *d, enum snp_page_type type,
	const uint8_t content[static SHA384_SIZE], uint64_t address)
{
	uint8_t record[RECORD] = { 0 };

	memcpy(record, d->value, SHA384_SIZE);
	memcpy(record + CONTENT_AT, content, SHA384_SIZE);
	put_u16le(record + SIZE_AT, RECORD);
	record[TYPE_AT] = (uint8_t)type;
	put_u64le(record + ADDRESS_AT, address);
	sha384(d->sha384, record, sizeof record, d->value);
}

static void add_group(struct snp_digest *d, const char *what, enum snp_page_type type,
	uint64_t address, uint64_t n_pages)
{
	struct snp_group *g = &d->groups[d->n_groups++];

	assert(d->n_groups <= SNP_GROUPS_MAX);
	*g = (struct snp_group){ what, type, address, n_pages, { 0 } };
	memcpy(g->after, d->value, SHA384_SIZE);
}

void snp_digest_init(struct snp_digest *d, struct hasher *h)
{
	*d = (struct snp_digest){ .sha384 = h };
}

void snp_digest_pages(struct snp_digest *d, const char *what, struct span data, uint64_t address)
{
	uint8_t content[SHA384_SIZE];

	assert(data.n % SEV_PAGE == 0 && address % SEV_PAGE == 0);
	for (size_t at = 0; at < data.n; at += SEV_PAGE) {
		const uint8_t *page = data.p + at;

		if (!at || memcmp(page, page - SEV_PAGE, SEV_PAGE) != 0)
			sha384(d->sha384, page, SEV_PAGE, content);
		add_page(d, SNP_PAGE_NORMAL, content, address + at);
	}
	add_group(d, what, SNP_PAGE_NORMAL, address, data.n / SEV_PAGE);
}

void snp_digest_from(struct snp_digest *d, const uint8_t firmware[static SHA384_SIZE],
	const struct sev_firmware *fw)
{
	memcpy(d->value, firmware, SHA384_SIZE);
	add_group(d, "firmware", SNP_PAGE_NORMAL, sev_firmware_base(fw), fw->image.n / SEV_PAGE);
}

static void add_blank(
	struct snp_digest *d, const struct sev_section *s, enum snp_page_type type, uint64_t size)
{
	for (uint64_t at = 0; at < size; at += SEV_PAGE)
		add_page(d, type, nothing, s->address + at);
	add_group(d, sev_section_name(s->type), type, s->address, size / SEV_PAGE);
}

/* The page with the table at its place; the place must be in this section. */
static bool add_hashes(struct snp_digest *d, const struct sev_section *s,
	const struct sev_firmware *fw, const struct sev_hashes *hashes, struct err *e)
{
	uint8_t page[SEV_PAGE] = { 0 }, content[SHA384_SIZE];
	uint64_t at = fw->hashes_address - s->address;

	if (fw->hashes_address < s->address || at > SEV_PAGE - SEV_HASHES_SIZE ||
		fw->hashes_size < SEV_HASHES_SIZE)
		return err_set(e, ERR_FORMAT,
			"the firmware wants the hashes of a kernel at %#llx (%llu bytes), which its page at %#llx does not hold",
			(unsigned long long)fw->hashes_address, (unsigned long long)fw->hashes_size,
			(unsigned long long)s->address);
	sev_hashes_table(page + at, hashes);
	sha384(d->sha384, page, sizeof page, content);
	add_page(d, SNP_PAGE_NORMAL, content, s->address);
	add_group(d, sev_section_name(s->type), SNP_PAGE_NORMAL, s->address, 1);
	return true;
}

static bool add_section(struct snp_digest *d, const struct sev_section *s,
	const struct sev_firmware *fw, enum sev_vmm vmm, const struct sev_hashes *hashes,
	struct err *e)
{
	switch (s->type) {
	case SEV_SECTION_MEMORY:
		add_blank(d, s, vmm == SEV_VMM_GCE ? SNP_PAGE_UNMEASURED : SNP_PAGE_ZERO, s->size);
		return true;
	case SEV_SECTION_SECRETS:
		add_blank(d, s, SNP_PAGE_SECRETS, SEV_PAGE);
		return true;
	case SEV_SECTION_CPUID:
		if (vmm != SEV_VMM_EC2)
			add_blank(d, s, SNP_PAGE_CPUID, SEV_PAGE);
		return true;
	case SEV_SECTION_KERNEL_HASHES:
		if (hashes)
			return add_hashes(d, s, fw, hashes, e);
		/* fall through */
	default:
		add_blank(d, s, SNP_PAGE_ZERO, s->size);
		return true;
	}
}

/* What is one page by its meaning has this size. */
static bool check_section(const struct sev_section *s, size_t number, struct err *e)
{
	if (!sev_section_name(s->type)) {
		err_set(e, ERR_FORMAT,
			"section %zu of the SEV metadata, at %#llx, has type %#x, for which there is no rule",
			number, (unsigned long long)s->address, s->type);
		return err_hint(e,
			"the firmware is newer than this assay, or made for another hypervisor; no digest is guessed");
	}
	if (s->type != SEV_SECTION_MEMORY && s->type != SEV_SECTION_SVSM_CALLING_AREA &&
		s->size != SEV_PAGE)
		return err_set(e, ERR_FORMAT,
			"section %zu of the SEV metadata, %s at %#llx, has %#llx bytes, wanted one page",
			number, sev_section_name(s->type), (unsigned long long)s->address,
			(unsigned long long)s->size);
	return true;
}

static bool check_sections(
	const struct sev_firmware *fw, const struct sev_hashes *hashes, struct err *e)
{
	unsigned pages[SEV_SECTION_KERNEL_HASHES + 1] = { 0 };

	if (!fw->has_metadata) {
		err_set(e, ERR_FORMAT,
			"firmware of %zu bytes has no SEV metadata, so no SNP guest starts with it",
			fw->image.n);
		return err_hint(e, "OVMF.amdsev.fd has it, and OVMF.fd of Debian");
	}
	for (size_t i = 0; i < fw->n_sections; i++) {
		if (!check_section(&fw->sections[i], i, e))
			return false;
		if (++pages[fw->sections[i].type] > 1 && fw->sections[i].type != SEV_SECTION_MEMORY)
			return err_set(e, ERR_FORMAT, "SEV metadata has section %s twice",
				sev_section_name(fw->sections[i].type));
	}
	if (hashes && (!pages[SEV_SECTION_KERNEL_HASHES] || !fw->hashes_size)) {
		err_set(e, ERR_USAGE,
			"the firmware has no page for the hashes of a kernel, so it would start any kernel, initrd and command line");
		return err_hint(e, "build OvmfPkg/AmdSev of edk2, or take OVMF.amdsev.fd");
	}
	return true;
}

bool snp_digest_sections(struct snp_digest *d, const struct sev_firmware *fw, enum sev_vmm vmm,
	const struct sev_hashes *hashes, struct err *e)
{
	struct snp_digest next = *d;

	if (!check_sections(fw, hashes, e))
		return false;
	for (size_t i = 0; i < fw->n_sections; i++)
		if (!add_section(&next, &fw->sections[i], fw, vmm, hashes, e))
			return false;
	/* EC2 has the CPUID page last, wherever the firmware names it. */
	for (size_t i = 0; i < fw->n_sections && vmm == SEV_VMM_EC2; i++)
		if (fw->sections[i].type == SEV_SECTION_CPUID)
			add_blank(&next, &fw->sections[i], SNP_PAGE_CPUID, SEV_PAGE);
	*d = next;
	return true;
}

void snp_digest_processors(
	struct snp_digest *d, const struct snp_processors *p, unsigned from, unsigned n)
{
	if (from == 0 && n > 0) {
		add_page(d, SNP_PAGE_VMSA, p->first, p->address);
		add_group(d, "vCPU 0", SNP_PAGE_VMSA, p->address, 1);
		from = 1;
	}
	if (from >= n)
		return;
	for (unsigned i = from; i < n; i++)
		add_page(d, SNP_PAGE_VMSA, p->other, p->address);
	/* Those that were there before are of the same group. */
	if (from > 1)
		d->n_groups--;
	add_group(d, "other vCPUs", SNP_PAGE_VMSA, p->address, n - 1);
}
