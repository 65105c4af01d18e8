/* assay measure tdx: MRTD and RTMR 0 to 3 of a TD, from files. */
#include <stdio.h>

#include "appraise/reference_values.h"
#include "cmd/line.h"
#include "cmd/tdx_inputs.h"
#include "cmd/verbs.h"
#include "base/banned.h"

#define MEASURE_TDX_FORMAT "assay.measure-tdx/1"
enum { ARENA_MAX = 300 << 20, JSON_MAX = 4 << 20 };

/* What a value rests on besides its inputs. No value as a whole was seen in hardware of ours. */
static const struct {
	const char *name, *source, *confirmed;
} rules[1 + TDX_RTMRS] = {
	{ "MRTD",
		"Intel TDX Module Base Architecture: TDH.MEM.PAGE.ADD, TDH.MR.EXTEND; TDVF design guide 11",
		"values of an independent calculator" },
	{ "RTMR 0", "TDVF design guide 8; QEMU hw/i386/tdvf-hob.c; OVMF",
		"a quote and logs of TDs (direct boot) for all digests but those of ACPI" },
	{ "RTMR 1", "TCG PFP 1.05 3.3.4; UEFI 2.10 38.4.1; QEMU hw/i386/x86.c",
		"a quote and logs of TDs for the order; QEMU 7.2 itself for the header" },
	{ "RTMR 2", "Linux EFI stub; systemd-stub; UEFI 2.10 38.4.1",
		"TPMs' logs of the same events" },
	{ "RTMR 3", "given events", "nothing: they are given" },
};

static const struct tdx_value *value_at(const struct tdx_shape *s, size_t i)
{
	return i ? &s->rtmrs[i - 1] : &s->mrtd;
}

static void print_text(const struct tdx_shape *s)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const struct tdx_value *v = value_at(s, i);
		char hex[2 * DIGEST_MAX + 1];

		digest_hex(&v->value, hex);
		if (v->computed)
			printf("%s %s\n", rules[i].name, hex);
		else
			line_print(stdout, "%s not predictable: %.*s", rules[i].name,
				STR_ARG(v->reason));
	}
}

static void put_values(struct json_out *w, const struct tdx_shape *s)
{
	json_key(w, "values");
	json_array(w);
	for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
		const struct tdx_value *v = value_at(s, i);

		json_object(w);
		json_put_cstr(w, "name", rules[i].name);
		json_put_cstr(w, "how", v->computed ? "computed" : "not-predictable");
		if (v->computed)
			json_put_hex(w, "sha384", span_make(v->value.bytes, SHA384_SIZE));
		json_put_str(w, v->computed ? "from" : "reason", v->reason);
		json_put_cstr(w, "rules", rules[i].source);
		json_put_cstr(w, "confirmed-by", rules[i].confirmed);
		json_put_bool(w, "confirmed-by-hardware", false);
		json_end_object(w);
	}
	json_end_array(w);
}

static bool print_json(const struct tdx_inputs *in, const struct tdx_shape *s, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	json_put_cstr(&w, "format", MEASURE_TDX_FORMAT);
	tdx_inputs_json(&w, in);
	json_put_bool(&w, "kernel-header-patched", s->patched);
	put_values(&w, s);
	reference_values_events(&w, &s->events);
	json_end_object(&w);
	if (!buf_ok(&b))
		return buf_full(&b, "the result", e);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	CLEANUP(tdx_inputs_done) struct tdx_inputs in = { .vcpus = 1 };
	struct tdx_shape s;

	(void)code;
	if (!tdx_inputs_read(&in, args, e) || !tdx_inputs_save(&in, args, e) ||
		!tdx_shape(&s, &in.shape, a, e))
		return false;
	if (verb_flag(args, "--json"))
		return print_json(&in, &s, e);
	print_text(&s);
	return true;
}

static const struct verb_option options[] = {
	{ "--firmware", "FILE", "the image that the TD starts with (needed)", false },
	{ "--edk2", "RELEASE", "that it is built from: 2025.02, or Debian's version", false },
	{ "--memory", "SIZE", "the TD's memory: 2048M, 4G", false },
	{ "--qemu", "VERSION", "of the host: 8.2.2", false },
	{ "--two-pass", NULL, "MRTD as the patches around QEMU 8 make it", false },
	{ "--kernel", "FILE", "a kernel given to QEMU", false },
	{ "--initrd", "FILE", "its initrd", false },
	{ "--append", "TEXT", "its command line", false },
	{ "--uki", "FILE", "or: a unified kernel image that the firmware starts", false },
	{ "--disk", "FILE", "from this disk", false },
	{ "--kernel-measures", NULL, "kernel and stub measure, whatever their version", false },
	{ "--secure-boot", "STATE", "of the firmware: absent or off", false },
	{ "--variable", "NAME=FILE", "content of PK, KEK, db or dbx (empty)", true },
	{ "--boot-variable", "FILE", "content of BootOrder, then of each option", true },
	{ "--acpi-tables", "FILE", "QEMU's etc/acpi/tables", false },
	{ "--acpi-rsdp", "FILE", "QEMU's etc/acpi/rsdp (made of the tables)", false },
	{ "--acpi-loader", "FILE", "QEMU's etc/table-loader (likewise)", false },
	{ "--acpi-from-qemu", NULL, "let the installed QEMU make them, under emulation", false },
	{ "--acpi-save", "DIR", "keep the three files in this folder", false },
	{ "--vcpus", "N", "for that: number of processors (1)", false },
	{ "--qemu-arg", "ARG", "for that: one more argument of QEMU", true },
	{ "--rtmr3", "FILE|HEX", "an application's event: content, or SHA-384", true },
	{ "--json", NULL, "print inputs, rules, values and events as JSON", false },
	{ 0 },
};

const struct verb cmd_measure_tdx = {
	.name = "measure tdx",
	.summary = "compute MRTD and RTMRs of a TDX guest",
	.usage = "",
	.options = options,
	.example =
		"assay measure tdx --firmware OVMF.fd --edk2 2025.02 --memory 4G --qemu 10.1 \\\n"
		"    --kernel vmlinuz --initrd initrd --append 'quiet' \\\n"
		"    --secure-boot absent --acpi-tables tables.bin",
	.run = run,
};
