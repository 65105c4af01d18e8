#define ASSAY_MAY_ASK_THE_MACHINE
#include "vm/accel.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/hex.h"
#include "base/mem.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "vm/qemu.h"
#include "vm/scratch.h"
#include "base/banned.h"

enum {
	TEXT_MAX = 65536,
	CPUINFO_MAX = 8 << 20,
	PROBE_MS = 20000, /* emulation needs 5 s on a slow machine, KVM less than 2 */
	PROBE_STEP_MS = 500,
};

/* The line of /proc/cpuinfo that names the processor; empty where there is none. */
static void add_processor(struct buf *key)
{
	CLEANUP(buf_done) struct buf info = { 0 };
	struct str line, rest;
	struct err ignored;

	if (!file_read(AT_FDCWD, "/proc/cpuinfo", CPUINFO_MAX, &info, &ignored))
		return;
	rest = buf_str(&info);
	while (str_cut(rest, '\n', &line, &rest)) {
		if (!str_starts(line, "model name"))
			continue;
		buf_add_str(key, line);
		return;
	}
}

/* Path of the remembered answer, named by all that the answer depends on; stays NULL where there is no place for it. */
static bool answer_path(char **ret, struct err *e)
{
	CLEANUP(buf_done) struct buf key = buf_init(TEXT_MAX), version = buf_init(TEXT_MAX);
	struct buf path = buf_init(TEXT_MAX);
	const char *cache = getenv("XDG_CACHE_HOME"), *home = getenv("HOME");
	char hex[2 * SHA256_SIZE + 1];
	uint8_t digest[SHA256_SIZE];
	struct utsname u;
	int status;

	if (!proc_run((char *[]){ "qemu-system-x86_64", "--version", NULL }, NULL, &version, NULL,
		    &status, e)) {
		if (e->kind == ERR_NOTFOUND)
			err_hint(e, "install qemu-system-x86");
		return false;
	}
	uname(&u);
	buf_printf(&key, "%s\n%s\n", u.release, u.version);
	buf_add_str(&key, buf_str(&version));
	add_processor(&key);
	sha256_of(digest, buf_span(&key));
	hex_write(hex, digest, sizeof digest);
	if (cache && cache[0] == '/')
		buf_printf(&path, "%s/assay/kvm-%.32s", cache, hex);
	else if (home && home[0] == '/')
		buf_printf(&path, "%s/.cache/assay/kvm-%.32s", home, hex);
	if (path.n)
		*ret = buf_take_cstr(&path);
	return true;
}

/* "yes" or "no: WHY" */
static bool recall(struct accel *a, const char *path)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	struct err ignored;
	struct str line;

	if (!file_read(AT_FDCWD, path, sizeof a->why, &text, &ignored))
		return false;
	line = str_trim(buf_str(&text));
	a->kvm = str_is(line, "yes");
	if (!a->kvm && !str_starts(line, "no: "))
		return false;
	if (a->kvm)
		snprintf(a->why, sizeof a->why, "KVM ran this firmware before");
	else
		snprintf(a->why, sizeof a->why, "%.*s", (int)line.n - 4, line.p + 4);
	return true;
}

/* A cache that cannot be written only costs the next run a probe. */
static void remember(const struct accel *a, const char *path)
{
	CLEANUP(mem_free) char *folder = mem_string(str_of(path));
	CLEANUP(buf_done) struct buf text = buf_init(TEXT_MAX);
	struct err ignored;

	*strrchr(folder, '/') = 0;
	buf_printf(&text, a->kvm ? "yes\n" : "no: %s\n", a->why);
	if (!file_mkdirs(AT_FDCWD, folder, &ignored) ||
		!file_write(AT_FDCWD, path, buf_span(&text), 0644, &ignored))
		return;
}

/* Firmware that reaches its boot manager says so on the serial console. */
static bool reaches_boot_manager(struct qemu *q, struct accel *a)
{
	static const char mark[] = "BdsDxe: ";
	struct str line;
	struct err why;

	for (int waited = 0; waited < PROBE_MS;) {
		switch (qemu_next(q, PROBE_STEP_MS, &line)) {
		case QEMU_LINE:
			if (line.n && memmem(line.p, line.n, mark, sizeof mark - 1))
				return true;
			break;
		case QEMU_STOPPED:
			if (qemu_status(q, &why))
				snprintf(why.text, sizeof why.text, "QEMU ended at once");
			snprintf(a->why, sizeof a->why, "%.*s", (int)strcspn(why.text, "\n"),
				why.text);
			return false;
		case QEMU_TIMEOUT:
			waited += PROBE_STEP_MS;
		}
		if (!qemu_kvm_failed(q))
			continue;
		snprintf(a->why, sizeof a->why, "KVM internal error while the firmware ran");
		return false;
	}
	snprintf(a->why, sizeof a->why, "the firmware did not come up in %d s", PROBE_MS / 1000);
	return false;
}

static bool try_firmware(struct accel *a, const char *code, const char *vars, struct err *e)
{
	CLEANUP(scratch_removep) char *folder = NULL;
	CLEANUP(qemu_freep) struct qemu *q = NULL;
	struct qemu_machine m = { .firmware_code = code, .firmware_vars = vars, .kvm = true };

	if (!scratch_make(&folder, e))
		return false;
	m.folder = folder;
	if (!qemu_start(&q, &m, e))
		return false;
	a->kvm = reaches_boot_manager(q, a);
	if (a->kvm)
		snprintf(a->why, sizeof a->why, "KVM runs this firmware");
	return true;
}

bool accel_probe(struct accel *ret, const char *code, const char *vars, struct err *e)
{
	CLEANUP(mem_free) char *path = NULL;
	struct accel a = { .kvm = false };

	if (access("/dev/kvm", R_OK | W_OK) < 0) {
		snprintf(a.why, sizeof a.why, "/dev/kvm is not there or not for this user");
		*ret = a;
		return true;
	}
	if (!answer_path(&path, e))
		return err_wrap(e, "cannot find out whether KVM works");
	if (!path || !recall(&a, path)) {
		if (!try_firmware(&a, code, vars, e))
			return err_wrap(e, "cannot find out whether KVM works");
		if (path)
			remember(&a, path);
	}
	*ret = a;
	return true;
}

bool accel_refute(struct err *e)
{
	static const struct accel no = { false, "KVM internal error inside a guest" };
	CLEANUP(mem_free) char *path = NULL;

	if (answer_path(&path, e) && path)
		remember(&no, path);
	err_set(e, ERR_IO, "KVM failed inside the guest");
	return err_hint(e, "run it again: machines are emulated here from now on");
}
