#define ASSAY_MAY_ASK_THE_MACHINE
#include "vm/acpi_capture.h"

#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "vm/child.h"
#include "vm/fw_cfg.h"
#include "vm/qtest.h"
#include "vm/scratch.h"
#include "base/banned.h"

enum {
	PATH_TEXT_MAX = 4096,
	SAID_MAX = 65536,
	POLL_MS = 50,
	ANSWER_MS = 30000,
	SCRATCH_AT = 0x200000, /* free memory: our program is the last that runs */
	MIB = 1 << 20,
	PROGRAM_SIZE = 2048,
};

#define QEMU "qemu-system-x86_64"

struct capture {
	struct child child;
	int socket, said;
	char *folder, *program;
};

static void capture_done(struct capture *c)
{
	child_stop(&c->child);
	file_closep(&c->socket);
	file_closep(&c->said);
	free(c->program);
	scratch_removep(&c->folder);
}

static char *text_of(const char *head, uint64_t number, const char *tail)
{
	struct buf b = buf_init(PATH_TEXT_MAX);

	buf_printf(&b, "%s%llu%s", head, (unsigned long long)number, tail);
	return buf_take_cstr(&b);
}

/* Its standard input and output are the socket; what it says goes into a pipe that is never full. */
static bool launch(struct capture *c, const struct acpi_capture_machine *m, struct err *e)
{
	CLEANUP(mem_free) char *memory = text_of("", m->memory / MIB, "M");
	CLEANUP(mem_free) char *vcpus = text_of("", m->vcpus, "");
	const char *const ours[] = { QEMU, "-nodefaults", "-no-user-config", "-machine",
		"q35,smm=off", "-accel", "tcg", "-cpu", "max", "-m", memory, "-smp", vcpus,
		"-display", "none", "-qtest", "stdio", "-qtest-log", "none", "-no-reboot", "-bios",
		m->firmware, "-kernel", c->program };
	const char *argv[ARRAY_LEN(ours) + ACPI_CAPTURE_ARGUMENTS_MAX + 1];
	struct child_fds fds = { .n = 3 };
	int pair[2], said[2];
	size_t n = 0;
	bool ok;

	for (size_t i = 0; i < ARRAY_LEN(ours); i++)
		argv[n++] = ours[i];
	for (size_t i = 0; i < m->n_arguments; i++)
		argv[n++] = m->arguments[i];
	argv[n] = NULL;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_os(e, "cannot start QEMU");
	c->socket = pair[0];
	if (pipe2(said, O_CLOEXEC | O_NONBLOCK) < 0) {
		close(pair[1]);
		return err_os(e, "cannot start QEMU");
	}
	c->said = said[0];
	fds.fds[0] = fds.fds[1] = pair[1];
	fds.fds[2] = said[1];
	ok = child_start(&c->child, (char *const *)(uintptr_t)argv, &fds, e);
	close(pair[1]);
	close(said[1]);
	if (!ok && e->kind == ERR_NOTFOUND)
		err_hint(e, "install qemu-system-x86");
	return ok;
}

/* Adds what QEMU said, when it has ended. */
static bool explain(struct capture *c, struct err *e)
{
	char text[400];
	int status;
	ssize_t n;

	if (!child_wait(&c->child, 1000, &status))
		return false;
	n = read(c->said, text, sizeof text);
	if (n > 0) {
		struct str said = str_trim(str_make(text, (size_t)n));

		err_set(e, ERR_IO, "QEMU ended with %d: %.*s", status, STR_ARG(said));
	}
	return err_hint(e, "look at what --qemu-arg gave it, and whether memory is free");
}

static bool wait_for_program(struct capture *c, const struct qtest *q, struct err *e)
{
	time_t end = time(NULL) + ACPI_CAPTURE_TIMEOUT_S;
	char mark[sizeof ACPI_CAPTURE_MARK - 1];

	for (;;) {
		if (!qtest_read(q, mark, sizeof mark, ACPI_CAPTURE_MARK_AT, e))
			return explain(c, e);
		if (memcmp(mark, ACPI_CAPTURE_MARK, sizeof mark) == 0)
			return true;
		if (time(NULL) >= end)
			break;
		poll(NULL, 0, POLL_MS);
	}
	err_set(e, ERR_IO, "the firmware did not start a kernel within %d s",
		ACPI_CAPTURE_TIMEOUT_S);
	return err_hint(
		e, "firmware with keys enrolled starts signed kernels only: give the ACPI files");
}

static bool check(const struct acpi_capture_machine *m, struct err *e)
{
	if (!m->memory || m->memory % MIB)
		return err_set(e, ERR_USAGE,
			"%llu bytes of memory are no whole MiB, which QEMU wants here",
			(unsigned long long)m->memory);
	if (m->n_arguments > ACPI_CAPTURE_ARGUMENTS_MAX)
		return err_set(e, ERR_LIMIT, "%zu further QEMU arguments, limit %d", m->n_arguments,
			ACPI_CAPTURE_ARGUMENTS_MAX);
	if (access(m->firmware, R_OK) == 0)
		return true;
	err_os(e, "cannot read '%s'", m->firmware);
	e->kind = ERR_NOTFOUND;
	return false;
}

static bool write_program(struct capture *c, struct err *e)
{
	CLEANUP(buf_done) struct buf program = buf_init(PROGRAM_SIZE);
	struct buf path = buf_init(PATH_TEXT_MAX);

	buf_printf(&path, "%s/program.efi", c->folder);
	c->program = buf_take_cstr(&path);
	acpi_capture_program(&program);
	return file_replace(AT_FDCWD, c->program, buf_span(&program), 0600, e);
}

static bool read_files(struct acpi_capture *ret, const struct qtest *q, struct err *e)
{
	return fw_cfg_read(&ret->loader, q, "etc/table-loader", SCRATCH_AT, e) &&
	       fw_cfg_read(&ret->rsdp, q, "etc/acpi/rsdp", SCRATCH_AT, e) &&
	       fw_cfg_read(&ret->tables, q, "etc/acpi/tables", SCRATCH_AT, e);
}

bool acpi_capture(struct acpi_capture *ret, const struct acpi_capture_machine *m, struct err *e)
{
	CLEANUP(capture_done) struct capture c = { .socket = -1, .said = -1 };
	CLEANUP(acpi_capture_done)
	struct acpi_capture got = { buf_init(FW_CFG_FILE_MAX), buf_init(FW_CFG_FILE_MAX),
		buf_init(FW_CFG_FILE_MAX) };
	struct qtest q;

	if (!check(m, e) || !scratch_make(&c.folder, e) || !write_program(&c, e) ||
		!launch(&c, m, e))
		return err_wrap(e, "cannot make ACPI tables with QEMU");
	q = (struct qtest){ c.socket, ANSWER_MS };
	if (!wait_for_program(&c, &q, e) || !read_files(&got, &q, e))
		return err_wrap(e, "cannot make ACPI tables with QEMU");
	*ret = got;
	got = (struct acpi_capture){ 0 };
	return true;
}

void acpi_capture_done(struct acpi_capture *c)
{
	buf_done(&c->loader);
	buf_done(&c->rsdp);
	buf_done(&c->tables);
}

bool acpi_capture_qemu(char version[static 40], struct err *e)
{
	static const char head[] = "QEMU emulator version ";
	CLEANUP(buf_done) struct buf out = buf_init(SAID_MAX);
	char *const argv[] = { (char[]){ QEMU }, (char[]){ "--version" }, NULL };
	struct str line, rest;
	int status;

	if (!proc_run(argv, NULL, &out, NULL, &status, e)) {
		if (e->kind == ERR_NOTFOUND)
			err_hint(e, "install qemu-system-x86");
		return false;
	}
	str_cut(buf_str(&out), '\n', &line, &rest);
	if (status || !str_starts(line, head))
		return err_set(e, ERR_FORMAT, QEMU " --version says '%.*s'", STR_ARG(line));
	str_cut(str_make(line.p + sizeof head - 1, line.n - (sizeof head - 1)), ' ', &line, &rest);
	if (!line.n || line.n >= 40)
		return err_set(e, ERR_FORMAT, QEMU " --version names no version");
	memcpy(version, line.p, line.n);
	version[line.n] = '\0';
	return true;
}
