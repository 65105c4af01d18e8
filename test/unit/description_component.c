/*
 * Members of a component: where its sources come from, limits, releases, outputs that are folders.
 */
#include "lock/description_component.h"

#include "test.h"

#define SHA "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define COMMIT "0123456789abcdef0123456789abcdef01234567"
/* Its members begin in line 9. */
#define HEAD                                                                            \
	"format: assay/1\nname: hello\nsuites:\n"                                       \
	"- {archive: debian, suite: trixie, components: [main]}\npackages: [systemd]\n" \
	"toolchains: {c: [gcc]}\ncomponents:\n- name: a\n"
#define TAIL                                             \
	"  toolchain: c\n  steps: [[make]]\n"            \
	"  outputs:\n"                                   \
	"  - {from: a, to: root, path: a, mode: 0755}\n" \
	"  - {from: usr, to: root, path: .}\n"

static bool parse(struct component *ret, const char *members, struct arena *a, struct err *e)
{
	struct str text = arena_printf(a, HEAD "%s" TAIL, members);
	struct description d;

	if (!description_parse(&d, STR("dir"), str_span(text), a, e))
		return false;
	CHECK(d.n_components == 1);
	*ret = d.components[0];
	return true;
}

static void git(struct arena *a)
{
	struct component c = { 0 };
	struct err e = { 0 };

	CHECK_OK(parse(&c,
			 "  git: {url: 'https://example.org/x.git', commit: " COMMIT
			 ", sha256: " SHA "}\n",
			 a, &e),
		e);
	CHECK(c.source.kind == SOURCE_GIT && str_is(c.source.url, "https://example.org/x.git"));
	CHECK(str_is(c.source.commit, COMMIT) && c.source.pinned && c.source.sha256[31] == 0xef);
	CHECK(!c.from.n && !c.files.n);
	CHECK_OK(parse(&c, "  git: {path: ../x, commit: " SHA "}\n", a, &e), e);
	CHECK(str_is(c.source.path, "../x") && c.source.commit.n == 64 && !c.source.pinned);
}

static void tarball(struct arena *a)
{
	struct component c = { 0 };
	struct err e = { 0 };

	CHECK_OK(parse(&c,
			 "  tarball: {url: 'http://example.org/x.tar.gz', sha256: " SHA
			 ", size: 17, strip: 1}\n",
			 a, &e),
		e);
	CHECK(c.source.kind == SOURCE_TARBALL && c.source.size == 17 && c.source.strip);
	CHECK_OK(parse(&c, "  tarball: {path: x.tar, sha256: " SHA ", strip: 0}\n", a, &e), e);
	CHECK(str_is(c.source.path, "x.tar") && !c.source.size && !c.source.strip);
}

static void debian(struct arena *a)
{
	struct component c = { 0 };
	struct err e = { 0 };

	CHECK_OK(parse(&c, "  debian-source: {name: g++-1.0, version: '1:2.0~rc1-3'}\n", a, &e), e);
	CHECK(c.source.kind == SOURCE_DEBIAN && str_is(c.source.version, "1:2.0~rc1-3"));
	CHECK_OK(parse(&c, "  debian-source: {name: hello}\n", a, &e), e);
	CHECK(str_is(c.source.name, "hello") && !c.source.version.n);
}

static void more(struct arena *a)
{
	struct component c = { 0 };
	struct err e = { 0 };

	CHECK_OK(parse(&c,
			 "  from: .\n  files: [x]\n  release: [schedule, clock]\n"
			 "  limits: {processes: 20, memory: 3G, disk: 512M, time: 90m}\n",
			 a, &e),
		e);
	CHECK(c.source.kind == SOURCE_FOLDER && c.release.n == 2);
	CHECK(c.limits.processes == 20 && c.limits.memory == 3ULL << 30);
	CHECK(c.limits.disk == 512ULL << 20 && c.limits.time_s == 5400);
	CHECK(c.n_outputs == 2 && !c.outputs[0].tree && c.outputs[0].mode == 0755);
	CHECK(c.outputs[1].tree && str_is(c.outputs[1].path, "."));
	CHECK_OK(parse(&c, "  from: .\n  files: [x]\n  limits: {time: 7, memory: 4096}\n", a, &e),
		e);
	CHECK(c.limits.time_s == 7 && c.limits.memory == 4096 && !c.limits.disk);
}

static const struct {
	const char *members, *says;
} bad[] = {
	{ "", "line 8: member 'from' is missing" },
	{ "  from: .\n", "line 8: 'files' must name at least one" },
	{ "  from: .\n  files: [x]\n  tarball: {path: x, sha256: " SHA "}\n",
		"a component has one source" },
	{ "  files: [x]\n  debian-source: {name: ab}\n", "a component has one source" },
	{ "  git: {path: x, commit: " COMMIT "}\n  debian-source: {name: ab}\n",
		"a component has one source" },
	{ "  git: x\n", "line 9: member 'git': must be a map" },
	{ "  git: {commit: " COMMIT "}\n", "line 9: one of 'url' and 'path'" },
	{ "  git: {path: x, url: 'https://a', commit: " COMMIT "}\n",
		"line 9: one of 'url' and 'path'" },
	{ "  git: {path: /x, commit: " COMMIT "}\n", "member 'path'" },
	{ "  git: {path: x}\n", "member 'commit' is missing" },
	{ "  git: {path: x, commit: main}\n", "'main' is no full commit id" },
	{ "  git: {path: x, commit: 0123456}\n", "no full commit id" },
	{ "  git: {path: x, commit: 0123456789ABCDEF0123456789abcdef01234567}\n",
		"no full commit id" },
	{ "  git: {path: x, commit: -123456789abcdef0123456789abcdef01234567}\n",
		"no full commit id" },
	{ "  git: {url: 'ssh://a/b', commit: " COMMIT "}\n", "is no https, http or file URL" },
	{ "  git: {url: 'ext::sh -c x', commit: " COMMIT "}\n", "blanks" },
	{ "  git: {url: '--upload-pack=x', commit: " COMMIT "}\n",
		"is no https, http or file URL" },
	{ "  git: {url: 'https://me:secret@a/b', commit: " COMMIT "}\n", "user name" },
	{ "  git: {url: 'file://host/b', commit: " COMMIT "}\n", "is no https, http or file URL" },
	{ "  git: {path: x, commit: " COMMIT ", branch: main}\n", "git has no member 'branch'" },
	{ "  git: {path: x, commit: " COMMIT ", sha256: " COMMIT "}\n", "line 9: member 'sha256'" },
	{ "  tarball: {path: x}\n", "member 'sha256' is missing" },
	{ "  tarball: {path: x, sha256: " SHA ", strip: 2}\n", "member 'strip'" },
	{ "  tarball: {path: x, sha256: " SHA ", size: -1}\n", "member 'size'" },
	{ "  tarball: {url: 'https://a/x?y=1', sha256: " SHA "}\n", "member 'url'" },
	{ "  tarball: {url: 'https://a/', sha256: " SHA "}\n", "member 'url'" },
	{ "  tarball: {url: 'https://a', sha256: " SHA "}\n", "member 'url'" },
	{ "  debian-source: {version: 1}\n", "member 'name' is missing" },
	{ "  debian-source: {name: Hello}\n", "no name of a source package" },
	{ "  debian-source: {name: a}\n", "no name of a source package" },
	{ "  debian-source: {name: ab, version: x}\n", "member 'version'" },
	{ "  debian-source: {name: ab, component: main}\n",
		"debian-source has no member 'component'" },
	{ "  debian-source: {name: ab}\n  release: [time]\n",
		"line 10: member 'release': 'time' is nothing that the box fixes" },
	{ "  debian-source: {name: ab}\n  release: [clock, clock]\n", "stands twice" },
	{ "  debian-source: {name: ab}\n  limits: {time: 0}\n", "line 10: member 'time'" },
	{ "  debian-source: {name: ab}\n  limits: {time: 1d}\n", "member 'time'" },
	{ "  debian-source: {name: ab}\n  limits: {time: h}\n", "member 'time'" },
	{ "  debian-source: {name: ab}\n  limits: {memory: 99999999999G}\n", "member 'memory'" },
	{ "  debian-source: {name: ab}\n  limits: {processes: 5K}\n", "member 'processes'" },
	{ "  debian-source: {name: ab}\n  limits: {cpu: 5}\n", "limits has no member 'cpu'" },
};

static void refuses(struct arena *a)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct component c;
		struct err e = { 0 };
		bool ok = parse(&c, bad[i].members, a, &e);

		test_report(!ok && strstr(e.text, bad[i].says), __FILE__, (int)i,
			ok ? "taken" : e.text);
	}
}

/* Components b and c behind the first, whose members are given. */
static bool parse_more(struct description *ret, const char *members, const char *b, const char *c,
	struct arena *a, struct err *e)
{
	static const char rest[] = "  toolchain: c\n  from: .\n  files: [x]\n  steps: [[make]]\n"
				   "  outputs: [{from: x, to: build, mode: 0644}]\n";
	struct str text = arena_printf(a,
		HEAD "  from: .\n  files: [x]\n%s" TAIL "- name: b\n%s%s- name: c\n%s%s", members,
		b, rest, c, rest);

	return description_parse(ret, STR("dir"), str_span(text), a, e);
}

/* Each stands behind what it needs; else as they are written. */
static void needs(struct arena *a)
{
	struct description d;
	struct err e = { 0 };

	CHECK_OK(parse_more(&d, "", "", "", a, &e), e);
	CHECK(d.build_order[0] == 0 && d.build_order[1] == 1 && d.build_order[2] == 2);
	CHECK(str_is(d.components[1].outputs[0].to, "build"));
	CHECK(str_is(d.components[1].outputs[0].path, "x"));
	CHECK_OK(parse_more(&d, "  needs: [c, b]\n", "  needs: [c]\n", "", a, &e), e);
	CHECK(d.components[0].needs.n == 2);
	CHECK(d.build_order[0] == 2 && d.build_order[1] == 1 && d.build_order[2] == 0);
}

static void refuses_needs(struct arena *a)
{
	struct description d;
	struct err e = { 0 };

	CHECK_ERR(parse_more(&d, "", "  needs: [a, x]\n", "", a, &e), e, ERR_FORMAT);
	CHECK(!strcmp(e.text, "line 16: component 'b' needs 'x', and no component has that name"));
	CHECK(!strcmp(e.hint, "there are: a, b, c"));
	CHECK_ERR(parse_more(&d, "", "", "  needs: [c]\n", a, &e), e, ERR_FORMAT);
	CHECK(!strcmp(e.text, "line 22: component 'c' needs itself: it needs 'c'"));
	CHECK_ERR(parse_more(&d, "  needs: [b]\n", "  needs: [c]\n", "  needs: [b]\n", a, &e), e,
		ERR_FORMAT);
	CHECK(!strcmp(
		e.text, "line 17: component 'b' needs itself: it needs 'c', which needs 'b'"));
	CHECK(e.hint[0] != 0);
	CHECK_ERR(parse_more(&d, "", "  needs: [a, a]\n", "", a, &e), e, ERR_FORMAT);
}

int main(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);

	git(a);
	tarball(a);
	debian(a);
	more(a);
	refuses(a);
	needs(a);
	refuses_needs(a);
	return test_end();
}
