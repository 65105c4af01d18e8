/* Every word that is taken from an event of a log, from its bytes. */
#include "appraise/explain_words.h"

#include "measure/partition_table.h"
#include "test.h"
#include "uki_made.h"

enum { DATA_MAX = 1 << 14 };

static struct arena *a;

typedef struct str words_of(
	const struct event_log *log, const struct event_log_event *ev, struct arena *a);

/* What is said of an event with this data whose digest is of those bytes; the arena's if it was full. */
static struct str words(words_of *of, struct span data, struct span hashed)
{
	static const struct event_log log = {
		.form = EVENT_LOG_AGILE, .banks = { DIGEST_SHA256 }, .n_banks = 1
	};
	struct digest d = digest_of(DIGEST_SHA256, hashed);
	struct event_log_event ev = { .data = data, .digests = { { d.bytes, SHA256_SIZE } } };

	return of(&log, &ev, a);
}

static void check(struct str is, const char *want, int line)
{
	if (!str_is(is, want))
		fprintf(stderr, "is '%.*s'\nnot '%s'\n", STR_ARG(is), want);
	test_report(is.p && str_is(is, want), __FILE__, line, want);
}

#define CHECK_WORDS(is, want) check(is, want, __LINE__)
#define SAME(of, data) words(of, SPAN_OF(data), SPAN_OF(data))
/* Of a literal, without the NUL that C adds. */
#define BYTES(literal) span_make(literal, sizeof(literal) - 1)

static struct str text_of(const char *bytes, size_t n)
{
	return words(explain_words_text, span_make(bytes, n), span_make(bytes, n));
}

static void texts(void)
{
	CHECK_WORDS(text_of("", 0), "");
	CHECK_WORDS(text_of("Calling", 7), "Calling");
	CHECK_WORDS(text_of("Calling", 8), "Calling");
	CHECK_WORDS(text_of("a\0b\0\0", 5), "a?b?");
	CHECK_WORDS(text_of("\x1f ~\x7f\x80", 5), "? ~??");
	CHECK_WORDS(text_of("2\0.\0001\0", 6), "2.1");
	CHECK_WORDS(text_of("2\0.\0001\0\0\0", 8), "2.1");
	CHECK_WORDS(text_of("2\0\0\0001\0\0\0", 8), "2?1");
	CHECK_WORDS(words(explain_words_text, BYTES("Calling"), BYTES("calling")), "");
}

/* At the maximum nothing is cut, and one more character shows as dots. */
static void long_texts(void)
{
	char text[EXPLAIN_WORDS_MAX + 40], want[EXPLAIN_WORDS_MAX + 4];

	memset(text, 'x', sizeof text);
	memset(want, 'x', sizeof want);
	want[EXPLAIN_WORDS_MAX] = 0;
	CHECK_WORDS(text_of(text, EXPLAIN_WORDS_MAX), want);
	memcpy(want + EXPLAIN_WORDS_MAX, "...", 4);
	CHECK_WORDS(text_of(text, EXPLAIN_WORDS_MAX + 1), want);
	CHECK_WORDS(text_of(text, sizeof text), want);
}

static void sections(void)
{
	words_of *of = explain_words_section;

	CHECK_WORDS(words(of, BYTES(".\0d\0t\0b\0"), BYTES(".dtb\0")), ".dtb");
	CHECK_WORDS(words(of, BYTES(".\0d\0t\0b\0"), BYTES(".dtb")), "");
	CHECK_WORDS(words(of, BYTES(".\0d\0t\0b\0\0\0"), BYTES(".dtb\0")), ".dtb");
	/* eight characters are a section's longest name */
	CHECK_WORDS(
		words(of, BYTES(".\0u\0c\0o\0d\0e\0x\0y\0\0\0"), BYTES(".ucodexy\0")), ".ucodexy");
	CHECK_WORDS(words(of, BYTES(".\0u\0c\0o\0d\0e\0x\0y\0z\0\0\0"), BYTES(".ucodexyz\0")), "");
	CHECK_WORDS(words(of, BYTES(".dtb"), BYTES(".dtb\0")), "");
	CHECK_WORDS(words(of, BYTES(""), BYTES("\0")), "");
}

static void strings(void)
{
	words_of *of = explain_words_string;

	CHECK_WORDS(words(of, BYTES("r\0d\0\0\0"), BYTES("r\0d\0")), "rd");
	CHECK_WORDS(words(of, BYTES("r\0d\0\0\0"), BYTES("r\0d\0\0\0")), "rd");
	CHECK_WORDS(words(of, BYTES("r\0d\0"), BYTES("r\0d\0")), "rd");
	CHECK_WORDS(words(of, BYTES("r\0d\0"), BYTES("r\0")), "");
	CHECK_WORDS(words(of, BYTES("r\0\0\1"), BYTES("r\0")), "");
	CHECK_WORDS(words(of, BYTES("r\0\1\0"), BYTES("r\0")), "");
	CHECK_WORDS(words(of, BYTES("r\0\1\0"), BYTES("r\0\1\0")), "r?");
	CHECK_WORDS(words(of, BYTES("rd"), BYTES("rd")), "");
	CHECK_WORDS(words(of, BYTES(""), BYTES("")), "");
}

/* UEFI_VARIABLE_DATA with a name of n_name times 'n' and n_data bytes of 0xa0 and up, then `more` bytes. */
static struct str variable(size_t n_name, size_t n_data, size_t more)
{
	CLEANUP(buf_done) struct buf b = buf_init(DATA_MAX);

	buf_fill(&b, 0x11, 16);
	buf_u64le(&b, n_name);
	buf_u64le(&b, n_data);
	for (size_t i = 0; i < n_name; i++)
		buf_u16le(&b, 'n');
	for (size_t i = 0; i < n_data; i++)
		buf_u8(&b, (uint8_t)(0xa0 + i));
	buf_fill(&b, 0, more);
	return words(explain_words_variable, buf_span(&b), buf_span(&b));
}

static void variables(void)
{
	static const uint8_t liar[32] = { [16] = 0, [24] = 1 }, cut[31] = { 0 };
	char want[100];

	CHECK_WORDS(variable(2, 0, 0), "nn is empty");
	CHECK_WORDS(variable(2, 1, 0), "nn = a0 (1 byte)");
	CHECK_WORDS(variable(2, 2, 0), "nn = a0a1 (2 bytes)");
	CHECK_WORDS(variable(2, 8, 0), "nn = a0a1a2a3a4a5a6a7 (8 bytes)");
	CHECK_WORDS(variable(2, 9, 0), "nn = a0a1a2a3a4a5a6a7... (9 bytes)");
	CHECK_WORDS(variable(2, 1, 1), "");
	memset(want, 'n', sizeof want);
	memcpy(want + 64, " is empty", sizeof " is empty");
	CHECK_WORDS(variable(64, 0, 0), want);
	CHECK_WORDS(variable(65, 0, 0), "");
	CHECK_WORDS(variable(0, 0, 0), " is empty");
	CHECK_WORDS(SAME(explain_words_variable, liar), "");
	CHECK_WORDS(SAME(explain_words_variable, cut), "");
	CHECK_WORDS(words(explain_words_variable, span_make(liar, 24), BYTES("")), "");
	CHECK_WORDS(words(explain_words_variable, SPAN_OF(((uint8_t[32]){ 0 })), BYTES("x")), "");
}

/* A table of n entries, its numbers all different. */
static struct str partitions(size_t n, bool honest)
{
	CLEANUP(buf_done) struct buf b = uki_made_gpt();

	for (unsigned i = 0; i < 16; i++)
		b.p[56 + i] = (uint8_t)(i + 1);
	put_u64le(b.p + PARTITION_TABLE_HEADER, n);
	b.n = PARTITION_TABLE_HEADER + 8;
	buf_fill(&b, 0xe5, n * PARTITION_TABLE_ENTRY);
	return words(explain_words_partitions, buf_span(&b),
		honest ? buf_span(&b) : span_make(b.p, b.n - 1));
}

static void partition_tables(void)
{
	CHECK_WORDS(partitions(1, true),
		"disk 04030201-0605-0807-090a-0b0c0d0e0f10, 1 partition, 100000 sectors");
	CHECK_WORDS(partitions(2, true),
		"disk 04030201-0605-0807-090a-0b0c0d0e0f10, 2 partitions, 100000 sectors");
	CHECK_WORDS(partitions(0, true),
		"disk 04030201-0605-0807-090a-0b0c0d0e0f10, 0 partitions, 100000 sectors");
	CHECK_WORDS(partitions(1, false), "");
	CHECK_WORDS(words(explain_words_partitions, BYTES("EFI PART"), BYTES("EFI PART")), "");
}

/* UEFI_IMAGE_LOAD_EVENT around this path; its length is said to be `more` greater. */
static struct str path_in(struct span path, int more, size_t behind)
{
	CLEANUP(buf_done) struct buf b = buf_init(DATA_MAX);
	struct event_log_event ev = { 0 };

	buf_fill(&b, 0x44, 24);
	buf_u64le(&b, path.n + (uint64_t)more);
	buf_add(&b, path.p, path.n);
	buf_fill(&b, 0, behind);
	ev.data = buf_span(&b);
	return explain_words_path(&ev, a);
}

#define PATH(literal) path_in(BYTES(literal), 0, 0)
#define END "\x7f\xff\4\0"

static void paths(void)
{
	static const uint8_t head[32] = { 0 };
	struct event_log_event ev = { .data = SPAN_OF(head) };

	CHECK_WORDS(PATH("\1\1\6\0\3\2" END), "Pci(2.3)");
	CHECK_WORDS(PATH("\4\4\10\0a\0b\0" END), "ab");
	CHECK_WORDS(PATH("\1\1\6\0\3\2\4\4\10\0a\0b\0" END), "Pci(2.3)ab");
	/* other kinds, and a PCI node of another length, are passed over */
	CHECK_WORDS(PATH("\1\2\6\0\3\2\2\1\6\0\3\2\1\1\7\0\3\2\1" END), "");
	CHECK_WORDS(PATH("\4\1\10\0a\0b\0\1\4\10\0a\0b\0\4\4\6\0c\0" END), "c");
	/* a node without content; one shorter than its head, one longer than the path */
	CHECK_WORDS(PATH("\4\4\4\0\4\4\6\0c\0"), "c");
	CHECK_WORDS(PATH("\4\4\6\0c\0\4\4\3\0"), "");
	CHECK_WORDS(PATH("\4\4\6\0c\0\4\4\7\0c\0"), "");
	CHECK_WORDS(PATH("\4\4\6\0c\0\4"), "");
	CHECK_WORDS(PATH(""), "");
	/* the length of the path is that of what follows */
	CHECK_WORDS(path_in(BYTES("\4\4\6\0c\0"), 1, 0), "");
	CHECK_WORDS(path_in(BYTES("\4\4\6\0c\0"), 0, 1), "");
	CHECK_WORDS(path_in(BYTES("\4\4\6\0c\0"), -1, 0), "");
	CHECK_WORDS(explain_words_path(&ev, a), "");
	ev.data.n--;
	CHECK_WORDS(explain_words_path(&ev, a), "");
}

/* What stands behind as many characters as are shown is not looked at, whatever it is. */
static void long_paths(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(DATA_MAX);
	char want[EXPLAIN_WORDS_MAX + 1];

	memset(want, 'p', EXPLAIN_WORDS_MAX);
	want[EXPLAIN_WORDS_MAX] = 0;
	buf_add(&b, "\4\4", 2);
	buf_u16le(&b, 4 + 2 * EXPLAIN_WORDS_MAX);
	for (size_t i = 0; i < EXPLAIN_WORDS_MAX; i++)
		buf_u16le(&b, 'p');
	buf_add(&b, "\4\4\3\0", 4);
	CHECK_WORDS(path_in(buf_span(&b), 0, 0), want);
}

int main(void)
{
	a = arena_new(1 << 20);
	texts();
	long_texts();
	sections();
	strings();
	variables();
	partition_tables();
	paths();
	long_paths();
	arena_free(a);
	return test_end();
}
