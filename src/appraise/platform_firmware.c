#include "appraise/platform_firmware.h"

#include "base/buf.h"
#include "base/hex.h"
#include "base/banned.h"

enum { SECTIONS_TEXT_MAX = 64 * SEV_SECTIONS_MAX, NUMBER_DIGITS_MAX = 16 };

bool platform_firmware_number(uint64_t *ret, struct str v, uint64_t max)
{
	static const char digits[] = "0123456789abcdef";
	uint64_t n = 0;

	if (v.n < 3 || v.n > 2 + NUMBER_DIGITS_MAX || !str_starts(v, "0x"))
		return false;
	for (size_t i = 2; i < v.n; i++) {
		const char *digit = v.p[i] ? strchr(digits, v.p[i]) : NULL;

		if (!digit)
			return false;
		n = n << 4 | (uint64_t)(digit - digits);
	}
	*ret = n;
	return n <= max;
}

/* "0x810c00+0x400" */
static bool range(uint64_t *at, uint64_t *size, struct str v)
{
	struct str head, rest;

	return str_cut(v, '+', &head, &rest) && platform_firmware_number(at, head, UINT32_MAX) &&
	       platform_firmware_number(size, rest, UINT32_MAX);
}

static bool set_digest(struct digest *ret, enum digest_alg alg, struct str v, struct err *e)
{
	*ret = (struct digest){ .alg = alg };
	return hex_read(v, ret->bytes, digest_size(alg)) ||
	       err_set(e, ERR_FORMAT, "is no %s digest: %zu lower-case hex digits",
		       digest_name(alg), 2 * digest_size(alg));
}

bool platform_firmware_set_sha256(struct platform_firmware *f, struct str v, struct err *e)
{
	return set_digest(&f->sha256, DIGEST_SHA256, v, e);
}

bool platform_firmware_set_pages(struct platform_firmware *f, struct str v, struct err *e)
{
	return set_digest(&f->pages, DIGEST_SHA384, v, e);
}

bool platform_firmware_set_reset(struct platform_firmware *f, struct str v, struct err *e)
{
	uint64_t n;

	if (!platform_firmware_number(&n, v, UINT32_MAX))
		return err_set(
			e, ERR_FORMAT, "is '%.*s', wanted an address such as 0x80b004", STR_ARG(v));
	f->facts.has_reset = true;
	f->facts.reset_eip = (uint32_t)n;
	return true;
}

bool platform_firmware_set_hashes(struct platform_firmware *f, struct str v, struct err *e)
{
	f->has_hashes = true;
	f->facts.hashes_address = f->facts.hashes_size = 0;
	if (str_is(v, "none") || range(&f->facts.hashes_address, &f->facts.hashes_size, v))
		return true;
	return err_set(e, ERR_FORMAT,
		"is '%.*s', wanted none, or address and size such as 0x810c00+0x400", STR_ARG(v));
}

static bool find_type(uint32_t *ret, struct str name)
{
	static const enum sev_section_type types[] = { SEV_SECTION_MEMORY, SEV_SECTION_SECRETS,
		SEV_SECTION_CPUID, SEV_SECTION_SVSM_CALLING_AREA, SEV_SECTION_KERNEL_HASHES };

	for (size_t i = 0; i < ARRAY_LEN(types); i++)
		if (str_is(name, sev_section_name(types[i]))) {
			*ret = types[i];
			return true;
		}
	return false;
}

bool platform_firmware_set_sections(struct platform_firmware *f, struct str v, struct err *e)
{
	struct str head, name, place, rest = v;

	f->facts.n_sections = 0;
	for (bool more = true; more;) {
		struct sev_section *s = &f->facts.sections[f->facts.n_sections];

		more = str_cut(rest, ',', &head, &rest);
		if (f->facts.n_sections == SEV_SECTIONS_MAX)
			return err_set(e, ERR_LIMIT, "has more than %d sections", SEV_SECTIONS_MAX);
		if (!str_cut(head, '@', &name, &place) || !find_type(&s->type, name) ||
			!range(&s->address, &s->size, place) || s->address % SEV_PAGE ||
			s->size % SEV_PAGE)
			return err_set(e, ERR_FORMAT,
				"has the section '%.*s', wanted a kind with whole pages such as SEC_MEM@0x800000+0x9000",
				STR_ARG(head));
		f->facts.n_sections++;
	}
	f->facts.has_metadata = true;
	return true;
}

struct str platform_firmware_digest(const struct digest *d, struct arena *a)
{
	char hex[2 * DIGEST_MAX + 1];

	if (d->alg == DIGEST_NONE)
		return STR("");
	digest_hex(d, hex);
	return arena_str(a, str_of(hex));
}

struct str platform_firmware_reset(const struct platform_firmware *f, struct arena *a)
{
	return f->facts.has_reset ? arena_printf(a, "0x%x", f->facts.reset_eip) : STR("");
}

struct str platform_firmware_hashes(const struct platform_firmware *f, struct arena *a)
{
	if (!f->has_hashes)
		return STR("");
	if (!f->facts.hashes_address)
		return STR("none");
	return arena_printf(a, "0x%llx+0x%llx", (unsigned long long)f->facts.hashes_address,
		(unsigned long long)f->facts.hashes_size);
}

struct str platform_firmware_sections(const struct platform_firmware *f, struct arena *a)
{
	CLEANUP(buf_done) struct buf text = buf_init(SECTIONS_TEXT_MAX);

	for (size_t i = 0; f->facts.has_metadata && i < f->facts.n_sections; i++) {
		const struct sev_section *s = &f->facts.sections[i];
		const char *name = sev_section_name(s->type);

		buf_printf(&text, "%s%s@0x%llx+0x%llx", i ? "," : "", name ? name : "?",
			(unsigned long long)s->address, (unsigned long long)s->size);
	}
	return arena_str(a, buf_str(&text));
}

bool platform_firmware_is_known(const struct platform_firmware *f)
{
	return f->sha256.alg && f->pages.alg && f->facts.has_reset && f->has_hashes &&
	       f->facts.has_metadata;
}

bool platform_firmware_of(struct platform_firmware *ret, struct span image, struct err *e)
{
	struct platform_firmware f = { .has_hashes = true,
		.sha256 = digest_of(DIGEST_SHA256, image) };

	if (!sev_firmware_parse(&f.facts, image, e))
		return false;
	f.facts.image = (struct span){ 0 };
	*ret = f;
	return true;
}
