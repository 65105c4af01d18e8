/*
 * TDX values from elsewhere, in files that are no part of this repository: see tpm_vectors.c for where they are looked
 * for. What needs a firmware image that is not among them is compared by test/e2e/tdx.sh, where a package has it.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "measure/tdx_shape.h"

#include "../tdx_made.h"
#include "base/hex.h"
#include "codec/json.h"
#include "evidence/event_log.h"
#include "measure/tdx_hob.h"
#include "uki_made.h"
#include "vectors.h"

enum { ARENA = 64 << 20 };

static void is(const struct digest *d, const struct json *want, const char *what)
{
	char hex[2 * DIGEST_MAX + 1];

	digest_hex(d, hex);
	if (!want || !str_is(want->text, hex))
		fprintf(stderr, "%s: %s\n", what, hex);
	CHECK(want && str_is(want->text, hex));
}

/* The entry of `computed` whose sha256 this image has. */
static const struct json *entry_of(const struct json *list, struct span image)
{
	struct digest d = digest_of(DIGEST_SHA256, image);
	char hex[2 * DIGEST_MAX + 1];

	digest_hex(&d, hex);
	for (size_t i = 0; list && i < list->n; i++) {
		const struct json *sha256 = json_get(&list->items[i], "sha256");

		if (sha256 && str_is(sha256->text, hex))
			return &list->items[i];
	}
	return NULL;
}

static void mrtd_of(const struct json *doc, struct span image)
{
	const struct json *want = entry_of(json_get(doc, "computed"), image);
	struct digest single, two, cfv;
	struct tdx_metadata m;
	struct err e;

	CHECK(want);
	CHECK_OK(tdx_metadata_parse(&m, image, &e), e);
	single = tdx_mrtd(&m, TDX_SINGLE_PASS);
	two = tdx_mrtd(&m, TDX_TWO_PASS);
	cfv = digest_of(DIGEST_SHA384, tdx_metadata_find(&m, TDX_CFV)->data);
	is(&single, json_get(want, "mrtd_single_pass"), "MRTD in a single pass");
	is(&two, json_get(want, "mrtd_two_pass"), "MRTD in two passes");
	is(&cfv, json_get(want, "cfv_sha384"), "CFV");
}

/* Every event that only the rules make, by its digest. */
static void constants(const struct json *doc, struct arena *a)
{
	static const struct {
		enum tpm_secure_boot state;
		const char *key;
	} states[] = { { TPM_SECURE_BOOT_ABSENT, "SecureBoot absent (0 bytes)" },
		{ TPM_SECURE_BOOT_OFF, "SecureBoot=00" } };
	static const char *const keys[] = { "PK empty", "KEK empty", "db empty", "dbx empty" };
	const struct json *c = json_get(doc, "constants");
	const struct json *variables = json_get(c, "sha384(UEFI_VARIABLE_DATA)");
	static const enum digest_alg banks[] = { DIGEST_SHA384 };
	struct event_list l;
	struct err e;

	for (size_t i = 0; i < ARRAY_LEN(states); i++) {
		struct tpm_variables v = { .secure_boot = states[i].state };

		event_list_init(&l, a, banks, 1);
		CHECK_OK(tpm_firmware_variables(&l, &v, &e), e);
		is(&l.items[0].digests[0], json_get(variables, states[i].key), states[i].key);
		for (size_t k = 0; k < ARRAY_LEN(keys); k++)
			is(&l.items[1 + k].digests[0], json_get(variables, keys[k]), keys[k]);
	}
	event_list_init(&l, a, banks, 1);
	CHECK_OK(tdx_rtmr_boot_menu(&l, &e), e);
	is(&l.items[0].digests[0], json_get(c, "sha384(BootOrder data 0000)"), "BootOrder");
	is(&l.items[1].digests[0], json_get(c, "sha384(Boot0000 UiApp data, 62 bytes)"), "menu");
}

/* Our events of a register against the list, from its i-th on; the register's value against the fold of the list. */
static void events_of(
	const struct json *v, const char *list, const struct tdx_shape *s, unsigned reg, size_t at)
{
	const struct json *want = json_get(v, list);

	for (size_t i = 0; i < s->events.n; i++) {
		const struct event *ev = &s->events.items[i];

		if (ev->reg != reg)
			continue;
		if (at > 0 || reg != 1)
			is(&ev->digests[0], want && at < want->n ? &want->items[at] : NULL, list);
		at++;
	}
	CHECK(want && at == want->n);
}

static void fold_of(const struct json *v, const char *list, const char *value, struct arena *a)
{
	static const enum digest_alg banks[] = { DIGEST_SHA384 };
	const struct json *want = json_get(v, list);
	struct digest d;
	struct event_list l;
	struct err e;

	event_list_init(&l, a, banks, 1);
	for (size_t i = 0; want && i < want->n; i++) {
		d.alg = DIGEST_SHA384;
		CHECK(hex_read(want->items[i].text, d.bytes, SHA384_SIZE));
		CHECK_OK(tdx_rtmr_application(&l, &d, STR("vector"), &e), e);
	}
	event_fold(&l, 3, 0, &d);
	is(&d, json_get(v, value), value);
}

/*
 * The kernel and the initrd are no part of the vectors: of RTMR 1 all events but the kernel's are compared, of RTMR 2 the
 * command line, and the values as folds of the whole lists.
 */
static void model(const struct json *v, struct tdx_shape_in in, struct arena *a)
{
	struct tdx_shape s;
	struct err e;

	CHECK(json_u64(json_get(v, "mem"), TDX_HOB_MEMORY_MAX, &in.memory));
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	is(&s.rtmrs[0].value, json_get(v, "rtmr0"), "RTMR 0");
	events_of(v, "rtmr0_events", &s, 0, 0);
	events_of(v, "rtmr1_events", &s, 1, 0);
	fold_of(v, "rtmr1_events", "rtmr1", a);
	for (size_t i = 0; i < s.events.n; i++)
		if (str_is(s.events.items[i].what, "kernel command line"))
			is(&s.events.items[i].digests[0], &json_get(v, "rtmr2_events")->items[0],
				"command line");
	fold_of(v, "rtmr2_events", "rtmr2", a);
}

/* An image of this layout, whose variables are those of another one. */
static struct buf image_of(const struct tdx_made_section *like, struct span amdsev)
{
	struct tdx_made_section layout[TDX_MADE_OVMF];
	struct buf image = buf_init(VECTORS_FILE_MAX);

	memcpy(layout, like, sizeof layout);
	layout[0].at = 0x84000;
	layout[0].raw = (uint32_t)layout[0].size;
	layout[1].raw = 0x84000;
	layout[1].size = 0x84000;
	layout[1].address = 0xffc00000;
	buf_add(&image, amdsev.p, 0x90000);
	tdx_made(&image, layout, TDX_MADE_OVMF);
	return image;
}

/* An image with the variables of one of the vectors and the memory of another, as Debian 13's is. */
static void models(const struct json *doc, struct span amdsev, struct arena *a)
{
	const struct json *list = json_get(
		json_get(doc, "model_rtmr_vectors_computed_unverified_on_hardware"), "vectors");
	struct buf loader CLEANUP(buf_done) = vectors_load("acpi-q35-qemu7.2/etc_table-loader.bin");
	struct buf rsdp CLEANUP(buf_done) = vectors_load("acpi-q35-qemu7.2/etc_acpi_rsdp.bin");
	struct buf tables CLEANUP(buf_done) = vectors_load("acpi-q35-qemu7.2/etc_acpi_tables.bin");
	struct buf kernel CLEANUP(buf_done) = uki_made_kernel("6.12.1-amd64");
	struct buf image CLEANUP(buf_done) = image_of(tdx_made_ovmf, amdsev);
	struct tdx_shape_in in = { .qemu = { 10, 2 },
		.separator = TDX_SEPARATOR_RTMR1,
		.variables = { .secure_boot = TPM_SECURE_BOOT_ABSENT },
		.acpi = { .loader = buf_span(&loader),
			.rsdp = buf_span(&rsdp),
			.tables = buf_span(&tables) },
		.kernel = buf_span(&kernel),
		.initrd = SPAN_OF("x"),
		.command_line = STR("console=ttyS0 quiet") };

	in.firmware = buf_span(&image);
	CHECK(list && list->n == 4);
	for (size_t i = 0; list && i < list->n; i++)
		model(&list->items[i], in, a);
}

/* Of a log: the registers to look at are below this one, their events, how many of them have digests of their own. */
struct want {
	unsigned below;
	size_t n, n_other;
};

/* Event by event in each predicted register: types and digests. */
static void compare(const struct tdx_shape *s, const struct event_log *log, struct want want)
{
	size_t same = 0, n = 0, at[TDX_RTMRS] = { 0 };

	for (size_t i = 0; i < log->n_events; i++) {
		unsigned reg = log->events[i].reg;
		struct digest d;

		if (reg >= want.below || !s->rtmrs[reg].computed)
			continue;
		CHECK(event_log_digest(log, &log->events[i], DIGEST_SHA384, &d));
		while (at[reg] < s->events.n && s->events.items[at[reg]].reg != reg)
			at[reg]++;
		if (at[reg] == s->events.n)
			break;
		CHECK(s->events.items[at[reg]].type == log->events[i].type);
		same += digest_equal(&d, &s->events.items[at[reg]++].digests[0]);
		n++;
	}
	CHECK(n == s->events.n && n == want.n && same == n - want.n_other);
}

/*
 * The log of a real TD: QEMU, direct boot, 8 GiB, firmware of before 2024.11 that has the variables of amdsev. What the log does not tell are ACPI (taken from it), the kernel and the command line.
 */
static void real_td(struct span amdsev, struct arena *a)
{
	struct tdx_made_section layout[TDX_MADE_OVMF];
	struct buf bytes CLEANUP(buf_done) = vectors_load(
		"../evidence/tdx-ccel/google.go-eventlog__eventlogs_ccel_CCEL_unpadded.data.bin");
	struct buf kernel CLEANUP(buf_done) = uki_made_kernel("6.12.1-amd64");
	struct buf image = { 0 };
	struct tdx_shape_in in = { .qemu = { 10, 2 },
		.separator = TDX_SEPARATOR_RTMR0,
		.memory = (uint64_t)8 << 30,
		.variables = { .secure_boot = TPM_SECURE_BOOT_OFF },
		.acpi = { .loader = SPAN_OF("a"), .rsdp = SPAN_OF("b"), .tables = SPAN_OF("c") },
		.kernel = buf_span(&kernel),
		.command_line = STR("x") };
	struct event_log log;
	struct tdx_shape s;
	struct err e;

	memcpy(layout, tdx_made_ovmf, sizeof layout);
	layout[2].address = 0x810000;
	layout[2].size = 0x10000;
	image = image_of(layout, amdsev);
	in.firmware = buf_span(&image);
	CHECK_OK(event_log_parse(&log, buf_span(&bytes), a, &e), e);
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	compare(&s, &log, (struct want){ 3, 19, 5 });
	buf_done(&image);
}

/* The log of a real TD at Google that boots a UKI from a disk: RTMR 1 but for the two images. */
static void real_td_with_disk(struct arena *a)
{
	static const char
		name[] = "../evidence/tdx-ccel/confidenti.trustee__deps_eventlog_CCEL_data_gcp";
	struct buf bytes CLEANUP(buf_done) = vectors_load(name);
	struct buf firmware CLEANUP(buf_done) = buf_init(VECTORS_FILE_MAX);
	struct buf kernel CLEANUP(buf_done) = uki_made_kernel("6.12.1-amd64");
	struct buf uki CLEANUP(buf_done) = uki_made(
		&(struct uki_made_parts){ .magic = "#### LoaderInfo: systemd-stub 255.4-1 ####",
			.osrel = UKI_MADE_OSREL,
			.command_line = UKI_MADE_COMMAND_LINE,
			.initrd = SPAN_OF(uki_made_initrd),
			.kernel = buf_span(&kernel) });
	struct tdx_shape_in in = { .separator = TDX_SEPARATOR_RTMR1, .uki = buf_span(&uki) };
	struct event_log log;
	struct tdx_shape s;
	struct err e;

	while (bytes.n && (bytes.p[bytes.n - 1] == 0xff || !bytes.p[bytes.n - 1]))
		bytes.n--;
	tdx_made(&firmware, tdx_made_ovmf, TDX_MADE_OVMF);
	in.firmware = buf_span(&firmware);
	CHECK_OK(event_log_parse(&log, buf_span(&bytes), a, &e), e);
	for (size_t i = 0; i < log.n_events; i++)
		if (log.events[i].type == EV_EFI_GPT_EVENT)
			in.gpt = log.events[i].data;
	CHECK_OK(tdx_shape(&s, &in, a, &e), e);
	CHECK(!s.rtmrs[0].computed && s.rtmrs[1].computed && !s.rtmrs[2].computed);
	compare(&s, &log, (struct want){ 2, 7, 2 });
}

int main(void)
{
	struct arena *a;
	const struct json *doc;
	struct json root;
	struct buf text, amdsev;
	struct err e;

	if (!vectors_find("measurement"))
		return vectors_skip();
	a = arena_new(ARENA);
	text = vectors_load("tdx.json");
	amdsev = vectors_load("firmware/OVMF.amdsev.fd");
	CHECK_OK(json_parse(&root, buf_span(&text), a, &e), e);
	doc = &root;
	mrtd_of(doc, buf_span(&amdsev));
	constants(doc, a);
	models(doc, buf_span(&amdsev), a);
	real_td(buf_span(&amdsev), a);
	real_td_with_disk(a);
	buf_done(&text);
	buf_done(&amdsev);
	arena_free(a);
	return test_end();
}
