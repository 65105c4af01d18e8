#include <string.h>

#include "../../guest/command_line.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct command_line c;
	char *text = malloc(size + 1);

	MUST(text);
	if (size)
		memcpy(text, data, size);
	text[size] = 0;
	fuzz_taken = !command_line_parse(&c, text);
	if (fuzz_taken && !c.observe)
		MUST(strlen(c.verity.root_hash) == ROOT_HASH_TEXT && c.verity.data_blocks);
	free(text);
	return 0;
}
