/*
 * The certificates of a world of snp_world.h, made.
 */
#ifndef ASSAY_TEST_SNP_MADE_CHAIN_H
#define ASSAY_TEST_SNP_MADE_CHAIN_H

#include "snp_world.h"

struct made {
	struct certificate *ark, *ask, *leaf;
	struct snp_made_report report;
};

__attribute__((unused)) static void made_done(struct made *m)
{
	certificate_free(m->ark);
	certificate_free(m->ask);
	certificate_free(m->leaf);
}

#endif
