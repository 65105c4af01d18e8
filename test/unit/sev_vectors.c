/*
 * Launch digests of SEV, SEV-ES and SEV-SNP guests against those of another calculator, and keys of an ID block, in files
 * that are no part of this repository. They are looked for in ASSAY_VECTORS, else in ../shared/vectors of the repository;
 * without them the test is skipped. Firmware is looked for by its SHA-256 beside the vectors, where Debian's packages
 * install it, and in ASSAY_FIRMWARE; a vector whose firmware is nowhere is counted as skipped.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/hex.h"
#include "codec/json.h"
#include "measure/sev_cpu.h"
#include "measure/sev_digest.h"
#include "measure/snp_launch.h"
#include "vectors.h"

enum { ARENA = 256 << 20, FIRMWARE_MAX = 16, INPUTS_MAX = 4 };

struct known {
	struct str name;
	struct str text; /* where it comes from, for the reason of a skip */
	struct buf bytes;
	bool found;
};

static struct known firmware[FIRMWARE_MAX], svsm = { .name = { "svsm", 4 } };
static struct known inputs[INPUTS_MAX];
static size_t n_firmware, n_inputs, n_refused, n_without_metadata;

static struct str text_at(const struct json *o, const char *key)
{
	const struct json *v = json_get(o, key);

	return v && v->kind == JSON_STRING ? v->text : str_make(NULL, 0);
}

/* The file of the folder whose SHA-256 this is. */
static bool find_in(struct known *k, const char *where, struct str sha256)
{
	char **names = NULL;
	struct err e;
	size_t n = 0;

	if (!file_names(AT_FDCWD, where, &names, &n, &e))
		return false;
	for (size_t i = 0; i < n && !k->found; i++) {
		char path[VECTORS_PATH], hex[2 * SHA256_SIZE + 1];
		uint8_t hash[SHA256_SIZE];

		snprintf(path, sizeof path, "%s/%s", where, names[i]);
		if (!file_read(AT_FDCWD, path, VECTORS_FILE_MAX, &k->bytes, &e))
			continue;
		sha256_of(hash, buf_span(&k->bytes));
		hex_write(hex, hash, sizeof hash);
		k->found = str_is(sha256, hex);
		if (!k->found)
			buf_done(&k->bytes);
	}
	file_names_free(names, n);
	return k->found;
}

static void find(struct known *k, struct str sha256)
{
	char beside[VECTORS_PATH];
	const char *given = getenv("ASSAY_FIRMWARE");
	const char *const places[] = { beside, "/usr/share/ovmf", "/usr/share/OVMF",
		given ? given : beside };

	snprintf(beside, sizeof beside, "%s/firmware", vectors_folder);
	for (size_t i = 0; i < ARRAY_LEN(places) && !k->found; i++)
		find_in(k, places[i], sha256);
}

/* The inputs' formula: byte i is (i*m + a) ^ (i >> 8). */
static void make_input(const char *name, size_t n, unsigned m, unsigned a)
{
	struct known *k = &inputs[n_inputs++];

	k->name = str_of(name);
	k->bytes = buf_init(VECTORS_FILE_MAX);
	for (size_t i = 0; i < n; i++)
		buf_u8(&k->bytes, (uint8_t)((i * m + a) ^ i >> 8));
	k->found = true;
}

static const struct known *known_of(const struct known *list, size_t n, struct str name)
{
	for (size_t i = 0; i < n; i++)
		if (str_equal(list[i].name, name))
			return &list[i];
	return NULL;
}

static void find_all(const struct json *doc)
{
	const struct json *o = json_get(doc, "firmware");

	CHECK(o && o->n <= FIRMWARE_MAX);
	for (size_t i = 0; o && i < o->n; i++) {
		struct known *k = &firmware[n_firmware++];

		k->name = o->keys[i];
		k->text = text_at(&o->items[i], "source");
		find(k, text_at(&o->items[i], "sha256"));
	}
	make_input("kernel_1m.bin", 1 << 20, 7, 3);
	make_input("initrd_3m.bin", 3145745, 13, 5);
	make_input("empty.bin", 0, 0, 0);
}

struct vector {
	const struct json *doc;
	struct str mode;
	struct span image;
	struct sev_hashes hashes;
	bool has_kernel;
	struct snp_shape shape;
};

static uint64_t hex_number(struct str s)
{
	uint64_t v = 0;

	for (size_t i = 2; i < s.n; i++) {
		char c = s.p[i];

		v = v << 4 | (uint64_t)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return v;
}

static struct span input_at(const struct json *v, const char *key)
{
	const struct known *k = known_of(inputs, n_inputs, text_at(v, key));

	return k ? buf_span(&k->bytes) : span_make(NULL, 0);
}

static void read_vector(struct vector *v, const struct json *doc, const struct known *fw)
{
	struct str type = text_at(doc, "vcpu_type"), vmm = text_at(doc, "vmm_type");
	const struct sev_cpu *cpu;
	uint64_t n = 0;
	struct err e;

	*v = (struct vector){ .doc = doc,
		.mode = text_at(doc, "mode"),
		.image = buf_span(&fw->bytes),
		.has_kernel = text_at(doc, "kernel").n > 0 };
	CHECK_OK(json_get_u64(doc, "vcpus", 1000, &n, &e), e);
	v->shape.processors = (unsigned)n;
	v->shape.vmm = str_is(vmm, "ec2") ? SEV_VMM_EC2 : SEV_VMM_QEMU;
	v->shape.signature = (uint32_t)hex_number(text_at(doc, "vcpu_sig"));
	v->shape.features = hex_number(text_at(doc, "guest_features"));
	if (type.n) {
		uint32_t signature;

		CHECK_OK(sev_cpu_find(&cpu, type, &e), e);
		signature = sev_cpu_signature(cpu->family, cpu->model, cpu->stepping);
		CHECK(!text_at(doc, "vcpu_sig").n || v->shape.signature == signature);
		v->shape.signature = signature;
	}
	if (v->has_kernel)
		sev_hashes_of(&v->hashes, input_at(doc, "kernel"), input_at(doc, "initrd"),
			text_at(doc, "append"));
}

static void check_value(const struct vector *v, const uint8_t *got, size_t n)
{
	struct str want = text_at(v->doc, "digest");
	char hex[2 * DIGEST_MAX + 1];

	hex_write(hex, got, n);
	if (!str_is(want, hex))
		fprintf(stderr, "%.*s: %s, vector %.*s\n", STR_ARG(text_at(v->doc, "id")), hex,
			STR_ARG(want));
	CHECK(str_is(want, hex));
}

/* Where the other calculator refuses, too, and where it gives the value of a guest that cannot start. */
static bool check_refused(const struct vector *v, bool ok, const struct err *e)
{
	if (!text_at(v->doc, "digest").n) {
		CHECK(!ok && e->kind == ERR_USAGE);
		n_refused++;
		return true;
	}
	return !ok;
}

/* Firmware without SEV metadata: refused; its value would be that of image and processors alone. */
static void check_without_metadata(const struct vector *v)
{
	struct sev_vmsa first = { SEV_VMM_QEMU, SEV_VMSA_RESET, v->shape.signature,
		v->shape.features, false };
	struct sev_vmsa other = first;
	struct snp_processors p = { .address = UINT64_C(0xfffffffff000) };
	struct hasher *h = hasher_new(DIGEST_SHA384);
	struct sev_firmware fw;
	struct snp_digest d;
	uint8_t page[SEV_PAGE];
	struct err e;

	CHECK_OK(sev_firmware_parse(&fw, v->image, &e), e);
	CHECK(!fw.has_metadata);
	sev_vmsa_page(page, &first);
	memcpy(p.first, digest_of(DIGEST_SHA384, SPAN_OF(page)).bytes, SHA384_SIZE);
	other.eip = fw.reset_eip;
	sev_vmsa_page(page, &other);
	memcpy(p.other, digest_of(DIGEST_SHA384, SPAN_OF(page)).bytes, SHA384_SIZE);
	snp_digest_init(&d, h);
	snp_digest_pages(&d, "firmware", v->image, sev_firmware_base(&fw));
	snp_digest_processors(&d, &p, 0, v->shape.processors);
	check_value(v, d.value, SHA384_SIZE);
	hasher_free(h);
	n_without_metadata++;
}

static void check_snp(const struct vector *v)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(snp_launch_freep) struct snp_launch *l = NULL;
	struct snp_inputs in = { .firmware = v->image,
		.hashes = v->has_kernel ? &v->hashes : NULL };
	struct str seed = text_at(v->doc, "snp_ovmf_hash");
	uint8_t firmware_hash[SHA384_SIZE];
	struct snp_digest d;
	struct err e = { 0 };
	bool ok;

	if (seed.n) {
		CHECK(hex_read(seed, firmware_hash, sizeof firmware_hash));
		in.firmware_hash = firmware_hash;
	}
	ok = snp_launch_new(&l, &in, a, &e) && snp_launch_digest(&d, l, &v->shape, &e);
	if (check_refused(v, ok, &e)) {
		if (text_at(v->doc, "digest").n) {
			CHECK(e.kind == ERR_FORMAT && strstr(e.text, "no SEV metadata"));
			check_without_metadata(v);
		}
		return;
	}
	check_value(v, d.value, SHA384_SIZE);
}

static void check_svsm(struct vector *v)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(snp_launch_freep) struct snp_launch *l = NULL;
	struct snp_inputs in = { .firmware = v->image, .svsm = buf_span(&svsm.bytes) };
	struct snp_digest d = { 0 };
	struct err e;

	v->shape.features = SNP_FEATURES_DEFAULT;
	CHECK_OK(json_get_u64(v->doc, "vars_size", VECTORS_FILE_MAX, &in.variables_size, &e), e);
	CHECK_OK(snp_launch_new(&l, &in, a, &e) && snp_launch_digest(&d, l, &v->shape, &e), e);
	check_value(v, d.value, SHA384_SIZE);
}

static void check_sev(const struct vector *v)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(1 << 20);
	CLEANUP(sev_digest_freep) struct sev_digest *d = NULL;
	uint8_t out[SHA256_SIZE] = { 0 };
	struct err e = { 0 };
	bool ok = sev_digest_new(&d, v->image, v->has_kernel ? &v->hashes : NULL, a, &e);

	if (check_refused(v, ok, &e))
		return;
	if (str_is(v->mode, "sev"))
		sev_digest_plain(d, out);
	else
		CHECK_OK(sev_digest_es(
				 out, d, v->shape.vmm, v->shape.signature, v->shape.processors, &e),
			e);
	check_value(v, out, sizeof out);
}

/* False where the firmware, or the SVSM, is not on this machine. */
static bool check_vector(const struct json *doc)
{
	const struct known *fw = known_of(firmware, n_firmware, text_at(doc, "firmware"));
	struct str needed = text_at(doc, "svsm");
	struct vector v;

	CHECK(fw != NULL);
	if (needed.n > 64 && !svsm.found)
		find(&svsm, str_make(needed.p + needed.n - 64, 64));
	if (!fw || !fw->found || (needed.n && !svsm.found))
		return false;
	read_vector(&v, doc, fw);
	if (str_is(v.mode, "snp:svsm"))
		check_svsm(&v);
	else if (str_is(v.mode, "snp"))
		check_snp(&v);
	else
		check_sev(&v);
	return true;
}

static void check_firmware_hashes(const struct json *doc)
{
	const struct json *o = json_get(doc, "snp_ovmf_hash");

	CHECK(o && o->n == n_firmware);
	for (size_t i = 0; o && i < o->n; i++) {
		const struct known *fw = known_of(firmware, n_firmware, o->keys[i]);
		struct hasher *h = hasher_new(DIGEST_SHA384);
		char hex[2 * SHA384_SIZE + 1];
		struct snp_digest d;

		snp_digest_init(&d, h);
		if (fw && fw->found) {
			snp_digest_pages(&d, "firmware", buf_span(&fw->bytes),
				(UINT64_C(1) << 32) - fw->bytes.n);
			hex_write(hex, d.value, SHA384_SIZE);
			CHECK(str_is(o->items[i].text, hex));
		}
		hasher_free(h);
	}
}

static void vectors(const struct json *doc)
{
	const struct json *list = json_get(doc, "vectors");
	size_t n = 0;

	CHECK(list && list->n == 139);
	for (size_t i = 0; list && i < list->n; i++)
		n += check_vector(&list->items[i]);
	for (size_t i = 0; i < n_firmware; i++) {
		char why[300];

		snprintf(why, sizeof why, "those of %.*s: not on this machine: %.*s",
			STR_ARG(firmware[i].name), STR_ARG(firmware[i].text));
		if (!firmware[i].found)
			test_skip("vectors", why);
	}
	printf("%zu of %zu launch digests: %zu are refused as there, %zu are values of firmware without SEV metadata, which is refused here\n",
		n, list ? list->n : 0, n_refused, n_without_metadata);
	CHECK(n > 0);
}

int main(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	CLEANUP(buf_done) struct buf text = buf_init(0);
	char path[VECTORS_PATH];
	struct json doc;
	struct err e;

	if (!vectors_find("measurement"))
		return vectors_skip();
	snprintf(path, sizeof path, "%s/sev-launch-digest.json", vectors_folder);
	CHECK_OK(file_read(AT_FDCWD, path, VECTORS_FILE_MAX, &text, &e), e);
	CHECK_OK(json_parse(&doc, buf_span(&text), a, &e), e);
	find_all(&doc);
	vectors(&doc);
	check_firmware_hashes(&doc);
	for (size_t i = 0; i < n_firmware; i++)
		buf_done(&firmware[i].bytes);
	for (size_t i = 0; i < n_inputs; i++)
		buf_done(&inputs[i].bytes);
	buf_done(&svsm.bytes);
	return test_end();
}
