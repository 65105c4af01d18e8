#include "cmd/store_table.h"

#include <stdio.h>
#include <time.h>

#include "codec/json.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { DAY_S = 24 * 60 * 60, MEGABYTE = 1000000, JSON_MAX = 65536 };

int64_t store_table_since(unsigned days)
{
	return days ? (int64_t)time(NULL) - (int64_t)days * DAY_S : INT64_MAX;
}

bool store_table_since_of(const struct verb_args *args, int64_t *ret, struct err *e)
{
	const char *text = verb_value(args, "--unused-for");
	uint64_t days = STORE_TABLE_DAYS;

	if (text && !str_u64(str_of(text), &days, STORE_TABLE_DAYS_MAX)) {
		err_set(e, ERR_USAGE, "--unused-for '%s' is no number of days", text);
		return err_hint(e, "wanted is 0 to %d", STORE_TABLE_DAYS_MAX);
	}
	*ret = store_table_since((unsigned)days);
	return true;
}

static void print_line(
	const char *name, const struct store_gc_sum *first, const struct store_gc_sum *second)
{
	printf("%-10s %7zu %10.1f MB   %7zu %10.1f MB\n", name, first->n,
		(double)first->size / MEGABYTE, second->n, (double)second->size / MEGABYTE);
}

static struct store_gc_sum sum_of(const struct store_gc_sum *list)
{
	struct store_gc_sum all = { 0 };

	for (int k = 0; k < STORE_KINDS; k++) {
		all.n += list[k].n;
		all.size += list[k].size;
	}
	return all;
}

void store_table_print(const struct store *s, const char *first_name,
	const struct store_gc_sum *first, const char *second_name,
	const struct store_gc_sum *second)
{
	struct store_gc_sum a = sum_of(first), b = sum_of(second);

	printf("store %s\n%-10s %21s   %21s\n", store_path(s), "", first_name, second_name);
	for (int k = 0; k < STORE_KINDS; k++)
		print_line(store_kind_name((enum store_kind)k), &first[k], &second[k]);
	print_line("all", &a, &b);
}

static void put_sums(struct json_out *w, const char *name, const struct store_gc_sum *list)
{
	json_key(w, name);
	json_object(w);
	for (int k = 0; k < STORE_KINDS; k++) {
		json_key(w, store_kind_name((enum store_kind)k));
		json_object(w);
		json_put_uint(w, "number", list[k].n);
		json_put_uint(w, "size", list[k].size);
		json_end_object(w);
	}
	json_end_object(w);
}

bool store_table_json(const char *format, const struct store *s, const char *first_name,
	const struct store_gc_sum *first, const char *second_name,
	const struct store_gc_sum *second, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);

	json_object(&w);
	json_put_cstr(&w, "format", format);
	json_put_cstr(&w, "store", store_path(s));
	put_sums(&w, first_name, first);
	put_sums(&w, second_name, second);
	json_end_object(&w);
	if (!buf_ok(&b))
		return buf_full(&b, "the result", e);
	return fwrite(b.p, 1, b.n, stdout) == b.n || err_os(e, "cannot write the result");
}
