#include "lock/why.h"

#include "locks_made.h"
#include "test.h"

/* STR as a constant initialiser. */
#define S(literal)                           \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

enum { ARENA = 4 << 20 };

static const char lines[] = "app 1 image seed\n"
			    "base 1 image,toolchain:c essential\n"
			    "blob 1 firmware seed\n"
			    "cc 1 toolchain:c seed\n"
			    "deep 1 image dependency of mid\n"
			    "lib 1 image,toolchain:c dependency of base\n"
			    "mid 1 image dependency of app\n"
			    "post 1 image dependency of mid";

static const char packages
	[] = "Package: app\nVersion: 1\nPre-Depends: nothing\nDepends: other | mid (>= 1), lib\n\n"
	     "Package: base\nVersion: 1\nEssential: yes\nDepends: lib:any (>= 0)\n\n"
	     "Package: base\nVersion: 2\nDepends: deep\n\n"
	     "Package: blob\nVersion: 1\n\n"
	     "Package: cc\nVersion: 1\nPre-Depends: base,\n lib (= 1) [amd64]\n\n"
	     "Package: deep\nVersion: 1\n\n"
	     "Package: lib\nVersion: 1\n\n"
	     "Package: mid\nVersion: 1\nDepends: deep, mail-agent\n\n"
	     "Package: post\nVersion: 1\nProvides: mail-agent (= 1), other-name\n";

static struct locks_made made;
static const struct str seeds[] = { S("app") }, blobs[] = { S("blob") }, tools[] = { S("cc") };
static const struct toolchain_request toolchain = { S("c"), { tools, 1 } };
static const struct description d = { .packages = { seeds, 1 },
	.firmware_packages = { blobs, 1 },
	.toolchains = &toolchain,
	.n_toolchains = 1 };

/* "SET: BEGIN NAME FIELD(DEPENDENCY) NAME ..." for each chain. */
static bool is(const char *name, bool indexes, const char *want)
{
	struct buf b CLEANUP(buf_done) = buf_init(65536);
	struct span text = str_span(str_of(packages));
	struct arena *a = arena_new(ARENA);
	struct why w = { 0 };
	struct err e;

	locks_made(&made, lines);
	CHECK_OK(why_find(&w, &made.lock, indexes ? &d : NULL, &text, str_of(name), a, &e), e);
	for (size_t i = 0; i < w.n; i++) {
		const struct why_chain *c = &w.chains[i];

		CHECK(c->from_indexes == indexes);
		buf_printf(&b, "%.*s: %.*s", STR_ARG(c->set), STR_ARG(c->begin));
		for (size_t k = 0; k < c->n; k++) {
			const struct why_step *s = &c->steps[k];

			if (s->field.n)
				buf_printf(&b, " %.*s(%.*s)", STR_ARG(s->field),
					STR_ARG(s->dependency));
			buf_printf(&b, " %.*s", STR_ARG(s->package->name));
		}
		buf_add_cstr(&b, "\n");
	}
	arena_free(a);
	if (!str_is(buf_str(&b), want))
		fprintf(stderr, "why %s:\n%.*s", name, STR_ARG(buf_str(&b)));
	return str_is(buf_str(&b), want);
}

static void from_indexes(void)
{
	CHECK(is("app", true, "image: seed app\n"));
	CHECK(is("mid", true, "image: seed app Depends(other | mid (>= 1)) mid\n"));
	CHECK(is("deep", true,
		"image: seed app Depends(other | mid (>= 1)) mid Depends(deep) deep\n"));
	CHECK(is("post", true,
		"image: seed app Depends(other | mid (>= 1)) mid Depends(mail-agent) post\n"));
	CHECK(is("base", true, "image: essential base\ntoolchain:c: essential base\n"));
	CHECK(is("lib", true,
		"image: seed app Depends(lib) lib\n"
		"toolchain:c: seed cc Pre-Depends(lib (= 1) [amd64]) lib\n"));
	CHECK(is("blob", true, "firmware: seed blob\n"));
	CHECK(is("no-such", true, ""));
}

static void from_the_lock(void)
{
	CHECK(is("deep", false, "image: seed app mid deep\n"));
	CHECK(is("lib", false, "image: essential base lib\ntoolchain:c: essential base lib\n"));
	CHECK(is("blob", false, "firmware: seed blob\n"));
}

/* An index that is not at hand, or one that says nothing of the package: the lock's reasons do. */
static void without_the_index(void)
{
	struct arena *a = arena_new(ARENA);
	struct span none = { 0 };
	struct why w;
	struct err e;

	locks_made(&made, lines);
	CHECK_OK(why_find(&w, &made.lock, &d, &none, STR("deep"), a, &e), e);
	CHECK(w.n == 1 && !w.chains[0].from_indexes && w.chains[0].n == 3);
	CHECK(w.n == 1 && str_is(w.chains[0].begin, "seed"));
	arena_free(a);
}

/* A lock that somebody wrote by hand may go round in circles, or name nobody. */
static void no_end(void)
{
	struct arena *a = arena_new(ARENA);
	struct span none = { 0 };
	struct why w;
	struct err e;

	locks_made(&made, "a 1 image dependency of b\nb 1 image dependency of a\n"
			  "c 1 image dependency of nobody");
	CHECK_OK(why_find(&w, &made.lock, NULL, &none, STR("a"), a, &e), e);
	CHECK(w.n == 1 && w.chains[0].n >= 2 && w.chains[0].n <= 5);
	CHECK_OK(why_find(&w, &made.lock, NULL, &none, STR("c"), a, &e), e);
	CHECK(w.n == 1 && w.chains[0].n == 1);
	arena_free(a);
}

static void a_broken_index(void)
{
	struct arena *a = arena_new(ARENA);
	struct span text = str_span(STR("no colon here\n"));
	struct why w;
	struct err e;

	locks_made(&made, lines);
	CHECK_ERR(why_find(&w, &made.lock, &d, &text, STR("deep"), a, &e), e, ERR_FORMAT);
	arena_free(a);
}

int main(void)
{
	from_indexes();
	from_the_lock();
	without_the_index();
	no_end();
	a_broken_index();
	return test_end();
}
