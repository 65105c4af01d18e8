/*
 * What a policy demands of a machine of Google Compute Engine, in its member `gce`: which instance the certificate of the
 * TPM's attestation key must be for (trust/gce_instance.h). doc/policy.md says it for people. A zeroed one demands that the
 * host is one of production where a certificate speaks of an instance, and nothing else.
 */
#ifndef ASSAY_APPRAISE_POLICY_GCE_H
#define ASSAY_APPRAISE_POLICY_GCE_H

#include "base/buf.h"
#include "base/err.h"
#include "codec/json.h"

struct policy_gce {
	struct str project, zone, instance; /* of the certificate; empty: any */
	bool any_host;                      /* else it must be one of production */
};

struct policy_gce policy_gce_default(void);
/* v NULL: nothing changes. Borrows v. Fails: FORMAT with the line. */
bool policy_gce_parse(struct policy_gce *ret, const struct json *v, struct err *e) MUST_CHECK;
/* What is demanded, one sentence a line. */
void policy_gce_tell(const struct policy_gce *p, struct buf *out);
/* Whether an instance is demanded: then a machine without such a certificate will not do. */
bool policy_gce_names_one(const struct policy_gce *p);

#endif
