#define ASSAY_MAY_ASK_THE_MACHINE
#include "cmd/rebuild_report.h"

#include <stdio.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"
#include "cmd/line.h"
#include "cmd/verb.h"
#include "sys/file.h"
#include "sys/par.h"
#include "base/banned.h"

enum { PROGRAM_MAX = 256 << 20, CPUINFO_MAX = 16 << 20 };

/* "model name : ..." of the first processor; NULL without one. */
static const char *processor_model(struct arena *a)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct str rest, line, key, value;
	struct err ignored = { 0 };
	bool more = true;

	if (!file_read(AT_FDCWD, "/proc/cpuinfo", CPUINFO_MAX, &text, &ignored))
		return NULL;
	for (rest = buf_str(&text); more;) {
		more = str_cut(rest, '\n', &line, &rest);
		if (str_cut(line, ':', &key, &value) && str_is(str_trim(key), "model name"))
			return arena_str(a, str_trim(value)).p;
	}
	return NULL;
}

bool rebuild_report_machine(struct rebuild_by *by, uint8_t tool_sha256[static SHA256_SIZE],
	struct arena *a, struct err *e)
{
	CLEANUP(buf_done) struct buf program = { 0 };
	struct utsname name;

	if (!file_read(AT_FDCWD, "/proc/self/exe", PROGRAM_MAX, &program, e))
		return false;
	sha256_of(tool_sha256, buf_span(&program));
	by->tool = VERB_BUILD;
	by->tool_sha256 = tool_sha256;
	by->at_unix = time(NULL);
	by->kernel = uname(&name) == 0 ? arena_str(a, str_of(name.release)).p : NULL;
	by->processor = processor_model(a);
	by->n_processors = par_cores();
	by->as_root = geteuid() == 0;
	return true;
}

static void print_digest(const char *before, const struct digest *d, const char *otherwise)
{
	char hex[2 * DIGEST_MAX + 1];

	digest_hex(d, hex);
	printf("  %s  %s\n", before, d->alg == DIGEST_NONE ? otherwise : hex);
}

static void print_verdict(const struct rebuild_result *r, const struct rebuild_by *by)
{
	const struct rebuild_comparison *c = r->comparison;

	switch (c->verdict) {
	case REBUILD_IDENTICAL:
		printf("identical: %zu artefacts and %zu register values are the published ones\n",
			c->n_artefacts, c->n_registers);
		return;
	case REBUILD_BUILT:
		puts("built: nothing was published to compare with");
		return;
	case REBUILD_DIFFERS:
		line_print(stdout, "differs: first in %.*s", STR_ARG(c->first));
		print_digest("published", &c->published, "not there");
		print_digest("rebuilt  ", &c->rebuilt, "not there");
		return;
	case REBUILD_FAILED:
		break;
	}
	line_print(stdout, "failed: %s: %s", r->failed_at ? r->failed_at : "",
		by->why ? by->why : "no image came of it");
}

void rebuild_report_print(const struct rebuild_result *r, const struct rebuild_by *by,
	const uint8_t result_sha256[static SHA256_SIZE])
{
	char hex[2 * SHA256_SIZE + 1];

	if (by->chain_verified)
		puts("archive-membership: verified");
	else
		line_print(
			stdout, "archive-membership: not: %s", by->chain_why ? by->chain_why : "");
	print_verdict(r, by);
	hex_write(hex, result_sha256, SHA256_SIZE);
	printf("result     %s\n", hex);
}

void rebuild_report_hint(const struct rebuild_result *r, const struct rebuild_by *by,
	const char *target, const char *out)
{
	char hint[sizeof((struct err *)NULL)->hint];

	if (r->comparison->verdict == REBUILD_DIFFERS && !r->rebuilt.manifest) {
		verb_hint(
			"the sources are not those of the published manifest: name the right ones with "
			"--description DIR, or ask who published them");
	} else if (r->comparison->verdict == REBUILD_DIFFERS) {
		snprintf(hint, sizeof hint,
			"what was built stays in '%s': assay diff %s %s shows what differs", out,
			target, out);
		verb_hint(hint);
	} else if (r->comparison->verdict == REBUILD_FAILED) {
		verb_hint("rely on nothing of it: ask who published it");
	} else if (!by->chain_verified) {
		verb_hint(
			"archives keep their newest signatures only: name a folder that `assay archive` wrote with "
			"--mirror");
	}
}
