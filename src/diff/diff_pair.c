#include "diff/diff_pair.h"

#include "diff/diff_container.h"
#include "diff/diff_document.h"
#include "diff/diff_elf.h"
#include "diff/diff_firmware.h"
#include "diff/diff_format.h"
#include "diff/diff_gpt.h"
#include "diff/diff_kernel.h"
#include "diff/diff_pe.h"
#include "diff/diff_raw.h"
#include "diff/diff_text.h"
#include "diff/diff_verity.h"
#include "diff/diff_wrapped.h"

#include "base/banned.h"

bool diff_pair_is_refusal(const struct err *e)
{
	return e->kind == ERR_FORMAT || e->kind == ERR_LIMIT;
}

/* Of this format, both; FORMAT when nothing here reads it. */
static bool by_format(
	struct diff_walk *w, enum diff_format f, struct span a, struct span b, struct err *e)
{
	switch (f) {
	case DIFF_FORMAT_GPT:
		return diff_gpt(w, a, b, e);
	case DIFF_FORMAT_EROFS:
	case DIFF_FORMAT_FAT:
	case DIFF_FORMAT_CPIO:
	case DIFF_FORMAT_TAR:
	case DIFF_FORMAT_AR:
		return diff_container(w, f, a, b, e);
	case DIFF_FORMAT_GZIP:
	case DIFF_FORMAT_XZ:
	case DIFF_FORMAT_ZSTD:
		return diff_wrapped(w, f, a, b, e);
	case DIFF_FORMAT_ELF:
		return diff_elf(w, a, b, e);
	case DIFF_FORMAT_PE:
		return diff_pe(w, a, b, e);
	case DIFF_FORMAT_VERITY:
		diff_walk_reach(w, DIFF_REACH_ROOT);
		diff_verity(w, a, b, 0);
		return true;
	case DIFF_FORMAT_NONE:
		return diff_document(w, a, b, e);
	default:
		return err_set(e, ERR_FORMAT, "%s is not looked into", diff_format_name(f));
	}
}

/* Firmware is not looked into, but what it is says which registers it moves. */
static bool is_firmware(struct diff_walk *w, struct span a, struct span b)
{
	enum diff_reach reach = diff_firmware_reach(a);
	if (!reach || reach != diff_firmware_reach(b))
		return false;
	diff_walk_reach(w, reach);
	return true;
}

static bool look_inside(struct diff_walk *w, struct span a, struct span b, struct err *e)
{
	struct diff_bytes x = diff_bytes_of(a), y = diff_bytes_of(b);
	enum diff_format f = diff_format_of(&x);
	if (is_firmware(w, a, b))
		return err_set(e, ERR_FORMAT, "firmware is not looked into");
	if (diff_kernel_is(a) && diff_kernel_is(b)) {
		/* A kernel is an EFI program as well: what differs around its payload stands in a section. */
		if (diff_kernel(w, a, b, e))
			return true;
		if (!diff_pair_is_refusal(e))
			return false;
	}
	if (f != diff_format_of(&y))
		return err_set(e, ERR_FORMAT, "two formats");
	return by_format(w, f, a, b, e);
}

bool diff_pair(struct diff_walk *w, struct span a, struct span b, struct err *e)
{
	if (span_equal(a, b) || diff_walk_seen(w, a, b))
		return true;
	/* What was found before, beside this content, is no reason to be silent about it. */
	size_t before = w->n_leaves + w->n_more;
	if (w->depth + 2 < DIFF_DEPTH_MAX && !look_inside(w, a, b, e) && !diff_pair_is_refusal(e))
		return false;
	if (w->n_leaves + w->n_more == before && !diff_text(w, a, b))
		diff_raw(w, a, b);
	return true;
}

bool diff_pair_at(
	struct diff_walk *w, struct str place, struct span a, struct span b, struct err *e)
{
	if (!diff_walk_enter(w, place)) {
		diff_raw(w, a, b);
		return true;
	}
	bool ok = diff_pair(w, a, b, e);
	diff_walk_leave(w);
	return ok;
}
