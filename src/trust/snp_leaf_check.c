#include "trust/snp_leaf.h"

#include "trust/snp_leaf_inside.h"
#include "base/banned.h"

enum { HWID_TURIN = 8 };

bool snp_leaf_check_signing_key(
	const struct snp_leaf *leaf, const struct snp_report *report, struct err *e)
{
	bool vcek = leaf->kind == SNP_LEAF_VCEK && report->signing_key == SNP_KEY_VCEK;
	bool vlek = leaf->kind == SNP_LEAF_VLEK && report->signing_key == SNP_KEY_VLEK;

	return vcek || vlek ||
	       err_set(e, ERR_MISMATCH,
		       "SIGNING_KEY of the report is %u (%s), the certificate is of the kind %s",
		       report->signing_key, snp_report_key_name(report->signing_key),
		       snp_leaf_kind_name(leaf->kind));
}

bool snp_leaf_check_product(const struct snp_leaf *leaf, const struct snp_report *report,
	enum snp_product product, struct err *e)
{
	const char *line = snp_product_name(product);

	if (!leaf->has_structure_version)
		return err_set(e, ERR_NOTFOUND,
			"certificate lacks its structure version (extension " SNP_LEAF_OIDS ".1)");
	if (!leaf->has_product)
		return err_set(e, ERR_NOTFOUND,
			"certificate lacks the product name (extension " SNP_LEAF_OIDS ".2)");
	if (product == SNP_PRODUCT_UNKNOWN || snp_product_of_text(leaf->product_name) != product)
		return err_set(e, ERR_MISMATCH,
			"product name of the certificate is '%.*s', its root is that of %s",
			STR_ARG(leaf->product_name), line);
	if (report->has_cpu && snp_report_product(report) != product)
		return err_set(e, ERR_MISMATCH,
			"CPUID of the report is family %#x model %#x (%s), the root is that of %s",
			report->cpu_family, report->cpu_model,
			snp_product_name(snp_report_product(report)), line);
	return true;
}

static bool all_parts(const struct snp_leaf *leaf, enum snp_product product, struct err *e)
{
	for (int i = 0; i < SNP_TCB_PARTS; i++) {
		enum snp_tcb_part part = (enum snp_tcb_part)i;
		bool there = leaf->parts >> i & 1;

		if (snp_tcb_has(product, part) && !there)
			return err_set(e, ERR_NOTFOUND,
				"certificate lacks the patch level of the %s (extension " SNP_LEAF_OIDS
				"%s)",
				snp_tcb_part_name(part), snp_leaf_part_oids[i]);
		if (!snp_tcb_has(product, part) && there)
			return err_set(e, ERR_MISMATCH,
				"certificate has a patch level of the %s (extension " SNP_LEAF_OIDS
				"%s), which %s has not",
				snp_tcb_part_name(part), snp_leaf_part_oids[i],
				snp_product_name(product));
	}
	return true;
}

bool snp_leaf_check_tcb(const struct snp_leaf *leaf, const struct snp_report *report,
	enum snp_product product, struct err *e)
{
	struct snp_tcb reported, current;

	if (!snp_tcb_read(&reported, report->reported_tcb, product, e))
		return err_wrap(e, "REPORTED_TCB");
	if (!snp_tcb_read(&current, report->current_tcb, product, e))
		return err_wrap(e, "CURRENT_TCB");
	return all_parts(leaf, product, e) &&
	       snp_tcb_check_equal("the certificate", &leaf->tcb, "REPORTED_TCB", &reported, e) &&
	       snp_tcb_check_at_least("CURRENT_TCB", &current, "the certificate", &leaf->tcb, e);
}

static bool check_vlek(const struct snp_leaf *leaf, struct err *e)
{
	if (leaf->has_hwid)
		return err_set(e, ERR_MISMATCH,
			"certificate of a VLEK names a chip (extension " SNP_LEAF_OIDS ".4)");
	if (!leaf->has_csp)
		return err_set(e, ERR_NOTFOUND,
			"certificate of a VLEK lacks the cloud provider (extension " SNP_LEAF_OIDS
			".5)");
	return true;
}

bool snp_leaf_check_chip(const struct snp_leaf *leaf, const struct snp_report *report,
	enum snp_product product, struct err *e)
{
	size_t want = product == SNP_TURIN ? HWID_TURIN : SNP_REPORT_CHIP_ID_SIZE;

	if (leaf->kind == SNP_LEAF_VLEK)
		return check_vlek(leaf, e);
	if (!leaf->has_hwid)
		return err_set(e, ERR_NOTFOUND,
			"certificate lacks the hardware id (extension " SNP_LEAF_OIDS ".4)");
	if (leaf->hwid.n != want)
		return err_set(e, ERR_MISMATCH,
			"hardware id of the certificate is %zu bytes, those of %s are %zu",
			leaf->hwid.n, snp_product_name(product), want);
	if (report->mask_chip_key)
		return err_set(e, ERR_MISMATCH,
			"the host masks the chip (MASK_CHIP_KEY 1): what the report says of it counts for nothing");
	if (snp_report_is_blank(report->chip_id))
		return err_set(e, ERR_MISMATCH,
			"the host masks the chip id: it is zero, and the report itself names no chip");
	for (size_t i = want; i < report->chip_id.n; i++)
		if (report->chip_id.p[i])
			return err_set(e, ERR_MISMATCH,
				"chip id of the report: byte %zu is not zero, %s has %zu bytes", i,
				snp_product_name(product), want);
	return ct_equal(leaf->hwid.p, report->chip_id.p, want) ||
	       err_set(e, ERR_MISMATCH,
		       "hardware id of the certificate is not the chip id of the report: another chip's certificate");
}
