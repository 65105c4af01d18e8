#include "trust/trust_file.h"

#include "arena_steps.h"
#include "base/buf.h"
#include "codec/yaml.h"

static struct arena *a;

#define NAME "000b0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"

static bool parse(struct trust_file *t, const char *text, struct err *e)
{
	struct json v;

	return yaml_parse(&v, str_span(str_of(text)), a, e) && trust_file_parse(t, &v, a, e);
}

#define SUM "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
#define ROOT(more) "format: assay.trust/1\nhardware-roots:\n  - name: a\n" more

static void reads(void)
{
	struct tpm_name name;
	struct trust_file t;
	struct err e = { 0 };

	CHECK_OK(parse(&t,
			 "format: assay.trust/1\n"
			 "tpm-roots:\n  - name: maker\n    certificate: m.pem\n"
			 "  - name: soft\n    certificate: /s.der\n    emulated: true\n"
			 "pinned-aks:\n  - name: " NAME "\n"
			 "hardware-roots:\n  - name: lab\n    hardware: snp\n    product: Genoa\n"
			 "    sha256: " SUM
			 "\n  - name: lab 2\n    hardware: nitro\n    sha256: " SUM "\n"
			 "unsigned-reference-values: accept\n",
			 &e),
		e);
	CHECK(t.n_hardware == 2 && t.hardware[0].product == SNP_GENOA &&
		t.hardware[0].hardware == TRUST_SNP && t.hardware[1].hardware == TRUST_NITRO &&
		t.hardware[1].sha256[31] == 0x1f && str_is(t.hardware[1].name, "lab 2"));
	CHECK(t.n_roots == 2 && !t.roots[0].emulated && t.roots[1].emulated);
	CHECK(str_is(t.roots[1].path, "/s.der") && !t.roots[0].certificate);
	CHECK(t.n_pinned == 1 && t.accept_unsigned);
	CHECK_OK(trust_file_read_name(&name, STR(NAME), &e), e);
	CHECK(trust_file_is_pinned(&t, &name));
	name.bytes[33] ^= 1;
	CHECK(!trust_file_is_pinned(&t, &name));
	name.n = 0;
	CHECK(!trust_file_is_pinned(&t, &name));
	CHECK_OK(parse(&t, "format: assay.trust/1\n", &e), e);
	CHECK(t.n_roots == 0 && t.n_pinned == 0 && !t.accept_unsigned);
}

static void refuses(void)
{
	static const char *const bad[] = {
		"tpm-roots: []\n",
		"format: assay.trust/2\n",
		"format: assay.trust/1\ntpm-root: []\n",
		"format: assay.trust/1\ntpm-roots: x\n",
		"format: assay.trust/1\ntpm-roots:\n  - name: a\n",
		"format: assay.trust/1\ntpm-roots:\n  - certificate: a\n",
		"format: assay.trust/1\ntpm-roots:\n  - name: a\n    certificate: b\n    emulated: yes\n",
		"format: assay.trust/1\ntpm-roots:\n  - name: a\n    certificate: b\n    emulate: true\n",
		"format: assay.trust/1\npinned-aks:\n  - name: 000b\n",
		"format: assay.trust/1\npinned-aks:\n  - name: " NAME "00\n",
		"format: assay.trust/1\npinned-aks:\n  - name: 000c" NAME "\n",
		"format: assay.trust/1\npinned-aks:\n  - " NAME "\n",
		"format: assay.trust/1\nhardware-roots: x\n",
		ROOT("    hardware: sgx\n    sha256: " SUM "\n"),
		ROOT("    hardware: snp\n    sha256: " SUM "\n"),
		ROOT("    hardware: snp\n    product: Rome\n    sha256: " SUM "\n"),
		ROOT("    hardware: tdx\n    product: Milan\n    sha256: " SUM "\n"),
		ROOT("    hardware: tdx\n    product: x\n    sha256: " SUM "\n"),
		ROOT("    hardware: tdx\n    sha256: " SUM "00\n"),
		ROOT("    hardware: tdx\n"),
		ROOT("    sha256: " SUM "\n"),
		"format: assay.trust/1\nunsigned-reference-values: yes\n",
		"format: assay.trust/1\nunsigned-reference-values: [accept]\n",
	};
	struct trust_file t;
	struct err e = { 0 };

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		CHECK_ERR(parse(&t, bad[i], &e), e, ERR_FORMAT);
		if (e.kind != ERR_FORMAT)
			fprintf(stderr, "%s", bad[i]);
	}
}

#define D64 "0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"

static void names(void)
{
	static const struct {
		const char *hex;
		bool taken;
	} cases[] = { { "000b" D64, true }, { "000c" D64 "01020304050607080102030405060708", true },
		{ "000b" D64 "01020304050607080102030405060708", false }, { "000c" D64, false },
		{ "0004"
		  "0102030405060708090a0b0c0d0e0f1011121314",
			false },
		{ "0000" D64, false }, { "0012" D64, false }, { "0b00" D64, false },
		{ "000B" D64, false }, { "000b" D64 "0", false }, { "000b0", false },
		{ "000b01", false }, { "000b", false }, { "00", false }, { "", false },
		{ "000d" D64 D64, true }, { "000d" D64 D64 "00", false },
		{ "000d" D64 D64 D64, false } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct tpm_name name = { .n = 77 };
		struct err e = { 0 };
		bool ok = trust_file_read_name(&name, str_of(cases[i].hex), &e);

		test_report(ok == cases[i].taken, __FILE__, __LINE__, cases[i].hex);
		CHECK(ok ? name.n == strlen(cases[i].hex) / 2 && name.bytes[2] == 1
			 : e.kind == ERR_FORMAT && name.n == 77);
	}
}

/* Words for yes and no, and what each kind of hardware is called. */
static void words(void)
{
	static const char *const hardware[] = { "snp\n    product: Milan", "tdx", "nitro" };
	static const char *const pins[] = { NAME, "000b" SUM };
	struct tpm_name name;
	struct trust_file t;
	struct err e = { 0 };

	CHECK_OK(parse(&t,
			 "format: assay.trust/1\ntpm-roots:\n"
			 "  - name: a\n    certificate: b\n    emulated: false\n"
			 "unsigned-reference-values: refuse\n",
			 &e),
		e);
	CHECK(t.n_roots == 1 && !t.roots[0].emulated && !t.accept_unsigned);
	for (size_t i = 0; i < ARRAY_LEN(hardware); i++) {
		struct str text = arena_printf(
			a, ROOT("    hardware: %s\n    sha256: " SUM "\n"), hardware[i]);

		CHECK_OK(parse(&t, text.p, &e), e);
		CHECK(t.n_hardware == 1 && t.hardware[0].hardware == (enum trust_hardware)i);
		CHECK((t.hardware[0].product == SNP_MILAN) == !i);
	}
	CHECK_OK(parse(&t,
			 "format: assay.trust/1\npinned-aks:\n  - name: " NAME
			 "\n  - name: 000b" SUM "\n",
			 &e),
		e);
	for (size_t i = 0; i < ARRAY_LEN(pins); i++) {
		CHECK_OK(trust_file_read_name(&name, str_of(pins[i]), &e), e);
		CHECK(trust_file_is_pinned(&t, &name));
		name.n--;
		CHECK(!trust_file_is_pinned(&t, &name));
	}
}

/* As many of a list as may be, and one more. */
static void many(const char *head, const char *item, size_t max, const char *says)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 22);
	struct trust_file t;
	struct err e = { 0 };

	buf_printf(&b, "format: assay.trust/1\n%s:\n", head);
	for (size_t i = 0; i < max; i++)
		buf_add_cstr(&b, item);
	for (size_t n = max; n <= max + 1; n++) {
		struct str text = arena_str(a, buf_str(&b));
		bool ok = parse(&t, text.p, &e);

		test_report(ok == (n == max), __FILE__, __LINE__, e.text);
		if (ok)
			CHECK(t.n_roots + t.n_pinned + t.n_hardware == max);
		else
			CHECK(e.kind == ERR_FORMAT && strstr(e.text, says));
		buf_add_cstr(&b, item);
	}
}

static void limits(void)
{
	many("tpm-roots", "  - name: a\n    certificate: b\n", TRUST_FILE_ROOTS_MAX,
		"'tpm-roots' is a list of at most");
	many("pinned-aks", "  - name: " NAME "\n", TRUST_FILE_PINS_MAX,
		"'pinned-aks' is a list of at most");
	many("hardware-roots", "  - name: a\n    hardware: tdx\n    sha256: " SUM "\n",
		TRUST_FILE_HARDWARE_ROOTS_MAX, "'hardware-roots' is a list of at most");
}

#define KEY "ed25519:AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE="

static bool step(struct arena *little, const void *of, struct err *e)
{
	struct trust_file t = { .n_roots = 77 };
	bool ok = trust_file_parse(&t, of, little, e);

	CHECK(t.n_roots == (ok ? 1 : 77));
	return ok;
}

/* Every list takes memory of its own. */
static void memory(void)
{
	static const char *const lists[] = {
		"", "pinned-aks:\n  - name: " NAME "\n",
		"hardware-roots:\n  - name: a\n    hardware: tdx\n    sha256: " SUM "\n",
		"rebuilders:\n  - name: a\n    operator: b\n    key: " KEY "\n",
		"signers:\n  - name: a\n    key: " KEY "\n",
		"logs:\n  - origin: example.com/foo\n    key: example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n"
	};

	for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
		struct str text = arena_printf(a,
			"format: assay.trust/1\ntpm-roots:\n  - name: a\n    certificate: b\n%s",
			lists[i]);
		struct err e = { 0 };
		struct json v;

		CHECK_OK(yaml_parse(&v, str_span(text), a, &e), e);
		arena_steps(step, &v);
	}
}

int main(void)
{
	a = arena_new(1 << 28);
	reads();
	refuses();
	names();
	words();
	limits();
	memory();
	arena_free(a);
	return test_end();
}
