#include "appraise/shape_snp.h"

#include "measure/sev_cpu.h"
#include "measure/snp_launch.h"
#include "base/banned.h"

enum { LAYERS = 7 };

static const enum digest_alg bank = DIGEST_SHA384;

struct making {
	const struct shape_files *files;
	struct platform_shape p; /* with what the firmware's file says */
	struct shape_direct direct;
	struct shape_seen *seen;
	bool covers_kernel, covers_root;
	struct snp_digest digest;
	struct arena *a;
};

/* The three files are hashed once for all shapes of the image. */
static bool hash_kernel(struct making *m, struct err *e)
{
	struct str line = str_make(
		(const char *)m->direct.command_line.p, m->direct.command_line.n);
	struct shape_seen *seen = m->seen;

	if (seen->uki == m->files->uki.p)
		return true;
	sev_hashes_of(&seen->hashes, m->direct.kernel, m->direct.initrd, line);
	if (!shape_input_digest(&seen->rows[0], "kernel", m->direct.kernel, m->a, e) ||
		!shape_input_digest(&seen->rows[1], "initrd", m->direct.initrd, m->a, e) ||
		!shape_input_digest(
			&seen->rows[2], "command-line", m->direct.command_line, m->a, e))
		return false;
	seen->uki = m->files->uki.p;
	return true;
}

static bool take_kernel(struct making *m, struct err *e)
{
	if (m->p.boot != PLATFORM_BOOT_DIRECT)
		return true;
	if (!shape_direct_of(&m->direct, m->files->uki, e) || !hash_kernel(m, e))
		return false;
	m->covers_kernel = true;
	m->covers_root = shape_covers_root(m->direct.command_line, m->files->root_hash);
	return true;
}

/* What the firmware's file says; without a file what the shape knows of it. */
static bool take_firmware(struct making *m, struct snp_inputs *in, struct err *e)
{
	struct span image = m->files->firmware;

	if (image.n && m->seen->firmware == image.p)
		m->p.firmware = m->seen->facts;
	else if (image.n && !platform_firmware_of(&m->p.firmware, image, e))
		return false;
	if (!image.n || m->p.firmware.pages.alg) {
		in->known = &m->p.firmware.facts;
		in->firmware_hash = m->p.firmware.pages.bytes;
	} else {
		in->firmware = image;
	}
	return true;
}

static bool compute(struct making *m, struct err *e)
{
	CLEANUP(snp_launch_freep) struct snp_launch *l = NULL;
	struct platform_firmware *fw = &m->p.firmware;
	struct snp_inputs in = { .hashes = m->covers_kernel ? &m->seen->hashes : NULL };
	struct snp_shape shape = { .features = m->p.guest_features, .processors = m->p.vcpus };
	const struct sev_cpu *cpu;

	if (!sev_cpu_find(&cpu, m->p.vcpu_type, e) || !sev_vmm_find(&shape.vmm, m->p.vmm, e))
		return false;
	shape.signature = sev_cpu_signature(cpu->family, cpu->model, cpu->stepping);
	if (!take_firmware(m, &in, e) || !snp_launch_new(&l, &in, m->a, e) ||
		!snp_launch_digest(&m->digest, l, &shape, e))
		return false;
	fw->pages.alg = DIGEST_SHA384;
	memcpy(fw->pages.bytes, snp_launch_firmware_hash(l), SHA384_SIZE);
	m->seen->firmware = m->files->firmware.p;
	m->seen->facts = *fw;
	m->seen->facts.facts.image = m->files->firmware;
	return true;
}

static struct str pages_text(const struct snp_group *g, struct arena *a)
{
	if (!g->n_pages) /* of firmware whose file is not at hand */
		return STR("pages NORMAL that end at 4 GiB");
	return arena_printf(a, "%llu page%s %s at 0x%llx", (unsigned long long)g->n_pages,
		g->n_pages == 1 ? "" : "s", snp_page_name(g->type), (unsigned long long)g->address);
}

static bool set_events(struct reference_shape *s, const struct making *m, struct err *e)
{
	event_list_init(&s->events, m->a, &bank, 1);
	for (size_t i = 0; i < m->digest.n_groups; i++) {
		const struct snp_group *g = &m->digest.groups[i];
		struct event ev = { .what = arena_str(m->a, str_of(g->what)),
			.rule = STR("AMD SNP firmware ABI, PAGE_INFO"),
			.origin = i ? STR("") : STR("firmware"),
			.text = pages_text(g, m->a) };

		if (!ev.what.p || !ev.text.p)
			return arena_full(m->a, e);
		ev.digests[0].alg = bank;
		memcpy(ev.digests[0].bytes, g->after, SHA384_SIZE);
		if (!event_list_add_digests(&s->events, &ev, e))
			return false;
	}
	return true;
}

static bool set_inputs(struct reference_shape *s, const struct making *m, struct err *e)
{
	return shape_inputs(
		s, &m->p, m->seen->rows, m->covers_kernel ? ARRAY_LEN(m->seen->rows) : 0, m->a, e);
}

static bool set_register(struct reference_shape *s, const struct making *m, struct err *e)
{
	struct reference_register *r = ARENA_NEW(m->a, struct reference_register);

	if (!r)
		return arena_full(m->a, e);
	r->how = REFERENCE_COMPUTED;
	r->reason =
		m->covers_kernel
			? STR("the firmware, the hashes of kernel, initrd and command line, and the processors")
			: STR("the firmware and the processors");
	r->values[0].alg = bank;
	memcpy(r->values[0].bytes, m->digest.value, SHA384_SIZE);
	s->registers = r;
	s->n_registers = 1;
	return true;
}

static struct reference_coverage row(const char *layer, bool covered, const char *note)
{
	return (struct reference_coverage){ str_of(layer), covered ? STR("measurement") : STR(""),
		str_of(note) };
}

static bool set_coverage(struct reference_shape *s, const struct making *m, struct err *e)
{
	struct reference_coverage *c = ARENA_ARRAY(m->a, LAYERS, struct reference_coverage);
	bool kernel = m->covers_kernel, root = m->covers_root;
	const char *by = kernel ? "its hash stands in a measured page"
				: "the firmware starts what it finds";

	if (!c)
		return arena_full(m->a, e);
	c[0] = row("firmware", true, "");
	c[1] = row("firmware variables", false,
		kernel ? "there are none: the firmware has no store" : "the host keeps them");
	c[2] = row("ACPI tables", false, "the host makes them, and the kernel runs their code");
	c[3] = row("kernel", kernel, by);
	c[4] = row("initrd", kernel, by);
	c[5] = row("command line", kernel, by);
	c[6] = row("root file system", root,
		root ? "its dm-verity root hash stands in the command line"
		     : "no dm-verity root hash is known to stand in a measured command line");
	s->coverage = c;
	s->n_coverage = LAYERS;
	s->firmware_only = !kernel || !root;
	return true;
}

bool shape_snp(struct reference_shape *ret, const struct platform_shape *p,
	const struct shape_files *files, struct arena *a, struct err *e)
{
	struct shape_seen alone = { 0 };
	struct making m = {
		.files = files, .p = *p, .seen = files->seen ? files->seen : &alone, .a = a
	};
	struct reference_shape s = {
		.name = p->name, .platform = STR("snp"), .banks = { bank }, .n_banks = 1
	};

	if (!take_kernel(&m, e) || !compute(&m, e) || !set_events(&s, &m, e) ||
		!set_inputs(&s, &m, e) || !set_register(&s, &m, e) || !set_coverage(&s, &m, e))
		return false;
	*ret = s;
	return true;
}
