#include "lock/description_component.h"

#include "base/hex.h"
#include "deb/version.h"
#include "lock/member.h"
#include "lock/source_stanza.h"
#include "base/banned.h"

enum { COMMIT_SHA1 = 40, COMMIT_SHA256 = 64, PROCESSES_MAX = 1000000, TIME_MAX_S = 7 * 24 * 3600 };

static const uint64_t bytes_max = 1ULL << 50, tarball_size_max = 1ULL << 36;

const char *const description_component_channels[] = { "clock", "random", "addresses", "pids",
	"host-name", "user", "home", "umask", "environment", "locale", "zone", "kernel",
	"processors", "memory", "file-times", "file-order", "file-numbers", "path", "schedule",
	NULL };

static bool list_missing(const struct json *o, const char *key, struct str_list l, struct err *e)
{
	if (l.n)
		return false;
	return !err_set(e, ERR_FORMAT, "line %zu: '%s' must name at least one", o->line, key);
}

static bool parse_steps(const struct json *o, struct arena *a, struct component *c, struct err *e)
{
	const struct json *v;
	struct argument_list *steps;

	if (!json_get_array(o, "steps", &v, e) || !member_array(o, "steps", &v, e))
		return false;
	steps = ARENA_ARRAY(a, v->n, struct argument_list);
	if (!steps)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++) {
		/* A step is a list without a name of its own: give it one, so that one reader serves. */
		static const struct str key = { "step", 4 };
		struct json step = { .kind = JSON_OBJECT,
			.keys = &key,
			.items = &v->items[i],
			.n = 1,
			.line = v->items[i].line };

		if (!member_list(&step, "step", member_is_text, false, a, &steps[i].args, e) ||
			list_missing(&step, "step", steps[i].args, e))
			return false;
	}
	c->steps = steps;
	c->n_steps = v->n;
	return true;
}

static bool parse_output(const struct json *o, struct component_output *out, struct err *e)
{
	static const char *const keys[] = { "from", "to", "path", "mode", NULL };

	out->tree = !json_get(o, "mode");
	if (!json_only(o, "an output", keys, e) ||
		!member_str(o, "from", true, member_is_path, &out->from, e) ||
		!member_str(o, "to", true, NULL, &out->to, e) ||
		(!out->tree && !member_mode(o, "mode", &out->mode, e)))
		return false;
	if (str_is(out->to, "build")) {
		out->path = out->from;
		return !json_get(o, "path") ||
		       err_set(e, ERR_FORMAT,
			       "line %zu: an output to 'build' has no 'path': it is found below /need by its 'from'",
			       o->line);
	}
	if (!str_is(out->to, "initrd") && !str_is(out->to, "root"))
		return err_set(e, ERR_FORMAT,
			"line %zu: an output goes to 'initrd', 'root' or 'build', not '%.*s'",
			o->line, STR_ARG(out->to));
	return member_str(
		o, "path", true, out->tree ? member_is_folder : member_is_path, &out->path, e);
}

static bool parse_outputs(const struct json *o, struct arena *a, struct component *c, struct err *e)
{
	const struct json *v;
	struct component_output *outputs;

	if (!json_get_array(o, "outputs", &v, e) || !member_array(o, "outputs", &v, e))
		return false;
	outputs = ARENA_ARRAY(a, v->n, struct component_output);
	if (!outputs)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++)
		if (!parse_output(&v->items[i], &outputs[i], e))
			return false;
	c->outputs = outputs;
	c->n_outputs = v->n;
	return true;
}

static bool is_url(struct str v, struct err *e)
{
	if (!member_is_word(v, e))
		return false;
	if (!str_starts(v, "https://") && !str_starts(v, "http://") && !str_starts(v, "file:///"))
		return err_set(e, ERR_FORMAT, "'%.*s' is no https, http or file URL", STR_ARG(v));
	if (!str_starts(v, "file:") && str_find(v, '@') < v.n)
		return err_set(e, ERR_FORMAT, "a URL with a user name, which would be sent along");
	return true;
}

static bool is_commit(struct str v, struct err *e)
{
	bool hex = v.n == COMMIT_SHA1 || v.n == COMMIT_SHA256;

	for (size_t i = 0; i < v.n; i++)
		hex = hex && ((v.p[i] >= '0' && v.p[i] <= '9') || (v.p[i] >= 'a' && v.p[i] <= 'f'));
	return hex ||
	       err_set(e, ERR_FORMAT,
		       "'%.*s' is no full commit id of 40 or 64 lower-case hex digits", STR_ARG(v));
}

static bool is_source_name(struct str v, struct err *e)
{
	return source_stanza_is_name(v) ||
	       err_set(e, ERR_FORMAT, "'%.*s' is no name of a source package", STR_ARG(v));
}

static bool is_version(struct str v, struct err *e)
{
	return version_check(v, e);
}

/* url or path, one of them. */
static bool parse_place(
	const struct json *o, member_check *check, struct source_request *s, struct err *e)
{
	if (!json_get(o, "url") == !json_get(o, "path"))
		return err_set(e, ERR_FORMAT,
			"line %zu: one of 'url' and 'path' must say where it is", o->line);
	return member_str(o, "url", false, check, &s->url, e) &&
	       member_str(o, "path", false, member_is_folder, &s->path, e);
}

static bool parse_sha256(const struct json *o, struct source_request *s, struct err *e)
{
	struct str hex = { 0 };

	if (!member_str(o, "sha256", true, NULL, &hex, e))
		return false;
	s->pinned = true;
	if (hex_read(hex, s->sha256, SHA256_SIZE))
		return true;
	err_set(e, ERR_FORMAT, "'%.*s' is no SHA-256 of 64 lower-case hex digits", STR_ARG(hex));
	return member_bad(json_get(o, "sha256"), "sha256", e);
}

static bool parse_git(const struct json *o, struct source_request *s, struct err *e)
{
	static const char *const keys[] = { "url", "path", "commit", "sha256", NULL };

	s->kind = SOURCE_GIT;
	return json_only(o, "git", keys, e) && parse_place(o, is_url, s, e) &&
	       member_str(o, "commit", true, is_commit, &s->commit, e) &&
	       (!json_get(o, "sha256") || parse_sha256(o, s, e));
}

/* The last part is the file's name, and nothing comes behind it. */
static bool is_file_url(struct str v, struct err *e)
{
	struct str rest = v;

	if (!is_url(v, e))
		return false;
	for (size_t i = 0; i < v.n; i++)
		if (strchr("?#%", v.p[i]))
			return err_set(e, ERR_FORMAT,
				"a URL with '%c', wanted the plain name of a file", v.p[i]);
	for (int slashes = 0; slashes < 3; slashes++)
		if (!str_cut(rest, '/', &(struct str){ 0 }, &rest))
			return err_set(e, ERR_FORMAT, "'%.*s' names no file", STR_ARG(v));
	return !str_ends(v, "/") && rest.n
		       ? true
		       : err_set(e, ERR_FORMAT, "'%.*s' names no file", STR_ARG(v));
}

static bool parse_tarball(const struct json *o, struct source_request *s, struct err *e)
{
	static const char *const keys[] = { "url", "path", "sha256", "size", "strip", NULL };
	uint64_t strip = 0;

	s->kind = SOURCE_TARBALL;
	if (!json_only(o, "tarball", keys, e) || !parse_place(o, is_file_url, s, e) ||
		!parse_sha256(o, s, e) ||
		(json_get(o, "size") && !member_u64(o, "size", tarball_size_max, &s->size, e)) ||
		(json_get(o, "strip") && !member_u64(o, "strip", 1, &strip, e)))
		return false;
	s->strip = strip;
	return true;
}

static bool parse_debian(const struct json *o, struct source_request *s, struct err *e)
{
	static const char *const keys[] = { "name", "version", NULL };

	s->kind = SOURCE_DEBIAN;
	return json_only(o, "debian-source", keys, e) &&
	       member_str(o, "name", true, is_source_name, &s->name, e) &&
	       member_str(o, "version", false, is_version, &s->version, e);
}

static bool parse_folder(const struct json *o, struct arena *a, struct component *c, struct err *e)
{
	return member_str(o, "from", true, member_is_folder, &c->from, e) &&
	       member_list(o, "files", member_is_path, true, a, &c->files, e) &&
	       !list_missing(o, "files", c->files, e);
}

/* One of: from and files, git, tarball, debian-source. */
static bool parse_source(const struct json *o, struct arena *a, struct component *c, struct err *e)
{
	static const struct {
		const char *key;
		bool (*parse)(const struct json *o, struct source_request *s, struct err *e);
	} kinds[] = {
		{ "git", parse_git },
		{ "tarball", parse_tarball },
		{ "debian-source", parse_debian },
	};
	const struct json *v;
	size_t n = json_get(o, "from") || json_get(o, "files");

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		if (!json_get(o, kinds[i].key))
			continue;
		if (n++)
			break;
		if (!member_object(o, kinds[i].key, &v, e) || !kinds[i].parse(v, &c->source, e))
			return false;
	}
	if (n > 1)
		return err_set(e, ERR_FORMAT,
			"line %zu: a component has one source: 'from' with 'files', 'git', 'tarball' or 'debian-source'",
			o->line);
	return c->source.kind != SOURCE_FOLDER || parse_folder(o, a, c, e);
}

/* A number that may end in one of the units, which multiply it. */
static bool parse_amount(const struct json *o, const char *key, const char *units,
	const uint64_t *factors, uint64_t max, uint64_t *ret, struct err *e)
{
	struct str text = { 0 };
	uint64_t factor = 1, v;
	const char *unit;

	if (!json_get(o, key))
		return true;
	if (!member_str(o, key, true, member_is_word, &text, e))
		return false;
	unit = strchr(units, text.p[text.n - 1]);
	if (unit)
		factor = factors[unit - units];
	if (str_u64(str_make(text.p, text.n - (unit != NULL)), &v, max / factor) && v) {
		*ret = v * factor;
		return true;
	}
	err_set(e, ERR_FORMAT, "'%.*s' is no number from 1 to %llu, or with one of the units '%s'",
		STR_ARG(text), (unsigned long long)max, units);
	return member_bad(json_get(o, key), key, e);
}

static bool parse_limits(const struct json *o, struct component_limits *l, struct err *e)
{
	static const char *const keys[] = { "processes", "memory", "disk", "time", NULL };
	static const uint64_t binary[] = { 1ULL << 10, 1ULL << 20, 1ULL << 30 };
	static const uint64_t seconds[] = { 1, 60, 3600 };
	uint64_t processes = 0, time_s = 0;
	const struct json *v;

	if (!member_object(o, "limits", &v, e))
		return false;
	if (!v)
		return true;
	if (!json_only(v, "limits", keys, e) ||
		!parse_amount(v, "processes", "", NULL, PROCESSES_MAX, &processes, e) ||
		!parse_amount(v, "memory", "KMG", binary, bytes_max, &l->memory, e) ||
		!parse_amount(v, "disk", "KMG", binary, bytes_max, &l->disk, e) ||
		!parse_amount(v, "time", "smh", seconds, TIME_MAX_S, &time_s, e))
		return false;
	l->processes = (uint32_t)processes;
	l->time_s = (uint32_t)time_s;
	return true;
}

static bool is_channel(struct str v, struct err *e)
{
	for (const char *const *c = description_component_channels; *c; c++)
		if (str_is(v, *c))
			return true;
	err_set(e, ERR_FORMAT, "'%.*s' is nothing that the box fixes", STR_ARG(v));
	return err_hint(e, "assay.yaml(5) lists what `release` may name");
}

static bool has_toolchain(const struct description *d, struct str name)
{
	for (size_t i = 0; i < d->n_toolchains; i++)
		if (str_equal(d->toolchains[i].name, name))
			return true;
	return false;
}

bool description_component_parse(struct component *ret, const struct json *o,
	const struct description *d, struct arena *a, struct err *e)
{
	static const char *const keys[] = { "name", "toolchain", "from", "files", "git", "tarball",
		"debian-source", "needs", "limits", "release", "steps", "outputs", NULL };
	struct component c = { 0 };

	if (!json_only(o, "a component", keys, e) ||
		!member_str(o, "name", true, member_is_name, &c.name, e) ||
		!member_str(o, "toolchain", true, member_is_name, &c.toolchain, e) ||
		!parse_source(o, a, &c, e) ||
		!member_list(o, "needs", member_is_name, true, a, &c.needs, e) ||
		!parse_limits(o, &c.limits, e) ||
		!member_list(o, "release", is_channel, true, a, &c.release, e) ||
		!parse_steps(o, a, &c, e) || !parse_outputs(o, a, &c, e))
		return false;
	if (!has_toolchain(d, c.toolchain))
		return err_set(e, ERR_FORMAT, "line %zu: there is no toolchain '%.*s'", o->line,
			STR_ARG(c.toolchain));
	*ret = c;
	return true;
}
