#include "measure/sev_digest.h"

#include <openssl/evp.h>

#include "base/crypto_context.h"
#include "base/mem.h"
#include "base/banned.h"

/* States of one hash that is continued in many ways, which base/digest.h does not offer. */
struct sev_digest {
	struct sev_firmware firmware;
	EVP_MD_CTX *common; /* behind image and table */
	EVP_MD_CTX *last;   /* behind the processors of the guest before */
	EVP_MD_CTX *end;    /* only to be closed */
	bool has_last;
	enum sev_vmm vmm;
	uint32_t signature;
	unsigned processors;
};

/* As in base/digest.c: hashing memory does not fail. */
static void add(EVP_MD_CTX *ctx, const void *p, size_t n)
{
	if (n && EVP_DigestUpdate(ctx, p, n) != 1)
		mem_missing();
}

static void copy(EVP_MD_CTX *to, const EVP_MD_CTX *from)
{
	if (EVP_MD_CTX_copy_ex(to, from) != 1)
		mem_missing();
}

static void finish(struct sev_digest *d, const EVP_MD_CTX *from, uint8_t out[static SHA256_SIZE])
{
	copy(d->end, from);
	if (EVP_DigestFinal_ex(d->end, out, NULL) != 1)
		mem_missing();
}

static bool begin(struct sev_digest *d, const struct sev_hashes *hashes, struct err *e)
{
	uint8_t table[SEV_HASHES_SIZE];

	if (hashes && d->firmware.hashes_size < SEV_HASHES_SIZE) {
		err_set(e, ERR_USAGE,
			"the firmware has no place for the hashes of a kernel, so it would start any kernel, initrd and command line");
		return err_hint(e, "build OvmfPkg/AmdSev of edk2, or take OVMF.amdsev.fd");
	}
	if (!d->common || !d->last || !d->end ||
		EVP_DigestInit_ex(d->common, crypto_context_digest(DIGEST_SHA256), NULL) != 1)
		return err_set(e, ERR_LIMIT, "no memory for a hash");
	add(d->common, d->firmware.image.p, d->firmware.image.n);
	if (!hashes)
		return true;
	sev_hashes_table(table, hashes);
	add(d->common, table, sizeof table);
	return true;
}

bool sev_digest_new(struct sev_digest **ret, struct span firmware, const struct sev_hashes *hashes,
	struct arena *a, struct err *e)
{
	struct sev_digest *d = ARENA_NEW(a, struct sev_digest);

	if (!d)
		return arena_full(a, e);
	if (!sev_firmware_parse(&d->firmware, firmware, e))
		return false;
	d->common = EVP_MD_CTX_new();
	d->last = EVP_MD_CTX_new();
	d->end = EVP_MD_CTX_new();
	if (!begin(d, hashes, e)) {
		sev_digest_free(d);
		return false;
	}
	*ret = d;
	return true;
}

void sev_digest_free(struct sev_digest *d)
{
	if (!d)
		return;
	EVP_MD_CTX_free(d->common);
	EVP_MD_CTX_free(d->last);
	EVP_MD_CTX_free(d->end);
}

void sev_digest_freep(struct sev_digest **d)
{
	sev_digest_free(*d);
}

void sev_digest_plain(struct sev_digest *d, uint8_t out[static SHA256_SIZE])
{
	finish(d, d->common, out);
}

static void add_processors(struct sev_digest *d, unsigned from, unsigned n)
{
	struct sev_vmsa v = { .vmm = d->vmm, .eip = SEV_VMSA_RESET, .signature = d->signature };
	uint8_t page[SEV_PAGE];

	if (!from) {
		sev_vmsa_page(page, &v);
		add(d->last, page, sizeof page);
		from = 1;
	}
	v.eip = d->firmware.reset_eip;
	sev_vmsa_page(page, &v);
	for (unsigned i = from; i < n; i++)
		add(d->last, page, sizeof page);
}

bool sev_digest_es(uint8_t out[static SHA256_SIZE], struct sev_digest *d, enum sev_vmm vmm,
	uint32_t signature, unsigned processors, struct err *e)
{
	bool continues = d->has_last && d->vmm == vmm && d->signature == signature &&
			 d->processors <= processors;

	if (!d->firmware.has_reset) {
		err_set(e, ERR_FORMAT,
			"firmware of %zu bytes has no SEV-ES reset block, so it cannot start a second processor",
			d->firmware.image.n);
		return err_hint(e, "QEMU refuses such firmware; take an OVMF since 2021");
	}
	if (!processors || processors > SEV_PROCESSORS_MAX)
		return err_set(e, ERR_LIMIT, "%u processors, wanted 1 to %d", processors,
			SEV_PROCESSORS_MAX);
	if (!continues)
		copy(d->last, d->common);
	d->vmm = vmm;
	d->signature = signature;
	add_processors(d, continues ? d->processors : 0, processors);
	d->processors = processors;
	d->has_last = true;
	finish(d, d->last, out);
	return true;
}
