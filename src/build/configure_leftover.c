#include "build/configure_leftover.h"

#include <inttypes.h>

#include "base/banned.h"

/* folders: also folders that match. doc/configure.md has the reason of each. */
static const struct {
	const char *glob;
	bool folders;
} dropped[] = {
	{ "etc/*-", false },
	{ "etc/.pwd.lock", false },
	{ "etc/machine-id", false },
	{ "etc/resolv.conf", false },
	{ "etc/ssh/ssh_host_*", false },
	{ "etc/ssl/private/ssl-cert-snakeoil.key", false },
	{ "etc/ssl/certs/ssl-cert-snakeoil.pem", false },
	{ "run/**", true },
	{ "tmp/**", true },
	{ "usr/sbin/policy-rc.d", false },
	{ "var/cache/apt/**", false },
	{ "var/cache/debconf/*-old", false },
	{ "var/cache/fontconfig/**", false },
	{ "var/cache/ldconfig/**", false },
	{ "var/cache/man/**", true },
	{ "var/lib/apt/lists/**", true },
	{ "var/lib/dbus/machine-id", false },
	{ "var/lib/dpkg/*-old", false },
	{ "var/lib/dpkg/lock", false },
	{ "var/lib/dpkg/lock-frontend", false },
	{ "var/lib/dpkg/triggers/Lock", false },
	{ "var/lib/systemd/credential.secret", false },
	{ "var/lib/systemd/random-seed", false },
	{ "var/lib/urandom/**", false },
	{ "var/log/**", false },
	{ "var/tmp/**", true },
	{ "**.dpkg-new", false },
	{ "**.dpkg-tmp", false },
};

bool configure_leftover_drops(struct str path, enum node_kind kind)
{
	for (size_t i = 0; i < ARRAY_LEN(dropped); i++)
		if ((dropped[i].folders || kind != NODE_FOLDER) &&
			str_glob(str_of(dropped[i].glob), path))
			return true;
	return false;
}

bool configure_leftover_mends(struct str path)
{
	return str_is(path, "etc/shadow");
}

/* NAME:PASSWORD:DAY:... (shadow(5)); what is no such line stays. */
void configure_leftover_mend(struct buf *out, struct str text, uint64_t day)
{
	struct str line, name, password, was, rest;

	while (text.n) {
		bool whole = str_cut(text, '\n', &line, &text);

		if (str_cut(line, ':', &name, &rest) && str_cut(rest, ':', &password, &rest) &&
			str_cut(rest, ':', &was, &rest) && was.n)
			buf_printf(out, "%.*s:%.*s:%" PRIu64 ":%.*s", STR_ARG(name),
				STR_ARG(password), day, STR_ARG(rest));
		else
			buf_add_str(out, line);
		if (whole)
			buf_u8(out, '\n');
	}
}

/* A line as in RFC 7468 or OpenSSH: "-----BEGIN PRIVATE KEY-----", "-----BEGIN OPENSSH PRIVATE KEY-----". */
bool configure_leftover_is_key(struct span start)
{
	struct str rest = str_make((const char *)start.p, start.n), line;

	while (rest.n) {
		(void)str_cut(rest, '\n', &line, &rest);
		line = str_trim(line);
		if (str_starts(line, "-----BEGIN ") && str_ends(line, "PRIVATE KEY-----"))
			return true;
	}
	return false;
}
