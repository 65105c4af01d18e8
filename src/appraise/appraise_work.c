#include "appraise/appraise_work.h"

#include "base/hex.h"
#include "base/banned.h"

/* The machine chose of which kind its evidence is, and with that which of the policy's members ask anything of it. */
static void check_kind(struct appraise_work *w)
{
	uint32_t taken = w->in->policy->kinds;
	enum bundle_kind kind = w->in->bundle->kind;
	struct check c = { .name = "evidence-kind",
		.what = STR("the policy takes evidence of this kind"),
		.got = str_of(bundle_kind_name(kind)),
		.whose = STR("policy"),
		.fail_value = CHECK_NOT_RECOGNISED };
	CLEANUP(buf_done) struct buf want = buf_init(64);
	struct err e = { 0 };
	bool ok = taken >> kind & 1;

	if (!taken) {
		appraise_skip(w, c, STR("the policy asks nothing of any kind: each is taken"));
		return;
	}
	for (unsigned i = 0; i < BUNDLE_KINDS; i++)
		if (taken >> i & 1)
			buf_printf(&want, "%s%s", want.n ? " or " : "",
				bundle_kind_name((enum bundle_kind)i));
	c.want = arena_str(w->a, buf_str(&want));
	if (!ok)
		err_set(&e, ERR_MISMATCH,
			"it is of kind '%s': what the policy asks of others was not asked",
			bundle_kind_name(kind));
	appraise_test(w, c, ok, &e);
}

bool appraise_begin(struct appraise_work *w, struct err *e)
{
	w->out = ARENA_NEW(w->a, struct appraise_out);
	if (!w->out)
		return arena_full(w->a, e);
	check_kind(w);
	return true;
}

bool appraise_end(struct appraise_out *ret, const struct appraise_work *w, struct err *e)
{
	if (w->out->verdict.checks.full || arena_failed(w->a))
		return err_set(
			e, ERR_LIMIT, "the appraisal needs more checks or memory than allowed");
	*ret = *w->out;
	return true;
}

void appraise_note(struct appraise_work *w, struct check c)
{
	if (!c.bank.n)
		c.reg = -1;
	if (!c.name) {
		w->out->verdict.checks.full = true; /* its name did not fit into the arena */
		return;
	}
	check_add(&w->out->verdict.checks, &c);
}

void appraise_test(struct appraise_work *w, struct check c, bool ok, const struct err *e)
{
	c.result = ok ? CHECK_PASSED : CHECK_FAILED;
	if (!ok)
		c.reason = arena_str(w->a, str_of(e->text));
	appraise_note(w, c);
}

void appraise_skip(struct appraise_work *w, struct check c, struct str reason)
{
	c.result = CHECK_NOT_APPLICABLE;
	c.reason = reason;
	appraise_note(w, c);
}

void appraise_limit(struct appraise_work *w, const struct err *e, size_t need)
{
	if (e->kind == ERR_LIMIT && !arena_alloc(w->a, need))
		w->out->verdict.checks.full = true;
}

struct str appraise_hex(struct appraise_work *w, struct span bytes)
{
	CLEANUP(buf_done) struct buf b = buf_init(1024);

	hex_add(&b, bytes);
	return arena_str(w->a, buf_str(&b));
}

/* by reads "PCR 4", "PCR 4, PCR 11" where each covers it, "measurement", "MRTD, RTMR 0": one of these is required. */
static bool covered(enum platform_kind kind, struct str by, uint32_t required)
{
	while (by.n) {
		struct str word;

		(void)str_cut(by, ',', &word, &by);
		word = str_trim(word);
		for (unsigned reg = 0; reg < REGISTER_MAX; reg++) {
			char name[PLATFORM_REGISTER_NAME_MAX];

			platform_register_name(name, kind, reg);
			if (required >> reg & 1 && str_is(word, name))
				return true;
		}
	}
	return false;
}

static const struct reference_coverage *line_of(
	const struct reference_shape *shape, const char *layer)
{
	for (size_t i = 0; i < shape->n_coverage; i++)
		if (str_is(shape->coverage[i].layer, layer))
			return &shape->coverage[i];
	return NULL;
}

/* Measured must mean covered: each layer that runs code is named and hangs on a register that is required. */
static bool layers_covered(const struct reference_shape *shape, const char *const layers[],
	uint32_t required, struct err *e)
{
	enum platform_kind kind;

	if (!shape)
		return err_set(e, ERR_NOTFOUND,
			"without reference values nobody says what the registers cover");
	if (shape->firmware_only)
		return err_set(e, ERR_MISMATCH,
			"firmware only: no register covers everything that runs, so it is never affirmed");
	kind = platform_from_name(shape->platform);
	for (size_t i = 0; layers[i]; i++) {
		const struct reference_coverage *line = line_of(shape, layers[i]);

		if (!line || !line->by.n)
			return err_set(
				e, ERR_MISMATCH, "layer '%s' is covered by nothing", layers[i]);
		if (!covered(kind, line->by, required))
			return err_set(e, ERR_MISMATCH,
				"layer '%s' is covered by %.*s, which the policy does not require",
				layers[i], STR_ARG(line->by));
	}
	return true;
}

void appraise_covered(struct appraise_work *w, const char *const layers[], uint32_t required)
{
	struct err e = { 0 };
	bool ok = layers_covered(w->in->shape, layers, required, &e);

	appraise_test(w,
		(struct check){ .name = "coverage",
			.what = STR(
				"required registers cover all that runs: firmware, boot loader, kernel, initrd, command line, root"),
			.whose = STR("reference values"),
			.claim = CHECK_EXECUTABLES,
			.fail_value = CHECK_UNRECOGNISED },
		ok, &e);
}

struct verdict_claim appraise_file_system(
	const struct appraise_work *w, bool values_hold, struct str how)
{
	const struct check_list *l = &w->out->verdict.checks;

	if (!values_hold || !check_passed(l, "coverage"))
		return (struct verdict_claim){ CHECK_NO_CLAIM,
			STR("the root is not known to be covered") };
	if (!check_passed(l, "vouched"))
		return (struct verdict_claim){
			CHECK_NO_CLAIM,
			STR("the root is covered by values for which nobody vouches whom the trust file accepts")
		};
	return (struct verdict_claim){ CHECK_AFFIRMS, how };
}

const char *appraise_register_check(struct appraise_work *w, unsigned reg)
{
	char name[PLATFORM_REGISTER_NAME_MAX];
	struct str s;

	platform_register_name(name, platform_of_bundle(w->in->bundle->kind), reg);
	for (char *c = name; *c; c++)
		*c = *c == ' ' ? '-' : *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	s = arena_printf(w->a, "%s.sha384", name);
	return s.p ? s.p : NULL;
}

struct verdict_claim appraise_compared(
	const struct appraise_work *w, enum check_claim claim, struct verdict_claim fits)
{
	const struct check_list *l = &w->out->verdict.checks;

	for (size_t i = 0; i < l->n; i++)
		if (l->items[i].reg >= 0 && l->items[i].claim == claim &&
			l->items[i].result == CHECK_PASSED)
			return fits;
	return (struct verdict_claim){ CHECK_NO_CLAIM,
		STR("no register that speaks of it was compared and fits") };
}

static const struct reference_register *reference_of(
	const struct reference_shape *shape, unsigned reg)
{
	for (size_t i = 0; shape && i < shape->n_registers; i++)
		if (shape->registers[i].reg == reg)
			return &shape->registers[i];
	return NULL;
}

/* The shape's value of a register; empty without one, with the reason. */
static struct span reference_value(const struct appraise_work *w, unsigned reg, struct str *reason)
{
	const struct reference_shape *shape = w->in->shape;
	const struct reference_register *r = reference_of(shape, reg);

	if (!shape) {
		*reason = STR("no reference values were given");
		return span_make(NULL, 0);
	}
	if (!r || r->how == REFERENCE_NOT_PREDICTABLE) {
		*reason = r && r->reason.n ? r->reason : STR("the reference values do not name it");
		return span_make(NULL, 0);
	}
	for (size_t i = 0; i < shape->n_banks; i++)
		if (shape->banks[i] == DIGEST_SHA384)
			return span_make(r->values[i].bytes, SHA384_SIZE);
	*reason = STR("the reference values have no bank sha384");
	return span_make(NULL, 0);
}

static bool is_one_of(struct span value, const struct span *allowed, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_equal(value, allowed[i]))
			return true;
	return false;
}

/* What the value must be, and who says so. */
static void say_want(struct appraise_work *w, struct check *c, struct span predicted,
	const struct appraise_register *r)
{
	const struct reference_register *ref = reference_of(w->in->shape, r->reg);

	if (predicted.n && ref) {
		c->want = appraise_hex(w, predicted);
		c->whose = arena_printf(w->a, "reference values: %s, %.*s%s",
			ref->how == REFERENCE_OBSERVED ? "observed" : "computed",
			STR_ARG(appraise_vouched_by(w)), r->n_allowed ? "; and the policy" : "");
	} else if (r->n_allowed) {
		c->want = r->n_allowed == 1 ? appraise_hex(w, r->allowed[0])
					    : arena_printf(w->a, "one of %zu values", r->n_allowed);
		c->whose = STR("policy");
	} else if (w->in->shape) {
		c->whose = STR("reference values");
	}
}

static bool register_fits(
	struct span predicted, struct str reason, const struct appraise_register *r, struct err *e)
{
	if (!predicted.n && !r->n_allowed)
		return err_set(e, ERR_NOTFOUND, "there is no value to hold it against: %.*s",
			STR_ARG(reason));
	if (predicted.n && !span_equal(predicted, r->value))
		return err_set(e, ERR_MISMATCH, "it differs from the prediction");
	if (r->n_allowed && !is_one_of(r->value, r->allowed, r->n_allowed))
		return err_set(e, ERR_MISMATCH, "it is none of the values that the policy names");
	return true;
}

/* For explaining: values are kept whether they fit or not. */
static void keep_value(struct appraise_work *w, const struct appraise_register *r)
{
	struct bundle_bank *bank = &w->out->signed_bank;

	bank->alg = DIGEST_SHA384;
	bank->pcrs |= UINT32_C(1) << r->reg;
	bank->values[r->reg] = (struct digest){ .alg = DIGEST_SHA384 };
	memcpy(bank->values[r->reg].bytes, r->value.p, SHA384_SIZE);
}

void appraise_register(struct appraise_work *w, const struct appraise_register *r)
{
	char name[PLATFORM_REGISTER_NAME_MAX];
	struct str reason = { 0 };
	struct span predicted = reference_value(w, r->reg, &reason);
	struct check c = { .name = appraise_register_check(w, r->reg),
		.got = appraise_hex(w, r->value),
		.claim = r->claim,
		.fail_value = CHECK_CONTRAINDICATED,
		.reg = (int)r->reg,
		.bank = STR("sha384") };
	struct err e = { 0 };
	bool ok;

	platform_register_name(name, platform_of_bundle(w->in->bundle->kind), r->reg);
	c.what = arena_printf(w->a, "%s has the value that is expected", name);
	keep_value(w, r);
	say_want(w, &c, predicted, r);
	ok = register_fits(predicted, reason, r, &e);
	if (!r->required) {
		appraise_skip(w, c,
			ok ? STR("equal, but the policy does not require it")
			   : STR("without a value that fits, and the policy does not require it"));
		return;
	}
	if (!ok && !predicted.n && !r->n_allowed)
		c.fail_value = c.claim == CHECK_EXECUTABLES ? CHECK_UNRECOGNISED : CHECK_UNSAFE;
	if (!ok && predicted.n && !span_equal(predicted, r->value))
		w->out->differing |= UINT32_C(1) << r->reg;
	appraise_test(w, c, ok, &e);
}
