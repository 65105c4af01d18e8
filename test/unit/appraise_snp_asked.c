/* What the caller knows of an SEV-SNP guest's evidence beside the nonce, and what that says of its age. */
#include "appraise_snp_case.h"

/* What the caller knows binds the evidence; only data that is new says when it was made. */
static void known_data(void)
{
	CASE(milan, "row 18: data that older evidence carries as well", BAD, "nonce",
		"older evidence", g.own_data = true,
		(g.in.nonce = NULL, g.in.report_data = span_make(g.report.bytes + 0x50, 64)));
	CASE(milan, "row 18: the same, where the policy says archive", GOOD, NULL, NULL,
		(g.own_data = true, g.policy.freshness = POLICY_ARCHIVE),
		(g.in.nonce = NULL, g.in.report_data = span_make(g.report.bytes + 0x50, 64)));
	CASE(milan, "row 18: the nonce beside data that is bound", GOOD, NULL, NULL, NOTHING,
		g.in.report_data = span_make(g.report.bytes + 0x50, 64));
	CASE(milan, "row 18: zeroes that the caller calls new", BAD, "report-data", "zeroes",
		(g.own_data = true, memset(g.w.report.bytes + 0x50, 0, 64)),
		(g.in.nonce = NULL, g.in.report_data = span_make(g.report.bytes + 0x50, 64),
			g.in.report_data_is_fresh = true));
	CASE(milan, "row 18: one byte of zero, and REPORT_DATA of zeroes", BAD, "nonce", "zeroes",
		(g.own_data = true, memset(g.w.report.bytes + 0x50, 0, 64)),
		(g.in.nonce = NULL, g.in.report_data = span_make(g.report.bytes + 0x50, 1),
			g.in.report_data_is_fresh = true));
	CASE(milan, "row 18: archive, and zeroes", BAD, "report-data", "zeroes",
		(g.own_data = true, memset(g.w.report.bytes + 0x50, 0, 64),
			g.policy.freshness = POLICY_ARCHIVE),
		(g.in.nonce = NULL, g.in.report_data = span_make(g.report.bytes + 0x50, 64)));
	CASE(milan, "row 18: a nonce of zeroes, and REPORT_DATA of zeroes", BAD, "nonce", "zeroes",
		(g.own_data = true, memset(g.w.report.bytes + 0x50, 0, 64)),
		memset(g.nonce, 0, sizeof g.nonce));
	CASE(milan, "row 18: a nonce of zeroes that is bound", BAD, "nonce", "zeroes",
		(memset(g.binding.nonce, 0, 32), memset(g.signed_binding.nonce, 0, 32)),
		memset(g.nonce, 0, sizeof g.nonce));
	CASE(milan, "row 18: new data that is not there, and archive", BAD, "nonce", "other data",
		g.policy.freshness = POLICY_ARCHIVE,
		(g.in.nonce = NULL, g.in.report_data = SPAN_OF(g.nonce),
			g.in.report_data_is_fresh = true));
}

int main(void)
{
	snp_world_keys();
	known_data();
	snp_world_done();
	return test_end();
}
