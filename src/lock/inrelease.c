#include "lock/inrelease.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "deb/control.h"
#include "lock/keyring.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "base/banned.h"

enum { STATUS_MAX = 1 << 20 };
#define UNIX_MAX UINT64_C(253402300799) /* the year 9999 */

/* Where the two files of one run of gpgv lie; removed with all in it. */
struct workplace {
	char path[64];
};

static void workplace_done(struct workplace *w)
{
	struct err ignored = { 0 };

	/* What cannot be removed holds public bytes only. */
	if (w->path[0] && !file_remove_tree(AT_FDCWD, w->path, &ignored))
		w->path[0] = 0;
}

static bool workplace_make(struct workplace *w, struct err *e)
{
	char template[] = "/tmp/assay-gpgv.XXXXXX";

	if (!mkdtemp(template))
		return err_os(e, "cannot make a folder in /tmp");
	snprintf(w->path, sizeof w->path, "%s", template);
	return true;
}

/* State while the status lines are read: whether the signature that they are about was called good. */
struct judge {
	struct inrelease *r;
	enum inrelease_keys keys;
	bool good, expired, broken;
	uint64_t expired_unix; /* the earliest of the key and its primary; 0: not said */
	unsigned texts;
	char missing[INRELEASE_FINGERPRINT_MAX + 1]; /* a key that the keyring lacks */
	const char *fault;                           /* what was wrong with a signature */
};

/* RFC 4880 9.4: SHA-256, SHA-384, SHA-512 are 8, 9, 10; signature classes 0 and 1 are of a document. */
static bool strong(const struct str words[static 10])
{
	bool hash = str_is(words[7], "8") || str_is(words[7], "9") || str_is(words[7], "10");

	return hash && (str_is(words[8], "00") || str_is(words[8], "01"));
}

static bool is_fingerprint(struct str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (!(v.p[i] >= '0' && v.p[i] <= '9') && !(v.p[i] >= 'A' && v.p[i] <= 'F'))
			return false;
	return v.n == 40 || v.n == 64;
}

/* VALIDSIG fingerprint date time expires version reserved key-algorithm hash-algorithm class primary */
static void take_valid(struct judge *j, struct str rest)
{
	struct inrelease *r = j->r;
	struct str words[10] = { { 0 } };
	uint64_t signed_unix = 0;
	size_t n = 0;

	while (n < 10 && control_word(&rest, &words[n]))
		n++;
	if (!j->good || n != 10 || !is_fingerprint(words[9]) || !strong(words) ||
		!str_u64(words[2], &signed_unix, UNIX_MAX)) {
		j->fault = j->fault ? j->fault : "a signature of a weak or unknown kind";
		return;
	}
	j->good = false;
	if (j->expired && signed_unix >= j->expired_unix) {
		j->fault = "a signature that was made after its key had expired";
		return;
	}
	if (r->n_signers == INRELEASE_SIGNERS_MAX)
		return;
	r->signed_unix[r->n_signers] = (int64_t)signed_unix;
	r->expired_unix[r->n_signers] = j->expired ? (int64_t)j->expired_unix : 0;
	memcpy(r->signers[r->n_signers], words[9].p, words[9].n);
	r->signers[r->n_signers++][words[9].n] = 0;
}

static void take_expiry(struct judge *j, struct str rest)
{
	struct str word;
	uint64_t v;

	if (control_word(&rest, &word) && str_u64(word, &v, UNIX_MAX) &&
		(!j->expired_unix || v < j->expired_unix))
		j->expired_unix = v;
}

/* Without a date of expiry nothing can lie before it. */
static void take_expired_key(struct judge *j)
{
	j->fault = "a signature by a key that has expired since";
	j->good = j->expired = j->keys == INRELEASE_KEYS_THEN && j->expired_unix;
}

static void next_signature(struct judge *j)
{
	j->good = j->expired = false;
	j->expired_unix = 0;
}

static void take_line(struct judge *j, struct str line)
{
	struct str head, word, rest = line;

	if (!control_word(&rest, &head) || !str_is(head, "[GNUPG:]") || !control_word(&rest, &word))
		return;
	if (str_is(word, "NEWSIG"))
		next_signature(j);
	else if (str_is(word, "KEYEXPIRED"))
		take_expiry(j, rest);
	else if (str_is(word, "GOODSIG"))
		j->good = true;
	else if (str_is(word, "VALIDSIG"))
		take_valid(j, rest);
	else if (str_is(word, "PLAINTEXT"))
		j->texts++;
	else if (str_is(word, "BADSIG"))
		j->broken = true;
	else if (str_is(word, "EXPKEYSIG"))
		take_expired_key(j);
	else if (str_is(word, "EXPSIG"))
		j->fault = "a signature that has expired";
	else if (str_is(word, "REVKEYSIG"))
		j->fault = "a signature by a revoked key";
	else if (str_is(word, "NO_PUBKEY") && control_word(&rest, &word))
		snprintf(j->missing, sizeof j->missing, "%.*s", STR_ARG(word));
}

static bool decide(const struct judge *j, struct err *e)
{
	if (j->texts != 1)
		return err_set(e, ERR_SIGNATURE, "it is not one signed text");
	if (j->broken)
		return err_set(e, ERR_SIGNATURE, "it has a signature that does not fit the text");
	if (j->r->n_signers)
		return true;
	if (j->fault)
		return err_set(e, ERR_SIGNATURE, "no good signature: it has %s", j->fault);
	if (j->missing[0]) {
		err_set(e, ERR_SIGNATURE, "no key of the keyring signed it; key %s did",
			j->missing);
		return err_hint(e,
			"a newer debian-archive-keyring may have that key; --keyring names another file");
	}
	return err_set(e, ERR_SIGNATURE, "it has no signature");
}

bool inrelease_status(
	struct inrelease *ret, struct str status, enum inrelease_keys keys, struct err *e)
{
	struct judge j = { .r = ret, .keys = keys };
	struct str line;

	ret->n_signers = 0;
	while (control_line(&status, &line))
		take_line(&j, line);
	return decide(&j, e);
}

static bool check_keyring(const char *keyring, struct err *e)
{
	CLEANUP(file_closep) int fd = file_open(AT_FDCWD, keyring, e);

	if (fd >= 0)
		return true;
	return err_hint(e, "install debian-archive-keyring, or name a keyring with --keyring");
}

/* gpgv resolves a keyring without a slash below its home folder, which is our empty workplace. */
static void keyring_path(char *out, size_t size, const char *keyring)
{
	snprintf(out, size, "%s%s", strchr(keyring, '/') ? "" : "./", keyring);
}

static bool run_gpgv(const struct workplace *w, const char *in, const char *out,
	const char *keyring, struct buf *status, struct err *e)
{
	CLEANUP(buf_done) struct buf said = buf_init(STATUS_MAX);
	char ring[4096], home[sizeof w->path];
	char *const argv[] = { (char[]){ "gpgv" }, (char[]){ "--homedir" }, home,
		(char[]){ "--keyring" }, ring, (char[]){ "--status-fd" }, (char[]){ "1" },
		(char[]){ "--output" }, (char *)(uintptr_t)out, (char *)(uintptr_t)in, NULL };
	char *const envp[] = { (char[]){ "PATH=/usr/bin:/bin" }, (char[]){ "LC_ALL=C" }, NULL };
	int code;

	snprintf(home, sizeof home, "%s", w->path);
	keyring_path(ring, sizeof ring, keyring);
	/* The exit code also tells of keys that are missing; the status lines alone decide. */
	if (!proc_run(argv, envp, status, &said, &code, e)) {
		if (e->kind == ERR_NOTFOUND)
			err_hint(e, "install the package gpgv");
		return false;
	}
	return true;
}

/* gpgv passes over what stands before and after a signed text; nothing may. Within one, lines are dash-escaped. */
static bool check_one_text(struct span bytes, struct err *e)
{
	static const char begin[] = "-----BEGIN PGP SIGNED MESSAGE-----";
	static const char end[] = "\n-----END PGP SIGNATURE-----\n";
	struct str text = str_make((const char *)bytes.p, bytes.n);

	if (str_starts(text, begin) && str_ends(text, end) &&
		!memmem(text.p + 1, text.n - 1, begin, sizeof begin - 1) &&
		memmem(text.p, text.n, end, sizeof end - 1) == text.p + text.n - (sizeof end - 1))
		return true;
	return err_set(e, ERR_SIGNATURE, "it is not one signed text");
}

static void drop_signer(struct inrelease *r, size_t at)
{
	r->n_signers--;
	for (size_t i = at; i < r->n_signers; i++) {
		memcpy(r->signers[i], r->signers[i + 1], sizeof r->signers[i]);
		r->signed_unix[i] = r->signed_unix[i + 1];
		r->expired_unix[i] = r->expired_unix[i + 1];
	}
}

/* Of a key that has expired gpgv does not say whether it was revoked, too: those do not count. */
static bool drop_revoked(struct inrelease *r, const char *keyring, struct err *e)
{
	CLEANUP(buf_done) struct buf bytes = { 0 };
	size_t i = 0;

	while (i < r->n_signers) {
		bool revoked = true;

		if (!r->expired_unix[i]) {
			i++;
			continue;
		}
		if (!bytes.p && !file_read(AT_FDCWD, keyring, KEYRING_SIZE_MAX, &bytes, e))
			return false;
		if (!keyring_is_revoked(buf_span(&bytes), str_of(r->signers[i]), &revoked, e))
			return err_wrap(
				e, "a key has expired, and whether it was revoked is not known");
		if (revoked)
			drop_signer(r, i);
		else
			i++;
	}
	return r->n_signers ? true
			    : err_set(e, ERR_SIGNATURE,
				      "no good signature: it has a signature by a revoked key");
}

bool inrelease_verify(struct inrelease *ret, struct span bytes, const char *keyring,
	enum inrelease_keys keys, struct err *e)
{
	CLEANUP(workplace_done) struct workplace w = { 0 };
	CLEANUP(inrelease_done) struct inrelease r = { 0 };
	CLEANUP(buf_done) struct buf status = buf_init(STATUS_MAX);
	char in[96], out[96];

	if (!check_one_text(bytes, e) || !check_keyring(keyring, e) || !workplace_make(&w, e))
		return false;
	snprintf(in, sizeof in, "%s/in", w.path);
	snprintf(out, sizeof out, "%s/out", w.path);
	if (!file_write(AT_FDCWD, in, bytes, 0600, e) ||
		!run_gpgv(&w, in, out, keyring, &status, e) ||
		!inrelease_status(&r, buf_str(&status), keys, e) || !drop_revoked(&r, keyring, e) ||
		!file_read(AT_FDCWD, out, INRELEASE_SIZE_MAX, &r.payload, e))
		return false;
	*ret = r;
	r = (struct inrelease){ 0 };
	return true;
}

void inrelease_done(struct inrelease *r)
{
	buf_done(&r->payload);
}

size_t inrelease_find(const struct inrelease *r, struct str fingerprint)
{
	size_t i = 0;

	while (i < r->n_signers && !str_is(fingerprint, r->signers[i]))
		i++;
	return i;
}

bool inrelease_signed_by(const struct inrelease *r, struct str fingerprint)
{
	return inrelease_find(r, fingerprint) < r->n_signers;
}
