/* The policy's member `tdx`: what it takes, what it refuses, and what it says in plain English. */
#include "appraise/policy_tdx.h"

#include "appraise/policy.h"
#include "codec/yaml.h"
#include "test.h"

static struct arena *a;

#define HEAD "format: assay.policy/1\nname: x\n"
#define TDX HEAD "tdx:\n  "
#define HEX16 "000102030405060708090a0b0c0d0e0f"
#define HEX48 HEX16 HEX16 HEX16

static bool parse(struct policy *p, const char *text, struct err *e)
{
	struct json v;

	return yaml_parse(&v, str_span(str_of(text)), a, e) && policy_parse(p, &v, a, e);
}

static void defaults(void)
{
	struct policy_tdx none = { 0 };
	struct policy p = policy_default();

	CHECK(p.tdx.tcb_statuses == 1u << TCB_STATUS_UP_TO_DATE && !p.tdx.grace_days);
	CHECK(p.tdx.rtmr[0].required && p.tdx.rtmr[1].required && p.tdx.rtmr[2].required &&
		!p.tdx.rtmr[3].required);
	CHECK(!p.tdx.debug && !p.tdx.migration && !p.tdx.without_crl);
	CHECK(!p.tdx.crl_max_age.given);
	CHECK(!none.tcb_statuses); /* accepts nobody */
}

static void reads_tcb(void)
{
	struct policy p;
	struct err e = { 0 };

	CHECK_OK(parse(&p,
			 TDX
			 "tcb-status: [UpToDate, SWHardeningNeeded, TDRelaunchAdvised]\n"
			 "  grace-days: 30\n"
			 "  minimum-tcb-date: \"2024-03-13T00:00:00Z\"\n"
			 "  minimum-evaluation-number: 17\n"
			 "  minimum-tee-tcb-svn: " HEX16 "\n"
			 "  advisories:\n    deny: [INTEL-SA-00837]\n    allow: [INTEL-SA-00960]\n"
			 "  crl: off\n",
			 &e),
		e);
	CHECK(p.tdx.tcb_statuses ==
		(1u << TCB_STATUS_UP_TO_DATE | 1u << TCB_STATUS_SW_HARDENING_NEEDED |
			1u << TCB_STATUS_TD_RELAUNCH_ADVISED));
	CHECK(p.tdx.grace_days == 30 && p.tdx.minimum_tcb_date == 1710288000 &&
		p.tdx.minimum_evaluation == 17 && p.tdx.minimum_svn[15] == 15);
	CHECK(p.tdx.advisories_denied.n == 1 && p.tdx.has_advisories_allowed &&
		str_is(p.tdx.advisories_allowed.names[0], "INTEL-SA-00960"));
	CHECK(p.tdx.without_crl);
	CHECK_OK(parse(&p, TDX "advisories:\n    allow: []\n", &e), e);
	CHECK(p.tdx.has_advisories_allowed && !p.tdx.advisories_allowed.n);
}

static void reads_body(void)
{
	struct policy p;
	struct err e = { 0 };

	CHECK_OK(parse(&p,
			 TDX
			 "platforms: [" HEX16 "]\n"
			 "  mrtd: [" HEX48 ", " HEX48 "]\n"
			 "  mrseam: [" HEX48 "]\n"
			 "  rtmr-0: ignore\n"
			 "  rtmr-1: [" HEX48 "]\n"
			 "  rtmr-2: require\n"
			 "  rtmr-3: require\n"
			 "  mrconfigid: [" HEX48 "]\n"
			 "  mrowner: [" HEX48 "]\n"
			 "  mrownerconfig: [" HEX48 "]\n"
			 "  mrservicetd: [" HEX48 "]\n"
			 "  attributes:\n    must: 0x10000000\n    must-not: 0x8000000000000000\n"
			 "  xfam:\n    must: 0x3\n"
			 "  debug: allow\n"
			 "  migration: allow\n",
			 &e),
		e);
	CHECK(p.tdx.platforms.n == 1 && p.tdx.platforms.values[0].n == 16);
	CHECK(p.tdx.mrtd.n == 2 && p.tdx.mrtd.values[1].n == 48 && p.tdx.mrtd.values[1].p[1] == 1);
	CHECK(p.tdx.mrseam.n == 1 && p.tdx.mrconfigid.n == 1 && p.tdx.mrowner.n == 1 &&
		p.tdx.mrownerconfig.n == 1 && p.tdx.mrservicetd.n == 1);
	CHECK(!p.tdx.rtmr[0].required && p.tdx.rtmr[1].required && p.tdx.rtmr[1].one_of.n == 1 &&
		p.tdx.rtmr[2].required && p.tdx.rtmr[3].required && !p.tdx.rtmr[3].one_of.n);
	CHECK(p.tdx.attributes.must == 0x10000000 &&
		p.tdx.attributes.must_not == UINT64_C(1) << 63 && p.tdx.xfam.must == 3);
	CHECK(p.tdx.debug && p.tdx.migration);
}

static const char *const bad[] = {
	HEAD "tdx: yes\n",
	HEAD "tdx: [mrtd]\n",
	TDX "mr-td: [" HEX48 "]\n",
	TDX "debug: yes\n",
	TDX "debug: [allow]\n",
	TDX "migration: true\n",
	TDX "crl: optional\n",
	TDX "crl-max-age: -1\n",
	TDX "crl-max-age: 31536001\n",
	TDX "crl: off\n  crl-max-age: 60\n",
	TDX "tcb-status: UpToDate\n",
	TDX "tcb-status: []\n",
	TDX "tcb-status: [uptodate]\n",
	TDX "tcb-status: [Revoked]\n",
	TDX "tcb-status: [none]\n",
	TDX "tcb-status: [UpToDate, UpToDate]\n",
	TDX "grace-days: 366\n",
	TDX "grace-days: -1\n",
	TDX "grace-days: 1.5\n",
	TDX "minimum-tcb-date: 2024-03-13\n",
	TDX "minimum-tcb-date: \"2024-13-13T00:00:00Z\"\n",
	TDX "minimum-evaluation-number: many\n",
	TDX "minimum-tee-tcb-svn: 06\n",
	TDX "minimum-tee-tcb-svn: [" HEX16 "]\n",
	TDX "advisories: [INTEL-SA-00837]\n",
	TDX "advisories:\n    denied: [INTEL-SA-00837]\n",
	TDX "advisories:\n    deny: INTEL-SA-00837\n",
	TDX "advisories:\n    deny: [INTEL-SA-837]\n",
	TDX "advisories:\n    deny: [INTEL-SA-000837]\n",
	TDX "advisories:\n    deny: [INTEL-00837]\n    allow: [INTEL-SA-0083x]\n",
	TDX "advisories:\n    deny: [AMD-SB-00837]\n",
	TDX "advisories:\n    deny: [SA-00837]\n",
	TDX "platforms: [" HEX48 "]\n",
	TDX "platforms: " HEX16 "\n",
	TDX "mrtd: " HEX48 "\n",
	TDX "mrtd: []\n",
	TDX "mrtd: ignore\n",
	TDX "mrtd: [" HEX16 "]\n",
	TDX "mrtd: [" HEX16 HEX16 "000102030405060708090A0B0C0D0E0F]\n",
	TDX "mrseam: [x]\n",
	TDX "rtmr-0: allow\n",
	TDX "rtmr-0: []\n",
	TDX "rtmr-4: ignore\n",
	TDX "rtmr-3: [" HEX16 "]\n",
	TDX "mrservicetd: any\n",
	TDX "attributes: 0x1\n",
	TDX "attributes:\n    may: 0x1\n",
	TDX "attributes:\n    must: 1\n",
	TDX "attributes:\n    must: 0x\n",
	TDX "attributes:\n    must: 0xg\n",
	TDX "attributes:\n    must: 0x1FF\n",
	TDX "attributes:\n    must: 0x11111111111111111\n",
	TDX "xfam:\n    must: 0x3\n    must-not: 0x2\n",
	TDX "crl: off\n  crl: off\n",
};

static void refuses(void)
{
	struct policy p;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		bool ok = parse(&p, bad[i], &e);

		if (ok || e.kind != ERR_FORMAT)
			fprintf(stderr, "%s", bad[i]);
		CHECK(!ok && e.kind == ERR_FORMAT);
	}
}

/* A list beyond the limit. */
static void limits(void)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 20);
	struct policy p;
	struct err e = { 0 };

	buf_printf(&b, TDX "mrtd: [" HEX48);
	for (size_t i = 1; i < POLICY_TDX_LIST_MAX; i++)
		buf_printf(&b, ", " HEX48);
	buf_printf(&b, "]\n");
	buf_u8(&b, 0);
	CHECK_OK(parse(&p, (const char *)b.p, &e), e);
	b.n -= 3;
	buf_printf(&b, ", " HEX48 "]\n");
	buf_u8(&b, 0);
	CHECK_ERR(parse(&p, (const char *)b.p, &e), e, ERR_LIMIT);
}

static bool tells(const struct policy *p, const char *what)
{
	CLEANUP(buf_done) struct buf b = buf_init(1 << 16);

	policy_tdx_tell(p, &b);
	buf_u8(&b, 0);
	return strstr((const char *)b.p, what) != NULL;
}

/* Every member changes what is told. */
static void tells_each(void)
{
	static const struct {
		const char *text, *says;
	} said[] = {
		{ "tcb-status: [UpToDate, OutOfDate]", "UpToDate or OutOfDate" },
		{ "grace-days: 3", "for 3 days after" },
		{ "minimum-tcb-date: \"2024-03-13T00:00:00Z\"", "2024-03-13T00:00:00Z or later" },
		{ "minimum-evaluation-number: 17", "number 17 or later" },
		{ "minimum-tee-tcb-svn: " HEX16, "at least that of " HEX16 },
		{ "advisories:\n    deny: [INTEL-SA-00001, INTEL-SA-00002]",
			"may apply: INTEL-SA-00001, INTEL-SA-00002." },
		{ "advisories:\n    allow: []", "No advisory may apply." },
		{ "crl: off", "a revoked platform is not noticed" },
		{ "crl-max-age: 0", "must not be older than 0 seconds" },
		{ "crl-max-age: 31536000", "must not be older than 31536000 seconds" },
		{ "platforms: [" HEX16 "]", "PPID or instance id must be the 1 value" },
		{ "mrtd: [" HEX48 "]", "MRTD must be the 1 value" },
		{ "mrseam: [" HEX48 "]", "MRSEAM must be" },
		{ "rtmr-0: ignore", "RTMR 0 is listed and decides nothing" },
		{ "rtmr-1: [" HEX48 ", " HEX48 "]", "RTMR 1 must be one of the 2 values" },
		{ "rtmr-3: require", "RTMR 3 must have its reference value" },
		{ "mrconfigid: [" HEX48 "]", "MRCONFIGID must be" },
		{ "mrowner: [" HEX48 "]", "MROWNER must be" },
		{ "mrownerconfig: [" HEX48 "]", "MROWNERCONFIG must be" },
		{ "mrservicetd: [" HEX48 "]", "MRSERVICETD must be the 1" },
		{ "attributes:\n    must: 0x10000000",
			"attributes must have all bits of 0x10000000" },
		{ "xfam:\n    must-not: 0x800", "XFAM must have no bit of 0x800" },
		{ "debug: allow", "nothing in it is kept from the host" },
		{ "migration: allow",
			"may be migrated, and its memory with it; that is a warning" },
	};
	struct policy p = policy_default(), default_policy = p;
	char text[4096];

	CHECK(tells(&p, "The TCB status must be UpToDate.\n"));
	CHECK(tells(&p, "RTMR 0 must have its reference value.\n"));
	CHECK(tells(&p, "The TD must not be one that the host can debug.\n"));
	for (size_t i = 0; i < ARRAY_LEN(said); i++) {
		struct err e = { 0 };

		CHECK(!tells(&default_policy, said[i].says));
		snprintf(text, sizeof text, TDX "%s\n", said[i].text);
		CHECK_OK(parse(&p, text, &e), e);
		if (!tells(&p, said[i].says))
			fprintf(stderr, "%s\n", said[i].text);
		CHECK(tells(&p, said[i].says));
	}
}

int main(void)
{
	a = arena_new(1 << 24);
	defaults();
	reads_tcb();
	reads_body();
	refuses();
	limits();
	tells_each();
	arena_free(a);
	return test_end();
}
