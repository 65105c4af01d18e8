#include "measure/tpm_sidecar.h"

#include <string.h>

#include "base/buf.h"
#include "codec/pe.h"
#include "measure/tpm_firmware.h"
#include "measure/tpm_initrd.h"
#include "measure/tpm_kernel.h"
#include "base/banned.h"

enum { HEADERS_MAX = 1 << 17 };

static const char rule_line[] = "systemd-stub: command lines of addons, in UTF-16LE with NUL";
static const char rule_archive[] = "systemd-stub: cpio archive of the files";

/* The archive of each kind; addons have none. */
static const struct archive {
	const char *folder;
	unsigned folder_mode, file_mode, reg;
	const char *what;
} archives[TPM_SIDECAR_KINDS] = {
	[TPM_SIDECAR_CREDENTIAL] = { ".extra/credentials", 0500, 0400, 12, "credentials" },
	[TPM_SIDECAR_CREDENTIAL_FOR_ALL] = { ".extra/global_credentials", 0500, 0400, 12,
		"credentials for all images" },
	[TPM_SIDECAR_SYSEXT] = { ".extra/sysext", 0555, 0444, 13, "system extensions" },
	[TPM_SIDECAR_CONFEXT] = { ".extra/confext", 0555, 0444, 12, "configuration extensions" },
};

static bool is_addon(const struct tpm_sidecar *s)
{
	return s->kind == TPM_SIDECAR_ADDON || s->kind == TPM_SIDECAR_ADDON_FOR_ALL;
}

/* The stub does not tell upper from lower case in the ends of names. */
static bool ends_as(struct str name, const char *end)
{
	size_t n = strlen(end);

	if (name.n <= n)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = name.p[name.n - n + i];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (c != end[i])
			return false;
	}
	return true;
}

static bool check_name(struct str name, struct err *e)
{
	bool plain = name.n && name.n <= TPM_SIDECAR_NAME_MAX && name.p[0] != '.';

	for (size_t i = 0; i < name.n; i++)
		plain = plain && name.p[i] >= ' ' && name.p[i] <= '~' && name.p[i] != '/';
	return plain ||
	       err_set(e, ERR_USAGE,
		       "the stub ignores a file called '%.*s': wanted up to %d characters of ASCII",
		       STR_ARG(name), TPM_SIDECAR_NAME_MAX);
}

bool tpm_sidecar_kind_of(enum tpm_sidecar_kind *ret, struct str name, bool for_all, struct err *e)
{
	if (!check_name(name, e))
		return false;
	if (ends_as(name, ".cred"))
		*ret = for_all ? TPM_SIDECAR_CREDENTIAL_FOR_ALL : TPM_SIDECAR_CREDENTIAL;
	else if (ends_as(name, ".addon.efi"))
		*ret = for_all ? TPM_SIDECAR_ADDON_FOR_ALL : TPM_SIDECAR_ADDON;
	else if (!for_all && ends_as(name, ".confext.raw"))
		*ret = TPM_SIDECAR_CONFEXT;
	else if (!for_all && ends_as(name, ".raw"))
		*ret = TPM_SIDECAR_SYSEXT;
	else
		return err_set(e, ERR_USAGE, "the stub ignores a file called '%.*s' there",
			       STR_ARG(name)) ||
		       err_hint(e, "it takes *.cred and *.addon.efi, beside its image *.raw, too");
	return true;
}

/* Kinds in the order of measuring, then names bytewise, which no two files share. */
static int compare(const struct tpm_sidecar *x, const struct tpm_sidecar *y)
{
	return x->kind != y->kind ? (int)x->kind - (int)y->kind : str_compare(x->name, y->name);
}

static void sort(struct tpm_sidecar *files, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		struct tpm_sidecar one = files[i];
		size_t k = i;

		for (; k && compare(&files[k - 1], &one) > 0; k--)
			files[k] = files[k - 1];
		files[k] = one;
	}
}

static bool check_files(
	const struct tpm_stub *stub, const struct tpm_sidecar *files, size_t n, struct err *e)
{
	unsigned major = stub->version.major;

	if (n > TPM_SIDECAR_FILES_MAX)
		return err_set(
			e, ERR_LIMIT, "more than %d files beside the image", TPM_SIDECAR_FILES_MAX);
	if (n && major != 252 && major != 257)
		return err_set(e, ERR_USAGE,
			       "no rules for files beside an image of systemd-stub %.*s",
			       STR_ARG(stub->version.text)) ||
		       err_hint(e, "they are known for 252 and 257");
	for (size_t i = 0; i < n; i++) {
		if (i && compare(&files[i - 1], &files[i]) == 0)
			return err_set(e, ERR_USAGE, "two files beside the image are called '%.*s'",
				STR_ARG(files[i].name));
		if (major == 252 && (is_addon(&files[i]) || files[i].kind == TPM_SIDECAR_CONFEXT))
			return err_set(e, ERR_USAGE, "systemd-stub 252 does not know '%.*s'",
				STR_ARG(files[i].name));
	}
	return true;
}

/* The command line of an addon that brings nothing else. */
static bool read_addon(
	struct str *ret, const struct tpm_stub *stub, const struct tpm_sidecar *s, struct err *e)
{
	static const char *const others[] = { ".linux", ".initrd", ".ucode", ".dtb", ".dtbauto",
		".hwids", ".efifw", ".profile" };
	const struct pe_section *line, *release;
	struct span bytes = { 0 };
	struct pe pe;

	if (!pe_parse(&pe, s->content, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(others); i++)
		if (pe_section(&pe, others[i]))
			return err_set(
				e, ERR_USAGE, "no rules for an addon with section %s", others[i]);
	release = pe_section(&pe, ".uname");
	if (release && (!pe_section_bytes(&bytes, release, e) ||
			       !span_equal(bytes, stub->sections[TPM_STUB_UNAME])))
		return err_set(
			e, ERR_USAGE, "the addon is for another kernel: the stub ignores it");
	line = pe_section(&pe, ".cmdline");
	if (!line)
		return err_set(e, ERR_NOTFOUND, "the addon has no section .cmdline");
	if (!pe_section_bytes(&bytes, line, e))
		return false;
	*ret = str_make((const char *)bytes.p, bytes.n);
	return tpm_kernel_line_check(*ret, e);
}

static bool join_lines(struct tpm_stub *stub, const struct tpm_sidecar *files, size_t n,
	struct arena *a, struct err *e)
{
	struct str all = { 0 };

	for (size_t i = 0; i < n; i++) {
		struct str one;

		if (!is_addon(&files[i]))
			continue;
		if (!read_addon(&one, stub, &files[i], e))
			return err_wrap(e, "'%.*s'", STR_ARG(files[i].name));
		all = all.n ? arena_printf(a, "%.*s %.*s", STR_ARG(all), STR_ARG(one)) : one;
		if (!all.p)
			return arena_full(a, e);
	}
	stub->added_command_line = all;
	return !all.n || tpm_kernel_line_check(all, e);
}

/* The files from *at on that are of the same kind, as one archive in the stub. */
static bool pack(struct tpm_stub *stub, const struct tpm_sidecar *files, size_t n, struct arena *a,
	struct err *e)
{
	const struct archive *kind = &archives[files[0].kind];
	CLEANUP(buf_done) struct buf b = buf_init(TPM_SIDECAR_SIZE_MAX + HEADERS_MAX);
	struct tpm_initrd_file list[TPM_SIDECAR_FILES_MAX];
	struct str kept;

	for (size_t i = 0; i < n; i++)
		list[i] = (struct tpm_initrd_file){ files[i].name, files[i].content };
	tpm_initrd_pack(&b, kind->folder, kind->folder_mode, kind->file_mode, list, n);
	if (!buf_ok(&b))
		return buf_full(&b, kind->what, e);
	kept = arena_str(a, buf_str(&b));
	if (!kept.p)
		return arena_full(a, e);
	stub->archives[stub->n_archives++] = str_span(kept);
	return true;
}

static size_t run_of(const struct tpm_sidecar *files, size_t n)
{
	size_t k = 1;

	while (k < n && files[k].kind == files[0].kind)
		k++;
	return k;
}

bool tpm_sidecar_prepare(
	struct tpm_stub *stub, struct tpm_sidecar *files, size_t n, struct arena *a, struct err *e)
{
	struct tpm_stub s = *stub;

	if (n > TPM_SIDECAR_FILES_MAX)
		return err_set(
			e, ERR_LIMIT, "more than %d files beside the image", TPM_SIDECAR_FILES_MAX);
	sort(files, n);
	if (!check_files(&s, files, n, e) || !join_lines(&s, files, n, a, e))
		return false;
	for (size_t i = 0, k; i < n; i += k) {
		k = run_of(files + i, n - i);
		if (archives[files[i].kind].folder && !pack(&s, files + i, k, a, e))
			return false;
	}
	*stub = s;
	return true;
}

bool tpm_sidecar_addons(struct event_list *to, const struct tpm_sidecar *files, size_t n,
	struct tpm_authority *authority, struct err *e)
{
	for (size_t i = 0; i < n; i++) {
		struct pe pe;

		if (!is_addon(&files[i]))
			continue;
		if (!pe_parse(&pe, files[i].content, e) ||
			(authority && !tpm_authority_add(to, authority, &pe, "addon", e)))
			return err_wrap(e, "'%.*s'", STR_ARG(files[i].name));
		if (!tpm_firmware_application(
			    to, &pe, "addon", TPM_FIRMWARE_APPLICATION, files[i].name, e))
			return false;
	}
	return true;
}

static bool add_line(struct event_list *to, const struct tpm_stub *stub, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(2 * (TPM_KERNEL_LINE_MAX + 1));

	if (!stub->added_command_line.n)
		return true;
	tpm_kernel_options(&b, stub->added_command_line);
	return event_list_add(to, 12, EV_IPL, buf_span(&b), "command line of addons", rule_line,
		STR("addons"), stub->added_command_line, e);
}

bool tpm_sidecar_events(struct event_list *to, const struct tpm_stub *stub,
	const struct tpm_sidecar *files, size_t n, struct err *e)
{
	size_t archive = 0;

	if (!add_line(to, stub, e))
		return false;
	for (size_t i = 0; i < n; i += run_of(files + i, n - i)) {
		const struct archive *kind = &archives[files[i].kind];

		if (!kind->folder)
			continue;
		if (!event_list_add(to, kind->reg, EV_IPL, stub->archives[archive++], kind->what,
			    rule_archive, files[i].name, STR(""), e))
			return false;
	}
	return true;
}
