#include "appraise/policy_gce.h"

#include "appraise/policy_member.h"
#include "codec/harmless.h"
#include "base/banned.h"

struct policy_gce policy_gce_default(void)
{
	return (struct policy_gce){ .any_host = false };
}

bool policy_gce_names_one(const struct policy_gce *p)
{
	return p->project.n || p->zone.n || p->instance.n;
}

static bool read_text(struct str *ret, const struct json *o, const char *key, struct err *e)
{
	const struct json *v = json_get(o, key);

	if (!v)
		return true;
	if (v->kind != JSON_STRING || !v->text.n)
		return err_set(e, ERR_FORMAT, "line %zu: '%s' is a text", v->line, key);
	*ret = v->text;
	return true;
}

bool policy_gce_parse(struct policy_gce *ret, const struct json *v, struct err *e)
{
	static const char *const keys[] = { "project", "zone", "instance", "host", NULL };
	struct policy_gce p = *ret;

	if (!v)
		return true;
	if (!json_only(v, "gce", keys, e) || !read_text(&p.project, v, "project", e) ||
		!read_text(&p.zone, v, "zone", e) || !read_text(&p.instance, v, "instance", e) ||
		!policy_member_word(&p.any_host, v, "host", "production", "any", e))
		return err_wrap(e, "gce");
	*ret = p;
	return true;
}

static void tell(const char *what, struct str want, struct buf *out)
{
	if (!want.n)
		return;
	buf_printf(out, "The TPM's key must be certified for the %s '", what);
	harmless_add(out, want);
	buf_add_cstr(out, "' of Google Compute Engine.\n");
}

void policy_gce_tell(const struct policy_gce *p, struct buf *out)
{
	tell("project", p->project, out);
	tell("zone", p->zone, out);
	tell("instance", p->instance, out);
	buf_printf(out,
		p->any_host
			? "Google's host may be one of its own tests.\n"
			: "Where a certificate speaks of an instance, it must say that Google's host is one of production.\n");
}
