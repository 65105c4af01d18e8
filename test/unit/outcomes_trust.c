/* What the parsers of what others sign say of samples and of whatever is near to them: test/golden/outcomes_trust.txt. */
#include "outcomes.h"

#include "codec/yaml.h"
#include "statement_made.h"
#include "tdx_authority.h"
#include "tdx_documents.h"
#include "trust/channel.h"
#include "trust/cose_sign1.h"
#include "trust/pck_extension.h"
#include "trust/publication_index.h"
#include "trust/qe_identity.h"
#include "trust/statement.h"
#include "trust/tcb_info.h"
#include "trust/tlog_proof.h"
#include "trust/trust_file.h"
#include "trust/witness_request.h"

enum { ARENA = 4 << 20 };

static struct buf told;
static struct made_tdx maker;

static void say_error(struct buf *out, const struct err *e)
{
	buf_printf(out, "%d %s", (int)e->kind, e->text);
}

static void say_hex(struct buf *out, const void *p, size_t n)
{
	buf_u8(out, ' ');
	hex_add(out, span_make(p, n < 3 ? n : 3)); /* shorter than what is masked */
}

/* ---- Intel's documents ---- */

static void say_dates(struct buf *out, const struct pcs_json_dates *d)
{
	buf_printf(out, " %lld-%lld", (long long)d->issued, (long long)d->next_update);
}

static void say_tcb_info(struct buf *out, struct span bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct tcb_info t;
	struct err e = { 0 };

	if (!tcb_info_parse(&t, bytes, a, &e)) {
		say_error(out, &e);
		return;
	}
	buf_printf(out, "%.*s %llu type %llu evaluation %llu", STR_ARG(t.id),
		(unsigned long long)t.version, (unsigned long long)t.tcb_type,
		(unsigned long long)t.evaluation_number);
	say_dates(out, &t.dates);
	say_hex(out, t.fmspc, sizeof t.fmspc);
	say_hex(out, t.pce_id, sizeof t.pce_id);
	buf_printf(
		out, " module %d, %zu modules, %zu levels", t.has_module, t.n_modules, t.n_levels);
	for (size_t i = 0; i < t.n_levels; i++)
		buf_printf(out, " %u/%u/%u %s", t.levels[i].sgx[0].svn, t.levels[i].tdx[15].svn,
			t.levels[i].pce_svn, tcb_status_name(t.levels[i].verdict.status));
}

static void say_qe_identity(struct buf *out, struct span bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct qe_identity q;
	struct err e = { 0 };

	if (!qe_identity_parse(&q, bytes, a, &e)) {
		say_error(out, &e);
		return;
	}
	buf_printf(out, "%.*s %llu evaluation %llu product %u", STR_ARG(q.id),
		(unsigned long long)q.version, (unsigned long long)q.evaluation_number,
		q.isv_prod_id);
	say_dates(out, &q.dates);
	say_hex(out, q.mrsigner, sizeof q.mrsigner);
	say_hex(out, q.attributes_mask, sizeof q.attributes_mask);
	for (size_t i = 0; i < q.n_levels; i++)
		buf_printf(out, " %u %s", q.levels[i].isv_svn,
			tcb_status_name(q.levels[i].verdict.status));
}

/* The extension within a certificate of the test's own authority. */
static void say_pck_extension(struct buf *out, struct span bytes)
{
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	CLEANUP(buf_done) struct buf sgx = buf_init(1 << 16);
	struct pck_extension x = { 0 };
	struct err e = { 0 };
	uint8_t *der = NULL;
	X509 *made;
	int n;

	buf_add(&sgx, bytes.p, bytes.n);
	maker.pck.sgx = &sgx;
	made = made_x509(&maker.pck);
	n = i2d_X509(made, &der);
	CHECK_OK(certificate_of_der(&c, span_make(der, (size_t)n), &e), e);
	OPENSSL_free(der);
	X509_free(made);
	if (!pck_extension_read(&x, c, &e)) {
		say_error(out, &e);
		return;
	}
	buf_printf(out, "pcesvn %u type %u instance %d configuration %d", x.pce_svn, x.sgx_type,
		x.has_instance, x.has_configuration);
	buf_printf(out, " %d%d %d%d %d%d", x.has_dynamic_platform, x.dynamic_platform,
		x.has_cached_keys, x.cached_keys, x.has_smt, x.smt);
	say_hex(out, x.components, sizeof x.components);
	say_hex(out, x.cpu_svn, sizeof x.cpu_svn);
	say_hex(out, x.ppid, sizeof x.ppid);
	say_hex(out, x.fmspc, sizeof x.fmspc);
}

static void intel(void)
{
	struct made_tcb_info info = made_honest_info();
	struct made_identity identity = made_honest_identity();
	CLEANUP(buf_done) struct buf q = made_identity_body(&identity);
	CLEANUP(buf_done) struct buf t = { 0 };
	CLEANUP(buf_done) struct buf x = { 0 };

	info.n_levels = 1;
	t = made_info_body(&info);
	maker = made_honest();
	x = made_sgx(&maker.platform, 0);
	outcomes(&told, "TCB info", buf_span(&t), say_tcb_info);
	outcomes(&told, "QE identity", buf_span(&q), say_qe_identity);
	outcomes(&told, "PCK extension", buf_span(&x), say_pck_extension);
}

/* ---- statements ---- */

static void say_rebuild(struct buf *out, const struct rebuild_claim *c)
{
	buf_printf(out, ", rebuild %s '%.*s' '%.*s', %zu outputs, %zu registers, by '%.*s' at %lld",
		rebuild_claim_verdict_name(c->verdict), STR_ARG(c->failed_at), STR_ARG(c->first),
		c->n_outputs, c->n_registers, STR_ARG(c->by.name), (long long)c->by.at_unix);
}

static void say_statement(struct buf *out, struct span bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct statement s;
	struct err e = { 0 };

	if (!statement_parse(&s, bytes, a, &e)) {
		say_error(out, &e);
		return;
	}
	buf_printf(out, "%.*s, %zu subjects", STR_ARG(s.predicate_type), s.n_subjects);
	if (s.rebuild)
		say_rebuild(out, s.rebuild);
}

static void say_dsse(struct buf *out, struct span bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct dsse d;
	struct err e = { 0 };

	if (!dsse_parse(&d, bytes, a, &e)) {
		say_error(out, &e);
		return;
	}
	buf_printf(out, "%.*s %zu bytes, %zu signatures", STR_ARG(d.type), d.payload.n, d.n);
	for (size_t i = 0; i < d.n; i++)
		buf_printf(out, " %.*s of %zu", STR_ARG(d.key_ids[i]), d.signatures[i].n);
}

static void statements(void)
{
	CLEANUP(statement_made_done)
	struct statement_made m = statement_made(REBUILD_FAILED, 7, "somebody");
	CLEANUP(buf_done) struct buf envelope = buf_init(1 << 16);
	struct dsse d = { .type = STR("text/plain"),
		.payload = span_make("payload", 7),
		.signatures = { span_make("signature", 9), span_make("another", 7) },
		.key_ids = { STR("hint") },
		.n = 2 };
	struct err e = { 0 };

	outcomes(&told, "statement", buf_span(&m.text), say_statement);
	CHECK_OK(dsse_emit(&envelope, &d, &e), e);
	outcomes(&told, "envelope", buf_span(&envelope), say_dsse);
}

/* ---- publications and logs ---- */

static void say_channel(struct buf *out, struct span bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct channel c;
	struct err e = { 0 };

	if (!channel_parse(&c, bytes, a, &e)) {
		say_error(out, &e);
		return;
	}
	buf_printf(out, "%.*s %llu until %lld, %zu accepted", STR_ARG(c.name),
		(unsigned long long)c.counter, (long long)c.expires_unix, c.n_accepted);
}

static void say_index(struct buf *out, struct span bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct publication_index p;
	struct err e = { 0 };

	if (!publication_index_parse(&p, bytes, a, &e)) {
		say_error(out, &e);
		return;
	}
	buf_printf(out, "%.*s", STR_ARG(p.name));
	for (size_t i = 0; i < p.n_files; i++) {
		buf_printf(out, " %.*s %llu", STR_ARG(p.files[i].path),
			(unsigned long long)p.files[i].size);
		say_hex(out, p.files[i].sha256, SHA256_SIZE);
	}
}

static void say_checkpoint(struct buf *out, const struct checkpoint *c, const struct signed_note *n)
{
	buf_printf(out, "; %.*s %llu%s", STR_ARG(c->origin), (unsigned long long)c->size,
		c->extended ? ", and more" : "");
	say_hex(out, c->root.bytes, sizeof c->root.bytes);
	for (size_t i = 0; i < n->n; i++)
		buf_printf(out, " %.*s %zu", STR_ARG(n->lines[i].name), n->lines[i].signature.n);
}

static void say_proof(struct buf *out, struct span bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct tlog_proof p;
	struct err e = { 0 };

	if (!tlog_proof_parse(&p, bytes, a, &e)) {
		say_error(out, &e);
		return;
	}
	buf_printf(out, "entry %llu, extra %d of %zu, %zu hashes", (unsigned long long)p.index,
		p.extra.p != NULL, p.extra.n, p.inclusion.n);
	say_checkpoint(out, &p.checkpoint, &p.signatures);
}

static void say_request(struct buf *out, struct span bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct witness_request r;
	struct err e = { 0 };

	if (!witness_request_parse(&r, bytes, a, &e)) {
		say_error(out, &e);
		return;
	}
	buf_printf(out, "old %llu, %zu hashes", (unsigned long long)r.old_size, r.proof.n);
	say_checkpoint(out, &r.checkpoint, &r.signatures);
}

static void say_key(struct buf *out, struct span bytes)
{
	struct note_key k;
	struct err e = { 0 };

	if (note_key_parse(&k, str_make((const char *)bytes.p, bytes.n), &e))
		buf_printf(out, "%.*s %d", STR_ARG(k.name), (int)k.type);
	else
		say_error(out, &e);
}

#define SUM "1111111111111111111111111111111111111111111111111111111111111111"
#define ROOT_HASH "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"
#define NOTE "log.example/1\n3\n" ROOT_HASH
#define SIGNED "\n\xe2\x80\x94 log.example/1 NO88cYqQyb8=\n\xe2\x80\x94 w.example AAAAAQEB\n"
#define LOG_KEY "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
#define SAMPLE(name, literal, use) \
	outcomes(&told, name, span_make(literal, sizeof(literal) - 1), use)

static void logs(void)
{
	SAMPLE("channel",
		"{\"format\":\"assay.channel/1\",\"name\":\"hello/stable\",\"counter\":7,"
		"\"accepted\":[{\"manifest-sha256\":\"" SUM "\",\"reference-values-sha256\":\"" SUM
		"\"}],\"expires\":\"2026-12-24T00:00:00Z\"}",
		say_channel);
	SAMPLE("index",
		"{\"format\":\"assay.publication/1\",\"name\":\"hello\",\"files\":[{\"path\":\"a/B\","
		"\"size\":899,\"sha256\":\"" SUM "\"},{\"path\":\"m\",\"size\":1,\"sha256\":\"" SUM
		"\"}]}",
		say_index);
	SAMPLE("proof", "c2sp.org/tlog-proof@v1\nindex 2\n" ROOT_HASH "\n" NOTE SIGNED, say_proof);
	SAMPLE("proof with more",
		"c2sp.org/tlog-proof@v1\nextra AAEC\nindex 0\n\n" NOTE "more\n" SIGNED, say_proof);
	SAMPLE("request", "old 2\n" ROOT_HASH "\n" NOTE SIGNED, say_request);
	SAMPLE("key of a log", LOG_KEY, say_key);
}

/* ---- the trust file ---- */

static void say_trust(struct buf *out, struct span bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct trust_file t;
	struct json v;
	struct err e = { 0 };

	if (!yaml_parse(&v, bytes, a, &e) || !trust_file_parse(&t, &v, a, &e)) {
		say_error(out, &e);
		return;
	}
	buf_printf(out, "%zu roots, %zu pinned, %zu of hardware, %zu rebuilders (%zu), %zu signers",
		t.n_roots, t.n_pinned, t.n_hardware, t.rebuilders.n, t.rebuilders_needed,
		t.signers.n);
	buf_printf(out, ", %zu logs, ages %lld %lld %lld, unsigned %d", t.logs.n,
		(long long)t.max_age.cosignature_s, (long long)t.max_age.channel_s,
		(long long)t.max_age.statement_s, t.accept_unsigned);
	for (size_t i = 0; i < t.rebuilders.n; i++)
		buf_printf(out, " '%.*s' of '%.*s'", STR_ARG(t.rebuilders.items[i].name),
			STR_ARG(t.rebuilders.items[i].operated_by));
}

#define NAME "000b" SUM

static void trust(void)
{
	SAMPLE("trust file",
		"format: assay.trust/1\ntpm-roots:\n  - name: maker\n    certificate: m.pem\n"
		"    emulated: true\npinned-aks:\n  - name: " NAME "\nhardware-roots:\n"
		"  - name: lab\n    hardware: snp\n    product: Genoa\n    sha256: " SUM
		"\nunsigned-reference-values: accept\n",
		say_trust);
}

/* ---- COSE ---- */

static void say_cose(struct buf *out, struct span bytes)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct cose_sign1 c;
	struct err e = { 0 };

	if (!cose_sign1_parse(&c, bytes, a, &e)) {
		say_error(out, &e);
		return;
	}
	buf_printf(out, "alg %lld, header of %zu, payload of %zu, signature of %zu",
		(long long)c.alg, c.protected_header.n, c.payload.n, c.signature.n);
}

static void cose(void)
{
	CLEANUP(buf_done) struct buf tagged = buf_init(1000);
	CLEANUP(buf_done) struct buf bare = buf_init(1000);
	const struct span header = span_make("\xa2\x01\x26\x04\x43kid", 8);

	cose_sign1_emit(&tagged, header, span_make("payload", 7), span_make("signature", 9));
	cose_sign1_emit_untagged(&bare, header, span_make("payload", 7), span_make("sig", 3));
	outcomes(&told, "COSE_Sign1", buf_span(&tagged), say_cose);
	outcomes(&told, "COSE_Sign1 without a tag", buf_span(&bare), say_cose);
}

int main(void)
{
	told = buf_init(1 << 22);
	intel();
	statements();
	logs();
	trust();
	cose();
	golden_text(&told, "outcomes_trust");
	return test_end();
}
