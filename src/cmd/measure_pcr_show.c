#include "cmd/measure_pcr_show.h"

#include <stdio.h>

#include "appraise/reference_values.h"
#include "cmd/line.h"
#include "codec/json.h"
#include "measure/tpm_userspace.h"
#include "base/banned.h"

#define MEASURE_PCR_FORMAT "assay.measure-pcr/1"
enum { JSON_MAX = 16 << 20 };

static const char no_initrd[] = "systemd-stub from 258 on may add a random secret to the initrd";
static const char no_disk[] = "the disk's partition table, which was not given (--disk)";
static const char no_firmware[] = "the firmware's account of itself, which its file does not give";
static const char
	no_devices[] = "boot entries and ACPI tables, which depend on the machine's devices";

static const unsigned qemu_registers[] = { 0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14, 15 };
static const unsigned nitro_registers[] = { 4, 7, 12 };

static void choose(const unsigned **ret, size_t *n, const struct measure_pcr *m)
{
	*ret = m->is_nitro ? nitro_registers : qemu_registers;
	*n = m->is_nitro ? ARRAY_LEN(nitro_registers)
			 : ARRAY_LEN(qemu_registers) - (m->has_pcr15 ? 0 : 1);
}

/* Why there is no value; NULL where there is one. */
static const char *reason_of(const struct measure_pcr *m, unsigned reg)
{
	switch (reg) {
	case 0:
		return no_firmware;
	case 1:
		return no_devices;
	case 5:
		return m->is_direct || m->has_disk ? NULL : no_disk;
	case 9:
		return m->predicted.stub.initrd_known ? NULL : no_initrd;
	default:
		return NULL;
	}
}

/* PCR 11 after these phases. */
static bool fold_phases(struct digest ret[static EVENT_BANKS_MAX], const struct measure_pcr *m,
	const char *phases, struct err *e)
{
	struct event_list l = m->predicted.events;

	/* A copy of the list: what is appended is of this call alone. */
	l.room = l.n;
	if (!tpm_userspace_phases(&l, str_of(phases), e))
		return err_wrap(e, "--phase");
	for (size_t b = 0; b < m->n_banks; b++)
		event_fold(&l, 11, b, &ret[b]);
	return true;
}

/* ---- text ---- */

static void print_values(const char *what, const struct measure_pcr *m,
	const struct digest values[static EVENT_BANKS_MAX])
{
	char hex[2 * DIGEST_MAX + 1];

	for (size_t b = 0; b < m->n_banks; b++) {
		digest_hex(&values[b], hex);
		line_print(stdout, "%s  %-6s  %s", what, digest_name(m->banks[b]), hex);
	}
}

static void fold(
	struct digest ret[static EVENT_BANKS_MAX], const struct measure_pcr *m, unsigned reg)
{
	for (size_t b = 0; b < m->n_banks; b++)
		event_fold(&m->predicted.events, reg, b, &ret[b]);
}

static bool print_text(const struct measure_pcr *m, const struct verb_args *args, struct err *e)
{
	struct digest values[EVENT_BANKS_MAX];
	const unsigned *registers;
	const char *phases;
	size_t n;

	choose(&registers, &n, m);
	for (size_t i = 0; i < n; i++) {
		const char *reason = reason_of(m, registers[i]);
		char what[16];

		snprintf(what, sizeof what, "PCR %-2u", registers[i]);
		fold(values, m, registers[i]);
		if (reason)
			line_print(stdout, "%s  not predictable: %s", what, reason);
		else
			print_values(what, m, values);
	}
	for (size_t i = 0; (phases = verb_nth(args, "--phase", i)); i++) {
		struct str what = arena_printf(m->a, "PCR 11 after %s", phases);

		if (!what.p)
			return arena_full(m->a, e);
		if (!fold_phases(values, m, phases, e))
			return false;
		print_values(what.p, m, values);
	}
	return true;
}

/* ---- JSON ---- */

static void put_values(struct json_out *w, const struct measure_pcr *m,
	const struct digest values[static EVENT_BANKS_MAX])
{
	json_key(w, "values");
	json_object(w);
	for (size_t b = 0; b < m->n_banks; b++)
		json_put_hex(w, digest_name(m->banks[b]),
			span_make(values[b].bytes, digest_size(m->banks[b])));
	json_end_object(w);
}

static void put_registers(struct json_out *w, const struct measure_pcr *m)
{
	struct digest values[EVENT_BANKS_MAX];
	const unsigned *registers;
	size_t n;

	choose(&registers, &n, m);
	json_key(w, "registers");
	json_array(w);
	for (size_t i = 0; i < n; i++) {
		const char *reason = reason_of(m, registers[i]);

		json_object(w);
		json_put_uint(w, "register", registers[i]);
		json_put_cstr(w, "how", reason ? "not-predictable" : "computed");
		if (reason)
			json_put_cstr(w, "reason", reason);
		fold(values, m, registers[i]);
		if (!reason)
			put_values(w, m, values);
		json_end_object(w);
	}
	json_end_array(w);
}

static bool put_phases(struct json_out *w, const struct measure_pcr *m,
	const struct verb_args *args, struct err *e)
{
	struct digest values[EVENT_BANKS_MAX];
	const char *phases;

	json_key(w, "phases");
	json_array(w);
	for (size_t i = 0; (phases = verb_nth(args, "--phase", i)); i++) {
		if (!fold_phases(values, m, phases, e))
			return false;
		json_object(w);
		json_put_cstr(w, "after", phases);
		put_values(w, m, values);
		json_end_object(w);
	}
	json_end_array(w);
	return true;
}

/* What was read, by digest; of a disk its partition table's event. */
static void put_inputs(struct json_out *w, const struct measure_pcr *m)
{
	json_key(w, "inputs");
	json_array(w);
	for (size_t i = 0; i < m->n_files; i++) {
		json_object(w);
		json_put_cstr(w, "option", m->files[i].option);
		json_put_hex(w, "sha256", SPAN_OF(m->files[i].sha256));
		json_end_object(w);
	}
	json_end_array(w);
}

/* The versions that chose the rules. */
static void put_rules(struct json_out *w, const struct measure_pcr *m)
{
	const struct tpm_variables *v = &m->boot.variables;

	json_key(w, "rules");
	json_object(w);
	json_put_cstr(w, "secure-boot", tpm_secure_boot_name(v->secure_boot));
	if (m->boot.loader.n)
		json_put_str(w, "systemd-boot", m->predicted.loader.version.text);
	if (!m->is_direct)
		json_put_str(w, "systemd-stub", m->predicted.stub.version.text);
	json_put_str(w, "kernel", m->predicted.kernel_version);
	json_end_object(w);
}

static bool print_json(const struct measure_pcr *m, const struct verb_args *args, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	json_put_cstr(&w, "format", MEASURE_PCR_FORMAT);
	json_put_cstr(&w, "platform", m->is_nitro ? "nitro-tpm" : "qemu");
	json_put_cstr(&w, "confirmed-by",
		m->is_nitro ? "no machine of this kind was seen" : "QEMU with a software TPM");
	json_put_bool(&w, "confirmed-by-hardware", false);
	put_inputs(&w, m);
	put_rules(&w, m);
	put_registers(&w, m);
	if (!put_phases(&w, m, args, e))
		return false;
	reference_values_events(&w, &m->predicted.events);
	json_end_object(&w);
	if (!buf_ok(&b))
		return buf_full(&b, "the result", e);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}

bool measure_pcr_show(const struct measure_pcr *m, const struct verb_args *args, struct err *e)
{
	return verb_flag(args, "--json") ? print_json(m, args, e) : print_text(m, args, e);
}
