/*
 * What Google Compute Engine says of an instance in the certificates of its virtual TPM's keys: extension
 * 1.3.6.1.4.1.11129.2.1.21, not critical. The certificate's issuer vouches for it, so it counts after certificate_verify.
 *
 *   SEQUENCE {
 *     zone UTF8String, projectNumber INTEGER, projectId UTF8String, instanceId INTEGER, instanceName UTF8String,
 *     [0] EXPLICIT SEQUENCE { [0] securityVersion INTEGER, [1] isProduction BOOLEAN, [2] to [5] BOOLEAN } OPTIONAL }
 *
 * Each of the security properties is explicit, and may be left out: then a number is 0 and a truth value false. Where all
 * are left out with their sequence, nothing is said of the host. Those from [2] on are read, and mean nothing here.
 */
#ifndef ASSAY_TRUST_GCE_INSTANCE_H
#define ASSAY_TRUST_GCE_INSTANCE_H

#include "trust/certificate.h"

struct gce_instance {
	struct str zone, project,
		name; /* 1 to 256 characters, printable ASCII; borrow the certificate */
	uint64_t project_number, id;
	bool has_properties; /* what follows is said */
	uint64_t security_version;
	bool production; /* false: a host of Google's own tests */
};

/* *has is false, and ret untouched, when the certificate has no such extension. Fails: FORMAT. */
bool gce_instance_read(
	struct gce_instance *ret, bool *has, const struct certificate *c, struct err *e) MUST_CHECK;
/* The value of the extension by itself. Borrows it. Fails: FORMAT. */
bool gce_instance_parse(struct gce_instance *ret, struct span value, struct err *e) MUST_CHECK;

#endif
