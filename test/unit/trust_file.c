#include "trust/trust_file.h"

#include "codec/yaml.h"
#include "test.h"

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

int main(void)
{
	a = arena_new(1 << 24);
	reads();
	refuses();
	arena_free(a);
	return test_end();
}
