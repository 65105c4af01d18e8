#define ASSAY_MAY_ASK_THE_MACHINE
#include "build/remeasure.h"

#include <unistd.h>

#include "appraise/shape.h"
#include "base/hex.h"
#include "build/manifest.h"
#include "codec/json.h"
#include "codec/pe.h"
#include "image/authenticode.h"
#include "image/gpt.h"
#include "image/pe_certificates.h"
#include "lock/platform_files.h"
#include "measure/partition_table.h"
#include "sys/file.h"
#include "signer_made.h"
#include "test.h"
#include "uki_made.h"

enum { DISK_SIZE = 4 << 20, ARENA = 16 << 20, TEXT = 1 << 20, CHECKSUM_IN_PE = 24 + 64 };

static char folder[] = "/tmp/assay-remeasure-XXXXXX";
static const uint8_t root_hash[SHA256_SIZE] = { 0x12, 0x34 };

static void write_file(const char *name, struct span bytes)
{
	char path[200];
	struct err e;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	CHECK_OK(file_write(AT_FDCWD, path, bytes, 0644, &e), e);
}

static struct buf make_uki(const char *words)
{
	struct buf kernel CLEANUP(buf_done) = uki_made_kernel(UKI_MADE_VERSION);
	char hash[2 * SHA256_SIZE + 1], line[300];
	struct uki_made_parts parts = { .magic = "#### LoaderInfo: systemd-stub 257.9 ####",
		.osrel = UKI_MADE_OSREL,
		.command_line = line,
		.initrd = SPAN_OF(uki_made_initrd),
		.kernel = buf_span(&kernel) };
	struct buf uki;

	hex_write(hash, root_hash, sizeof root_hash);
	snprintf(line, sizeof line, "%s verity=%s", words, hash);
	uki = uki_made(&parts);
	put_u32le(uki.p + uki.p[60] + 256 * uki.p[61] + CHECKSUM_IN_PE, 0);
	return uki;
}

/* Tables at both ends and nothing between them. What the writer says firmware will hash is what is read back. */
static struct buf make_disk(uint8_t id)
{
	struct buf said CLEANUP(buf_done) = buf_init(PARTITION_TABLE_EVENT_MAX);
	struct buf found CLEANUP(buf_done) = buf_init(PARTITION_TABLE_EVENT_MAX);
	struct gpt_partition part = {
		.type = gpt_type_esp, .at = 1 << 20, .size = 1 << 20, .name = "esp"
	};
	struct gpt g = { .disk_size = DISK_SIZE, .partitions = &part, .n = 1 };
	struct buf head = buf_init(TEXT), tail = buf_init(TEXT), disk = buf_init(DISK_SIZE);
	struct err e;

	g.disk_uuid[0] = id;
	CHECK_OK(gpt_emit(&g, &head, &tail, &e), e);
	buf_add(&disk, head.p, head.n);
	buf_fill(&disk, 0, DISK_SIZE - head.n - tail.n);
	buf_add(&disk, tail.p, tail.n);
	CHECK_OK(gpt_event_data(&g, &said, &e), e);
	CHECK_OK(partition_table_event(&found, buf_span(&disk), &e), e);
	CHECK(span_equal(buf_span(&said), buf_span(&found)));
	buf_done(&head);
	buf_done(&tail);
	return disk;
}

static void put_digest(struct json_out *w, const char *key, struct span bytes)
{
	uint8_t digest[SHA256_SIZE];

	sha256_of(digest, bytes);
	json_put_hex(w, key, SPAN_OF(digest));
}

static const struct origin_class_shares measured = { { 0, 1, 2, 3 } };

static struct buf make_manifest(struct span uki, struct span disk)
{
	struct buf b = buf_init(TEXT);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	json_put_cstr(&w, "format", MANIFEST_FORMAT);
	json_put_uint(&w, "source-date-epoch", 1700000000);
	json_key(&w, "outputs");
	json_object(&w);
	json_key(&w, "disk");
	json_object(&w);
	json_put_uint(&w, "size", disk.n);
	put_digest(&w, "sha256", disk);
	json_key(&w, "root");
	json_object(&w);
	json_put_hex(&w, "root-hash", SPAN_OF(root_hash));
	json_end_object(&w);
	json_key(&w, "esp");
	json_object(&w);
	json_put_uint(&w, "at", 1 << 20);
	json_put_uint(&w, "size", 1 << 20);
	put_digest(&w, "sha256", span_make(disk.p + (1 << 20), 1 << 20));
	json_end_object(&w);
	json_end_object(&w);
	json_key(&w, "uki");
	json_object(&w);
	put_digest(&w, "sha256", uki);
	json_end_object(&w);
	json_end_object(&w);
	json_key(&w, "firmware");
	json_object(&w);
	json_put_cstr(&w, "version", "2025.02-8+deb13u1");
	json_key(&w, "code");
	json_object(&w);
	put_digest(&w, "sha256", str_span(STR("code")));
	json_end_object(&w);
	json_key(&w, "vars");
	json_object(&w);
	put_digest(&w, "sha256", str_span(STR("vars")));
	json_end_object(&w);
	json_end_object(&w);
	json_key(&w, "measured-bytes");
	json_object(&w);
	origin_class_emit(&w, &measured);
	json_end_object(&w);
	json_end_object(&w);
	return b;
}

static struct buf make_reference(struct span uki, struct span disk, struct span manifest)
{
	struct arena *a CLEANUP(arena_freep) = arena_new(ARENA);
	struct buf gpt CLEANUP(buf_done) = buf_init(PARTITION_TABLE_EVENT_MAX),
		       out = buf_init(TEXT);
	struct digest pcr0[2] = { digest_of(DIGEST_SHA256, uki), digest_of(DIGEST_SHA384, uki) };
	struct shape_files in = { .uki = uki,
		.root_hash = SPAN_OF(root_hash),
		.tpm = { .version = STR("2025.02-8+deb13u1"), .pcr0 = pcr0, .n_pcr0 = 2 } };
	struct reference_values v = { .image = STR("made"), .n_shapes = 1 };
	struct reference_shape shape;
	struct platform_shape platform;
	struct err e;

	CHECK_OK(partition_table_event(&gpt, disk, &e), e);
	in.gpt = buf_span(&gpt);
	sha256_of(in.tpm.sha256, str_span(STR("code")));
	sha256_of(in.tpm.vars_sha256, str_span(STR("vars")));
	CHECK_OK(platform_files_shape(&platform, STR(SHAPE_QEMU_VTPM), a, &e), e);
	CHECK_OK(shape_predict(&shape, &platform, &in, a, &e), e);
	v.shapes = &shape;
	sha256_of(v.manifest_sha256, manifest);
	v.has_origins = true;
	v.origins = measured;
	reference_values_emit(&v, &out);
	return out;
}

static bool register_differs(const struct remeasure *r, size_t i)
{
	return !digest_equal(&r->computed.shapes[0].registers[i].values[0],
		&r->recorded.shapes[0].registers[i].values[0]);
}

/* What a build left is found again; other files are told from it. */
static void finds_what_changed(void)
{
	struct buf uki = make_uki("quiet"), other_uki = make_uki("debug");
	struct buf disk = make_disk(1), other_disk = make_disk(2);
	struct buf manifest = make_manifest(buf_span(&uki), buf_span(&disk));
	struct buf reference = make_reference(buf_span(&uki), buf_span(&disk), buf_span(&manifest));
	struct remeasure r;
	struct err e;

	write_file("uki.efi", buf_span(&uki));
	write_file("disk.img", buf_span(&disk));
	write_file("manifest.json", buf_span(&manifest));
	write_file("reference-values.json", buf_span(&reference));
	CHECK_OK(remeasure_run(&r, folder, NULL, &e), e);
	CHECK(r.same && !r.uki_differs && !r.disk_differs && !r.manifest_differs);
	remeasure_done(&r);

	write_file("uki.efi", buf_span(&other_uki));
	CHECK_OK(remeasure_run(&r, folder, NULL, &e), e);
	CHECK(!r.same && r.uki_differs && !r.disk_differs && register_differs(&r, 4));
	remeasure_done(&r);

	write_file("uki.efi", buf_span(&uki));
	write_file("disk.img", buf_span(&other_disk));
	CHECK_OK(remeasure_run(&r, folder, NULL, &e), e);
	CHECK(!r.same && r.disk_differs && register_differs(&r, 5) && !register_differs(&r, 4));
	remeasure_done(&r);

	write_file("disk.img", buf_span(&disk));
	manifest.p[manifest.n - 1] = ' ';
	write_file("manifest.json", buf_span(&manifest));
	CHECK_OK(remeasure_run(&r, folder, NULL, &e), e);
	CHECK(r.same && r.manifest_differs);
	remeasure_done(&r);
	buf_done(&uki);
	buf_done(&other_uki);
	buf_done(&disk);
	buf_done(&other_disk);
	buf_done(&manifest);
	buf_done(&reference);
}

static struct signing_key *make_key(void)
{
	struct signer s CLEANUP(signer_done) = make_signer(made_rsa(), NULL);
	struct signing_key *ret = NULL;
	struct err e = { 0 };

	CHECK_OK(signing_key_of_pem(&ret, buf_span(&s.key_pem), buf_span(&s.cert_pem), &e), e);
	return ret;
}

/* The image with a signature that is for `what`. */
static struct buf make_signed(const struct signing_key *key, struct span image, struct span what)
{
	struct buf signature CLEANUP(buf_done) = buf_init(AUTHENTICODE_SIZE_MAX),
			     out = buf_init(TEXT);
	struct digest hash;
	struct err e = { 0 };

	CHECK_OK(pe_authenticode(&hash, what, DIGEST_SHA256, &e), e);
	CHECK_OK(authenticode_sign(&signature, hash.bytes, key, &e), e);
	CHECK_OK(pe_certificates_attach(&out, image, buf_span(&signature), &e), e);
	return out;
}

/* A signature that holds for another image is none of this; nor is a signed file what an unsigned disk boots. */
static void a_signature_is_held_against_its_image(void)
{
	CLEANUP(signing_key_freep) struct signing_key *key = make_key();
	struct buf uki CLEANUP(buf_done) = make_uki("quiet"),
		       other CLEANUP(buf_done) = make_uki("debug"),
		       disk CLEANUP(buf_done) = make_disk(1);
	struct span image = buf_span(&uki);
	struct buf manifest CLEANUP(buf_done) = make_manifest(image, buf_span(&disk));
	struct buf reference CLEANUP(buf_done) = make_reference(
		image, buf_span(&disk), buf_span(&manifest));
	struct buf good CLEANUP(buf_done) = make_signed(key, image, image),
			moved CLEANUP(buf_done) = make_signed(key, image, buf_span(&other));
	struct remeasure r = { 0 };
	struct err e = { 0 };

	write_file("disk.img", buf_span(&disk));
	write_file("manifest.json", buf_span(&manifest));
	write_file("reference-values.json", buf_span(&reference));
	write_file("uki.efi", buf_span(&good));
	CHECK_OK(remeasure_run(&r, folder, NULL, &e), e);
	CHECK(r.same && r.is_signed && !r.uki_differs && !r.disk_differs);
	CHECK(!r.signature_differs && r.disk_unlike_uki);
	remeasure_done(&r);
	write_file("uki.efi", buf_span(&moved));
	CHECK_OK(remeasure_run(&r, folder, NULL, &e), e);
	CHECK(r.is_signed && !r.uki_differs && r.signature_differs);
	remeasure_done(&r);
}

/* Any byte of the tables changed: the disk is refused, or its event differs. */
static void a_broken_table_is_refused(void)
{
	struct buf disk = make_disk(1), event = buf_init(PARTITION_TABLE_EVENT_MAX);
	size_t silent = 0;
	struct err e;

	CHECK_OK(partition_table_event(&event, buf_span(&disk), &e), e);
	CHECK_OK(partition_table_check(buf_span(&event), &e), e);
	for (size_t at = 512; at < 512 + 92; at++) {
		struct buf other CLEANUP(buf_done) = buf_init(PARTITION_TABLE_EVENT_MAX);

		disk.p[at] ^= 0x40;
		silent += partition_table_event(&other, buf_span(&disk), &e);
		disk.p[at] ^= 0x40;
	}
	for (size_t at = 1024; at < PARTITION_TABLE_DISK_START; at += 7) {
		struct buf other CLEANUP(buf_done) = buf_init(PARTITION_TABLE_EVENT_MAX);

		disk.p[at] ^= 1;
		silent += partition_table_event(&other, buf_span(&disk), &e);
		disk.p[at] ^= 1;
	}
	for (size_t n = 0; n < PARTITION_TABLE_DISK_START; n += 5) {
		struct buf other CLEANUP(buf_done) = buf_init(PARTITION_TABLE_EVENT_MAX);

		silent += partition_table_event(&other, span_make(disk.p, n), &e);
	}
	CHECK(silent == 0);
	buf_done(&disk);
	buf_done(&event);
}

static void a_missing_file_is_no_answer(void)
{
	struct remeasure r;
	struct err e;

	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	CHECK_ERR(remeasure_run(&r, folder, NULL, &e), e, ERR_IO);
	CHECK_OK(file_mkdirs(AT_FDCWD, folder, &e), e);
	CHECK_ERR(remeasure_run(&r, folder, NULL, &e), e, ERR_NOTFOUND);
}

int main(void)
{
	struct err e;

	CHECK(mkdtemp(folder) != NULL);
	finds_what_changed();
	a_signature_is_held_against_its_image();
	a_broken_table_is_refused();
	a_missing_file_is_no_answer();
	CHECK_OK(file_remove_tree(AT_FDCWD, folder, &e), e);
	return test_end();
}
