#include "measure/tdx_search.h"

#include "measure/linux_setup.h"
#include "measure/tdx_rtmr.h"
#include "base/banned.h"

#define MIB(n) ((uint64_t)(n) << 20)

/* 0: the header stays as it is. Of 2.75 GiB and more 2 GiB lie where it matters: the same as 2 GiB. */
static const uint64_t memories[] = { 0, MIB(256), MIB(512), MIB(768), MIB(1024), MIB(1536),
	MIB(2048), MIB(2560) };
static const enum tdx_separator separators[] = { TDX_SEPARATOR_RTMR1, TDX_SEPARATOR_RTMR0 };
static const enum digest_alg bank = DIGEST_SHA384;

bool tdx_search_mrtd(struct tdx_found *ret, bool *found, uint64_t *n, struct span firmware,
	const uint8_t *want, struct err *e)
{
	static const enum tdx_passes passes[] = { TDX_SINGLE_PASS, TDX_TWO_PASS };
	struct tdx_metadata m;

	*found = false;
	if (!tdx_metadata_parse(&m, firmware, e))
		return false;
	for (size_t i = 0; i < ARRAY_LEN(passes) && !*found; i++) {
		struct digest d = tdx_mrtd(&m, passes[i]);

		(*n)++;
		*found = memcmp(d.bytes, want, SHA384_SIZE) == 0;
		*ret = (struct tdx_found){ .is_mrtd = true, .passes = passes[i] };
	}
	return true;
}

/* One kernel as it is handed over, with the separator in either register. */
static bool try_kernel(struct tdx_found *what, bool *found, uint64_t *n, struct span kernel,
	const uint8_t *want, struct arena *a, struct err *e)
{
	for (size_t i = 0; i < ARRAY_LEN(separators) && !*found; i++) {
		struct event_list l;
		struct digest d;

		event_list_init(&l, a, &bank, 1);
		if (!tdx_rtmr_direct(&l, kernel, separators[i], STR("kernel"), e))
			return false;
		event_fold(&l, 1, 0, &d);
		(*n)++;
		what->separator = separators[i];
		*found = memcmp(d.bytes, want, SHA384_SIZE) == 0;
	}
	return true;
}

bool tdx_search_rtmr1(struct tdx_found *ret, bool *found, uint64_t *n,
	const struct tdx_search_kernel *k, const uint8_t *want, struct arena *a, struct err *e)
{
	*found = false;
	for (size_t i = 0; i < ARRAY_LEN(memories) && !*found; i++) {
		struct span kernel = k->kernel;
		struct err does_not_fit = { 0 };

		*ret = (struct tdx_found){ .memory = memories[i], .patched = memories[i] != 0 };
		if (memories[i] && !linux_setup_patch(&kernel, k->kernel, k->initrd_size,
					   memories[i], k->command_line, a, &does_not_fit)) {
			if (does_not_fit.kind ==
				ERR_USAGE) /* an initrd that is too big for so little memory */
				continue;
			*e = does_not_fit;
			return false;
		}
		if (!try_kernel(ret, found, n, kernel, want, a, e))
			return false;
	}
	return true;
}
