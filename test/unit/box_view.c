/*
 * What a step sees by default, with every channel given another value, and with each channel released alone.
 */
#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box_view.h"

#include <errno.h>
#include <sys/personality.h>

#include "box_made.h"

/* ---- inside ---- */

static int probe(void)
{
	mode_t mask = umask(0);
	char folder_seen[512] = "";
	int on_stack = 0;

	printf("user %u %u\n", getuid(), getgid());
	printf("umask %o\n", mask);
	printf("pid %d\n", getpid());
	printf("in %s\n", getcwd(folder_seen, sizeof folder_seen));
	printf("fixed addresses %d\n", (personality(0xffffffff) & ADDR_NO_RANDOMIZE) != 0);
	printf("stack %p\n", (void *)&on_stack);
	return 0;
}

/* ---- outside ---- */

static const struct box_command commands[] = {
	{ (const char *const[]){ "/probe", "probe", NULL } },
	SHELL("env; cat /etc/passwd /etc/group /etc/hosts /etc/hostname; uname -n; date +%s"),
};

static void defaults(void)
{
	CHECK(run_view((struct box_view){ 0 }, commands, 2));
	CHECK(says("user 1000 1000\numask 22\npid 2\nin /build\nfixed addresses 1\nstack 0x7ff"));
	CHECK(says("HOME=/build\n") && says("USER=build\n") && says("LC_ALL=C.UTF-8\n") &&
		says("TZ=UTC\n"));
	CHECK(says("build:x:1000:1000:build:/build:/bin/sh\n") && says("build:x:1000:\n"));
	CHECK(says("127.0.0.1 localhost assay\nassay\nassay\n1700000001\n"));
}

/* Each value as `check` would choose it. */
static void canaries(void)
{
	static const char *const env[] = { "CAPTURE=the environment", NULL };
	const struct box_view view = { .clock_start = 1800000000,
		.host_name = "i-capture-the-hostname",
		.user = "second",
		.user_id = 2222,
		.home = "/nonexistent/second",
		.umask_bits = 002,
		.env = env,
		.locale = "et_EE.UTF-8",
		.zone = "Etc/GMT-14",
		.work = "/i/capture/the/path",
		.pid_base = 500,
		.random_addresses = true };

	CHECK(run_view(view, commands, 2));
	CHECK(says(
		"user 2222 2222\numask 2\npid 500\nin /i/capture/the/path\nfixed addresses 0\n"));
	CHECK(says("HOME=/nonexistent/second\n") && says("USER=second\n") &&
		says("LC_ALL=et_EE.UTF-8\n") && says("TZ=Etc/GMT-14\n") &&
		says("CAPTURE=the environment\n"));
	CHECK(says("second:x:2222:2222:second:/nonexistent/second:/bin/sh\n"));
	CHECK(says("127.0.0.1 localhost i-capture-the-hostname\n") && says("1800000001\n"));
}

/* The outside's own, as far as a step can see it. */
static bool has(const char *text)
{
	return memmem(printed.p, printed.n, text, strlen(text)) != NULL;
}

static void released(void)
{
	char text[600], host[256] = "";

	for (unsigned c = 0; c < BOX_N_CHANNELS; c++) {
		CHECK(run_view((struct box_view){ .released = 1U << c }, commands, 2));
		CHECK(has("umask 22\n") == (c != BOX_UMASK));
		CHECK(has("\n1700000001\n") == (c != BOX_CLOCK));
		CHECK(has("in /build\n") == (c != BOX_PATH));
		CHECK(has("fixed addresses 1") == (c != BOX_ADDRESSES));
	}
	CHECK(gethostname(host, sizeof host - 1) == 0);
	snprintf(text, sizeof text, "localhost %s\n", host);
	CHECK(run_view((struct box_view){ .released = 1U << BOX_HOST_NAME }, commands, 2));
	CHECK(says(text));
	snprintf(text, sizeof text, "user %u %u\n", geteuid(), geteuid());
	CHECK(run_view((struct box_view){ .released = 1U << BOX_USER_NAME }, commands, 1));
	CHECK(says(text));
	/* All at once: processes are counted, and no call of theirs stops. */
	CHECK(run_view((struct box_view){ .released = BOX_ALL_CHANNELS }, commands, 2));
	CHECK(says("HOME=/home/of-the-test\n") && says("umask 77\n"));
}

static void bad_views(void)
{
	struct box_job job = { .commands = commands, .n_commands = 1, .view = { .work = "build" } };
	struct box_result r;
	struct err e = { 0 };

	CHECK_ERR(run_job(&r, job, &e), e, ERR_USAGE);
	job.view = (struct box_view){ .n_processors = BOX_PROCESSORS_MAX + 1 };
	CHECK_ERR(run_job(&r, job, &e), e, ERR_USAGE);
}

static void names(void)
{
	for (unsigned c = 0; c < BOX_N_CHANNELS; c++)
		CHECK(box_channel_from_name(str_of(box_channel_name((enum box_channel)c))) == c);
	CHECK(box_channel_from_name(STR("clocks")) == BOX_N_CHANNELS);
	CHECK(box_channel_from_name(STR("")) == BOX_N_CHANNELS);
}

static int suite(void)
{
	setenv("HOME", "/home/of-the-test", 1);
	set_up();
	umask(077);
	defaults();
	canaries();
	released();
	bad_views();
	names();
	return tear_down();
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "probe"))
		return probe();
	return as_both_users();
}
