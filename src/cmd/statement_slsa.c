/* assay statement slsa: what a manifest says, in the words of SLSA provenance. */
#include <stdio.h>
#include <sys/stat.h>

#include "build/finished.h"
#include "build/manifest.h"
#include "build/slsa_provenance.h"
#include "cmd/reference_load.h"
#include "cmd/verbs.h"
#include "sys/file.h"
#include "base/banned.h"

/* The folder's reference values, where it has some; their registers are subjects, too. */
static bool load_values(struct slsa_provenance *p, struct reference_values *values,
	uint8_t sha256[static SHA256_SIZE], const char *folder, struct arena *a, struct err *e)
{
	struct str path = arena_printf(a, "%s/" FINISHED_VALUES, folder);
	uint8_t manifest[SHA256_SIZE];

	if (!path.p)
		return arena_full(a, e);
	if (!reference_load(values, sha256, path.p, a, e))
		return e->kind == ERR_NOTFOUND;
	sha256_of(manifest, p->manifest);
	if (!ct_equal(manifest, values->manifest_sha256, SHA256_SIZE)) {
		err_set(e, ERR_MISMATCH, "'%s' is of another manifest", path.p);
		return err_hint(e, "give the folder as `assay build` wrote it");
	}
	p->values = values;
	p->values_sha256 = sha256;
	return true;
}

static bool load(struct slsa_provenance *p, struct buf *manifest, const char *from, struct arena *a,
	bool *is_folder, struct err *e)
{
	struct stat st;
	struct str path = str_of(from);

	*is_folder = stat(from, &st) == 0 && S_ISDIR(st.st_mode);
	if (*is_folder)
		path = arena_printf(a, "%s/" FINISHED_MANIFEST, from);
	if (!path.p)
		return arena_full(a, e);
	if (!file_read(AT_FDCWD, path.p, MANIFEST_SIZE_MAX, manifest, e))
		return err_hint(
			e, "give the folder that `assay build` wrote, or its manifest.json");
	p->manifest = buf_span(manifest);
	return true;
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *from = verb_arg(args, 0), *builder = verb_value(args, "--builder"),
		   *to = verb_value(args, "--output");
	CLEANUP(arena_freep) struct arena *a = arena_new(2 * MANIFEST_MEMORY_MAX);
	CLEANUP(buf_done) struct buf manifest = { 0 }, out = buf_init(SLSA_PROVENANCE_MAX);
	struct slsa_provenance p = { .builder = str_of(
					     builder ? builder : SLSA_PROVENANCE_BUILDER) };
	struct reference_values values;
	uint8_t sha256[SHA256_SIZE];
	bool is_folder;

	(void)code;
	if (!load(&p, &manifest, from, a, &is_folder, e) ||
		(is_folder && !load_values(&p, &values, sha256, from, a, e)))
		return false;
	if (!slsa_provenance_emit(&out, &p, a, e))
		return err_wrap(e, "'%s'", from);
	if (to)
		return file_write(AT_FDCWD, to, buf_span(&out), 0644, e);
	return fwrite(out.p, 1, out.n, stdout) == out.n || err_os(e, "cannot write the statement");
}

static const struct verb_option options[] = {
	{ "--builder", "URI", "the builder.id that you answer for", false },
	{ "--output", "FILE", "the statement (standard output)", false },
	{ 0 },
};

const struct verb cmd_statement_slsa = {
	.name = "statement slsa",
	.summary = "write what was built from what as SLSA provenance",
	.usage = "OUT|FILE",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.example = "assay statement slsa out -o provenance.json",
	.run = run,
};
