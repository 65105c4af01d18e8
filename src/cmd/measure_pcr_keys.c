#include "cmd/measure_pcr_keys.h"

#include "measure/linux_setup.h"
#include "measure/signature_list.h"
#include "trust/certificate.h"
#include "base/banned.h"

enum { GUID_TEXT = 36, TAG_SEQUENCE = 0x30, MEMORY_MAX = 1 << 24, ANY_MEMORY = 1 << 30 };

static bool is_certificate(struct span file)
{
	static const char pem[] = "-----BEGIN CERTIFICATE-----";

	return (file.n && file.p[0] == TAG_SEQUENCE) ||
	       str_starts(str_make((const char *)file.p, file.n), pem);
}

/* "GUID:FILE" to both; a file alone has no owner. */
static bool split_owner(const char **path, uint8_t owner[static SIGNATURE_LIST_GUID], bool *has,
	const char *value, struct err *e)
{
	struct str text = str_of(value);

	*path = value;
	*has = text.n > GUID_TEXT && value[GUID_TEXT] == ':' && value[8] == '-';
	if (!*has)
		return true;
	*path = value + GUID_TEXT + 1;
	return signature_list_owner(owner, str_make(value, GUID_TEXT), e);
}

static bool put_certificate(struct buf *out, const uint8_t owner[static SIGNATURE_LIST_GUID],
	struct span file, struct err *e)
{
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	CLEANUP(buf_done) struct buf der = buf_init(CERTIFICATE_SIZE_MAX);

	if (!certificate_of_file(&c, file, e))
		return false;
	certificate_put(&der, c);
	if (!buf_ok(&der))
		return buf_full(&der, "a certificate", e);
	signature_list_put(out, owner, buf_span(&der));
	return true;
}

/* One file of a variable: lists as they are, a certificate as a list of its own. */
static bool add_file(struct buf *out, struct measure_pcr *m, const char *option, const char *value,
	struct err *e)
{
	uint8_t owner[SIGNATURE_LIST_GUID];
	struct signature_list list;
	const char *path = NULL;
	struct span file;
	bool has = false;

	if (!split_owner(&path, owner, &has, value, e))
		return err_wrap(e, "%s", option);
	if (!measure_pcr_file(&file, m, option, path, e))
		return false;
	if (is_certificate(file)) {
		if (has)
			return put_certificate(out, owner, file, e) || err_wrap(e, "'%s'", path);
		return err_set(e, ERR_USAGE, "the certificate '%s' has no owner", path) ||
		       err_hint(e, "%s GUID:%s, with the GUID under which it is enrolled", option,
			       path);
	}
	if (has)
		return err_set(e, ERR_USAGE,
			"'%s' is no certificate: lists of signatures name their owners themselves",
			path);
	if (!signature_list_parse(&list, file, m->a, e))
		return err_wrap(e, "'%s'", path) ||
		       err_hint(e,
			       "wanted EFI_SIGNATURE_LISTs, as efi-readvar -o or cert-to-efi-sig-list "
			       "write them, or a certificate");
	buf_add(out, file.p, file.n);
	return true;
}

static bool load_variable(struct span *ret, struct measure_pcr *m, const struct verb_args *args,
	const char *option, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(SIGNATURE_LIST_SIZE_MAX);
	const char *value;
	struct str kept;

	for (size_t i = 0; (value = verb_nth(args, option, i)); i++)
		if (!add_file(&b, m, option, value, e))
			return false;
	if (!buf_ok(&b))
		return buf_full(&b, option, e);
	if (!b.n)
		return true;
	kept = arena_str(m->a, buf_str(&b));
	if (!kept.p)
		return arena_full(m->a, e);
	*ret = str_span(kept);
	return true;
}

/* From --secure-boot, else from the firmware's release; NitroTPM has it on where a PK is enrolled. */
static bool find_state(enum tpm_secure_boot *ret, const struct measure_pcr *m, bool has_pk,
	const struct verb_args *args, struct err *e)
{
	const char *named = verb_value(args, "--secure-boot");
	const char *version = verb_value(args, "--firmware-version");

	if (named) {
		*ret = tpm_secure_boot_named(str_of(named));
		return *ret != TPM_SECURE_BOOT_UNKNOWN ||
		       err_set(e, ERR_USAGE, "--secure-boot is '%s', want absent, off or on",
			       named);
	}
	if (has_pk || m->is_nitro) {
		*ret = has_pk ? TPM_SECURE_BOOT_ON : TPM_SECURE_BOOT_OFF;
		return true;
	}
	if (version)
		return tpm_secure_boot_of(ret, str_of(version), e);
	return err_set(e, ERR_USAGE, "the firmware's state of Secure Boot is not known") ||
	       err_hint(
		       e, "give --firmware-version (of Debian's ovmf), --secure-boot, or the keys");
}

bool measure_pcr_variables(struct measure_pcr *m, const struct verb_args *args, struct err *e)
{
	struct tpm_variables v = { 0 };

	if (!load_variable(&v.pk, m, args, "--pk", e) ||
		!load_variable(&v.kek, m, args, "--kek", e) ||
		!load_variable(&v.db, m, args, "--db", e) ||
		!load_variable(&v.dbx, m, args, "--dbx", e) ||
		!find_state(&v.secure_boot, m, v.pk.n != 0, args, e))
		return false;
	if (v.secure_boot == TPM_SECURE_BOOT_ON && (!v.pk.n || !v.db.n))
		return err_set(e, ERR_USAGE, "Secure Boot is on, but %s is not given",
			       v.pk.n ? "db" : "PK") ||
		       err_hint(e, "give --pk, --kek and --db as they are enrolled");
	m->boot.variables = v;
	m->direct.variables = v;
	return true;
}

/* Bytes of "1024" (MiB), "512M", "4G". */
static bool read_memory(uint64_t *ret, const char *text, struct err *e)
{
	struct str s = str_of(text);
	uint64_t unit = 1 << 20, n;

	if (str_ends(s, "G") || str_ends(s, "M")) {
		unit = str_ends(s, "G") ? 1 << 30 : 1 << 20;
		s.n--;
	}
	if (!str_u64(s, &n, MEMORY_MAX) || !n)
		return err_set(e, ERR_USAGE, "--memory is '%s', want MiB, or 4G", text);
	*ret = n * unit;
	return true;
}

/* QEMU writes into the kernel's header where the initrd would lie, and that depends on the memory. */
static bool as_qemu_gives_it(
	struct measure_pcr *m, struct span kernel, const struct verb_args *args, struct err *e)
{
	const char *memory = verb_value(args, "--memory");
	uint64_t bytes = ANY_MEMORY;

	if (m->direct.initrd.n && !memory)
		return err_set(e, ERR_USAGE, "the machine's memory is not known") ||
		       err_hint(e, "give --memory as QEMU's -m has it: where QEMU would put the "
				   "initrd is measured");
	if (memory && !read_memory(&bytes, memory, e))
		return false;
	return linux_setup_patch(&m->direct.kernel, kernel, m->direct.initrd.n, bytes,
		m->direct.command_line, m->a, e);
}

bool measure_pcr_kernel(struct measure_pcr *m, const struct verb_args *args, struct err *e)
{
	const char *line = verb_value(args, "--append"), *initrd = verb_value(args, "--initrd");
	const char *path = verb_value(args, "--kernel");
	struct span kernel;

	m->direct.command_line = str_of(line ? line : "");
	if (!measure_pcr_file(&kernel, m, "--kernel", path, e) ||
		(initrd && !measure_pcr_file(&m->direct.initrd, m, "--initrd", initrd, e)))
		return false;
	return as_qemu_gives_it(m, kernel, args, e) || err_wrap(e, "'%s'", path);
}
