#include "evidence/pcr_text.h"

#include "base/hex.h"
#include "base/banned.h"

/* Hexadecimal digits of either case, "0x" before them. */
static bool read_value(struct digest *ret, struct str s)
{
	char low[2 * DIGEST_MAX];
	size_t n = 2 * digest_size(ret->alg);

	if (!str_starts(s, "0x") || s.n != n + 2)
		return false;
	for (size_t i = 0; i < n; i++) {
		char c = s.p[2 + i];

		low[i] = (char)(c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c);
	}
	return hex_read(str_make(low, n), ret->bytes, n / 2);
}

static bool read_register(
	struct bundle_bank *bank, struct str key, struct str value, size_t line, struct err *e)
{
	struct digest d = { .alg = bank->alg };
	uint64_t pcr;

	if (!str_u64(key, &pcr, BUNDLE_PCRS - 1) || bank->pcrs >> pcr & 1)
		return err_set(e, ERR_FORMAT,
			"line %zu: '%.*s' is no PCR from 0 to %d, or it stands twice", line,
			STR_ARG(key), BUNDLE_PCRS - 1);
	if (!read_value(&d, value))
		return err_set(e, ERR_FORMAT,
			"line %zu: the value of PCR %u is not 0x and %zu digits", line,
			(unsigned)pcr, 2 * digest_size(bank->alg));
	bank->values[pcr] = d;
	bank->pcrs |= UINT32_C(1) << pcr;
	return true;
}

static bool new_bank(
	struct bundle_bank *bank, struct bundle *b, struct str name, size_t line, struct err *e)
{
	*bank = (struct bundle_bank){ .alg = digest_from_name(name) };
	if (bank->alg == DIGEST_NONE || bundle_bank_find(b, bank->alg))
		return err_set(e, ERR_FORMAT, "line %zu: '%.*s' is no bank, or it stands twice",
			line, STR_ARG(name));
	return true;
}

/* A bank without registers is one that the TPM does not have active. */
static bool end_bank(struct bundle *b, const struct bundle_bank *bank, struct err *e)
{
	if (!bank->pcrs)
		return true;
	if (b->n_banks == BUNDLE_BANKS_MAX)
		return err_set(e, ERR_LIMIT, "more than %d banks", BUNDLE_BANKS_MAX);
	b->banks[b->n_banks++] = *bank;
	return true;
}

bool pcr_text_read(struct bundle *b, struct span text, struct err *e)
{
	struct str rest = str_make((const char *)text.p, text.n), line, key, value;
	struct bundle_bank bank = { 0 };

	for (size_t n = 1; rest.n; n++) {
		str_cut(rest, '\n', &line, &rest);
		line = str_trim(line);
		if (!line.n)
			continue;
		if (!str_cut(line, ':', &key, &value))
			return err_set(e, ERR_FORMAT, "line %zu: want 'BANK:' or 'PCR : 0xHEX'", n);
		key = str_trim(key);
		value = str_trim(value);
		if (!value.n) {
			if (!end_bank(b, &bank, e) || !new_bank(&bank, b, key, n, e))
				return false;
		} else if (bank.alg == DIGEST_NONE) {
			return err_set(e, ERR_FORMAT, "line %zu: a register without a bank", n);
		} else if (!read_register(&bank, key, value, n, e)) {
			return false;
		}
	}
	if (!end_bank(b, &bank, e))
		return false;
	return b->n_banks || err_set(e, ERR_FORMAT, "no bank of PCR values");
}
