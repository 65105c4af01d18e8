/* The page of `assay report`: its structure, that each value is on it, and that no word of anybody becomes markup. */
#include "page/report_page.h"

#include "export_made.h"
#include "quorum_made.h"

enum { MEMORY = 64 << 20, PAGE_MAX = 4 << 20, DEPTH_MAX = 32 };

#define HOSTILE "\"><script>alert(1)</script><b '&\xe2\x80\xae\x01<!--"

static struct arena *a;

/* ---- a page whose words are all the same one ---- */

static struct made {
	struct manifest m;
	struct reference_values v;
	struct manifest_share_list origins;
	struct told_verdict verdict;
	struct explain explain;
	struct trust_file trust;
	uint8_t sha256[SHA256_SIZE];
	struct report_page page;
} made;

static struct manifest_part part(struct str word)
{
	return (struct manifest_part){ .size = 7, .origin = word, .class = ORIGIN_DISTRIBUTION };
}

static void make_manifest(struct str w)
{
	struct manifest_package *package = ARENA_NEW(a, struct manifest_package);
	struct manifest_share *share = ARENA_NEW(a, struct manifest_share);
	struct manifest_file *file = ARENA_NEW(a, struct manifest_file);
	struct str *set = ARENA_NEW(a, struct str);

	*set = w;
	*package = (struct manifest_package){ w, w, w, STR("2"), { set, 1 } };
	*share = (struct manifest_share){ w, 1, 9 };
	*file = (struct manifest_file){ .path = w, .origin = w, .class = ORIGIN_SOURCE, .size = 5 };
	made.m = (struct manifest){ .name = w,
		.packages = package,
		.n_packages = 1,
		.kernel = part(w),
		.stub = part(w),
		.code = part(w),
		.vars = part(w),
		.command_line = w,
		.root_files = { file, 1 },
		.measured = { { [ORIGIN_SOURCE] = 1, [ORIGIN_DISTRIBUTION] = 2000 } } };
	memset(made.m.description_sha256, 0xdd, SHA256_SIZE);
	memset(made.m.lock_sha256, 0x0c, SHA256_SIZE);
	made.origins = (struct manifest_share_list){ share, 1 };
}

static void add_event(struct reference_shape *s, struct str w)
{
	struct event ev = {
		.reg = s->registers[0].reg, .rule = w, .origin = w, .text = w, .what = w
	};
	struct err e = { 0 };

	event_list_init(&s->events, a, s->banks, s->n_banks);
	for (size_t b = 0; b < s->n_banks; b++)
		ev.digests[b] = export_made_value(9, 9, s->banks[b]);
	CHECK_OK(event_list_add_digests(&s->events, &ev, &e), e);
}

static void make_values(struct str w)
{
	struct reference_shape *shapes = ARENA_ARRAY(a, EXPORT_MADE_SHAPES, struct reference_shape);
	struct reference_coverage *rows = ARENA_ARRAY(a, 3, struct reference_coverage);
	struct reference_input *input = ARENA_NEW(a, struct reference_input);
	struct platform_rule *rule = ARENA_NEW(a, struct platform_rule);

	export_make(&made.v, EXPORT_MADE_SHAPES, a);
	memcpy(shapes, made.v.shapes, EXPORT_MADE_SHAPES * sizeof *shapes);
	rows[0] = (struct reference_coverage){ STR("kernel"), STR("PCR 4, PCR 11"), w };
	rows[1] = (struct reference_coverage){ w, STR(""), w };
	rows[2] = (struct reference_coverage){ w, w, w };
	*input = (struct reference_input){ w, w };
	*rule = (struct platform_rule){ w, w, w };
	for (size_t i = 0; i < EXPORT_MADE_SHAPES; i++) {
		struct reference_register *r = ARENA_ARRAY(
			a, EXPORT_MADE_REGISTERS, struct reference_register);

		memcpy(r, shapes[i].registers, shapes[i].n_registers * sizeof *r);
		for (size_t k = 0; k < shapes[i].n_registers; k++)
			r[k].reason = w;
		shapes[i].registers = r;
		shapes[i].coverage = rows;
		shapes[i].n_coverage = 3;
		shapes[i].inputs = input;
		shapes[i].rules = rule;
		shapes[i].n_inputs = shapes[i].n_rules = 1;
		/* The first keeps its name, which a claim is about. */
		shapes[i].name = i ? w : shapes[i].name;
		add_event(&shapes[i], w);
	}
	made.v.image = w;
	made.v.shapes = shapes;
}

static void make_verdict(struct str w)
{
	struct told_check *checks = ARENA_ARRAY(a, 3, struct told_check);
	struct explain_finding *f = ARENA_NEW(a, struct explain_finding);

	for (int i = 0; i < 3; i++)
		checks[i] = (struct told_check){ .name = w,
			.what = w,
			.claim = w,
			.result = (enum check_result)i,
			.want = w,
			.got = w,
			.whose = w,
			.reason = w };
	*f = (struct explain_finding){
		.reg = 4, .kind = EXPLAIN_CHANGED, .event = w, .origin = w, .text = w
	};
	made.verdict = (struct told_verdict){ .status = VERDICT_WARNING,
		.verifier = w,
		.policy = w,
		.kind = w,
		.checks = checks,
		.n_checks = 3 };
	for (unsigned i = 0; i < CHECK_CLAIMS; i++)
		made.verdict.claims[i] = (struct told_claim){ w, w, i };
	made.explain = (struct explain){ f, 1, 1, w, "PCR" };
}

static void make_statements(struct str w)
{
	static const struct made_claim claims[] = {
		{ .lock = 0x0c, .manifest = 0x5a, .at = MADE_NOW },
		{ .verdict = "differs", .lock = 0x0c, .manifest = 0x5a, .at = MADE_NOW },
		{ .verdict = "failed", .failed_at = "build", .manifest = 0x5a, .at = MADE_NOW },
		{ .manifest = 0x5b, .at = MADE_NOW },
	};
	struct quorum_statement *s = ARENA_ARRAY(a, ARRAY_LEN(claims), struct quorum_statement);
	struct report_aside *aside = ARENA_NEW(a, struct report_aside);
	struct err e = { 0 };

	*aside = (struct report_aside){ w, w };
	made_trust(&made.trust, 2, a);
	for (size_t i = 0; i < ARRAY_LEN(claims); i++) {
		struct rebuild_claim *c = ARENA_NEW(a, struct rebuild_claim);

		*c = *made_claim(a, claims[i]);
		c->first = c->failed_at = w;
		s[i] = SIGNED(.from = w, .claim = c, .signers = BY(i + 1));
	}
	CHECK_OK(quorum_take(&made.page.vouch.quorum, s, ARRAY_LEN(claims), &made.trust, MADE_NOW,
			 a, &e) &&
			 quorum_outcome_of(&made.page.vouch.outcome, &made.page.vouch.quorum,
				 &made.v, NULL, a, &e),
		e);
	made.page.vouch.outcome.why = w;
	made.page.vouch.aside = aside;
	made.page.vouch.n_aside = 1;
}

/* All that a page may have; or, without the extras, an image alone. */
static void make(const char *word, bool extras)
{
	struct str w = str_of(word);

	memset(&made, 0, sizeof made);
	memset(made.sha256, 0x5a, sizeof made.sha256);
	make_manifest(w);
	make_values(w);
	make_verdict(w);
	if (extras)
		make_statements(w);
	made.page.image = (struct report_image){ &made.m, made.sha256, &made.v };
	made.page.values_sha256 = made.sha256;
	made.page.other_manifest = extras;
	made.page.origins = &made.origins;
	made.page.verdict = extras ? &made.verdict : NULL;
	made.page.explain = extras ? &made.explain : NULL;
}

static struct buf emit(void)
{
	struct buf b = buf_init(PAGE_MAX);
	struct err e = { 0 };

	CHECK_OK(report_page_emit(&made.page, &b, a, &e), e);
	CHECK(buf_ok(&b));
	buf_u8(&b, 0);
	return b;
}

/* ---- looking at a page ---- */

/* The next tag from *at on, without its angles; false at the end. A '<' that begins no tag is a failure. */
static bool next_tag(struct str *tag, const char **at)
{
	const char *open = strchr(*at, '<'), *close = open ? strchr(open, '>') : NULL;

	if (!open)
		return false;
	CHECK(close != NULL);
	if (!close)
		return false;
	*tag = str_make(open + 1, (size_t)(close - open - 1));
	CHECK(str_find(*tag, '<') == tag->n);
	*at = close + 1;
	return true;
}

static struct str name_of(struct str tag)
{
	size_t n = str_find(tag, ' ');

	return str_make(tag.p, n);
}

static bool is_void(struct str tag)
{
	struct str name = name_of(tag);

	return str_is(name, "meta") || str_is(name, "br") || str_starts(name, "!") ||
	       str_ends(tag, "/");
}

/* Every tag is closed, in order; their sequence, with attributes, goes to skeleton. */
static void well_formed(const char *page, struct buf *skeleton)
{
	struct str stack[DEPTH_MAX], tag;
	size_t depth = 0;

	while (next_tag(&tag, &page)) {
		buf_add_str(skeleton, tag);
		buf_u8(skeleton, '\n');
		if (tag.n && tag.p[0] == '/') {
			bool closes = depth && str_equal(str_make(tag.p + 1, tag.n - 1),
						       name_of(stack[depth - 1]));

			CHECK(closes);
			if (!closes)
				return;
			depth--;
		} else if (!is_void(tag)) {
			CHECK(depth < DEPTH_MAX);
			if (depth == DEPTH_MAX)
				return;
			stack[depth++] = tag;
		}
	}
	CHECK(depth == 0);
}

static size_t count(const char *page, const char *what)
{
	size_t n = 0;

	for (const char *p = page; (p = strstr(p, what)); p++)
		n++;
	return n;
}

/* What a label or a description points at is there once, and no id is there twice. */
static void ids(const char *page)
{
	static const char *const ways[] = { "aria-labelledby=\"", "aria-describedby=\"", "href=\"#",
		" id=\"" };
	size_t n = 0;

	for (size_t i = 0; i < ARRAY_LEN(ways); i++)
		for (const char *p = page; (p = strstr(p, ways[i])); n++) {
			char id[64];
			struct str name;

			p += strlen(ways[i]);
			name = str_make(p, strcspn(p, "\""));
			snprintf(id, sizeof id, " id=\"%.*s\"", STR_ARG(name));
			CHECK(count(page, id) == 1);
		}
	CHECK(n > 20);
}

/* ---- the tests ---- */

static void structure(void)
{
	static const char *const wanted[] = { "<h1>Image made</h1>", "<h2 id=\"short\">",
		"<h2 id=\"picture\">", "<svg ", "<title id=\"picture0\">", "<desc id=\"drawn0\">",
		"The picture in words", "<title id=\"picture3\">", "<h2 id=\"values\">",
		"Registers of shape qemu-vtpm", "PCR 4</th>", "inputs of shape", "Rules that",
		"MRTD</th>", "RTMR 3</th>", "<h2 id=\"vouch\">", ">the same<", ">differs<",
		">failed<", ">another image<", ">not heard<", "<h2 id=\"differs\">",
		"of another manifest</h3>", "Statement made</h3>", "The machine's evidence</h3>",
		"Which events these are</h3>", "<h2 id=\"coverage\">",
		"Not measured at all: <b>made</b>", "<h2 id=\"origins\">",
		"<td class=\"number\">under 0.1 %", "1 origin of the files",
		"1 package of the lock", "<h2 id=\"verdict\">", "claims of AR4SI",
		"3 checks: 1 passed, 1 failed, 1 do not apply", "</main>" };
	CLEANUP(buf_done) struct buf page = { 0 }, skeleton = buf_init(PAGE_MAX);
	const char *at;

	make("made", true);
	/* The one that is identical has PCR 4 as the image has it not: so it has other values. */
	page = emit();
	at = (const char *)page.p;
	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		const char *found = strstr(at, wanted[i]);

		if (str_is(str_of(wanted[i]), ">the same<"))
			found = strstr(at, ">other values<");
		CHECK(found != NULL);
		if (!found) {
			fprintf(stderr, "  behind what came before there is no '%s'\n", wanted[i]);
			return;
		}
		at = found;
	}
	well_formed((const char *)page.p, &skeleton);
	ids((const char *)page.p);
	CHECK(!strstr((const char *)page.p, "<script") &&
		!strstr((const char *)page.p, "style=\"color"));
	CHECK(count((const char *)page.p, "<th>") == 0); /* each header says of what */
	CHECK(report_page_says_no(&made.page));
}

static void every_value(void)
{
	CLEANUP(buf_done) struct buf page = { 0 };
	char hex[2 * DIGEST_MAX + 1];
	size_t n = 0;

	make("made", false);
	page = emit();
	for (size_t i = 0; i < made.v.n_shapes; i++) {
		const struct reference_shape *s = &made.v.shapes[i];

		for (size_t k = 0; k < s->n_registers; k++)
			for (size_t b = 0; b < s->n_banks; b++, n++) {
				if (s->registers[k].how == REFERENCE_NOT_PREDICTABLE)
					continue;
				digest_hex(&s->registers[k].values[b], hex);
				CHECK(strstr((const char *)page.p, hex) != NULL);
			}
		digest_hex(&s->events.items[0].digests[0], hex);
		CHECK(strstr((const char *)page.p, hex) != NULL);
	}
	CHECK(n > 10);
}

/* Whatever the words are, the page has the same tags with the same attributes. */
static void hostile(void)
{
	for (int extras = 0; extras < 2; extras++) {
		CLEANUP(buf_done) struct buf plain = { 0 }, evil = { 0 };
		CLEANUP(buf_done) struct buf bones = buf_init(PAGE_MAX), other = buf_init(PAGE_MAX);

		make("made", extras);
		plain = emit();
		well_formed((const char *)plain.p, &bones);
		make(HOSTILE, extras);
		evil = emit();
		well_formed((const char *)evil.p, &other);
		CHECK(bones.n > 1000 && str_equal(buf_str(&bones), buf_str(&other)));
		CHECK(!strstr((const char *)evil.p, "\xe2\x80\xae") && !memchr(evil.p, 1, evil.n));
		CHECK(count((const char *)evil.p, "\\u202e") > 50);
	}
}

static void same_each_time(void)
{
	CLEANUP(buf_done) struct buf one = { 0 }, two = { 0 };

	make("made", true);
	one = emit();
	make("made", true);
	two = emit();
	CHECK(str_equal(buf_str(&one), buf_str(&two)));
}

static void an_image_alone(void)
{
	CLEANUP(buf_done) struct buf page = { 0 };
	const char *text;

	make("made", false);
	CHECK(!report_page_says_no(&made.page));
	page = emit();
	text = (const char *)page.p;
	CHECK(strstr(text, "No statement of a rebuilder was given") &&
		strstr(text, "Nothing in what was given differs"));
	CHECK(!strstr(text, "id=\"verdict\"") && !strstr(text, "Something differs"));
	/* A verdict that does not affirm is a no, and so is one thing that differs. */
	made.verdict.status = VERDICT_NONE;
	made.verdict.n_checks = 0;
	made.page.verdict = &made.verdict;
	CHECK(report_page_says_no(&made.page));
	made.verdict.status = VERDICT_AFFIRMING;
	CHECK(!report_page_says_no(&made.page));
	made.page.other_manifest = true;
	CHECK(report_page_says_no(&made.page));
}

/* No shape, nothing measured, no package: a page all the same. */
static void nothing(void)
{
	CLEANUP(buf_done) struct buf page = { 0 }, skeleton = buf_init(PAGE_MAX);

	make("made", false);
	made.v.n_shapes = 0;
	made.m.n_packages = 0;
	made.m.measured = (struct origin_class_shares){ 0 };
	page = emit();
	well_formed((const char *)page.p, &skeleton);
	CHECK(strstr((const char *)page.p, "no reference values for any kind of machine") != NULL);
	CHECK(strstr((const char *)page.p, "no bytes") != NULL);
}

static void full(void)
{
	struct arena *small = arena_new(64);
	CLEANUP(buf_done) struct buf b = buf_init(PAGE_MAX), tiny = buf_init(1000);
	struct err e = { 0 };

	make("made", true);
	CHECK_ERR(report_page_emit(&made.page, &b, small, &e), e, ERR_LIMIT);
	CHECK_OK(report_page_emit(&made.page, &tiny, a, &e), e);
	CHECK(!buf_ok(&tiny));
	arena_free(small);
}

int main(void)
{
	a = arena_new(MEMORY);
	structure();
	every_value();
	hostile();
	same_each_time();
	an_image_alone();
	nothing();
	full();
	arena_free(a);
	return test_end();
}
