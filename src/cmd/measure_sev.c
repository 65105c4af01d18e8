/* assay measure seves and assay measure sev: launch digests of guests with SEV-ES and SEV, from files. */
#include "measure/sev_digest.h"

#include <stdio.h>

#include "base/hex.h"
#include "cmd/sev_inputs.h"
#include "cmd/verbs.h"
#include "base/banned.h"

#define MEASURE_SEVES_FORMAT "assay.measure-seves/1"
#define MEASURE_SEV_FORMAT "assay.measure-sev/1"
enum { ARENA_MAX = 1 << 20, JSON_MAX = 64 << 20 };

struct measure_sev {
	bool es;
	struct sev_inputs files;
	struct sev_inputs_shapes shapes; /* of SEV-ES */
	struct sev_digest *digest;
};

static void measure_sev_done(struct measure_sev *m)
{
	sev_digest_free(m->digest);
	sev_inputs_done(&m->files);
}

static size_t n_shapes(const struct measure_sev *m)
{
	return m->es ? m->shapes.n_types * m->shapes.n_vcpus : 1;
}

struct shape {
	char name[100];
	const struct sev_inputs_type *type;
	unsigned vcpus;
	uint8_t digest[SHA256_SIZE];
};

static bool shape_at(struct shape *ret, struct measure_sev *m, size_t i, struct err *e)
{
	const struct sev_inputs_shapes *s = &m->shapes;

	*ret = (struct shape){ .name = "sev" };
	if (!m->es) {
		sev_digest_plain(m->digest, ret->digest);
		return true;
	}
	ret->type = &s->types[i / s->n_vcpus];
	ret->vcpus = s->vcpus[i % s->n_vcpus];
	snprintf(ret->name, sizeof ret->name, "%s/%u", ret->type->name, ret->vcpus);
	return sev_digest_es(ret->digest, m->digest, s->vmm, ret->type->signature, ret->vcpus, e);
}

static bool print_text(struct measure_sev *m, struct err *e)
{
	size_t n = n_shapes(m);

	for (size_t i = 0; i < n; i++) {
		char hex[2 * SHA256_SIZE + 1];
		struct shape s;

		if (!shape_at(&s, m, i, e))
			return false;
		hex_write(hex, s.digest, SHA256_SIZE);
		printf("%s%s%s\n", n > 1 ? s.name : "", n > 1 ? " " : "", hex);
	}
	return true;
}

static bool put_shapes(struct json_out *w, struct measure_sev *m, struct err *e)
{
	json_key(w, "shapes");
	json_array(w);
	for (size_t i = 0; i < n_shapes(m); i++) {
		char signature[20];
		struct shape s;

		if (!shape_at(&s, m, i, e))
			return false;
		json_object(w);
		json_put_cstr(w, "name", s.name);
		if (s.type) {
			snprintf(signature, sizeof signature, "0x%x", s.type->signature);
			json_put_uint(w, "vcpus", s.vcpus);
			json_put_cstr(w, "vcpu-type", s.type->name);
			json_put_cstr(w, "vcpu-signature", signature);
		}
		json_put_hex(w, "measurement", SPAN_OF(s.digest));
		json_end_object(w);
	}
	json_end_array(w);
	return true;
}

static bool print_json(struct measure_sev *m, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	sev_inputs_json(&w, m->es ? MEASURE_SEVES_FORMAT : MEASURE_SEV_FORMAT, &m->files,
		m->shapes.vmm, span_make(NULL, 0));
	if (!put_shapes(&w, m, e))
		return false;
	json_end_object(&w);
	return sev_inputs_json_print(&b, e);
}

static bool measure(const struct verb_args *args, bool es, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(measure_sev_done) struct measure_sev m = { .es = es };

	if (es && !sev_inputs_shapes(&m.shapes, args, e))
		return false;
	if (!sev_inputs_read(&m.files, args, e))
		return false;
	if (!sev_digest_new(
		    &m.digest, buf_span(&m.files.firmware), sev_inputs_hashes(&m.files), a, e))
		return err_wrap(e, "'%s'", verb_value(args, "--firmware"));
	return verb_flag(args, "--json") ? print_json(&m, e) : print_text(&m, e);
}

static bool run_es(const struct verb_args *args, int *code, struct err *e)
{
	(void)code;
	return measure(args, true, e);
}

static bool run_sev(const struct verb_args *args, int *code, struct err *e)
{
	(void)code;
	return measure(args, false, e);
}

static const struct verb_option es_options[] = {
	SEV_INPUTS_FILE_OPTIONS,
	SEV_INPUTS_SHAPE_OPTIONS,
	{ "--json", NULL, "print inputs, rules and digests as JSON", false },
	{ 0 },
};

static const struct verb_option sev_options[] = {
	SEV_INPUTS_FILE_OPTIONS,
	{ "--json", NULL, "print inputs, rules and the digest as JSON", false },
	{ 0 },
};

const struct verb cmd_measure_seves = {
	.name = "measure seves",
	.summary = "compute the launch digest of SEV-ES guests",
	.usage = "",
	.options = es_options,
	.example =
		"assay measure seves --firmware OVMF.amdsev.fd --vcpus 2 \\\n    --vcpu-type EPYC-Rome",
	.run = run_es,
};

const struct verb cmd_measure_sev = {
	.name = "measure sev",
	.summary = "compute the launch digest of an SEV guest",
	.usage = "",
	.options = sev_options,
	.example =
		"assay measure sev --firmware OVMF.amdsev.fd --kernel vmlinuz \\\n    --initrd initrd.img --append console=ttyS0",
	.run = run_sev,
};
