/* assay attest serve: evidence about this machine over HTTP. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>
#include <stdlib.h>
#include <tss2/tss2_tctildr.h>

#include "attester/attest_nsm.h"
#include "attester/attest_service.h"
#include "attester/attest_tsm.h"
#include "cmd/verbs.h"
#include "base/banned.h"

enum { DEFAULT_PORT = 8080 };

static const struct verb_option options[] = {
	{ "--platform", "KIND", "auto (default), tpm, snp, tdx, nitro or azure", false },
	{ "--tpm", "TCTI", "TPM as tpm2-tss names it (device:/dev/tpmrm0)", false },
	{ "--firmware-log", "FILE", "the firmware's event log, \"none\" for none", false },
	{ "--systemd-log", "FILE", "systemd's log of what it measures, \"none\" for none", false },
	{ "--cc-log", "FILE", "a trust domain's event log, \"none\" for none", false },
	{ "--tsm", "DIR", "where the kernel gives reports (configfs-tsm)", false },
	{ "--nsm", "DEVICE", "Nitro's security module (default: /dev/nsm)", false },
	{ "--address", "ADDRESS", "numeric address to listen on (default: 127.0.0.1)", false },
	{ "--port", "N", "port, 0 for a free one (default: 8080)", false },
	{ "--uid", "UID", "user to become once the TPM and the logs are open", false },
	{ "--gid", "GID", "group to become", false },
	{ NULL, NULL, NULL, false },
};

static bool number(const struct verb_args *args, const char *option, uint64_t max, uint64_t *ret,
	struct err *e)
{
	const char *text = verb_value(args, option);

	if (!text || str_u64(str_of(text), ret, max))
		return true;
	return err_set(e, ERR_USAGE, "%s is '%s', want a number up to %llu", option, text,
		(unsigned long long)max);
}

static const char *log_path(const struct verb_args *args, const char *option, const char *otherwise)
{
	const char *path = verb_value(args, option);

	if (!path)
		return otherwise;
	return str_is(str_of(path), "none") ? NULL : path;
}

static const char *or_else(const struct verb_args *args, const char *option, const char *otherwise)
{
	const char *value = verb_value(args, option);

	return value ? value : otherwise;
}

/* A TPM as tpm2-tss names it. */
static bool open_tpm(struct attest_tpm **ret, const char *name, struct err *e)
{
	TSS2_TCTI_CONTEXT *tcti = NULL;
	TSS2_RC rc = Tss2_TctiLdr_Initialize(name, &tcti);

	if (rc == TSS2_RC_SUCCESS)
		return attest_tpm_new(ret, tcti, e);
	err_set(e, ERR_IO, "cannot open the TPM '%s': 0x%x", name, rc);
	return err_hint(e, "is there a TPM 2.0, and may this user open it");
}

static bool read_options(struct attest_service *s, const struct verb_args *args, struct err *e)
{
	uint64_t port = DEFAULT_PORT, uid = 0, gid = 0;
	enum attest_platform platform;

	if (!number(args, "--port", UINT16_MAX, &port, e) ||
		!number(args, "--uid", UINT32_MAX - 1, &uid, e) ||
		!number(args, "--gid", UINT32_MAX - 1, &gid, e) ||
		!attest_platform_read(&platform, str_of(or_else(args, "--platform", "auto")), e))
		return false;
	*s = (struct attest_service){
		.platform = platform,
		.tpm = { open_tpm, or_else(args, "--tpm", "device:/dev/tpmrm0") },
		.hardware = { or_else(args, "--tsm", ATTEST_TSM_FOLDER),
			or_else(args, "--nsm", ATTEST_NSM_DEVICE) },
		.firmware_log = log_path(args, "--firmware-log", ATTEST_SERVICE_FIRMWARE_LOG),
		.systemd_log = log_path(args, "--systemd-log", ATTEST_SERVICE_SYSTEMD_LOG),
		.cc_log = log_path(args, "--cc-log", ATTEST_SERVICE_CC_LOG),
		.address = or_else(args, "--address", "127.0.0.1"),
		.port = (uint16_t)port,
		.drop = verb_value(args, "--uid") || verb_value(args, "--gid"),
		.uid = (uid_t)uid,
		.gid = (gid_t)gid,
	};
	return true;
}

struct listener {
	const struct verb_args *args;
	const char *address;
};

/* Results go to standard output at once: who started this waits for the address. */
static void say_ready(void *arg, uint16_t port, enum bundle_kind kind)
{
	const struct listener *l = arg;
	bool v6 = str_find(str_of(l->address), ':') < strlen(l->address);

	verb_say(l->args, "evidence of kind %s", bundle_kind_name(kind));
	printf("http://%s%s%s:%u\n", v6 ? "[" : "", l->address, v6 ? "]" : "", port);
	fflush(stdout);
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	struct attest_service s;
	struct listener l = { .args = args };

	(void)code;
	if (!read_options(&s, args, e))
		return false;
	l.address = s.address;
	s.ready = say_ready;
	s.ready_arg = &l;
	return attest_service_run(&s, e);
}

const struct verb cmd_attest_serve = {
	.name = "attest serve",
	.summary = "give evidence about this machine over HTTP",
	.usage = "",
	.options = options,
	.example = "assay attest serve --address 0.0.0.0 --uid 990 --gid 990",
	.run = run,
};
