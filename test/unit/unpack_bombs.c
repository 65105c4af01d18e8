/* Packages that are larger than they look, or cost more than they give. */
#include "deb/unpack.h"

#include <sys/resource.h>
#include <time.h>

#include "base/mem.h"
#include "codec/crc.h"
#include "unpacked.h"

enum { ZEROS = 66 << 20, MEMORY_MAX_KB = 256 << 10, SECONDS_MAX = 20 };

/* A .deb with this as data.tar and its suffix, or as control.tar. */
static struct buf deb_of(const char *member, struct span bytes)
{
	static const struct tar_line control[] = { FILE_OF("./control", "Package: a\n") };
	CLEANUP(buf_done) struct buf c = make_tar(control, 1);
	struct buf deb = buf_init(MAKE_DEB_MAX);

	make_ar_member(&deb, "debian-binary", span_make("2.0\n", 4));
	if (!strncmp(member, "data", 4))
		make_ar_member(&deb, "control.tar", buf_span(&c));
	make_ar_member(&deb, member, bytes);
	return deb;
}

static void refused(struct span deb, const char *const says[2])
{
	CLEANUP(unpacked_done) struct unpacked u = { 0 };
	struct rusage before, after;
	struct timespec start, end;
	struct err e = { 0 };
	bool ok;

	getrusage(RUSAGE_SELF, &before);
	clock_gettime(CLOCK_MONOTONIC, &start);
	ok = unpack(&u, deb, &e);
	clock_gettime(CLOCK_MONOTONIC, &end);
	getrusage(RUSAGE_SELF, &after);
	test_report(!ok && (e.kind == ERR_LIMIT || e.kind == ERR_FORMAT) &&
			    strstr(e.text, says[0]) && strstr(e.text, says[1]),
		__FILE__, __LINE__, ok ? says[0] : e.text);
	CHECK(after.ru_maxrss - before.ru_maxrss < MEMORY_MAX_KB);
	CHECK(end.tv_sec - start.tv_sec < SECONDS_MAX);
}

/* Claims of the header alone: nothing of that is there. */
static void claims(void)
{
	static const struct {
		const char *key, *value, *says[2];
	} cases[] = {
		{ "size", "4294967297", { "data.tar: './f'", "limits 4294967296 for a file" } },
		{ "size", "67108865", { "'./f'", "67108864 for all of a package of this size" } },
		{ "size", "18446744073709551615", { "data.tar", "" } },
		{ "size", "9223372036854775807", { "data.tar", "" } },
		{ "size", "-1", { "data.tar", "" } },
		{ "size", "600", { "'./f'", "runcated" } },
		{ "GNU.sparse.realsize", "9223372036854775807", { "data.tar", "" } },
		{ "SCHILY.realsize", "99999999999", { "'./f'", "limits" } },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		CLEANUP(buf_done) struct buf tar = buf_init(MAKE_DEB_MAX), deb = { 0 };

		make_tar_pax(&tar, cases[i].key, cases[i].value);
		if (!strncmp(cases[i].key, "GNU", 3)) {
			tar.n = 0;
			make_tar_header(&tar, "./PaxHeaders/x", 'x', 0644, 78, NULL);
			make_tar_data(&tar,
				"22 GNU.sparse.major=1\n22 GNU.sparse.minor=0\n"
				"34 GNU.sparse.realsize=99999999999\n",
				78);
		}
		make_tar_line(&tar, &(struct tar_line)FILE_OF("./f", "text"));
		buf_fill(&tar, 0, 1024);
		deb = deb_of("data.tar", buf_span(&tar));
		refused(buf_span(&deb), cases[i].says);
	}
}

/* Old GNU sparse files (type 'S'): a map of one piece, and a real size of `mb` MiB in octal. */
static void add_sparse(struct buf *tar, const char *name, unsigned mb)
{
	size_t at = tar->n;
	uint8_t *h;
	unsigned sum = 0;

	make_tar_header(tar, name, 'S', 0644, 512, NULL);
	buf_fill(tar, 'x', 512);
	h = tar->p + at;
	memcpy(h + 257, "ustar  ", 8);
	snprintf((char *)h + 386, 12, "%011o", 0u);
	snprintf((char *)h + 398, 12, "%011o", 512u);
	snprintf((char *)h + 483, 12, "%011llo", (unsigned long long)mb << 20);
	memset(h + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += h[i];
	snprintf((char *)h + 148, 8, "%06o", sum);
}

/* Holes count as what they pretend to be. */
static void sparse(void)
{
	static const char *const one[] = { "'./hole'", "67108864 for all" };
	static const char *const two[] = { "'./b'", "67108864 for all" };
	CLEANUP(buf_done) struct buf tar = buf_init(MAKE_DEB_MAX), deb = { 0 };
	CLEANUP(unpacked_done) struct unpacked u = { 0 };
	struct err e = { 0 };

	add_sparse(&tar, "./a", 60);
	buf_fill(&tar, 0, 1024);
	deb = deb_of("data.tar", buf_span(&tar));
	CHECK_OK(unpack(&u, buf_span(&deb), &e), e);
	CHECK(find(&u, "a") && find(&u, "a")->content.size == 60 << 20);
	tar.n -= 1024;
	add_sparse(&tar, "./b", 60);
	buf_fill(&tar, 0, 1024);
	buf_done(&deb);
	deb = deb_of("data.tar", buf_span(&tar));
	refused(buf_span(&deb), two);
	tar.n = 0;
	add_sparse(&tar, "./hole", 4000);
	buf_fill(&tar, 0, 1024);
	buf_done(&deb);
	deb = deb_of("data.tar", buf_span(&tar));
	refused(buf_span(&deb), one);
}

/* A tar of one entry whose content, or whose end, is ZEROS zeros. */
static struct buf zeros_tar(bool in_content)
{
	struct buf tar = buf_init(ZEROS + 4096);

	if (in_content)
		make_tar_header(&tar, "./zeros", '0', 0644, ZEROS, NULL);
	else
		make_tar_line(&tar, &(struct tar_line)FILE_OF("./control", "Package: a\n"));
	buf_fill(&tar, 0, ZEROS);
	buf_fill(&tar, 0, 1024);
	return tar;
}

/* A few kilobytes that inflate to ZEROS bytes, as content and behind the end of the archive, where no header claims it.
 * Deflate is left out: its format gives at most 1032 bytes for one. */
static void inflated(void)
{
	static const struct {
		const char *suffix;
		bool in_content;
	} runs[] = { { ".xz", true }, { ".zst", true }, { ".zst", false } };
	static const struct {
		const char *member;
		bool in_content;
		const char *says[2];
	} cases[] = {
		{ "data.tar", true, { "'./zeros'", "for all of a package" } },
		{ "control.tar", true, { "'./zeros'", "limit" } },
		{ "data.tar", false, { "after './control'", "inflates to more than" } },
		{ "control.tar", false, { "after './control'", "inflates" } },
	};

	for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
		CLEANUP(buf_done) struct buf tar = zeros_tar(runs[i].in_content);
		CLEANUP(buf_done)
		struct buf packed = make_compressed(buf_span(&tar), runs[i].suffix);

		for (size_t k = 0; k < ARRAY_LEN(cases); k++) {
			CLEANUP(buf_done) struct buf deb = { 0 };
			char name[32], says[60];

			if (cases[k].in_content != runs[i].in_content)
				continue;
			snprintf(name, sizeof name, "%s%s", cases[k].member, runs[i].suffix);
			snprintf(says, sizeof says, "%s: %s", name, cases[k].says[0]);
			deb = deb_of(name, buf_span(&packed));
			refused(buf_span(&deb), (const char *const[]){ says, cases[k].says[1] });
		}
	}
}

/* An xz block header (tukaani.org/xz/xz-file-format.txt 3.1) that asks for a dictionary of 4 GiB - 1 (40) or less. */
static void xz_dictionary(uint8_t bits)
{
	static const char *const says[] = { "data.tar.xz", "" };
	static const struct tar_line file[] = { FILE_OF("./a", "a") };
	CLEANUP(buf_done) struct buf tar = make_tar(file, 1);
	CLEANUP(buf_done) struct buf xz = make_compressed(buf_span(&tar), ".xz"), deb = { 0 };
	uint8_t *h = xz.p + 12;
	size_t n = (h[0] + 1u) * 4;

	CHECK(h[1] == 0 && h[2] == 0x21 && h[3] == 1 && h[4] <= 40);
	h[4] = bits;
	put_u32le(h + n - 4, crc_ieee(span_make(h, n - 4)));
	deb = deb_of("data.tar.xz", buf_span(&xz));
	refused(buf_span(&deb), says);
}

/* A zstd frame (RFC 8878 3.1.1) of raw blocks with a window of 2^(10 + exponent) bytes. */
static void zstd_window(unsigned exponent, bool fine)
{
	static const char *const says[] = { "data.tar.zst", "" };
	static const struct tar_line file[] = { FILE_OF("./a", "a") };
	CLEANUP(buf_done) struct buf tar = make_tar(file, 1), deb = { 0 };
	CLEANUP(buf_done) struct buf zst = buf_init(MAKE_DEB_MAX);
	CLEANUP(unpacked_done) struct unpacked u = { 0 };
	struct err e = { 0 };

	buf_u32le(&zst, 0xfd2fb528u);
	buf_u8(&zst, 0);
	buf_u8(&zst, (uint8_t)(exponent << 3));
	buf_u8(&zst, (uint8_t)(1 | tar.n << 3)); /* the last block, raw */
	buf_u8(&zst, (uint8_t)(tar.n >> 5));
	buf_u8(&zst, (uint8_t)(tar.n >> 13));
	buf_add(&zst, tar.p, tar.n);
	deb = deb_of("data.tar.zst", buf_span(&zst));
	if (fine)
		CHECK_OK(unpack(&u, buf_span(&deb), &e), e);
	else
		refused(buf_span(&deb), says);
}

int main(void)
{
	claims();
	sparse();
	zstd_window(10, true);
	zstd_window(21, false);
	zstd_window(31, false);
	xz_dictionary(40);
	xz_dictionary(38);
	inflated();
	return test_end();
}
