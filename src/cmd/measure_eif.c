/* assay measure eif: the PCRs of a Nitro enclave, from its image file. */
#include <stdio.h>

#include "appraise/reference_values.h"
#include "base/hex.h"
#include "cmd/line.h"
#include "cmd/verbs.h"
#include "codec/json.h"
#include "measure/eif.h"
#include "measure/eif_signature.h"
#include "sys/file.h"
#include "trust/certificate.h"
#include "trust/cose_sign1.h"
#include "base/banned.h"

#define MEASURE_EIF_FORMAT "assay.measure-eif/1"
enum { MEMORY_MAX = 16 << 20, JSON_MAX = 4 << 20 };

/* An image as it was read, and what follows from it. */
struct measured {
	struct arena *a;
	struct buf file;
	struct eif eif;
	struct eif_signature signature; /* empty: the image has none */
	struct event_list events;
	struct digest pcr0;
	struct err unsigned_why; /* why the signature does not hold; kind NONE: it does */
};

static void measured_done(struct measured *m)
{
	buf_done(&m->file);
	arena_free(m->a);
}

static bool is_signed(const struct measured *m)
{
	return m->eif.signature.p;
}

static bool signature_holds(const struct measured *m)
{
	return is_signed(m) && m->unsigned_why.kind == ERR_NONE;
}

/* By the certificate's own key, and over the PCR 0 of this very image. Who the certificate is of is for the reader. */
static bool check_signature(const struct measured *m, struct err *e)
{
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	CLEANUP(public_key_freep) struct public_key *key = NULL;
	struct cose_sign1 s;
	struct span value;
	unsigned reg;

	if (!certificate_of_der(&c, m->signature.certificate, e) || !certificate_key(&key, c, e) ||
		!cose_sign1_parse(&s, m->signature.cose_sign1, m->a, e) ||
		!cose_sign1_verify(&s, key, e) ||
		!eif_signature_payload(&reg, &value, s.payload, m->a, e))
		return false;
	if (reg == EIF_PCR_IMAGE && span_equal(value, span_make(m->pcr0.bytes, SHA384_SIZE)))
		return true;
	return err_set(e, ERR_MISMATCH, "it is over another image: PCR %u differs", reg);
}

static bool measure(struct measured *m, const char *path, struct err *e)
{
	static const enum digest_alg bank = DIGEST_SHA384;

	m->a = arena_new(MEMORY_MAX);
	if (!file_read(AT_FDCWD, path, EIF_SIZE_MAX, &m->file, e))
		return false;
	event_list_init(&m->events, m->a, &bank, 1);
	if (!eif_parse(&m->eif, buf_span(&m->file), e) ||
		(is_signed(m) && !eif_signature_parse(&m->signature, m->eif.signature, m->a, e)) ||
		!eif_events(&m->events, &m->eif, m->signature.certificate, e))
		return err_wrap(e, "'%s'", path);
	event_fold(&m->events, EIF_PCR_IMAGE, 0, &m->pcr0);
	if (is_signed(m) && !check_signature(m, &m->unsigned_why) &&
		m->unsigned_why.kind == ERR_NONE)
		m->unsigned_why.kind = ERR_INTERNAL;
	return true;
}

static void put_sections(struct json_out *w, const struct eif *f)
{
	json_key(w, "sections");
	json_array(w);
	for (size_t i = 0; i < f->n_sections; i++) {
		struct digest d = digest_of(DIGEST_SHA256, f->sections[i].data);

		json_object(w);
		json_put_cstr(w, "type", eif_type_name(f->sections[i].type));
		json_put_uint(w, "at", f->sections[i].at);
		json_put_uint(w, "size", f->sections[i].data.n);
		json_put_hex(w, "sha256", span_make(d.bytes, SHA256_SIZE));
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_registers(struct json_out *w, const struct event_list *l)
{
	json_key(w, "registers");
	json_array(w);
	for (size_t i = 0; i < l->n; i++) { /* one event each */
		struct digest d;

		event_fold(l, l->items[i].reg, 0, &d);
		json_object(w);
		json_put_uint(w, "register", l->items[i].reg);
		json_put_hex(w, "sha384", span_make(d.bytes, SHA384_SIZE));
		json_end_object(w);
	}
	json_end_array(w);
}

static void put_signature(struct json_out *w, const struct measured *m)
{
	struct digest d = digest_of(DIGEST_SHA256, m->signature.certificate);

	json_put_bool(w, "signed", is_signed(m));
	if (!is_signed(m))
		return;
	json_put_bool(w, "signature-holds", signature_holds(m));
	json_put_cstr(w, "why", m->unsigned_why.text);
	json_put_hex(w, "certificate-sha256", span_make(d.bytes, SHA256_SIZE));
}

static bool print_json(const struct measured *m, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);
	struct digest d = digest_of(DIGEST_SHA256, buf_span(&m->file));

	json_object(&w);
	json_put_cstr(&w, "format", MEASURE_EIF_FORMAT);
	json_put_hex(&w, "file-sha256", span_make(d.bytes, SHA256_SIZE));
	json_put_cstr(&w, "rules", "EIF version 4, Nitro enclave PCRs");
	json_put_bool(&w, "hardware-confirmed", false);
	json_put_cstr(&w, "architecture", m->eif.flags & EIF_ARM64 ? "arm64" : "x86-64");
	json_put_str(&w, "command-line",
		str_make((const char *)m->eif.command_line.p, m->eif.command_line.n));
	put_sections(&w, &m->eif);
	put_signature(&w, m);
	put_registers(&w, &m->events);
	reference_values_events(&w, &m->events);
	json_end_object(&w);
	if (!buf_ok(&b))
		return buf_full(&b, "the result", e);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}

static void print_text(const struct measured *m)
{
	for (size_t i = 0; i < m->events.n; i++) {
		char hex[2 * DIGEST_MAX + 1];
		struct digest d;

		event_fold(&m->events, m->events.items[i].reg, 0, &d);
		digest_hex(&d, hex);
		printf("PCR %u  %s\n", m->events.items[i].reg, hex);
	}
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(measured_done) struct measured m = { 0 };

	if (!measure(&m, verb_arg(args, 0), e))
		return false;
	if (verb_flag(args, "--json") && !print_json(&m, e))
		return false;
	if (!verb_flag(args, "--json"))
		print_text(&m);
	if (!is_signed(&m) || signature_holds(&m))
		return true;
	*code = VERB_NO;
	line_print(stderr, "assay: the signature of '%s' does not hold: %s", verb_arg(args, 0),
		m.unsigned_why.text);
	verb_hint("no enclave starts from it: sign the image again");
	return true;
}

static const struct verb_option options[] = {
	{ "--json", NULL, "print sections, registers and events as JSON", false },
	{ 0 },
};

const struct verb cmd_measure_eif = {
	.name = "measure eif",
	.summary = "compute the PCRs of a Nitro enclave from its image",
	.usage = "FILE",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay measure eif out/image.eif",
	.run = run,
};
