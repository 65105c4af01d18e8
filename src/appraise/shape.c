#include "appraise/shape.h"

#include <string.h>

#include "appraise/shape_snp.h"
#include "appraise/shape_tdx.h"
#include "base/hex.h"
#include "codec/pe.h"
#include "base/banned.h"

#define INPUT_SHAPE "shape"

static bool section(
	struct span *ret, const struct pe *uki, const char *name, bool required, struct err *e)
{
	const struct pe_section *s = pe_section(uki, name);

	if (!s && required)
		return err_set(e, ERR_NOTFOUND, "the UKI has no section %s", name);
	return !s || pe_section_bytes(ret, s, e);
}

bool shape_direct_of(struct shape_direct *ret, struct span uki, struct err *e)
{
	struct shape_direct d = { 0 };
	struct pe pe;

	if (!pe_parse(&pe, uki, e) || !section(&d.kernel, &pe, ".linux", true, e) ||
		!section(&d.command_line, &pe, ".cmdline", true, e) ||
		!section(&d.initrd, &pe, ".initrd", false, e))
		return err_wrap(e, "UKI");
	*ret = d;
	return true;
}

bool shape_covers_root(struct span command_line, struct span root_hash)
{
	char text[2 * DIGEST_MAX + 1];

	if (root_hash.n < SHA256_SIZE || root_hash.n > DIGEST_MAX)
		return false;
	hex_write(text, root_hash.p, root_hash.n);
	return memmem(command_line.p, command_line.n, text, 2 * root_hash.n) != NULL;
}

bool shape_input_digest(struct reference_input *ret, const char *name, struct span bytes,
	struct arena *a, struct err *e)
{
	struct digest d = digest_of(DIGEST_SHA256, bytes);
	char hex[2 * DIGEST_MAX + 1];

	digest_hex(&d, hex);
	*ret = (struct reference_input){ str_of(name), arena_str(a, str_of(hex)) };
	return ret->value.p || arena_full(a, e);
}

bool shape_inputs(struct reference_shape *s, const struct platform_shape *p,
	const struct reference_input *more, size_t n_more, struct arena *a, struct err *e)
{
	struct platform_setting settings[PLATFORM_SHAPE_SETTINGS];
	struct reference_input *rows;
	size_t n;

	if (!platform_shape_settings(p, settings, &n, a, e))
		return false;
	rows = ARENA_ARRAY(a, 1 + n + n_more, struct reference_input);
	if (!rows)
		return arena_full(a, e);
	rows[0] = (struct reference_input){ STR(INPUT_SHAPE), p->base };
	for (size_t i = 0; i < n; i++)
		rows[1 + i] = (struct reference_input){ settings[i].key, settings[i].value };
	for (size_t i = 0; i < n_more; i++)
		rows[1 + n + i] = more[i];
	s->inputs = rows;
	s->n_inputs = 1 + n + n_more;
	return true;
}

struct str shape_base_of(const struct reference_shape *recorded)
{
	for (size_t i = 0; i < recorded->n_inputs; i++)
		if (str_is(recorded->inputs[i].name, INPUT_SHAPE))
			return recorded->inputs[i].value;
	return recorded->name;
}

bool shape_settings_of(struct platform_shape *ret, const struct reference_shape *recorded,
	const struct platform_shape *base, struct err *e)
{
	struct platform_shape p = *base;

	p.name = recorded->name;
	for (size_t i = 0; i < recorded->n_inputs; i++) {
		const struct reference_input *in = &recorded->inputs[i];

		if (platform_shape_takes(&p, in->name) &&
			!platform_shape_set(&p, in->name, in->value, e))
			return err_wrap(e, "shape '%.*s'", STR_ARG(recorded->name));
	}
	*ret = p;
	return true;
}

static bool add_base(
	struct reference_shape *s, const struct platform_shape *p, struct arena *a, struct err *e)
{
	struct reference_input *rows = ARENA_ARRAY(a, s->n_inputs + 1, struct reference_input);

	if (!rows)
		return arena_full(a, e);
	rows[0] = (struct reference_input){ STR(INPUT_SHAPE), p->base };
	memcpy(rows + 1, s->inputs, s->n_inputs * sizeof *rows);
	s->inputs = rows;
	s->n_inputs++;
	return true;
}

static bool tpm(struct reference_shape *ret, const struct platform_shape *p,
	const struct shape_files *f, struct arena *a, struct err *e)
{
	struct shape_qemu_vtpm_in in = { .uki = f->uki,
		.gpt = f->gpt,
		.root_hash = f->root_hash,
		.firmware = f->tpm,
		.origins = f->origins };

	if (p->boot != PLATFORM_BOOT_DISK) {
		err_set(e, ERR_USAGE, "a build has no values for a TPM and direct boot");
		return err_hint(e, "assay measure pcr --kernel computes them");
	}
	if (!shape_qemu_vtpm(ret, &in, a, e))
		return false;
	if (str_equal(p->name, p->base))
		return true;
	/* Its base stands in its inputs where its name does not tell. */
	ret->name = p->name;
	return add_base(ret, p, a, e);
}

bool shape_predict(struct reference_shape *ret, const struct platform_shape *p,
	const struct shape_files *files, struct arena *a, struct err *e)
{
	struct reference_shape s = { 0 };
	bool ok = false;

	switch (p->kind) {
	case PLATFORM_TPM:
		ok = tpm(&s, p, files, a, e);
		break;
	case PLATFORM_SNP:
		ok = shape_snp(&s, p, files, a, e);
		break;
	case PLATFORM_TDX:
		ok = shape_tdx(&s, p, files, a, e);
		break;
	case PLATFORM_NITRO_ENCLAVE:
	case PLATFORM_UNKNOWN:
		err_set(e, ERR_USAGE, "platform '%.*s' has no rules in a build", STR_ARG(p->name));
		break;
	}
	if (!ok)
		return false;
	s.rules = p->rules;
	s.n_rules = p->n_rules;
	*ret = s;
	return true;
}
