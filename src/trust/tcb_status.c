#include "trust/tcb_status.h"

#include "trust/pcs_json.h"
#include "base/banned.h"

/* What a status asks for. */
enum {
	HARDENING = 1,
	CONFIGURATION = 2,
	RELAUNCH = 4,
	OLD = 8,
};

static const struct {
	const char *name;
	unsigned needs;
} known[TCB_STATUSES] = {
	[TCB_STATUS_NONE] = { "none", 0 },
	[TCB_STATUS_UP_TO_DATE] = { "UpToDate", 0 },
	[TCB_STATUS_SW_HARDENING_NEEDED] = { "SWHardeningNeeded", HARDENING },
	[TCB_STATUS_CONFIGURATION_NEEDED] = { "ConfigurationNeeded", CONFIGURATION },
	[TCB_STATUS_CONFIGURATION_AND_SW_HARDENING_NEEDED] = { "ConfigurationAndSWHardeningNeeded",
		CONFIGURATION | HARDENING },
	[TCB_STATUS_TD_RELAUNCH_ADVISED] = { "TDRelaunchAdvised", RELAUNCH },
	[TCB_STATUS_TD_RELAUNCH_ADVISED_CONFIGURATION_NEEDED] = { "TDRelaunchAdvisedConfigurationNeeded",
		RELAUNCH | CONFIGURATION },
	[TCB_STATUS_OUT_OF_DATE] = { "OutOfDate", OLD },
	[TCB_STATUS_OUT_OF_DATE_CONFIGURATION_NEEDED] = { "OutOfDateConfigurationNeeded",
		OLD | CONFIGURATION },
	[TCB_STATUS_NOT_SUPPORTED] = { "NotSupported", 0 },
	[TCB_STATUS_REVOKED] = { "Revoked", 0 },
};

const char *tcb_status_name(enum tcb_status s)
{
	return (unsigned)s < TCB_STATUSES ? known[s].name : known[TCB_STATUS_NONE].name;
}

enum tcb_status tcb_status_of_name(struct str name)
{
	for (unsigned i = TCB_STATUS_NONE + 1; i < TCB_STATUSES; i++)
		if (str_is(name, known[i].name))
			return (enum tcb_status)i;
	return TCB_STATUS_NONE;
}

bool tcb_status_is_out_of_date(enum tcb_status s)
{
	return known[s].needs & OLD;
}

bool tcb_status_is_current(enum tcb_status s)
{
	return s == TCB_STATUS_UP_TO_DATE ||
	       (known[s].needs && !(known[s].needs & (OLD | RELAUNCH)));
}

enum tcb_status tcb_status_join(enum tcb_status a, enum tcb_status b)
{
	static const enum tcb_status final[] = { TCB_STATUS_NONE, TCB_STATUS_REVOKED,
		TCB_STATUS_NOT_SUPPORTED };
	unsigned needs = known[a].needs | known[b].needs;

	for (size_t i = 0; i < ARRAY_LEN(final); i++)
		if (a == final[i] || b == final[i])
			return final[i];
	if (needs & OLD)
		needs &= OLD | CONFIGURATION;
	else if (needs & RELAUNCH)
		needs &= RELAUNCH | CONFIGURATION;
	for (unsigned i = TCB_STATUS_UP_TO_DATE; i < TCB_STATUS_NOT_SUPPORTED; i++)
		if (known[i].needs == needs)
			return (enum tcb_status)i;
	return TCB_STATUS_NONE;
}

static bool read_advisories(
	struct tcb_verdict *v, const struct json *level, struct arena *a, struct err *e)
{
	const struct json *list = NULL;
	struct str *out;

	if (!json_get(level, "advisoryIDs"))
		return true;
	if (!json_get_array(level, "advisoryIDs", &list, e))
		return false;
	if (list->n > TCB_ADVISORIES_MAX)
		return err_set(e, ERR_LIMIT, "line %zu: %zu advisories, limit %d", list->line,
			list->n, TCB_ADVISORIES_MAX);
	out = ARENA_ARRAY(a, list->n + 1, struct str);
	if (!out)
		return arena_full(a, e);
	for (size_t i = 0; i < list->n; i++) {
		if (list->items[i].kind != JSON_STRING)
			return err_set(e, ERR_FORMAT, "line %zu: an advisory is no string",
				list->items[i].line);
		out[i] = list->items[i].text;
	}
	v->advisories = out;
	v->n_advisories = list->n;
	return true;
}

bool tcb_status_read_verdict(
	struct tcb_verdict *ret, const struct json *level, struct arena *a, struct err *e)
{
	struct tcb_verdict v = { 0 };
	struct str name = { 0 };

	if (!json_get_str(level, "tcbStatus", &name, e) ||
		!pcs_json_time(level, "tcbDate", &v.date_unix, e) ||
		!read_advisories(&v, level, a, e))
		return false;
	v.status = tcb_status_of_name(name);
	if (v.status == TCB_STATUS_NONE)
		return err_set(e, ERR_FORMAT, "tcbStatus '%.*s' is not known", STR_ARG(name));
	*ret = v;
	return true;
}
