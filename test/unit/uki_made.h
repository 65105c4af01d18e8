/*
 * A small UKI for tests: a stub that names its version, a kernel with the headers of a bzImage, and what else is given.
 */
#ifndef ASSAY_TEST_UKI_MADE_H
#define ASSAY_TEST_UKI_MADE_H

#include <stdio.h>

#include "pe_made.h"

#define UKI_MADE_VERSION "6.12.48+deb13-cloud-amd64"
#define UKI_MADE_OSREL "ID=made\nNAME=\"Made\"\n"
#define UKI_MADE_COMMAND_LINE "console=ttyS0 quiet"

static const uint8_t uki_made_initrd[] = { 'i', 'n', 'i', 't', 'r', 'd', '!' };
static const uint8_t uki_made_sbat[] = { 's', 'b', 'a', 't', ',', '1', '\n' };

struct uki_made_parts {
	const char *magic; /* content of .sdmagic */
	const char *osrel, *command_line, *uname;
	struct span initrd, kernel;
	const char *extra; /* name of one more section */
};

/* A PE file with "HdrS" and a version where the x86 boot protocol has them. */
static inline struct buf uki_made_kernel(const char *version)
{
	static const uint8_t code[1300] = { 0x90, 0x91 };
	const struct pe_made_section sections[] = { { ".setup", SPAN_OF(code) },
		{ ".text", SPAN_OF(code) } };
	struct buf b = pe_made(true, sections, 2);

	memcpy(b.p + 0x202, "HdrS", 4);
	b.p[0x20e] = 0x40;
	snprintf((char *)b.p + 0x240, 100, "%s (made) #1", version);
	return b;
}

static inline struct buf uki_made(const struct uki_made_parts *p)
{
	struct pe_made_section s[9] = { { ".sbat", SPAN_OF(uki_made_sbat) } };
	size_t n = 1;

	if (p->magic)
		s[n++] = (struct pe_made_section){ ".sdmagic",
			span_make(p->magic, strlen(p->magic) + 1) };
	if (p->osrel)
		s[n++] = (struct pe_made_section){ ".osrel", str_span(str_of(p->osrel)) };
	if (p->command_line)
		s[n++] = (struct pe_made_section){ ".cmdline", str_span(str_of(p->command_line)) };
	if (p->uname)
		s[n++] = (struct pe_made_section){ ".uname", str_span(str_of(p->uname)) };
	if (p->initrd.n)
		s[n++] = (struct pe_made_section){ ".initrd", p->initrd };
	if (p->extra)
		s[n++] = (struct pe_made_section){ p->extra, str_span(STR("extra")) };
	if (p->kernel.n)
		s[n++] = (struct pe_made_section){ ".linux", p->kernel };
	return pe_made(true, s, n);
}

/* The partition table event of a disk with one partition. */
static inline struct buf uki_made_gpt(void)
{
	struct buf b = buf_init(4096);

	buf_add(&b, "EFI PART", 8);
	buf_u32le(&b, 0x00010000);
	buf_u32le(&b, 92);
	buf_u32le(&b, 0x12345678);
	buf_u32le(&b, 0);
	buf_u64le(&b, 1);
	buf_u64le(&b, 99999);
	buf_u64le(&b, 34);
	buf_u64le(&b, 99966);
	buf_fill(&b, 0xd1, 16);
	buf_u64le(&b, 2);
	buf_u32le(&b, 128);
	buf_u32le(&b, 128);
	buf_u32le(&b, 0x9abcdef0);
	buf_u64le(&b, 1);
	buf_fill(&b, 0xe5, 128);
	return b;
}

/* The same as QEMU takes it: boot protocol 2.15, loaded high, may lie above 4 GiB. */
__attribute__((unused)) static struct buf uki_made_bzimage(void)
{
	struct buf b = uki_made_kernel(UKI_MADE_VERSION);

	put_u16le(b.p + 0x206, 0x20f);
	b.p[0x211] = 0x01;
	put_u32le(b.p + 0x22c, 0x7fffffff);
	b.p[0x236] = 0x02;
	b.p[0x237] = 0;
	return b;
}

#endif
