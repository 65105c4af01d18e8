#define ASSAY_MAY_ASK_THE_MACHINE
#include "vm/observe.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/mem.h"
#include "sys/file.h"
#include "vm/accel.h"
#include "vm/qemu.h"
#include "vm/scratch.h"
#include "vm/swtpm.h"
#include "base/banned.h"

/* The next word of *rest, which is advanced past it. */
static struct str word(struct str *rest)
{
	struct str head;

	*rest = str_trim(*rest);
	str_cut(*rest, ' ', &head, rest);
	return head;
}

static bool keep(struct digest *at, const struct digest *d, struct err *e)
{
	if (at->alg != DIGEST_NONE && !digest_equal(at, d))
		return err_set(e, ERR_FORMAT, "the guest printed a register twice, differently");
	*at = *d;
	return true;
}

bool observe_line(struct observe *o, struct str line, struct err *e)
{
	static const char mark[] = "assay-observe: pcr ";
	const char *at = line.n ? memmem(line.p, line.n, mark, sizeof mark - 1) : NULL;
	struct digest d = { .alg = DIGEST_NONE };
	struct str rest, bank, index, hex;
	uint64_t i;

	if (!at)
		return true;
	rest = str_make(at + sizeof mark - 1, (size_t)(line.p + line.n - at) - (sizeof mark - 1));
	bank = word(&rest);
	index = word(&rest);
	hex = word(&rest);
	d.alg = digest_from_name(bank);
	if ((d.alg != DIGEST_SHA256 && d.alg != DIGEST_SHA384) ||
		!str_u64(index, &i, OBSERVE_PCRS - 1) ||
		!hex_read(hex, d.bytes, digest_size(d.alg)) || rest.n)
		return err_set(
			e, ERR_FORMAT, "the guest printed no register: '%.*s'", STR_ARG(line));
	return keep(d.alg == DIGEST_SHA256 ? &o->sha256[i] : &o->sha384[i], &d, e);
}

/* Reads the console until the machine stops. */
static bool follow(struct observe *o, struct qemu *q, struct err *e)
{
	time_t end = time(NULL) + OBSERVE_TIMEOUT_S;
	char last[200] = "nothing";
	struct str line;

	for (;;) {
		enum qemu_event event = qemu_next(q, 1000, &line);

		if (event == QEMU_STOPPED)
			break;
		if (qemu_kvm_failed(q))
			return accel_refute(e);
		if (event == QEMU_LINE && line.n)
			snprintf(last, sizeof last, "%.*s", STR_ARG(line));
		if (event == QEMU_LINE && !observe_line(o, line, e))
			return false;
		if (time(NULL) >= end)
			return err_set(e, ERR_IO,
				"the guest did not power off within %d s; the last it printed: %s",
				OBSERVE_TIMEOUT_S, last);
	}
	if (!qemu_status(q, e))
		return false;
	if (o->sha256[0].alg == DIGEST_NONE || o->sha384[0].alg == DIGEST_NONE)
		return err_set(e, ERR_FORMAT,
			"the guest did not print PCR 0 in both banks; the last it printed: %s",
			last);
	return true;
}

bool observe_boot(
	struct observe *ret, const char *code, const char *vars, const char *disk, struct err *e)
{
	CLEANUP(scratch_removep) char *folder = NULL;
	CLEANUP(swtpm_freep) struct swtpm *tpm = NULL;
	CLEANUP(qemu_freep) struct qemu *q = NULL;
	struct qemu_machine m = { .firmware_code = code, .firmware_vars = vars, .disk = disk };
	struct observe o = { 0 };
	struct accel accel;

	if (!accel_probe(&accel, code, vars, e) || !scratch_make(&folder, e) ||
		!swtpm_start(&tpm, folder, e))
		return err_wrap(e, "cannot observe PCR 0");
	m.folder = folder;
	m.tpm = tpm;
	m.kvm = accel.kvm;
	if (!qemu_start(&q, &m, e) || !follow(&o, q, e))
		return err_wrap(e, "cannot observe PCR 0");
	*ret = o;
	return true;
}
