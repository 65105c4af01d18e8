#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/trace_exec.h"

#include <elf.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <unistd.h>

#include "base/buf.h"
#include "box/trace_clock.h"
#include "box/trace_random.h"
#include "base/banned.h"

enum {
	WORDS = 512,         /* of the stack read at a time */
	ENTRIES_MAX = 64,    /* of an auxiliary vector; the kernel makes about 20 */
	RANDOM_SIZE = 16,    /* behind AT_RANDOM */
	HWCAP = 0x078bfbff,  /* CPUID.1:EDX of a processor with what x86-64 promises and no more */
	KEY_MAX = 256 << 10, /* of arguments; those behind it do not name the process */
};

/* Reads the stack upwards word by word. */
struct words {
	struct trace_call *c;
	uint64_t next; /* address of the next word to be read */
	uint64_t words[WORDS];
	size_t at, n;
};

/* At most to the page's end, behind which there need be nothing. */
static bool word(struct words *w, uint64_t *ret)
{
	if (w->at == w->n) {
		w->n = (4096 - w->next % 4096) / sizeof *w->words;
		w->n = w->n < WORDS ? w->n : WORDS;
		w->at = 0;
		if (!trace_read(w->c, w->next, w->words, w->n * sizeof *w->words))
			return false;
		w->next += w->n * sizeof *w->words;
	}
	*ret = w->words[w->at++];
	return true;
}

/* The stack of a new image (System V ABI x86-64, figure 3.9): argc, argv, 0, envp, 0, auxv. */
struct image {
	uint64_t argv0, envp0; /* addresses of the first strings; 0: none */
	uint64_t auxv;         /* address of the vector */
	uint64_t entries[ENTRIES_MAX][2];
	size_t n_entries; /* AT_NULL included */
};

static bool image_read(struct image *im, struct trace_call *c)
{
	struct words w = { .c = c, .next = c->stack };
	uint64_t argc, v;

	memset(im, 0, sizeof *im);
	if (!word(&w, &argc) || argc > INT_MAX)
		return false;
	for (uint64_t i = 0; i <= argc; i++) {
		if (!word(&w, &v))
			return false;
		if (i == 0)
			im->argv0 = v;
	}
	do {
		if (!word(&w, &v))
			return false;
		if (!im->envp0)
			im->envp0 = v;
	} while (v);
	im->auxv = w.next - (w.n - w.at) * sizeof *w.words;
	while (im->n_entries < ENTRIES_MAX) {
		uint64_t *entry = im->entries[im->n_entries++];

		if (!word(&w, &entry[0]) || !word(&w, &entry[1]))
			return false;
		if (entry[0] == AT_NULL)
			return true;
	}
	return false;
}

static uint64_t entry_of(const struct image *im, uint64_t type)
{
	for (size_t i = 0; i < im->n_entries; i++)
		if (im->entries[i][0] == type)
			return im->entries[i][1];
	return 0;
}

/* Path as it was given, arguments, folder. The arguments lie one behind the other, before the environment. */
static void name_process(struct tracer *t, struct trace_process *p, const struct image *im,
	const struct trace_call *c)
{
	CLEANUP(buf_done) struct buf key = buf_init(KEY_MAX + 2 * PATH_MAX + 16);
	uint64_t path_at = entry_of(im, AT_EXECFN), end = im->envp0 ? im->envp0 : path_at;
	char text[PATH_MAX], link[64];
	ssize_t n;

	if (trace_text(c, path_at, text, sizeof text))
		buf_add(&key, text, strlen(text) + 1);
	snprintf(link, sizeof link, "/proc/%d/cwd", p->pid);
	n = readlink(link, text, sizeof text);
	if (n > 0)
		buf_add(&key, text, (size_t)n);
	buf_add(&key, "", 1);
	if (im->argv0 && end > im->argv0) {
		uint64_t size = end - im->argv0 < KEY_MAX ? end - im->argv0 : KEY_MAX;

		for (uint64_t at = 0; at < size;) {
			size_t piece = size - at < sizeof text ? (size_t)(size - at) : sizeof text;

			if (!trace_read(c, im->argv0 + at, text, piece))
				break;
			buf_add(&key, text, piece);
			at += piece;
		}
	}
	trace_random_exec(t, p, buf_span(&key));
}

static void set_entry(struct image *im, uint64_t type, uint64_t new_type, uint64_t value)
{
	for (size_t i = 0; i < im->n_entries; i++)
		if (im->entries[i][0] == type) {
			im->entries[i][0] = new_type;
			im->entries[i][1] = value;
		}
}

void trace_exec_begin(struct tracer *t, struct trace_thread *thread)
{
	struct trace_call c = { .t = t, .pid = thread->pid, .process = thread->process };
	uint8_t random[RANDOM_SIZE];
	struct image im;
	uint64_t at;

	if (!t->answers)
		return;
	trace_clock_exec(t, thread->process);
	c.stack = (uint64_t)ptrace(
		PTRACE_PEEKUSER, thread->pid, offsetof(struct user_regs_struct, rsp), 0);
	if (!image_read(&im, &c))
		return;
	name_process(t, thread->process, &im, &c);
	at = entry_of(&im, AT_RANDOM);
	if (at && box_view_fixes(&t->view, BOX_RANDOM)) {
		trace_random_take(thread->process, random, sizeof random);
		trace_write(&c, at, random, sizeof random);
	}
	/* It tells the time and the processor. */
	set_entry(&im, AT_SYSINFO_EHDR, AT_IGNORE, 0);
	if (box_view_fixes(&t->view, BOX_PROCESSORS)) {
		set_entry(&im, AT_HWCAP, AT_HWCAP, HWCAP);
		set_entry(&im, AT_HWCAP2, AT_HWCAP2, 0);
	}
	trace_write(&c, im.auxv, im.entries, im.n_entries * sizeof im.entries[0]);
}
