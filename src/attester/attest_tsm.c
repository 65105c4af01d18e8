#define ASSAY_MAY_ASK_THE_MACHINE
#include "attester/attest_tsm.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/banned.h"

enum { TEXT_MAX = 64, NAME_MAX_HERE = 48, READ_CHUNK = 4096, PAUSE_MS = 50 };

struct entry {
	int folder, fd;
	char name[NAME_MAX_HERE];
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static bool no_right(bool said, struct err *e)
{
	if (e->os == EACCES || e->os == EPERM)
		err_hint(e, "only root may; start it as root and let it drop with --uid");
	return said;
}

static bool no_folder(const char *folder, struct err *e)
{
	if (errno != ENOENT && errno != ENOTDIR)
		return no_right(err_os(e, "cannot open '%s'", folder), e);
	err_set(e, ERR_NOTFOUND, "there is no '%s'", folder);
	return err_hint(e,
		"is configfs mounted at /sys/kernel/config, and the module sev-guest or tdx-guest loaded");
}

static bool no_entry(const char *folder, struct err *e)
{
	if (errno == ENXIO) {
		err_set(e, ERR_NOTFOUND, "'%s' has no provider of reports", folder);
		return err_hint(e,
			"is this a confidential machine, and the module sev-guest or tdx-guest loaded");
	}
	return no_right(err_os(e, "cannot make an entry in '%s'", folder), e);
}

static bool entry_drop(struct entry *x, const char *folder, struct err *e)
{
	bool ok;

	close_fd(&x->fd);
	ok = unlinkat(x->folder, x->name, AT_REMOVEDIR) == 0 ||
	     err_os(e, "cannot remove '%s/%s'", folder, x->name);
	close_fd(&x->folder);
	return ok;
}

/* A folder of a name that nobody has; others may ask at the same time, and one that was killed may have left its own. */
static bool entry_make(struct entry *ret, const char *folder, struct err *e)
{
	static unsigned count;
	struct entry x = { .folder = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC), .fd = -1 };
	int made = -1;

	if (x.folder < 0)
		return no_folder(folder, e);
	for (int i = 0; i < ATTEST_TSM_NAMES && made < 0; i++) {
		snprintf(x.name, sizeof x.name, "assay-%ld-%u", (long)getpid(), count++);
		made = mkdirat(x.folder, x.name, 0700);
		if (made < 0 && errno != EEXIST)
			break;
	}
	if (made < 0) {
		no_entry(folder, e);
		close_fd(&x.folder);
		return false;
	}
	x.fd = openat(x.folder, x.name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (x.fd < 0) {
		struct err ignored;

		err_os(e, "cannot open '%s/%s'", folder, x.name);
		return entry_drop(&x, folder, &ignored) && false;
	}
	*ret = x;
	return true;
}

static bool read_all(int fd, const char *name, struct buf *out, struct err *e)
{
	uint8_t chunk[READ_CHUNK];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof chunk)) != 0) {
		if (n < 0)
			return err_os(e, "cannot read '%s'", name);
		buf_add(out, chunk, (size_t)n);
		if (!buf_ok(out))
			return buf_full(out, name, e);
	}
	return true;
}

/* *there false for an attribute that this provider does not show. */
static bool read_optional(
	const struct entry *x, const char *name, struct buf *out, bool *there, struct err *e)
{
	CLEANUP(close_fd) int fd = openat(x->fd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	*there = fd >= 0;
	if (fd < 0)
		return errno == ENOENT || err_os(e, "cannot open '%s'", name);
	return read_all(fd, name, out, e);
}

static bool read_attribute(const struct entry *x, const char *name, struct buf *out, struct err *e)
{
	bool there;

	if (!read_optional(x, name, out, &there, e))
		return false;
	if (!there)
		return err_set(e, ERR_FORMAT, "the entry has no '%s'", name);
	return out->n > 0 || err_set(e, ERR_FORMAT, "'%s' is empty", name);
}

static bool read_number(const struct entry *x, const char *name, uint64_t *ret, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(TEXT_MAX);

	if (!read_attribute(x, name, &text, e))
		return false;
	return str_u64(str_trim(buf_str(&text)), ret, UINT64_MAX) ||
	       err_set(e, ERR_FORMAT, "'%s' is no number", name);
}

static bool write_attribute(const struct entry *x, const char *name, struct span s, struct err *e)
{
	int fd = openat(x->fd, name, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return err_os(e, "cannot open '%s'", name);
	n = write(fd, s.p, s.n);
	if (n < 0)
		err_os(e, "cannot write '%s'", name);
	else if ((size_t)n != s.n)
		err_set(e, ERR_IO, "'%s' took %zd bytes of %zu", name, n, s.n);
	if (close(fd) < 0 && n >= 0)
		return err_os(e, "cannot write '%s'", name);
	return n >= 0 && (size_t)n == s.n;
}

static bool read_provider(const struct entry *x, enum bundle_kind *ret, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(TEXT_MAX);
	struct str name;

	if (!read_attribute(x, "provider", &text, e))
		return false;
	name = str_trim(buf_str(&text));
	if (!str_is(name, "sev_guest") && !str_is(name, "tdx_guest")) {
		err_set(e, ERR_FORMAT,
			"the provider of reports is '%.*s', want sev_guest or tdx_guest",
			STR_ARG(name));
		return err_hint(e, "a machine with a TPM: --platform tpm");
	}
	*ret = str_is(name, "sev_guest") ? BUNDLE_SNP : BUNDLE_TDX;
	return true;
}

bool attest_tsm_kind(enum bundle_kind *ret, const char *folder, struct err *e)
{
	enum bundle_kind kind;
	struct entry x;
	struct err ignored;
	bool ok;

	if (!entry_make(&x, folder, e))
		return false;
	ok = read_provider(&x, &kind, e) || err_wrap(e, "'%s'", folder);
	if (!entry_drop(&x, folder, ok ? e : &ignored) || !ok)
		return false;
	*ret = kind;
	return true;
}

/*
 * The lowest level that this guest may ask for, where the provider knows levels: below another's monitor (SVSM) it is
 * not the kernel's default 0. *writes counts what the kernel counts.
 */
static bool set_privlevel(const struct entry *x, uint64_t *writes, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(TEXT_MAX);
	uint64_t floor = 0;
	bool there;
	char digit;

	if (!read_optional(x, "privlevel_floor", &text, &there, e))
		return false;
	if (!there)
		return true;
	if (!str_u64(str_trim(buf_str(&text)), &floor, ATTEST_TSM_PRIVLEVEL_MAX))
		return err_set(e, ERR_FORMAT, "'privlevel_floor' is no number up to %d",
			ATTEST_TSM_PRIVLEVEL_MAX);
	if (floor == 0)
		return true;
	++*writes;
	digit = (char)('0' + floor);
	return write_attribute(x, "privlevel", span_make(&digit, 1), e);
}

/* What the reads gave counts only when generation says that nobody else wrote in between: *alone. */
static bool read_report(const struct entry *x, struct buf *report, struct buf *certificates,
	const uint8_t *data, bool *alone, struct err *e)
{
	uint64_t before, after, writes = 1;
	bool there;

	if (!read_number(x, "generation", &before, e) || !set_privlevel(x, &writes, e) ||
		!write_attribute(x, "inblob", span_make(data, ATTEST_TSM_DATA), e) ||
		!read_attribute(x, "outblob", report, e) ||
		!read_optional(x, "auxblob", certificates, &there, e) ||
		!read_number(x, "generation", &after, e))
		return false;
	*alone = after == before + writes;
	if (!*alone)
		return err_set(e, ERR_IO,
			"'generation' went from %llu to %llu, want %llu more: another process writes here",
			(unsigned long long)before, (unsigned long long)after,
			(unsigned long long)writes);
	return memmem(report->p, report->n, data, ATTEST_TSM_DATA) ||
	       err_set(e, ERR_MISMATCH, "'outblob' is no report over the 64 bytes of 'inblob'");
}

/* Once, with an entry of its own. *again: it may be different the next time. */
static bool report_once(struct buf *report, struct buf *certificates, enum bundle_kind want,
	const char *folder, const uint8_t *data, bool *again, struct err *e)
{
	enum bundle_kind kind = want;
	struct entry x;
	bool ok, alone = true;
	struct err ignored;

	*again = false;
	if (!entry_make(&x, folder, e)) {
		*again = e->os == EBUSY;
		return false;
	}
	ok = read_provider(&x, &kind, e) &&
	     (kind == want || err_set(e, ERR_MISMATCH, "the provider gives %s's, want %s's",
				      bundle_kind_name(kind), bundle_kind_name(want))) &&
	     read_report(&x, report, certificates, data, &alone, e);
	*again = !ok && (!alone || e->os == EBUSY || e->os == EINTR || e->os == EAGAIN);
	return entry_drop(&x, folder, ok ? e : &ignored) && ok;
}

bool attest_tsm_report(struct buf *report, struct buf *certificates, enum bundle_kind kind,
	const char *folder, const uint8_t data[static ATTEST_TSM_DATA], struct err *e)
{
	static const struct timespec pause = { .tv_nsec = PAUSE_MS * 1000000L };
	bool again = true;

	for (int i = 0; i < ATTEST_TSM_TRIES && again; i++) {
		CLEANUP(buf_done) struct buf out = buf_init(ATTEST_TSM_BLOB_MAX);
		CLEANUP(buf_done) struct buf aux = buf_init(ATTEST_TSM_BLOB_MAX);

		*e = (struct err){ 0 };
		if (i > 0)
			nanosleep(&pause, NULL);
		if (!report_once(&out, &aux, kind, folder, data, &again, e))
			continue;
		buf_add(report, out.p, out.n);
		buf_add(certificates, aux.p, aux.n);
		return (buf_ok(report) || buf_full(report, "report", e)) &&
		       (buf_ok(certificates) || buf_full(certificates, "certificates", e));
	}
	if (again)
		err_hint(e, "it was tried %d times; is another process asking without end",
			ATTEST_TSM_TRIES);
	return err_wrap(e, "cannot get a report from '%s'", folder);
}
