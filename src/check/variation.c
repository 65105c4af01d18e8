#include "check/variation.h"

#include "base/buf.h"
#include "base/banned.h"

static const struct {
	const char *name, *words;
} variations[VARIATION_N] = {
	[VARIATION_CLOCK] = { "clock", "the clock" },
	[VARIATION_RANDOM] = { "random", "the random numbers" },
	[VARIATION_ADDRESSES] = { "addresses", "the layout of addresses" },
	[VARIATION_PIDS] = { "pids", "the numbers of processes" },
	[VARIATION_HOST_NAME] = { "host-name", "the host name" },
	[VARIATION_USER] = { "user", "the user" },
	[VARIATION_HOME] = { "home", "the home folder" },
	[VARIATION_UMASK] = { "umask", "the umask" },
	[VARIATION_ENVIRONMENT] = { "environment", "the environment" },
	[VARIATION_LOCALE] = { "locale", "the locale" },
	[VARIATION_ZONE] = { "zone", "the time zone" },
	[VARIATION_KERNEL] = { "kernel", "the kernel's version" },
	[VARIATION_PROCESSORS] = { "processors", "the processors" },
	[VARIATION_MEMORY] = { "memory", "the size of the memory" },
	[VARIATION_FILE_TIMES] = { "file-times", "the times of files" },
	[VARIATION_FILE_ORDER] = { "file-order", "the order of files in folders" },
	[VARIATION_FILE_NUMBERS] = { "file-numbers", "the numbers of files" },
	[VARIATION_PATH] = { "path", "the path of the work folder" },
	[VARIATION_SCHEDULE] = { "schedule", "which process comes first" },
	[VARIATION_OUTSIDE_PATH] = { "outside-path", "the path outside of the box" },
	[VARIATION_OUTSIDE_HOST_NAME] = { "outside-host-name", "the host name outside of the box" },
	[VARIATION_OUTSIDE_USER] = { "outside-user", "the user outside of the box" },
	[VARIATION_OUTSIDE_HOME] = { "outside-home", "the home folder outside of the box" },
	[VARIATION_OUTSIDE_UMASK] = { "outside-umask", "the umask outside of the box" },
	[VARIATION_OUTSIDE_ENVIRONMENT] = { "outside-environment",
		"the environment outside of the box" },
	[VARIATION_OUTSIDE_LOCALE] = { "outside-locale", "the locale outside of the box" },
	[VARIATION_OUTSIDE_ZONE] = { "outside-zone", "the time zone outside of the box" },
	[VARIATION_OUTSIDE_PROCESSORS] = { "outside-processors",
		"the processors outside of the box" },
	[VARIATION_OUTSIDE_PRIORITY] = { "outside-priority", "the priority of the build" },
	[VARIATION_SOURCE_ORDER] = { "source-order", "the order in which sources are laid out" },
	[VARIATION_UNPACKING] = { "unpacking", "the unpacking of the packages" },
};

static const struct {
	const char *name;
	uint64_t set;
} groups[] = {
	{ "all", VARIATION_CHANNELS },
	{ "time", VARIATION_BIT(VARIATION_CLOCK) | VARIATION_BIT(VARIATION_FILE_TIMES) },
	{ "outside", VARIATION_OUTSIDE },
};

const char *variation_name(enum variation v)
{
	return variations[v].name;
}

const char *variation_words(enum variation v)
{
	return variations[v].words;
}

static bool find(struct str word, uint64_t *set)
{
	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		if (str_is(word, groups[i].name)) {
			*set |= groups[i].set;
			return true;
		}
	for (size_t v = 0; v < VARIATION_N; v++)
		if (str_is(word, variations[v].name)) {
			*set |= VARIATION_BIT(v);
			return true;
		}
	return false;
}

static bool unknown(struct str word, struct err *e)
{
	CLEANUP(buf_done) struct buf names = buf_init(sizeof e->hint);

	for (size_t i = 0; i < ARRAY_LEN(groups); i++)
		buf_printf(&names, "%s ", groups[i].name);
	for (size_t v = 0; v < VARIATION_OUTSIDE_PATH; v++)
		buf_printf(&names, "%s ", variations[v].name);
	err_set(e, ERR_USAGE, "'%.*s' is nothing that can be varied", STR_ARG(word));
	return err_hint(e, "there are: %.*s", STR_ARG(str_trim(buf_str(&names))));
}

bool variation_parse(uint64_t *ret, struct str list, struct err *e)
{
	uint64_t set = 0;
	struct str word, rest = list;
	bool more;

	do {
		more = str_cut(rest, ',', &word, &rest);
		if (!find(str_trim(word), &set))
			return unknown(str_trim(word), e);
	} while (more);
	*ret = set;
	return true;
}
