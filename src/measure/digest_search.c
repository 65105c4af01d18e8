#include "measure/digest_search.h"

#include "measure/sev_digest.h"
#include "measure/snp_launch.h"
#include "base/banned.h"

/*
 * SEV_FEATURES beside bit 0 (AMD APM volume 2, 15.36): what hosts have on, then every set of those that a host may turn
 * on for a guest: bit 3 restricted injection, 5 DebugSwap, 6 no IBS by the host, 9 secure TSC, 15 SMT protection.
 */
static const uint64_t usual[] = { 0x1, 0x21 };
static const unsigned optional[] = { 3, 5, 6, 9, 15 };
enum { OPTIONAL_SETS = 1 << ARRAY_LEN(optional) };

struct search {
	const struct digest_search_in *in;
	struct digest_search *ret;
	struct digest_search_tried *tried; /* of the firmware at hand */
	const struct digest_search_firmware *firmware;
	bool with_kernel;
	struct arena *arena;
};

/* One candidate; true ends the search. */
static bool try(struct search *s, const uint8_t *digest, const struct digest_found *what)
{
	s->tried->n++;
	s->tried->n_kernel += s->with_kernel;
	s->ret->n++;
	if (memcmp(digest, s->in->want.p, s->in->want.n) != 0)
		return false;
	s->ret->found = *what;
	s->ret->found.firmware = s->firmware;
	s->ret->found.with_kernel = s->with_kernel;
	return true;
}

static struct digest_found found_of(
	enum digest_search_kind kind, enum sev_vmm vmm, const struct sev_cpu *cpu)
{
	return (struct digest_found){ .kind = kind, .vmm = vmm, .cpu = cpu };
}

static uint32_t signature_of(const struct sev_cpu *cpu)
{
	return cpu ? sev_cpu_signature(cpu->family, cpu->model, cpu->stepping) : 0;
}

/* Guests with 1..max processors, each one hash more than the one before. */
static bool try_counts(struct search *s, struct snp_launch *l, struct digest_found *what,
	unsigned max, struct err *e)
{
	struct snp_shape shape = { what->vmm, signature_of(what->cpu), what->features, 0 };
	struct snp_digest d;

	while (shape.processors++ < max) {
		what->processors = shape.processors;
		if (!snp_launch_digest(&d, l, &shape, e))
			return false;
		if (try(s, d.value, what))
			return true;
	}
	return true;
}

static bool done(const struct search *s)
{
	return s->ret->found.kind != DIGEST_SEARCH_NONE;
}

static bool try_features(struct search *s, struct snp_launch *l, enum sev_vmm vmm,
	const struct sev_cpu *cpu, struct err *e)
{
	struct digest_found what = found_of(DIGEST_SEARCH_SNP, vmm, cpu);

	for (size_t i = 0; i < ARRAY_LEN(usual) && !done(s); i++) {
		what.features = usual[i];
		if (!try_counts(s, l, &what, DIGEST_SEARCH_PROCESSORS, e))
			return false;
	}
	for (unsigned set = 0; set < OPTIONAL_SETS && !done(s); set++) {
		what.features = 1;
		for (size_t bit = 0; bit < ARRAY_LEN(optional); bit++)
			if (set >> bit & 1)
				what.features |= UINT64_C(1) << optional[bit];
		if (what.features == usual[0] || what.features == usual[1])
			continue;
		if (!try_counts(s, l, &what, DIGEST_SEARCH_PROCESSORS_RARE, e))
			return false;
	}
	return true;
}

/* The lines whose start differs under this hypervisor: EC2 hides the type, Google's is known for two. */
static bool try_types(struct search *s, struct snp_launch *l, enum sev_vmm vmm, struct err *e)
{
	if (vmm == SEV_VMM_EC2)
		return try_features(s, l, vmm, NULL, e);
	for (size_t i = 0; i < SEV_CPU_LINES && !done(s); i++) {
		const struct sev_cpu *cpu = &sev_cpu_lines[i];

		if (vmm == SEV_VMM_GCE && !snp_launch_gce_knows(signature_of(cpu)))
			continue;
		if (!try_features(s, l, vmm, cpu, e))
			return false;
	}
	return true;
}

static bool try_snp(struct search *s, const uint8_t *firmware_hash, struct err *e)
{
	CLEANUP(snp_launch_freep) struct snp_launch *l = NULL;
	const struct digest_found hash = { .kind = DIGEST_SEARCH_FIRMWARE_HASH };
	struct snp_inputs in = { .firmware = s->firmware->image,
		.firmware_hash = firmware_hash,
		.hashes = s->with_kernel ? s->in->hashes : NULL };

	if (!snp_launch_new(&l, &in, s->arena, e))
		return false;
	if (!s->with_kernel && try(s, firmware_hash, &hash))
		return true;
	for (unsigned vmm = 0; vmm < SEV_VMMS && !done(s); vmm++)
		if (!try_types(s, l, (enum sev_vmm)vmm, e))
			return false;
	return true;
}

static bool try_es_counts(struct search *s, struct sev_digest *d, enum sev_vmm vmm,
	const struct sev_cpu *cpu, struct err *e)
{
	struct digest_found what = found_of(DIGEST_SEARCH_SEV_ES, vmm, cpu);
	uint8_t digest[SHA256_SIZE];

	for (unsigned n = 1; n <= DIGEST_SEARCH_PROCESSORS_ES; n++) {
		what.processors = n;
		if (!sev_digest_es(digest, d, vmm, signature_of(cpu), n, e))
			return false;
		if (try(s, digest, &what))
			return true;
	}
	return true;
}

static bool try_sev(struct search *s, struct err *e)
{
	CLEANUP(sev_digest_freep) struct sev_digest *d = NULL;
	const struct digest_found plain = { .kind = DIGEST_SEARCH_SEV };
	uint8_t digest[SHA256_SIZE];

	if (!sev_digest_new(
		    &d, s->firmware->image, s->with_kernel ? s->in->hashes : NULL, s->arena, e))
		return false;
	sev_digest_plain(d, digest);
	if (try(s, digest, &plain))
		return true;
	for (size_t i = 0; i < SEV_CPU_LINES && !done(s); i++)
		if (!try_es_counts(s, d, SEV_VMM_QEMU, &sev_cpu_lines[i], e))
			return false;
	for (unsigned vmm = SEV_VMM_EC2; vmm < SEV_VMMS && !done(s); vmm++)
		if (!try_es_counts(s, d, (enum sev_vmm)vmm, NULL, e))
			return false;
	return true;
}

/* What this firmware cannot do is told, not failed with. */
static bool try_way(struct search *s, const uint8_t *firmware_hash, struct err *e)
{
	struct err why = { 0 };
	bool snp = s->in->want.n == SHA384_SIZE;

	if (snp ? try_snp(s, firmware_hash, &why) : try_sev(s, &why))
		return true;
	s->tried->why_not = arena_str(s->arena, str_of(why.text));
	return s->tried->why_not.p || arena_full(s->arena, e);
}

/* MRTD, which asks for nothing but the firmware; one that is for no TD has none. */
static void try_tdx(struct search *s)
{
	struct digest_found what = { .kind = DIGEST_SEARCH_TDX, .firmware = s->firmware };
	struct err none = { 0 };
	uint64_t n = 0;
	bool found = false;

	if (!tdx_search_mrtd(&what.tdx, &found, &n, s->firmware->image, s->in->want.p, &none))
		return;
	s->tried->n += n;
	s->ret->n += n;
	if (found)
		s->ret->found = what;
}

/* The digest behind the pages is made once, for both ways. */
static bool try_firmware(struct search *s, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *h = hasher_new(DIGEST_SHA384);
	struct span image = s->firmware->image;
	struct snp_digest pages;

	snp_digest_init(&pages, h);
	if (s->in->want.n == SHA384_SIZE && image.n % SEV_PAGE == 0 && image.n <= SEV_FIRMWARE_MAX)
		snp_digest_pages(&pages, "firmware", image, (UINT64_C(1) << 32) - image.n);
	s->with_kernel = false;
	if (!try_way(s, pages.value, e))
		return false;
	s->with_kernel = true;
	if (!done(s) && s->in->hashes && !try_way(s, pages.value, e))
		return false;
	/* Last: MRTD is hashed over all of the firmware again, twice. */
	if (!done(s) && s->in->want.n == SHA384_SIZE)
		try_tdx(s);
	return true;
}

bool digest_search(struct digest_search *ret, const struct digest_search_in *in, struct arena *a,
	struct err *e)
{
	struct search s = { .in = in, .ret = ret, .arena = a };

	if (in->want.n != SHA256_SIZE && in->want.n != SHA384_SIZE)
		return err_set(e, ERR_USAGE,
			"a launch digest has %d bytes (SEV, SEV-ES) or %d (SEV-SNP), this one %zu",
			SHA256_SIZE, SHA384_SIZE, in->want.n);
	if (in->n_firmware > DIGEST_SEARCH_FIRMWARE_MAX)
		return err_set(e, ERR_LIMIT, "%zu firmware images, limit %d", in->n_firmware,
			DIGEST_SEARCH_FIRMWARE_MAX);
	*ret = (struct digest_search){ .n = 0 };
	for (size_t i = 0; i < in->n_firmware && !done(&s); i++) {
		s.firmware = &in->firmware[i];
		s.tried = &ret->tried[i];
		if (!try_firmware(&s, e))
			return false;
	}
	return true;
}
