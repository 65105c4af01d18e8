/* Chains that are found among other certificates, and how long the whole of one is valid. */
#include "snp_made_chain.h"

/* The chain is valid while all of it is; and of several roots the one counts whose bytes these are. */
static void whole_validity(void)
{
	for (int i = 0; i < 3; i++) {
		struct world w = milan();
		struct snp_made_certificate *const all[] = { &w.ark, &w.ask, &w.leaf };
		struct snp_root roots[] = { { .product = SNP_GENOA }, { .product = SNP_MILAN } };
		enum snp_product product = SNP_PRODUCT_UNKNOWN;
		struct certificate_validity v = { 0 };
		struct err e = { 0 };

		all[i]->from = SNP_MADE_NOW - 5;
		all[(i + 1) % 3]->to = SNP_MADE_NOW + 5;
		CLEANUP(made_done)
		struct made m = { snp_made_certificate(&w.ark), snp_made_certificate(&w.ask),
			snp_made_certificate(&w.leaf), w.report };
		struct snp_chain chain = { m.leaf, m.ask, m.ark };

		CHECK_OK(snp_chain_validity(&v, &chain, &e), e);
		CHECK(v.from_unix == SNP_MADE_NOW - 5 && v.to_unix == SNP_MADE_NOW + 5);
		certificate_sha256(roots[1].sha256, m.ark);
		CHECK_OK(snp_chain_root(&product, &chain, roots, 2, &e), e);
		CHECK(product == SNP_MILAN);
		CHECK_ERR(snp_chain_root(&product, &chain, roots, 1, &e), e, ERR_SIGNATURE);
	}
}

/* Issuers are found among so many certificates and no further. */
static void among_many(void)
{
	struct world w = milan();
	CLEANUP(made_done)
	struct made m = { snp_made_certificate(&w.ark), snp_made_certificate(&w.ask),
		snp_made_certificate(&w.leaf), w.report };
	const struct snp_chain_trust trust = { .at_unix = SNP_MADE_NOW };
	const struct certificate *others[SNP_CHAIN_OTHERS_MAX + 1];
	struct snp_chain chain = { 0 };
	struct err e = { 0 };

	for (size_t at = 0; at <= SNP_CHAIN_OTHERS_MAX; at++) {
		bool there = at < SNP_CHAIN_OTHERS_MAX;

		for (size_t i = 0; i <= SNP_CHAIN_OTHERS_MAX; i++)
			others[i] = m.leaf; /* which issued nothing */
		others[at ? 0 : 1] = m.ark;
		others[at] = m.ask;
		chain = (struct snp_chain){ 0 };
		CHECK(snp_chain_pick(&chain, m.leaf, others, ARRAY_LEN(others), &e) == there);
		CHECK(chain.ask == (there ? m.ask : NULL) && chain.ark == (there ? m.ark : NULL));
		CHECK(there ||
			(e.kind == ERR_NOTFOUND && strstr(e.text, "ASK certificate 'SEV-Milan'")));
		CHECK(snp_chain_find(&chain, m.leaf, others, ARRAY_LEN(others), &trust, &e) ==
			there);
		others[at] = m.ark;
		others[at ? 0 : 1] = m.ask;
		CHECK(snp_chain_pick(&chain, m.leaf, others, ARRAY_LEN(others), &e) == there);
		CHECK(there || strstr(e.text, "ARK certificate 'ARK-Milan'"));
		CHECK(snp_chain_find(&chain, m.leaf, others, ARRAY_LEN(others), &trust, &e) ==
			there);
	}
	CHECK_ERR(snp_chain_pick(&chain, m.leaf, NULL, 0, &e), e, ERR_NOTFOUND);
	CHECK(!snp_chain_holds(&(struct snp_chain){ m.leaf, m.ask, m.ark }, &trust));
}

/* Of several chains that names allow, the one that holds: whichever part of another does not. */
static void best_of_two(void)
{
	for (int wrong = 0; wrong < 6; wrong++)
		for (int turned = 0; turned < 2; turned++) {
			struct world w = milan(), x = milan();

			if (wrong == 0)
				x.ask.signer = ask_key;
			else if (wrong == 1)
				x.ask.key = other_rsa;
			else if (wrong == 2)
				x.ask.to = SNP_MADE_NOW - 1;
			else if (wrong == 3)
				x.ark.serial = 7; /* nobody's root */
			else if (wrong == 4)
				x.ask.from = SNP_MADE_NOW + 1;
			else
				x.ask.hash = "SHA256";
			CLEANUP(made_done)
			struct made good = { snp_made_certificate(&w.ark),
				snp_made_certificate(&w.ask), snp_made_certificate(&w.leaf),
				w.report };
			CLEANUP(made_done)
			struct made bad = { snp_made_certificate(&x.ark),
				snp_made_certificate(&x.ask), NULL, w.report };
			struct snp_root root = { .product = SNP_MILAN };
			const struct snp_chain_trust trust = {
				.roots = &root, .n_roots = 1, .at_unix = SNP_MADE_NOW
			};
			const struct certificate *others[] = { turned ? good.ask : bad.ask,
				turned       ? good.ark
				: wrong == 3 ? bad.ark
					     : good.ark,
				turned ? bad.ask : good.ask,
				turned && wrong == 3 ? bad.ark : good.ark };
			struct snp_chain found = { 0 };
			struct err e = { 0 };

			certificate_sha256(root.sha256, good.ark);
			CHECK_OK(snp_chain_find(&found, good.leaf, others, 4, &trust, &e), e);
			CHECK(snp_chain_holds(&found, &trust));
			CHECK(wrong == 3 || !snp_chain_holds(&(struct snp_chain){ good.leaf,
								     bad.ask, good.ark },
						    &trust));
			CHECK(wrong != 3 || !snp_chain_holds(&(struct snp_chain){ good.leaf,
								     good.ask, bad.ark },
						    &trust));
		}
}

int main(void)
{
	snp_world_keys();
	whole_validity();
	among_many();
	best_of_two();
	snp_world_done();
	return test_end();
}
