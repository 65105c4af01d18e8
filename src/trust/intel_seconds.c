#include "trust/intel_seconds.h"

#include "base/mem.h"
#include "base/banned.h"

enum { DAY = 86400 };

bool intel_seconds(const ASN1_TIME *t, int64_t *ret)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, rest = 0;
	bool ok = epoch && ASN1_TIME_diff(&days, &rest, epoch, t) == 1;

	if (!epoch)
		mem_note_missing();
	ASN1_TIME_free(epoch);
	if (ok)
		*ret = (int64_t)days * DAY + rest;
	return ok;
}
