#include "build/sbom.h"

#include "base/hex.h"
#include "build/sbom_name.h"
#include "codec/json.h"
#include "test.h"

enum { ROOM = 1 << 20 };

static void purls(void)
{
	static const struct {
		const char *name, *version, *arch, *codename, *want;
	} cases[] = {
		{ "bash", "5.2.37-2+b10", "amd64", "trixie",
			"pkg:deb/debian/bash@5.2.37-2%2Bb10?arch=amd64&distro=trixie" },
		{ "g++-14", "14.2.0-19", "amd64", "trixie",
			"pkg:deb/debian/g%2B%2B-14@14.2.0-19?arch=amd64&distro=trixie" },
		{ "shadow", "1:4.17.4-2~a", "source", "trixie-security",
			"pkg:deb/debian/shadow@1:4.17.4-2~a?arch=source&distro=trixie" },
		{ "x/y", "1 %?#@\xc3\xbc", "all", "sid",
			"pkg:deb/debian/x%2Fy@1%20%25%3F%23%40%C3%BC?arch=all&distro=sid" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf b = buf_init(1000);

		sbom_name_purl(&b, str_of(cases[i].name), str_of(cases[i].version),
			str_of(cases[i].arch), str_of(cases[i].codename));
		test_report(str_is(buf_str(&b), cases[i].want), __FILE__, __LINE__, cases[i].want);
	}
}

/* Names that look alike once their letters are replaced stay apart. */
static void identifiers(void)
{
	const struct component a = { .name = STR("c") }, b = { .name = STR("c+") };
	const struct component_source s = { .path = STR("a/b+c.c") },
				      t = { .path = STR("a/b-c.c") };
	const struct lock_package p = { .source = STR("a"), .source_version = STR("b") };
	const struct lock_package q = { .source = STR("ab"), .source_version = STR("") };
	const char *id = sbom_name_input(&a, &s).text;

	CHECK(!strncmp(id, "SPDXRef-File-a-b-c.c-", 21) && strlen(id) == 21 + 32);
	CHECK(strcmp(sbom_name_input(&a, &s).text, sbom_name_input(&a, &t).text) != 0);
	CHECK(strcmp(sbom_name_input(&a, &s).text, sbom_name_input(&b, &s).text) != 0);
	CHECK(strcmp(sbom_name_component(&a).text, sbom_name_component(&b).text) != 0);
	/* The end alone, which the words are hashed to: "a", "b" is not "ab", "". */
	CHECK(strcmp(strrchr(sbom_name_source(&p).text, '-'),
		      strrchr(sbom_name_source(&q).text, '-')) != 0);
	CHECK(!strcmp(sbom_name_source(&p).text, sbom_name_source(&p).text));
}

/* A document of two packages of one source, a third in a toolchain, one component with one file. */
struct made {
	struct inputs inputs;
	struct lock_suite suite;
	struct lock_index index;
	struct lock_package packages[3];
	uint32_t image[2], toolchain[1];
	struct lock_set sets[2];
	struct component component;
	struct component_output output;
	struct component_source source;
	struct component_product product;
	struct component_made built;
	struct artefacts artefacts;
	struct tree *root;
	struct manifest_inputs in;
};

static struct lock_package package(const char *name, const char *source, uint8_t digest)
{
	return (struct lock_package){ .name = str_of(name),
		.version = STR("1:2+b1"),
		.architecture = STR("amd64"),
		.path = STR("pool/main/x/x.deb"),
		.sha256 = { digest },
		.source = str_of(source),
		.source_version = STR("1:2") };
}

static void make(struct made *m)
{
	const struct node overlay = { .path = STR("motd"),
		.kind = NODE_FILE,
		.mode = 0644,
		.origin = STR("overlay:overlay") };
	const struct node top = { .kind = NODE_FOLDER, .mode = 0755, .origin = STR("generated:x") };
	struct err e = { 0 };

	*m = (struct made){ .suite = { .archive = STR("debian"),
				    .suite = STR("trixie-updates"),
				    .codename = STR("trixie-updates") },
		.packages = { package("a", "s", 1), package("b", "s", 2), package("cc", "gcc", 3) },
		.image = { 0, 1 },
		.toolchain = { 2 },
		.component = { .name = STR("init"), .toolchain = STR("c") },
		.output = { .to = STR("initrd"), .path = STR("init") },
		.source = { .path = STR("init.c"), .sha256 = { 4 } },
		.root = tree_new(ROOM) };
	m->sets[0] = (struct lock_set){ STR("image"), m->image, 2 };
	m->sets[1] = (struct lock_set){ STR("toolchain:c"), m->toolchain, 1 };
	m->product = (struct component_product){
		.output = &m->output, .path = STR("init"), .kind = NODE_FILE
	};
	m->built = (struct component_made){
		&m->component,
		{ .sources = &m->source, .n_sources = 1, .products = &m->product, .n_products = 1 }
	};
	m->inputs.description.name = STR("small image");
	m->inputs.source_date_epoch = 1700000000;
	m->inputs.lock = (struct lock){ .suites = &m->suite,
		.n_suites = 1,
		.indexes = &m->index,
		.n_indexes = 1,
		.packages = m->packages,
		.n_packages = 3,
		.sets = m->sets,
		.n_sets = 2 };
	CHECK_OK(tree_add(m->root, &top, &e), e);
	CHECK_OK(tree_add(m->root, &overlay, &e), e);
	CHECK_OK(tree_finish(m->root, 1700000000, &e), e);
	m->in = (struct manifest_inputs){ .inputs = &m->inputs,
		.components = &m->built,
		.n_components = 1,
		.artefacts = &m->artefacts,
		.disk_sha256 = m->packages[0].sha256,
		.root = m->root };
}

static const struct json *find(const struct json *list, const char *key, const char *value)
{
	for (size_t i = 0; i < list->n; i++) {
		const struct json *v = json_get(&list->items[i], key);

		if (v && str_is(v->text, value))
			return &list->items[i];
	}
	return NULL;
}

static size_t count(const struct json *relationships, const char *type)
{
	size_t n = 0;

	for (size_t i = 0; i < relationships->n; i++)
		n += str_is(json_get(&relationships->items[i], "relationshipType")->text, type);
	return n;
}

static void document(void)
{
	static const uint8_t manifest[SHA256_SIZE] = { 9 };
	CLEANUP(buf_done) struct buf b = buf_init(ROOM), again = buf_init(ROOM);
	CLEANUP(arena_freep) struct arena *a = arena_new(4 * ROOM);
	const struct json *packages, *relationships, *p;
	struct made m;
	struct json doc;
	struct err e = { 0 };

	make(&m);
	sbom_emit(&m.in, manifest, &b);
	sbom_emit(&m.in, manifest, &again);
	CHECK(buf_ok(&b) && str_equal(buf_str(&b), buf_str(&again)));
	CHECK_OK(json_parse(&doc, buf_span(&b), a, &e), e);
	packages = json_get(&doc, "packages");
	relationships = json_get(&doc, "relationships");
	/* Image, UKI, three packages, two sources, component, its file and its output, one file of an overlay. */
	CHECK(packages->n == 11);
	CHECK(count(relationships, "DESCRIBES") == 1);
	CHECK(count(relationships, "CONTAINS") == 6);
	CHECK(count(relationships, "GENERATED_FROM") == 4);
	CHECK(count(relationships, "BUILD_DEPENDENCY_OF") == 1);
	CHECK(str_is(
		json_get(json_get(&doc, "creationInfo"), "created")->text, "2023-11-14T22:13:20Z"));
	p = find(packages, "name", "gcc");
	CHECK(p && str_is(json_get(p, "versionInfo")->text, "1:2"));
	p = find(packages, "name", "init.c");
	CHECK(p && json_get(p, "checksums"));
	p = find(packages, "name", "a");
	CHECK(p && str_is(json_get(p, "packageFileName")->text, "x.deb"));
	tree_free(m.root);
}

/* Whatever is said otherwise gives another namespace, and the namespace is the digest of the rest. */
static void namespace(void)
{
	static const uint8_t manifest[SHA256_SIZE] = { 9 }, other[SHA256_SIZE] = { 8 };
	CLEANUP(buf_done) struct buf b = buf_init(ROOM), changed = buf_init(ROOM);
	uint8_t said[SHA256_SIZE], got[SHA256_SIZE];
	struct str place, was;
	struct made m;
	char *at;

	make(&m);
	sbom_emit(&m.in, manifest, &b);
	sbom_emit(&m.in, other, &changed);
	place = STR("https://spdx.org/spdxdocs/small%20image-");
	at = memmem(b.p, b.n, place.p, place.n);
	CHECK(at != NULL);
	if (!at)
		return;
	at += place.n;
	was = str_make(at, 2 * SHA256_SIZE);
	CHECK(!memmem(changed.p, changed.n, was.p, was.n));
	CHECK(hex_read(was, said, SHA256_SIZE));
	memset(at, '0', 2 * SHA256_SIZE);
	sha256_of(got, buf_span(&b));
	CHECK(memcmp(got, said, SHA256_SIZE) == 0);
	tree_free(m.root);
}

/* What does not fit is an error of the caller's buffer, never half a document that looks whole. */
static void too_large(void)
{
	static const uint8_t manifest[SHA256_SIZE] = { 9 };
	CLEANUP(buf_done) struct buf b = buf_init(1000);
	struct made m;

	make(&m);
	sbom_emit(&m.in, manifest, &b);
	CHECK(!buf_ok(&b));
	tree_free(m.root);
}

int main(void)
{
	purls();
	identifiers();
	document();
	namespace();
	too_large();
	return test_end();
}
