/*
 * Verifies evidence with libassay: reads files, calls once, prints the status and behind it the result in JSON.
 *
 *   cc verify.c -o verify $(pkg-config --cflags --libs libassay)
 *   ./verify SECONDS EVIDENCE VALUES TRUST POLICY NONCE [CERTIFICATE|STATEMENT...]
 *
 * SECONDS is the time of the appraisal since 1970 (`date +%s`); "-" stands for a file that there is not, and an empty
 * one is refused. NONCE is a file of 32 bytes. Each CERTIFICATE is named as the trust file names it; STATEMENTS of rebuilders are the files *.dsse.json. Exit: 0
 * affirmed, 1 not, 2 no verdict.
 */
#include <assay.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void fail(const char *path, const char *why)
{
	fprintf(stderr, "verify: cannot read '%s': %s\n", path, why);
	exit(2);
}

/* Nothing is left out but by "-": to the library no bytes are no file, and without a policy it takes its own. */
static struct assay_bytes get(const char *path)
{
	const struct assay_bytes none = { NULL, 0 };
	const size_t max = 16 << 20;
	struct assay_bytes b;
	FILE *f;
	void *p;

	if (!strcmp(path, "-"))
		return none;
	f = fopen(path, "rb");
	if (!f)
		fail(path, strerror(errno));
	p = malloc(max);
	if (!p)
		fail(path, "no memory");
	b.data = p;
	b.size = fread(p, 1, max, f);
	if (ferror(f))
		fail(path, strerror(errno));
	if (b.size == 0)
		fail(path, "it is empty");
	if (b.size == max)
		fail(path, "it is too large");
	fclose(f);
	return b;
}

static int is_statement(const char *path)
{
	const char *end = ".dsse.json";
	size_t n = strlen(path), k = strlen(end);

	return n > k && !strcmp(path + n - k, end);
}

int main(int argc, char **argv)
{
	struct assay_certificate certificates[ASSAY_CERTIFICATES_MAX];
	struct assay_bytes statements[ASSAY_CERTIFICATES_MAX];
	struct assay_input in;
	struct assay_result out;
	int i, error;
	char *end;

	if (argc < 7 || argc > 7 + ASSAY_CERTIFICATES_MAX) {
		fprintf(stderr,
			"usage: verify SECONDS EVIDENCE VALUES TRUST POLICY NONCE [CERTIFICATE|STATEMENT...]\n");
		return 2;
	}
	memset(&in, 0, sizeof in);
	memset(&out, 0, sizeof out);
	in.size = sizeof in;
	out.size = sizeof out;
	in.at_unix = strtoll(argv[1], &end, 10);
	if (end == argv[1] || *end) {
		fprintf(stderr, "verify: '%s' is no number of seconds\n", argv[1]);
		return 2;
	}
	in.evidence = get(argv[2]);
	in.reference_values = get(argv[3]);
	in.trust = get(argv[4]);
	in.policy = get(argv[5]);
	in.nonce = get(argv[6]);
	in.certificates = certificates;
	in.statements = statements;
	for (i = 7; i < argc; i++) {
		if (is_statement(argv[i])) {
			statements[in.n_statements++] = get(argv[i]);
			continue;
		}
		certificates[in.n_certificates].path = argv[i];
		certificates[in.n_certificates++].bytes = get(argv[i]);
	}
	error = assay_verify(&in, &out);
	if (error)
		fprintf(stderr, "verify: %s%s%s\n", out.error, out.hint[0] ? "; " : "", out.hint);
	else
		printf("%s\n%s", assay_status_name(out.status), out.ear);
	i = error ? 2 : out.status != ASSAY_AFFIRMING;
	assay_result_free(&out);
	return i;
}
