/* Work in another machine: each variation shows there, and nothing of it here. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "check/outside.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "check/canary_view.h"
#include "sys/par.h"
#include "test.h"

static struct canaries c;

static bool says(bool ok, const char *what, struct err *e)
{
	return ok || err_set(e, ERR_MISMATCH, "%s", what);
}

static bool look(void *ctx, struct err *e)
{
	const uint64_t *v = ctx;
	char host[256] = "";

	gethostname(host, sizeof host - 1);
	if ((*v & VARIATION_BIT(VARIATION_OUTSIDE_HOST_NAME)) &&
		!says(!strcmp(host, c.outside_host_name), host, e))
		return false;
	if ((*v & VARIATION_BIT(VARIATION_OUTSIDE_USER)) &&
		!says(getuid() == c.outside_user_id && geteuid() == getuid(), "user", e))
		return false;
	if ((*v & VARIATION_BIT(VARIATION_OUTSIDE_PROCESSORS)) &&
		!says(par_cores() == 1, "processors", e))
		return false;
	return says(umask(0) == 0002, "umask", e) &&
	       says(getpriority(PRIO_PROCESS, 0) > 0, "priority", e) &&
	       says(!strcmp(getenv("HOME"), c.outside_home), "home", e) &&
	       says(!strcmp(getenv("TZ"), c.outside_zone), "zone", e) &&
	       says(!strcmp(getenv("LC_ALL"), "et_EE.UTF-8"), "locale", e) &&
	       says(strstr(c.outside_variable, getenv("CAPTURE_THE_OUTSIDE")), "variable", e);
}

static void shows(void)
{
	uint64_t v = VARIATION_OUTSIDE;
	struct outside o = { &c, 0, "/" };
	struct err e = { 0 };
	char before[256] = "", after[256] = "";

	for (enum variation i = VARIATION_OUTSIDE_PATH; i < VARIATION_N; i++) {
		struct err why = { 0 };

		if (outside_cannot(i, &c, &why))
			v &= ~VARIATION_BIT(i);
		CHECK(!why.kind || strlen(why.text) > 10);
	}
	CHECK(v & VARIATION_BIT(VARIATION_OUTSIDE_HOME));
	CHECK(geteuid() != 0 || (v & VARIATION_BIT(VARIATION_OUTSIDE_USER)));
	CHECK(geteuid() == 0 || !(v & VARIATION_BIT(VARIATION_OUTSIDE_USER)));
	gethostname(before, sizeof before - 1);
	umask(022);
	o.variations = v;
	CHECK_OK(outside_run(&o, look, &v, &e), e);
	gethostname(after, sizeof after - 1);
	CHECK(!strcmp(before, after) && umask(022) == 022 && !getenv("CAPTURE_THE_OUTSIDE"));
}

static bool fails(void *ctx, struct err *e)
{
	(void)ctx;
	return err_set(e, ERR_NOTFOUND, "there is none");
}

static bool dies(void *ctx, struct err *e)
{
	(void)ctx, (void)e;
	abort();
}

static void failures(void)
{
	const struct outside o = { &c, 0, "/" };
	struct err e = { 0 };

	CHECK_ERR(outside_run(&o, fails, NULL, &e), e, ERR_NOTFOUND);
	CHECK(!strcmp(e.text, "there is none"));
	CHECK_ERR(outside_run(&o, dies, NULL, &e), e, ERR_IO);
}

/* What the box is told with one channel varied: that one, and no other. */
static void views(void)
{
	const struct box_view none = { 0 };
	struct canary_view v;

	canary_view_make(&v, &c, 0, "C", false);
	CHECK(!memcmp(&v.view, &none, sizeof none));
	for (enum variation i = 0; i < VARIATION_OUTSIDE_PATH; i++) {
		canary_view_make(&v, &c, VARIATION_BIT(i), "C", false);
		CHECK(memcmp(&v.view, &none, sizeof none));
		CHECK(!strcmp(variation_name(i), box_channel_name((enum box_channel)i)));
	}
	CHECK(VARIATION_OUTSIDE_PATH == (int)BOX_N_CHANNELS);
	canary_view_make(&v, &c, VARIATION_BIT(VARIATION_PATH), "C", false);
	CHECK(!strcmp(v.view.home, "/build") && !strncmp(v.view.work, c.path, strlen(c.path)));
	canary_view_make(&v, &c, VARIATION_BIT(VARIATION_FILE_ORDER), "C", true);
	CHECK(v.view.file_order == BOX_ORDER_SHUFFLED);
}

int main(void)
{
	static const uint8_t seed[SHA256_SIZE] = { 7 };

	canary_make(&c, seed, 1763900000);
	shows();
	failures();
	views();
	return test_end();
}
