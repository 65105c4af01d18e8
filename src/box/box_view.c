#include "box/box_view.h"

#include "box/box.h"
#include "base/banned.h"

static const char *const names[BOX_N_CHANNELS] = {
	[BOX_CLOCK] = "clock",
	[BOX_RANDOM] = "random",
	[BOX_ADDRESSES] = "addresses",
	[BOX_PIDS] = "pids",
	[BOX_HOST_NAME] = "host-name",
	[BOX_USER_NAME] = "user",
	[BOX_HOME] = "home",
	[BOX_UMASK] = "umask",
	[BOX_ENVIRONMENT] = "environment",
	[BOX_LOCALE] = "locale",
	[BOX_ZONE] = "zone",
	[BOX_KERNEL] = "kernel",
	[BOX_PROCESSORS] = "processors",
	[BOX_MEMORY] = "memory",
	[BOX_FILE_TIMES] = "file-times",
	[BOX_FILE_ORDER] = "file-order",
	[BOX_FILE_NUMBERS] = "file-numbers",
	[BOX_PATH] = "path",
	[BOX_SCHEDULE] = "schedule",
};

const char *box_channel_name(enum box_channel channel)
{
	return names[channel];
}

enum box_channel box_channel_from_name(struct str name)
{
	unsigned i;

	for (i = 0; i < BOX_N_CHANNELS && !str_is(name, names[i]); i++)
		;
	return (enum box_channel)i;
}

static void text_default(const char **text, const char *otherwise)
{
	if (!*text)
		*text = otherwise;
}

struct box_view box_view_full(const struct box_view *v, int64_t epoch, const uint8_t *seed)
{
	static const uint8_t zeros[BOX_SEED_SIZE];
	struct box_view full = *v;

	text_default(&full.host_name, "assay");
	text_default(&full.user, "build");
	text_default(&full.locale, "C.UTF-8");
	text_default(&full.zone, "UTC");
	text_default(&full.kernel_release, "6.1.0-assay");
	text_default(&full.kernel_version, "#1 SMP");
	text_default(&full.machine, "x86_64");
	text_default(&full.processor_model, "assay");
	text_default(&full.work, "/build");
	text_default(&full.home, full.work);
	full.clock_start = v->clock_start ? v->clock_start : epoch;
	full.seed = v->seed ? v->seed : seed ? seed : zeros;
	full.user_id = v->user_id ? v->user_id : BOX_USER;
	full.umask_bits = v->umask_bits == -1 ? 0 : v->umask_bits ? v->umask_bits : 022;
	full.n_processors = v->n_processors ? v->n_processors : 4;
	full.memory = v->memory ? v->memory : 8ULL << 30;
	full.file_number_base = v->file_number_base ? v->file_number_base : 1;
	return full;
}
