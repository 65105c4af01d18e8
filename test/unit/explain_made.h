/* A machine as the tests of explaining have it, and all that they are told, in words. */
#ifndef ASSAY_TEST_EXPLAIN_MADE_H
#define ASSAY_TEST_EXPLAIN_MADE_H

#include "appraise/explain.h"

#include "appraise/shape_qemu_vtpm.h"
#include "base/hex.h"
#include "golden_text.h"
#include "uki_made.h"

enum { ARENA = 16 << 20, LOG_MAX = 1 << 20 };

/* A machine: what it measures, as a log, and the values that its TPM would sign. */
struct machine {
	struct arena *a;
	struct buf kernel, uki, gpt, log_bytes;
	struct reference_shape shape;
	struct event_log log;
	struct bundle_bank values;
	struct explain result;
};

struct change {
	const char *command_line, *osrel, *kernel_version;
	uint8_t initrd_byte, gpt_byte;
};

static struct digest pcr0[2];
static struct buf told; /* all that is said, for a file of test/golden */

static void tell_digest(const char *what, const struct digest *d)
{
	if (d->alg == DIGEST_NONE)
		return;
	buf_printf(&told, " %s ", what);
	hex_add(&told, span_make(d->bytes, 4));
}

static void tell(const char *what, const struct explain *x)
{
	buf_printf(&told, "%s: %zu %s findings, %zu untold: %.*s\n", what, x->n, x->registers,
		x->n_untold, STR_ARG(x->summary));
	for (size_t i = 0; i < x->n; i++) {
		const struct explain_finding *f = &x->findings[i];

		buf_printf(&told, "  %u %s", f->reg, explain_kind_name(f->kind));
		tell_digest("want", &f->want);
		tell_digest("got", &f->got);
		buf_printf(&told, " %.*s (%.*s): %.*s\n", STR_ARG(f->event), STR_ARG(f->origin),
			STR_ARG(f->text));
	}
}

static void make_shape(struct machine *m, const struct change *c)
{
	static uint8_t initrd[8];
	struct uki_made_parts parts = { .magic = "#### LoaderInfo: systemd-stub 257.9 ####",
		.osrel = c->osrel ? c->osrel : UKI_MADE_OSREL,
		.command_line = c->command_line ? c->command_line : UKI_MADE_COMMAND_LINE };
	struct shape_qemu_vtpm_in in = {
		.firmware = { .version = STR("2025.02-8"), .pcr0 = pcr0, .n_pcr0 = 2 }
	};
	struct err e;

	initrd[0] = c->initrd_byte;
	m->kernel = uki_made_kernel(c->kernel_version ? c->kernel_version : UKI_MADE_VERSION);
	parts.initrd = SPAN_OF(initrd);
	parts.kernel = buf_span(&m->kernel);
	m->uki = uki_made(&parts);
	m->gpt = uki_made_gpt();
	m->gpt.p[60] ^= c->gpt_byte;
	in.uki = buf_span(&m->uki);
	in.gpt = buf_span(&m->gpt);
	CHECK_OK(shape_qemu_vtpm(&m->shape, &in, m->a, &e), e);
}

static void log_start(struct buf *b)
{
	buf_u32le(b, 0);
	buf_u32le(b, EVENT_LOG_NO_ACTION);
	buf_fill(b, 0, 20);
	buf_u32le(b, 37);
	buf_add(b, "Spec ID Event03", 16);
	buf_fill(b, 0, 4);
	buf_add(b, "\0\2\0\2", 4);
	buf_u32le(b, 2);
	buf_u16le(b, 0x000b);
	buf_u16le(b, 32);
	buf_u16le(b, 0x000c);
	buf_u16le(b, 48);
	buf_u8(b, 0);
}

static void log_digests(
	struct buf *b, unsigned pcr, uint32_t type, const struct digest *d, struct span data)
{
	buf_u32le(b, pcr);
	buf_u32le(b, type);
	buf_u32le(b, 2);
	buf_u16le(b, 0x000b);
	buf_add(b, d[0].bytes, 32);
	buf_u16le(b, 0x000c);
	buf_add(b, d[1].bytes, 48);
	buf_u32le(b, (uint32_t)data.n);
	buf_add(b, data.p, data.n);
}

/* An event that measures `hashed` and logs `data`. */
static void log_event(
	struct buf *b, unsigned pcr, uint32_t type, struct span hashed, struct span data)
{
	struct digest d[2] = { digest_of(DIGEST_SHA256, hashed), digest_of(DIGEST_SHA384, hashed) };

	log_digests(b, pcr, type, d, data);
}

static void log_text(struct buf *b, unsigned pcr, uint32_t type, const char *text)
{
	log_event(b, pcr, type, str_span(str_of(text)), str_span(str_of(text)));
}

/* The data that real logs have for a predicted event, as far as a test wants it. */
static void log_predicted(struct machine *m, const struct event *ev)
{
	struct buf data = buf_init(8192);

	if (ev->type == EV_EFI_GPT_EVENT)
		buf_add(&data, m->gpt.p, m->gpt.n);
	else if (ev->type == EV_IPL && ev->text.n && ev->text.p[0] == '.')
		for (size_t i = 0; i <= ev->text.n; i++)
			buf_u16le(&data, i < ev->text.n ? (uint8_t)ev->text.p[i] : 0);
	else if (ev->type == EV_EFI_ACTION)
		buf_add_str(&data, ev->text);
	else
		buf_add_cstr(&data, "what the log says");
	log_digests(&m->log_bytes, ev->reg, ev->type, ev->digests, buf_span(&data));
	buf_done(&data);
}

static void machine_init(struct machine *m, const struct change *c)
{
	*m = (struct machine){ .a = arena_new(ARENA), .log_bytes = buf_init(LOG_MAX) };
	make_shape(m, c);
	log_start(&m->log_bytes);
}

static void machine_done(struct machine *m)
{
	buf_done(&m->kernel);
	buf_done(&m->uki);
	buf_done(&m->gpt);
	buf_done(&m->log_bytes);
	arena_free(m->a);
}

/* The machine's own events, with one hook before event number `at` of a register. */
static void log_all(struct machine *m, unsigned reg, size_t at, void (*hook)(struct buf *b))
{
	size_t seen = 0;

	for (size_t i = 0; i < m->shape.events.n; i++) {
		if (hook && m->shape.events.items[i].reg == reg && seen++ == at)
			hook(&m->log_bytes);
		log_predicted(m, &m->shape.events.items[i]);
	}
	if (hook && seen <= at)
		hook(&m->log_bytes);
}

/* Reads the log and takes its replay for what the TPM signs. */
static void finish(struct machine *m)
{
	struct event_log_registers r;
	struct err e;

	CHECK_OK(event_log_parse(&m->log, buf_span(&m->log_bytes), m->a, &e), e);
	CHECK_OK(event_log_replay(&r, &m->log, DIGEST_SHA256, &e), e);
	m->values.alg = DIGEST_SHA256;
	m->values.pcrs = 0xffff;
	memcpy(m->values.values, r.values, sizeof r.values);
	m->values.values[0] = pcr0[0];
}

static void explain_against(
	struct machine *m, const char *what, const struct reference_shape *shape, bool log)
{
	struct explain_in in = { shape, &m->values, log ? &m->log : NULL };
	struct err e;

	CHECK_OK(explain(&m->result, &in, m->a, &e), e);
	tell(what, &m->result);
}

static void made_pcr0(void)
{
	pcr0[0] = digest_of(DIGEST_SHA256, str_span(STR("firmware")));
	pcr0[1] = digest_of(DIGEST_SHA384, str_span(STR("firmware")));
}

#endif
