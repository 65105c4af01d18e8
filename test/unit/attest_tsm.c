/*
 * Reports through configfs-tsm: every attribute missing, empty, short, long, erroring, and others who write in between. The
 * kernel's side is this program's own openat, read and write: an entry is a real folder, its attributes are what the case
 * says.
 */
#define _GNU_SOURCE 1
#include "attester/attest_tsm.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "test.h"

enum attribute { PROVIDER, GENERATION, FLOOR, PRIVLEVEL, INBLOB, OUTBLOB, AUXBLOB, ATTRIBUTES };

static const char *const names[ATTRIBUTES] = { "provider", "generation", "privlevel_floor",
	"privlevel", "inblob", "outblob", "auxblob" };

struct attribute_case {
	struct span content; /* p set: in place of what the kernel would give */
	bool absent;
	int open_error, io_error; /* errno of opening, of reading or writing */
	int times;                /* that it fails; 0: always */
	bool takes_short;         /* a write takes one byte less */
};

static struct {
	struct attribute_case of[ATTRIBUTES];
	const char *provider;
	uint64_t start;       /* generation of a new entry */
	unsigned writes;      /* into this entry */
	unsigned foreign;     /* that another process makes before outblob is read */
	unsigned foreign_for; /* so many entries; then none */
	int mkdir_error, mkdir_times, rmdir_error;
	unsigned entries;
	char floor;
	size_t n_aux;
	/* what was written */
	uint8_t in[64];
	char level;
	int failing_fd, failing_error, writing_fd;
	enum attribute writing;
} kernel;

static struct buf content(enum attribute at)
{
	struct buf b = buf_init(ATTEST_TSM_BLOB_MAX + 1);

	if (at == PROVIDER)
		buf_printf(&b, "%s\n", kernel.provider);
	if (at == GENERATION)
		buf_printf(&b, "%llu\n", (unsigned long long)(kernel.start + kernel.writes));
	if (at == FLOOR)
		buf_printf(&b, "%c\n", kernel.floor);
	if (at == OUTBLOB) {
		buf_fill(&b, 0xd1, 0x50);
		buf_add(&b, kernel.in, sizeof kernel.in);
		buf_fill(&b, 0xd2, 1184 - b.n);
		if (kernel.entries <= kernel.foreign_for)
			kernel.writes += kernel.foreign;
	}
	if (at == AUXBLOB)
		buf_fill(&b, 0xa1, kernel.n_aux);
	return b;
}

static int open_attribute(enum attribute at, int flags)
{
	struct attribute_case *c = &kernel.of[at];
	bool fails = (c->open_error || c->io_error) &&
		     (c->times == 0 || kernel.entries <= (unsigned)c->times);
	CLEANUP(buf_done) struct buf b = content(at);
	struct span s = c->content.p ? c->content : buf_span(&b);
	int fd = (int)syscall(SYS_memfd_create, names[at], 0);

	if (c->absent || (fails && c->open_error)) {
		close(fd);
		errno = c->absent ? ENOENT : c->open_error;
		return -1;
	}
	if (fails) {
		kernel.failing_fd = fd;
		kernel.failing_error = c->io_error;
	}
	if (flags & O_WRONLY) {
		kernel.writing_fd = fd;
		kernel.writing = at;
	} else {
		CHECK((size_t)syscall(SYS_write, fd, s.p, s.n) == s.n);
		lseek(fd, 0, SEEK_SET);
	}
	return fd;
}

int openat(int dir, const char *path, int flags, ...)
{
	for (int i = 0; i < ATTRIBUTES && !(flags & O_DIRECTORY); i++)
		if (strcmp(path, names[i]) == 0)
			return open_attribute((enum attribute)i, flags);
	return (int)syscall(SYS_openat, dir, path, flags, 0);
}

ssize_t read(int fd, void *p, size_t n)
{
	if (fd == kernel.failing_fd) {
		kernel.failing_fd = -1;
		errno = kernel.failing_error;
		return -1;
	}
	return syscall(SYS_read, fd, p, n);
}

ssize_t write(int fd, const void *p, size_t n)
{
	if (fd == kernel.failing_fd) {
		kernel.failing_fd = -1;
		errno = kernel.failing_error;
		return -1;
	}
	if (fd != kernel.writing_fd)
		return syscall(SYS_write, fd, p, n);
	kernel.writing_fd = -1;
	if (kernel.of[kernel.writing].takes_short)
		return (ssize_t)n - 1;
	kernel.writes++;
	if (kernel.writing == INBLOB && n == sizeof kernel.in)
		memcpy(kernel.in, p, n);
	if (kernel.writing == PRIVLEVEL && n == 1)
		kernel.level = *(const char *)p;
	return (ssize_t)n;
}

int mkdirat(int dir, const char *path, mode_t mode)
{
	kernel.entries++;
	kernel.writes = 0;
	if (kernel.mkdir_error && kernel.entries <= (unsigned)kernel.mkdir_times) {
		errno = kernel.mkdir_error;
		return -1;
	}
	return (int)syscall(SYS_mkdirat, dir, path, mode);
}

int unlinkat(int dir, const char *path, int flags)
{
	int r = (int)syscall(SYS_unlinkat, dir, path, flags);

	if (kernel.rmdir_error) {
		errno = kernel.rmdir_error;
		return -1;
	}
	return r;
}

/* ---- */

static char folder[] = "/tmp/assay-tsm-XXXXXX";
static uint8_t data[ATTEST_TSM_DATA];

static void boot(void)
{
	memset(&kernel, 0, sizeof kernel);
	kernel.provider = "sev_guest";
	kernel.start = 7;
	kernel.floor = '0';
	kernel.n_aux = 4096;
	kernel.failing_fd = kernel.writing_fd = -1;
}

/* However it ends, no entry stays behind. */
static bool is_empty(void)
{
	DIR *d = opendir(folder);
	size_t n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		closedir(d);
	return n == 2; /* . and .. */
}

static bool ask(enum bundle_kind kind, struct buf *report, struct buf *certificates, struct err *e)
{
	bool ok;

	*e = (struct err){ 0 };
	*report = buf_init(ATTEST_TSM_BLOB_MAX);
	*certificates = buf_init(ATTEST_TSM_BLOB_MAX);
	ok = attest_tsm_report(report, certificates, kind, folder, data, e);
	CHECK(is_empty());
	return ok;
}

static void fails(enum err_kind kind, const char *text)
{
	CLEANUP(buf_done) struct buf r = { 0 }, c = { 0 };
	struct err e;

	CHECK_ERR(ask(BUNDLE_SNP, &r, &c, &e), e, kind);
	CHECK(r.n == 0 && c.n == 0);
	CHECK(strstr(e.text, text) || !fprintf(stderr, "'%s' is not in '%s'\n", text, e.text));
}

static void holds(unsigned entries)
{
	CLEANUP(buf_done) struct buf r = { 0 }, c = { 0 };
	struct err e;

	CHECK_OK(ask(BUNDLE_SNP, &r, &c, &e), e);
	CHECK(kernel.entries == entries);
	CHECK(r.n == 1184 && memcmp(r.p + 0x50, data, sizeof data) == 0);
}

static void reports(void)
{
	CLEANUP(buf_done) struct buf r = { 0 }, c = { 0 }, r2 = { 0 }, c2 = { 0 };
	struct err e;

	boot();
	CHECK_OK(ask(BUNDLE_SNP, &r, &c, &e), e);
	CHECK(r.n == 1184 && c.n == 4096 && c.p[4095] == 0xa1 && kernel.level == 0);
	boot();
	kernel.provider = "tdx_guest";
	kernel.of[AUXBLOB].absent = kernel.of[FLOOR].absent = kernel.of[PRIVLEVEL].absent = true;
	CHECK_OK(ask(BUNDLE_TDX, &r2, &c2, &e), e);
	CHECK(r2.n == 1184 && c2.n == 0);
	boot();
	kernel.n_aux = 0;
	holds(1);
	boot();
	kernel.start = UINT64_MAX; /* the counter begins again at 0 */
	holds(1);
}

static void kinds(void)
{
	enum bundle_kind kind = BUNDLE_TPM;
	struct err e = { 0 };

	boot();
	CHECK_OK(attest_tsm_kind(&kind, folder, &e), e);
	CHECK(kind == BUNDLE_SNP && is_empty());
	kernel.provider = "tdx_guest";
	CHECK_OK(attest_tsm_kind(&kind, folder, &e), e);
	CHECK(kind == BUNDLE_TDX && is_empty());
	fails(ERR_MISMATCH, "gives tdx's, want snp's");
	kernel.provider = "arm_cca_guest";
	CHECK_ERR(attest_tsm_kind(&kind, folder, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "'arm_cca_guest', want sev_guest or tdx_guest") && is_empty());
	fails(ERR_FORMAT, "arm_cca_guest");
	kernel.provider = "sev_guest2";
	CHECK_ERR(attest_tsm_kind(&kind, folder, &e), e, ERR_FORMAT);
	kernel.provider = "";
	CHECK_ERR(attest_tsm_kind(&kind, folder, &e), e, ERR_FORMAT);
}

static void absent(void)
{
	enum bundle_kind kind;
	struct err e = { 0 };

	boot();
	CHECK_ERR(attest_tsm_kind(&kind, "/nowhere/tsm/report", &e), e, ERR_NOTFOUND);
	CHECK(strstr(e.text, "/nowhere/tsm/report") && strstr(e.hint, "configfs"));
	kernel.mkdir_error = ENXIO;
	kernel.mkdir_times = 100;
	CHECK_ERR(attest_tsm_kind(&kind, folder, &e), e, ERR_NOTFOUND);
	CHECK(strstr(e.text, "no provider") && strstr(e.hint, "sev-guest"));
	kernel.mkdir_error = EACCES;
	CHECK_ERR(attest_tsm_kind(&kind, folder, &e), e, ERR_IO);
	CHECK(strstr(e.hint, "root"));
	kernel.mkdir_error = ENOMEM;
	CHECK_ERR(attest_tsm_kind(&kind, folder, &e), e, ERR_IO);
}

/* An entry that was made is hardware's: what it lacks is never a reason to ask something weaker. */
static void no_provider_in_entry(void)
{
	enum bundle_kind kind;
	struct err e = { 0 };

	boot();
	kernel.of[PROVIDER].absent = true;
	CHECK_ERR(attest_tsm_kind(&kind, folder, &e), e, ERR_FORMAT);
	CHECK(strstr(e.text, "no 'provider'") && is_empty());
}

/* Each attribute that must be there: not there, not to be opened, not to be read or written. */
static void each(void)
{
	static const enum attribute needed[] = { PROVIDER, GENERATION, INBLOB, OUTBLOB };

	for (size_t i = 0; i < ARRAY_LEN(needed); i++) {
		enum attribute at = needed[i];

		boot();
		kernel.of[at].absent = true;
		fails(at == INBLOB ? ERR_IO : ERR_FORMAT, names[at]);
		boot();
		kernel.of[at].open_error = EACCES;
		fails(ERR_IO, names[at]);
		boot();
		kernel.of[at].io_error = EIO;
		fails(ERR_IO, names[at]);
		CHECK(kernel.entries == 1);
		boot();
		kernel.of[at].io_error = ENXIO; /* the provider went away */
		fails(ERR_IO, names[at]);
		if (at == INBLOB)
			continue;
		boot();
		kernel.of[at].content = span_make("", 0);
		fails(ERR_FORMAT, "empty");
	}
	boot();
	kernel.of[AUXBLOB].open_error = EACCES;
	fails(ERR_IO, "auxblob");
	boot();
	kernel.of[AUXBLOB].io_error = EINVAL;
	fails(ERR_IO, "auxblob");
	boot();
	kernel.of[INBLOB].takes_short = true;
	fails(ERR_IO, "'inblob' took 63 bytes of 64");
}

static void contents(void)
{
	static uint8_t big[ATTEST_TSM_BLOB_MAX + 1];
	static const char *const numbers[] = { "x", "7x", "-1", "0x7", "7 8", " ",
		"18446744073709551616" };

	for (size_t i = 0; i < ARRAY_LEN(numbers); i++) {
		boot();
		kernel.of[GENERATION].content = str_span(str_of(numbers[i]));
		fails(ERR_FORMAT, "'generation' is no number");
	}
	boot();
	kernel.of[GENERATION].content = span_make(big, 65);
	fails(ERR_LIMIT, "generation");
	boot();
	kernel.of[PROVIDER].content = span_make(big, 65);
	fails(ERR_LIMIT, "provider");
	boot();
	kernel.of[OUTBLOB].content = SPAN_OF(big);
	fails(ERR_LIMIT, "outblob");
	boot();
	kernel.of[AUXBLOB].content = SPAN_OF(big);
	fails(ERR_LIMIT, "auxblob");
	boot();
	kernel.of[OUTBLOB].content = span_make(big, 1184); /* over other bytes */
	fails(ERR_MISMATCH, "no report over");
	boot();
	kernel.of[OUTBLOB].content = span_make(data, 63);
	fails(ERR_MISMATCH, "no report over");
}

static void levels(void)
{
	boot();
	kernel.floor = '2';
	holds(1);
	CHECK(kernel.level == '2');
	boot();
	kernel.floor = '4';
	fails(ERR_FORMAT, "privlevel_floor");
	boot();
	kernel.of[FLOOR].io_error = EIO;
	fails(ERR_IO, "privlevel_floor");
	boot();
	kernel.floor = '1';
	kernel.of[PRIVLEVEL].io_error = EINVAL;
	fails(ERR_IO, "privlevel");
	boot();
	kernel.floor = '1';
	kernel.of[PRIVLEVEL].absent = true;
	fails(ERR_IO, "privlevel");
}

/* Others write into our entry: what was read does not count, and after five entries there is an end. */
static void interference(void)
{
	boot();
	kernel.foreign = 1;
	kernel.foreign_for = 2;
	holds(3);
	boot();
	kernel.foreign = 1;
	kernel.foreign_for = 1000;
	fails(ERR_IO, "'generation' went from 7 to 9, want 1 more");
	CHECK(kernel.entries == ATTEST_TSM_TRIES);
	boot();
	kernel.of[GENERATION].content = span_make("7\n", 2); /* ours was not taken */
	fails(ERR_IO, "from 7 to 7");
	CHECK(kernel.entries == ATTEST_TSM_TRIES);
}

static void busy(void)
{
	static const int errors[] = { EBUSY, EAGAIN, EINTR };

	for (size_t i = 0; i < ARRAY_LEN(errors); i++) {
		boot();
		kernel.of[OUTBLOB].io_error = errors[i];
		kernel.of[OUTBLOB].times = 3;
		holds(4);
		boot();
		kernel.of[OUTBLOB].io_error = errors[i];
		fails(ERR_IO, "outblob");
		CHECK(kernel.entries == ATTEST_TSM_TRIES);
	}
	boot();
	kernel.of[INBLOB].io_error = EBUSY;
	kernel.of[INBLOB].times = 1;
	holds(2);
	boot();
	kernel.mkdir_error = EBUSY;
	kernel.mkdir_times = 2;
	holds(3);
	boot();
	kernel.mkdir_error = EEXIST; /* names that others have */
	kernel.mkdir_times = 10;
	holds(11);
	boot();
	kernel.mkdir_error = EEXIST;
	kernel.mkdir_times = 1000;
	fails(ERR_IO, "cannot make an entry");
	CHECK(kernel.entries == ATTEST_TSM_NAMES);
}

static void stays(void)
{
	boot();
	kernel.rmdir_error = EBUSY;
	fails(ERR_IO, "cannot remove");
}

int main(void)
{
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(i + 1);
	if (!mkdtemp(folder))
		return 1;
	reports();
	kinds();
	absent();
	no_provider_in_entry();
	each();
	contents();
	levels();
	interference();
	busy();
	stays();
	rmdir(folder);
	return test_end();
}
