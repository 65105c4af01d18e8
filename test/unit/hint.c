#include "cmd/hint.h"

#include <errno.h>
#include <stddef.h>

#include "test.h"

/* Whatever goes wrong, there is a sentence, and it fits beside "hint: ". */
int main(void)
{
	struct err e;

	for (int kind = ERR_NONE; kind <= ERR_INTERNAL; kind++)
		for (int os = 0; os < 140; os++) {
			e = (struct err){ .kind = (enum err_kind)kind, .os = os };
			CHECK(hint_of(&e) && strlen(hint_of(&e)) > 20 &&
				!strchr(hint_of(&e), '\n'));
			CHECK(hint_of(&e)[strlen(hint_of(&e)) - 1] != '.');
		}
	e = (struct err){ .kind = ERR_IO, .os = ENOSPC };
	CHECK(strstr(hint_of(&e), "disk is full"));
	e.os = EACCES;
	CHECK(strstr(hint_of(&e), "owner and mode"));
	e = (struct err){ .kind = ERR_IO, .os = EACCES };
	CHECK(!hint_wanted(&e, "a policy") && !e.hint[0]); /* it may well be one */
	e.os = EISDIR;
	CHECK(!hint_wanted(&e, "a policy") && !strcmp(e.hint, "a policy"));
	e = (struct err){ .kind = ERR_NOTFOUND, .os = ENOENT };
	CHECK(!hint_wanted(&e, "a policy") && !strcmp(e.hint, "a policy"));
	e = (struct err){ .kind = ERR_FORMAT };
	CHECK(!hint_wanted(&e, "a policy") && !strcmp(e.hint, "a policy"));
	e = (struct err){ .kind = ERR_INTERNAL };
	CHECK(strstr(hint_of(&e), "mistake in assay"));
	e.kind = ERR_SIGNATURE;
	CHECK(strstr(hint_of(&e), "do not use it"));
	return test_end();
}
