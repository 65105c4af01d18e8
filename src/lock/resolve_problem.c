/* Conflicts in sentences. */
#include "base/buf.h"
#include "lock/resolve_inside.h"
#include "base/banned.h"

enum { SENTENCES_MAX = 4 };

struct report {
	struct buf text;
	Solver *solver;
	unsigned n, more;
};

static void add_sentence(struct report *p, const char *sentence)
{
	if (p->text.n && memmem(p->text.p, p->text.n, sentence, strlen(sentence)))
		return;
	if (p->n == SENTENCES_MAX) {
		p->more++;
		return;
	}
	if (p->n++)
		buf_add_cstr(&p->text, "; ");
	buf_add_cstr(&p->text, sentence);
}

/* The chain of requirements explains a conflict, so it comes after it. */
static void add_rules(struct report *p, const Queue *rules, bool requirements)
{
	for (int i = 0; i < rules->count; i++) {
		Id source = 0, target = 0, dep = 0;
		SolverRuleinfo kind = solver_ruleinfo(
			p->solver, rules->elements[i], &source, &target, &dep);

		if ((kind & SOLVER_RULE_TYPEMASK) == SOLVER_RULE_JOB ||
			(kind == SOLVER_RULE_PKG_REQUIRES) != requirements)
			continue;
		add_sentence(p, solver_problemruleinfo2str(p->solver, kind, source, target, dep));
	}
}

bool resolve_problem_report(Solver *solver, struct err *e)
{
	struct report p = { .text = buf_init(1 << 16), .solver = solver };
	int n = (int)solver_problem_count(solver);

	for (int i = 1; i <= n; i++) {
		Queue rules;

		queue_init(&rules);
		solver_findallproblemrules(solver, i, &rules);
		add_rules(&p, &rules, false);
		add_rules(&p, &rules, true);
		queue_free(&rules);
	}
	if (p.more)
		buf_printf(&p.text, "; and %u more reasons", p.more);
	err_set(e, ERR_MISMATCH, "the packages do not fit together: %.*s",
		STR_ARG(buf_str(&p.text)));
	buf_done(&p.text);
	return err_hint(e,
		"name another suite that has what is missing, drop a package, or keep the culprit out with leave-out");
}
