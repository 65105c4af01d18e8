#include "measure/tpm_stub.h"

#include <stdio.h>

#include "measure/tpm_firmware.h"
#include "base/banned.h"

enum { MAJOR_MAX = 9999, TEXT_MAX = 4096 };

static const char rule[] = "systemd-stub: section name with NUL, then content, in PCR 11";

static const char *const names[TPM_STUB_SECTIONS] = { ".linux", ".osrel", ".cmdline", ".initrd",
	".ucode", ".splash", ".dtb", ".uname", ".sbat", ".pcrsig", ".pcrpkey" };

/* Sections that some stub acts on and that have no rules here: an image with one is refused. */
static const char *const refused[] = { ".profile", ".dtbauto", ".hwids", ".efifw" };

#define BIT(section) (1u << TPM_STUB_##section)
#define SECTIONS_252                                                                     \
	(BIT(LINUX) | BIT(OSREL) | BIT(CMDLINE) | BIT(INITRD) | BIT(SPLASH) | BIT(DTB) | \
		BIT(PCRSIG) | BIT(PCRPKEY))
#define SECTIONS_254 (SECTIONS_252 | BIT(UNAME) | BIT(SBAT))
#define SECTIONS_257 (SECTIONS_254 | BIT(UCODE))

/* One row for each range of versions whose behaviour is known, from their sources and from measured boots. */
static const struct rules {
	unsigned first, last;
	unsigned sections; /* the stub knows them; it ignores all others */
	bool measures_kernel, osrel_in_initrd, initrd_known;
} rules[] = {
	{ 252, 252, SECTIONS_252, true, false, true },
	{ 254, 256, SECTIONS_254, true, false, true },
	{ 257, 257, SECTIONS_257, true, true, true },
	{ 258, 262, SECTIONS_257, false, true, false },
};

const char *tpm_stub_section_name(enum tpm_stub_section s)
{
	return names[s];
}

/* "#### LoaderInfo: PROGRAM VERSION ####" and NULs: the version. */
static bool read_magic(struct str *ret, struct span bytes, const char *program)
{
	struct str head = STR("#### LoaderInfo: "), tail = STR(" ####");
	struct str text = str_make((const char *)bytes.p, bytes.n);

	while (text.n && !text.p[text.n - 1])
		text.n--;
	if (!str_starts(text, head.p) || !str_ends(text, tail.p) || text.n < head.n + tail.n)
		return false;
	text = str_make(text.p + head.n, text.n - head.n - tail.n);
	if (!str_starts(text, program) || text.n <= strlen(program) ||
		text.p[strlen(program)] != ' ')
		return false;
	*ret = str_make(text.p + strlen(program) + 1, text.n - strlen(program) - 1);
	return true;
}

bool tpm_stub_version_of(
	struct tpm_stub_version *ret, const struct pe *pe, const char *program, struct err *e)
{
	const struct pe_section *s = pe_section(pe, ".sdmagic");
	struct tpm_stub_version v = { 0 };
	uint64_t major = 0;
	struct span bytes;
	size_t digits = 0;

	if (!s)
		return err_set(e, ERR_NOTFOUND,
			"there is no section .sdmagic: %s does not say its version", program);
	if (!pe_section_bytes(&bytes, s, e))
		return false;
	if (!read_magic(&v.text, bytes, program))
		return err_set(e, ERR_FORMAT, "section .sdmagic does not name a %s", program);
	for (size_t i = 0; i < v.text.n; i++)
		if (v.text.p[i] <= ' ' || v.text.p[i] > '~')
			return err_set(e, ERR_FORMAT,
				"section .sdmagic has a version with byte 0x%02x",
				(unsigned char)v.text.p[i]);
	while (digits < v.text.n && v.text.p[digits] >= '0' && v.text.p[digits] <= '9')
		digits++;
	if (!str_u64(str_make(v.text.p, digits), &major, MAJOR_MAX))
		return err_set(
			e, ERR_FORMAT, "section .sdmagic has version '%.*s'", STR_ARG(v.text));
	v.major = (unsigned)major;
	*ret = v;
	return true;
}

bool tpm_stub_version_read(struct tpm_stub_version *ret, const struct pe *uki, struct err *e)
{
	return tpm_stub_version_of(ret, uki, "systemd-stub", e) || err_wrap(e, "UKI");
}

static bool find_rules(const struct rules **ret, const struct tpm_stub_version *v, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(rules); i++)
		if (v->major >= rules[i].first && v->major <= rules[i].last) {
			*ret = &rules[i];
			return true;
		}
	err_set(e, ERR_USAGE, "no rules for systemd-stub %.*s", STR_ARG(v->text));
	return err_hint(e, "known are 252, 254 to 257, and 258 to 262 without PCR 9");
}

static bool becomes_file(unsigned i)
{
	return i == TPM_STUB_OSREL || i == TPM_STUB_PCRSIG || i == TPM_STUB_PCRPKEY;
}

static bool take_section(struct tpm_stub *s, const struct pe *uki, unsigned i, struct err *e)
{
	const struct pe_section *found = NULL;
	struct span bytes;

	for (size_t k = 0; k < uki->n_sections; k++) {
		if (!str_is(uki->sections[k].name, names[i]))
			continue;
		if (found)
			return err_set(e, ERR_FORMAT, "the UKI has section %s twice", names[i]);
		found = &uki->sections[k];
	}
	if (!found)
		return true;
	if (!pe_section_bytes(&bytes, found, e))
		return false;
	if (!bytes.n)
		return err_set(e, ERR_FORMAT, "the UKI's section %s is empty", names[i]);
	if (becomes_file(i) && bytes.n > TPM_STUB_FILE_MAX)
		return err_set(e, ERR_LIMIT, "the UKI's section %s has %zu bytes, limit %d",
			names[i], bytes.n, TPM_STUB_FILE_MAX);
	s->sections[i] = bytes;
	return true;
}

static bool refuse_sections(const struct pe *uki, const struct rules *r, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(refused); i++)
		if (pe_section(uki, refused[i]))
			return err_set(
				e, ERR_USAGE, "no rules for a UKI with section %s", refused[i]);
	/* 256 was not seen with one, and its first releases differ. */
	if (!(r->sections & BIT(UCODE)) && pe_section(uki, ".ucode"))
		return err_set(e, ERR_USAGE, "no rules for section .ucode with this stub");
	return true;
}

bool tpm_stub_read(struct tpm_stub *ret, const struct pe *uki, struct err *e)
{
	struct tpm_stub s = { 0 };
	const struct rules *r;

	if (!tpm_stub_version_read(&s.version, uki, e) || !find_rules(&r, &s.version, e) ||
		!refuse_sections(uki, r, e))
		return false;
	for (unsigned i = 0; i < TPM_STUB_SECTIONS; i++)
		if (r->sections & 1u << i && !take_section(&s, uki, i, e))
			return false;
	if (!s.sections[TPM_STUB_LINUX].n)
		return err_set(e, ERR_NOTFOUND, "the UKI has no section .linux");
	if (!s.sections[TPM_STUB_CMDLINE].n)
		return err_set(e, ERR_NOTFOUND,
			"the UKI has no section .cmdline: its stub would take any command line");
	s.measures_kernel = r->measures_kernel;
	s.osrel_in_initrd = r->osrel_in_initrd;
	s.initrd_known = r->initrd_known;
	*ret = s;
	return true;
}

static struct str section_origin(const struct tpm_origins *from, unsigned i)
{
	static const char *const plain[TPM_STUB_SECTIONS] = { "uki.efi, section .linux",
		"uki.efi, section .osrel", "uki.efi, section .cmdline", "uki.efi, section .initrd",
		"uki.efi, section .ucode", "uki.efi, section .splash", "uki.efi, section .dtb",
		"uki.efi, section .uname", "uki.efi, section .sbat", "uki.efi, section .pcrsig",
		"uki.efi, section .pcrpkey" };
	struct str given = { 0 };

	if (i == TPM_STUB_LINUX)
		given = from->kernel;
	else if (i == TPM_STUB_OSREL)
		given = from->os_release;
	else if (i == TPM_STUB_CMDLINE)
		given = from->command_line;
	else if (i == TPM_STUB_INITRD)
		given = from->initrd;
	return given.n ? given : str_of(plain[i]);
}

/* Content that can be shown as it stands: one line of printable ASCII. */
static struct str section_text(unsigned i, struct span content)
{
	if ((i != TPM_STUB_CMDLINE && i != TPM_STUB_UNAME) || content.n > TEXT_MAX)
		return STR("");
	for (size_t k = 0; k < content.n; k++)
		if (content.p[k] < ' ' || content.p[k] > '~')
			return STR("");
	return str_make((const char *)content.p, content.n);
}

bool tpm_stub_sections(struct event_list *to, const struct tpm_stub *s,
	const struct tpm_origins *from, struct err *e)
{
	for (unsigned i = 0; i < TPM_STUB_SECTIONS; i++) {
		struct span name = span_make(names[i], strlen(names[i]) + 1);
		struct str what;

		if (i == TPM_STUB_PCRSIG || !s->sections[i].n)
			continue;
		what = arena_printf(to->a, TPM_STUB_CONTENT "%s", names[i]);
		if (!what.p)
			return arena_full(to->a, e);
		if (!event_list_add(to, 11, EV_IPL, name, TPM_STUB_NAME, rule, STR("systemd-stub"),
			    str_of(names[i]), e) ||
			!event_list_add(to, 11, EV_IPL, s->sections[i], what.p, rule,
				section_origin(from, i), section_text(i, s->sections[i]), e))
			return false;
	}
	return true;
}
