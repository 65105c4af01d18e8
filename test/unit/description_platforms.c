#include "lock/description_platforms.h"

#include "lock/platform_files.h"
#include "test.h"

#define HEAD                                                                                         \
	"format: assay/1\nname: x\nsuites: [{archive: debian, suite: trixie, components: [main]}]\n" \
	"firmware: {packages: [ovmf], code: c, vars: v}\nplatforms: "

static bool parse(struct description *d, const char *platforms, struct arena *a, struct err *e)
{
	struct str text = arena_printf(a, HEAD "%s\n", platforms);

	return description_parse(d, STR("dir"), str_span(text), a, e);
}

static void takes(struct arena *a)
{
	struct description d;
	struct err e = { 0 };

	CHECK_OK(
		parse(&d, "[qemu-vtpm, {shape: qemu-snp, firmware: a/b.fd, vcpu-type: EPYC-Genoa}]",
			a, &e),
		e);
	CHECK(d.n_platforms == 2 && d.platforms[0].shape.kind == PLATFORM_TPM);
	CHECK(str_is(d.platforms[1].shape.name, "qemu-snp") &&
		str_is(d.platforms[1].firmware.path, "a/b.fd"));
	CHECK(str_is(d.platforms[1].shape.vcpu_type, "EPYC-Genoa") &&
		d.platforms[1].shape.vcpus == 1);
	CHECK(description_has_platform(&d, PLATFORM_SNP) &&
		!description_has_platform(&d, PLATFORM_TDX));
}

static void combines(struct arena *a)
{
	static const char *const want[] = { "m/1/EPYC-Milan", "m/1/EPYC-Genoa", "m/8/EPYC-Milan",
		"m/8/EPYC-Genoa" };
	struct description d;
	struct err e = { 0 };

	CHECK_OK(parse(&d,
			 "[{shape: qemu-snp, name: m, firmware: f, vcpus: [\"1\", \"8\"], "
			 "guest-features: [\"0x21\"], vcpu-type: [EPYC-Milan, EPYC-Genoa]}]",
			 a, &e),
		e);
	CHECK(d.n_platforms == ARRAY_LEN(want));
	for (size_t i = 0; i < ARRAY_LEN(want) && i < d.n_platforms; i++) {
		CHECK(str_is(d.platforms[i].shape.name, want[i]));
		CHECK(str_is(d.platforms[i].shape.base, "qemu-snp") &&
			d.platforms[i].shape.guest_features == 0x21);
		CHECK(d.platforms[i].shape.vcpus == (i < 2 ? 1 : 8));
	}
}

static void refuses(struct arena *a)
{
	static const char *const bad[] = {
		"[qemu-vtpm, qemu-vtpm]",
		"[nowhere]",
		"[qemu-snp]",
		"[{shape: qemu-snp, firmware: f, vcpus: []}]",
		"[{shape: qemu-snp, firmware: f, vcpus: [\"1\", \"1\"]}]",
		"[{shape: qemu-snp, firmware: f, vcpus: {a: b}}]",
		"[{shape: qemu-snp, firmware: f, vcpus: \"0\"}]",
		"[{shape: qemu-snp, firmware: f, memory: 2G}]",
		"[{shape: qemu-snp, firmware: f, colour: red}]",
		"[{shape: qemu-snp, firmware: {component: none, file: f}}]",
		"[{shape: qemu-vtpm, firmware: f}]",
		"[nitro-enclave]",
		"[{name: x}]",
		"[[qemu-vtpm]]",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct description d;
		struct err e = { 0 };

		CHECK(!parse(&d, bad[i], a, &e));
		CHECK(strstr(e.text, "line 5") != NULL);
	}
}

/* 65 shapes are one too many, as a list and as combinations. */
static void limits(struct arena *a)
{
	static const char eight[] = "[\"1\", \"2\", \"3\", \"4\", \"5\", \"6\", \"7\", \"8\"]";
	struct description d;
	struct err e = { 0 };
	struct str text = arena_printf(a, "[{shape: qemu-tdx, firmware: f, vcpus: %s, memory: %s}",
		eight, "[1M, 2M, 3M, 4M, 5M, 6M, 7M, 8M]");

	CHECK_OK(parse(&d, arena_printf(a, "%.*s]", STR_ARG(text)).p, a, &e), e);
	CHECK(d.n_platforms == DESCRIPTION_PLATFORMS_MAX);
	CHECK(!parse(&d, arena_printf(a, "%.*s, qemu-vtpm]", STR_ARG(text)).p, a, &e) &&
		e.kind == ERR_LIMIT);
}

/* Every file of share/platforms is one, and is called as it is. */
static void files(struct arena *a)
{
	size_t n = 0;

	for (const struct embedded *f = platform_files; f->name; f++, n++) {
		struct platform_shape s;
		struct err e = { 0 };

		CHECK_OK(platform_shape_parse(&s, f->bytes, a, &e), e);
		CHECK(str_is(
			arena_printf(a, "share/platforms/%.*s.yaml", STR_ARG(s.name)), f->name));
	}
	CHECK(n >= 6);
}

int main(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(64 << 20);

	takes(a);
	combines(a);
	refuses(a);
	limits(a);
	files(a);
	return test_end();
}
