/*
 * A Nitro enclave of a test authority as files. `nitro-maker OUT [VALUES [TIME]]` also writes document. With reference values,
 * whose shape of that platform it meets, the enclave is a machine that runs their image; with a time, in seconds, it answered then.
 * With the word nitrotpm in place of values it is an instance with a NitroTPM.
 */
#include "unit/nitro_case.h"

#include "evidence_files.h"

/* What hardware would have measured. */
static void world_runs(const char *path)
{
	CLEANUP(buf_done) struct buf text = buf_init(0);
	struct reference_values v = { 0 };
	struct err e = { 0 };
	bool met = false;

	CHECK_OK(file_read(AT_FDCWD, path, REFERENCE_VALUES_SIZE_MAX, &text, &e), e);
	CHECK_OK(reference_values_parse(&v, buf_span(&text), w.a, &e), e);
	for (size_t i = 0; i < v.n_shapes; i++) {
		const struct reference_shape *s = &v.shapes[i];

		if (!str_is(s->platform, "nitro-enclave"))
			continue;
		met = true;
		for (size_t k = 0; k < s->n_registers; k++)
			if (s->registers[k].how != REFERENCE_NOT_PREDICTABLE)
				memcpy(w.m.pcr[s->registers[k].reg],
					s->registers[k].values[0].bytes, SHA384_SIZE);
	}
	CHECK(met);
	world_shape();
}

/* Certificates, document and verifier live at another time than that of the unit tests. */
static void world_lives(const char *seconds)
{
	uint64_t at = 0;
	int64_t later;

	CHECK(str_u64(str_of(seconds), &at, UINT64_C(1) << 40));
	later = (int64_t)at - w.in.at_unix;
	w.in.at_unix += later;
	w.m.timestamp_ms += UINT64_C(1000) * (uint64_t)later;
	for (size_t i = 0; i < MADE_CERTS; i++) {
		w.m.certs[i].from += later;
		w.m.certs[i].to += later;
	}
}

int main(int argc, char **argv)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);

	if (argc < 2 || argc > 4)
		return 2;
	made_keys_new();
	world_init(a);
	if (argc > 2 && !strcmp(argv[2], "nitrotpm"))
		of_tpm();
	else if (argc > 2)
		world_runs(argv[2]);
	if (argc > 3)
		world_lives(argv[3]);
	world_sign();
	evidence_write(argv[1], "document", w.bundle.nitro_document);
	evidence_files(&(struct evidence_files){ .dir = argv[1],
		.bundle = &w.bundle,
		.shape = &w.shape,
		.root = &w.root,
		.hardware = "nitro",
		.nonce = w.nonce,
		.report_data = span_make(w.bound.bytes, digest_size(DIGEST_SHA512)),
		.at_unix = w.in.at_unix });
	(void)run_case;
	made_keys_free();
	return test_end();
}
