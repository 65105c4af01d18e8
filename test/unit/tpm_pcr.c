#include "measure/tpm_pcr.h"

#include "measure/partition_table.h"
#include "measure/tpm_initrd.h"
#include "measure/tpm_kernel.h"
#include "test.h"
#include "uki_made.h"

enum { ARENA = 4 << 20 };

static const enum digest_alg banks[] = { DIGEST_SHA256, DIGEST_SHA384 };

#define MAGIC(version) "#### LoaderInfo: systemd-stub " version " ####"

static struct uki_made_parts plain_parts(const struct buf *kernel)
{
	return (struct uki_made_parts){ .magic = MAGIC("257.9-1~deb13u1"),
		.osrel = UKI_MADE_OSREL,
		.command_line = UKI_MADE_COMMAND_LINE,
		.uname = UKI_MADE_VERSION,
		.initrd = SPAN_OF(uki_made_initrd),
		.kernel = buf_span(kernel) };
}

/* ---- a second, slow way: a register as a running value, extended by hand ---- */

static void extend_digest(struct digest *reg, const struct digest *d)
{
	struct buf b = buf_init(2 * DIGEST_MAX);

	buf_add(&b, reg->bytes, digest_size(reg->alg));
	buf_add(&b, d->bytes, digest_size(reg->alg));
	*reg = digest_of(reg->alg, buf_span(&b));
	buf_done(&b);
}

static void extend(struct digest *reg, const void *p, size_t n)
{
	struct digest d = digest_of(reg->alg, span_make(p, n));

	extend_digest(reg, &d);
}

static void extend_text(struct digest *reg, const char *text)
{
	extend(reg, text, strlen(text));
}

static void extend_separator(struct digest *reg)
{
	extend(reg, "\0\0\0\0", 4);
}

static void extend_variable(struct digest *reg, const char *guid, const char *name, size_t size)
{
	struct buf b = buf_init(200);

	buf_add(&b, guid, 16);
	buf_u64le(&b, strlen(name));
	buf_u64le(&b, size);
	for (; *name; name++) {
		buf_u8(&b, (uint8_t)*name);
		buf_u8(&b, 0);
	}
	buf_fill(&b, 0, size);
	extend(reg, b.p, b.n);
	buf_done(&b);
}

static void slow_pcr7(struct digest *reg, size_t secure_boot_size)
{
	static const char
		global[] = "\x61\xdf\xe4\x8b\xca\x93\xd2\x11\xaa\x0d\x00\xe0\x98\x03\x2b\x8c";
	static const char
		security[] = "\xcb\xb2\x19\xd7\x3a\x3d\x96\x45\xa3\xbc\xda\xd0\x0e\x67\x65\x6f";

	extend_variable(reg, global, "SecureBoot", secure_boot_size);
	extend_variable(reg, global, "PK", 0);
	extend_variable(reg, global, "KEK", 0);
	extend_variable(reg, security, "db", 0);
	extend_variable(reg, security, "dbx", 0);
	extend_separator(reg);
}

static void slow_pcr9(struct digest *reg)
{
	static const char
		options[] = "c\0o\0n\0s\0o\0l\0e\0=\0t\0t\0y\0S\0\x30\0 \0q\0u\0i\0e\0t\0\0";
	static const char archive[] = "initrd!\0"
				      "07070100000001"
				      "0000416d"
				      "00000000"
				      "00000000"
				      "00000001"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000007"
				      "00000000"
				      ".extra\0\0\0\0"
				      "07070100000002"
				      "00008124"
				      "00000000"
				      "00000000"
				      "00000001"
				      "00000000"
				      "00000014"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000012"
				      "00000000"
				      ".extra/os-release\0" UKI_MADE_OSREL "07070100000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000001"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "00000000"
				      "0000000B"
				      "00000000"
				      "TRAILER!!!\0\0\0";

	extend(reg, options, sizeof options);
	extend(reg, archive, sizeof archive);
}

static void slow_pcr11(struct digest *reg, struct span kernel)
{
	extend(reg, ".linux", 7);
	extend(reg, kernel.p, kernel.n);
	extend(reg, ".osrel", 7);
	extend_text(reg, UKI_MADE_OSREL);
	extend(reg, ".cmdline", 9);
	extend_text(reg, UKI_MADE_COMMAND_LINE);
	extend(reg, ".initrd", 8);
	extend(reg, uki_made_initrd, sizeof uki_made_initrd);
	extend(reg, ".uname", 7);
	extend_text(reg, UKI_MADE_VERSION);
	extend(reg, ".sbat", 6);
	extend(reg, uki_made_sbat, sizeof uki_made_sbat);
}

static void slow_pcr4(struct digest *reg, struct span uki, struct span kernel)
{
	struct digest d;
	struct err e;

	extend_text(reg, "Calling EFI Application from Boot Option");
	extend_separator(reg);
	CHECK_OK(pe_authenticode(&d, uki, reg->alg, &e), e);
	extend_digest(reg, &d);
	CHECK_OK(pe_authenticode(&d, kernel, reg->alg, &e), e);
	extend_digest(reg, &d);
}

static void slow_register(
	struct digest *reg, unsigned n, struct span uki, struct span kernel, struct span gpt)
{
	if (n == 4) {
		slow_pcr4(reg, uki, kernel);
	} else if (n == 5) {
		extend_separator(reg);
		extend(reg, gpt.p, gpt.n);
		extend_text(reg, "Exit Boot Services Invocation");
		extend_text(reg, "Exit Boot Services Returned with Success");
	} else if (n == 7) {
		slow_pcr7(reg, 0);
	} else if (n == 9) {
		slow_pcr9(reg);
	} else if (n == 11) {
		slow_pcr11(reg, kernel);
	} else if (n == 2 || n == 3 || n == 6) {
		extend_separator(reg);
	}
}

static void both_ways_agree(void)
{
	struct buf kernel = uki_made_kernel(UKI_MADE_VERSION), gpt = uki_made_gpt();
	struct uki_made_parts parts = plain_parts(&kernel);
	struct buf uki = uki_made(&parts);
	struct tpm_boot boot = { .uki = buf_span(&uki),
		.gpt = buf_span(&gpt),
		.variables = { .secure_boot = TPM_SECURE_BOOT_ABSENT } };
	struct arena *a = arena_new(ARENA);
	struct tpm_prediction p;
	struct err e;

	CHECK_OK(tpm_pcr_predict(&p, &boot, banks, 2, a, &e), e);
	CHECK(p.stub.version.major == 257 && p.stub.initrd_known);
	CHECK(str_is(p.stub.version.text, "257.9-1~deb13u1"));
	CHECK(str_is(p.kernel_version, UKI_MADE_VERSION));
	for (unsigned reg = 0; reg < 16; reg++)
		for (size_t b = 0; b < 2; b++) {
			struct digest slow = { .alg = banks[b] }, fast;

			slow_register(
				&slow, reg, buf_span(&uki), buf_span(&kernel), buf_span(&gpt));
			event_fold(&p.events, reg, b, &fast);
			if (!digest_equal(&slow, &fast))
				fprintf(stderr, "PCR %u bank %zu\n", reg, b);
			CHECK(digest_equal(&slow, &fast));
		}
	arena_free(a);
	buf_done(&uki);
	buf_done(&gpt);
	buf_done(&kernel);
}

/* What differs between stubs, as a count of events in PCR 4, 9 and 11. */
static void versions_select_rules(void)
{
	static const struct {
		const char *magic;
		size_t pcr4, pcr9, pcr11;
		bool initrd_known;
	} cases[] = {
		{ MAGIC("252.39-1~deb12u2"), 4, 2, 8, true }, /* no .uname, no .sbat */
		{ MAGIC("254.26"), 4, 2, 12, true },
		{ MAGIC("255"), 4, 2, 12, true },
		{ MAGIC("256.7"), 4, 2, 12, true },
		{ MAGIC("257"), 4, 2, 12, true },
		{ MAGIC("258.1"), 3, 1, 12, false },
		{ MAGIC("262"), 3, 1, 12, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct buf kernel = uki_made_kernel(UKI_MADE_VERSION), gpt = uki_made_gpt();
		struct uki_made_parts parts = plain_parts(&kernel);
		struct tpm_boot boot = { .gpt = buf_span(&gpt),
			.variables = { .secure_boot = TPM_SECURE_BOOT_OFF } };
		struct arena *a = arena_new(ARENA);
		size_t count[24] = { 0 };
		struct tpm_prediction p;
		struct buf uki;
		struct err e;

		parts.magic = cases[i].magic;
		uki = uki_made(&parts);
		boot.uki = buf_span(&uki);
		CHECK_OK(tpm_pcr_predict(&p, &boot, banks, 2, a, &e), e);
		for (size_t k = 0; k < p.events.n; k++)
			count[p.events.items[k].reg]++;
		CHECK(count[4] == cases[i].pcr4 && count[9] == cases[i].pcr9 &&
			count[11] == cases[i].pcr11 &&
			p.stub.initrd_known == cases[i].initrd_known);
		arena_free(a);
		buf_done(&uki);
		buf_done(&gpt);
		buf_done(&kernel);
	}
}

/* An initrd alone is handed on as it is; with a second part it is padded. */
static void a_single_initrd_is_not_padded(void)
{
	struct tpm_stub s = { .initrd_known = true };
	struct digest got, raw = digest_of(DIGEST_SHA256, SPAN_OF(uki_made_initrd));

	CHECK(!tpm_initrd_present(&s));
	s.sections[TPM_STUB_INITRD] = SPAN_OF(uki_made_initrd);
	s.sections[TPM_STUB_OSREL] = str_span(STR(UKI_MADE_OSREL));
	got = tpm_initrd_digest(&s, DIGEST_SHA256);
	CHECK(digest_equal(&got, &raw));
	s.osrel_in_initrd = true;
	got = tpm_initrd_digest(&s, DIGEST_SHA256);
	CHECK(!digest_equal(&got, &raw));
}

static void refused(const char *why, const struct uki_made_parts *parts, struct span gpt,
	enum tpm_secure_boot state, enum err_kind want)
{
	struct buf uki = uki_made(parts);
	struct tpm_boot boot = {
		.uki = buf_span(&uki), .gpt = gpt, .variables = { .secure_boot = state }
	};
	struct arena *a = arena_new(ARENA);
	struct tpm_prediction p;
	struct err e = { 0 };
	bool ok = tpm_pcr_predict(&p, &boot, banks, 2, a, &e);

	if (ok || e.kind != want)
		fprintf(stderr, "%s: %s\n", why, ok ? "accepted" : e.text);
	CHECK(!ok && e.kind == want);
	arena_free(a);
	buf_done(&uki);
}

/* One field of the plain parts replaced. */
#define REFUSED(field, value, want)                                                           \
	do {                                                                                  \
		struct uki_made_parts p = plain_parts(&kernel);                               \
		p.field = (value);                                                            \
		refused(#field " " #value, &p, buf_span(&gpt), TPM_SECURE_BOOT_ABSENT, want); \
	} while (0)

static void what_is_not_known_is_refused(void)
{
	struct buf kernel = uki_made_kernel(UKI_MADE_VERSION), gpt = uki_made_gpt();
	struct buf old = uki_made_kernel("5.15.0"), odd = uki_made_kernel("six.one");
	struct uki_made_parts parts = plain_parts(&kernel);

	REFUSED(magic, NULL, ERR_NOTFOUND);
	REFUSED(magic, MAGIC("251"), ERR_USAGE);
	REFUSED(magic, MAGIC("253.1"), ERR_USAGE);
	REFUSED(magic, MAGIC("263"), ERR_USAGE);
	REFUSED(magic, MAGIC("two"), ERR_FORMAT);
	REFUSED(magic, MAGIC("257 \x1b[1m"), ERR_FORMAT);
	REFUSED(magic, "#### LoaderInfo: systemd-boot 257 ####", ERR_FORMAT);
	REFUSED(magic, "#### LoaderInfo: systemd-stub ####", ERR_FORMAT);
	REFUSED(command_line, NULL, ERR_NOTFOUND);
	REFUSED(command_line, "", ERR_FORMAT);
	REFUSED(command_line, " quiet", ERR_FORMAT);
	REFUSED(command_line, "quiet ", ERR_FORMAT);
	REFUSED(command_line, "a\nb", ERR_FORMAT);
	REFUSED(command_line, "\xc3\xa4", ERR_FORMAT);
	REFUSED(kernel, span_make(NULL, 0), ERR_NOTFOUND);
	REFUSED(kernel, span_make(gpt.p, gpt.n), ERR_FORMAT);
	REFUSED(kernel, span_make(kernel.p, kernel.n - 600), ERR_FORMAT);
	REFUSED(kernel, buf_span(&old), ERR_USAGE);
	REFUSED(kernel, buf_span(&odd), ERR_FORMAT);
	REFUSED(extra, ".profile", ERR_USAGE);
	REFUSED(extra, ".dtbauto", ERR_USAGE);
	REFUSED(extra, ".cmdline", ERR_FORMAT);
	refused("unknown SecureBoot", &parts, buf_span(&gpt), TPM_SECURE_BOOT_UNKNOWN, ERR_USAGE);
	for (size_t n = 0; n < gpt.n; n++)
		refused("GPT cut", &parts, span_make(gpt.p, n), TPM_SECURE_BOOT_OFF, ERR_FORMAT);
	buf_done(&kernel);
	buf_done(&old);
	buf_done(&odd);
	buf_done(&gpt);
}

static void firmware_is_known_by_release(void)
{
	enum tpm_secure_boot state = TPM_SECURE_BOOT_UNKNOWN;
	struct err e;

	CHECK_OK(tpm_secure_boot_of(&state, STR("2025.02-8+deb13u1"), &e), e);
	CHECK(state == TPM_SECURE_BOOT_ABSENT);
	CHECK_OK(tpm_secure_boot_of(&state, STR("2022.11-6+deb12u2"), &e), e);
	CHECK(state == TPM_SECURE_BOOT_OFF);
	CHECK(!tpm_acpi_measured_by(STR("2022.11-6+deb12u2")) &&
		tpm_acpi_measured_by(STR("2025.02-8+deb13u1")));
	CHECK_ERR(tpm_secure_boot_of(&state, STR("2025.11-1"), &e), e, ERR_USAGE);
	CHECK_ERR(tpm_secure_boot_of(&state, STR(""), &e), e, ERR_USAGE);
	CHECK(state == TPM_SECURE_BOOT_OFF);
}

/* A kernel from QEMU: before the boot attempt, no partition table, PCR 9 with what OVMF adds. */
static void a_kernel_from_qemu(void)
{
	static const unsigned want[] = { 7, 7, 7, 7, 7, 7, 4, 4, 2, 3, 4, 5, 6, 9, 9, 5, 5 };
	static const char options[] = "q\0 \0i\0n\0i\0t\0r\0d\0=\0i\0n\0i\0t\0r\0d\0\0";
	struct buf kernel CLEANUP(buf_done) = uki_made_kernel(UKI_MADE_VERSION);
	struct tpm_direct boot = { .kernel = buf_span(&kernel),
		.initrd = SPAN_OF(uki_made_initrd),
		.command_line = STR("q"),
		.variables = { .secure_boot = TPM_SECURE_BOOT_OFF } };
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct digest line, slow = { .alg = banks[1] }, fast;
	struct tpm_prediction p;
	struct err e;

	CHECK_OK(tpm_pcr_direct(&p, &boot, banks, 2, a, &e), e);
	CHECK(p.events.n == ARRAY_LEN(want));
	for (size_t i = 0; i < p.events.n && i < ARRAY_LEN(want); i++)
		CHECK(p.events.items[i].reg == want[i]);
	extend(&slow, options, sizeof options);
	extend(&slow, uki_made_initrd, sizeof uki_made_initrd);
	event_fold(&p.events, 9, 1, &fast);
	CHECK(digest_equal(&slow, &fast));
	CHECK_OK(pe_authenticode(&line, buf_span(&kernel), banks[0], &e), e);
	CHECK(digest_equal(&p.events.items[6].digests[0], &line));
	boot.initrd.n = 0;
	CHECK_OK(tpm_pcr_direct(&p, &boot, banks, 2, a, &e), e);
	line = digest_of(banks[0], SPAN_OF("q\0\0"));
	CHECK(p.events.n == ARRAY_LEN(want) - 1 &&
		digest_equal(&p.events.items[13].digests[0], &line));
	boot.variables.secure_boot = TPM_SECURE_BOOT_ON;
	CHECK_ERR(tpm_pcr_direct(&p, &boot, banks, 2, a, &e), e, ERR_USAGE);
	boot.variables.secure_boot = TPM_SECURE_BOOT_OFF;
	boot.command_line = STR("a\nb");
	CHECK_ERR(tpm_pcr_direct(&p, &boot, banks, 2, a, &e), e, ERR_FORMAT);
	boot.kernel.n = 700;
	CHECK_ERR(tpm_pcr_direct(&p, &boot, banks, 2, a, &e), e, ERR_FORMAT);
}

int main(void)
{
	a_kernel_from_qemu();
	both_ways_agree();
	versions_select_rules();
	a_single_initrd_is_not_padded();
	what_is_not_known_is_refused();
	firmware_is_known_by_release();
	return test_end();
}
