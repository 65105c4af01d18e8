/* Levels of platforms that are changed number by number, and what the three judgements say together. */
#include "trust/tdx_tcb.h"

#include "tdx_documents.h"

static struct arena *a;

/* A platform with its quote, as far as levels are concerned. */
struct machine {
	uint8_t svn[16], svn2[16];
	bool tdx_15;
	uint16_t qe_svn;
	struct pck_extension pck;
	struct made_tcb_info info;
	struct made_identity qe;
};

static struct machine honest(void)
{
	struct made_tdx m = made_honest();

	return (struct machine){ { 6, 1, 3 }, { 6, 1, 3 }, false, 4, m.platform, made_honest_info(),
		made_honest_identity() };
}

static bool evaluate(struct tdx_tcb *t, const struct machine *m, struct err *e)
{
	CLEANUP(buf_done) struct buf info_text = made_info_body(&m->info);
	CLEANUP(buf_done) struct buf qe_text = made_identity_body(&m->qe);
	struct tdx_quote q = { .tee_tcb_svn = SPAN_OF(m->svn), .qe.isv_svn = m->qe_svn };
	static struct tcb_info info; /* what *t points into */
	static struct qe_identity qe;

	if (m->tdx_15)
		q.tee_tcb_svn2 = SPAN_OF(m->svn2);
	CHECK_OK(tcb_info_parse(&info, span_make(info_text.p, info_text.n - 1), a, e) &&
			 qe_identity_parse(&qe, span_make(qe_text.p, qe_text.n - 1), a, e),
		*e);
	return tdx_tcb_evaluate(t, &q, &m->pck, &info, &qe, e);
}

typedef void change(struct machine *m);

static void none(struct machine *m)
{
	(void)m;
}
static void exactly(struct machine *m)
{
	m->pck.components[7] = 5;
	m->pck.pce_svn = 13;
	m->svn[2] = 3;
}
static void early_behind(struct machine *m)
{
	m->pck.components[0] = 2;
}
static void pce_behind(struct machine *m)
{
	m->pck.pce_svn = 12;
}
static void seamldr_behind(struct machine *m)
{
	m->pck.components[7] = 4;
}
static void late_behind(struct machine *m)
{
	m->svn[2] = 2;
}
static void below_all(struct machine *m)
{
	m->pck.components[7] = 3;
}
static void tdx_below_all(struct machine *m)
{
	m->svn[2] = 1;
}
static void pce_below_all(struct machine *m)
{
	m->pck.pce_svn = 4;
}
static void all_below(struct machine *m)
{
	m->pck.components[7] = 3;
	m->pck.pce_svn = 4;
}
static void last_component(struct machine *m)
{
	m->info.levels[0].early = 3;
	m->svn[15] = 0;
	m->pck.components[15] = 0;
}
static void module_behind(struct machine *m)
{
	m->svn[0] = 5;
}
static void module_below(struct machine *m)
{
	m->svn[0] = 3;
}
static void other_module(struct machine *m)
{
	m->svn[1] = 2;
}
static void no_identities(struct machine *m)
{
	m->info.without_identities = true;
}
static void old_module(struct machine *m)
{
	m->svn[1] = 0;
	m->svn[0] = 5;
}
static void old_module_behind(struct machine *m)
{
	m->svn[1] = 0;
	m->svn[0] = 4; /* without a version of its own it counts in the platform's level */
}
static void old_module_unknown(struct machine *m)
{
	m->svn[1] = 0;
	m->info.without_module = true;
}
static void qe_behind(struct machine *m)
{
	m->qe_svn = 3;
}
static void qe_below(struct machine *m)
{
	m->qe_svn = 1;
}
static void hardening(struct machine *m)
{
	m->info.levels[0].status = "SWHardeningNeeded";
}
static void hardening_module_old(struct machine *m)
{
	hardening(m);
	module_behind(m);
}
static void configuration_qe_old(struct machine *m)
{
	m->info.levels[0].status = "ConfigurationNeeded";
	m->qe_svn = 3;
}
static void module_revoked(struct machine *m)
{
	m->info.modules[0].status = "Revoked";
}
static void relaunch(struct machine *m)
{
	module_behind(m);
	m->tdx_15 = true;
}
static void relaunch_configuration(struct machine *m)
{
	relaunch(m);
	m->info.levels[0].status = "ConfigurationNeeded";
}
static void relaunch_late(struct machine *m)
{
	late_behind(m);
	m->tdx_15 = true;
}
static void relaunch_late_configuration(struct machine *m)
{
	relaunch_late(m);
	m->info.levels[1].status = "OutOfDateConfigurationNeeded";
}
static void relaunch_too_old(struct machine *m)
{
	relaunch(m);
	m->svn2[0] = 5;
}
static void relaunch_unknown(struct machine *m)
{
	relaunch(m);
	m->svn2[1] = 9;
}
static void runs_unknown(struct machine *m)
{
	m->tdx_15 = true;
	m->svn2[1] = 9;
}
static void relaunch_platform_old(struct machine *m)
{
	relaunch(m);
	m->pck.components[0] = 2;
}
static void relaunch_qe_old(struct machine *m)
{
	relaunch(m);
	m->qe_svn = 3;
}
static void relaunch_not_needed(struct machine *m)
{
	m->tdx_15 = true;
	m->svn2[0] = 7;
}

static const struct {
	change *how;
	enum tcb_status status; /* NONE: refused for the reason */
	size_t behind[3];
	const char *reason;
} cases[] = {
	{ none, TCB_STATUS_UP_TO_DATE, { 0, 0, 0 }, NULL },
	{ exactly, TCB_STATUS_UP_TO_DATE, { 0, 0, 0 }, NULL },
	{ last_component, TCB_STATUS_UP_TO_DATE, { 0, 0, 0 }, NULL },
	{ early_behind, TCB_STATUS_OUT_OF_DATE, { 1, 0, 0 }, NULL },
	{ pce_behind, TCB_STATUS_REVOKED, { 2, 0, 0 }, NULL },
	{ seamldr_behind, TCB_STATUS_REVOKED, { 2, 0, 0 }, NULL },
	{ late_behind, TCB_STATUS_OUT_OF_DATE, { 1, 0, 0 }, NULL },
	{ below_all, 0, { 0 }, "SGX component 7 (SEAMLDR ACM) is 3, want 4" },
	{ tdx_below_all, 0, { 0 }, "TDX component 2 () is 1, want 2" },
	{ pce_below_all, 0, { 0 }, "PCE, component 0 (PCE) is 4, want 5" },
	{ all_below, 0, { 0 }, "SGX component 7 (SEAMLDR ACM) is 3, want 4, and more" },
	{ module_behind, TCB_STATUS_OUT_OF_DATE, { 0, 1, 0 }, NULL },
	{ module_below, 0, { 0 }, "TDX module TDX_01: version 3 is below" },
	{ other_module, 0, { 0 }, "no TDX module identity 'TDX_02'" },
	{ no_identities, 0, { 0 }, "no TDX module identity 'TDX_01'" },
	{ old_module, TCB_STATUS_UP_TO_DATE, { 0, 0, 0 }, NULL },
	{ old_module_behind, TCB_STATUS_REVOKED, { 2, 0, 0 }, NULL },
	{ old_module_unknown, 0, { 0 }, "no 'tdxModule'" },
	{ qe_behind, TCB_STATUS_OUT_OF_DATE, { 0, 0, 1 }, NULL },
	{ qe_below, 0, { 0 }, "quoting enclave: ISVSVN 1" },
	{ hardening, TCB_STATUS_SW_HARDENING_NEEDED, { 0, 0, 0 }, NULL },
	{ hardening_module_old, TCB_STATUS_OUT_OF_DATE, { 0, 1, 0 }, NULL },
	{ configuration_qe_old, TCB_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED, { 0, 0, 1 }, NULL },
	{ module_revoked, TCB_STATUS_REVOKED, { 0, 0, 0 }, NULL },
	{ relaunch, TCB_STATUS_TD_RELAUNCH_ADVISED, { 0, 1, 0 }, NULL },
	{ relaunch_configuration, TCB_STATUS_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED, { 0, 1, 0 },
		NULL },
	{ relaunch_late, TCB_STATUS_TD_RELAUNCH_ADVISED, { 1, 0, 0 }, NULL },
	{ relaunch_late_configuration, TCB_STATUS_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED,
		{ 1, 0, 0 }, NULL },
	{ relaunch_too_old, TCB_STATUS_OUT_OF_DATE, { 0, 1, 0 }, NULL },
	{ relaunch_unknown, 0, { 0 },
		"what runs now, by TEE_TCB_SVN2: TCB info: it has no TDX module identity 'TDX_09'" },
	{ runs_unknown, 0, { 0 },
		"what runs now, by TEE_TCB_SVN2: TCB info: it has no TDX module identity 'TDX_09'" },
	{ relaunch_platform_old, TCB_STATUS_OUT_OF_DATE, { 1, 1, 0 }, NULL },
	{ relaunch_qe_old, TCB_STATUS_OUT_OF_DATE, { 0, 1, 1 }, NULL },
	{ relaunch_not_needed, TCB_STATUS_UP_TO_DATE, { 0, 0, 0 }, NULL },
};

static void levels(void)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct machine m = honest();
		struct tdx_tcb t = { 0 };
		struct err e = { 0 };
		bool ok;

		cases[i].how(&m);
		ok = evaluate(&t, &m, &e);
		if (ok != !cases[i].reason || t.status != cases[i].status)
			fprintf(stderr, "%zu: %s %s\n", i, tcb_status_name(t.status), e.text);
		CHECK(ok == !cases[i].reason && t.status == cases[i].status);
		CHECK(t.platform_behind == cases[i].behind[0] &&
			t.module_behind == cases[i].behind[1] && t.qe_behind == cases[i].behind[2]);
		CHECK(ok || strstr(e.text, cases[i].reason));
		CHECK(cases[i].how != below_all || !strstr(e.text, "and more"));
		CHECK(cases[i].how != all_below || strstr(e.text, "and more"));
	}
}

static void dates_and_advisories(void)
{
	struct machine m = honest();
	struct str list[TDX_TCB_ADVISORIES_MAX];
	struct tdx_tcb t = { 0 };
	struct err e = { 0 };

	CHECK_OK(evaluate(&t, &m, &e), e);
	CHECK(t.evaluation_number == 17); /* of the QE identity; TCB info has 18 */
	CHECK(t.oldest_date_unix == 1704067200);
	CHECK(tdx_tcb_advisories(&t, list, ARRAY_LEN(list)) == 0);
	m.pck.components[0] = 2;
	m.qe_svn = 2;
	CHECK_OK(evaluate(&t, &m, &e), e);
	CHECK(t.oldest_date_unix == 1557878400);
	CHECK(tdx_tcb_advisories(&t, list, ARRAY_LEN(list)) == 3);
	CHECK(str_is(list[0], "INTEL-SA-01036") && str_is(list[1], "INTEL-SA-01079") &&
		str_is(list[2], "INTEL-SA-00219"));
	CHECK(tdx_tcb_advisories(&t, list, 2) == 2);
}

/* The smaller number of two documents; the oldest date, which may be the platform's. */
static void oldest(void)
{
	struct machine m = honest();
	struct tdx_tcb t = { 0 };
	struct err e = { 0 };

	m.info.levels[0].date = "2001-01-01T00:00:00Z";
	CHECK_OK(evaluate(&t, &m, &e), e);
	CHECK(t.oldest_date_unix == 978307200);
	for (unsigned n = 16; n <= 18; n++) {
		m.info.evaluation = n;
		CHECK_OK(evaluate(&t, &m, &e), e);
		CHECK(t.evaluation_number == (n < 17 ? n : 17));
	}
}

/* Of every component: one less than the level wants is named, with both numbers. */
static void lags(void)
{
	struct tcb_level l = { .pce_svn = 50 };
	struct tcb_lag out[TCB_INFO_LAGS_MAX];
	uint8_t svn[16];

	for (size_t i = 0; i < 16; i++)
		l.sgx[i].svn = l.tdx[i].svn = (uint16_t)(100 + i);
	for (size_t i = 0; i < 33; i++) {
		struct pck_extension p = { .pce_svn = 50 };

		for (uint8_t k = 0; k < 16; k++)
			svn[k] = p.components[k] = (uint8_t)(100 + k);
		CHECK(tcb_info_lags(out, &l, &p, SPAN_OF(svn)) == 0);
		svn[1] = 0; /* so that all TDX components count */
		l.tdx[1].svn = 0;
		if (i < 16)
			p.components[i]--;
		else if (i == 32)
			p.pce_svn--;
		else if (i == 17)
			continue;
		else
			svn[i - 16]--;
		CHECK(tcb_info_lags(out, &l, &p, SPAN_OF(svn)) == 1);
		CHECK(out[0].want == out[0].have + 1);
		CHECK(i == 32    ? out[0].kind == TCB_LAG_PCE
			: i < 16 ? out[0].kind == TCB_LAG_SGX && out[0].component == i
				 : out[0].kind == TCB_LAG_TDX && out[0].component == i - 16);
		l.tdx[1].svn = 101;
	}
}

/* Joining is symmetric, takes nothing away, and never becomes better than either. */
static void join(void)
{
	for (enum tcb_status x = 0; x < TCB_STATUSES; x++) {
		CHECK(tcb_status_join(x, x) == x);
		CHECK(tcb_status_of_name(str_of(tcb_status_name(x))) == x);
		CHECK(tcb_status_join(x, TCB_STATUS_UP_TO_DATE) == x);
		CHECK(tcb_status_join(x, TCB_STATUS_NONE) == TCB_STATUS_NONE);
		for (enum tcb_status y = 0; y < TCB_STATUSES; y++) {
			enum tcb_status both = tcb_status_join(x, y);

			CHECK(both == tcb_status_join(y, x));
			CHECK(!tcb_status_is_current(both) ||
				(tcb_status_is_current(x) && tcb_status_is_current(y)));
			CHECK(!tcb_status_is_out_of_date(x) || !x || !y || both >= x ||
				y >= TCB_STATUS_NOT_SUPPORTED);
		}
	}
	CHECK(tcb_status_join(TCB_STATUS_CONFIGURATION_NEEDED, TCB_STATUS_SW_HARDENING_NEEDED) ==
		TCB_STATUS_CONFIGURATION_AND_SW_HARDENING_NEEDED);
	CHECK(tcb_status_join(TCB_STATUS_REVOKED, TCB_STATUS_OUT_OF_DATE) == TCB_STATUS_REVOKED);
	CHECK(tcb_status_of_name(STR("uptodate")) == TCB_STATUS_NONE);
	CHECK(!tcb_status_is_current(TCB_STATUS_NONE) &&
		!tcb_status_is_current(TCB_STATUS_REVOKED) &&
		!tcb_status_is_current(TCB_STATUS_NOT_SUPPORTED) &&
		!tcb_status_is_current(TCB_STATUS_TD_RELAUNCH_ADVISED));
}

int main(void)
{
	a = arena_new(512 << 20);
	levels();
	dates_and_advisories();
	oldest();
	lags();
	join();
	arena_free(a);
	return test_end();
}
