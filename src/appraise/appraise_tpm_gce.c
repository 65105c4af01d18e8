#include "appraise/appraise_tpm_inside.h"
#include "trust/gce_instance.h"
#include "base/banned.h"

static struct str instance_text(struct appraise_tpm_state *s, const struct gce_instance *g)
{
	return arena_printf(s->w.a, "project %.*s, zone %.*s, instance %.*s (%llu), %s host",
		STR_ARG(g->project), STR_ARG(g->zone), STR_ARG(g->name), (unsigned long long)g->id,
		g->production ? "production" : "test");
}

static bool is_wanted(struct str want, struct str got, const char *what, struct err *e)
{
	return !want.n || str_equal(want, got) ||
	       err_set(e, ERR_MISMATCH, "the certificate is for %s '%.*s', want '%.*s'", what,
		       STR_ARG(got), STR_ARG(want));
}

static bool instance_fits(const struct policy_gce *p, const struct gce_instance *g, struct err *e)
{
	if (!is_wanted(p->project, g->project, "project", e) ||
		!is_wanted(p->zone, g->zone, "zone", e) ||
		!is_wanted(p->instance, g->name, "instance", e))
		return false;
	return p->any_host || g->production ||
	       err_set(e, ERR_MISMATCH,
		       "Google says that the host is not one of production: it may be open to debugging");
}

/* leaf: of a chain that holds, or NULL. */
void appraise_tpm_gce(struct appraise_tpm_state *s, const struct certificate *leaf)
{
	const struct policy_gce *p = &s->w.in->policy->gce;
	struct check c = { .name = "gce-instance",
		.what = STR(
			"the attestation key is certified for a wanted instance of Google Compute Engine"),
		.whose = STR("policy"),
		.fail_value = CHECK_NOT_RECOGNISED };
	struct gce_instance g = { 0 };
	bool has = false;
	struct err e = { 0 };
	bool ok = !leaf || gce_instance_read(&g, &has, leaf, &e);

	if (ok && !has && !policy_gce_names_one(p)) {
		appraise_skip(&s->w, c,
			STR("no certificate speaks of an instance, and the policy asks for none"));
		return;
	}
	if (ok && !has)
		ok = err_set(&e, ERR_NOTFOUND,
			"no certificate of the attestation key that leads to a root speaks of an instance");
	if (has) {
		c.got = instance_text(s, &g);
		ok = ok && instance_fits(p, &g, &e);
	}
	appraise_test(&s->w, c, ok, &e);
}
