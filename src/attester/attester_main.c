/*
 * assay-attester: the attester as the small program that lives in an image. It is compiled there, from the files that
 * src/attester/meson.build lists, without the rest of assay; it knows nothing but its arguments.
 */
#include <stdio.h>
#include <stdlib.h>
#include <getopt.h>

#include "attester/attest_nsm.h"
#include "attester/attest_service.h"
#include "attester/attest_tsm.h"
#include "base/banned.h"

static const char
	usage[] = "usage: assay-attester [--platform auto|tpm|snp|tdx|nitro|azure] [--tpm DEVICE]\n"
		  "                      [--firmware-log FILE] [--systemd-log FILE]\n"
		  "                      [--address ADDRESS] [--port PORT] [--uid UID --gid GID]\n";

static bool number(const char *text, uint64_t max, uint64_t *ret)
{
	return str_u64(str_of(text), ret, max);
}

static bool take(struct attest_service *s, int option, const char *value)
{
	struct err ignored;
	uint64_t n;

	switch (option) {
	case 'm':
		return attest_platform_read(&s->platform, str_of(value), &ignored);
	case 't':
		s->tpm.name = value;
		return true;
	case 'f':
		s->firmware_log = value;
		return true;
	case 's':
		s->systemd_log = value;
		return true;
	case 'a':
		s->address = value;
		return true;
	case 'p':
		if (!number(value, UINT16_MAX, &n))
			return false;
		s->port = (uint16_t)n;
		return true;
	case 'u':
		if (!number(value, UINT32_MAX - 1, &n))
			return false;
		s->uid = (uid_t)n;
		s->drop = true;
		return true;
	case 'g':
		if (!number(value, UINT32_MAX - 1, &n))
			return false;
		s->gid = (gid_t)n;
		s->drop = true;
		return true;
	default:
		return false;
	}
}

static bool parse(struct attest_service *s, int argc, char **argv)
{
	static const struct option options[] = {
		{ "platform", required_argument, NULL, 'm' },
		{ "tpm", required_argument, NULL, 't' },
		{ "firmware-log", required_argument, NULL, 'f' },
		{ "systemd-log", required_argument, NULL, 's' },
		{ "address", required_argument, NULL, 'a' },
		{ "port", required_argument, NULL, 'p' },
		{ "uid", required_argument, NULL, 'u' },
		{ "gid", required_argument, NULL, 'g' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1)
		if (!take(s, option, optarg))
			return false;
	return optind == argc;
}

static void say_ready(void *arg, uint16_t port, enum bundle_kind kind)
{
	(void)arg;
	fprintf(stderr, "assay-attester: evidence of kind %s on port %u\n", bundle_kind_name(kind),
		port);
}

int main(int argc, char **argv)
{
	struct attest_service s = {
		.tpm = { attest_tpm_of_device, "/dev/tpmrm0" },
		.hardware = { ATTEST_TSM_FOLDER, ATTEST_NSM_DEVICE },
		.firmware_log = ATTEST_SERVICE_FIRMWARE_LOG,
		.systemd_log = ATTEST_SERVICE_SYSTEMD_LOG,
		.cc_log = ATTEST_SERVICE_CC_LOG,
		.address = "0.0.0.0",
		.port = 8080,
		.ready = say_ready,
	};
	struct err e = { 0 };

	if (!parse(&s, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	if (attest_service_run(&s, &e))
		return 0;
	fprintf(stderr, "assay-attester: %s\n", e.text);
	if (e.hint[0])
		fprintf(stderr, "assay-attester: %s\n", e.hint);
	return 2;
}
