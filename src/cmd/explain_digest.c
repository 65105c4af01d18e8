#include "cmd/explain_digest.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/hex.h"
#include "cmd/explain_digest_values.h"
#include "cmd/firmware_of_store.h"
#include "cmd/line.h"
#include "cmd/sev_inputs.h"
#include "measure/digest_search.h"
#include "measure/linux_setup.h"
#include "sys/file.h"
#include "base/banned.h"

enum { ARENA_MAX = 4 << 20, PATH_SIZE = 4096 };
#define KERNEL_ARENA_MAX ((size_t)10 * LINUX_SETUP_KERNEL_MAX)

struct explain_digest {
	uint8_t want[SHA384_SIZE];
	size_t size;
	struct sev_inputs inputs;
	bool found;
	bool has_values; /* reference values were looked through */
	bool named;      /* the firmware at hand: by the user */
	uint64_t n_tried, n_firmware;
};

static const char *const features_known[] = { [3] = "restricted injection",
	[5] = "DebugSwap, as Linux 6.6 and 6.7 have it on",
	[6] = "no IBS by the host",
	[9] = "secure TSC",
	[15] = "SMT protection" };

static void print_features(uint64_t features)
{
	printf("  guest features  %#llx", (unsigned long long)features);
	for (size_t i = 0; i < ARRAY_LEN(features_known); i++)
		if (features_known[i] && features >> i & 1)
			printf("; bit %zu: %s", i, features_known[i]);
	putchar('\n');
}

static void print_kernel(const struct explain_digest *x, const struct digest_found *f)
{
	if (f->with_kernel)
		puts("  kernel          the hashes of --kernel, --initrd and --append are in it");
	else if (x->inputs.has_kernel)
		puts("  kernel          no hashes are in it, though a kernel is given here: nothing says which one starts");
	else
		puts("  kernel          no hashes are in it");
}

static void print_tdx(const struct tdx_found *t)
{
	if (t->is_mrtd) {
		printf("  passes          %s\n",
			t->passes == TDX_TWO_PASS
				? "two: pages are added, then measured, as on old hosts"
				: "single: each page is added and measured");
		return;
	}
	printf("  kernel's header %s\n", t->patched
						 ? "written into, as QEMU before 10.2 does"
						 : "as in the file, as QEMU since 10.2 leaves it");
	if (t->patched)
		printf("  memory          %llu MiB%s\n", (unsigned long long)(t->memory >> 20),
			t->memory == UINT64_C(2) << 30 ? ", or any from 2816 MiB on" : "");
	printf("  separator       in %s\n", t->separator == TDX_SEPARATOR_RTMR1
						    ? "RTMR 1, as firmware since 2024.11 has it"
						    : "RTMR 0, as older firmware has it");
}

static void print_found(const struct explain_digest *x, const struct digest_found *f)
{
	static const char *const kinds[] = {
		[DIGEST_SEARCH_SNP] = "the launch digest of an SEV-SNP guest with",
		[DIGEST_SEARCH_FIRMWARE_HASH] =
			"not a guest's digest, but that of a firmware's pages alone:",
		[DIGEST_SEARCH_SEV] = "the launch digest of an SEV guest with",
		[DIGEST_SEARCH_SEV_ES] = "the launch digest of an SEV-ES guest with",
		[DIGEST_SEARCH_TDX] = "the MRTD of a TD with",
	};

	puts(f->kind == DIGEST_SEARCH_TDX && !f->tdx.is_mrtd
			? "RTMR 1 of a TD that QEMU gives this kernel to, with"
			: kinds[f->kind]);
	if (f->firmware)
		line_print(stdout, "  firmware        %.*s", STR_ARG(f->firmware->name));
	if (f->kind == DIGEST_SEARCH_SNP || f->kind == DIGEST_SEARCH_SEV_ES) {
		printf("  hypervisor      %s\n", sev_vmm_name(f->vmm));
		printf("  vCPUs           %u\n", f->processors);
		printf("  vCPU type       %s\n",
			f->cpu ? f->cpu->name : "any: it is not measured there");
	}
	if (f->kind == DIGEST_SEARCH_SNP)
		print_features(f->features);
	if (f->kind == DIGEST_SEARCH_TDX)
		print_tdx(&f->tdx);
	else if (f->kind != DIGEST_SEARCH_FIRMWARE_HASH)
		print_kernel(x, f);
}

static void print_tried(
	const struct explain_digest *x, struct str name, const struct digest_search_tried *t)
{
	line_print(stdout, "tried %.*s: %llu candidates%s%.*s", STR_ARG(name),
		(unsigned long long)t->n, t->why_not.n ? "; not more, because " : "",
		STR_ARG(t->why_not));
	if (x->inputs.has_kernel && t->n_kernel)
		printf("  %llu of them with the kernel's hashes\n",
			(unsigned long long)t->n_kernel);
}

static bool try_one(void *ctx, struct str name, struct span image, bool *end, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(ARENA_MAX);
	struct explain_digest *x = ctx;
	const struct digest_search_firmware firmware = { name, image };
	struct digest_search_in in = { .want = span_make(x->want, x->size),
		.firmware = &firmware,
		.n_firmware = 1,
		.hashes = sev_inputs_hashes(&x->inputs) };
	struct digest_search r;

	if (!digest_search(&r, &in, a, e))
		return false;
	/* Variables, which lie beside it. */
	if (!r.n && !x->named)
		return true;
	x->n_firmware++;
	x->n_tried += r.n;
	*end = x->found = r.found.kind != DIGEST_SEARCH_NONE;
	if (x->found)
		print_found(x, &r.found);
	else
		print_tried(x, name, &r.tried[0]);
	return true;
}

static bool try_file(struct explain_digest *x, const char *path, struct err *e)
{
	CLEANUP(buf_done) struct buf image = buf_init(0);
	bool end;

	return sev_inputs_image(&image, path, e) &&
	       try_one(x, str_of(path), buf_span(&image), &end, e);
}

/* The images in OUT/firmware. */
static bool try_folder(struct explain_digest *x, const char *folder, struct err *e)
{
	char path[PATH_SIZE], **names = NULL;
	bool ok = true;
	size_t n = 0;

	snprintf(path, sizeof path, "%s/firmware", folder);
	if (!file_names(AT_FDCWD, path, &names, &n, e))
		return err_hint(e,
			"the argument of --digest is the folder of an image, as assay build makes it");
	for (size_t i = 0; i < n && ok && !x->found; i++) {
		snprintf(path, sizeof path, "%s/firmware/%s", folder, names[i]);
		ok = !str_ends(str_of(path), ".fd") || try_file(x, path, e);
	}
	file_names_free(names, n);
	return ok;
}

static bool try_given(struct explain_digest *x, const struct verb_args *args, struct err *e)
{
	const char *path;

	x->named = true;
	for (size_t i = 0; (path = verb_nth(args, "--firmware", i)) && !x->found; i++)
		if (!try_file(x, path, e))
			return false;
	x->named = false;
	path = verb_arg(args, 0);
	return x->found || !path || try_folder(x, path, e);
}

/* What QEMU starts for firmware of UEFI: an EFI image, which a bzImage is, too, or a bzImage from before that. */
static bool is_kernel(const struct verb_args *args, struct err *e)
{
	enum { MAGIC_AT = 0x202, HEAD = MAGIC_AT + 4 };
	const char *path = verb_value(args, "--kernel");
	uint8_t head[HEAD] = { 0 };
	CLEANUP(file_closep) int fd = -1;
	struct stat st;

	if (!path)
		return true;
	fd = file_open(AT_FDCWD, path, e);
	if (fd < 0)
		return false;
	if (fstat(fd, &st) < 0)
		return err_os(e, "cannot read '%s'", path);
	if (!file_pread(fd, head, st.st_size < HEAD ? (size_t)st.st_size : HEAD, 0, path, e))
		return false;
	if (memcmp(head, "MZ", 2) == 0 || memcmp(head + MAGIC_AT, "HdrS", 4) == 0)
		return true;
	err_set(e, ERR_FORMAT, "--kernel '%s' is no kernel: neither an EFI image nor a bzImage",
		path);
	return err_hint(e, "give the file that is given to QEMU as -kernel");
}

/* RTMR 1: no firmware has a part in it but for its separator. */
static bool try_kernel(struct explain_digest *x, const struct verb_args *args, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(KERNEL_ARENA_MAX);
	const char *path = verb_value(args, "--kernel"), *append = verb_value(args, "--append");
	struct digest_found f = { .kind = DIGEST_SEARCH_TDX };
	CLEANUP(buf_done) struct buf kernel = buf_init(0);
	struct tdx_search_kernel k = { .initrd_size = x->inputs.initrd_size,
		.command_line = str_of(append) };
	struct err none = { 0 };

	if (!path || x->size != SHA384_SIZE)
		return true;
	if (!file_read(AT_FDCWD, path, LINUX_SETUP_KERNEL_MAX, &kernel, e))
		return false;
	k.kernel = buf_span(&kernel);
	/* A file that is no bzImage has no such register. */
	if (tdx_search_rtmr1(&f.tdx, &x->found, &x->n_tried, &k, x->want, a, &none) && x->found)
		print_found(x, &f);
	return true;
}

static bool read_want(struct explain_digest *x, const char *hex, struct err *e)
{
	x->size = strlen(hex) / 2;
	if ((x->size == SHA256_SIZE || x->size == SHA384_SIZE) &&
		hex_read(str_of(hex), x->want, x->size))
		return true;
	err_set(e, ERR_USAGE,
		"--digest '%s' is not %d (SEV-SNP, TDX) or %d (SEV, SEV-ES) lower-case hexadecimal digits",
		hex, 2 * SHA384_SIZE, 2 * SHA256_SIZE);
	return err_hint(
		e, "it is the report's MEASUREMENT, MRTD or RTMR 1, or what assay measure prints");
}

static void print_rules(const struct explain_digest *x)
{
	if (x->size == SHA384_SIZE && x->inputs.has_kernel)
		puts("tried: RTMR 1 by the header's rules of QEMU before and since 10.2");
	if (!x->n_firmware) {
		puts("not tried: what firmware decides, since there is none here");
		return;
	}
	if (x->size == SHA384_SIZE)
		printf("tried: MRTD in one pass and in two\n"
		       "tried: qemu, ec2, gce; EPYC to EPYC-Turin; up to %d vCPUs with features 0x1 and 0x21, up to %d with rarer ones\n",
			DIGEST_SEARCH_PROCESSORS, DIGEST_SEARCH_PROCESSORS_RARE);
	else
		printf("tried: SEV; SEV-ES under qemu, ec2, gce; EPYC to EPYC-Turin; up to %d vCPUs\n",
			DIGEST_SEARCH_PROCESSORS_ES);
	puts("not tried: an SVSM, processors by other signatures");
}

static void print_nothing(const struct explain_digest *x)
{
	printf("nothing that was tried gives this digest: %llu candidates, %llu firmware image%s\n",
		(unsigned long long)x->n_tried, (unsigned long long)x->n_firmware,
		x->n_firmware == 1 ? "" : "s");
	print_rules(x);
	verb_hint(
		x->inputs.has_kernel && x->n_firmware
			? "another firmware, kernel, initrd or command line: give those that the host says it uses"
			: "give --firmware as the host has it; if it checks a kernel, --kernel, --initrd and --append, too");
}

static bool is_untried(const struct explain_digest *x, struct err *e)
{
	if (x->n_firmware || x->n_tried || x->has_values)
		return false;
	err_set(e, ERR_NOTFOUND,
		"nothing was tried: there is no firmware here, neither of --firmware nor in the folder of an image or the store");
	err_hint(e,
		"--firmware FILE as the host has it; OUT, where assay build wrote an image; or --reference-values FILE");
	return true;
}

/* The way back from a digest that somebody expects is the shortest. */
static bool try_values(struct explain_digest *x, const struct verb_args *args, struct err *e)
{
	const char *path = verb_value(args, "--reference-values");
	size_t n = 0;

	if (!path)
		return true;
	if (!explain_digest_values(&n, span_make(x->want, x->size), path, e))
		return false;
	x->has_values = true;
	x->found = n > 0;
	return true;
}

static bool search(struct explain_digest *x, const struct verb_args *args, struct err *e)
{
	if (!sev_inputs_kernel(&x->inputs, args, e) || !is_kernel(args, e) ||
		!try_kernel(x, args, e) || (!x->found && !try_given(x, args, e)))
		return false;
	return x->found || firmware_of_store(verb_value(args, "--store"), try_one, x, e);
}

static bool explain(
	struct explain_digest *x, const struct verb_args *args, int *code, struct err *e)
{
	if (!read_want(x, verb_value(args, "--digest"), e) || !try_values(x, args, e))
		return false;
	if (x->found)
		return true;
	if (!search(x, args, e))
		return false;
	if (x->found) {
		printf("found after %llu candidates with %llu firmware image%s\n",
			(unsigned long long)x->n_tried, (unsigned long long)x->n_firmware,
			x->n_firmware == 1 ? "" : "s");
		return true;
	}
	if (is_untried(x, e))
		return false;
	*code = VERB_NO;
	print_nothing(x);
	return true;
}

bool explain_digest(const struct verb_args *args, int *code, struct err *e)
{
	struct explain_digest x = { .found = false };
	bool ok = explain(&x, args, code, e);

	sev_inputs_done(&x.inputs);
	return ok;
}
