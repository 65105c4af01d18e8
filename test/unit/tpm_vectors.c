/*
 * Predictions against values from elsewhere: what systemd-measure computes (PCR 11) and what TPMs held after real boots,
 * in files that are no part of this repository. They are looked for in ASSAY_VECTORS, else in ../shared/vectors of the
 * repository; without them the test is skipped.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "measure/tpm_firmware.h"

#include <unistd.h>

#include "base/mem.h"
#include "codec/json.h"
#include "evidence/event_log.h"
#include "measure/tpm_stub.h"
#include "sys/file.h"
#include "test.h"

enum { ARENA = 64 << 20, FILE_MAX = 16 << 20, PATH = 4096 };

static char folder[PATH - 1000];

static const enum digest_alg banks[] = { DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512 };

static bool find_folder(void)
{
	static const char *const places[] = { "../shared/vectors", "../../shared/vectors" };
	const char *given = getenv("ASSAY_VECTORS");

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		snprintf(folder, sizeof folder, "%s/measurement", given ? given : places[i]);
		if (access(folder, R_OK) == 0)
			return true;
	}
	return false;
}

static struct buf load(const char *name)
{
	char path[PATH];
	struct buf b = { 0 };
	struct err e;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	CHECK_OK(file_read(AT_FDCWD, path, FILE_MAX, &b, &e), e);
	return b;
}

static const struct json *load_json(struct json *ret, const char *name, struct arena *a)
{
	struct buf b CLEANUP(buf_done) = load(name);
	struct err e;

	CHECK_OK(json_parse(ret, buf_span(&b), a, &e), e);
	return ret;
}

static struct str text_at(const struct json *o, const char *key)
{
	const struct json *v = json_get(o, key);

	return v ? v->text : STR("");
}

/* The folded register equals the hex that the vector gives for each bank. */
static void check_register(const struct event_list *l, unsigned reg, const struct json *by_bank,
	const char *key, struct str name)
{
	for (size_t b = 0; b < ARRAY_LEN(banks); b++) {
		const struct json *bank = json_get(by_bank, digest_name(banks[b]));
		struct str want = key ? text_at(bank, key) : bank ? bank->text : STR("");
		char hex[2 * DIGEST_MAX + 1];
		struct digest got;

		event_fold(l, reg, b, &got);
		digest_hex(&got, hex);
		if (!str_is(want, hex))
			fprintf(stderr, "%.*s: PCR %u %s: %s, vector %.*s\n", STR_ARG(name), reg,
				digest_name(banks[b]), hex, STR_ARG(want));
		CHECK(str_is(want, hex));
	}
}

/* ---- systemd-measure ---- */

static const struct {
	const char *name, *file;
	enum tpm_stub_section section;
} inputs[] = {
	{ "linux", "vmlinuz_small", TPM_STUB_LINUX },
	{ "osrel", "osrel", TPM_STUB_OSREL },
	{ "cmdline", "cmdline", TPM_STUB_CMDLINE },
	{ "initrd", "initrd.bin", TPM_STUB_INITRD },
	{ "splash", "splash.bin", TPM_STUB_SPLASH },
	{ "dtb", "dtb.bin", TPM_STUB_DTB },
	{ "uname", "uname", TPM_STUB_UNAME },
	{ "sbat", "sbat", TPM_STUB_SBAT },
	{ "pcrpkey", "pcrpkey.pem", TPM_STUB_PCRPKEY },
};

static void add_phases(struct event_list *l, struct str phases)
{
	struct str one, rest;
	struct err e;

	while (phases.n) {
		if (!str_cut(phases, ':', &one, &rest)) {
			one = phases;
			rest = STR("");
		}
		CHECK_OK(event_list_add(l, 11, EV_IPL, str_span(one), "phase", "systemd-pcrphase",
				 STR(""), one, &e),
			e);
		phases = rest;
	}
}

static void systemd_measure(struct arena *a)
{
	struct buf files[ARRAY_LEN(inputs)];
	const struct json *list;
	struct json o;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(inputs); i++) {
		char path[200];

		snprintf(path, sizeof path, "systemd-measure-inputs/%s", inputs[i].file);
		files[i] = load(path);
	}
	list = json_get(load_json(&o, "systemd-measure-pcr11.json", a), "vectors");
	CHECK(list && list->n > 0);
	for (size_t v = 0; list && v < list->n; v++) {
		const struct json *given = json_get(&list->items[v], "sections");
		struct tpm_stub stub = { 0 };
		struct event_list l;

		for (size_t i = 0; i < ARRAY_LEN(inputs); i++)
			for (size_t k = 0; given && k < given->n; k++)
				if (str_is(given->items[k].text, inputs[i].name))
					stub.sections[inputs[i].section] = buf_span(&files[i]);
		event_list_init(&l, a, banks, ARRAY_LEN(banks));
		CHECK_OK(tpm_stub_sections(&l, &stub, &(struct tpm_origins){ 0 }, &e), e);
		add_phases(&l, text_at(&list->items[v], "phase"));
		check_register(&l, 11, json_get(&list->items[v], "pcr11"), NULL,
			text_at(&list->items[v], "tool"));
	}
	for (size_t i = 0; i < ARRAY_LEN(inputs); i++)
		buf_done(&files[i]);
}

/* ---- real boots ---- */

/* The partition table that the machine logged, or nothing for a boot without a disk. */
static struct span logged_gpt(const struct event_log *log)
{
	for (size_t i = 0; i < log->n_events; i++)
		if (log->events[i].type == EV_EFI_GPT_EVENT)
			return log->events[i].data;
	return span_make(NULL, 0);
}

/* Registers that are the firmware's alone: the logs give the partition table, the rules give the rest. */
static void predict_firmware(struct event_list *l, const struct json *run, struct span gpt)
{
	bool trixie = str_is(text_at(run, "firmware"), "trixie");
	struct tpm_variables v = { 0 };
	struct err e;

	CHECK_OK(tpm_secure_boot_of(
			 &v.secure_boot, trixie ? STR("2025.02-8") : STR("2022.11-6"), &e),
		e);
	CHECK_OK(tpm_firmware_variables(l, &v, &e), e);
	CHECK_OK(tpm_firmware_boot_attempt(l, &e), e);
	if (gpt.n)
		CHECK_OK(tpm_firmware_partitions(l, gpt, STR("disk"), &e), e);
	CHECK_OK(tpm_firmware_exit(l, &e), e);
}

static void real_boots(struct arena *a)
{
	static const unsigned registers[] = { 2, 3, 5, 6, 7, 14 };
	const struct json *list;
	struct json o;
	struct err e;

	list = json_get(load_json(&o, "tpm-boot-measured.json", a), "runs");
	CHECK(list && list->n > 0);
	for (size_t i = 0; list && i < list->n; i++) {
		const struct json *run = &list->items[i];
		struct str name = text_at(run, "run"), log_name = text_at(run, "eventlog");
		char path[200];
		struct buf bytes;
		struct event_log log;
		struct event_list l;

		snprintf(path, sizeof path, "%.*s", STR_ARG(log_name));
		bytes = load(path);
		CHECK_OK(event_log_parse(&log, buf_span(&bytes), a, &e), e);
		event_list_init(&l, a, banks, ARRAY_LEN(banks));
		predict_firmware(&l, run, logged_gpt(&log));
		for (size_t r = 0; r < ARRAY_LEN(registers); r++) {
			char key[8];

			snprintf(key, sizeof key, "%u", registers[r]);
			check_register(&l, registers[r], json_get(run, "pcrs"), key, name);
		}
		buf_done(&bytes);
	}
}

int main(void)
{
	struct arena *a;

	if (!find_folder()) {
		puts("SKIP vectors: nothing at ../shared/vectors or ASSAY_VECTORS");
		puts("0 passed, 0 failed, 1 skipped");
		return 0;
	}
	a = arena_new(ARENA);
	systemd_measure(a);
	real_boots(a);
	arena_free(a);
	return test_end();
}
