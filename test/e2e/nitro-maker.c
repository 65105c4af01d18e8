/* For verify-hardware.sh: a Nitro enclave of a test authority as files. `nitro-maker OUT` also writes document. */
#include "unit/nitro_case.h"

#include "evidence_files.h"

int main(int argc, char **argv)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);

	if (argc != 2)
		return 2;
	made_keys_new();
	world_init(a);
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
