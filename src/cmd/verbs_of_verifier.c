/* The verbs of an assay that only verifies (-Dverifier-only=true), in the order of `assay --help`. */
#include "cmd/verbs.h"

#include "base/banned.h"

const char *const verbs_about =
	"Holds what a machine signed about itself against reference values. This assay\n"
	"was built as a verifier only: evidence comes from a file.";

const char verbs_example[] = "assay verify evidence.json --nonce HEX \\\n"
			     "    --reference-values reference-values.json --trust trust.yaml";

const char verbs_evidence[] = "FILE";
const char verbs_publication[] = "DIR";
const char verbs_evidence_store[] = "refused: this assay has no store";

const struct verb *const verbs[] = {
	&cmd_measure_snp,
	&cmd_measure_seves,
	&cmd_measure_sev,
	&cmd_measure_tdx,
	&cmd_measure_pcr,
	&cmd_statement_show,
	&cmd_statement_verify,
	VERBS_OF_EVIDENCE,
	&cmd_log_verify,
	&cmd_completion,
	NULL,
};
