/*
 * bare-log LIST: what no log can do without, by libcrypto alone: the files that LIST names, one a line, are read and hashed, and so
 * is the tree of them (RFC 9162). Prints its root. `bare-log` without a list ends at once: the start of a process.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ENTRY_MAX = 65535, HASH = 32, LEVELS = 40, PATH = 4096 };

static EVP_MD_CTX *ctx;
static unsigned char at[LEVELS][HASH]; /* roots of complete subtrees, by level */

static void hash(
	unsigned char *out, unsigned char first, const void *a, size_t n, const void *b, size_t m)
{
	if (EVP_DigestInit_ex(ctx, NULL, NULL) != 1 || EVP_DigestUpdate(ctx, &first, 1) != 1 ||
		EVP_DigestUpdate(ctx, a, n) != 1 || EVP_DigestUpdate(ctx, b, m) != 1 ||
		EVP_DigestFinal_ex(ctx, out, NULL) != 1)
		exit(2);
}

static void add(unsigned long size, unsigned char *h)
{
	unsigned level = 0;

	for (; size >> level & 1; level++)
		hash(h, 1, at[level], HASH, h, HASH);
	memcpy(at[level], h, HASH);
}

int main(int argc, char **argv)
{
	static unsigned char entry[ENTRY_MAX], h[HASH];
	FILE *list = argc > 1 ? fopen(argv[1], "r") : NULL;
	unsigned long size = 0;
	char path[PATH];
	unsigned level = 0;

	if (argc < 2)
		return 0;
	ctx = EVP_MD_CTX_new();
	if (!list || !ctx || EVP_DigestInit_ex(ctx, EVP_sha256(), NULL) != 1)
		return 2;
	for (; fgets(path, sizeof path, list); size++) {
		FILE *f;
		size_t n;

		path[strcspn(path, "\n")] = '\0';
		f = fopen(path, "r");
		if (!f)
			return 2;
		n = fread(entry, 1, sizeof entry, f);
		fclose(f);
		hash(h, 0, entry, n, "", 0);
		add(size, h);
	}
	if (!size)
		return 2;
	while (!(size >> level & 1))
		level++;
	memcpy(h, at[level], HASH);
	for (level++; size >> level; level++)
		if (size >> level & 1)
			hash(h, 1, at[level], HASH, h, HASH);
	for (size_t i = 0; i < HASH; i++)
		printf("%02x", h[i]);
	putchar('\n');
	return 0;
}
