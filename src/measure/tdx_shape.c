#include "measure/tdx_shape.h"

#include "base/buf.h"
#include "measure/tdx_hob.h"
#include "measure/tpm_kernel.h"
#include "base/banned.h"

enum { STUB_OLDEST = 256, NUMBER_MAX = 999 };

static const char no_release[] =
	"the firmware's edk2 release is not given or has no rules: it decides which register gets a separator";

static const enum digest_alg banks[] = { DIGEST_SHA384 };

static void not_predictable(struct tdx_shape *s, unsigned rtmr, struct str why)
{
	if (!s->rtmrs[rtmr].reason.n)
		s->rtmrs[rtmr].reason = why;
}

/* RTMR 0: what must be known for all of its events; the first that is missing is the reason. */
static void check_rtmr0(struct tdx_shape *s, const struct tdx_shape_in *in)
{
	if (!in->memory)
		not_predictable(s, 0,
			STR("the TD's memory is not given; the list of memory is the first event"));
	if (!in->separator)
		not_predictable(s, 0, str_of(no_release));
	if (in->variables.secure_boot == TPM_SECURE_BOOT_UNKNOWN)
		not_predictable(s, 0,
			STR("it is not given whether the firmware's variable SecureBoot is absent or off"));
	if (in->variables.secure_boot > TPM_SECURE_BOOT_OFF)
		not_predictable(
			s, 0, STR("no rules for a TD with Secure Boot on: its authority events"));
	if (!in->acpi.digests && (!in->acpi.loader.n || !in->acpi.rsdp.n || !in->acpi.tables.n))
		not_predictable(s, 0,
			STR("no ACPI files are given; the firmware measures what QEMU tells about devices"));
	if (in->uki.n && !in->n_boot_variables)
		not_predictable(s, 0,
			STR("the boot variables are not given; with a disk they depend on the machine's devices"));
	if (!in->uki.n && !in->kernel.n && !in->n_boot_variables)
		not_predictable(s, 0, STR("it is not given what boots"));
}

static bool add_rtmr0(struct tdx_shape *s, const struct tdx_shape_in *in,
	const struct tdx_metadata *m, struct err *e)
{
	CLEANUP(buf_done) struct buf hob = buf_init(TDX_HOB_MEASURED_MAX);

	check_rtmr0(s, in);
	if (s->rtmrs[0].reason.n)
		return true;
	if (!tdx_hob(&hob, m, in->memory, e) ||
		!tdx_rtmr_firmware(&s->events, m, buf_span(&hob), &in->variables, e) ||
		!tdx_rtmr_acpi(&s->events, &in->acpi, e))
		return false;
	if (in->n_boot_variables ? !tdx_rtmr_boot_variables(
					   &s->events, in->boot_variables, in->n_boot_variables, e)
				 : !tdx_rtmr_boot_menu(&s->events, e))
		return false;
	return in->separator != TDX_SEPARATOR_RTMR0 || tdx_rtmr_late_separator(&s->events, e);
}

/* "6.12.48+deb13-cloud-amd64": whether its EFI stub measures where there is no TPM, which came with 6.9. */
static bool kernel_measures(struct str version)
{
	struct str major_text, minor_text, rest;
	uint64_t major, minor;
	size_t n = 0;

	if (!str_cut(version, '.', &major_text, &rest))
		return false;
	while (n < rest.n && rest.p[n] >= '0' && rest.p[n] <= '9')
		n++;
	minor_text = str_make(rest.p, n);
	if (!str_u64(major_text, &major, NUMBER_MAX) || !str_u64(minor_text, &minor, NUMBER_MAX))
		return false;
	return major > 6 || (major == 6 && minor >= 9);
}

static bool check_kernel(
	struct tdx_shape *s, struct span kernel, bool known, struct arena *a, struct err *e)
{
	struct str version, why;

	if (known)
		return true;
	if (!tpm_kernel_version(&version, kernel, e))
		return false;
	if (kernel_measures(version))
		return true;
	why = arena_printf(a,
		"Linux %.*s measures into a TPM only, its EFI stub knows RTMRs from 6.9 on",
		STR_ARG(version));
	if (!why.p)
		return arena_full(a, e);
	not_predictable(s, 2, why);
	return true;
}

static bool add_direct(
	struct tdx_shape *s, const struct tdx_shape_in *in, struct arena *a, struct err *e)
{
	struct span kernel = in->kernel;

	s->patched = in->qemu.major && linux_setup_is_patched(in->qemu);
	if (!in->separator)
		not_predictable(s, 1, str_of(no_release));
	if (!in->qemu.major)
		not_predictable(s, 1,
			STR("QEMU's version is not given; before 10.2 it writes into the kernel's header"));
	else if (s->patched && !in->memory)
		not_predictable(s, 1,
			STR("the TD's memory is not given; QEMU writes where the initrd would lie into the kernel's header"));
	else if (s->patched && !linux_setup_patch(&kernel, in->kernel, in->initrd.n, in->memory,
				       in->command_line, a, e))
		return false;
	if (!s->rtmrs[1].reason.n &&
		!tdx_rtmr_direct(&s->events, kernel, in->separator, in->origins.kernel, e))
		return false;
	if (!in->command_line.n && !in->initrd.n)
		not_predictable(s, 2,
			STR("without command line and initrd it is not known what the kernel measures"));
	if (!check_kernel(s, in->kernel, in->stubs_measure, a, e))
		return false;
	return s->rtmrs[2].reason.n ||
	       tdx_rtmr_direct_linux(&s->events, in->command_line, in->initrd, &in->origins, e);
}

static bool add_disk(
	struct tdx_shape *s, const struct tdx_shape_in *in, struct arena *a, struct err *e)
{
	struct tpm_stub stub;
	struct str version;
	struct pe pe;

	if (!pe_parse(&pe, in->uki, e))
		return err_wrap(e, "UKI");
	if (!tpm_stub_read(&stub, &pe, e) ||
		!tpm_kernel_version(&version, stub.sections[TPM_STUB_LINUX], e) ||
		!check_kernel(s, stub.sections[TPM_STUB_LINUX], in->stubs_measure, a, e))
		return false;
	if (!in->separator)
		not_predictable(s, 1, str_of(no_release));
	if (!in->stubs_measure && stub.version.major < STUB_OLDEST)
		not_predictable(s, 2,
			STR("systemd-stub measures into a TPM only before 256: RTMR 2 would cover no section"));
	if (!stub.initrd_known)
		not_predictable(s, 2,
			STR("systemd-stub 258 and later appends what cannot be foretold to the initrd"));
	return tdx_rtmr_disk(&s->events, &stub, in->uki, in->gpt, in->separator, &in->origins, e);
}

static bool add_boot(
	struct tdx_shape *s, const struct tdx_shape_in *in, struct arena *a, struct err *e)
{
	if (in->kernel.n && in->uki.n)
		return err_set(e, ERR_USAGE,
			"a TD boots a kernel given to QEMU or a UKI from a disk, not both");
	if (in->kernel.n)
		return add_direct(s, in, a, e);
	if (in->uki.n)
		return add_disk(s, in, a, e);
	not_predictable(s, 1, STR("it is not given what boots"));
	not_predictable(s, 2, STR("it is not given what boots"));
	return true;
}

/* Half a list would only mislead. */
static void drop_unknown(struct tdx_shape *s)
{
	size_t n = 0;

	for (size_t i = 0; i < s->events.n; i++)
		if (!s->rtmrs[s->events.items[i].reg].reason.n)
			s->events.items[n++] = s->events.items[i];
	s->events.n = n;
}

static void fold(struct tdx_shape *s, const struct tdx_shape_in *in)
{
	static const char *const rests_on[][2] = {
		{ "list of memory, firmware variables, ACPI files, boot menu",
			"list of memory, firmware variables, ACPI files, given boot variables" },
		{ "kernel as QEMU hands it over, firmware's steps",
			"partition table, UKI, inner kernel, firmware's steps" },
		{ "command line, initrd", "UKI's sections, command line, initrd" },
		{ "no application extends it", "given events" },
	};

	drop_unknown(s);
	for (unsigned i = 0; i < TDX_RTMRS; i++) {
		struct tdx_value *v = &s->rtmrs[i];
		bool other = i == 0   ? in->n_boot_variables
			     : i == 3 ? in->n_applications
				      : in->uki.n;

		v->computed = !v->reason.n;
		if (!v->computed)
			continue;
		event_fold(&s->events, i, 0, &v->value);
		v->reason = str_of(rests_on[i][other]);
	}
}

bool tdx_shape(struct tdx_shape *ret, const struct tdx_shape_in *in, struct arena *a, struct err *e)
{
	struct tdx_shape s = { 0 };
	struct tdx_metadata m;

	if (!tdx_metadata_parse(&m, in->firmware, e))
		return err_wrap(e, "firmware");
	event_list_init(&s.events, a, banks, ARRAY_LEN(banks));
	s.mrtd = (struct tdx_value){ true, tdx_mrtd(&m, in->passes),
		in->passes == TDX_TWO_PASS ? STR("firmware, in two passes")
					   : STR("firmware, in a single pass") };
	if (!add_rtmr0(&s, in, &m, e) || !add_boot(&s, in, a, e))
		return false;
	for (size_t i = 0; i < in->n_applications; i++)
		if (!tdx_rtmr_application(&s.events, &in->applications[i], STR("given"), e))
			return false;
	fold(&s, in);
	*ret = s;
	return true;
}
