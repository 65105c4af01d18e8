/*
 * What the root needs to know of ELF64 little-endian files (System V ABI): a section's bytes, the dynamic section's
 * SONAME, and a program's interpreter. Nothing is executed; malformed files are refused.
 */
#ifndef ASSAY_ROOTFS_ELF_H
#define ASSAY_ROOTFS_ELF_H

#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

enum { ELF_SECTIONS_MAX = 65535, ELF_MACHINE_X86_64 = 62, ELF_TYPE_SHARED = 3 };

/* The section's bytes, borrowed from file; NOTFOUND without such a section. */
bool elf_section(struct span file, const char *name, struct span *ret, struct err *e) MUST_CHECK;

/*
 * Is it an x86-64 shared object, and under which name do others need it? *soname is empty for one without DT_SONAME.
 * False with FORMAT for anything that is not a well-formed shared object.
 */
bool elf_soname(struct span file, struct str *soname, struct err *e) MUST_CHECK;

/*
 * Which program an x86-64 program asks for to be loaded ("/lib64/ld-linux-x86-64.so.2"), borrowed from file; empty for a
 * static one. FORMAT for anything that is no well-formed 64-bit ELF file, MISMATCH for one that is no program for x86-64.
 */
bool elf_interpreter(struct span file, struct str *ret, struct err *e) MUST_CHECK;

#endif
