/* Who rebuilt, and how. */
#include "base/utc.h"
#include "trust/rebuild_claim_inside.h"
#include "base/banned.h"

static bool may_str(struct str *ret, const struct json *o, const char *key, struct err *e)
{
	return !json_get(o, key) || json_get_str(o, key, ret, e);
}

static bool read_time(struct rebuild_claim_by *by, const struct json *o, struct err *e)
{
	struct str at = { 0 };

	if (!may_str(&at, o, "at", e))
		return false;
	by->has_time = at.p != NULL;
	return !at.p || utc_read(at, &by->at_unix) ||
	       err_set(e, ERR_FORMAT, "'at' must be a time like 2026-03-16T22:06:09Z");
}

/* "verified" and nothing else is a yes. */
static bool read_membership(struct rebuild_claim_by *by, const struct json *o, struct err *e)
{
	const struct json *v = NULL;
	struct str verdict = { 0 };

	if (!json_get(o, "archive-membership"))
		return true;
	if (!json_get_object(o, "archive-membership", &v, e) ||
		!json_get_str(v, "verdict", &verdict, e) || !may_str(&by->archive_why, v, "why", e))
		return false;
	by->archive_verified = str_is(verdict, "verified");
	return by->archive_verified || str_is(verdict, "not") ||
	       err_set(e, ERR_FORMAT, "'archive-membership' is verified or not");
}

/* Members that are not known are left alone: later tools may say more of themselves. */
bool rebuild_claim_by_read(struct rebuild_claim_by *ret, const struct json *by, struct err *e)
{
	struct rebuild_claim_by b = { 0 };
	const struct json *tool = NULL;

	if (!may_str(&b.name, by, "name", e) || !may_str(&b.why, by, "why", e) ||
		!read_time(&b, by, e) || !read_membership(&b, by, e))
		return false;
	if (json_get(by, "tool") && (!json_get_object(by, "tool", &tool, e) ||
					    !json_get_str(tool, "version", &b.tool, e)))
		return false;
	*ret = b;
	return true;
}
