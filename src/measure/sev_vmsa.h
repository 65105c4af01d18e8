/*
 * The page that holds a virtual processor's registers when it starts (VMSA, AMD APM volume 2 appendix B), as a hypervisor
 * fills it in. SEV-ES and SEV-SNP measure it. All else in the 4096 bytes is zero.
 *
 *   0x000 es  0x010 cs  0x020 ss  0x030 ds  0x040 fs  0x050 gs  0x060 gdtr  0x070 ldtr  0x080 idtr  0x090 tr
 *         each u16 selector, u16 attributes, u32 limit, u64 base
 *   0x0d0 efer  0x148 cr4  0x158 cr0  0x160 dr7  0x168 dr6  0x170 rflags  0x178 rip  0x268 g_pat  0x310 rdx
 *   0x3b0 sev_features  0x3e8 xcr0  0x408 mxcsr (u32)  0x410 x87_fcw (u16)
 *
 * What QEMU, EC2 and Google's hypervisor put there is known from public calculators that agree with launched guests.
 */
#ifndef ASSAY_MEASURE_SEV_VMSA_H
#define ASSAY_MEASURE_SEV_VMSA_H

#include "base/str.h"
#include "measure/sev_firmware.h"

enum sev_vmm { SEV_VMM_QEMU, SEV_VMM_EC2, SEV_VMM_GCE, SEV_VMMS };

/* Where the first processor of a guest without SVSM starts. */
#define SEV_VMSA_RESET 0xfffffff0u

struct sev_vmsa {
	enum sev_vmm vmm;
	uint64_t eip; /* where it starts; with svsm a whole address, else segment and offset */
	uint32_t signature; /* CPUID Fn1 EAX, which QEMU leaves in edx */
	uint64_t features;  /* SEV_FEATURES; 0 for SEV-ES */
	bool svsm;          /* QEMU starting an SVSM: in 32-bit protected mode */
};

/* "qemu", "ec2", "gce". */
const char *sev_vmm_name(enum sev_vmm vmm);
/* USAGE for a name that is none of these. */
bool sev_vmm_find(enum sev_vmm *ret, struct str name, struct err *e) MUST_CHECK;

void sev_vmsa_page(uint8_t page[static SEV_PAGE], const struct sev_vmsa *v);

#endif
