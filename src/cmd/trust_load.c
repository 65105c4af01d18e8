#include "cmd/trust_load.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "cmd/hint.h"
#include "codec/yaml.h"
#include "sys/file.h"
#include "trust/certificate.h"
#define ASSAY_MAY_ASK_THE_MACHINE
#include "base/banned.h"

/* $XDG_CONFIG_HOME/assay/trust.yaml; p NULL when neither it nor HOME is set. */
static struct str default_path(struct arena *a)
{
	const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

	if (config && config[0] == '/')
		return arena_printf(a, "%s/assay/trust.yaml", config);
	if (home && home[0] == '/')
		return arena_printf(a, "%s/.config/assay/trust.yaml", home);
	return str_make(NULL, 0);
}

/* A path as the trust file writes it: relative to the trust file's own folder. */
static struct str beside(const char *trust_path, struct str path, struct arena *a)
{
	const char *slash = strrchr(trust_path, '/');

	if (path.n && path.p[0] == '/')
		return path;
	return arena_printf(a, "%.*s%.*s", slash ? (int)(slash - trust_path + 1) : 0, trust_path,
		STR_ARG(path));
}

static bool load_certificates(
	struct trust_file *t, const char *trust_path, struct arena *a, struct err *e)
{
	for (size_t i = 0; i < t->n_roots; i++) {
		struct str path = beside(trust_path, t->roots[i].path, a);
		CLEANUP(buf_done) struct buf bytes = buf_init(0);

		if (!path.p)
			return arena_full(a, e);
		if (!file_read(AT_FDCWD, path.p, 16 * CERTIFICATE_SIZE_MAX, &bytes, e) ||
			!certificate_of_file(&t->roots[i].certificate, buf_span(&bytes), e))
			return err_wrap(
				e, "TPM root '%.*s' ('%s')", STR_ARG(t->roots[i].name), path.p);
	}
	return true;
}

static bool no_trust_file(struct err *e)
{
	return hint_wanted(e,
		"assay-trust(5) says what a trust file holds; `assay trust init` writes one to begin with, `assay "
		"run --trust-out` one for the machine that it starts");
}

struct str trust_load_path(const char *path, struct arena *a)
{
	return path ? str_of(path) : default_path(a);
}

bool trust_load_text(
	struct trust_file *ret, struct span text, const char *at, struct arena *a, struct err *e)
{
	struct trust_file t = { 0 };
	struct json v;

	if (!yaml_parse(&v, text, a, e) || !trust_file_parse(&t, &v, a, e)) {
		no_trust_file(e);
		return err_wrap(e, "'%s'", at);
	}
	if (!load_certificates(&t, at, a, e)) {
		trust_unload(&t);
		return err_wrap(e, "'%s'", at);
	}
	*ret = t;
	return true;
}

bool trust_load(struct trust_file *ret, const char *path, struct arena *a, struct err *e)
{
	struct str at = trust_load_path(path, a);
	CLEANUP(buf_done) struct buf text = buf_init(0);

	if (at.p && file_read(AT_FDCWD, at.p, YAML_SIZE_MAX, &text, e))
		return trust_load_text(ret, buf_span(&text), at.p, a, e);
	if (at.p && (path || e->kind != ERR_NOTFOUND)) {
		no_trust_file(e);
		return err_wrap(e, "trust file");
	}
	*e = (struct err){ 0 };
	*ret = (struct trust_file){ 0 };
	return true;
}

void trust_unload(struct trust_file *t)
{
	for (size_t i = 0; i < t->n_roots; i++) {
		certificate_free(t->roots[i].certificate);
		t->roots[i].certificate = NULL;
	}
}
