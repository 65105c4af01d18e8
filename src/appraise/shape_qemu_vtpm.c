#include "appraise/shape_qemu_vtpm.h"

#include "appraise/shape.h"
#include "base/hex.h"
#include "base/banned.h"

enum { INPUTS = 8, COVERAGE = 11 };

static const enum digest_alg banks[] = { DIGEST_SHA256, DIGEST_SHA384 };

/* What the rows of the shape are made from. */
struct making {
	const struct shape_qemu_vtpm_in *in;
	struct tpm_prediction predicted;
	enum tpm_secure_boot secure_boot;
	bool pcr0_observed, root_covered;
	struct arena *a;
};

/* Registers with values, and why they are what they are. */
static const struct computed {
	unsigned reg;
	const char *reason;
} computed[] = {
	{ 2, "one separator: no option ROM and no driver is loaded" },
	{ 3, "one separator: no option ROM has settings" },
	{ 4, "the boot attempt, the unified kernel image and what its stub loads" },
	{ 5, "the disk's partition table and the end of the firmware's services" },
	{ 6, "one separator" },
	{ 7, "the firmware's Secure Boot variables: nothing is enrolled" },
	{ 9, "the kernel's command line and the initrd as the stub hands them over" },
	{ 11, "the sections of the unified kernel image; the image measures no boot phases" },
	{ 12, "zeroes: no other command line, no credential and no addon is given to the stub" },
	{ 13, "zeroes: no system extension is given to the stub" },
	{ 14, "zeroes: no shim is in the chain" },
};

static const char
	observed_reason[] = "seen when this firmware was booted here; one firmware gives one value";
static const char unobserved_reason[] =
	"the firmware's account of itself, which its file does not give; it was not booted here";
static const char
	devices_reason[] = "boot entries and ACPI tables, which depend on the machine's devices";
static const char
	boot_secret_reason[] = "systemd-stub from 258 on may add a random secret to the initrd";

static struct str hex_of(struct arena *a, struct span bytes)
{
	char *text = arena_alloc(a, 2 * bytes.n + 1);

	if (!text)
		return str_make(NULL, 0);
	hex_write(text, bytes.p, bytes.n);
	return str_make(text, 2 * bytes.n);
}

static bool set_inputs(struct reference_shape *s, const struct making *m, struct err *e)
{
	const struct shape_firmware *fw = &m->in->firmware;
	struct reference_input *rows = ARENA_ARRAY(m->a, INPUTS, struct reference_input);
	struct digest uki = digest_of(DIGEST_SHA256, m->in->uki);
	struct digest gpt = digest_of(DIGEST_SHA256, m->in->gpt);

	if (!rows)
		return arena_full(m->a, e);
	rows[0] = (struct reference_input){ STR("firmware"), hex_of(m->a, SPAN_OF(fw->sha256)) };
	rows[1] = (struct reference_input){ STR("firmware-version"), fw->version };
	rows[2] = (struct reference_input){ STR("firmware-variables"),
		hex_of(m->a, SPAN_OF(fw->vars_sha256)) };
	rows[3] = (struct reference_input){ STR("secure-boot"),
		str_of(tpm_secure_boot_name(m->secure_boot)) };
	rows[4] = (struct reference_input){ STR("stub-version"), m->predicted.stub.version.text };
	rows[5] = (struct reference_input){ STR("kernel-version"), m->predicted.kernel_version };
	rows[6] = (struct reference_input){ STR("uki"),
		hex_of(m->a, span_make(uki.bytes, SHA256_SIZE)) };
	rows[7] = (struct reference_input){ STR("partition-table"),
		hex_of(m->a, span_make(gpt.bytes, SHA256_SIZE)) };
	for (size_t i = 0; i < INPUTS; i++)
		if (!rows[i].value.p)
			return arena_full(m->a, e);
	s->inputs = rows;
	s->n_inputs = INPUTS;
	return true;
}

/* PCR 0 in the order of the banks; false when it was not observed. */
static bool set_pcr0(
	struct reference_register *r, const struct shape_firmware *fw, bool *known, struct err *e)
{
	size_t found = 0;

	for (size_t b = 0; b < ARRAY_LEN(banks); b++)
		for (size_t i = 0; i < fw->n_pcr0; i++)
			if (fw->pcr0[i].alg == banks[b]) {
				r->values[b] = fw->pcr0[i];
				found++;
				break;
			}
	if (found && found < ARRAY_LEN(banks))
		return err_set(e, ERR_USAGE, "PCR 0 was observed in %zu of %zu banks", found,
			ARRAY_LEN(banks));
	*known = found != 0;
	return true;
}

static struct reference_register no_value(unsigned reg, const char *reason)
{
	return (struct reference_register){ .reg = reg, .reason = str_of(reason) };
}

static bool set_registers(struct reference_shape *s, struct making *m, struct err *e)
{
	size_t n = ARRAY_LEN(computed) + 2;
	struct reference_register *rows = ARENA_ARRAY(m->a, n, struct reference_register);

	if (!rows)
		return arena_full(m->a, e);
	rows[0] = no_value(0, unobserved_reason);
	rows[1] = no_value(1, devices_reason);
	if (!set_pcr0(&rows[0], &m->in->firmware, &m->pcr0_observed, e))
		return false;
	if (m->pcr0_observed) {
		rows[0].how = REFERENCE_OBSERVED;
		rows[0].reason = str_of(observed_reason);
	}
	for (size_t i = 0; i < ARRAY_LEN(computed); i++) {
		struct reference_register *r = &rows[i + 2];

		*r = no_value(computed[i].reg, computed[i].reason);
		if (r->reg == 9 && !m->predicted.stub.initrd_known) {
			r->reason = str_of(boot_secret_reason);
			continue;
		}
		r->how = REFERENCE_COMPUTED;
		for (size_t b = 0; b < ARRAY_LEN(banks); b++)
			event_fold(&m->predicted.events, r->reg, b, &r->values[b]);
	}
	s->registers = rows;
	s->n_registers = n;
	return true;
}

static struct reference_coverage row(const char *layer, const char *by, const char *note)
{
	return (struct reference_coverage){ str_of(layer), str_of(by), str_of(note) };
}

static bool set_coverage(struct reference_shape *s, const struct making *m, struct err *e)
{
	struct reference_coverage *c = ARENA_ARRAY(m->a, COVERAGE, struct reference_coverage);
	bool inner = m->predicted.stub.measures_kernel;
	const char *stub = m->predicted.stub.initrd_known ? "PCR 9, PCR 11" : "PCR 11";
	bool root = m->root_covered, acpi = tpm_acpi_measured_by(m->in->firmware.version);

	if (!c)
		return arena_full(m->a, e);
	c[0] = row("firmware", "PCR 0",
		m->pcr0_observed ? "observed, not computed"
				 : "without a value here: nothing anchors the rest");
	c[1] = row("option ROMs", "PCR 2", "");
	c[2] = row("firmware variables", "PCR 7",
		"Secure Boot only; boot entries are in PCR 1, which is not predicted: what they start is "
		"in PCR 4");
	c[3] = row("ACPI tables", acpi ? "PCR 1" : "",
		acpi ? "not predicted: the host makes them, and the kernel runs their code"
		     : "the host makes them, and the kernel runs their code");
	c[4] = row("partition table", "PCR 5", "");
	c[5] = row("boot loader", "PCR 4", "the unified kernel image with its stub");
	c[6] = row("kernel", inner ? "PCR 4, PCR 11" : "PCR 11", "");
	c[7] = row("initrd", stub, "");
	c[8] = row("command line", stub, "one that the host gives is in PCR 12");
	c[9] = row("addons, credentials, extensions", "PCR 12, PCR 13", "there are none");
	c[10] = row("root file system", root ? stub : "",
		root ? "its dm-verity root hash stands in the command line"
		     : "no dm-verity root hash is known to stand in the command line");
	s->coverage = c;
	s->n_coverage = COVERAGE;
	s->firmware_only = !root;
	return true;
}

bool shape_qemu_vtpm(struct reference_shape *ret, const struct shape_qemu_vtpm_in *in,
	struct arena *a, struct err *e)
{
	struct tpm_boot boot = { .uki = in->uki, .gpt = in->gpt, .origins = in->origins };
	struct making m = { .in = in, .a = a };
	struct reference_shape s = {
		.name = STR(SHAPE_QEMU_VTPM), .platform = STR("tpm"), .n_banks = ARRAY_LEN(banks)
	};

	if (!tpm_secure_boot_of(&m.secure_boot, in->firmware.version, e))
		return false;
	boot.variables.secure_boot = m.secure_boot;
	if (!tpm_pcr_predict(&m.predicted, &boot, banks, ARRAY_LEN(banks), a, e))
		return false;
	m.root_covered = shape_covers_root(
		m.predicted.stub.sections[TPM_STUB_CMDLINE], in->root_hash);
	for (size_t b = 0; b < ARRAY_LEN(banks); b++)
		s.banks[b] = banks[b];
	s.events = m.predicted.events;
	if (!set_inputs(&s, &m, e) || !set_registers(&s, &m, e) || !set_coverage(&s, &m, e))
		return false;
	*ret = s;
	return true;
}
