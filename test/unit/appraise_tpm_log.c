#include "appraise/appraise_tpm.h"

#include "machine_made.h"

static struct machine m;
static struct appraise_out out;

/* A log of a confidential guest is refused for what it is, and not only because its registers are others. */
static void confidential_guest(void)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(8 << 20);
	const struct check *c;
	struct err e = { 0 };
	struct buf b;

	machine_init(&m, a);
	machine_sign(&m);
	b = made_log(0);
	b.p[0] = 1; /* the register of its header */
	m.bundle.firmware_log = kept(&m, b);
	CHECK_OK(appraise_tpm(&out, &m.in, a, &e), e);
	c = check_find(&out.verdict.checks, "event-log");
	CHECK(c && c->result == CHECK_FAILED && strstr(c->reason.p, "confidential guest"));
	CHECK(!out.log_holds && !verdict_affirms(&out.verdict));
	machine_done(&m);
}

int main(void)
{
	made_keys();
	confidential_guest();
	made_keys_done();
	return test_end();
}
