/*
 * bare-mrtd FILE AT: what no calculator of MRTD can do without, by libcrypto alone: the file is read, and one SHA-384 made
 * of its bytes from AT on with 128 bytes before each 256 of them and 128 before each 4096. Nothing is parsed, and the
 * records are zero. `bare-mrtd` without a file ends at once: the start of a process.
 */
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

enum { FILE_MAX = 16 << 20, PAGE = 4096, CHUNK = 256, RECORD = 128 };

int main(int argc, char **argv)
{
	static const unsigned char record[RECORD];
	unsigned char *bytes = malloc(FILE_MAX), out[EVP_MAX_MD_SIZE];
	FILE *f = argc > 2 ? fopen(argv[1], "rb") : NULL;
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t n, at;

	if (argc < 3)
		return 0;
	if (!f || !bytes || !ctx || EVP_DigestInit_ex(ctx, EVP_sha384(), NULL) != 1)
		return 2;
	n = fread(bytes, 1, FILE_MAX, f);
	fclose(f);
	for (at = strtoul(argv[2], NULL, 10); at + CHUNK <= n; at += CHUNK)
		if ((at % PAGE == 0 && EVP_DigestUpdate(ctx, record, RECORD) != 1) ||
			EVP_DigestUpdate(ctx, record, RECORD) != 1 ||
			EVP_DigestUpdate(ctx, bytes + at, CHUNK) != 1)
			return 2;
	if (EVP_DigestFinal_ex(ctx, out, NULL) != 1)
		return 2;
	for (size_t i = 0; i < 48; i++)
		printf("%02x", out[i]);
	putchar('\n');
	EVP_MD_CTX_free(ctx);
	free(bytes);
	return 0;
}
