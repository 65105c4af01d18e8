#include "appraise/check.h"

#include "base/banned.h"

void check_add(struct check_list *l, const struct check *c)
{
	if (l->n == CHECK_LIST_MAX)
		l->full = true;
	else
		l->items[l->n++] = *c;
}

const struct check *check_find(const struct check_list *l, const char *name)
{
	for (size_t i = 0; i < l->n; i++)
		if (!strcmp(l->items[i].name, name))
			return &l->items[i];
	return NULL;
}

bool check_passed(const struct check_list *l, const char *name)
{
	const struct check *c = check_find(l, name);

	return c && c->result == CHECK_PASSED;
}

size_t check_count(const struct check_list *l, enum check_result result)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += l->items[i].result == result;
	return n;
}

const char *check_result_name(enum check_result r)
{
	static const char *const names[] = {
		[CHECK_FAILED] = "failed",
		[CHECK_PASSED] = "passed",
		[CHECK_NOT_APPLICABLE] = "not-applicable",
	};

	return names[r];
}

const char *check_claim_name(enum check_claim c)
{
	static const char *const names[] = {
		[CHECK_INSTANCE_IDENTITY] = "instance-identity",
		[CHECK_CONFIGURATION] = "configuration",
		[CHECK_EXECUTABLES] = "executables",
		[CHECK_FILE_SYSTEM] = "file-system",
		[CHECK_HARDWARE] = "hardware",
		[CHECK_RUNTIME_OPAQUE] = "runtime-opaque",
		[CHECK_STORAGE_OPAQUE] = "storage-opaque",
		[CHECK_SOURCED_DATA] = "sourced-data",
	};

	return names[c];
}
