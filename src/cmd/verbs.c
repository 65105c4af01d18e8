/* The verbs in the order of `assay --help`. */
#include "cmd/verbs.h"

#include "base/banned.h"

const char *const
	verbs_about = "From a description to an image, from the image to reference values, from a\n"
		      "running machine's evidence to a verdict.";

const char verbs_example[] =
	"assay verify http://127.0.0.1:8080 \\\n    --reference-values out/reference-values.json";

const char verbs_evidence[] = "FILE|URL";
const char verbs_publication[] = "DIR|URL";
const char verbs_evidence_store[] = "the store of build records (~/.cache/assay)";

const struct verb *const verbs[] = {
	&cmd_init,
	&cmd_lock,
	&cmd_lock_verify,
	&cmd_lock_why,
	&cmd_fetch,
	&cmd_archive,
	&cmd_build,
	&cmd_check,
	&cmd_rebuild,
	&cmd_channel_new,
	&cmd_channel_bump,
	&cmd_publish,
	&cmd_shell,
	&cmd_show,
	&cmd_report,
	&cmd_measure,
	&cmd_measure_snp,
	&cmd_measure_snp_id,
	&cmd_measure_seves,
	&cmd_measure_sev,
	&cmd_measure_tdx,
	&cmd_measure_pcr,
	&cmd_measure_eif,
	&cmd_export,
	&cmd_diff,
	&cmd_key_new,
	&cmd_key_show,
	&cmd_sign,
	&cmd_statement_show,
	&cmd_statement_verify,
	&cmd_statement_slsa,
	&cmd_sign_uki,
	&cmd_sign_attach,
	&cmd_sign_detach,
	&cmd_sign_eif,
	&cmd_run,
	&cmd_attest_serve,
	&cmd_witness_serve,
	&cmd_enroll,
	VERBS_OF_EVIDENCE,
	&cmd_log_init,
	&cmd_log_add,
	&cmd_log_checkpoint,
	&cmd_log_prove,
	&cmd_log_consistency,
	&cmd_log_verify,
	&cmd_log_monitor,
	&cmd_store_verify,
	&cmd_store_gc,
	&cmd_store_du,
	&cmd_completion,
	NULL,
};
