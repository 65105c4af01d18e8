#include "cmd/log_key.h"

#include "cmd/key_file.h"
#include "base/banned.h"

bool log_key_of(struct private_key **ret, const struct log_folder *l, const struct verb_args *args,
	struct err *e)
{
	const char *path = verb_value(args, "--key");

	if (!path)
		path = log_folder_key_path(l);
	if (!path)
		return err_set(e, ERR_USAGE, "wanted --key: who signs the log's checkpoint");
	return key_file_load(ret, path, e);
}
