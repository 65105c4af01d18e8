/* assay measure snp-id: ID block and ID authentication of an SEV-SNP guest, signed with the owner's keys. */
#include "measure/snp_id.h"

#include <stdio.h>

#include "base/arena.h"
#include "base/hex.h"
#include "cmd/sev_inputs.h"
#include "cmd/verbs.h"
#include "codec/base64.h"
#include "image/p384_key.h"
#include "sys/file.h"
#include "base/banned.h"

#define MEASURE_SNP_ID_FORMAT "assay.measure-snp-id/1"
enum { JSON_MAX = 1 << 16, BASE64_MAX = 8192, PATH_SIZE = 4096 };

struct snp_id_made {
	uint8_t block[SNP_ID_BLOCK_SIZE], auth[SNP_ID_AUTH_SIZE];
	bool has_author;
	uint8_t id_key_digest[SHA384_SIZE], author_key_digest[SHA384_SIZE];
};

/* Hexadecimal digits of exactly these bytes; left alone without the option. */
static bool read_bytes(
	uint8_t *ret, size_t n, const struct verb_args *args, const char *option, struct err *e)
{
	const char *text = verb_value(args, option);

	if (!text || hex_read(str_of(text), ret, n))
		return true;
	return err_set(e, ERR_USAGE, "%s '%s' is not %zu lower-case hexadecimal digits", option,
		text, 2 * n);
}

static bool read_numbers(struct snp_id *id, const struct verb_args *args, struct err *e)
{
	const char *svn = verb_value(args, "--svn"), *policy = verb_value(args, "--policy");
	uint64_t v = 0;

	id->policy = SNP_ID_POLICY_DEFAULT;
	if (svn && !sev_inputs_number(&v, str_of(svn), "--svn", UINT32_MAX, e))
		return false;
	id->svn = (uint32_t)v;
	if (policy && !sev_inputs_number(&id->policy, str_of(policy), "--policy", UINT64_MAX, e))
		return false;
	if (id->policy & SNP_ID_POLICY_ONE)
		return true;
	err_set(e, ERR_USAGE,
		"--policy %s lacks bit 17, which is always one: no guest starts with it", policy);
	return err_hint(e, "%#llx is the least, with SMT allowed",
		(unsigned long long)SNP_ID_POLICY_DEFAULT);
}

static bool read_id(struct snp_id *id, const struct verb_args *args, struct err *e)
{
	*id = (struct snp_id){ .svn = 0 };
	if (!verb_value(args, "--digest")) {
		err_set(e, ERR_USAGE,
			"--digest is needed: the launch digest that the guest must have");
		return err_hint(e, "assay measure snp prints it");
	}
	return read_bytes(id->digest, sizeof id->digest, args, "--digest", e) &&
	       read_bytes(id->family, sizeof id->family, args, "--family-id", e) &&
	       read_bytes(id->image, sizeof id->image, args, "--image-id", e) &&
	       read_numbers(id, args, e);
}

static bool load_key(struct p384_key **ret, const char *path, struct err *e)
{
	CLEANUP(buf_done) struct buf pem = buf_init(0);

	return file_read(AT_FDCWD, path, P384_KEY_FILE_MAX, &pem, e) &&
	       (p384_key_of_pem(ret, buf_span(&pem), e) || err_wrap(e, "'%s'", path));
}

static bool sign(
	struct snp_id_signer *ret, const struct p384_key *k, struct span message, struct err *e)
{
	p384_key_public(k, ret->key.first, ret->key.second);
	return p384_key_sign(ret->signature.first, ret->signature.second, k, message, e);
}

static void key_digest(uint8_t out[static SHA384_SIZE], const uint8_t key[static SNP_ID_KEY_SIZE])
{
	struct digest d = digest_of(DIGEST_SHA384, span_make(key, SNP_ID_KEY_SIZE));

	memcpy(out, d.bytes, SHA384_SIZE);
}

static bool make(
	struct snp_id_made *m, const struct snp_id *id, const struct verb_args *args, struct err *e)
{
	CLEANUP(p384_key_freep) struct p384_key *id_key = NULL, *author_key = NULL;
	const char *id_path = verb_value(args, "--id-key"),
		   *author_path = verb_value(args, "--author-key");
	struct snp_id_signer signer, author;
	uint8_t key[SNP_ID_KEY_SIZE];

	m->has_author = author_path != NULL;
	snp_id_block(m->block, id);
	if (!load_key(&id_key, id_path, e) || !sign(&signer, id_key, SPAN_OF(m->block), e))
		return false;
	snp_id_key(key, &signer.key);
	key_digest(m->id_key_digest, key);
	if (author_path) {
		if (!load_key(&author_key, author_path, e) ||
			!sign(&author, author_key, SPAN_OF(key), e))
			return false;
		snp_id_key(key, &author.key);
		key_digest(m->author_key_digest, key);
	}
	snp_id_auth(m->auth, &signer, author_path ? &author : NULL);
	return true;
}

static bool write_one(const char *folder, const char *name, struct span bytes, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(BASE64_MAX);
	char path[PATH_SIZE];

	snprintf(path, sizeof path, "%s/%s.bin", folder, name);
	if (!file_write(AT_FDCWD, path, bytes, 0644, e))
		return false;
	base64_add(&text, bytes, BASE64_STANDARD);
	snprintf(path, sizeof path, "%s/%s.base64", folder, name);
	return file_write(AT_FDCWD, path, buf_span(&text), 0644, e);
}

static bool write_files(const struct snp_id_made *m, const char *folder, struct err *e)
{
	if (strlen(folder) > PATH_SIZE - 64)
		return err_set(e, ERR_LIMIT, "the name of the output folder is too long");
	return file_mkdirs(AT_FDCWD, folder, e) &&
	       write_one(folder, "id-block", SPAN_OF(m->block), e) &&
	       write_one(folder, "id-auth", SPAN_OF(m->auth), e);
}

static void print_text(const struct snp_id_made *m)
{
	char hex[2 * SHA384_SIZE + 1];

	hex_write(hex, m->id_key_digest, SHA384_SIZE);
	printf("id-key-digest %s\n", hex);
	if (!m->has_author)
		return;
	hex_write(hex, m->author_key_digest, SHA384_SIZE);
	printf("author-key-digest %s\n", hex);
}

static bool print_json(const struct snp_id_made *m, const struct snp_id *id, struct err *e)
{
	CLEANUP(buf_done) struct buf b = buf_init(JSON_MAX);
	struct json_out w = json_out_to(&b);
	char policy[20];

	snprintf(policy, sizeof policy, "0x%llx", (unsigned long long)id->policy);
	json_object(&w);
	json_put_cstr(&w, "format", MEASURE_SNP_ID_FORMAT);
	json_put_hex(&w, "measurement", SPAN_OF(id->digest));
	json_put_hex(&w, "family-id", SPAN_OF(id->family));
	json_put_hex(&w, "image-id", SPAN_OF(id->image));
	json_put_uint(&w, "svn", id->svn);
	json_put_cstr(&w, "policy", policy);
	json_put_hex(&w, "id-key-digest", SPAN_OF(m->id_key_digest));
	if (m->has_author)
		json_put_hex(&w, "author-key-digest", SPAN_OF(m->author_key_digest));
	json_put_hex(&w, "id-block", SPAN_OF(m->block));
	json_put_hex(&w, "id-auth", SPAN_OF(m->auth));
	json_end_object(&w);
	return sev_inputs_json_print(&b, e);
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	const char *folder = verb_value(args, "--output");
	struct snp_id_made m = { .has_author = false };
	struct snp_id id;

	(void)code;
	if (!read_id(&id, args, e))
		return false;
	if (!verb_value(args, "--id-key")) {
		err_set(e, ERR_USAGE,
			"--id-key is needed: the private key that signs the ID block");
		return err_hint(e,
			"openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out id.pem");
	}
	if (!make(&m, &id, args, e) || (folder && !write_files(&m, folder, e)))
		return false;
	if (folder)
		verb_say(
			args, "wrote id-block and id-auth in %s, each as .bin and .base64", folder);
	if (verb_flag(args, "--json"))
		return print_json(&m, &id, e);
	print_text(&m);
	return true;
}

static const struct verb_option options[] = {
	{ "--digest", "HEX", "launch digest that the guest must have (needed)", false },
	{ "--id-key", "PEM", "private key, P-384, that signs the ID block (needed)", false },
	{ "--author-key", "PEM", "private key, P-384, that signs the ID key", false },
	{ "--family-id", "HEX", "16 bytes of the owner's choice (zeroes)", false },
	{ "--image-id", "HEX", "16 bytes of the owner's choice (zeroes)", false },
	{ "--svn", "N", "security version of the guest (0)", false },
	{ "--policy", "X", "the guest's policy (0x30000)", false },
	{ "--output", "DIR", "write id-block and id-auth, .bin and .base64 each", false },
	{ "--json", NULL, "print all of it as JSON", false },
	{ 0 },
};

const struct verb cmd_measure_snp_id = {
	.name = "measure snp-id",
	.summary = "sign the launch digest that an SEV-SNP guest must have",
	.usage = "",
	.options = options,
	.example =
		"assay measure snp-id --digest HEX --id-key id.pem \\\n    --author-key author.pem -o id",
	.run = run,
};
