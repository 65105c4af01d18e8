/*
 * Kernel, stub and firmware of packages or of components.
 */
#include "lock/description_file.h"

#include "test.h"

/* Line 6 is the first behind it. */
#define HEAD                                                                               \
	"format: assay/1\nname: hello\nsuites:\n"                                          \
	"- {archive: debian, suite: trixie, components: [main]}\ntoolchains: {c: [gcc]}\n" \
	"components:\n- {name: a, toolchain: c, from: ., files: [x], steps: [[make]], "    \
	"outputs: [{from: file, to: build, mode: 0644}, {from: usr/lib, to: root, path: lib}]}\n"

static bool parse(struct description *ret, const char *members, struct arena *a, struct err *e)
{
	struct str text = arena_printf(a, HEAD "%s", members);

	return description_parse(ret, STR("dir"), str_span(text), a, e);
}

static void takes(struct arena *a)
{
	struct description d;
	struct err e = { 0 };

	CHECK_OK(
		parse(&d,
			"firmware: {code: {component: a, file: usr/lib/c}, vars: {component: a, file: usr/lib/d/v}, version: 2025.02}\n"
			"image: {kernel: {component: a, file: file}, stub: {component: a, file: file}}\n",
			a, &e),
		e);
	CHECK(!d.packages.n && !d.firmware_packages.n && str_is(d.firmware_version, "2025.02"));
	CHECK(str_is(d.kernel.component, "a") && str_is(d.kernel.path, "file"));
	CHECK(str_is(d.firmware_vars.path, "usr/lib/d/v") && d.firmware_code.line == 8);
	CHECK_OK(parse(&d, "image: {kernel: 'boot/*'}\n", a, &e), e);
	CHECK(!d.kernel.component.n && str_is(d.kernel.path, "boot/*") && !d.stub.path.n);
}

static const struct {
	const char *members, *says;
} bad[] = {
	{ "image: {kernel: {component: a}}\n", "member 'file' is missing" },
	{ "image: {kernel: {component: a, file: /x}}\n", "line 8: member 'file'" },
	{ "image: {kernel: {component: a, file: file, mode: 1}}\n", "kernel has no member 'mode'" },
	{ "image: {kernel: {component: b, file: file}}\n",
		"line 8: 'kernel': there is no component 'b'" },
	{ "image: {kernel: {component: a, file: other}}\n",
		"line 8: 'kernel': no output of component 'a' has 'other'" },
	{ "image: {kernel: {component: a, file: file/x}}\n", "has 'file/x'" },
	{ "image: {kernel: {component: a, file: usr/lib}}\n", "has 'usr/lib'" },
	{ "image: {kernel: {component: a, file: usr/library}}\n", "has 'usr/library'" },
	{ "image: {stub: usr/x}\n",
		"line 8: 'stub' is a file of a package, and 'firmware: packages'" },
	{ "firmware: {code: x, vars: {component: a, file: file}}\n",
		"'code' is a file of a package" },
	{ "firmware: {code: {component: a, file: file}, vars: x}\n",
		"'vars' is a file of a package" },
	{ "image: {configure: scripts}\n", "'packages' names none" },
};

static void refuses(struct arena *a)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct description d;
		struct err e = { 0 };
		bool ok = parse(&d, bad[i].members, a, &e);

		test_report(!ok && e.kind == ERR_FORMAT && strstr(e.text, bad[i].says), __FILE__,
			(int)i, ok ? "taken" : e.text);
	}
}

int main(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);

	takes(a);
	refuses(a);
	return test_end();
}
