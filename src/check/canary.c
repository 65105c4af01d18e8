#include "check/canary.h"

#include <stdio.h>

#include "base/banned.h"

enum { HOUR = 3600, DAY = 24 * HOUR };

/* A stream of numbers from the seed, one after the other. */
struct source {
	uint8_t state[SHA256_SIZE + 4];
	uint32_t n;
};

static uint64_t next(struct source *s)
{
	uint8_t out[SHA256_SIZE];
	uint64_t v = 0;

	for (size_t i = 0; i < 4; i++)
		s->state[SHA256_SIZE + i] = (uint8_t)(s->n >> (8 * i));
	s->n++;
	sha256_of(out, SPAN_OF(s->state));
	for (size_t i = 0; i < sizeof v; i++)
		v = v << 8 | out[i];
	return v;
}

static uint64_t below(struct source *s, uint64_t n)
{
	return next(s) % n;
}

/* Letters that stand for nothing in hexadecimal, so that no digest has them. */
static void make_tag(struct source *s, char tag[static CANARY_TAG + 1])
{
	static const char letters[] = "ghjkmnpqrstuvwxyz";
	uint64_t v = next(s);

	for (size_t i = 0; i < CANARY_TAG; i++, v /= sizeof letters - 1)
		tag[i] = letters[v % (sizeof letters - 1)];
	tag[CANARY_TAG] = 0;
}

static struct canary *add(struct canaries *c, enum variation v, enum canary_form form)
{
	struct canary *item = &c->items[c->n++];

	*item = (struct canary){ .variation = v, .form = form };
	return item;
}

/* The value is BEFORE TAG BEHIND; it is looked for as a whole and by its tag. */
static void plant_text(struct canaries *c, struct source *s, enum variation v,
	char value[static CANARY_TEXT_MAX], const char *before, const char *behind)
{
	struct canary *item = add(c, v, CANARY_TEXT);
	char tag[CANARY_TAG + 1];

	make_tag(s, tag);
	memcpy(item->tag, tag, sizeof tag);
	snprintf(item->text, sizeof item->text, "%s%s%s", before, tag, behind);
	memcpy(value, item->text, sizeof item->text);
}

static void plant_range(
	struct canaries *c, enum variation v, enum canary_form form, uint64_t from, uint64_t more)
{
	struct canary *item = add(c, v, form);

	item->from = from;
	item->to = from + more;
}

static void plant_texts(struct canaries *c, struct source *s)
{
	plant_text(c, s, VARIATION_HOST_NAME, c->host_name, "i-capture-the-hostname-", "");
	plant_text(c, s, VARIATION_USER, c->user, "capture-", "");
	plant_text(c, s, VARIATION_HOME, c->home, "/i/capture/the/home-", "");
	plant_text(c, s, VARIATION_ENVIRONMENT, c->variable, "CAPTURE_THE_ENVIRONMENT=", "");
	plant_text(c, s, VARIATION_ZONE, c->zone, "", "-14");
	plant_text(c, s, VARIATION_KERNEL, c->kernel_release, "4.6.0-canary-", "");
	plant_text(c, s, VARIATION_KERNEL, c->kernel_version, "#1 SMP canary ", "");
	plant_text(c, s, VARIATION_PROCESSORS, c->processor_model, "Canary processor ", "");
	plant_text(c, s, VARIATION_PATH, c->path, "/i/capture/the/path-", "");
	plant_text(
		c, s, VARIATION_OUTSIDE_PATH, c->outside_path, "i/capture/the/outside-path-", "");
	plant_text(c, s, VARIATION_OUTSIDE_HOST_NAME, c->outside_host_name,
		"i-capture-the-outside-", "");
	plant_text(
		c, s, VARIATION_OUTSIDE_HOME, c->outside_home, "/i/capture/the/outside-home-", "");
	plant_text(c, s, VARIATION_OUTSIDE_ENVIRONMENT, c->outside_variable,
		"CAPTURE_THE_OUTSIDE=", "");
	plant_text(c, s, VARIATION_OUTSIDE_ZONE, c->outside_zone, "", "-14");
}

static void plant_numbers(struct canaries *c, struct source *s)
{
	c->user_id = (unsigned)(20000 + below(s, 20000));
	c->outside_user_id = (unsigned)(40000 + below(s, 20000));
	c->pid_base = (unsigned)(10000 + below(s, 15000));
	c->n_processors = 7;
	c->umask_bits = 0002;
	c->memory = (5ULL << 30) + (1 + below(s, 4000)) * (1 << 16);
	c->file_number_base = 0x40000000 + below(s, 0x30000) * CANARY_FILES;
	c->disturb = next(s) | 1;
	plant_range(c, VARIATION_USER, CANARY_NUMBER, c->user_id, 0);
	plant_range(c, VARIATION_OUTSIDE_USER, CANARY_NUMBER, c->outside_user_id, 0);
	plant_range(c, VARIATION_PIDS, CANARY_NUMBER, c->pid_base, CANARY_PROCESSES);
	plant_range(c, VARIATION_PROCESSORS, CANARY_NUMBER, c->n_processors, 0);
	plant_range(c, VARIATION_MEMORY, CANARY_NUMBER, c->memory, 0);
	plant_range(c, VARIATION_MEMORY, CANARY_NUMBER, c->memory >> 10, 0);
	plant_range(
		c, VARIATION_FILE_NUMBERS, CANARY_NUMBER, c->file_number_base, CANARY_FILES - 1);
}

void canary_make(
	struct canaries *ret, const uint8_t seed[static SHA256_SIZE], int64_t source_date_epoch)
{
	struct source s = { .n = 0 };

	*ret = (struct canaries){ .n = 0 };
	memcpy(s.state, seed, SHA256_SIZE);
	for (size_t i = 0; i < SHA256_SIZE; i++)
		ret->random_seed[i] = (uint8_t)next(&s);
	plant_texts(ret, &s);
	plant_numbers(ret, &s);
	/* Another year, another day and another hour, each for those who see no more of it. */
	ret->clock_start = source_date_epoch + 366 * DAY + 3 * HOUR + (int64_t)below(&s, 17 * HOUR);
	ret->file_time_offset = 200 * DAY + (int64_t)below(&s, 100 * DAY);
	plant_range(ret, VARIATION_CLOCK, CANARY_TIME, (uint64_t)ret->clock_start, CANARY_BUILD_S);
	plant_range(ret, VARIATION_FILE_TIMES, CANARY_TIME,
		(uint64_t)(source_date_epoch + ret->file_time_offset), CANARY_BUILD_S);
}

void canary_keep_outside(struct canaries *to, const struct canaries *from)
{
	memcpy(to->outside_path, from->outside_path, sizeof to->outside_path);
	memcpy(to->outside_host_name, from->outside_host_name, sizeof to->outside_host_name);
	memcpy(to->outside_home, from->outside_home, sizeof to->outside_home);
	memcpy(to->outside_variable, from->outside_variable, sizeof to->outside_variable);
	memcpy(to->outside_zone, from->outside_zone, sizeof to->outside_zone);
	to->outside_user_id = from->outside_user_id;
	for (size_t i = 0; i < to->n; i++)
		if (to->items[i].variation >= VARIATION_OUTSIDE_PATH)
			to->items[i] = from->items[i];
}
