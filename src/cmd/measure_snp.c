/* assay measure snp: the launch digest of an SEV-SNP guest, or of a matrix of them, from files. */
#include "measure/snp_launch.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "appraise/platform_firmware.h"
#include "cmd/sev_inputs.h"
#include "cmd/verbs.h"
#include "base/banned.h"

#define MEASURE_SNP_FORMAT "assay.measure-snp/1"
enum { ARENA_MAX = 1 << 20, JSON_MAX = 64 << 20, SHAPE_NAME = 100 };

struct measure_snp {
	const char *firmware; /* name of its file */
	struct sev_inputs files;
	struct buf svsm;
	uint64_t variables_size;
	bool has_firmware_hash;
	uint8_t firmware_hash[SHA384_SIZE];
	struct sev_inputs_shapes shapes;
	struct snp_launch *launch;
};

static void measure_snp_done(struct measure_snp *m)
{
	snp_launch_free(m->launch);
	buf_done(&m->svsm);
	sev_inputs_done(&m->files);
}

/* One place of the matrix: features, then types, then numbers of processors. */
struct place {
	const struct sev_inputs_type *type;
	struct snp_shape shape;
	char name[SHAPE_NAME];
};

static size_t n_places(const struct sev_inputs_shapes *s)
{
	return s->n_features * s->n_types * s->n_vcpus;
}

static struct place place_at(const struct sev_inputs_shapes *s, size_t i)
{
	struct place p = { .type = &s->types[i / s->n_vcpus % s->n_types] };

	p.shape.vmm = s->vmm;
	p.shape.signature = p.type->signature;
	p.shape.processors = s->vcpus[i % s->n_vcpus];
	p.shape.features = s->features[i / s->n_vcpus / s->n_types];
	if (s->n_features == 1)
		snprintf(p.name, sizeof p.name, "%s/%u", p.type->name, p.shape.processors);
	else
		snprintf(p.name, sizeof p.name, "%s/%u/%#llx", p.type->name, p.shape.processors,
			(unsigned long long)p.shape.features);
	return p;
}

/* What is wrong with the firmware is said with its name. */
static bool digest_at(
	struct snp_digest *ret, struct measure_snp *m, const struct place *p, struct err *e)
{
	if (snp_launch_digest(ret, m->launch, &p->shape, e))
		return true;
	return e->kind == ERR_FORMAT ? err_wrap(e, "'%s'", m->firmware) : false;
}

static bool print_text(struct measure_snp *m, struct err *e)
{
	size_t n = n_places(&m->shapes);

	for (size_t i = 0; i < n; i++) {
		struct place p = place_at(&m->shapes, i);
		char hex[2 * SHA384_SIZE + 1];
		struct snp_digest d;

		if (!digest_at(&d, m, &p, e))
			return false;
		hex_write(hex, d.value, SHA384_SIZE);
		printf("%s%s%s\n", n > 1 ? p.name : "", n > 1 ? " " : "", hex);
	}
	return true;
}

static void put_number(struct json_out *w, const char *key, uint64_t v)
{
	char text[20];

	snprintf(text, sizeof text, "0x%llx", (unsigned long long)v);
	json_put_cstr(w, key, text);
}

static void put_pages(struct json_out *w, const struct snp_digest *d)
{
	json_key(w, "pages");
	json_array(w);
	for (size_t i = 0; i < d->n_groups; i++) {
		const struct snp_group *g = &d->groups[i];

		json_object(w);
		json_put_cstr(w, "section", g->what);
		json_put_cstr(w, "type", snp_page_name(g->type));
		put_number(w, "address", g->address);
		json_put_uint(w, "pages", g->n_pages);
		json_put_hex(w, "digest-behind", SPAN_OF(g->after));
		json_end_object(w);
	}
	json_end_array(w);
}

static bool put_shapes(struct json_out *w, struct measure_snp *m, struct err *e)
{
	size_t n = n_places(&m->shapes);

	json_key(w, "shapes");
	json_array(w);
	for (size_t i = 0; i < n; i++) {
		struct place p = place_at(&m->shapes, i);
		struct snp_digest d;

		if (!digest_at(&d, m, &p, e))
			return false;
		json_object(w);
		json_put_cstr(w, "name", p.name);
		json_put_uint(w, "vcpus", p.shape.processors);
		json_put_cstr(w, "vcpu-type", p.type->name);
		put_number(w, "vcpu-signature", p.shape.signature);
		put_number(w, "guest-features", p.shape.features);
		json_put_hex(w, "measurement", SPAN_OF(d.value));
		put_pages(w, &d);
		json_end_object(w);
	}
	json_end_array(w);
	return true;
}

static bool print_json(struct measure_snp *m, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	sev_inputs_json(&w, MEASURE_SNP_FORMAT, &m->files, m->shapes.vmm, buf_span(&m->svsm));
	if (m->svsm.n)
		json_put_uint(&w, "variables-size", m->variables_size);
	json_put_hex(
		&w, "firmware-hash", span_make(snp_launch_firmware_hash(m->launch), SHA384_SIZE));
	json_put_bool(&w, "firmware-hash-given", m->has_firmware_hash);
	if (!put_shapes(&w, m, e))
		return false;
	json_end_object(&w);
	return sev_inputs_json_print(&b, e);
}

static bool read_svsm(struct measure_snp *m, const struct verb_args *args, struct err *e)
{
	const char *file = verb_value(args, "--svsm"), *size = verb_value(args, "--vars-size");

	if (!file != !size) {
		err_set(e, ERR_USAGE, "%s is given without %s: the SVSM lies below the variables",
			file ? "--svsm" : "--vars-size", file ? "--vars-size" : "--svsm");
		return err_hint(e,
			"the size is that of the file with variables: 540672 for OVMF_VARS_4M.fd");
	}
	return !file || (sev_inputs_image(&m->svsm, file, e) &&
				sev_inputs_number(&m->variables_size, str_of(size), "--vars-size",
					SEV_FIRMWARE_MAX, e));
}

static bool read_rest(struct measure_snp *m, const struct verb_args *args, struct err *e)
{
	const char *features = verb_value(args, "--guest-features");
	const char *hash = verb_value(args, "--firmware-hash");
	struct sev_inputs_shapes *s = &m->shapes;

	s->features[0] = SNP_FEATURES_DEFAULT;
	s->n_features = 1;
	if (features && !sev_inputs_numbers(s->features, &s->n_features, str_of(features),
				"--guest-features", UINT64_MAX, e))
		return false;
	m->has_firmware_hash = hash != NULL;
	if (hash && !hex_read(str_of(hash), m->firmware_hash, SHA384_SIZE)) {
		err_set(e, ERR_USAGE,
			"--firmware-hash '%s' is not %d lower-case hexadecimal digits", hash,
			2 * SHA384_SIZE);
		return err_hint(e,
			"it is \"firmware-hash\" of --json, the digest behind the firmware's pages");
	}
	return read_svsm(m, args, e);
}

static void print_fact(const char *name, struct str value)
{
	printf("firmware-%s: \"%.*s\"\n", name, STR_ARG(value));
}

/* What a description tells of firmware whose file it has not: settings of a platform. */
static bool print_facts(const struct verb_args *args, struct arena *a, struct err *e)
{
	CLEANUP(hasher_freep) struct hasher *sha384 = hasher_new(DIGEST_SHA384);
	const char *path = verb_value(args, "--firmware");
	CLEANUP(buf_done) struct buf image = { 0 };
	struct platform_firmware fw;
	struct snp_digest d;

	if (!path)
		return err_set(e, ERR_USAGE, "--facts wants --firmware: whose facts?");
	if (!sev_inputs_image(&image, path, e))
		return false;
	if (!platform_firmware_of(&fw, buf_span(&image), e))
		return err_wrap(e, "'%s'", path);
	if (!fw.facts.has_reset || !fw.facts.has_metadata)
		return err_set(e, ERR_FORMAT, "'%s' has no %s: no SEV-SNP guest starts with it",
			path, fw.facts.has_metadata ? "reset block" : "SEV metadata");
	snp_digest_init(&d, sha384);
	snp_digest_pages(&d, "firmware", buf_span(&image), UINT64_C(0x100000000) - image.n);
	fw.pages = (struct digest){ .alg = DIGEST_SHA384 };
	memcpy(fw.pages.bytes, d.value, SHA384_SIZE);
	print_fact("sha256", platform_firmware_digest(&fw.sha256, a));
	print_fact("pages", platform_firmware_digest(&fw.pages, a));
	print_fact("reset", platform_firmware_reset(&fw, a));
	print_fact("hashes", platform_firmware_hashes(&fw, a));
	print_fact("sections", platform_firmware_sections(&fw, a));
	return true;
}

static bool lacks_snp(const struct sev_inputs_shapes *s)
{
	for (size_t i = 0; i < s->n_features; i++)
		if (!(s->features[i] & SNP_FEATURES_DEFAULT))
			return true;
	return false;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(measure_snp_done) struct measure_snp m = { 0 };
	struct snp_inputs in;

	(void)code;
	if (verb_flag(args, "--facts"))
		return print_facts(args, a, e);
	if (!sev_inputs_shapes(&m.shapes, args, e) || !read_rest(&m, args, e) ||
		!sev_inputs_read(&m.files, args, e))
		return false;
	m.firmware = verb_value(args, "--firmware");
	if (lacks_snp(&m.shapes))
		verb_say(args,
			"note: guest features without bit 0, which is SNP: no SNP guest starts with them");
	in = (struct snp_inputs){ .firmware = buf_span(&m.files.firmware),
		.firmware_hash = m.has_firmware_hash ? m.firmware_hash : NULL,
		.svsm = buf_span(&m.svsm),
		.variables_size = m.variables_size,
		.hashes = sev_inputs_hashes(&m.files) };
	if (!snp_launch_new(&m.launch, &in, a, e))
		return err_wrap(e, "'%s'", m.firmware);
	return verb_flag(args, "--json") ? print_json(&m, e) : print_text(&m, e);
}

static const struct verb_option options[] = {
	SEV_INPUTS_FILE_OPTIONS,
	SEV_INPUTS_SHAPE_OPTIONS,
	{ "--guest-features", "X,...", "SEV_FEATURES: 0x1 unless given, 0x21 with DebugSwap",
		false },
	{ "--svsm", "FILE", "an SVSM that starts the firmware", false },
	{ "--vars-size", "N", "bytes of the variables' flash above it", false },
	{ "--firmware-hash", "HEX", "digest behind the firmware's pages, in their place", false },
	{ "--facts", NULL, "print what is known of the firmware, for assay.yaml", false },
	{ "--json", NULL, "print inputs, rules, pages and digests as JSON", false },
	{ 0 },
};

const struct verb cmd_measure_snp = {
	.name = "measure snp",
	.summary = "compute the launch digest of SEV-SNP guests",
	.usage = "",
	.options = options,
	.example =
		"assay measure snp --firmware OVMF.amdsev.fd --vcpus 1,2,4 \\\n    --vcpu-type EPYC-Milan,EPYC-Genoa",
	.run = run,
};
