/* assay attest serve: evidence about this machine over HTTP. */
#define ASSAY_MAY_ASK_THE_MACHINE
#include <stdio.h>
#include <stdlib.h>
#include <tss2/tss2_tctildr.h>

#include "attester/attest_service.h"
#include "cmd/verbs.h"
#include "base/banned.h"

enum { DEFAULT_PORT = 8080 };

static const struct verb_option options[] = {
	{ "--tpm", "TCTI", "TPM as tpm2-tss names it (device:/dev/tpmrm0)", false },
	{ "--firmware-log", "FILE", "the firmware's event log, \"none\" for none", false },
	{ "--systemd-log", "FILE", "systemd's log of what it measures, \"none\" for none", false },
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

static bool read_options(struct attest_service *s, const struct verb_args *args, struct err *e)
{
	uint64_t port = DEFAULT_PORT, uid = 0, gid = 0;
	const char *address = verb_value(args, "--address");

	if (!number(args, "--port", UINT16_MAX, &port, e) ||
		!number(args, "--uid", UINT32_MAX - 1, &uid, e) ||
		!number(args, "--gid", UINT32_MAX - 1, &gid, e))
		return false;
	*s = (struct attest_service){
		.firmware_log = log_path(args, "--firmware-log",
			"/sys/kernel/security/tpm0/binary_bios_measurements"),
		.systemd_log = log_path(args, "--systemd-log", "/run/log/systemd/tpm2-measure.log"),
		.address = address ? address : "127.0.0.1",
		.port = (uint16_t)port,
		.drop = verb_value(args, "--uid") || verb_value(args, "--gid"),
		.uid = (uid_t)uid,
		.gid = (gid_t)gid,
	};
	return true;
}

/* Results go to standard output at once: who started this waits for the address. */
static void say_ready(void *arg, uint16_t port)
{
	const struct attest_service *s = arg;
	bool v6 = str_find(str_of(s->address), ':') < strlen(s->address);

	printf("http://%s%s%s:%u\n", v6 ? "[" : "", s->address, v6 ? "]" : "", port);
	fflush(stdout);
}

static bool run(const struct verb_args *args, int *code, struct err *e)
{
	CLEANUP(attest_tpm_freep) struct attest_tpm *tpm = NULL;
	const char *name = verb_value(args, "--tpm");
	TSS2_TCTI_CONTEXT *tcti = NULL;
	struct attest_service s;
	TSS2_RC rc;

	(void)code;
	if (!read_options(&s, args, e))
		return false;
	s.ready = say_ready;
	s.ready_arg = &s;
	rc = Tss2_TctiLdr_Initialize(name ? name : "device:/dev/tpmrm0", &tcti);
	if (rc != TSS2_RC_SUCCESS) {
		err_set(e, ERR_IO, "cannot open the TPM '%s': 0x%x", name ? name : "/dev/tpmrm0",
			rc);
		return err_hint(e, "is there a TPM 2.0, and may this user open it");
	}
	return attest_tpm_new(&tpm, tcti, e) && attest_service_run(&s, tpm, e);
}

const struct verb cmd_attest_serve = {
	.name = "attest serve",
	.summary = "give evidence about this machine over HTTP",
	.usage = "",
	.options = options,
	.example = "assay attest serve --address 0.0.0.0 --uid 990 --gid 990",
	.run = run,
};
