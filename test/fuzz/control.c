#include "deb/control.h"

#include "lock/stanza.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct control_stanza s;
	struct control_reader r;
	struct err e = { 0 };
	struct lock_package p;
	struct str rest, line, word;
	bool found = true;

	control_init(&r, span_make(data, size));
	while (control_next(&r, &s, &found, &e)) {
		if (!found) {
			fuzz_taken = true;
			break;
		}
		MUST(s.n <= CONTROL_FIELDS_MAX);
		if (stanza_package(&p, &s, &e))
			MUST(p.name.n && p.path.n && p.path.p[0] != '/');
		rest = control_field(&s, "Depends");
		while (control_line(&rest, &line))
			while (control_word(&line, &word))
				MUST(word.n);
	}
	return 0;
}
