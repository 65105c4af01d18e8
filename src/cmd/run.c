/* assay run: boots an image in the shape that its reference values describe. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "cmd/console.h"
#include "cmd/shell_word.h"
#include "cmd/verbs.h"
#include "sys/file.h"
#include "vm/accel.h"
#include "vm/knock.h"
#include "vm/qemu.h"
#include "vm/swtpm.h"
#include "base/banned.h"

enum {
	GUEST_PORT = 8080,
	TIMEOUT_S = 300,
	TIMEOUT_MAX_S = 86400,
	STEP_MS = 250,
	TEXT_MAX = 65536,
};

static const struct verb_option options[] = {
	{ "--port", "N", "port on 127.0.0.1 for the attester (a free one)", false },
	{ "--forward", "PORT", "127.0.0.1:PORT leads in; HOST:GUEST, /udp", true },
	{ "--state", "DIR", "the software TPM (~/.local/state/assay/vm)", false },
	{ "--trust-out", "FILE", "write a trust file that names this TPM's roots", false },
	{ "--firmware-code", "FILE", "firmware instead of the image's own", false },
	{ "--firmware-vars", "FILE", "its variables", false },
	{ "--qemu-arg", "ARG", "further argument; most of them change a register", true },
	{ "--timeout", "S", "how long the attester may take (300 seconds)", false },
	{ NULL, NULL, NULL, false },
};

struct run {
	const struct verb_args *args;
	char *disk, *code, *vars, *state, *folder;
	const char *arguments[QEMU_EXTRA_MAX];
	struct qemu_forward forwards[QEMU_FORWARDS_MAX];
	size_t n_forwards;
	struct swtpm *tpm;
	struct qemu *q;
	struct knock knock;
	uint64_t port, timeout_s;
	struct console console;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static char *join(const char *a, const char *b)
{
	struct buf path = buf_init(TEXT_MAX);

	buf_printf(&path, "%s/%s", a, b);
	return buf_take_cstr(&path);
}

/* The option's value, or OUT/name. */
static char *file_of(const struct verb_args *args, const char *option, const char *name)
{
	const char *given = option ? verb_value(args, option) : NULL;
	const char *out = verb_arg(args, 0);

	return given ? mem_string(str_of(given)) : join(out ? out : "out", name);
}

/* --state, or $XDG_STATE_HOME/assay/vm. */
static bool state_folder(char **ret, const struct verb_args *args, struct err *e)
{
	const char *given = verb_value(args, "--state");
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (given)
		*ret = mem_string(str_of(given));
	else if (state && state[0] == '/')
		*ret = join(state, "assay/vm");
	else if (home && home[0] == '/')
		*ret = join(home, ".local/state/assay/vm");
	else
		return err_set(e, ERR_USAGE, "no place for the software TPM: HOME is not set") ||
		       err_hint(e, "give one with --state DIR");
	return true;
}

static bool number(const struct verb_args *args, const char *option, uint64_t max, uint64_t *ret,
	struct err *e)
{
	const char *text = verb_value(args, option);

	if (!text || (str_u64(str_of(text), ret, max) && *ret > 0))
		return true;
	return err_set(e, ERR_USAGE, "%s is '%s', want a number from 1 to %llu", option, text,
		(unsigned long long)max);
}

/* "PORT" or "HOST:GUEST", each with "/tcp" or "/udp" behind it where it is wanted. */
static bool read_forward(struct str text, struct qemu_forward *ret)
{
	struct str ports, protocol, host, guest;
	uint64_t from, to;
	bool named = str_cut(text, '/', &ports, &protocol);

	if (!str_cut(ports, ':', &host, &guest))
		guest = host;
	if (!str_u64(host, &from, UINT16_MAX) || !from || !str_u64(guest, &to, UINT16_MAX) || !to ||
		(named && !str_is(protocol, "tcp") && !str_is(protocol, "udp")))
		return false;
	*ret = (struct qemu_forward){ (uint16_t)from, (uint16_t)to, str_is(protocol, "udp") };
	return true;
}

static bool read_forwards(struct run *r, struct err *e)
{
	const char *text;

	while ((text = verb_nth(r->args, "--forward", r->n_forwards))) {
		if (r->n_forwards == QEMU_FORWARDS_MAX)
			return err_set(e, ERR_LIMIT, "more than %d ports with --forward",
				QEMU_FORWARDS_MAX);
		if (!read_forward(str_of(text), &r->forwards[r->n_forwards])) {
			err_set(e, ERR_USAGE, "--forward is '%s', want a port", text);
			return err_hint(
				e, "--forward 8000, --forward 9000:8000 or --forward 53/udp");
		}
		r->n_forwards++;
	}
	return true;
}

/* A YAML scalar in double quotes. */
static void add_quoted(struct buf *b, const char *text)
{
	buf_u8(b, '"');
	for (const char *p = text; *p; p++) {
		if (*p == '"' || *p == '\\')
			buf_u8(b, '\\');
		buf_add(b, p, 1);
	}
	buf_u8(b, '"');
}

static bool write_trust(const char *path, const struct swtpm *tpm, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(TEXT_MAX);

	buf_add_cstr(&b,
		"# The software TPM that `assay run` started: whoever has its folder can forge what it says.\n"
		"format: assay.trust/1\n"
		"tpm-roots:\n"
		"  - name: software TPM of this machine\n"
		"    certificate: ");
	add_quoted(&b, swtpm_root_certificate(tpm));
	buf_add_cstr(&b, "\n    emulated: true\n");
	return file_write(AT_FDCWD, path, buf_span(&b), 0644, e);
}

static bool prepare(struct run *r, struct err *e)
{
	const char *trust = verb_value(r->args, "--trust-out");

	r->timeout_s = TIMEOUT_S;
	if (!number(r->args, "--port", UINT16_MAX, &r->port, e) ||
		!number(r->args, "--timeout", TIMEOUT_MAX_S, &r->timeout_s, e) ||
		!read_forwards(r, e) || !state_folder(&r->state, r->args, e))
		return false;
	r->disk = file_of(r->args, NULL, "disk.img");
	r->code = file_of(r->args, "--firmware-code", "firmware/OVMF_CODE.fd");
	r->vars = file_of(r->args, "--firmware-vars", "firmware/OVMF_VARS.fd");
	if (access(r->disk, R_OK) < 0) {
		err_os(e, "cannot read '%s'", r->disk);
		return err_hint(e, "make an image with assay build");
	}
	if (!swtpm_start(&r->tpm, r->state, e))
		return false;
	r->folder = realpath(r->state, NULL);
	if (!r->folder)
		return err_os(e, "cannot find '%s'", r->state);
	return !trust || write_trust(trust, r->tpm, e);
}

static bool start(struct run *r, struct err *e)
{
	struct qemu_machine m = {
		.firmware_code = r->code,
		.firmware_vars = r->vars,
		.disk = r->disk,
		.folder = r->folder,
		.tpm = r->tpm,
		.guest_port = GUEST_PORT,
		.host_port = (uint16_t)r->port,
		.forwards = r->forwards,
		.n_forwards = r->n_forwards,
		.arguments = r->arguments,
	};
	const char *argument;
	struct accel accel;

	while ((argument = verb_nth(r->args, "--qemu-arg", m.n_arguments))) {
		if (m.n_arguments == QEMU_EXTRA_MAX)
			return err_set(e, ERR_LIMIT, "more than %d further QEMU arguments",
				QEMU_EXTRA_MAX);
		r->arguments[m.n_arguments++] = argument;
	}
	if (!accel_probe(&accel, r->code, r->vars, e))
		return false;
	m.kvm = accel.kvm;
	verb_say(r->args, "booting %s: %s", accel.kvm ? "with KVM" : "under emulation", accel.why);
	if (!qemu_start(&r->q, &m, e))
		return false;
	progress_stage(r->console.progress, "boot");
	r->knock = (struct knock){ .port = qemu_host_port(r->q), .fd = -1 };
	return true;
}

/* Next event within a step. */
static enum qemu_event step(struct run *r)
{
	struct str line;
	enum qemu_event event = qemu_next(r->q, STEP_MS, &line);

	if (event == QEMU_LINE)
		console_line(&r->console, line);
	return event;
}

/* A guest that gives up says more after its reason: that it powers off, or a trace. */
static bool failed(struct run *r, const char *what, struct err *e)
{
	const struct console *c = &r->console;

	if (c->why[0])
		err_set(e, ERR_IO, "%s; it gave up with: %s", what, c->why);
	else
		err_set(e, ERR_IO, "%s; the last it printed: %s", what,
			c->last[0] ? c->last : "nothing");
	if (progress_on_terminal(c->progress) || c->quiet)
		return err_hint(e, "2>FILE, without -q, keeps all that the machine prints");
	return err_hint(e, "the lines above are all that the machine printed");
}

static bool stopped_early(struct run *r, struct err *e)
{
	if (!qemu_status(r->q, e))
		return false;
	return failed(r, "the guest stopped before its attester answered", e);
}

static bool too_late(struct run *r, struct err *e)
{
	char what[80];

	snprintf(what, sizeof what, "the attester did not answer within %llu s",
		(unsigned long long)r->timeout_s);
	failed(r, what, e);
	return err_hint(e, "--timeout S gives it longer%s",
		progress_on_terminal(r->console.progress)
			? "; 2>FILE keeps all that the machine prints"
			: "");
}

/* Until the attester answers. False in *up: interrupted before. */
static bool wait_up(struct run *r, bool *up, struct err *e)
{
	int64_t end = now_ms() + (int64_t)r->timeout_s * 1000, next = 0;

	while (!interrupted) {
		int64_t now = now_ms();

		if (step(r) == QEMU_STOPPED)
			return stopped_early(r, e);
		if (qemu_kvm_failed(r->q))
			return accel_refute(e);
		if (now < next)
			continue;
		next = now + STEP_MS;
		if (knock_try(&r->knock, now)) {
			*up = true;
			return true;
		}
		if (now >= end)
			return too_late(r, e);
	}
	*up = false;
	return true;
}

/* For the person at the terminal; a program reads the address from standard output. */
static void say_what_next(const struct run *r)
{
	const char *trust = verb_value(r->args, "--trust-out");
	CLEANUP(mem_free) char *file = file_of(r->args, NULL, "reference-values.json");
	CLEANUP(mem_free) char *values = shell_word(file);
	CLEANUP(mem_free) char *roots = trust ? shell_word(trust) : NULL;

	verb_say(r->args, "It answers there, and runs until ctrl-C. Ask it from another terminal:");
	verb_say(r->args, "  assay verify http://127.0.0.1:%u --reference-values %s%s%s",
		qemu_host_port(r->q), values, roots ? " --trust " : "", roots ? roots : "");
	for (size_t i = 0; i < r->n_forwards; i++)
		verb_say(r->args, "127.0.0.1:%u leads to its port %u/%s", r->forwards[i].host_port,
			r->forwards[i].guest_port, r->forwards[i].udp ? "udp" : "tcp");
	if (!roots)
		verb_say(r->args,
			"(its TPM is made here: --trust-out FILE writes a trust file for it)");
}

static bool watch(struct run *r, struct err *e)
{
	bool up = false, ok = wait_up(r, &up, e);

	if (!ok || !up) {
		progress_end(r->console.progress);
		return ok;
	}
	progress_stage(r->console.progress, NULL);
	printf("http://127.0.0.1:%u\n", qemu_host_port(r->q));
	fflush(stdout);
	say_what_next(r);
	r->console.quiet |= progress_on_terminal(r->console.progress);
	while (!interrupted)
		if (step(r) == QEMU_STOPPED)
			return qemu_status(r->q, e);
	return true;
}

static void done(struct run *r)
{
	knock_done(&r->knock);
	qemu_free(r->q);
	swtpm_free(r->tpm);
	free(r->disk);
	free(r->code);
	free(r->vars);
	free(r->state);
	free(r->folder);
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(progress_freep) struct progress *progress = progress_new(args);
	struct sigaction on = { .sa_handler = on_signal };
	struct run r = { .args = args,
		.knock.fd = -1,
		.console = { .progress = progress, .quiet = verb_quiet(args) } };
	bool ok;

	(void)code;
	sigaction(SIGINT, &on, NULL);
	sigaction(SIGTERM, &on, NULL);
	ok = prepare(&r, e) && start(&r, e) && watch(&r, e);
	done(&r);
	return ok;
}

const struct verb cmd_run = {
	.name = "run",
	.summary = "boot an image in QEMU with a software TPM",
	.usage = "[OUT]",
	.max_args = 1,
	.options = options,
	.example = "assay run out --trust-out trust.yaml",
	.run = run,
};
