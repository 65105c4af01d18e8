#include "measure/snp_launch.h"

#include <string.h>

#include "measure/sev_cpu.h"
#include "base/banned.h"

/* KVM's place for the VMSA in what it hands to the security processor, and Google's for a host of 52 address bits. */
#define VMSA_ADDRESS UINT64_C(0xfffffffff000)
#define VMSA_ADDRESS_GCE_GENOA UINT64_C(0xffffffffff000)

struct snp_launch {
	struct hasher *sha384;
	struct sev_firmware firmware, svsm;
	const struct sev_hashes *hashes;
	bool has_svsm;
	struct snp_digest images;             /* behind the pages of files */
	struct snp_digest sections[SEV_VMMS]; /* behind the metadata, n_groups 0: not computed */
	/* Of the shape before. */
	bool has_last;
	struct snp_shape last;
	struct snp_processors processors;
	struct snp_digest digest;
};

static bool add_svsm(struct snp_launch *l, const struct snp_inputs *in, struct err *e)
{
	uint64_t top = sev_firmware_base(&l->firmware);

	if (!sev_firmware_parse(&l->svsm, in->svsm, e))
		return err_wrap(e, "SVSM");
	if (!l->svsm.has_entry)
		return err_set(e, ERR_FORMAT, "SVSM of %zu bytes does not say where it starts",
			in->svsm.n);
	if (in->variables_size % SEV_PAGE || in->variables_size > SEV_FIRMWARE_MAX)
		return err_set(e, ERR_USAGE,
			"variables of %llu bytes are not made of pages of %d bytes, or more than %d",
			(unsigned long long)in->variables_size, SEV_PAGE, SEV_FIRMWARE_MAX);
	if (in->hashes)
		return err_set(e, ERR_USAGE,
			"hashes of a kernel have no rule where an SVSM starts the firmware");
	l->has_svsm = true;
	snp_digest_pages(&l->images, "SVSM", in->svsm, top - in->variables_size - in->svsm.n);
	return true;
}

static bool open_launch(struct snp_launch *l, const struct snp_inputs *in, struct err *e)
{
	l->sha384 = hasher_new(DIGEST_SHA384);
	l->hashes = in->hashes;
	snp_digest_init(&l->images, l->sha384);
	if (in->known)
		l->firmware = *in->known;
	else if (!sev_firmware_parse(&l->firmware, in->firmware, e))
		return false;
	if (!l->firmware.has_reset) {
		err_set(e, ERR_FORMAT,
			"firmware of %zu bytes has no SEV-ES reset block, so it cannot start a second processor",
			in->firmware.n);
		return err_hint(e, "QEMU refuses such firmware; take an OVMF since 2021");
	}
	if (in->firmware_hash)
		snp_digest_from(&l->images, in->firmware_hash, &l->firmware);
	else
		snp_digest_pages(
			&l->images, "firmware", in->firmware, sev_firmware_base(&l->firmware));
	return !in->svsm.n || add_svsm(l, in, e);
}

bool snp_launch_new(
	struct snp_launch **ret, const struct snp_inputs *in, struct arena *a, struct err *e)
{
	struct snp_launch *l = ARENA_NEW(a, struct snp_launch);

	if (!l)
		return arena_full(a, e);
	if (!open_launch(l, in, e)) {
		snp_launch_free(l);
		return false;
	}
	*ret = l;
	return true;
}

void snp_launch_free(struct snp_launch *l)
{
	if (l)
		hasher_free(l->sha384);
}

void snp_launch_freep(struct snp_launch **l)
{
	snp_launch_free(*l);
}

const uint8_t *snp_launch_firmware_hash(const struct snp_launch *l)
{
	return l->images.groups[0].after;
}

/* 0: not known. */
static uint64_t gce_address(uint32_t signature)
{
	const struct sev_cpu *cpu = sev_cpu_of_signature(signature);

	if (cpu && !strcmp(cpu->name, "EPYC-Milan"))
		return VMSA_ADDRESS;
	return cpu && !strcmp(cpu->name, "EPYC-Genoa") ? VMSA_ADDRESS_GCE_GENOA : 0;
}

bool snp_launch_gce_knows(uint32_t signature)
{
	return gce_address(signature) != 0;
}

static bool find_address(uint64_t *ret, const struct snp_shape *s, struct err *e)
{
	*ret = s->vmm == SEV_VMM_GCE ? gce_address(s->signature) : VMSA_ADDRESS;
	if (*ret)
		return true;
	err_set(e, ERR_USAGE,
		"where Google's hypervisor puts the VMSA is known for EPYC-Milan and EPYC-Genoa only");
	return err_hint(e, "N2D machines are EPYC-Milan, C3D machines EPYC-Genoa");
}

static bool make_processors(struct snp_launch *l, const struct snp_shape *s, struct err *e)
{
	struct sev_vmsa v = { s->vmm, SEV_VMSA_RESET, s->signature, s->features, l->has_svsm };
	uint8_t page[SEV_PAGE];

	if (!find_address(&l->processors.address, s, e))
		return false;
	if (l->has_svsm) {
		const struct snp_group *g = &l->images.groups[1];

		v.eip = g->address + l->svsm.entry;
	}
	sev_vmsa_page(page, &v);
	hasher_restart(l->sha384);
	hasher_add(l->sha384, page, sizeof page);
	hasher_end(l->sha384, l->processors.first);
	if (!l->has_svsm)
		v.eip = l->firmware.reset_eip;
	sev_vmsa_page(page, &v);
	hasher_restart(l->sha384);
	hasher_add(l->sha384, page, sizeof page);
	hasher_end(l->sha384, l->processors.other);
	return true;
}

static bool make_sections(struct snp_launch *l, enum sev_vmm vmm, struct err *e)
{
	const struct sev_firmware *fw = l->has_svsm ? &l->svsm : &l->firmware;
	struct snp_digest d = l->images;

	if (l->sections[vmm].n_groups)
		return true;
	if (!snp_digest_sections(&d, fw, vmm, l->hashes, e))
		return false;
	l->sections[vmm] = d;
	return true;
}

static bool check_shape(const struct snp_launch *l, const struct snp_shape *s, struct err *e)
{
	if (!s->processors || s->processors > SNP_PROCESSORS_MAX)
		return err_set(e, ERR_LIMIT, "%u processors, wanted 1 to %d", s->processors,
			SNP_PROCESSORS_MAX);
	if (l->has_svsm && s->vmm != SEV_VMM_QEMU)
		return err_set(e, ERR_USAGE, "an SVSM has rules under QEMU only, not under %s",
			sev_vmm_name(s->vmm));
	if (l->has_svsm && s->features != SNP_FEATURES_DEFAULT)
		return err_set(e, ERR_USAGE, "an SVSM starts with features 0x1, not with %#llx",
			(unsigned long long)s->features);
	return true;
}

/* The shapes differ in nothing but the number of processors, of which this one has no fewer. */
static bool continues(const struct snp_launch *l, const struct snp_shape *s)
{
	return l->has_last && l->last.vmm == s->vmm && l->last.signature == s->signature &&
	       l->last.features == s->features && l->last.processors <= s->processors;
}

bool snp_launch_digest(
	struct snp_digest *ret, struct snp_launch *l, const struct snp_shape *s, struct err *e)
{
	unsigned from = 0;

	if (!check_shape(l, s, e))
		return false;
	if (continues(l, s)) {
		from = l->last.processors;
	} else {
		l->has_last = false;
		if (!make_sections(l, s->vmm, e) || !make_processors(l, s, e))
			return false;
		l->digest = l->sections[s->vmm];
	}
	snp_digest_processors(&l->digest, &l->processors, from, s->processors);
	l->last = *s;
	l->has_last = true;
	*ret = l->digest;
	return true;
}
