/*
 * Firmware images among the unpacked packages of a store: files of the name *.fd. An assay that only verifies has no
 * store and finds none (firmware_of_store_nobody.c).
 */
#ifndef ASSAY_CMD_FIRMWARE_OF_STORE_H
#define ASSAY_CMD_FIRMWARE_OF_STORE_H

#include "base/err.h"
#include "base/span.h"
#include "base/str.h"

/* name lives as long as the call: "package ovmf 2025.02-8: usr/share/ovmf/OVMF.fd". *end stops the walk. */
typedef bool firmware_of_store_use(
	void *ctx, struct str name, struct span image, bool *end, struct err *e);

/* Calls use with each image once, however many packages have the same bytes. path as in store_open. */
bool firmware_of_store(
	const char *path, firmware_of_store_use *use, void *ctx, struct err *e) MUST_CHECK;

#endif
