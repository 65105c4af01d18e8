#include "measure/sev_vmsa.h"

#include <string.h>

#include "base/buf.h"
#include "base/banned.h"

enum {
	ES = 0x00,
	CS = 0x10,
	SS = 0x20,
	DS = 0x30,
	FS = 0x40,
	GS = 0x50,
	GDTR = 0x60,
	LDTR = 0x70,
	IDTR = 0x80,
	TR = 0x90,
	EFER = 0xd0,
	CR4 = 0x148,
	CR0 = 0x158,
	DR7 = 0x160,
	DR6 = 0x168,
	RFLAGS = 0x170,
	RIP = 0x178,
	G_PAT = 0x268,
	RDX = 0x310,
	SEV_FEATURES = 0x3b0,
	XCR0 = 0x3e8,
	MXCSR = 0x408,
	X87_FCW = 0x410,
};

static const char *const names[SEV_VMMS] = { "qemu", "ec2", "gce" };

/* In what the hypervisors differ; the code segment of EC2 depends on the processor. */
static const struct {
	uint16_t stack, task;
	uint64_t pat;
	uint32_t mxcsr;
	uint16_t fcw;
} rules[SEV_VMMS] = {
	[SEV_VMM_QEMU] = { 0x93, 0x8b, 0x0007040600070406, 0x1f80, 0x37f },
	[SEV_VMM_EC2] = { 0x92, 0x83, 0x0007040600070406, 0, 0 },
	[SEV_VMM_GCE] = { 0x93, 0x8b, 0x00070106, 0, 0 },
};

/* What EC2 and Google leave in edx, whatever the processor is. */
enum { EDX_ELSEWHERE = 0x600 };

const char *sev_vmm_name(enum sev_vmm vmm)
{
	return names[vmm];
}

bool sev_vmm_find(enum sev_vmm *ret, struct str name, struct err *e)
{
	for (unsigned i = 0; i < SEV_VMMS; i++)
		if (str_is(name, names[i])) {
			*ret = (enum sev_vmm)i;
			return true;
		}
	return err_set(e, ERR_USAGE,
		"hypervisor '%.*s' has no rules here, known are qemu, ec2 and gce", STR_ARG(name));
}

static void put_segment(
	uint8_t *at, uint16_t selector, uint16_t attributes, uint32_t limit, uint64_t base)
{
	put_u16le(at, selector);
	put_u16le(at + 2, attributes);
	put_u32le(at + 4, limit);
	put_u64le(at + 8, base);
}

/* Data segments as a reset leaves them, or as flat 32-bit ones. */
static void put_data_segments(uint8_t *page, const struct sev_vmsa *v)
{
	static const unsigned data[] = { ES, DS, FS };
	uint16_t stack = rules[v->vmm].stack;

	for (size_t i = 0; i < ARRAY_LEN(data); i++)
		if (v->svsm)
			put_segment(page + data[i], 0x10, 0xc93, 0xffffffff, 0);
		else
			put_segment(page + data[i], 0, 0x93, 0xffff, 0);
	if (v->svsm)
		put_segment(page + SS, 0x10, 0xc93, 0xffffffff, 0);
	else
		put_segment(page + SS, 0, stack, 0xffff, 0);
	put_segment(page + GS, 0, 0x93, 0xffff, 0);
}

static void put_code(uint8_t *page, const struct sev_vmsa *v)
{
	uint16_t attributes = v->vmm == SEV_VMM_EC2 && v->eip == SEV_VMSA_RESET ? 0x9a : 0x9b;

	if (v->svsm) {
		put_segment(page + CS, 0x08, 0xc9b, 0xffffffff, 0);
		put_u64le(page + RIP, v->eip);
		return;
	}
	put_segment(page + CS, 0xf000, attributes, 0xffff, v->eip & 0xffff0000);
	put_u64le(page + RIP, v->eip & 0xffff);
}

void sev_vmsa_page(uint8_t page[static SEV_PAGE], const struct sev_vmsa *v)
{
	memset(page, 0, SEV_PAGE);
	put_data_segments(page, v);
	put_code(page, v);
	put_segment(page + GDTR, 0, 0, 0xffff, 0);
	put_segment(page + LDTR, 0, 0x82, 0xffff, 0);
	put_segment(page + IDTR, 0, 0, 0xffff, 0);
	put_segment(page + TR, 0, rules[v->vmm].task, 0xffff, 0);
	put_u64le(page + EFER, 0x1000);
	put_u64le(page + CR4, 0x40);
	put_u64le(page + CR0, v->svsm ? 0x11 : 0x10);
	put_u64le(page + DR7, 0x400);
	put_u64le(page + DR6, 0xffff0ff0);
	put_u64le(page + RFLAGS, 2);
	put_u64le(page + G_PAT, rules[v->vmm].pat);
	put_u64le(page + RDX, v->vmm == SEV_VMM_QEMU ? v->signature : EDX_ELSEWHERE);
	put_u64le(page + SEV_FEATURES, v->features);
	put_u64le(page + XCR0, 1);
	put_u32le(page + MXCSR, rules[v->vmm].mxcsr);
	put_u16le(page + X87_FCW, v->svsm ? 0 : rules[v->vmm].fcw);
}
