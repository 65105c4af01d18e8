#include "measure/tpm_userspace.h"

#include "base/hex.h"
#include "base/banned.h"

enum { MACHINE_ID = 16, FILE_SYSTEM_COLONS = 6 };

/* Printable, and short enough for one event. */
static bool check_text(struct str s, const char *what, struct err *e)
{
	if (s.n > TPM_USERSPACE_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "%s of %zu bytes, limit %d", what, s.n,
			TPM_USERSPACE_TEXT_MAX);
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] < ' ' || s.p[i] == 0x7f)
			return err_set(
				e, ERR_FORMAT, "%s has byte 0x%02x", what, (unsigned char)s.p[i]);
	return true;
}

bool tpm_userspace_phases(struct event_list *to, struct str phases, struct err *e)
{
	struct str word, rest = phases;

	if (!check_text(phases, "a list of phases", e))
		return false;
	for (bool more = phases.n != 0; more;) {
		more = str_cut(rest, ':', &word, &rest);
		if (!word.n)
			return err_set(e, ERR_FORMAT, "the phases '%.*s' have an empty word",
				STR_ARG(phases));
		if (!event_list_add(to, 11, 0, str_span(word), "phase of the boot",
			    "systemd-pcrphase: the phase's name", STR("systemd"), word, e))
			return false;
	}
	return true;
}

/* PREFIX and text, as one event of PCR 15. */
static bool add(struct event_list *to, const char *prefix, struct str text, const char *what,
	const char *rule, struct err *e)
{
	struct str word = arena_printf(to->a, "%s:%.*s", prefix, STR_ARG(text));

	if (!word.p)
		return arena_full(to->a, e);
	return event_list_add(to, 15, 0, str_span(word), what, rule, STR("systemd"), word, e);
}

bool tpm_userspace_machine_id(struct event_list *to, struct str id, struct err *e)
{
	uint8_t bytes[MACHINE_ID];

	if (!hex_read(id, bytes, sizeof bytes))
		return err_set(e, ERR_FORMAT, "machine id '%.*s' is not 32 hexadecimal digits",
			STR_ARG(id));
	return add(to, "machine-id", id, "machine id", "systemd-pcrmachine", e);
}

bool tpm_userspace_file_system(struct event_list *to, struct str words, struct err *e)
{
	size_t colons = 0;

	if (!check_text(words, "a file system", e))
		return false;
	for (size_t i = 0; i < words.n; i++)
		colons += words.p[i] == ':';
	if (colons != FILE_SYSTEM_COLONS || words.p[0] == ':')
		return err_set(e, ERR_FORMAT,
			       "file system '%.*s' is not seven words with colons between them",
			       STR_ARG(words)) ||
		       err_hint(e,
			       "PATH:TYPE:UUID:LABEL:PARTUUID:PARTTYPE:PARTNAME; a word may be empty");
	return add(to, "file-system", words, "file system", "systemd-pcrfs", e);
}
