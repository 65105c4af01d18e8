#include "appraise/appraise_tpm_inside.h"
#include "trust/gce_instance.h"
#include "base/banned.h"

static struct str instance_text(struct appraise_tpm_state *s, const struct gce_instance *g)
{
	return arena_printf(s->w.a, "project %.*s, zone %.*s, instance %.*s (%llu), %s",
		STR_ARG(g->project), STR_ARG(g->zone), STR_ARG(g->name), (unsigned long long)g->id,
		!g->has_properties ? "a host of which nothing is said"
		: g->production    ? "production host"
				   : "test host");
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
	if (p->any_host || g->production)
		return true;
	if (!g->has_properties)
		return err_set(e, ERR_MISMATCH,
			"the certificate does not say whether Google's host is one of production, as the policy wants it to");
	return err_set(e, ERR_MISMATCH,
		"Google says that the host is not one of production: it may be open to debugging");
}

/* Of a certificate that is not believed, of which nothing but this is told. */
static bool speaks_of_instance(const struct certificate *leaf)
{
	struct gce_instance g;
	struct err ignored = { 0 };
	bool has = false;

	return leaf && gce_instance_read(&g, &has, leaf, &ignored) && has;
}

/* There is no instance that is believed. */
static void test_none(
	struct appraise_tpm_state *s, struct check c, bool speaks, const char *why_not)
{
	struct str said =
		speaks ? arena_printf(s->w.a,
				 "the certificate that speaks of an instance is not believed: %s",
				 why_not)
		       : STR("no certificate of the attestation key speaks of an instance");
	struct err e = { 0 };

	if (policy_gce_names_one(&s->w.in->policy->gce))
		appraise_test(&s->w, c, err_set(&e, ERR_NOTFOUND, "%.*s", STR_ARG(said)), &e);
	else
		appraise_skip(&s->w, c,
			arena_printf(s->w.a, "%.*s; the policy asks for none", STR_ARG(said)));
}

void appraise_tpm_gce(
	struct appraise_tpm_state *s, const struct certificate *leaf, const char *why_not)
{
	struct check c = { .name = "gce-instance",
		.what = STR(
			"the attestation key is certified for a wanted instance of Google Compute Engine"),
		.whose = STR("policy"),
		.fail_value = CHECK_NOT_RECOGNISED };
	struct gce_instance g = { 0 };
	bool has = false, ok;
	struct err e = { 0 };

	if (!leaf || why_not) {
		test_none(s, c, speaks_of_instance(leaf), why_not);
		return;
	}
	ok = gce_instance_read(&g, &has, leaf, &e);
	if (ok && !has) {
		test_none(s, c, false, NULL);
		return;
	}
	if (has) {
		c.got = instance_text(s, &g);
		ok = instance_fits(&s->w.in->policy->gce, &g, &e);
	}
	appraise_test(&s->w, c, ok, &e);
}
