#include "check/canary_view.h"

#include <stdio.h>

#include "base/banned.h"

static bool varies(uint64_t variations, enum variation v)
{
	return (variations & VARIATION_BIT(v)) != 0;
}

static void show_times_and_numbers(
	struct box_view *view, const struct canaries *c, uint64_t variations, bool shuffled)
{
	if (varies(variations, VARIATION_CLOCK))
		view->clock_start = c->clock_start;
	if (varies(variations, VARIATION_RANDOM))
		view->seed = c->random_seed;
	view->random_addresses = varies(variations, VARIATION_ADDRESSES);
	if (varies(variations, VARIATION_PIDS))
		view->pid_base = c->pid_base;
	if (varies(variations, VARIATION_UMASK))
		view->umask_bits = (int)c->umask_bits;
	if (varies(variations, VARIATION_MEMORY))
		view->memory = c->memory;
	if (varies(variations, VARIATION_FILE_TIMES))
		view->file_time_offset = c->file_time_offset;
	if (varies(variations, VARIATION_FILE_ORDER))
		view->file_order = shuffled ? BOX_ORDER_SHUFFLED : BOX_ORDER_REVERSED;
	if (varies(variations, VARIATION_FILE_NUMBERS))
		view->file_number_base = c->file_number_base;
	if (varies(variations, VARIATION_SCHEDULE))
		view->disturb = c->disturb;
}

static void show_texts(struct canary_view *v, const struct canaries *c, uint64_t variations)
{
	struct box_view *view = &v->view;

	if (varies(variations, VARIATION_HOST_NAME))
		view->host_name = c->host_name;
	if (varies(variations, VARIATION_USER)) {
		view->user = c->user;
		view->user_id = c->user_id;
	}
	if (varies(variations, VARIATION_HOME))
		view->home = c->home;
	if (varies(variations, VARIATION_ENVIRONMENT)) {
		v->env[0] = c->variable;
		view->env = v->env;
	}
	if (varies(variations, VARIATION_ZONE))
		view->zone = c->zone;
	if (varies(variations, VARIATION_KERNEL)) {
		view->kernel_release = c->kernel_release;
		view->kernel_version = c->kernel_version;
	}
	if (varies(variations, VARIATION_PROCESSORS)) {
		view->n_processors = c->n_processors;
		view->processor_model = c->processor_model;
	}
	if (varies(variations, VARIATION_PATH)) {
		snprintf(v->work, sizeof v->work, "%s/build", c->path);
		view->work = v->work;
		/* Else the home folder would go with it. */
		if (!view->home)
			view->home = "/build";
	}
}

void canary_view_make(struct canary_view *ret, const struct canaries *c, uint64_t variations,
	const char *locale, bool shuffled)
{
	*ret = (struct canary_view){ .env = { NULL } };
	show_times_and_numbers(&ret->view, c, variations, shuffled);
	show_texts(ret, c, variations);
	if (varies(variations, VARIATION_LOCALE))
		ret->view.locale = locale;
}
