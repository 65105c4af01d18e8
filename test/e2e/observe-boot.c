/* observe-boot CODE VARS DISK: what the disk prints of its registers, one a line; for test/e2e/vm.sh. */
#include <stdio.h>

#include "base/mem.h"
#include "vm/observe.h"

static void print(const char *bank, const struct digest all[OBSERVE_PCRS])
{
	char hex[2 * DIGEST_MAX + 1];

	for (int i = 0; i < OBSERVE_PCRS; i++) {
		if (all[i].alg == DIGEST_NONE)
			continue;
		digest_hex(&all[i], hex);
		printf("%s %d %s\n", bank, i, hex);
	}
}

int main(int argc, char **argv)
{
	CLEANUP(mem_free) struct observe *o = MEM_NEW(struct observe);
	struct err e;

	if (argc != 4)
		return 2;
	if (!observe_boot(o, argv[1], argv[2], argv[3], &e)) {
		fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	print("sha256", o->sha256);
	print("sha384", o->sha384);
	return 0;
}
