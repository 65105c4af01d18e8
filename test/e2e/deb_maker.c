/*
 * deb-maker OUT <SPEC: writes a Debian package whose bytes follow from SPEC alone, on every machine and in every year:
 * no compressor, no clock, no user. Prints its control file. For test/archive.sh.
 *
 * A line of SPEC is an order and its words, one blank between them; blank lines and # lines are passed over. In TEXT, the
 * rest of a line, \n and \t are what they are in C, and a backslash before another character is that character.
 *
 *   control TEXT                  a line of the control file
 *   member NAME TEXT              another member of control.tar: conffiles, postinst
 *   time UNIX                     of the entries from here on
 *   owner UID GID                 of the entries from here on
 *   xattr NAME BASE64             of the next entry; may stand several times
 *   folder PATH MODE              missing folders above an entry come by themselves, 0755 and root's
 *   file PATH MODE TEXT
 *   fill PATH MODE SIZE           a file of a fixed pattern
 *   link PATH TARGET              symbolic
 *   hard PATH TARGET              another name of a file that came before
 *   device PATH MODE MAJOR MINOR  a character device
 *   fifo PATH MODE
 *   kernel PATH MODE VERSION      a PE file with the headers of a bzImage
 *   stub PATH MODE VERSION        a PE file that says it is a systemd-stub
 *   module PATH MODE TEXT         an ELF object with the lines KEY=VALUE in .modinfo
 *   library PATH MODE SONAME      an ELF shared object
 *   copy PATH MODE FILE           a file of this machine: then the package is not the same everywhere
 */
#include <stdio.h>
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "codec/base64.h"
#include "sys/file.h"

#include "make_deb.h"
#include "unit/elf_made.h"
#include "unit/uki_made.h"

enum { SPEC_MAX = 1 << 20, WORD_MAX = 8192, PAX_MAX = 65536, FILL_MAX = 48 << 20, TAR_NAME = 100 };

struct maker {
	struct buf data, control_tar, control, pax;
	struct map *folders; /* that are there already */
	unsigned uid, gid;
	uint64_t mtime;
	size_t line;
};

static void die(const struct maker *m, const char *why)
{
	fprintf(stderr, "deb-maker: line %zu: %s\n", m->line, why);
	exit(2);
}

/* The next word of a line, which must be there. */
static struct str word(struct maker *m, struct str *rest)
{
	struct str w;

	(void)str_cut(*rest, ' ', &w, rest);
	if (!w.n)
		die(m, "a word is missing");
	return w;
}

static uint64_t number(struct maker *m, struct str *rest, uint64_t max)
{
	uint64_t v = 0;

	if (!str_u64(word(m, rest), &v, max))
		die(m, "not a number in its range");
	return v;
}

static unsigned mode(struct maker *m, struct str *rest)
{
	struct str w = word(m, rest);
	unsigned v = 0;

	for (size_t i = 0; i < w.n; i++) {
		if (w.p[i] < '0' || w.p[i] > '7' || v > 07777)
			die(m, "not a mode");
		v = v * 8 + (unsigned)(w.p[i] - '0');
	}
	return v;
}

static void add_text(struct buf *b, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (c == '\\' && i + 1 < text.n) {
			c = text.p[++i];
			c = c == 'n' ? '\n' : c == 't' ? '\t' : c;
		}
		buf_u8(b, (uint8_t)c);
	}
}

/* The fields that make_tar_header has no argument for, in the header at the end of b. */
static void finish_header(struct buf *b, const struct maker *m, unsigned major, unsigned minor)
{
	uint8_t *h = b->p + b->n - 512;
	unsigned sum = 0;

	snprintf((char *)h + 108, 8, "%07o", m->uid);
	snprintf((char *)h + 116, 8, "%07o", m->gid);
	snprintf((char *)h + 136, 12, "%011llo", (unsigned long long)m->mtime);
	if (h[156] == '3') {
		snprintf((char *)h + 329, 8, "%07o", major);
		snprintf((char *)h + 337, 8, "%07o", minor);
	}
	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
}

static void add_long(struct buf *b, char type, const char *name)
{
	if (strlen(name) <= TAR_NAME)
		return;
	make_tar_header(b, "././@LongLink", type, 0644, strlen(name) + 1, NULL);
	make_tar_data(b, name, strlen(name) + 1);
}

static void add_entry(struct maker *m, char type, struct str path, unsigned bits, struct span bytes,
	const char *target)
{
	char name[WORD_MAX + 4];

	if (path.n > WORD_MAX)
		die(m, "too long a path");
	snprintf(name, sizeof name, "./%.*s%s", STR_ARG(path), type == '5' && path.n ? "/" : "");
	if (m->pax.n) {
		make_tar_header(&m->data, "./PaxHeaders/x", 'x', 0644, m->pax.n, NULL);
		make_tar_data(&m->data, m->pax.p, m->pax.n);
		m->pax.n = 0;
	}
	if (target)
		add_long(&m->data, 'K', target);
	add_long(&m->data, 'L', name);
	make_tar_header(&m->data, name, type, bits, bytes.n, target);
	finish_header(&m->data, m, 0, 0);
	if (bytes.n)
		make_tar_data(&m->data, bytes.p, bytes.n);
}

static void add_folder(struct maker *m, struct str path, unsigned bits)
{
	if (map_add(m->folders, path, m))
		die(m, "a folder that is there already");
	add_entry(m, '5', path, bits, (struct span){ NULL, 0 }, NULL);
}

static void add_parents(struct maker *m, struct str path)
{
	struct maker was = *m;

	m->uid = m->gid = 0;
	m->pax = buf_init(0);
	for (size_t i = 0; i < path.n; i++) {
		struct str parent = str_make(path.p, i);

		if ((i == 0 || path.p[i] == '/') && !map_get(m->folders, parent))
			add_folder(m, parent, 0755);
	}
	m->uid = was.uid;
	m->gid = was.gid;
	m->pax = was.pax;
}

/* "LENGTH SCHILY.xattr.NAME=VALUE\n" as GNU tar writes it; the length counts its own digits. */
static void add_xattr(struct maker *m, struct str rest)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(WORD_MAX);
	CLEANUP(buf_done) struct buf record = buf_init(WORD_MAX);
	struct str name = word(m, &rest);
	struct span value;
	struct err e = { 0 };
	size_t size, digits = 1;

	if (!base64_read(&value, rest, BASE64_STANDARD, a, &e))
		die(m, e.text);
	buf_printf(&record, " SCHILY.xattr.%.*s=", STR_ARG(name));
	buf_add(&record, value.p, value.n);
	buf_u8(&record, '\n');
	for (size = 10; size <= record.n + digits; size *= 10)
		digits++;
	buf_printf(&m->pax, "%zu", record.n + digits);
	buf_add_str(&m->pax, buf_str(&record));
}

static void add_linked(struct maker *m, char type, struct str path, struct str target)
{
	char text[WORD_MAX + 4];

	if (!target.n || target.n > WORD_MAX)
		die(m, "no target");
	map_add(m->folders, path, m); /* nothing is put in its place for what comes below it */
	snprintf(text, sizeof text, "%s%.*s", type == '1' ? "./" : "", STR_ARG(target));
	add_entry(m, type, path, type == '1' ? 0644 : 0777, (struct span){ NULL, 0 }, text);
}

static void add_device(struct maker *m, struct str path, struct str rest)
{
	unsigned bits = mode(m, &rest), major = (unsigned)number(m, &rest, 4095),
		 minor = (unsigned)number(m, &rest, 4095);

	add_entry(m, '3', path, bits, (struct span){ NULL, 0 }, NULL);
	finish_header(&m->data, m, major, minor);
}

static struct buf pattern(size_t n)
{
	struct buf b = buf_init(FILL_MAX);

	for (size_t i = 0; i < n; i++)
		buf_u8(&b, (uint8_t)(i * 7 + i / 251 + i / 65521));
	return b;
}

/* Section and file alignment as systemd's stub has them, 4096 and 512: the UKI's writer looks at them. */
static struct buf stub(struct str version)
{
	CLEANUP(buf_done) struct buf magic = buf_init(WORD_MAX);
	struct pe_made_section s[] = { { ".text", SPAN_OF("made") }, { ".sdmagic", { NULL, 0 } } };
	struct buf b;

	buf_printf(&magic, "#### LoaderInfo: systemd-stub %.*s ####", STR_ARG(version));
	buf_u8(&magic, 0);
	s[1].bytes = buf_span(&magic);
	b = pe_made(true, s, ARRAY_LEN(s));
	put_u32le(b.p + PE_MADE_OPTIONAL_AT + 32, 4096);
	put_u32le(b.p + PE_MADE_OPTIONAL_AT + 36, 512);
	return b;
}

static struct buf kernel(struct str version)
{
	char text[64];

	snprintf(text, sizeof text, "%.*s", STR_ARG(version));
	return uki_made_kernel(text);
}

static struct buf module(struct str text)
{
	CLEANUP(buf_done) struct buf info = buf_init(WORD_MAX);

	add_text(&info, text);
	for (size_t i = 0; i < info.n; i++)
		if (info.p[i] == '\n')
			info.p[i] = 0;
	return elf_made_module(buf_span(&info));
}

static struct buf copy(struct maker *m, struct str file)
{
	CLEANUP(mem_free) char *path = mem_string(file);
	struct buf b = { 0 };
	struct err e = { 0 };

	if (!file_read(AT_FDCWD, path, FILL_MAX, &b, &e))
		die(m, "a file that cannot be read");
	return b;
}

static struct buf made(struct maker *m, struct str what, struct str rest)
{
	struct buf b;

	if (str_is(what, "fill"))
		return pattern((size_t)number(m, &rest, FILL_MAX));
	if (str_is(what, "stub"))
		return stub(rest);
	if (str_is(what, "kernel"))
		return kernel(rest);
	if (str_is(what, "module"))
		return module(rest);
	if (str_is(what, "copy"))
		return copy(m, rest);
	if (str_is(what, "library"))
		return elf_made_library(rest);
	if (!str_is(what, "file"))
		die(m, "an unknown order");
	b = buf_init(SPEC_MAX);
	add_text(&b, rest);
	return b;
}

static void add_path(struct maker *m, struct str what, struct str rest)
{
	struct str path = word(m, &rest);
	CLEANUP(buf_done) struct buf bytes = { 0 };
	unsigned bits;

	add_parents(m, path);
	if (str_is(what, "link") || str_is(what, "hard")) {
		add_linked(m, str_is(what, "link") ? '2' : '1', path, rest);
		return;
	}
	if (str_is(what, "device")) {
		add_device(m, path, rest);
		return;
	}
	bits = mode(m, &rest);
	if (str_is(what, "folder")) {
		add_folder(m, path, bits);
		return;
	}
	if (str_is(what, "fifo")) {
		add_entry(m, '6', path, bits, (struct span){ NULL, 0 }, NULL);
		return;
	}
	bytes = made(m, what, rest);
	if (!buf_ok(&bytes))
		die(m, "too large a file");
	add_entry(m, '0', path, bits, buf_span(&bytes), NULL);
}

static void add_member(struct maker *m, struct str rest)
{
	CLEANUP(buf_done) struct buf text = buf_init(SPEC_MAX);
	struct str member = word(m, &rest);
	char name[TAR_NAME];

	snprintf(name, sizeof name, "./%.*s", STR_ARG(member));
	add_text(&text, rest);
	make_tar_header(&m->control_tar, name, '0', 0755, text.n, NULL);
	make_tar_data(&m->control_tar, text.p, text.n);
}

static void order(struct maker *m, struct str line)
{
	struct str rest = line, what = word(m, &rest);

	if (str_is(what, "control")) {
		add_text(&m->control, rest);
		buf_u8(&m->control, '\n');
	} else if (str_is(what, "member")) {
		add_member(m, rest);
	} else if (str_is(what, "time")) {
		m->mtime = number(m, &rest, UINT32_MAX);
	} else if (str_is(what, "owner")) {
		m->uid = (unsigned)number(m, &rest, 07777777);
		m->gid = (unsigned)number(m, &rest, 07777777);
	} else if (str_is(what, "xattr")) {
		add_xattr(m, rest);
	} else {
		add_path(m, what, rest);
	}
}

static struct buf deb(struct maker *m)
{
	struct buf b = buf_init(MAKE_DEB_MAX);

	make_tar_header(&m->control_tar, "./control", '0', 0644, m->control.n, NULL);
	make_tar_data(&m->control_tar, m->control.p, m->control.n);
	buf_fill(&m->control_tar, 0, 1024);
	buf_fill(&m->data, 0, 1024);
	make_ar_member(&b, "debian-binary", span_make("2.0\n", 4));
	make_ar_member(&b, "control.tar", buf_span(&m->control_tar));
	make_ar_member(&b, "data.tar", buf_span(&m->data));
	if (!buf_ok(&b) || !buf_ok(&m->data) || !buf_ok(&m->control_tar) || !buf_ok(&m->pax))
		die(m, "too large a package");
	return b;
}

static void write_all(const struct maker *m, const char *path, const struct buf *b)
{
	FILE *f = fopen(path, "wb");

	if (!f || fwrite(b->p, 1, b->n, f) != b->n || fclose(f))
		die(m, "cannot write the package");
}

int main(int argc, char **argv)
{
	struct maker m = { .data = buf_init(MAKE_DEB_MAX),
		.control_tar = buf_init(SPEC_MAX),
		.control = buf_init(SPEC_MAX),
		.pax = buf_init(PAX_MAX),
		.folders = map_new(),
		.mtime = 1000000000 };
	CLEANUP(buf_done) struct buf spec = buf_init(SPEC_MAX), out = { 0 };
	struct str line, rest;
	uint8_t chunk[4096];
	size_t n;

	if (argc != 2)
		die(&m, "usage: deb-maker OUT <SPEC");
	while ((n = fread(chunk, 1, sizeof chunk, stdin)) > 0)
		buf_add(&spec, chunk, n);
	if (!buf_ok(&spec))
		die(&m, "too large a spec");
	for (rest = buf_str(&spec); rest.n;) {
		m.line++;
		(void)str_cut(rest, '\n', &line, &rest);
		if (line.n && line.p[0] != '#')
			order(&m, line);
	}
	out = deb(&m);
	write_all(&m, argv[1], &out);
	fwrite(m.control.p, 1, m.control.n, stdout);
	map_free(m.folders);
	buf_done(&m.data);
	buf_done(&m.control_tar);
	buf_done(&m.control);
	buf_done(&m.pax);
	return 0;
}
