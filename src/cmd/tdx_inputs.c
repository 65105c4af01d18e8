#include "cmd/tdx_inputs.h"

#include <stdio.h>

#include "base/hex.h"
#include "measure/acpi_loader.h"
#include "measure/partition_table.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum {
	FILE_MAX = 512 << 20, /* a UKI or an initrd; firmware and kernels are less */
	VCPUS_MAX = 4096,
	VARIABLE_MAX = 64 << 10,
};

static const struct {
	const char *option, *name;
} files[TDX_FILES] = {
	[TDX_FILE_FIRMWARE] = { "--firmware", "firmware" },
	[TDX_FILE_KERNEL] = { "--kernel", "kernel" },
	[TDX_FILE_INITRD] = { "--initrd", "initrd" },
	[TDX_FILE_UKI] = { "--uki", "uki" },
	[TDX_FILE_ACPI_LOADER] = { "--acpi-loader", "etc/table-loader" },
	[TDX_FILE_ACPI_RSDP] = { "--acpi-rsdp", "etc/acpi/rsdp" },
	[TDX_FILE_ACPI_TABLES] = { "--acpi-tables", "etc/acpi/tables" },
};

static const struct {
	const char *name;
	enum tdx_inputs_place place;
} variables[] = {
	{ "PK", TDX_FILE_PK },
	{ "KEK", TDX_FILE_KEK },
	{ "db", TDX_FILE_DB },
	{ "dbx", TDX_FILE_DBX },
};

static struct span bytes_of(const struct tdx_inputs *in, enum tdx_inputs_place place)
{
	return buf_span(&in->files[place].bytes);
}

static bool read_into(struct tdx_inputs *in, enum tdx_inputs_place place, const char *name,
	const char *path, struct err *e)
{
	struct tdx_inputs_file *f = &in->files[place];

	buf_done(&f->bytes);
	f->name = name;
	if (!file_read(AT_FDCWD, path, FILE_MAX, &f->bytes, e))
		return false;
	return f->bytes.n || err_set(e, ERR_USAGE, "'%s' is empty", path);
}

static bool read_files(struct tdx_inputs *in, const struct verb_args *args, struct err *e)
{
	for (unsigned i = 0; i < TDX_FILES; i++) {
		const char *path = files[i].option ? verb_value(args, files[i].option) : NULL;

		if (path && !read_into(in, i, files[i].name, path, e))
			return false;
	}
	return true;
}

/* "4G": a bare number would be MiB to QEMU and bytes to others. */
static bool read_memory(uint64_t *ret, const char *text, struct err *e)
{
	static const char units[] = "KMGT";
	struct str s = str_of(text);
	const char *unit = s.n ? memchr(units, s.p[s.n - 1], sizeof units - 1) : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	uint64_t v;

	if (!unit || !str_u64(str_make(s.p, s.n - 1), &v, UINT64_MAX >> shift) || !v) {
		err_set(e, ERR_USAGE, "--memory '%s' is no size", text);
		return err_hint(e, "for example --memory 4G, or 2048M");
	}
	*ret = v << shift;
	return true;
}

static bool read_secure_boot(struct tdx_inputs *in, const struct verb_args *args, struct err *e)
{
	const char *state = verb_value(args, "--secure-boot"), *given;

	if (state && strcmp(state, "absent") == 0)
		in->shape.variables.secure_boot = TPM_SECURE_BOOT_ABSENT;
	else if (state && strcmp(state, "off") == 0)
		in->shape.variables.secure_boot = TPM_SECURE_BOOT_OFF;
	else if (state) {
		err_set(e, ERR_USAGE, "--secure-boot '%s', wanted absent or off", state);
		return err_hint(e,
			"absent: firmware without Secure Boot, as OVMF.fd of Debian 13; off: firmware that could");
	}
	for (size_t i = 0; (given = verb_nth(args, "--variable", i)); i++) {
		struct str name, path;
		size_t k = 0;

		str_cut(str_of(given), '=', &name, &path);
		while (k < ARRAY_LEN(variables) && !str_is(name, variables[k].name))
			k++;
		if (k == ARRAY_LEN(variables) || !path.n)
			return err_set(e, ERR_USAGE,
				"--variable '%s', wanted PK=FILE, KEK=FILE, db=FILE or dbx=FILE",
				given);
		if (!read_into(in, variables[k].place, variables[k].name, path.p, e))
			return false;
	}
	in->shape.variables.pk = bytes_of(in, TDX_FILE_PK);
	in->shape.variables.kek = bytes_of(in, TDX_FILE_KEK);
	in->shape.variables.db = bytes_of(in, TDX_FILE_DB);
	in->shape.variables.dbx = bytes_of(in, TDX_FILE_DBX);
	return true;
}

static bool read_boot_variables(struct tdx_inputs *in, const struct verb_args *args, struct err *e)
{
	const char *path;
	size_t i;

	for (i = 0; (path = verb_nth(args, "--boot-variable", i)); i++) {
		if (i == TDX_INPUTS_LIST_MAX)
			return err_set(
				e, ERR_LIMIT, "more than %d boot variables", TDX_INPUTS_LIST_MAX);
		in->boot_variables[i].name = i ? "boot option" : "BootOrder";
		if (!file_read(AT_FDCWD, path, VARIABLE_MAX, &in->boot_variables[i].bytes, e))
			return false;
		in->boot_contents[i] = buf_span(&in->boot_variables[i].bytes);
	}
	in->shape.boot_variables = in->boot_contents;
	in->shape.n_boot_variables = i;
	return true;
}

/* 96 digits are a digest as it is extended; all else is a file that is hashed. */
static bool read_applications(struct tdx_inputs *in, const struct verb_args *args, struct err *e)
{
	const char *given;
	size_t i;

	for (i = 0; (given = verb_nth(args, "--rtmr3", i)); i++) {
		CLEANUP(buf_done) struct buf content = { 0 };
		struct digest *d;

		if (i == TDX_INPUTS_LIST_MAX)
			return err_set(
				e, ERR_LIMIT, "more than %d events of RTMR 3", TDX_INPUTS_LIST_MAX);
		d = &in->applications[i];
		d->alg = DIGEST_SHA384;
		if (hex_read(str_of(given), d->bytes, SHA384_SIZE))
			continue;
		if (!file_read(AT_FDCWD, given, FILE_MAX, &content, e))
			return err_hint(e,
				"--rtmr3 wants a file, or a SHA-384 in %d lower-case digits",
				2 * SHA384_SIZE);
		*d = digest_of(DIGEST_SHA384, buf_span(&content));
	}
	in->shape.applications = in->applications;
	in->shape.n_applications = i;
	return true;
}

static bool read_disk(struct tdx_inputs *in, const char *path, struct err *e)
{
	CLEANUP(file_closep) int fd = -1;
	uint8_t start[PARTITION_TABLE_DISK_START];
	struct tdx_inputs_file *f = &in->files[TDX_FILE_DISK];

	fd = file_open(AT_FDCWD, path, e);
	if (fd < 0 || !file_pread(fd, start, sizeof start, 0, path, e))
		return false;
	f->name = "disk's first 17408 bytes";
	f->bytes = buf_init(sizeof start);
	buf_add(&f->bytes, start, sizeof start);
	in->gpt = buf_init(PARTITION_TABLE_EVENT_MAX);
	if (!partition_table_event(&in->gpt, SPAN_OF(start), e))
		return err_wrap(e, "'%s'", path);
	in->shape.gpt = buf_span(&in->gpt);
	return true;
}

/* What boots: together with what it needs and nothing else. */
static bool check_boot(const struct verb_args *args, struct err *e)
{
	bool kernel = verb_value(args, "--kernel"), uki = verb_value(args, "--uki");

	if (!kernel && (verb_value(args, "--initrd") || verb_value(args, "--append"))) {
		err_set(e, ERR_USAGE,
			"--initrd and --append belong to --kernel, which is not given");
		return err_hint(e, "give --kernel FILE, as it is given to QEMU");
	}
	if (uki != (verb_value(args, "--disk") != NULL)) {
		err_set(e, ERR_USAGE, "--uki and --disk belong together: RTMR 1 covers both");
		return err_hint(
			e, "give the disk that holds the UKI; 17 KiB of its start are read");
	}
	return !kernel || !uki ||
	       err_set(e, ERR_USAGE,
		       "a TD boots a kernel given to QEMU or a UKI from a disk, not both");
}

/* Loader and root pointer follow from the tables where they are not given. */
static bool complete_acpi(struct tdx_inputs *in, struct err *e)
{
	struct tdx_inputs_file *loader = &in->files[TDX_FILE_ACPI_LOADER];
	struct tdx_inputs_file *rsdp = &in->files[TDX_FILE_ACPI_RSDP];
	struct span tables = bytes_of(in, TDX_FILE_ACPI_TABLES);

	if (!tables.n && !loader->bytes.n && !rsdp->bytes.n)
		return true;
	if (!tables.n || !loader->bytes.n != !rsdp->bytes.n) {
		err_set(e, ERR_USAGE,
			"wanted --acpi-tables alone, or with --acpi-rsdp and --acpi-loader");
		return err_hint(e, "without the two they are made of the tables");
	}
	if (!in->acpi_from)
		in->acpi_from = loader->bytes.n ? "files" : "tables";
	if (!loader->bytes.n) {
		loader->bytes = buf_init(ACPI_LOADER_SIZE);
		rsdp->bytes = buf_init(ACPI_LOADER_RSDP_SIZE);
		loader->name = files[TDX_FILE_ACPI_LOADER].name;
		rsdp->name = files[TDX_FILE_ACPI_RSDP].name;
		if (!acpi_loader(&loader->bytes, &rsdp->bytes, tables, e))
			return err_wrap(e, "--acpi-tables");
	}
	in->shape.acpi = (struct tdx_acpi){ .loader = bytes_of(in, TDX_FILE_ACPI_LOADER),
		.rsdp = bytes_of(in, TDX_FILE_ACPI_RSDP),
		.tables = tables };
	return true;
}

static bool read_numbers(struct tdx_inputs *in, const struct verb_args *args, struct err *e)
{
	const char *memory = verb_value(args, "--memory"), *qemu = verb_value(args, "--qemu");
	const char *vcpus = verb_value(args, "--vcpus"), *edk2 = verb_value(args, "--edk2");
	uint64_t n = 1;

	in->edk2 = edk2;
	if (edk2 && !tdx_release_separator(&in->shape.separator, str_of(edk2), e))
		return err_wrap(e, "--edk2");
	if (memory && !read_memory(&in->shape.memory, memory, e))
		return false;
	if (vcpus && (!str_u64(str_of(vcpus), &n, VCPUS_MAX) || !n))
		return err_set(e, ERR_USAGE, "--vcpus '%s', wanted 1 to %d", vcpus, VCPUS_MAX);
	in->vcpus = (unsigned)n;
	if (qemu && strlen(qemu) >= sizeof in->qemu)
		return err_set(e, ERR_USAGE, "--qemu '%.60s' is no version", qemu);
	if (qemu && !linux_setup_qemu_read(&in->shape.qemu, str_of(qemu), e))
		return false;
	if (qemu)
		memcpy(in->qemu, qemu, strlen(qemu) + 1);
	return true;
}

bool tdx_inputs_read(struct tdx_inputs *ret, const struct verb_args *args, struct err *e)
{
	const char *disk = verb_value(args, "--disk");
	struct tdx_shape_in *s = &ret->shape;

	*ret = (struct tdx_inputs){ .vcpus = 1 };
	if (!verb_value(args, "--firmware")) {
		err_set(e, ERR_USAGE, "--firmware is needed: the image that the TD starts with");
		return err_hint(e, "for example --firmware OVMF.fd");
	}
	if (!check_boot(args, e) || !read_numbers(ret, args, e) || !read_files(ret, args, e) ||
		!read_secure_boot(ret, args, e) || !read_boot_variables(ret, args, e) ||
		!read_applications(ret, args, e) || (disk && !read_disk(ret, disk, e)) ||
		!tdx_acpi_capture(ret, args, e) || !complete_acpi(ret, e))
		return false;
	s->firmware = bytes_of(ret, TDX_FILE_FIRMWARE);
	s->kernel = bytes_of(ret, TDX_FILE_KERNEL);
	s->initrd = bytes_of(ret, TDX_FILE_INITRD);
	s->uki = bytes_of(ret, TDX_FILE_UKI);
	s->command_line = str_of(verb_value(args, "--append"));
	s->passes = verb_flag(args, "--two-pass") ? TDX_TWO_PASS : TDX_SINGLE_PASS;
	s->stubs_measure = verb_flag(args, "--kernel-measures");
	return true;
}

void tdx_inputs_done(struct tdx_inputs *in)
{
	for (size_t i = 0; i < TDX_FILES; i++)
		buf_done(&in->files[i].bytes);
	for (size_t i = 0; i < TDX_INPUTS_LIST_MAX; i++)
		buf_done(&in->boot_variables[i].bytes);
	buf_done(&in->gpt);
}

bool tdx_inputs_save(const struct tdx_inputs *in, const struct verb_args *args, struct err *e)
{
	static const struct {
		enum tdx_inputs_place place;
		const char *name;
	} saved[] = {
		{ TDX_FILE_ACPI_LOADER, "table-loader" },
		{ TDX_FILE_ACPI_RSDP, "rsdp" },
		{ TDX_FILE_ACPI_TABLES, "tables" },
	};
	const char *folder = verb_value(args, "--acpi-save");
	CLEANUP(file_closep) int fd = -1;

	if (!folder)
		return true;
	if (!in->acpi_from) {
		err_set(e, ERR_USAGE, "--acpi-save has no ACPI files to keep");
		return err_hint(e, "give --acpi-from-qemu");
	}
	if (!file_mkdirs(AT_FDCWD, folder, e))
		return false;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_os(e, "cannot open '%s'", folder);
	for (size_t i = 0; i < ARRAY_LEN(saved); i++)
		if (!file_replace(fd, saved[i].name, bytes_of(in, saved[i].place), 0644, e))
			return false;
	return true;
}

static void put_file(struct json_out *w, const struct tdx_inputs_file *f)
{
	uint8_t sha256[SHA256_SIZE];

	if (!f->bytes.n)
		return;
	sha256_of(sha256, buf_span(&f->bytes));
	json_object(w);
	json_put_cstr(w, "name", f->name);
	json_put_uint(w, "size", f->bytes.n);
	json_put_hex(w, "sha256", SPAN_OF(sha256));
	json_end_object(w);
}

void tdx_inputs_json(struct json_out *w, const struct tdx_inputs *in)
{
	const struct tdx_shape_in *s = &in->shape;

	json_put_cstr(w, "passes", s->passes == TDX_TWO_PASS ? "two" : "single");
	if (s->memory)
		json_put_uint(w, "memory", s->memory);
	if (in->edk2)
		json_put_cstr(w, "edk2", in->edk2);
	if (in->qemu[0])
		json_put_cstr(w, "qemu", in->qemu);
	json_put_cstr(w, "secure-boot", tpm_secure_boot_name(s->variables.secure_boot));
	if (in->acpi_from)
		json_put_cstr(w, "acpi-from", in->acpi_from);
	if (in->acpi_from && strcmp(in->acpi_from, "qemu") == 0)
		json_put_uint(w, "vcpus", in->vcpus);
	if (s->kernel.n)
		json_put_str(w, "command-line", s->command_line);
	json_key(w, "inputs");
	json_array(w);
	for (size_t i = 0; i < TDX_FILES; i++)
		put_file(w, &in->files[i]);
	for (size_t i = 0; i < s->n_boot_variables; i++)
		put_file(w, &in->boot_variables[i]);
	json_end_array(w);
}
