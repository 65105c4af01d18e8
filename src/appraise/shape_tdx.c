#include "appraise/shape_tdx.h"

#include "measure/tdx_shape.h"
#include "base/banned.h"

enum { FILES = 4, LAYERS = 8, REGISTERS = 1 + TDX_RTMRS };

static const enum digest_alg bank = DIGEST_SHA384;

struct making {
	const struct platform_shape *p;
	const struct shape_files *files;
	struct shape_direct parts; /* of the UKI, however it boots */
	struct tdx_shape values;
	struct arena *a;
};

static bool compute(struct making *m, struct err *e)
{
	const struct platform_shape *p = m->p;
	struct tdx_shape_in in = { .firmware = m->files->firmware,
		.passes = p->two_pass ? TDX_TWO_PASS : TDX_SINGLE_PASS,
		.separator = p->separator,
		.memory = p->memory,
		.qemu = p->qemu,
		.variables = { .secure_boot = p->secure_boot },
		.acpi = { .digests = p->has_acpi ? p->acpi : NULL },
		.origins = m->files->origins };

	if (!shape_direct_of(&m->parts, m->files->uki, e))
		return false;
	if (p->boot == PLATFORM_BOOT_DIRECT) {
		in.kernel = m->parts.kernel;
		in.initrd = m->parts.initrd;
		in.command_line = str_make(
			(const char *)m->parts.command_line.p, m->parts.command_line.n);
	} else {
		in.uki = m->files->uki;
		in.gpt = m->files->gpt;
	}
	return tdx_shape(&m->values, &in, m->a, e);
}

static bool set_events(struct reference_shape *s, const struct making *m, struct err *e)
{
	struct event mrtd = { .reg = PLATFORM_MRTD,
		.what = STR("firmware"),
		.rule = STR("Intel TDX module, TDH.MEM.PAGE.ADD and TDH.MR.EXTEND"),
		.origin = STR("firmware"),
		.digests = { m->values.mrtd.value } };

	event_list_init(&s->events, m->a, &bank, 1);
	if (!event_list_add_digests(&s->events, &mrtd, e))
		return false;
	for (size_t i = 0; i < m->values.events.n; i++) {
		struct event ev = m->values.events.items[i];

		ev.reg += PLATFORM_RTMR;
		if (!event_list_add_digests(&s->events, &ev, e))
			return false;
	}
	return true;
}

static bool set_inputs(struct reference_shape *s, const struct making *m, struct err *e)
{
	struct reference_input rows[FILES];

	return shape_input_digest(&rows[0], "firmware", m->files->firmware, m->a, e) &&
	       shape_input_digest(&rows[1], "kernel", m->parts.kernel, m->a, e) &&
	       shape_input_digest(&rows[2], "initrd", m->parts.initrd, m->a, e) &&
	       shape_input_digest(&rows[3], "command-line", m->parts.command_line, m->a, e) &&
	       shape_inputs(s, m->p, rows, FILES, m->a, e);
}

static struct reference_register value_of(unsigned reg, const struct tdx_value *v)
{
	struct reference_register r = { .reg = reg, .reason = v->reason };

	if (v->computed) {
		r.how = REFERENCE_COMPUTED;
		r.values[0] = v->value;
	}
	return r;
}

static bool set_registers(struct reference_shape *s, const struct making *m, struct err *e)
{
	struct reference_register *rows = ARENA_ARRAY(m->a, REGISTERS, struct reference_register);

	if (!rows)
		return arena_full(m->a, e);
	rows[PLATFORM_MRTD] = value_of(PLATFORM_MRTD, &m->values.mrtd);
	for (unsigned i = 0; i < TDX_RTMRS; i++)
		rows[PLATFORM_RTMR + i] = value_of(PLATFORM_RTMR + i, &m->values.rtmrs[i]);
	s->registers = rows;
	s->n_registers = REGISTERS;
	return true;
}

static struct reference_coverage row(const char *layer, const char *by, const char *note)
{
	return (struct reference_coverage){ str_of(layer), str_of(by), str_of(note) };
}

/* A register covers a layer only where it has a value. */
static bool set_coverage(struct reference_shape *s, const struct making *m, struct err *e)
{
	static const char unknown[] = "measured, but this shape has no value for the register";
	struct reference_coverage *c = ARENA_ARRAY(m->a, LAYERS, struct reference_coverage);
	const struct tdx_value *rtmrs = m->values.rtmrs;
	bool direct = m->p->boot == PLATFORM_BOOT_DIRECT, given = rtmrs[0].computed;
	bool kernel = rtmrs[1].computed, line = rtmrs[2].computed;
	bool root = line && shape_covers_root(m->parts.command_line, m->files->root_hash);

	if (!c)
		return arena_full(m->a, e);
	c[0] = row("firmware", "MRTD", "");
	c[1] = row("firmware variables", given ? "RTMR 0" : "", given ? "" : unknown);
	c[2] = row("ACPI tables", given ? "RTMR 0" : "",
		given ? "as made by QEMU under emulation"
		      : "the host makes them, and the kernel runs their code");
	c[3] = row("partition table", direct || !kernel ? "" : "RTMR 1",
		direct   ? "the disk is not booted from"
		: kernel ? ""
			 : unknown);
	c[4] = row("kernel", kernel ? "RTMR 1" : "", kernel ? "" : unknown);
	c[5] = row("initrd", line ? "RTMR 2" : "", line ? "" : unknown);
	c[6] = row("command line", line ? "RTMR 2" : "", line ? "" : unknown);
	c[7] = row("root file system", root ? "RTMR 2" : "",
		root ? "its dm-verity root hash stands in the command line"
		     : "no dm-verity root hash is known to stand in a measured command line");
	s->coverage = c;
	s->n_coverage = LAYERS;
	s->firmware_only = !kernel || !line || !root;
	return true;
}

bool shape_tdx(struct reference_shape *ret, const struct platform_shape *p,
	const struct shape_files *files, struct arena *a, struct err *e)
{
	struct making m = { .p = p, .files = files, .a = a };
	struct reference_shape s = {
		.name = p->name, .platform = STR("tdx"), .banks = { bank }, .n_banks = 1
	};

	if (!compute(&m, e) || !set_events(&s, &m, e) || !set_inputs(&s, &m, e) ||
		!set_registers(&s, &m, e) || !set_coverage(&s, &m, e))
		return false;
	*ret = s;
	return true;
}
