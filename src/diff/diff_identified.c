#include "diff/diff_identified.h"

#include <stdio.h>

#include "base/digest.h"
#include "diff/diff_open.h"
#include "image/identifier.h"
#include "image/pe_certificates.h"

#include "base/banned.h"

enum { VERSION_AT = 14, PROGRAM_MAX = 1 << 30, HEX_HALF = 32 };

struct str diff_identified_fact(const struct diff_fact *facts, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(facts[i].name, name) == 0)
			return facts[i].value;
	return STR("");
}

bool diff_identified_is_version_8(struct str uuid)
{
	return uuid.n == UUID_TEXT_SIZE - 1 && uuid.p[VERSION_AT] == '8';
}

bool diff_identified_is_of(struct str uuid, const char *label, struct span content)
{
	uint8_t digest[SHA256_SIZE], id[UUID_SIZE];
	char text[UUID_TEXT_SIZE];
	sha256_of(digest, content);
	identifier_uuid(id, label, digest);
	identifier_text(text, id);
	return str_is(uuid, text);
}

bool diff_identified_is_half(struct str uuid, struct str root_hash)
{
	char hex[HEX_HALF];
	size_t n = 0;
	for (size_t i = 0; i < uuid.n; i++)
		if (uuid.p[i] != '-' && n < sizeof(hex))
			hex[n++] = uuid.p[i];
	return n == sizeof(hex) && root_hash.n >= n &&
	       (memcmp(root_hash.p, hex, n) == 0 ||
		       memcmp(root_hash.p + root_hash.n - n, hex, n) == 0);
}

/* Of an ESP that assay made: its volume id is made from the UKI without a signature. */
static bool is_of_program(const struct diff_side *s)
{
	struct str id = diff_identified_fact(s->members->facts, s->members->n_facts, "volume id");
	for (size_t i = 0; i < s->members->n; i++) {
		const struct diff_member *m = &s->members->list[i];
		struct diff_bytes file CLEANUP(diff_bytes_done) = { 0 };
		struct buf plain CLEANUP(buf_done) = buf_init(PROGRAM_MAX);
		struct span signature;
		struct err e;
		uint8_t digest[SHA256_SIZE];
		char text[16];

		if (!str_is(m->path, "EFI/BOOT/BOOTX64.EFI") || !diff_open(&file, s, m, &e))
			continue;
		bool detached = pe_certificates_present(file.all) &&
				pe_certificates_detach(&plain, &signature, file.all, &e);
		sha256_of(digest, detached ? buf_span(&plain) : file.all);
		uint32_t v = identifier_u32("esp", digest);
		snprintf(text, sizeof(text), "%04X-%04X", v >> 16, v & 0xffff);
		return str_is(id, text);
	}
	return false;
}

enum diff_rule diff_identified(
	enum diff_format f, const struct diff_side *a, const struct diff_side *b)
{
	const struct diff_members *x = a->members, *y = b->members;
	if (f == DIFF_FORMAT_FAT)
		return is_of_program(a) && is_of_program(b) ? DIFF_RULE_IDENTIFIER : DIFF_RULE_NONE;
	bool made = diff_identified_is_version_8(
			    diff_identified_fact(x->facts, x->n_facts, "UUID")) &&
		    diff_identified_is_version_8(
			    diff_identified_fact(y->facts, y->n_facts, "UUID"));
	return made ? DIFF_RULE_IDENTIFIER : DIFF_RULE_NONE;
}
