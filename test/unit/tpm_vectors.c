/*
 * Predictions against values from elsewhere: what systemd-measure computes (PCR 11) and what TPMs held after real boots,
 * in files that are no part of this repository. They are looked for in ASSAY_VECTORS, else in ../shared/vectors of the
 * repository; without them the test is skipped.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "measure/tpm_pcr.h"

#include "base/mem.h"
#include "codec/json.h"
#include "evidence/event_log.h"
#include "measure/tpm_kernel.h"
#include "measure/tpm_userspace.h"
#include "uki_made.h"
#include "vectors.h"

enum { ARENA = 64 << 20 };

static const enum digest_alg banks[] = { DIGEST_SHA1, DIGEST_SHA256, DIGEST_SHA384, DIGEST_SHA512 };

static const struct json *load_json(struct json *ret, const char *name, struct arena *a)
{
	struct buf b CLEANUP(buf_done) = vectors_load(name);
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

static void systemd_measure(struct arena *a)
{
	struct buf files[ARRAY_LEN(inputs)];
	const struct json *list;
	struct json o;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(inputs); i++) {
		char path[200];

		snprintf(path, sizeof path, "systemd-measure-inputs/%s", inputs[i].file);
		files[i] = vectors_load(path);
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
		CHECK_OK(tpm_userspace_phases(&l, text_at(&list->items[v], "phase"), &e), e);
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

/* ---- the files that booted: some are here, of others the hash, of others nothing ---- */

/* What stands in for a file that is not here. */
static const uint8_t unknown[] = "not here";

struct booted {
	struct buf osrel, cmdline, release, kernel, uki;
};

static void booted_done(struct booted *b)
{
	buf_done(&b->osrel);
	buf_done(&b->cmdline);
	buf_done(&b->release);
	buf_done(&b->kernel);
	buf_done(&b->uki);
}

/* Terminated text of a file that the test has. */
static struct buf load_text(const char *name)
{
	struct buf b = vectors_load(name);

	b.max = b.n + 1;
	buf_u8(&b, 0);
	return b;
}

/* An image with the sections that the real one had, behind a stub of its version. */
static struct booted make_booted(struct str run)
{
	struct booted b = { load_text("systemd-measure-inputs/osrel"),
		load_text("systemd-measure-inputs/cmdline"),
		load_text("systemd-measure-inputs/uname"), uki_made_kernel("6.1.0-x"), { 0 } };
	char magic[64];
	struct uki_made_parts parts = { .magic = magic,
		.osrel = (const char *)b.osrel.p,
		.command_line = (const char *)b.cmdline.p,
		.uname = (const char *)b.release.p,
		.initrd = SPAN_OF(unknown),
		.kernel = buf_span(&b.kernel) };

	snprintf(magic, sizeof magic, "#### LoaderInfo: systemd-stub %.3s ####",
		run.p[0] == 't' ? run.p + 1 : run.p);
	b.uki = uki_made(&parts);
	return b;
}

/* Of a run that had another file in its place, the digest is taken from the log. */
static bool is_unknown(const struct event *ev)
{
	static const char *const names[] = { TPM_PCR_UKI, TPM_PCR_INNER_KERNEL,
		TPM_PCR_DIRECT_KERNEL, TPM_KERNEL_INITRD, TPM_STUB_CONTENT ".linux",
		TPM_STUB_CONTENT ".initrd", TPM_STUB_CONTENT ".sbat" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		if (str_is(ev->what, names[i]))
			return true;
	return false;
}

/* The SHA-256 that the vector gives of a file, against the log's. */
static void check_file(
	const struct json *files, const struct event *ev, const struct digest *logged)
{
	char hex[2 * DIGEST_MAX + 1];

	digest_hex(logged, hex);
	if (str_is(ev->what, TPM_STUB_CONTENT ".linux"))
		CHECK(str_is(text_at(files, "vmlinuz"), hex));
	if (str_is(ev->what, TPM_STUB_CONTENT ".initrd"))
		CHECK(str_is(text_at(files, "initrd.img"), hex));
}

static bool skipped(const struct event_log_event *ev, bool initrd_known)
{
	return ev->type == EVENT_LOG_NO_ACTION || ev->reg < 2 ||
	       (ev->reg == 9 && !initrd_known && ev->data.n < 30);
}

/* Predicted and logged, event by event; what is not known here is taken over from the log. */
static void align(struct event_list *l, const struct event_log *log, bool initrd_known,
	const struct json *files)
{
	size_t k = 0;

	for (size_t i = 0; i < log->n_events; i++) {
		const struct event_log_event *ev = &log->events[i];
		struct event *mine = k < l->n ? &l->items[k] : NULL;
		struct digest logged;

		if (skipped(ev, initrd_known))
			continue;
		CHECK(mine && mine->reg == ev->reg && mine->type == ev->type);
		for (size_t b = 0; mine && b < ARRAY_LEN(banks); b++) {
			CHECK(event_log_digest(log, ev, banks[b], &logged));
			if (is_unknown(mine))
				mine->digests[b] = logged;
			CHECK(digest_equal(&mine->digests[b], &logged));
			if (banks[b] == DIGEST_SHA256)
				check_file(files, mine, &logged);
		}
		k++;
	}
	CHECK(k == l->n);
}

static void predict(struct tpm_prediction *ret, const struct json *run, const struct booted *b,
	struct span gpt, struct arena *a)
{
	bool trixie = str_is(text_at(run, "firmware"), "trixie");
	struct tpm_boot boot = { .uki = buf_span(&b->uki), .gpt = gpt };
	struct tpm_direct direct = { .kernel = buf_span(&b->kernel),
		.initrd = SPAN_OF(unknown),
		.command_line = STR("console=ttyS0 quiet") };
	struct err e;

	CHECK_OK(tpm_secure_boot_of(&boot.variables.secure_boot,
			 trixie ? STR("2025.02-8") : STR("2022.11-6"), &e),
		e);
	direct.variables = boot.variables;
	if (gpt.n)
		CHECK_OK(tpm_pcr_predict(ret, &boot, banks, ARRAY_LEN(banks), a, &e), e);
	else
		CHECK_OK(tpm_pcr_direct(ret, &direct, banks, ARRAY_LEN(banks), a, &e), e);
}

static void real_boot(const struct json *run, const struct json *files, struct arena *a)
{
	static const unsigned registers[] = { 2, 3, 4, 5, 6, 7, 9, 11, 12, 13, 14, 15 };
	struct str name = text_at(run, "run"), log_name = text_at(run, "eventlog");
	struct booted booted CLEANUP(booted_done) = make_booted(name);
	struct tpm_prediction p = { 0 };
	struct event_log log;
	char path[200], key[8];
	struct buf bytes CLEANUP(buf_done) = { 0 };
	struct err e;

	snprintf(path, sizeof path, "%.*s", STR_ARG(log_name));
	bytes = vectors_load(path);
	CHECK_OK(event_log_parse(&log, buf_span(&bytes), a, &e), e);
	predict(&p, run, &booted, logged_gpt(&log), a);
	align(&p.events, &log, p.stub.initrd_known, files);
	for (size_t r = 0; r < ARRAY_LEN(registers); r++) {
		snprintf(key, sizeof key, "%u", registers[r]);
		if (registers[r] != 9 || p.stub.initrd_known)
			check_register(&p.events, registers[r], json_get(run, "pcrs"), key, name);
	}
}

static void real_boots(struct arena *a)
{
	const struct json *list, *files;
	struct json o;

	list = json_get(load_json(&o, "tpm-boot-measured.json", a), "runs");
	files = json_get(&o, "files");
	CHECK(list && list->n > 0 && files);
	for (size_t i = 0; list && i < list->n; i++)
		real_boot(&list->items[i], files, a);
}

int main(void)
{
	struct arena *a;

	if (!vectors_find("measurement"))
		return vectors_skip();
	a = arena_new(ARENA);
	systemd_measure(a);
	real_boots(a);
	arena_free(a);
	return test_end();
}
