#include "evidence/snp_tcb.h"

#include "base/banned.h"

enum { BYTE_BITS = 8, NOWHERE = -1 };

static const char *const part_names[] = { "FMC", "boot loader", "TEE", "SNP firmware",
	"microcode" };

/* The byte of each part, in the order of enum snp_tcb_part. */
static const int milan[SNP_TCB_PARTS] = { NOWHERE, 0, 1, 6, 7 };
static const int turin[SNP_TCB_PARTS] = { 0, 1, 2, 3, 7 };

static const int *layout_of(enum snp_product product)
{
	switch (product) {
	case SNP_MILAN:
	case SNP_GENOA:
		return milan;
	case SNP_TURIN:
		return turin;
	case SNP_PRODUCT_UNKNOWN:
		break;
	}
	return NULL;
}

const char *snp_tcb_part_name(enum snp_tcb_part part)
{
	return part_names[part];
}

bool snp_tcb_has(enum snp_product product, enum snp_tcb_part part)
{
	const int *layout = layout_of(product);

	return layout && layout[part] != NOWHERE;
}

bool snp_tcb_read(struct snp_tcb *ret, uint64_t raw, enum snp_product product, struct err *e)
{
	const int *layout = layout_of(product);
	struct snp_tcb tcb = { 0 };
	uint64_t rest = raw;

	if (!layout)
		return err_set(e, ERR_USAGE,
			"TCB version: its layout is not known without the product line");
	for (int i = 0; i < SNP_TCB_PARTS; i++) {
		if (layout[i] == NOWHERE)
			continue;
		tcb.spl[i] = (uint8_t)(raw >> (BYTE_BITS * layout[i]));
		rest &= ~(UINT64_C(0xff) << (BYTE_BITS * layout[i]));
	}
	if (rest)
		return err_set(e, ERR_FORMAT,
			"TCB version %016llx: bytes that %s reserves are not zero",
			(unsigned long long)raw, snp_product_name(product));
	*ret = tcb;
	return true;
}

bool snp_tcb_check_equal(const char *name, const struct snp_tcb *tcb, const char *want_name,
	const struct snp_tcb *want, struct err *e)
{
	for (int i = 0; i < SNP_TCB_PARTS; i++)
		if (tcb->spl[i] != want->spl[i])
			return err_set(e, ERR_MISMATCH, "%s of %s is %u, %s has %u", part_names[i],
				name, tcb->spl[i], want_name, want->spl[i]);
	return true;
}

bool snp_tcb_check_at_least(const char *name, const struct snp_tcb *tcb, const char *min_name,
	const struct snp_tcb *min, struct err *e)
{
	for (int i = 0; i < SNP_TCB_PARTS; i++)
		if (tcb->spl[i] < min->spl[i])
			return err_set(e, ERR_MISMATCH, "%s of %s is %u, less than the %u of %s",
				part_names[i], name, tcb->spl[i], min->spl[i], min_name);
	return true;
}
