/* Reference values as they are written, byte by byte. */
#include "appraise/reference_values.h"

#include "test.h"

enum { TEXT = 1 << 20 };

/* 32 and 48 bytes of 5a and of a5. */
#define S32(x) x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x x
#define S48(x) S32(x) x x x x x x x x x x x x x x x x

static const char full[] =
	"{\n"
	"  \"format\": \"assay.reference-values/1\",\n"
	"  \"image\": \"hello\",\n"
	"  \"manifest_sha256\": \"" S32(
		"5a") "\",\n"
		      "  \"origins\": {\n"
		      "    \"source\": 11,\n"
		      "    \"reproduced\": 33,\n"
		      "    \"distribution\": 22,\n"
		      "    \"opaque\": 44\n"
		      "  },\n"
		      "  \"shapes\": [\n"
		      "    {\n"
		      "      \"name\": \"one\",\n"
		      "      \"platform\": \"tpm\",\n"
		      "      \"inputs\": [\n"
		      "        {\n"
		      "          \"name\": \"uki\",\n"
		      "          \"value\": \"00ff\"\n"
		      "        },\n"
		      "        {\n"
		      "          \"name\": \"stub\",\n"
		      "          \"value\": \"\"\n"
		      "        }\n"
		      "      ],\n"
		      "      \"banks\": [\n"
		      "        \"sha256\",\n"
		      "        \"sha384\"\n"
		      "      ],\n"
		      "      \"firmware_only\": true,\n"
		      "      \"rules\": [\n"
		      "        {\n"
		      "          \"what\": \"w\",\n"
		      "          \"source\": \"s\",\n"
		      "          \"confirmed\": \"no\"\n"
		      "        },\n"
		      "        {\n"
		      "          \"what\": \"x\",\n"
		      "          \"source\": \"t\",\n"
		      "          \"confirmed\": \"here\"\n"
		      "        }\n"
		      "      ],\n"
		      "      \"coverage\": [\n"
		      "        {\n"
		      "          \"layer\": \"root\",\n"
		      "          \"by\": \"PCR 11\",\n"
		      "          \"note\": \"\"\n"
		      "        },\n"
		      "        {\n"
		      "          \"layer\": \"ACPI\",\n"
		      "          \"by\": \"\",\n"
		      "          \"note\": \"not covered\"\n"
		      "        }\n"
		      "      ],\n"
		      "      \"registers\": [\n"
		      "        {\n"
		      "          \"register\": 0,\n"
		      "          \"how\": \"observed\",\n"
		      "          \"reason\": \"booted here\",\n"
		      "          \"values\": {\n"
		      "            \"sha256\": \"" S32(
			      "a5") "\",\n"
				    "            \"sha384\": \"" S48(
					    "5a") "\"\n"
						  "          }\n"
						  "        },\n"
						  "        {\n"
						  "          \"register\": 1,\n"
						  "          \"how\": \"not-predictable\",\n"
						  "          \"reason\": \"devices\"\n"
						  "        },\n"
						  "        {\n"
						  "          \"register\": 23,\n"
						  "          \"how\": \"computed\",\n"
						  "          \"reason\": \"rules\",\n"
						  "          \"values\": {\n"
						  "            \"sha256\": \"" S32(
							  "5a") "\",\n"
								"            \"sha384\": \"" S48(
									"a5") "\"\n"
									      "          }\n"
									      "        }\n"
									      "      ],\n"
									      "      \"events\": [\n"
									      "        {\n"
									      "          \"register\": 23,\n"
									      "          \"type\": 4294967295,\n"
									      "          \"what\": \"separator\",\n"
									      "          \"rule\": \"PFP\",\n"
									      "          \"origin\": \"firmware\",\n"
									      "          \"text\": \"a \\\"b\\\"\",\n"
									      "          \"digests\": {\n"
									      "            \"sha256\": \"" S32(
										      "a5") "\",\n"
											    "            \"sha384\": \"" S48(
												    "5a") "\"\n"
													  "          }\n"
													  "        }\n"
													  "      ]\n"
													  "    },\n"
													  "    {\n"
													  "      \"name\": \"two\",\n"
													  "      \"platform\": \"snp\",\n"
													  "      \"inputs\": [],\n"
													  "      \"banks\": [\n"
													  "        \"sha384\"\n"
													  "      ],\n"
													  "      \"firmware_only\": false,\n"
													  "      \"coverage\": [],\n"
													  "      \"registers\": [],\n"
													  "      \"events\": []\n"
													  "    }\n"
													  "  ]\n"
													  "}\n";

static const char empty[] = "{\n"
			    "  \"format\": \"assay.reference-values/1\",\n"
			    "  \"image\": \"i\",\n"
			    "  \"manifest_sha256\": \"" S32("00") "\",\n"
								  "  \"shapes\": []\n"
								  "}\n";

static void is(const struct buf *got, const char *want)
{
	size_t at = 0;

	while (at < got->n && want[at] && got->p[at] == (uint8_t)want[at])
		at++;
	if (at < got->n || want[at])
		fprintf(stderr, "differs at %zu: '%.40s'\n", at, want + at);
	CHECK(buf_ok(got) && at == got->n && !want[at]);
}

static struct digest filled(enum digest_alg alg, int byte)
{
	struct digest d = { .alg = alg };

	memset(d.bytes, byte, digest_size(alg));
	return d;
}

static void all_members(void)
{
	const struct reference_input inputs[] = { { STR("uki"), STR("00ff") },
		{ STR("stub"), STR("") } };
	const struct platform_rule rules[] = { { STR("w"), STR("s"), STR("no") },
		{ STR("x"), STR("t"), STR("here") } };
	const struct reference_coverage rows[] = { { STR("root"), STR("PCR 11"), STR("") },
		{ STR("ACPI"), STR(""), STR("not covered") } };
	const struct digest a[] = { filled(DIGEST_SHA256, 0xa5), filled(DIGEST_SHA384, 0x5a) };
	const struct digest b[] = { filled(DIGEST_SHA256, 0x5a), filled(DIGEST_SHA384, 0xa5) };
	const struct reference_register registers[] = {
		{ 0, REFERENCE_OBSERVED, STR("booted here"), { a[0], a[1] } },
		{ 1, REFERENCE_NOT_PREDICTABLE, STR("devices"), { a[0], a[1] } },
		{ 23, REFERENCE_COMPUTED, STR("rules"), { b[0], b[1] } },
	};
	struct event event = { .reg = 23,
		.type = UINT32_MAX,
		.digests = { a[0], a[1] },
		.what = STR("separator"),
		.rule = STR("PFP"),
		.origin = STR("firmware"),
		.text = STR("a \"b\"") };
	const struct reference_shape shapes[] = {
		{ .name = STR("one"),
			.platform = STR("tpm"),
			.inputs = inputs,
			.n_inputs = 2,
			.banks = { DIGEST_SHA256, DIGEST_SHA384 },
			.n_banks = 2,
			.registers = registers,
			.n_registers = 3,
			.rules = rules,
			.n_rules = 2,
			.coverage = rows,
			.n_coverage = 2,
			.firmware_only = true,
			.events = { .banks = { DIGEST_SHA256, DIGEST_SHA384 },
				.n_banks = 2,
				.items = &event,
				.n = 1 } },
		{ .name = STR("two"),
			.platform = STR("snp"),
			.banks = { DIGEST_SHA384 },
			.n_banks = 1 }
	};
	struct reference_values v = { .image = STR("hello"),
		.has_origins = true,
		.origins = { { [ORIGIN_SOURCE] = 11,
			[ORIGIN_DISTRIBUTION] = 22,
			[ORIGIN_REPRODUCED] = 33,
			[ORIGIN_OPAQUE] = 44 } },
		.shapes = shapes,
		.n_shapes = 2 };
	CLEANUP(buf_done) struct buf text = buf_init(TEXT);

	memset(v.manifest_sha256, 0x5a, sizeof v.manifest_sha256);
	reference_values_emit(&v, &text);
	is(&text, full);
}

static void nothing_but_what_must_be(void)
{
	const struct reference_values v = { .image = STR("i"), .origins = { { 1, 2, 3, 4 } } };
	CLEANUP(buf_done) struct buf text = buf_init(TEXT);

	reference_values_emit(&v, &text);
	is(&text, empty);
}

int main(void)
{
	all_members();
	nothing_but_what_must_be();
	return test_end();
}
