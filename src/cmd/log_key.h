/* The private key of a log, from a file that only its owner can read. */
#ifndef ASSAY_CMD_LOG_KEY_H
#define ASSAY_CMD_LOG_KEY_H

#include "cmd/verb.h"
#include "log/log_folder.h"
#include "trust/private_key.h"

/* --key of the verb, else the one that the log was made with. Fails: as key_file_load. */
bool log_key_of(struct private_key **ret, const struct log_folder *l, const struct verb_args *args,
	struct err *e) MUST_CHECK;

#endif
