/* All that is said of a bundle's parts and their dates, for golden texts. */
#ifndef ASSAY_TEST_BUNDLE_STATUS_TOLD_H
#define ASSAY_TEST_BUNDLE_STATUS_TOLD_H

#include "appraise/bundle_status.h"
#include "base/utc.h"
#include "golden_text.h"

/* base: what times are told from. */
static void bundle_status_tell(
	struct buf *told, const struct bundle_status *s, int64_t at, int64_t base)
{
	buf_printf(told, "at %lld: %s, earliest %zu of %zu\n", (long long)(at - base),
		s->complete ? "complete" : "incomplete", s->earliest, s->n);
	for (size_t i = 0; i < s->n; i++) {
		const struct bundle_status_item *it = &s->items[i];
		char from[UTC_SIZE] = "", to[UTC_SIZE] = "";

		if (it->has_dates) {
			utc_write(from, it->dates.from_unix);
			utc_write(to, it->dates.to_unix);
		}
		buf_printf(told, "  %.*s %s: %.*s %s %s; ", STR_ARG(it->label),
			bundle_status_name(it->state), STR_ARG(it->what), from, to);
		if (it->evaluation)
			buf_printf(told, "evaluation %llu; ", (unsigned long long)it->evaluation);
		golden_text_add(told, it->why);
		buf_add_cstr(told, "\n");
	}
}

#endif
