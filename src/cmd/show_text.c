#include "cmd/show_text.h"

#include <stdio.h>
#include <time.h>

#include "base/hex.h"
#include "cmd/line.h"
#include "cmd/show_registers.h"
#include "cmd/wrap.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { BIGGEST = 8, STATIC_UID_MAX = 99, INDENT = 2 };

static double mb(uint64_t bytes)
{
	return (double)bytes / 1e6;
}

static void print_size(const char *name, uint64_t bytes, const char *note, struct str more)
{
	line_print(stdout, "  %-18s %8.1f MB%s%s%s%.*s", name, mb(bytes),
		*note || more.n ? "  " : "", note, *note && more.n ? " " : "", STR_ARG(more));
}

static void print_head(const struct show *s)
{
	time_t when = (time_t)s->m.source_date_epoch;
	struct tm tm = { 0 };
	char date[64];

	gmtime_r(&when, &tm);
	strftime(date, sizeof date, "%Y-%m-%d %H:%M UTC", &tm);
	line_print(stdout, "image %.*s, nothing in it newer than %s", STR_ARG(s->m.name), date);
	if (s->other_manifest)
		puts("DIFFERS: reference-values.json is of another manifest; see assay measure");
	else if (s->vouch == APPRAISE_BUILT_HERE)
		puts("vouched for by this store: its manifest and values were made here\n"
		     "  (assay measure reads the image itself)");
	else
		puts("vouched for by nobody here: an unsigned claim, not in this store's record");
}

static void print_sizes(const struct show *s)
{
	const struct manifest *m = &s->m;
	char hash[2 * SHA256_SIZE + 1];
	struct str none = STR("");

	puts("\nsize");
	print_size("disk.img", m->disk.size, "", none);
	print_size("  root", m->root.size, "EROFS, read-only, covered by dm-verity", none);
	print_size("  hash tree", m->verity.size, "", none);
	print_size("  EFI partition", m->esp.size, "", none);
	print_size("uki.efi", m->uki.size, "", none);
	print_size("  kernel", m->kernel.size, "", m->kernel_path);
	print_size("  initrd", m->initrd.size, "", none);
	print_size("  stub", m->stub.size, "systemd-stub", m->stub_version);
	print_size("firmware", m->code.size + m->vars.size, "OVMF", m->firmware_version);
	hex_write(hash, m->root_hash, SHA256_SIZE);
	printf("\nroot hash\n  %s\n\ncommand line\n", hash);
	wrap_print(INDENT, m->command_line);
}

static size_t packages_in(const struct manifest *m, const char *prefix)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_packages; i++)
		for (size_t k = 0; k < m->packages[i].sets.n; k++)
			if (str_starts(m->packages[i].sets.items[k], prefix)) {
				n++;
				break;
			}
	return n;
}

static void print_share(struct str name, const struct manifest_share *share)
{
	static const struct {
		const char *kind, *means;
	} known[] = {
		{ "package", "distribution binaries" },
		{ "component", "compiled here" },
		{ "overlay", "files beside assay.yaml" },
		{ "description", "written in assay.yaml" },
		{ "generated", "made by assay" },
		{ "scripts", "made by maintainer scripts" },
	};
	const char *means = "";

	for (size_t i = 0; i < ARRAY_LEN(known); i++)
		if (str_is(name, known[i].kind))
			means = known[i].means;
	line_print(stdout, "  %-28.*s %6zu files %8.2f MB%s%s", STR_ARG(name), share->n_files,
		mb(share->bytes), *means ? "  " : "", means);
}

static void print_boot_file(const char *name, const struct manifest_part *p)
{
	line_print(stdout, "  %-12s %-14s %.*s", name, origin_class_name(p->class),
		STR_ARG(p->origin));
}

static void print_origins(const struct show *s)
{
	CLEANUP(buf_done) struct buf shares = buf_init(1024);
	size_t shown = 0;

	origin_class_tell(&shares, &s->m.measured);
	printf("\nwhere its bytes come from, of %.1f MB that are measured\n",
		mb(origin_class_total(&s->m.measured)));
	line_print(stdout, "  %.*s", STR_ARG(buf_str(&shares)));
	print_boot_file("firmware", &s->m.code);
	print_boot_file("stub", &s->m.stub);
	print_boot_file("kernel", &s->m.kernel);
	puts("\nwhere its files come from");
	for (size_t i = 0; i < s->kinds.n; i++)
		print_share(s->kinds.items[i].origin, &s->kinds.items[i]);
	printf("\npackages\n  %zu in the image, %zu for firmware, %zu for toolchains "
	       "(--packages lists them)\n",
		packages_in(&s->m, "image"), packages_in(&s->m, "firmware"),
		packages_in(&s->m, "toolchain:"));
	if (packages_in(&s->m, "image"))
		puts("  the biggest in the image:");
	for (size_t i = 0; i < s->origins.n && shown < BIGGEST; i++) {
		struct str kind, name;

		if (!str_cut(s->origins.items[i].origin, ':', &kind, &name) ||
			!str_is(kind, "package"))
			continue;
		print_share(name, &s->origins.items[i]);
		shown++;
	}
}

/* An account that every Debian has and that nobody can use is one name in a list. */
static bool is_plain(const struct manifest_user *u)
{
	return u->uid && u->uid <= STATIC_UID_MAX && str_starts(str_of(show_load_login(u)), "no");
}

static void print_users(const struct manifest *m)
{
	CLEANUP(buf_done) struct buf plain = buf_init(1 << 20);
	size_t n = 0;

	puts("\nusers                  uid  shell                 can log in");
	for (size_t i = 0; i < m->n_users; i++) {
		const struct manifest_user *u = &m->users[i];

		if (!is_plain(u)) {
			line_print(stdout, "  %-18.*s %5u  %-20.*s  %s", STR_ARG(u->name),
				(unsigned)u->uid, STR_ARG(u->shell.n ? u->shell : STR("/bin/sh")),
				show_load_login(u));
			continue;
		}
		buf_printf(&plain, " %.*s", STR_ARG(u->name));
		n++;
	}
	if (!n)
		return;
	printf("  and %zu of every Debian, none of which can log in:\n", n);
	wrap_print(2 * INDENT, buf_str(&plain));
}

static void print_units(const struct manifest *m)
{
	puts("\nunits");
	line_print(stdout, "  %-40s %.*s", "starts",
		STR_ARG(m->default_target.n ? m->default_target : STR("no default target")));
	for (size_t i = 0; i < m->enabled.n; i++)
		line_print(stdout, "  %-40.*s enabled, by %.*s", STR_ARG(m->enabled.items[i].unit),
			STR_ARG(m->enabled.items[i].by));
	printf("  %zu pulled in by their packages, %zu masked (--units lists them)\n",
		m->pulled_in.n, m->masked.n);
}

static void print_configured(const struct manifest *m)
{
	size_t added = 0, changed = 0;

	if (!m->configured)
		return;
	for (size_t i = 0; i < m->n_changes; i++) {
		added += str_is(m->changes[i].change, "added");
		changed += str_is(m->changes[i].change, "changed");
	}
	printf("\nmaintainer scripts ran\n"
	       "  %zu paths added, %zu changed, %zu removed (--scripts lists them)\n",
		added, changed, m->n_changes - added - changed);
}

static void print_ports(const struct manifest *m)
{
	puts("\nopen ports, as declared");
	for (size_t i = 0; i < m->ports.n; i++)
		line_print(stdout, "  %.*s", STR_ARG(m->ports.items[i]));
	if (!m->ports.n)
		puts("  none");
}

void show_text_print(const struct show *s)
{
	print_head(s);
	print_sizes(s);
	print_origins(s);
	print_users(&s->m);
	print_units(&s->m);
	print_ports(&s->m);
	print_configured(&s->m);
	for (size_t i = 0; i < s->values.n_shapes; i++)
		show_registers_print(&s->values.shapes[i]);
	if (!s->values.n_shapes)
		puts("\nno platform: the description asks for no reference values");
}

void show_text_packages(const struct show *s)
{
	for (size_t i = 0; i < s->m.n_packages; i++) {
		const struct manifest_package *p = &s->m.packages[i];
		CLEANUP(buf_done) struct buf sets = buf_init(1 << 20);

		for (size_t k = 0; k < p->sets.n; k++)
			buf_printf(&sets, "%s%.*s", k ? " " : "", STR_ARG(p->sets.items[k]));
		line_print(stdout, "%.*s %.*s (source %.*s %.*s): %.*s", STR_ARG(p->name),
			STR_ARG(p->version), STR_ARG(p->source), STR_ARG(p->source_version),
			STR_ARG(buf_str(&sets)));
	}
}

void show_text_units(const struct show *s)
{
	const struct manifest *m = &s->m;

	for (size_t i = 0; i < m->enabled.n; i++)
		line_print(stdout, "enabled    %.*s by %.*s", STR_ARG(m->enabled.items[i].unit),
			STR_ARG(m->enabled.items[i].by));
	for (size_t i = 0; i < m->pulled_in.n; i++)
		line_print(stdout, "pulled in  %.*s by %.*s", STR_ARG(m->pulled_in.items[i].unit),
			STR_ARG(m->pulled_in.items[i].by));
	for (size_t i = 0; i < m->masked.n; i++)
		line_print(stdout, "masked     %.*s", STR_ARG(m->masked.items[i]));
}

void show_text_scripts(const struct show *s)
{
	const struct manifest *m = &s->m;

	for (size_t i = 0; i < m->n_changes; i++) {
		const struct manifest_change *c = &m->changes[i];
		CLEANUP(buf_done) struct buf in = buf_init(1 << 16);

		for (size_t k = 0; k < c->in.n; k++)
			buf_printf(&in, "%s%.*s", k ? ", " : " (", STR_ARG(c->in.items[k]));
		if (in.n)
			buf_u8(&in, ')');
		line_print(stdout, "%-8.*s %.*s%.*s", STR_ARG(c->change), STR_ARG(c->path),
			STR_ARG(buf_str(&in)));
	}
	if (!m->configured)
		puts("no maintainer script ran");
}

static size_t print_files(const char *where, const struct manifest_file_list *l, struct str glob)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++) {
		const struct manifest_file *f = &l->items[i];

		if (!str_glob(glob, f->path))
			continue;
		n++;
		line_print(stdout, "%-6s %10llu  %.*s  (%.*s)", where, (unsigned long long)f->size,
			STR_ARG(f->path), STR_ARG(f->origin));
	}
	return n;
}

bool show_text_files(const struct show *s, struct str glob)
{
	size_t n = print_files("initrd", &s->m.initrd_files, glob);

	return n + print_files("root", &s->m.root_files, glob) != 0;
}
