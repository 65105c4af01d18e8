#include "template/template.h"

#include "lock/member.h"
#include "rootfs/entry.h"
#include "template/embedded.h"
#include "template/template_program.h"
#include "template/template_text.h"
#include "base/banned.h"

enum {
	TREE_MEMORY_MAX = TEMPLATE_PROGRAM_MAX + (64 << 20),
	ATTESTER_PORT = 8080,
	PRIVILEGED_BELOW = 1024, /* ip_unprivileged_port_start */
	PORTS_TEXT_MAX = 1024,
	WORDS = 5,
};

#define ORIGIN "template"

const char *const template_names[] = {
	[TEMPLATE_SYSTEMD] = "systemd",
	[TEMPLATE_MINIMAL] = "minimal",
	[TEMPLATE_SERVICE] = "service",
	NULL,
};

/* Where a file of the project goes, in which templates, and whether it is a text to fill in. */
static const struct {
	const char *from, *to;
	bool in[3];
	bool fill;
} places[] = {
	{ "guest/", "guest/", { true, true, true }, false },
	{ "src/", "attester/", { true, true, true }, false },
	{ "examples/hello/overlay/", "overlay/", { true, false, true }, false },
	{ "template/systemd.yaml", "assay.yaml", { true, false, true }, true },
	{ "template/minimal.yaml", "assay.yaml", { false, true, false }, true },
	{ "template/minimal/", "overlay/", { false, true, false }, true },
	{ "template/service/", "overlay/", { false, false, true }, true },
};

static bool add_file(
	struct tree *t, const char *to, struct str rest, struct span bytes, struct err *e)
{
	struct str path = arena_printf(tree_arena(t), "%s%.*s", to, STR_ARG(rest));
	bool script = str_starts(str_make((const char *)bytes.p, bytes.n), "#!");

	return path.p ? entry_file(t, path, bytes, script ? 0755 : 0644, ORIGIN, e)
		      : arena_full(tree_arena(t), e);
}

static bool add_embedded(struct tree *t, const struct embedded *f, enum template_kind kind,
	const struct template_word *words, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(TEMPLATE_TEXT_MAX);

	for (size_t i = 0; i < ARRAY_LEN(places); i++) {
		struct span bytes = f->bytes;
		struct str name = str_of(f->name);
		size_t n = strlen(places[i].from);

		if (!places[i].in[kind] || !str_starts(name, places[i].from))
			continue;
		if (places[i].fill) {
			template_text_fill(&text, str_make((const char *)bytes.p, bytes.n),
				template_names[kind], template_names, words);
			bytes = buf_span(&text);
		}
		return buf_ok(&text) ? add_file(t, places[i].to, str_make(name.p + n, name.n - n),
					       bytes, e)
				     : buf_full(&text, f->name, e);
	}
	return true;
}

/* Options of the template service, given with another one. */
static bool check_request(const struct template_request *r, struct err *e)
{
	if (r->kind == TEMPLATE_SERVICE || (!r->binary && !r->app && !r->exec && !r->n_ports))
		return true;
	err_set(e, ERR_USAGE, "the template '%s' takes no program and no ports",
		template_names[r->kind]);
	return err_hint(e, "--template service does");
}

static bool take_port(struct buf *list, const char *text, bool *privileged, struct err *e)
{
	struct str number, protocol;
	uint64_t n = 0;

	if (!member_is_port(str_of(text), e)) {
		e->kind = ERR_USAGE;
		err_hint(e, "a number, '/' and tcp or udp: --port 8000/tcp");
		return err_wrap(e, "--port");
	}
	(void)str_cut(str_of(text), '/', &number, &protocol);
	if (!str_u64(number, &n, UINT16_MAX))
		return err_set(e, ERR_INTERNAL, "port '%s'", text);
	if (n == ATTESTER_PORT && str_is(protocol, "tcp")) {
		err_set(e, ERR_USAGE, "--port: 8080/tcp is the attester's");
		return err_hint(e, "let the program listen on another port");
	}
	*privileged |= n < PRIVILEGED_BELOW;
	buf_printf(list, ", %s", text);
	return true;
}

/* What the description's list of ports goes on with, and the capability that they take. */
static bool take_ports(const struct template_request *r, struct arena *a, struct str *list,
	struct str *capabilities, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(PORTS_TEXT_MAX);
	bool privileged = false;

	for (size_t i = 0; i < r->n_ports; i++) {
		for (size_t k = 0; k < i; k++)
			if (!strcmp(r->ports[i], r->ports[k]))
				return err_set(
					e, ERR_USAGE, "--port: '%s' is given twice", r->ports[i]);
		if (!take_port(&text, r->ports[i], &privileged, e))
			return false;
	}
	*list = arena_str(a, buf_str(&text));
	*capabilities = privileged ? STR("CAP_NET_BIND_SERVICE") : STR("");
	return list->p || arena_full(a, e);
}

/* The image's name: as given, else the program's, else "machine". */
static bool take_name(struct str *ret, const struct template_request *r, struct str program,
	struct arena *a, struct err *e)
{
	struct str name = r->name     ? str_of(r->name)
			  : program.n ? tree_name(program)
				      : STR("machine");

	if (!member_is_name(name, e)) {
		e->kind = ERR_USAGE;
		return err_hint(e, "give one with --name: lower-case letters, digits and ._+-@");
	}
	*ret = arena_str(a, name);
	return ret->p || arena_full(a, e);
}

static bool fill(struct template_made *m, const struct template_request *r, struct err *e)
{
	struct arena *a = tree_arena(m->tree);
	struct template_program program = { 0 };
	struct str ports, capabilities;

	if (!check_request(r, e) || !entry_folder(m->tree, STR(""), ORIGIN, e) ||
		!take_ports(r, a, &ports, &capabilities, e) ||
		(r->kind == TEMPLATE_SERVICE && !template_program_add(&program, m->tree, r, e)) ||
		!take_name(&m->name, r, program.path, a, e))
		return false;
	m->interpreter = program.interpreter;
	{
		const struct template_word words[WORDS] = {
			{ "@NAME@", m->name },
			{ "@PORTS@", ports },
			{ "@EXEC@", program.command },
			{ "@CAPABILITIES@", capabilities },
		};

		for (const struct embedded *f = embedded; f->name; f++)
			if (!add_embedded(m->tree, f, r->kind, words, e))
				return false;
	}
	/* Times are not written. */
	return tree_finish(m->tree, 1, e);
}

bool template_make(struct template_made *ret, const struct template_request *r, struct err *e)
{
	struct template_made m = { .tree = tree_new(TREE_MEMORY_MAX) };

	if (!fill(&m, r, e)) {
		tree_free(m.tree);
		return false;
	}
	*ret = m;
	return true;
}
