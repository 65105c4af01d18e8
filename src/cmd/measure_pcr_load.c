#include "cmd/measure_pcr_load.h"

#include <string.h>

#include "base/mem.h"
#include "cmd/measure_pcr_keys.h"
#include "measure/partition_table.h"
#include "measure/tpm_userspace.h"
#include "sys/file.h"
#include "base/banned.h"

enum { FILE_MAX = 1 << 30, ARENA_MAX = 1 << 30, BANKS = 4 };

void measure_pcr_done(struct measure_pcr *m)
{
	for (size_t i = 0; i < m->n_files; i++)
		buf_done(&m->files[i].bytes);
	mem_free(&m->files);
	arena_free(m->a);
}

/* A place in the list of files. */
static bool new_file(struct measure_pcr_file **ret, struct measure_pcr *m, const char *option,
	const char *path, struct err *e)
{
	if (m->n_files == MEASURE_PCR_FILES_MAX)
		return err_set(e, ERR_LIMIT, "more than %d files", MEASURE_PCR_FILES_MAX);
	*ret = &m->files[m->n_files];
	(*ret)->option = option;
	(*ret)->path = path;
	return true;
}

bool measure_pcr_file(struct span *ret, struct measure_pcr *m, const char *option, const char *path,
	struct err *e)
{
	struct measure_pcr_file *f;

	if (!new_file(&f, m, option, path, e) || !file_read(AT_FDCWD, path, FILE_MAX, &f->bytes, e))
		return false;
	m->n_files++;
	sha256_of(f->sha256, buf_span(&f->bytes));
	*ret = buf_span(&f->bytes);
	if (!ret->p)
		ret->p = (const uint8_t *)"";
	return true;
}

/* The file of an option, where it is given. */
static bool optional(struct span *ret, struct measure_pcr *m, const struct verb_args *args,
	const char *option, struct err *e)
{
	const char *path = verb_value(args, option);

	return !path || measure_pcr_file(ret, m, option, path, e);
}

/* Of the disk only what its event holds is read, and that is what the list of inputs names. */
static bool load_disk(struct measure_pcr *m, const struct verb_args *args, struct err *e)
{
	const char *path = verb_value(args, "--disk");
	uint8_t start[PARTITION_TABLE_DISK_START];
	CLEANUP(file_closep) int fd = -1;
	struct measure_pcr_file *f;

	m->boot.no_disk = !path;
	if (!path)
		return true;
	fd = file_open(AT_FDCWD, path, e);
	if (fd < 0 || !file_pread(fd, start, sizeof start, 0, path, e) ||
		!new_file(&f, m, "--disk", path, e))
		return false;
	f->bytes = buf_init(PARTITION_TABLE_EVENT_MAX);
	m->n_files++;
	if (!partition_table_event(&f->bytes, SPAN_OF(start), e))
		return err_wrap(e, "'%s'", path);
	sha256_of(f->sha256, buf_span(&f->bytes));
	m->boot.gpt = buf_span(&f->bytes);
	m->has_disk = true;
	return true;
}

static struct str base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return str_of(slash ? slash + 1 : path);
}

static bool load_beside(struct measure_pcr *m, const struct verb_args *args, const char *option,
	bool for_all, struct err *e)
{
	const char *path;

	for (size_t i = 0; (path = verb_nth(args, option, i)); i++) {
		struct tpm_sidecar s = { .name = base_name(path) };

		if (m->boot.n_sidecars == TPM_SIDECAR_FILES_MAX)
			return err_set(e, ERR_LIMIT, "more than %d files beside the image",
				TPM_SIDECAR_FILES_MAX);
		if (!tpm_sidecar_kind_of(&s.kind, s.name, for_all, e) ||
			!measure_pcr_file(&s.content, m, option, path, e))
			return false;
		m->boot.sidecars[m->boot.n_sidecars++] = s;
	}
	return true;
}

static bool load_banks(struct measure_pcr *m, const struct verb_args *args, struct err *e)
{
	const char *name;

	m->n_banks = 0;
	for (size_t i = 0; (name = verb_nth(args, "--bank", i)); i++) {
		enum digest_alg alg = digest_from_name(str_of(name));

		for (size_t k = 0; k < m->n_banks; k++)
			if (m->banks[k] == alg)
				alg = DIGEST_NONE;
		if (alg == DIGEST_NONE || m->n_banks == BANKS)
			return err_set(e, ERR_USAGE,
				"--bank is '%s', want sha1, sha256, sha384 or sha512, each once",
				name);
		m->banks[m->n_banks++] = alg;
	}
	if (!m->n_banks)
		m->banks[m->n_banks++] = m->is_nitro ? DIGEST_SHA384 : DIGEST_SHA256;
	return true;
}

static bool load_platform(struct measure_pcr *m, const struct verb_args *args, struct err *e)
{
	const char *name = verb_value(args, "--platform");

	m->is_nitro = name && strcmp(name, "nitro-tpm") == 0;
	if (!name || m->is_nitro || strcmp(name, "qemu") == 0)
		return true;
	return err_set(e, ERR_USAGE, "--platform is '%s', want qemu or nitro-tpm", name);
}

/* The words that belong to the other way of booting. */
static bool refuse(
	const struct verb_args *args, const char *with, const char *const options[], struct err *e)
{
	for (size_t i = 0; options[i]; i++)
		if (verb_value(args, options[i]))
			return err_set(e, ERR_USAGE, "%s has no meaning with %s", options[i], with);
	return true;
}

static bool check_words(struct measure_pcr *m, const struct verb_args *args, struct err *e)
{
	static const char *const of_uki[] = { "--disk", "--loader", "--loader-conf", "--beside",
		"--for-all", "--phase", NULL };
	static const char *const of_kernel[] = { "--initrd", "--append", "--memory", NULL };
	static const char *const of_loader[] = { "--loader-conf", NULL };
	bool uki = verb_value(args, "--uki") != NULL;

	m->is_direct = verb_value(args, "--kernel") != NULL;
	if (uki == m->is_direct)
		return err_set(e, ERR_USAGE, "wanted one of --uki and --kernel: what is booted") ||
		       err_hint(e, "assay measure pcr --uki out/uki.efi --disk out/disk.img "
				   "--firmware-version 2025.02-8+deb13u1");
	if (m->is_direct)
		return refuse(args, "--kernel", of_uki, e);
	return refuse(args, "--uki", of_kernel, e) &&
	       (verb_value(args, "--loader") || refuse(args, "no --loader", of_loader, e));
}

static bool load_files(struct measure_pcr *m, const struct verb_args *args, struct err *e)
{
	if (m->is_direct)
		return measure_pcr_kernel(m, args, e);
	return optional(&m->boot.uki, m, args, "--uki", e) && load_disk(m, args, e) &&
	       optional(&m->boot.loader, m, args, "--loader", e) &&
	       optional(&m->boot.loader_conf, m, args, "--loader-conf", e) &&
	       load_beside(m, args, "--beside", false, e) &&
	       load_beside(m, args, "--for-all", true, e);
}

/* PCR 15: what systemd measures of this machine, in the order of its services. */
static bool add_userspace(struct measure_pcr *m, const struct verb_args *args, struct err *e)
{
	const char *id = verb_value(args, "--machine-id"), *words;

	m->has_pcr15 = id || verb_value(args, "--file-system");
	if (id && !tpm_userspace_machine_id(&m->predicted.events, str_of(id), e))
		return false;
	for (size_t i = 0; (words = verb_nth(args, "--file-system", i)); i++)
		if (!tpm_userspace_file_system(&m->predicted.events, str_of(words), e))
			return false;
	return true;
}

static bool predict(struct measure_pcr *m, struct err *e)
{
	if (m->is_direct)
		return tpm_pcr_direct(&m->predicted, &m->direct, m->banks, m->n_banks, m->a, e);
	return tpm_pcr_predict(&m->predicted, &m->boot, m->banks, m->n_banks, m->a, e);
}

bool measure_pcr_load(struct measure_pcr *ret, const struct verb_args *args, struct err *e)
{
	struct measure_pcr *m = ret;

	*m = (struct measure_pcr){ .a = arena_new(ARENA_MAX) };
	m->files = mem_array(MEASURE_PCR_FILES_MAX, sizeof *m->files);
	m->boot.sidecars = ARENA_ARRAY(m->a, TPM_SIDECAR_FILES_MAX, struct tpm_sidecar);
	if (!m->boot.sidecars)
		return arena_full(m->a, e);
	return check_words(m, args, e) && load_platform(m, args, e) && load_banks(m, args, e) &&
	       measure_pcr_variables(m, args, e) && load_files(m, args, e) && predict(m, e) &&
	       add_userspace(m, args, e);
}
