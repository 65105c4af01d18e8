/*
 * assay-attester: the attester as the small program that lives in an image. It is compiled there, from the files that
 * src/attester/meson.build lists, without the rest of assay; it knows nothing but its arguments.
 */
#include <stdio.h>
#include <stdlib.h>
#include <getopt.h>

#include "attester/attest_service.h"
#include "base/banned.h"

struct arguments {
	const char *device;
	struct attest_service service;
};

static const char usage
	[] = "usage: assay-attester [--tpm DEVICE] [--firmware-log FILE] [--systemd-log FILE]\n"
	     "                      [--address ADDRESS] [--port PORT] [--uid UID --gid GID]\n";

static bool number(const char *text, uint64_t max, uint64_t *ret)
{
	return str_u64(str_of(text), ret, max);
}

static bool take(struct arguments *a, int option, const char *value)
{
	uint64_t n;

	switch (option) {
	case 't':
		a->device = value;
		return true;
	case 'f':
		a->service.firmware_log = value;
		return true;
	case 's':
		a->service.systemd_log = value;
		return true;
	case 'a':
		a->service.address = value;
		return true;
	case 'p':
		if (!number(value, UINT16_MAX, &n))
			return false;
		a->service.port = (uint16_t)n;
		return true;
	case 'u':
		if (!number(value, UINT32_MAX - 1, &n))
			return false;
		a->service.uid = (uid_t)n;
		a->service.drop = true;
		return true;
	case 'g':
		if (!number(value, UINT32_MAX - 1, &n))
			return false;
		a->service.gid = (gid_t)n;
		a->service.drop = true;
		return true;
	default:
		return false;
	}
}

static bool parse(struct arguments *a, int argc, char **argv)
{
	static const struct option options[] = {
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
		if (!take(a, option, optarg))
			return false;
	return optind == argc;
}

int main(int argc, char **argv)
{
	CLEANUP(attest_tpm_freep) struct attest_tpm *tpm = NULL;
	struct arguments a = {
		.device = "/dev/tpmrm0",
		.service = {
			.firmware_log = "/sys/kernel/security/tpm0/binary_bios_measurements",
			.systemd_log = "/run/log/systemd/tpm2-measure.log",
			.address = "0.0.0.0",
			.port = 8080,
		},
	};
	struct err e;

	if (!parse(&a, argc, argv)) {
		fputs(usage, stderr);
		return 2;
	}
	if (attest_tpm_of_device(&tpm, a.device, &e) && attest_service_run(&a.service, tpm, &e))
		return 0;
	fprintf(stderr, "assay-attester: %s\n", e.text);
	return 2;
}
