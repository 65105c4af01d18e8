#include "cmd/shell_word.h"

#include "base/buf.h"
#include "base/mem.h"
#include "base/banned.h"

enum { WORD_MAX = 65536 };

char *shell_word(const char *word)
{
	struct buf b = buf_init(WORD_MAX);
	bool plain = word[0] &&
		     !word[strspn(word, "abcdefghijklmnopqrstuvwxyz"
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./+=:,@")];

	if (plain)
		return mem_string(str_of(word));
	buf_u8(&b, '\'');
	for (const char *p = word; *p; p++)
		if (*p == '\'')
			buf_add_cstr(&b, "'\\''");
		else
			buf_add(&b, p, 1);
	buf_u8(&b, '\'');
	return buf_take_cstr(&b);
}
