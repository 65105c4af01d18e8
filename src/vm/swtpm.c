#define ASSAY_MAY_ASK_THE_MACHINE
#include "vm/swtpm.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "vm/child.h"
#include "vm/swtpm_nv.h"
#include "base/banned.h"

enum {
	TEXT_MAX = 65536,
	CERTIFICATE_MAX = 16384,
	STOP_MS = 3000,
	/* First NV index for certificates between root and EK (TCG EK Credential Profile for TPM 2.0) */
	NV_EK_CHAIN = 0x01c00100,
};

struct swtpm {
	int lock, control;
	struct child child;
	char *dir, *root, *issuer;
};

/* "A/B", owned by the caller. */
static char *join(const char *a, const char *b)
{
	struct buf path = buf_init(TEXT_MAX);

	buf_printf(&path, "%s/%s", a, b);
	return buf_take_cstr(&path);
}

static bool write_text(const char *dir, const char *name, const char *text, struct err *e)
{
	CLEANUP(mem_free) char *path = join(dir, name);

	return file_write(AT_FDCWD, path, str_span(str_of(text)), 0644, e);
}

/* The three configuration files of swtpm_setup and swtpm_localca, so that none of the machine's own is used. */
static bool write_configuration(const char *dir, struct err *e)
{
	CLEANUP(buf_done) struct buf ca = buf_init(TEXT_MAX), setup = buf_init(TEXT_MAX);
	CLEANUP(mem_free) char *ca_text = NULL, *setup_text = NULL;

	buf_printf(&ca,
		"statedir = %s/ca\nsigningkey = %s/ca/signkey.pem\n"
		"issuercert = %s/ca/issuercert.pem\ncertserial = %s/ca/certserial\n",
		dir, dir, dir, dir);
	buf_printf(&setup,
		"create_certs_tool = swtpm_localca\ncreate_certs_tool_config = %s/ca/localca.conf\n"
		"create_certs_tool_options = %s/ca/localca.options\n"
		"active_pcr_banks = sha256,sha384\n",
		dir, dir);
	ca_text = buf_take_cstr(&ca);
	setup_text = buf_take_cstr(&setup);
	return write_text(dir, "ca/localca.conf", ca_text, e) &&
	       write_text(dir, "ca/setup.conf", setup_text, e) &&
	       write_text(dir, "ca/localca.options",
		       "--platform-manufacturer assay\n--platform-model swtpm\n--platform-version 1\n",
		       e);
}

static bool run_setup(const char *dir, struct err *e)
{
	CLEANUP(mem_free) char *state = join(dir, "state");
	CLEANUP(mem_free) char *config = join(dir, "ca/setup.conf");
	CLEANUP(buf_done) struct buf out = buf_init(TEXT_MAX), err_out = buf_init(TEXT_MAX);
	char *argv[] = { "swtpm_setup", "--tpm2", "--tpmstate", state, "--createek",
		"--create-ek-cert", "--lock-nvram", "--config", config, "--overwrite",
		"--pcr-banks", "sha256,sha384", NULL };
	int status;

	if (!proc_run(argv, NULL, &out, &err_out, &status, e)) {
		if (e->kind == ERR_NOTFOUND)
			err_hint(e, "install swtpm-tools");
		return false;
	}
	if (status != 0) {
		struct str why = str_trim(buf_str(err_out.n ? &err_out : &out));

		return err_set(e, ERR_IO, "swtpm_setup ended with %d: %.*s", status,
			(int)(why.n < 300 ? why.n : 300), why.p ? why.p : "");
	}
	return true;
}

/* The first certificate of a PEM file as DER; out is owned by the caller. */
static bool certificate_der(const char *path, struct buf *out, struct err *e)
{
	CLEANUP(buf_done) struct buf text = { 0 };
	unsigned char *der = NULL;
	BIO *bio;
	X509 *x;
	int n;

	if (!file_read(AT_FDCWD, path, CERTIFICATE_MAX, &text, e))
		return false;
	bio = BIO_new_mem_buf(text.p, (int)text.n);
	x = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	n = x ? i2d_X509(x, &der) : -1;
	X509_free(x);
	if (n <= 0)
		return err_set(e, ERR_FORMAT, "'%s' holds no certificate", path);
	*out = buf_init(CERTIFICATE_MAX);
	buf_add(out, der, (size_t)n);
	OPENSSL_free(der);
	return true;
}

/*
 * Starts `swtpm socket` on DIR/state with our end of a socket pair in *ret_socket; the other end is its descriptor 3.
 * As control socket it waits there for QEMU; as data socket (a connected one is passed as type=tcp, because for
 * type=unixio swtpm wants one that listens) it takes TPM commands at once.
 */
static bool start(struct swtpm *t, bool control, int *ret_socket, struct err *e)
{
	static char as_control[] = "type=unixio,clientfd=3", as_data[] = "type=tcp,fd=3";
	CLEANUP(buf_done) struct buf state = buf_init(TEXT_MAX);
	CLEANUP(buf_done) struct buf log = buf_init(TEXT_MAX);
	CLEANUP(mem_free) char *state_text = NULL, *log_text = NULL;
	CLEANUP(file_closep) int theirs = -1;
	struct child_fds fds = { { -1, -1, -1, -1 }, 4 };
	int pair[2];
	bool ok;

	buf_printf(&state, "dir=%s/state,mode=0600", t->dir);
	state_text = buf_take_cstr(&state);
	buf_printf(&log, "file=%s/log,truncate", t->dir);
	log_text = buf_take_cstr(&log);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return err_os(e, "cannot start the software TPM");
	theirs = pair[1];
	fds.fds[3] = theirs;
	ok = child_start(&t->child,
		(char *[]){ "swtpm", "socket", "--tpm2", "--tpmstate", state_text, "--terminate",
			"--log", log_text, control ? "--ctrl" : "--server",
			control ? as_control : as_data, "--flags",
			control ? "startup-none" : "startup-clear", NULL },
		&fds, e);
	if (!ok) {
		close(pair[0]);
		if (e->kind == ERR_NOTFOUND)
			err_hint(e, "install swtpm");
		return false;
	}
	*ret_socket = pair[0];
	return true;
}

/* Puts the issuing authority's certificate into the TPM, which runs once for it without a machine. */
static bool store_chain(struct swtpm *t, struct err *e)
{
	CLEANUP(file_closep) int data = -1;
	CLEANUP(buf_done) struct buf der = { 0 };
	int status;
	bool ok;

	if (!certificate_der(t->issuer, &der, e))
		return false;
	if (!start(t, false, &data, e))
		return false;
	ok = swtpm_nv_write(data, NV_EK_CHAIN, buf_span(&der), e);
	file_closep(&data);
	if (!child_wait(&t->child, STOP_MS, &status))
		child_stop(&t->child);
	return ok;
}

/* Authority and TPM from nothing; the file "ready" says that it was done to the end. */
static bool manufacture(struct swtpm *t, struct err *e)
{
	CLEANUP(mem_free) char *ca = join(t->dir, "ca"), *state = join(t->dir, "state");

	return file_remove_tree(AT_FDCWD, ca, e) && file_remove_tree(AT_FDCWD, state, e) &&
	       file_mkdirs(AT_FDCWD, ca, e) && file_mkdirs(AT_FDCWD, state, e) &&
	       write_configuration(t->dir, e) && run_setup(t->dir, e) && store_chain(t, e) &&
	       write_text(t->dir, "ready", "assay.swtpm/1\n", e);
}

static bool take_lock(struct swtpm *t, const char *dir, struct err *e)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	CLEANUP(mem_free) char *path = NULL;

	if (!file_mkdirs(AT_FDCWD, dir, e))
		return false;
	t->dir = realpath(dir, NULL);
	if (!t->dir)
		return err_os(e, "cannot find '%s'", dir);
	/* These would end a value in swtpm's options or configuration. */
	if (strpbrk(t->dir, ",\n"))
		return err_set(e, ERR_USAGE,
			"the folder of a software TPM may not have a comma or a line end in its "
			"path: '%s'",
			t->dir);
	t->root = join(t->dir, "ca/swtpm-localca-rootca-cert.pem");
	t->issuer = join(t->dir, "ca/issuercert.pem");
	path = join(t->dir, "lock");
	t->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (t->lock < 0)
		return err_os(e, "cannot open '%s'", path);
	if (fcntl(t->lock, F_OFD_SETLK, &whole) == 0)
		return true;
	if (errno != EAGAIN && errno != EACCES)
		return err_os(e, "cannot lock '%s'", path);
	return err_set(e, ERR_USAGE, "another machine uses the software TPM in '%s'", t->dir);
}

bool swtpm_start(struct swtpm **ret, const char *dir, struct err *e)
{
	CLEANUP(swtpm_freep) struct swtpm *t = MEM_NEW(struct swtpm);
	CLEANUP(mem_free) char *ready = NULL;

	t->lock = t->control = -1;
	if (!take_lock(t, dir, e))
		return err_wrap(e, "cannot start a software TPM");
	ready = join(t->dir, "ready");
	if (access(ready, F_OK) < 0 && !manufacture(t, e))
		return err_wrap(e, "cannot make a software TPM in '%s'", t->dir);
	if (!start(t, true, &t->control, e))
		return false;
	*ret = TAKE(t);
	return true;
}

int swtpm_control(const struct swtpm *t)
{
	return t->control;
}

const char *swtpm_root_certificate(const struct swtpm *t)
{
	return t->root;
}

const char *swtpm_issuer_certificate(const struct swtpm *t)
{
	return t->issuer;
}

void swtpm_free(struct swtpm *t)
{
	if (!t)
		return;
	file_closep(&t->control);
	child_stop(&t->child);
	file_closep(&t->lock);
	free(t->dir);
	free(t->root);
	free(t->issuer);
	free(t);
}

void swtpm_freep(struct swtpm **t)
{
	swtpm_free(*t);
}
