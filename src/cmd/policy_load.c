#include "cmd/policy_load.h"

#include "cmd/hint.h"
#include "codec/yaml.h"
#include "sys/file.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

bool policy_load(struct policy *ret, const char *path, struct arena *a, struct err *e)
{
	static const char page[] = "the manual page assay-policy(5) says what a policy file holds";
	CLEANUP(buf_done) struct buf text = buf_init(0);
	struct json v;

	if (!path) {
		*ret = policy_default();
		return true;
	}
	if (!file_read(AT_FDCWD, path, YAML_SIZE_MAX, &text, e)) {
		hint_wanted(e, page);
		return err_wrap(e, "policy");
	}
	if (!yaml_parse(&v, buf_span(&text), a, e) || !policy_parse(ret, &v, a, e)) {
		err_hint(e, "%s", page);
		return err_wrap(e, "'%s'", path);
	}
	return true;
}
