#include "check/cause.h"

#include "base/banned.h"

static const struct {
	const char *name, *remedy;
} classes[CAUSE_CLASSES] = {
	[CAUSE_UNKNOWN] = { "", "" },
	[CAUSE_TIME] = { "TIME", "use SOURCE_DATE_EPOCH, or leave the time out" },
	[CAUSE_RANDOM] = { "RANDOM", "derive it from the content, or fix the seed" },
	[CAUSE_ORDER] = { "ORDER", "sort, bytewise (LC_ALL=C)" },
	[CAUSE_PARALLEL] = { "PARALLEL",
		"fix the number of jobs, and gather their results in a fixed order" },
	[CAUSE_PATH] = { "PATH", "use relative paths, or -ffile-prefix-map" },
	[CAUSE_IDENTITY] = { "IDENTITY", "leave host, user and home out, or fix them" },
	[CAUSE_LOCALE] = { "LOCALE", "set LC_ALL=C and TZ=UTC for what depends on them" },
	[CAUSE_KERNEL] = { "KERNEL/CPU",
		"say for which machine to build, instead of looking at this one" },
	[CAUSE_MEMORY] = { "MEMORY",
		"do not write addresses, process ids or sizes of the machine" },
	[CAUSE_TOOLCHAIN] = { "TOOLCHAIN", "pin the tool in the lock" },
	[CAUSE_INPUT] = { "INPUT", "declare it in assay.yaml, or do without it" },
	[CAUSE_METADATA] = { "METADATA", "set modes, owners and times when packing" },
};

static const uint8_t class_of[VARIATION_N] = {
	[VARIATION_CLOCK] = CAUSE_TIME,
	[VARIATION_RANDOM] = CAUSE_RANDOM,
	[VARIATION_ADDRESSES] = CAUSE_MEMORY,
	[VARIATION_PIDS] = CAUSE_MEMORY,
	[VARIATION_HOST_NAME] = CAUSE_IDENTITY,
	[VARIATION_USER] = CAUSE_IDENTITY,
	[VARIATION_HOME] = CAUSE_IDENTITY,
	[VARIATION_UMASK] = CAUSE_METADATA,
	[VARIATION_ENVIRONMENT] = CAUSE_INPUT,
	[VARIATION_LOCALE] = CAUSE_LOCALE,
	[VARIATION_ZONE] = CAUSE_LOCALE,
	[VARIATION_KERNEL] = CAUSE_KERNEL,
	[VARIATION_PROCESSORS] = CAUSE_PARALLEL,
	[VARIATION_MEMORY] = CAUSE_KERNEL,
	[VARIATION_FILE_TIMES] = CAUSE_TIME,
	[VARIATION_FILE_ORDER] = CAUSE_ORDER,
	[VARIATION_FILE_NUMBERS] = CAUSE_METADATA,
	[VARIATION_PATH] = CAUSE_PATH,
	[VARIATION_SCHEDULE] = CAUSE_PARALLEL,
	[VARIATION_OUTSIDE_PATH] = CAUSE_PATH,
	[VARIATION_OUTSIDE_HOST_NAME] = CAUSE_IDENTITY,
	[VARIATION_OUTSIDE_USER] = CAUSE_IDENTITY,
	[VARIATION_OUTSIDE_HOME] = CAUSE_IDENTITY,
	[VARIATION_OUTSIDE_UMASK] = CAUSE_METADATA,
	[VARIATION_OUTSIDE_ENVIRONMENT] = CAUSE_INPUT,
	[VARIATION_OUTSIDE_LOCALE] = CAUSE_LOCALE,
	[VARIATION_OUTSIDE_ZONE] = CAUSE_LOCALE,
	[VARIATION_OUTSIDE_PROCESSORS] = CAUSE_PARALLEL,
	[VARIATION_OUTSIDE_PRIORITY] = CAUSE_PARALLEL,
	[VARIATION_SOURCE_ORDER] = CAUSE_ORDER,
	[VARIATION_UNPACKING] = CAUSE_ORDER,
};

static bool in(enum variation v, uint64_t set)
{
	return (VARIATION_BIT(v) & set) != 0;
}

enum cause_class cause_of(enum variation v, const struct cause_bytes *bytes)
{
	const uint64_t processors = VARIATION_BIT(VARIATION_PROCESSORS) |
				    VARIATION_BIT(VARIATION_OUTSIDE_PROCESSORS);
	const uint64_t owned = VARIATION_BIT(VARIATION_CLOCK) |
			       VARIATION_BIT(VARIATION_FILE_TIMES) | VARIATION_BIT(VARIATION_USER) |
			       VARIATION_BIT(VARIATION_OUTSIDE_USER);

	if (bytes->reordered)
		return class_of[v] == CAUSE_PARALLEL ? CAUSE_PARALLEL : CAUSE_ORDER;
	if (bytes->metadata)
		return bytes->canary && in(v, owned) ? class_of[v] : CAUSE_METADATA;
	if (in(v, processors) && bytes->canary)
		return CAUSE_KERNEL;
	return class_of[v];
}

const char *cause_name(enum cause_class c)
{
	return classes[c].name;
}

const char *cause_by_name(enum cause_by by)
{
	static const char *const names[] = { "none", "canary", "bisection", "content" };

	return names[by];
}

const char *cause_remedy(enum cause_class c)
{
	return classes[c].remedy;
}
