#include "trust/snp_leaf.h"

#include "fuzz.h"
#include "trust/snp_chain.h"

/* One certificate in every place of a chain, held against an empty report of each line. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t zeroes[SNP_REPORT_CHIP_ID_SIZE];
	CLEANUP(certificate_freep) struct certificate *c = NULL;
	const struct snp_report report = { .chip_id = SPAN_OF(zeroes) };
	struct certificate_validity v;
	struct snp_chain chain;
	struct snp_leaf leaf;
	struct err e = { 0 };

	if (!certificate_of_der(&c, span_make(data, size), &e))
		return 0;
	if (snp_chain_pick(&chain, c, (const struct certificate *const[]){ c }, 1, &e)) {
		MUST(!snp_chain_root(&(enum snp_product){ SNP_PRODUCT_UNKNOWN }, &chain,
			snp_chain_roots, SNP_CHAIN_ROOTS, &e));
		MUST(!snp_chain_check_roles(&chain, SNP_MILAN, &e));
		MUST(!snp_chain_check_signatures(&chain, &e) || size > 512);
		MUST(!snp_chain_validity(&v, &chain, &e) ||
			snp_chain_check_time(&chain, v.from_unix, 0, &e) ==
				(v.from_unix <= v.to_unix));
	}
	if (!snp_leaf_read(&leaf, c, &e))
		return 0;
	fuzz_taken = true;
	for (int p = SNP_PRODUCT_UNKNOWN; p <= SNP_TURIN; p++) {
		enum snp_product product = (enum snp_product)p;

		MUST(!snp_leaf_check_tcb(&leaf, &report, product, &e) || product);
		MUST(!snp_leaf_check_product(&leaf, &report, product, &e) || product);
		MUST(!snp_leaf_check_chip(&leaf, &report, product, &e) ||
			leaf.kind == SNP_LEAF_VLEK);
	}
	return 0;
}
