#include "measure/tpm_initrd.h"

#include <assert.h>
#include <string.h>

#include "base/banned.h"

enum { ALIGN = 4, FRAME_MAX = 4096, MODE_FOLDER = 040000, MODE_FILE = 0100000, MODE_READ = 0555 };

/* Sections that become files, in the order of the archives. */
static const struct extra {
	enum tpm_stub_section section;
	const char *name;
} extras[] = {
	{ TPM_STUB_PCRSIG, "tpm2-pcr-signature.json" },
	{ TPM_STUB_PCRPKEY, "tpm2-pcr-public-key.pem" },
	{ TPM_STUB_OSREL, "os-release" },
};

static bool has_extra(const struct tpm_stub *stub, const struct extra *x)
{
	return stub->sections[x->section].n &&
	       (x->section != TPM_STUB_OSREL || stub->osrel_in_initrd);
}

/* The numbers of a newc header: magic, inode, mode, uid, gid, links, time, size, four device numbers, name, checksum. */
static void add_header(struct buf *out, unsigned inode, unsigned mode, size_t size, size_t name)
{
	buf_printf(out, "070701%08x%08x%08x%08x%08x%08x%08zx%08x%08x%08x%08x%08zx%08x", inode, mode,
		0u, 0u, 1u, 0u, size, 0u, 0u, 0u, 0u, name, 0u);
}

static void add_name(struct buf *out, struct str name)
{
	buf_add_str(out, name);
	buf_u8(out, 0);
	buf_align(out, ALIGN);
}

/* The folder and all above it, inodes from 1; returns the next one. */
static unsigned add_folders(struct buf *out, struct str path, unsigned mode)
{
	unsigned inode = 1;

	for (size_t i = 1; i <= path.n; i++) {
		bool last = i == path.n;

		if (!last && path.p[i] != '/')
			continue;
		add_header(out, inode++, MODE_FOLDER | (last ? mode : MODE_READ), 0, i + 1);
		add_name(out, str_make(path.p, i));
	}
	return inode;
}

static void add_trailer(struct buf *out)
{
	/* The stub's own trailer: the length of its name is the one number in upper case. */
	buf_add_cstr(out, "070701"
			  "00000000"
			  "00000000"
			  "00000000"
			  "00000000"
			  "00000001"
			  "00000000"
			  "00000000"
			  "00000000"
			  "00000000"
			  "00000000"
			  "00000000"
			  "0000000B"
			  "00000000"
			  "TRAILER!!!");
	buf_u8(out, 0);
	buf_align(out, ALIGN);
}

void tpm_initrd_pack(struct buf *out, const char *folder, unsigned folder_mode, unsigned file_mode,
	const struct tpm_initrd_file *files, size_t n)
{
	unsigned inode;

	assert(out->n % ALIGN == 0);
	inode = add_folders(out, str_of(folder), folder_mode);
	for (size_t i = 0; i < n; i++) {
		add_header(out, inode++, MODE_FILE | file_mode, files[i].content.n,
			strlen(folder) + 1 + files[i].name.n + 1);
		buf_add_cstr(out, folder);
		buf_u8(out, '/');
		add_name(out, files[i].name);
		if (files[i].content.n)
			buf_add(out, files[i].content.p, files[i].content.n);
		buf_align(out, ALIGN);
	}
	add_trailer(out);
}

void tpm_initrd_archive(struct buf *out, const char *name, struct span content)
{
	struct tpm_initrd_file file = { str_of(name), content };

	tpm_initrd_pack(out, ".extra", MODE_READ, 0444, &file, 1);
}

static size_t count_parts(const struct tpm_stub *stub)
{
	size_t n = (stub->sections[TPM_STUB_UCODE].n ? 1u : 0u) +
		   (stub->sections[TPM_STUB_INITRD].n ? 1u : 0u) + stub->n_archives;

	for (size_t i = 0; i < ARRAY_LEN(extras); i++)
		n += has_extra(stub, &extras[i]);
	return n;
}

bool tpm_initrd_present(const struct tpm_stub *stub)
{
	return count_parts(stub) != 0;
}

static void add_part(struct hasher *h, struct span part, bool padded)
{
	static const uint8_t zero[ALIGN] = { 0 };

	if (part.n)
		hasher_add(h, part.p, part.n);
	if (padded && part.n % ALIGN)
		hasher_add(h, zero, ALIGN - part.n % ALIGN);
}

struct digest tpm_initrd_digest(const struct tpm_stub *stub, enum digest_alg alg)
{
	struct hasher *h CLEANUP(hasher_freep) = hasher_new(alg);
	bool padded = count_parts(stub) > 1;
	struct digest d = { .alg = alg };

	assert(stub->initrd_known);
	add_part(h, stub->sections[TPM_STUB_UCODE], padded);
	add_part(h, stub->sections[TPM_STUB_INITRD], padded);
	for (size_t i = 0; i < stub->n_archives; i++)
		add_part(h, stub->archives[i], padded);
	for (size_t i = 0; i < ARRAY_LEN(extras); i++) {
		struct buf b CLEANUP(buf_done) = buf_init(TPM_STUB_FILE_MAX + FRAME_MAX);

		if (!has_extra(stub, &extras[i]))
			continue;
		tpm_initrd_archive(&b, extras[i].name, stub->sections[extras[i].section]);
		assert(buf_ok(&b));
		add_part(h, buf_span(&b), padded);
	}
	hasher_end(h, d.bytes);
	return d;
}
