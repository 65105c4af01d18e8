/*
 * The verbs themselves, each in cmd/NAME.c; one line here and one in verbs.c adds a verb.
 */
#ifndef ASSAY_CMD_VERBS_H
#define ASSAY_CMD_VERBS_H

#include "cmd/verb.h"

/* Words of `assay verify --help` that depend on what this assay can do: where evidence comes from, and its --store. */
extern const char verbs_evidence[], verbs_publication[], verbs_evidence_store[];

extern const struct verb cmd_init;
extern const struct verb cmd_lock;
extern const struct verb cmd_lock_verify;
extern const struct verb cmd_lock_why;
extern const struct verb cmd_fetch;
extern const struct verb cmd_archive;
extern const struct verb cmd_build;
extern const struct verb cmd_check;
extern const struct verb cmd_rebuild;
extern const struct verb cmd_channel_new;
extern const struct verb cmd_channel_bump;
extern const struct verb cmd_publish;
extern const struct verb cmd_shell;
extern const struct verb cmd_show;
extern const struct verb cmd_report;
extern const struct verb cmd_measure;
extern const struct verb cmd_measure_snp;
extern const struct verb cmd_measure_snp_id;
extern const struct verb cmd_measure_seves;
extern const struct verb cmd_measure_sev;
extern const struct verb cmd_measure_pcr;
extern const struct verb cmd_measure_eif;
extern const struct verb cmd_measure_tdx;
extern const struct verb cmd_export;
extern const struct verb cmd_diff;
extern const struct verb cmd_key_new;
extern const struct verb cmd_key_show;
extern const struct verb cmd_sign;
extern const struct verb cmd_statement_slsa;
extern const struct verb cmd_sign_uki;
extern const struct verb cmd_sign_attach;
extern const struct verb cmd_sign_detach;
extern const struct verb cmd_sign_eif;
extern const struct verb cmd_run;
extern const struct verb cmd_attest_serve;
extern const struct verb cmd_witness_serve;
extern const struct verb cmd_enroll;
extern const struct verb cmd_trust_init;
extern const struct verb cmd_trust_add;
extern const struct verb cmd_trust_show;
extern const struct verb cmd_quorum;
extern const struct verb cmd_bundle_make;
extern const struct verb cmd_bundle_status;
extern const struct verb cmd_statement_show;
extern const struct verb cmd_statement_verify;
extern const struct verb cmd_verify;
extern const struct verb cmd_explain;
extern const struct verb cmd_policy_explain;
extern const struct verb cmd_eventlog_show;
extern const struct verb cmd_eventlog_replay;
extern const struct verb cmd_eventlog_diff;
extern const struct verb cmd_log_init;
extern const struct verb cmd_log_add;
extern const struct verb cmd_log_checkpoint;
extern const struct verb cmd_log_prove;
extern const struct verb cmd_log_consistency;
extern const struct verb cmd_log_verify;
extern const struct verb cmd_log_monitor;
extern const struct verb cmd_store_verify;
extern const struct verb cmd_store_gc;
extern const struct verb cmd_store_du;
extern const struct verb cmd_completion;

/* What every assay can do about trust and with evidence, in the order of --help. */
#define VERBS_OF_EVIDENCE                                                                \
	&cmd_trust_init, &cmd_trust_add, &cmd_trust_show, &cmd_quorum, &cmd_bundle_make, \
		&cmd_bundle_status, &cmd_verify, &cmd_explain, &cmd_policy_explain,      \
		&cmd_eventlog_show, &cmd_eventlog_replay, &cmd_eventlog_diff

#endif
