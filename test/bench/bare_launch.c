/*
 * bare-launch FILE: what no calculator of an SEV-SNP launch digest can do without, by libcrypto alone: the file is read, of
 * each page of 4096 bytes the SHA-384 is made, and of each of these a SHA-384 over 112 bytes. Nothing is parsed.
 * `bare-launch` without a file ends at once: the start of a process.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 16 << 20, PAGE = 4096, RECORD = 112, HASH = 48 };

int main(int argc, char **argv)
{
	unsigned char *bytes = malloc(FILE_MAX), record[RECORD] = { 0 };
	FILE *f = argc > 1 ? fopen(argv[1], "rb") : NULL;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n;

	if (argc < 2)
		return 0;
	if (!f || !bytes || !ctx)
		return 2;
	n = fread(bytes, 1, FILE_MAX, f);
	fclose(f);
	if (EVP_DigestInit_ex(ctx, EVP_sha384(), NULL) != 1)
		return 2;
	for (size_t at = 0; at + PAGE <= n; at += PAGE) {
		if (EVP_DigestInit_ex(ctx, NULL, NULL) != 1 ||
			EVP_DigestUpdate(ctx, bytes + at, PAGE) != 1 ||
			EVP_DigestFinal_ex(ctx, record + HASH, NULL) != 1 ||
			EVP_DigestInit_ex(ctx, NULL, NULL) != 1 ||
			EVP_DigestUpdate(ctx, record, RECORD) != 1 ||
			EVP_DigestFinal_ex(ctx, record, NULL) != 1)
			return 2;
	}
	for (size_t i = 0; i < HASH; i++)
		printf("%02x", record[i]);
	putchar('\n');
	EVP_MD_CTX_free(ctx);
	free(bytes);
	return 0;
}
