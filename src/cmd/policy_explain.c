/* assay policy explain: what a policy demands, in sentences. */
#include <stdio.h>

#include "appraise/policy_tell.h"
#include "cmd/line.h"
#include "cmd/policy_load.h"
#include "cmd/verbs.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

enum { POLICY_MEMORY_MAX = 64 << 20, TEXT_MAX = 4 << 20 };

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(arena_freep) struct arena *a = arena_new(POLICY_MEMORY_MAX);
	CLEANUP(buf_done) struct buf text = buf_init(TEXT_MAX);
	struct policy p;
	struct str rest, line;

	(void)code;
	if (!policy_load(&p, verb_arg(args, 0), a, e))
		return false;
	policy_tell(&p, &text);
	if (!buf_ok(&text))
		return buf_full(&text, "the policy in sentences", e);
	for (rest = buf_str(&text); rest.n;) {
		(void)str_cut(rest, '\n', &line, &rest);
		line_print(stdout, "%.*s", STR_ARG(line));
	}
	return true;
}

static const struct verb_option options[] = { { 0 } };

const struct verb cmd_policy_explain = {
	.name = "policy explain",
	.summary = "what a policy demands, in sentences",
	.usage = "[FILE]",
	.max_args = 1,
	.options = options,
	.example = "assay policy explain policy.yaml",
	.run = run,
};
