#include "measure/snp_id.h"

#include <string.h>

#include "base/buf.h"
#include "base/banned.h"

enum {
	CURVE_P384 = 2,
	ALGORITHM = 1, /* ECDSA P-384 with SHA-384 */
	NUMBER_ROOM = 72,
	BLOCK_VERSION = 1,
	AUTH_SIGNATURE_AT = 0x40,
	AUTH_KEY_AT = 0x240,
	AUTH_AUTHOR_SIGNATURE_AT = 0x680,
	AUTH_AUTHOR_KEY_AT = 0x880,
};

void snp_id_block(uint8_t out[static SNP_ID_BLOCK_SIZE], const struct snp_id *id)
{
	memcpy(out, id->digest, SHA384_SIZE);
	memcpy(out + 0x30, id->family, SNP_ID_NAME_SIZE);
	memcpy(out + 0x40, id->image, SNP_ID_NAME_SIZE);
	put_u32le(out + 0x50, BLOCK_VERSION);
	put_u32le(out + 0x54, id->svn);
	put_u64le(out + 0x58, id->policy);
}

/* The room behind the bytes is zero. */
static void put_numbers(uint8_t *at, const struct snp_id_numbers *n)
{
	for (size_t i = 0; i < SNP_ID_NUMBER_SIZE; i++) {
		at[i] = n->first[SNP_ID_NUMBER_SIZE - 1 - i];
		at[NUMBER_ROOM + i] = n->second[SNP_ID_NUMBER_SIZE - 1 - i];
	}
}

void snp_id_key(uint8_t out[static SNP_ID_KEY_SIZE], const struct snp_id_numbers *key)
{
	memset(out, 0, SNP_ID_KEY_SIZE);
	put_u32le(out, CURVE_P384);
	put_numbers(out + 4, key);
}

void snp_id_auth(uint8_t out[static SNP_ID_AUTH_SIZE], const struct snp_id_signer *id,
	const struct snp_id_signer *author)
{
	memset(out, 0, SNP_ID_AUTH_SIZE);
	put_u32le(out, ALGORITHM);
	put_u32le(out + 4, ALGORITHM);
	put_numbers(out + AUTH_SIGNATURE_AT, &id->signature);
	snp_id_key(out + AUTH_KEY_AT, &id->key);
	if (!author)
		return;
	put_numbers(out + AUTH_AUTHOR_SIGNATURE_AT, &author->signature);
	snp_id_key(out + AUTH_AUTHOR_KEY_AT, &author->key);
}
