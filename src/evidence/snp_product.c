#include "evidence/snp_product.h"

#include "base/banned.h"

static const char *const names[] = { "unknown", "Milan", "Genoa", "Turin" };

static const struct models {
	uint8_t family, first, last;
	enum snp_product product;
} models[] = {
	{ 0x19, 0x00, 0x0f, SNP_MILAN },
	{ 0x19, 0x10, 0x1f, SNP_GENOA },
	{ 0x19, 0xa0, 0xaf, SNP_GENOA },
	{ 0x1a, 0x00, 0x1f, SNP_TURIN },
};

const char *snp_product_name(enum snp_product p)
{
	return (size_t)p < ARRAY_LEN(names) ? names[p] : names[SNP_PRODUCT_UNKNOWN];
}

enum snp_product snp_product_of_text(struct str s)
{
	struct str line, stepping;
	bool has_stepping = str_cut(s, '-', &line, &stepping);

	if (has_stepping && !stepping.n)
		return SNP_PRODUCT_UNKNOWN;
	for (enum snp_product p = SNP_MILAN; p <= SNP_TURIN; p++)
		if (str_is(line, names[p]))
			return p;
	return SNP_PRODUCT_UNKNOWN;
}

enum snp_product snp_product_of_cpu(uint8_t family, uint8_t model)
{
	for (size_t i = 0; i < ARRAY_LEN(models); i++)
		if (models[i].family == family && models[i].first <= model &&
			model <= models[i].last)
			return models[i].product;
	return SNP_PRODUCT_UNKNOWN;
}
