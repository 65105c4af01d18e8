/* What lies beside a unified kernel image, systemd-boot before it, and what systemd measures later. */
#include "measure/tpm_sidecar.h"

#include "measure/tpm_pcr.h"
#include "measure/tpm_userspace.h"
#include "test.h"
#include "uki_made.h"

enum { ARENA = 8 << 20 };
#define MAGIC(program, version) "#### LoaderInfo: " program " " version " ####"

static const enum digest_alg bank[] = { DIGEST_SHA256 };

static struct buf make_image(const char *magic)
{
	struct buf kernel CLEANUP(buf_done) = uki_made_kernel(UKI_MADE_VERSION);
	struct uki_made_parts parts = { .magic = magic,
		.command_line = "quiet",
		.uname = UKI_MADE_VERSION,
		.initrd = SPAN_OF(uki_made_initrd),
		.kernel = buf_span(&kernel) };

	return uki_made(&parts);
}

static struct buf make_addon(const char *line, const char *other, const char *content)
{
	struct pe_made_section s[] = { { ".cmdline", str_span(str_of(line)) },
		{ other, str_span(str_of(content)) } };

	return pe_made(true, s, other ? 2 : 1);
}

static struct tpm_sidecar file(enum tpm_sidecar_kind kind, const char *name, const char *content)
{
	return (struct tpm_sidecar){ kind, str_of(name), str_span(str_of(content)) };
}

static void names_say_what_a_file_is(void)
{
	static const struct {
		const char *name;
		int own, all; /* -1: ignored */
	} cases[] = {
		{ "a.cred", TPM_SIDECAR_CREDENTIAL, TPM_SIDECAR_CREDENTIAL_FOR_ALL },
		{ "A.CRED", TPM_SIDECAR_CREDENTIAL, TPM_SIDECAR_CREDENTIAL_FOR_ALL },
		{ "a.addon.efi", TPM_SIDECAR_ADDON, TPM_SIDECAR_ADDON_FOR_ALL },
		{ "a.sysext.raw", TPM_SIDECAR_SYSEXT, -1 },
		{ "a.confext.raw", TPM_SIDECAR_CONFEXT, -1 },
		{ ".cred", -1, -1 },
		{ ".a.cred", -1, -1 },
		{ "a.efi", -1, -1 },
		{ "\xc3\xa4.cred", -1, -1 },
		{ "a/b.cred", -1, -1 },
		{ "", -1, -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		for (int all = 0; all < 2; all++) {
			enum tpm_sidecar_kind got;
			struct err e;
			int want = all ? cases[i].all : cases[i].own;
			bool ok = tpm_sidecar_kind_of(&got, str_of(cases[i].name), all, &e);

			CHECK(ok == (want >= 0) && (!ok || (int)got == want));
		}
}

/* Registers of the events, in order. */
static void check_order(const struct event_list *l, const unsigned *want, size_t n)
{
	size_t k = 0;

	for (size_t i = 0; i < l->n; i++) {
		unsigned r = l->items[i].reg;

		if (r != 4 && r != 12 && r != 13)
			continue;
		CHECK(k < n && r == want[k]);
		k++;
	}
	CHECK(k == n);
}

/* The archive of one credential, byte for byte as systemd-stub writes it. */
#define ZEROES "00000000"
static const char archive[] = "070701"
			      "00000001"
			      "0000416d" ZEROES ZEROES
			      "00000001" ZEROES ZEROES ZEROES ZEROES ZEROES ZEROES "00000007" ZEROES
			      ".extra\0\0\0\0"
			      "070701"
			      "00000002"
			      "00004140" ZEROES ZEROES
			      "00000001" ZEROES ZEROES ZEROES ZEROES ZEROES ZEROES "00000013" ZEROES
			      ".extra/credentials\0\0\0\0"
			      "070701"
			      "00000003"
			      "00008100" ZEROES ZEROES "00000001" ZEROES
			      "00000003" ZEROES ZEROES ZEROES ZEROES "0000001a" ZEROES
			      ".extra/credentials/a.cred\0"
			      "one\0"
			      "070701" ZEROES ZEROES ZEROES ZEROES
			      "00000001" ZEROES ZEROES ZEROES ZEROES ZEROES ZEROES "0000000B" ZEROES
			      "TRAILER!!!\0\0\0";

static void files_are_measured(void)
{
	static const unsigned order[] = { 4, 4, 4, 4, 4, 12, 12, 12, 13, 12, 4 };
	struct buf uki CLEANUP(buf_done) = make_image(MAGIC("systemd-stub", "257.1")),
		       first CLEANUP(buf_done) = make_addon("b=1", ".uname", UKI_MADE_VERSION),
		       second CLEANUP(buf_done) = make_addon("a=2", NULL, NULL),
		       gpt CLEANUP(buf_done) = uki_made_gpt();
	struct tpm_sidecar files[] = { file(TPM_SIDECAR_CONFEXT, "c.confext.raw", "c"),
		file(TPM_SIDECAR_CREDENTIAL, "a.cred", "one"),
		file(TPM_SIDECAR_SYSEXT, "s.raw", "s"),
		file(TPM_SIDECAR_CREDENTIAL_FOR_ALL, "g.cred", "g"),
		{ TPM_SIDECAR_ADDON, STR("z.addon.efi"), buf_span(&first) },
		{ TPM_SIDECAR_ADDON_FOR_ALL, STR("zz.addon.efi"), buf_span(&second) } };
	struct tpm_boot boot = { .uki = buf_span(&uki),
		.gpt = buf_span(&gpt),
		.variables = { .secure_boot = TPM_SECURE_BOOT_OFF },
		.sidecars = files,
		.n_sidecars = ARRAY_LEN(files) };
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct digest credential = digest_of(DIGEST_SHA256, SPAN_OF(archive));
	struct digest line = digest_of(DIGEST_SHA256, SPAN_OF("a\0=\0"
							      "2\0 \0b\0=\0"
							      "1\0\0"));
	struct tpm_prediction p;
	size_t found = 0;
	struct err e;

	CHECK_OK(tpm_pcr_predict(&p, &boot, bank, 1, a, &e), e);
	check_order(&p.events, order, ARRAY_LEN(order));
	CHECK(str_is(p.stub.added_command_line, "a=2 b=1") && p.stub.n_archives == 4);
	for (size_t i = 0; i < p.events.n; i++)
		if (p.events.items[i].reg == 12)
			found += digest_equal(&p.events.items[i].digests[0], &credential) ||
				 digest_equal(&p.events.items[i].digests[0], &line);
	CHECK(found == 2);
}

static bool try_files(const char *magic, struct tpm_sidecar *files, size_t n, struct err *e)
{
	struct buf uki CLEANUP(buf_done) = make_image(magic);
	struct tpm_boot boot = { .uki = buf_span(&uki),
		.no_disk = true,
		.variables = { .secure_boot = TPM_SECURE_BOOT_OFF },
		.sidecars = files,
		.n_sidecars = n };
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct tpm_prediction p;

	return tpm_pcr_predict(&p, &boot, bank, 1, a, e);
}

static void what_has_no_rules_is_refused(void)
{
	static const struct {
		const char *magic, *line, *other, *content;
		enum err_kind want;
	} addons[] = {
		{ MAGIC("systemd-stub", "252.1"), "a", NULL, NULL, ERR_USAGE },
		{ MAGIC("systemd-stub", "255.1"), "a", NULL, NULL, ERR_USAGE },
		{ MAGIC("systemd-stub", "258.1"), "a", NULL, NULL, ERR_USAGE },
		{ MAGIC("systemd-stub", "257.1"), "a", ".linux", "x", ERR_USAGE },
		{ MAGIC("systemd-stub", "257.1"), "a", ".dtb", "x", ERR_USAGE },
		{ MAGIC("systemd-stub", "257.1"), "a", ".initrd", "x", ERR_USAGE },
		{ MAGIC("systemd-stub", "257.1"), "a", ".uname", "another", ERR_USAGE },
		{ MAGIC("systemd-stub", "257.1"), " a", NULL, NULL, ERR_FORMAT },
		{ MAGIC("systemd-stub", "257.1"), "a\tb", NULL, NULL, ERR_FORMAT },
		{ MAGIC("systemd-stub", "257.1"), "", NULL, NULL, ERR_FORMAT },
	};
	struct tpm_sidecar twice[] = { file(TPM_SIDECAR_CREDENTIAL, "a.cred", "x"),
		file(TPM_SIDECAR_CREDENTIAL, "a.cred", "y") };
	struct tpm_sidecar conf = file(TPM_SIDECAR_CONFEXT, "a.confext.raw", "x");
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(addons); i++) {
		struct buf addon CLEANUP(buf_done) = make_addon(
			addons[i].line, addons[i].other, addons[i].content);
		struct tpm_sidecar s = { TPM_SIDECAR_ADDON, STR("a.addon.efi"), buf_span(&addon) };

		CHECK_ERR(try_files(addons[i].magic, &s, 1, &e), e, addons[i].want);
	}
	CHECK_ERR(try_files(MAGIC("systemd-stub", "257"), twice, 2, &e), e, ERR_USAGE);
	CHECK_ERR(try_files(MAGIC("systemd-stub", "252"), &conf, 1, &e), e, ERR_USAGE);
	CHECK_OK(try_files(MAGIC("systemd-stub", "252"), twice, 1, &e), e);
}

/* Events in PCR 4, 5 and 12 with systemd-boot before the image. */
static void loaders_differ(void)
{
	static const struct {
		const char *magic;
		enum tpm_secure_boot state;
		size_t pcr4, pcr5, pcr12;
	} cases[] = {
		{ MAGIC("systemd-boot", "252.39-1"), TPM_SECURE_BOOT_OFF, 5, 4, 2 },
		{ MAGIC("systemd-boot", "257.9-1"), TPM_SECURE_BOOT_OFF, 5, 5, 0 },
		{ MAGIC("systemd-boot", "255.1"), TPM_SECURE_BOOT_OFF, 0, 0, 0 },
		{ MAGIC("systemd-stub", "257.1"), TPM_SECURE_BOOT_OFF, 0, 0, 0 },
	};
	struct buf uki CLEANUP(buf_done) = make_image(MAGIC("systemd-stub", "257.1")),
		       gpt CLEANUP(buf_done) = uki_made_gpt();

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct pe_made_section s = { ".sdmagic", str_span(str_of(cases[i].magic)) };
		struct buf loader CLEANUP(buf_done) = pe_made(true, &s, 1);
		struct tpm_boot boot = { .uki = buf_span(&uki),
			.gpt = buf_span(&gpt),
			.variables = { .secure_boot = cases[i].state },
			.loader = buf_span(&loader),
			.loader_conf = str_span(STR("timeout 0\n")) };
		CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
		struct tpm_prediction p = { 0 };
		size_t count[24] = { 0 };
		struct err e;
		bool ok = tpm_pcr_predict(&p, &boot, bank, 1, a, &e);

		for (size_t k = 0; ok && k < p.events.n; k++)
			count[p.events.items[k].reg]++;
		CHECK(ok == (cases[i].pcr4 != 0) && count[4] == cases[i].pcr4 &&
			count[5] == cases[i].pcr5 && count[12] == cases[i].pcr12);
	}
}

static void userspace_is_text(void)
{
	static const char *const bad_phases[] = { ":", "a:", ":a", "a::b", "a\nb" };
	static const char *const bad_systems[] = { "", "/", "/:a:b:c:d:e", "/:a:b:c:d:e:f:g",
		":a:b:c:d:e:f" };
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA);
	struct digest want = digest_of(DIGEST_SHA256, str_span(STR("leave-initrd")));
	struct digest id = digest_of(
		DIGEST_SHA256, str_span(STR("machine-id:0123456789abcdef0123456789abcdef")));
	struct digest fs = digest_of(
		DIGEST_SHA256, str_span(STR("file-system:/var:ext4:u:l:p:t:n")));
	struct event_list l;
	struct err e;

	event_list_init(&l, a, bank, 1);
	CHECK_OK(tpm_userspace_phases(&l, STR(""), &e), e);
	CHECK_OK(tpm_userspace_phases(&l, STR("enter-initrd:leave-initrd"), &e), e);
	CHECK(l.n == 2 && l.items[1].reg == 11 && digest_equal(&l.items[1].digests[0], &want));
	CHECK_OK(tpm_userspace_machine_id(&l, STR("0123456789abcdef0123456789abcdef"), &e), e);
	CHECK(l.items[2].reg == 15 && digest_equal(&l.items[2].digests[0], &id));
	CHECK_OK(tpm_userspace_file_system(&l, STR("/var:ext4:u:l:p:t:n"), &e), e);
	CHECK(l.items[3].reg == 15 && digest_equal(&l.items[3].digests[0], &fs));
	CHECK_OK(tpm_userspace_file_system(&l, STR("/::::::"), &e), e);
	for (size_t i = 0; i < ARRAY_LEN(bad_phases); i++)
		CHECK_ERR(tpm_userspace_phases(&l, str_of(bad_phases[i]), &e), e, ERR_FORMAT);
	for (size_t i = 0; i < ARRAY_LEN(bad_systems); i++)
		CHECK_ERR(tpm_userspace_file_system(&l, str_of(bad_systems[i]), &e), e, ERR_FORMAT);
	CHECK_ERR(tpm_userspace_machine_id(&l, STR("0123"), &e), e, ERR_FORMAT);
}

int main(void)
{
	names_say_what_a_file_is();
	files_are_measured();
	what_has_no_rules_is_refused();
	loaders_differ();
	userspace_is_text();
	return test_end();
}
