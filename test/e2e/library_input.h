/*
 * The arguments SECONDS EVIDENCE VALUES TRUST POLICY NONCE [CERTIFICATE|STATEMENT...] of examples/library/verify.c as what
 * libassay takes; for the programs here that call it often. Nothing is freed.
 */
#ifndef ASSAY_TEST_LIBRARY_INPUT_H
#define ASSAY_TEST_LIBRARY_INPUT_H

#include <assay.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct assay_bytes library_get(const char *path)
{
	struct assay_bytes b = { NULL, 0 };
	FILE *f = strcmp(path, "-") ? fopen(path, "rb") : NULL;
	char *p = f ? malloc(16 << 20) : NULL;

	if (p) {
		b.data = p;
		b.size = fread(p, 1, 16 << 20, f);
	}
	if (f)
		fclose(f);
	return b;
}

static struct assay_input library_input(int argc, char **argv)
{
	static struct assay_certificate certificates[ASSAY_CERTIFICATES_MAX];
	static struct assay_bytes statements[ASSAY_CERTIFICATES_MAX];
	struct assay_input in = { .size = sizeof in };

	if (argc < 6 || argc > 6 + ASSAY_CERTIFICATES_MAX)
		exit(2);
	in.at_unix = strtoll(argv[0], NULL, 10);
	in.evidence = library_get(argv[1]);
	in.reference_values = library_get(argv[2]);
	in.trust = library_get(argv[3]);
	in.policy = library_get(argv[4]);
	in.nonce = library_get(argv[5]);
	for (int i = 6; i < argc; i++) {
		struct assay_bytes b = library_get(argv[i]);

		if (strstr(argv[i], ".dsse.json"))
			statements[in.n_statements++] = b;
		else
			certificates[in.n_certificates++] = (struct assay_certificate){ argv[i],
				b };
	}
	in.certificates = certificates;
	in.statements = statements;
	return in;
}

#endif
