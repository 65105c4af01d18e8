#include <stddef.h>

#include "appraise/policy_snp_inside.h"
#include "base/hex.h"
#include "base/banned.h"

enum { CHIP_SHORT = 8 }; /* Turin's chip ids; zeroes stand behind them in a report */

static const struct list {
	const char *key;
	size_t at, size;
} lists[] = {
	{ "chips", offsetof(struct policy_snp, chips), SNP_REPORT_CHIP_ID_SIZE },
	{ "measurements", offsetof(struct policy_snp, measurements), SNP_REPORT_DIGEST_SIZE },
	{ "host-data", offsetof(struct policy_snp, host_data), SNP_REPORT_HOST_DATA_SIZE },
	{ "family-ids", offsetof(struct policy_snp, family_ids), SNP_REPORT_NAME_SIZE },
	{ "image-ids", offsetof(struct policy_snp, image_ids), SNP_REPORT_NAME_SIZE },
	{ "id-key-digests", offsetof(struct policy_snp, id_keys), SNP_REPORT_DIGEST_SIZE },
	{ "author-key-digests", offsetof(struct policy_snp, author_keys), SNP_REPORT_DIGEST_SIZE },
	{ "report-ids", offsetof(struct policy_snp, report_ids), SNP_REPORT_ID_SIZE },
	{ "report-id-ma", offsetof(struct policy_snp, agents), SNP_REPORT_ID_SIZE },
};

static bool read_value(struct span *ret, const struct list *l, const struct json *v,
	struct arena *a, struct err *e)
{
	struct str text = v->kind == JSON_STRING ? v->text : STR("");
	bool is_short = l->size == SNP_REPORT_CHIP_ID_SIZE && text.n == 2 * (size_t)CHIP_SHORT;
	uint8_t *bytes = ARENA_ARRAY(a, l->size, uint8_t);

	if (!bytes)
		return arena_full(a, e);
	if (!hex_read(text, bytes, is_short ? (size_t)CHIP_SHORT : l->size))
		return err_set(e, ERR_FORMAT,
			"line %zu: '%s' is a list of values of %zu bytes in lower-case hex",
			v->line, l->key, l->size);
	*ret = span_make(bytes, l->size);
	return !snp_report_is_blank(*ret) ||
	       err_set(e, ERR_FORMAT,
		       "line %zu: '%s' cannot name zeroes: a field of zeroes says nothing", v->line,
		       l->key);
}

static bool read_list(struct policy_snp_values *ret, const struct list *l, const struct json *o,
	struct arena *a, struct err *e)
{
	const struct json *v = json_get(o, l->key);
	struct span *items;

	if (!v)
		return true;
	if (v->kind != JSON_ARRAY || v->n == 0 || v->n > POLICY_SNP_VALUES_MAX)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is a list of 1 to %d values", v->line,
			l->key, POLICY_SNP_VALUES_MAX);
	items = ARENA_ARRAY(a, v->n, struct span);
	if (!items)
		return arena_full(a, e);
	for (size_t i = 0; i < v->n; i++)
		if (!read_value(&items[i], l, &v->items[i], a, e))
			return false;
	*ret = (struct policy_snp_values){ items, v->n };
	return true;
}

bool policy_snp_values_parse(
	struct policy_snp *ret, const struct json *o, struct arena *a, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(lists); i++)
		if (!read_list((struct policy_snp_values *)(void *)((char *)ret + lists[i].at),
			    &lists[i], o, a, e))
			return false;
	return true;
}
