#include "appraise/platform_shape.h"

#include "base/hex.h"
#include "base/banned.h"

#define KIND(k) (1u << PLATFORM_##k)

enum { ALL = KIND(TPM) | KIND(SNP) | KIND(TDX) | KIND(NITRO_ENCLAVE) };

typedef bool set_fn(struct platform_shape *s, struct str value, struct err *e);
typedef struct str get_fn(const struct platform_shape *s, struct arena *a);

static bool one_of_two(
	bool *second, struct str v, const char *first_word, const char *second_word, struct err *e)
{
	if (!str_is(v, first_word) && !str_is(v, second_word))
		return err_set(e, ERR_FORMAT, "is '%.*s', wanted %s or %s", STR_ARG(v), first_word,
			second_word);
	*second = str_is(v, second_word);
	return true;
}

static bool set_boot(struct platform_shape *s, struct str v, struct err *e)
{
	bool direct;

	if (!one_of_two(&direct, v, "disk", "direct", e))
		return false;
	s->boot = direct ? PLATFORM_BOOT_DIRECT : PLATFORM_BOOT_DISK;
	return true;
}

static struct str get_boot(const struct platform_shape *s, struct arena *a)
{
	(void)a;
	return s->boot == PLATFORM_BOOT_DIRECT ? STR("direct") : STR("disk");
}

static bool set_vmm(struct platform_shape *s, struct str v, struct err *e)
{
	if (!str_is(v, "qemu") && !str_is(v, "ec2") && !str_is(v, "gce"))
		return err_set(e, ERR_FORMAT, "is '%.*s', wanted qemu, ec2 or gce", STR_ARG(v));
	s->vmm = v;
	return true;
}

static struct str get_vmm(const struct platform_shape *s, struct arena *a)
{
	(void)a;
	return s->vmm.p ? s->vmm : STR("");
}

static bool set_vcpus(struct platform_shape *s, struct str v, struct err *e)
{
	uint64_t n;

	if (!str_u64(v, &n, PLATFORM_SHAPE_VCPUS_MAX) || !n)
		return err_set(e, ERR_FORMAT, "is '%.*s', wanted a number from 1 to %d", STR_ARG(v),
			PLATFORM_SHAPE_VCPUS_MAX);
	s->vcpus = (uint32_t)n;
	return true;
}

static struct str get_vcpus(const struct platform_shape *s, struct arena *a)
{
	return arena_printf(a, "%u", s->vcpus);
}

static bool set_vcpu_type(struct platform_shape *s, struct str v, struct err *e)
{
	(void)e;
	s->vcpu_type = v; /* the launch digest's rules know which there are */
	return true;
}

static struct str get_vcpu_type(const struct platform_shape *s, struct arena *a)
{
	(void)a;
	return s->vcpu_type.p ? s->vcpu_type : STR("");
}

static bool set_features(struct platform_shape *s, struct str v, struct err *e)
{
	return platform_firmware_number(&s->guest_features, v, UINT64_MAX) ||
	       err_set(e, ERR_FORMAT, "is '%.*s', wanted 0x and up to 16 hex digits", STR_ARG(v));
}

static struct str get_features(const struct platform_shape *s, struct arena *a)
{
	return arena_printf(a, "0x%llx", (unsigned long long)s->guest_features);
}

static bool set_memory(struct platform_shape *s, struct str v, struct err *e)
{
	static const char units[] = "KMG";
	const uint64_t max = UINT64_C(1) << 44;
	const char *unit = v.n ? strchr(units, v.p[v.n - 1]) : NULL;
	unsigned shift = unit && *unit ? 10 * (unsigned)(unit - units + 1) : 0;
	uint64_t n;

	if (!str_u64(str_make(v.p, v.n - (shift ? 1 : 0)), &n, max >> shift) || !n ||
		(n << shift) % 4096)
		return err_set(e, ERR_FORMAT,
			"is '%.*s', wanted whole pages of 4096 bytes, as bytes or with K, M or G",
			STR_ARG(v));
	s->memory = n << shift;
	return true;
}

static struct str get_memory(const struct platform_shape *s, struct arena *a)
{
	return arena_printf(a, "%llu", (unsigned long long)s->memory);
}

static bool set_qemu(struct platform_shape *s, struct str v, struct err *e)
{
	s->qemu_text = v;
	return linux_setup_qemu_read(&s->qemu, v, e);
}

static struct str get_qemu(const struct platform_shape *s, struct arena *a)
{
	(void)a;
	return s->qemu_text.p ? s->qemu_text : STR("");
}

static bool set_release(struct platform_shape *s, struct str v, struct err *e)
{
	s->release_text = v;
	return tdx_release_separator(&s->separator, v, e);
}

static struct str get_release(const struct platform_shape *s, struct arena *a)
{
	(void)a;
	return s->release_text.p ? s->release_text : STR("");
}

static bool set_secure_boot(struct platform_shape *s, struct str v, struct err *e)
{
	bool off;

	if (!one_of_two(&off, v, "absent", "off", e))
		return false;
	s->secure_boot = off ? TPM_SECURE_BOOT_OFF : TPM_SECURE_BOOT_ABSENT;
	return true;
}

static struct str get_secure_boot(const struct platform_shape *s, struct arena *a)
{
	(void)a;
	return s->secure_boot ? str_of(tpm_secure_boot_name(s->secure_boot)) : STR("");
}

static bool set_passes(struct platform_shape *s, struct str v, struct err *e)
{
	return one_of_two(&s->two_pass, v, "single", "two", e);
}

static struct str get_passes(const struct platform_shape *s, struct arena *a)
{
	(void)a;
	return s->two_pass ? STR("two") : STR("single");
}

static bool set_acpi(
	struct platform_shape *s, enum platform_acpi_file f, struct str v, struct err *e)
{
	s->acpi[f].alg = DIGEST_SHA384;
	if (!hex_read(v, s->acpi[f].bytes, SHA384_SIZE))
		return err_set(e, ERR_FORMAT, "is no SHA-384 digest: %d lower-case hex digits",
			2 * SHA384_SIZE);
	s->has_acpi = true;
	for (size_t i = 0; i < PLATFORM_ACPI_FILES; i++)
		s->has_acpi = s->has_acpi && s->acpi[i].alg == DIGEST_SHA384;
	return true;
}

static struct str get_acpi(
	const struct platform_shape *s, enum platform_acpi_file f, struct arena *a)
{
	char hex[2 * DIGEST_MAX + 1];

	if (!s->has_acpi)
		return STR("");
	digest_hex(&s->acpi[f], hex);
	return arena_str(a, str_of(hex));
}

static bool set_acpi_loader(struct platform_shape *s, struct str v, struct err *e)
{
	return set_acpi(s, PLATFORM_ACPI_LOADER, v, e);
}

static bool set_acpi_rsdp(struct platform_shape *s, struct str v, struct err *e)
{
	return set_acpi(s, PLATFORM_ACPI_RSDP, v, e);
}

static bool set_acpi_tables(struct platform_shape *s, struct str v, struct err *e)
{
	return set_acpi(s, PLATFORM_ACPI_TABLES, v, e);
}

static struct str get_acpi_loader(const struct platform_shape *s, struct arena *a)
{
	return get_acpi(s, PLATFORM_ACPI_LOADER, a);
}

static struct str get_acpi_rsdp(const struct platform_shape *s, struct arena *a)
{
	return get_acpi(s, PLATFORM_ACPI_RSDP, a);
}

static struct str get_acpi_tables(const struct platform_shape *s, struct arena *a)
{
	return get_acpi(s, PLATFORM_ACPI_TABLES, a);
}

static bool set_firmware_sha256(struct platform_shape *s, struct str v, struct err *e)
{
	return platform_firmware_set_sha256(&s->firmware, v, e);
}

static struct str get_firmware_sha256(const struct platform_shape *s, struct arena *a)
{
	return platform_firmware_digest(&s->firmware.sha256, a);
}

static bool set_firmware_pages(struct platform_shape *s, struct str v, struct err *e)
{
	return platform_firmware_set_pages(&s->firmware, v, e);
}

static struct str get_firmware_pages(const struct platform_shape *s, struct arena *a)
{
	return platform_firmware_digest(&s->firmware.pages, a);
}

static bool set_firmware_reset(struct platform_shape *s, struct str v, struct err *e)
{
	return platform_firmware_set_reset(&s->firmware, v, e);
}

static struct str get_firmware_reset(const struct platform_shape *s, struct arena *a)
{
	return platform_firmware_reset(&s->firmware, a);
}

static bool set_firmware_hashes(struct platform_shape *s, struct str v, struct err *e)
{
	return platform_firmware_set_hashes(&s->firmware, v, e);
}

static struct str get_firmware_hashes(const struct platform_shape *s, struct arena *a)
{
	return platform_firmware_hashes(&s->firmware, a);
}

static bool set_firmware_sections(struct platform_shape *s, struct str v, struct err *e)
{
	return platform_firmware_set_sections(&s->firmware, v, e);
}

static struct str get_firmware_sections(const struct platform_shape *s, struct arena *a)
{
	return platform_firmware_sections(&s->firmware, a);
}

static const struct setting {
	const char *key;
	unsigned kinds;
	set_fn *set;
	get_fn *get;
} settings[] = {
	{ "boot", ALL, set_boot, get_boot },
	{ "vmm", KIND(SNP), set_vmm, get_vmm },
	{ "vcpus", KIND(SNP) | KIND(TDX), set_vcpus, get_vcpus },
	{ "vcpu-type", KIND(SNP), set_vcpu_type, get_vcpu_type },
	{ "guest-features", KIND(SNP), set_features, get_features },
	{ "firmware-sha256", KIND(SNP), set_firmware_sha256, get_firmware_sha256 },
	{ "firmware-pages", KIND(SNP), set_firmware_pages, get_firmware_pages },
	{ "firmware-reset", KIND(SNP), set_firmware_reset, get_firmware_reset },
	{ "firmware-hashes", KIND(SNP), set_firmware_hashes, get_firmware_hashes },
	{ "firmware-sections", KIND(SNP), set_firmware_sections, get_firmware_sections },
	{ "memory", KIND(TDX), set_memory, get_memory },
	{ "qemu", KIND(TDX), set_qemu, get_qemu },
	{ "firmware-release", KIND(TDX), set_release, get_release },
	{ "secure-boot", KIND(TDX), set_secure_boot, get_secure_boot },
	{ "passes", KIND(TDX), set_passes, get_passes },
	{ "acpi-loader", KIND(TDX), set_acpi_loader, get_acpi_loader },
	{ "acpi-rsdp", KIND(TDX), set_acpi_rsdp, get_acpi_rsdp },
	{ "acpi-tables", KIND(TDX), set_acpi_tables, get_acpi_tables },
};
_Static_assert(ARRAY_LEN(settings) <= PLATFORM_SHAPE_SETTINGS, "room for all settings");

static const struct setting *find_setting(struct str key)
{
	for (size_t i = 0; i < ARRAY_LEN(settings); i++)
		if (str_is(key, settings[i].key))
			return &settings[i];
	return NULL;
}

bool platform_shape_has_setting(struct str key)
{
	return find_setting(key) != NULL;
}

static bool has(const struct platform_shape *s, const struct setting *w)
{
	return w && w->kinds >> s->kind & 1;
}

bool platform_shape_takes(const struct platform_shape *s, struct str key)
{
	return has(s, find_setting(key));
}

bool platform_shape_set(struct platform_shape *s, struct str key, struct str value, struct err *e)
{
	const struct setting *w = find_setting(key);

	if (!w || !has(s, w))
		return err_set(e, ERR_USAGE, "platform %s has no setting '%.*s'",
			platform_name(s->kind), STR_ARG(key));
	return w->set(s, value, e) || err_wrap(e, "setting '%s'", w->key);
}

bool platform_shape_settings(const struct platform_shape *s,
	struct platform_setting out[static PLATFORM_SHAPE_SETTINGS], size_t *n, struct arena *a,
	struct err *e)
{
	*n = 0;
	for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
		struct str value;

		if (!(settings[i].kinds >> s->kind & 1))
			continue;
		value = settings[i].get(s, a);
		if (!value.p)
			return arena_full(a, e);
		if (value.n)
			out[(*n)++] = (struct platform_setting){ str_of(settings[i].key), value };
	}
	return true;
}

void platform_shape_find_acpi(struct platform_shape *s)
{
	for (size_t i = 0; i < s->n_known_acpi && !s->has_acpi; i++) {
		const struct platform_acpi *known = &s->known_acpi[i];

		if (known->vcpus != s->vcpus || known->memory != s->memory ||
			known->qemu.major != s->qemu.major || known->qemu.minor != s->qemu.minor)
			continue;
		memcpy(s->acpi, known->digests, sizeof s->acpi);
		s->has_acpi = true;
	}
}
