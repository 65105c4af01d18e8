/*
 * sbom.spdx.json: what an image is made of, in SPDX 2.3 (https://spdx.github.io/spdx-spec/v2.3/) with package URLs
 * (https://github.com/package-url/purl-spec, type "deb"). It says nothing that lock and manifest do not know: licences
 * are NOASSERTION, and so are places to download from, since a lock has none. The same build gives the same bytes: no
 * random identifier, and as time of creation the source date. doc/sbom.md maps both.
 */
#ifndef ASSAY_BUILD_SBOM_H
#define ASSAY_BUILD_SBOM_H

#include "build/manifest.h"

#define SBOM_FILE "sbom.spdx.json"
/* Names the form of what is written here, and stands for the tool: another version of assay writes the same. */
#define SBOM_CREATOR "Tool: assay-sbom-1"
enum { SBOM_SIZE_MAX = 128 << 20 };

/*
 * The document, with the manifest's digest in it (so the manifest has not this one's). documentNamespace ends in the
 * SHA-256 of the document in which those digits are zeroes. out has its maximum set by the caller.
 */
void sbom_emit(const struct manifest_inputs *in, const uint8_t manifest_sha256[static SHA256_SIZE],
	struct buf *out);
/* The same as SBOM_FILE in the folder. Fails LIMIT, IO. */
bool sbom_write(int folder, const struct manifest_inputs *in,
	const uint8_t manifest_sha256[static SHA256_SIZE], struct err *e) MUST_CHECK;

#endif
