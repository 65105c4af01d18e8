/*
 * libassay: a machine's evidence, from bytes to a verdict in one call. It opens no file and no connection, reads no clock,
 * no environment and no configuration, keeps nothing between two calls, and never ends the process: all that it knows is in
 * the arguments. doc/library.md says what the fields mean at length; assay-policy(5), assay-trust(5),
 * assay-reference-values(5) and assay-evidence(5) say what the texts hold.
 *
 * Any number of threads may call at the same time. Structs may grow at their end in later versions: `size` says which one
 * the caller was compiled with, so set it, and zero what is not used.
 */
#ifndef ASSAY_H
#define ASSAY_H

#include <stddef.h>
#include <stdint.h>

#define ASSAY_VERSION "0.1.0"

#ifdef __cplusplus
extern "C" {
#endif
#ifdef __GNUC__
#pragma GCC visibility push(default)
#endif

/* What assay_verify returns. Only ASSAY_OK comes with a verdict, and a verdict may still say no. */
enum assay_error {
	ASSAY_OK = 0,
	ASSAY_USAGE = 1,  /* the arguments make no sense, the time is missing */
	ASSAY_FORMAT = 2, /* bytes that are not what their format says */
	ASSAY_LIMIT =
		3, /* something is larger than a named limit, or memory_max or the machine's memory is used up */
	ASSAY_SIGNATURE = 4, /* a certificate that cannot be used */
	ASSAY_MISMATCH = 5,  /* two well-formed things that should agree do not */
	ASSAY_NOTFOUND = 6,  /* a shape or a certificate that is named is not there */
	ASSAY_IO = 7,        /* not used: nothing is read or written */
	ASSAY_INTERNAL = 8   /* a fault of libassay */
};

/* The status of an Entity Attestation Result (draft-ietf-rats-ear). Anything but ASSAY_AFFIRMING means: do not rely on it. */
enum assay_status {
	ASSAY_NONE = 0,
	ASSAY_AFFIRMING = 2,
	ASSAY_WARNING = 32,
	ASSAY_CONTRAINDICATED = 96
};

/*
 * Who stands behind the reference values, as the caller has found out; their file is not asked. What rebuilders say of them is in
 * statements. Which image they are of is known only where one of both vouches for them, as a policy that names images asks.
 */
enum assay_vouch {
	ASSAY_UNSIGNED_CLAIM = 0, /* nobody that the caller knows */
	ASSAY_BUILT_HERE = 1      /* the caller's own build has made them */
};

/* What the caller says of the rest of its input. */
enum assay_flag {
	/*
	 * report_data was made for this exchange and for nothing else, so evidence that carries it is fresh. Without it only a
	 * nonce makes evidence fresh: older evidence carries data that does not change, the digest of a TLS key, as well.
	 */
	ASSAY_REPORT_DATA_IS_FRESH = 1
};

enum {
	ASSAY_NONCE_SIZE = 32,
	ASSAY_REPORT_DATA_MAX = 64,
	ASSAY_CERTIFICATES_MAX = 64,
	ASSAY_STATEMENTS_MAX = 256,
	ASSAY_MEMORY_DEFAULT = 64 << 20
};

/* Borrowed for the time of the call. data may be NULL when size is 0, which means: there is none. */
struct assay_bytes {
	const void *data;
	size_t size;
};

/* A certificate (PEM or DER, at most 256 KiB) that the trust file names; path as it is written there. */
struct assay_certificate {
	const char *path;
	struct assay_bytes bytes;
};

struct assay_input {
	size_t size; /* sizeof(struct assay_input) */
	int64_t at_unix; /* seconds since 1970, positive, up to the year 9999: as of when is appraised; always needed */
	size_t memory_max; /* bytes, for what is parsed and for the result; 0: ASSAY_MEMORY_DEFAULT */
	struct assay_bytes
		evidence; /* a bundle, or raw as a driver gives it; needed; at most 4 MiB */
	struct assay_bytes policy; /* YAML or JSON, at most 1 MiB; none: the default policy */
	struct assay_bytes
		trust; /* YAML or JSON, at most 1 MiB; none: trusts nothing but the roots in libassay */
	struct assay_bytes
		reference_values; /* JSON, at most 16 MiB; evidence of a TPM cannot do without */
	struct assay_bytes
		enrolment; /* the record that binds a TPM's attestation key; may be none */
	const struct assay_certificate *certificates;
	size_t n_certificates; /* at most ASSAY_CERTIFICATES_MAX */
	int vouch;             /* enum assay_vouch */
	const char *
		shape; /* of the reference values; NULL: that of the policy, or the only one that fits */
	struct assay_bytes
		nonce; /* none, or the ASSAY_NONCE_SIZE bytes that the evidence must answer */
	struct assay_bytes
		report_data; /* none, or what hardware must have signed, not zeroes; beside a nonce both must fit */
	uint64_t flags; /* enum assay_flag, or 0 */
	/*
	 * What rebuilders signed of the reference values (DSSE envelopes, *.dsse.json of a publication): as many operators of the trust
	 * file as it and the policy ask for must say the same. What is larger than 4 MiB, no statement of a rebuild, or signed by nobody
	 * who counts is set aside: it changes no status, and the check "statements" in the result says why. They are taken as those of
	 * `assay verify --statements`: no log has to hold them, whatever `logs` the trust file names, and no channel is asked; the
	 * statements of a publication, of which these are asked, are for `assay verify --publication`. While it is read, one takes up
	 * to ninety times its size of memory_max; what is set aside gives it back.
	 */
	const struct assay_bytes *statements;
	size_t n_statements; /* at most ASSAY_STATEMENTS_MAX, else ASSAY_LIMIT */
};

struct assay_result {
	size_t size; /* sizeof(struct assay_result), set by the caller; all else is set by assay_verify */
	int status; /* enum assay_status; ASSAY_NONE unless ASSAY_OK was returned */
	char *ear; /* the result in JSON with all checks, terminated; NULL unless ASSAY_OK; assay_result_free frees it */
	size_t ear_size; /* without the terminator */
	char error[600]; /* one line for a person: what failed and why; empty with ASSAY_OK. UTF-8 that steers no terminal */
	char hint[300];  /* what to do about it; may be empty; likewise */
};

/*
 * Appraises. Returns an enum assay_error; *out is set in any case, and freed by assay_result_free in any case, but where out->size
 * is not one that this library knows (ASSAY_USAGE): then nothing of *out is written, and only a caller that had zeroed it may free
 * it. Before the call out->size must be set and nothing else of *out is read. Fails: see enum assay_error.
 */
int assay_verify(const struct assay_input *in, struct assay_result *out);

/* Frees what *out owns and empties it; out may be NULL, and emptied before. */
void assay_result_free(struct assay_result *out);

/* "affirming", "warning", "contraindicated", "none"; the string is constant. */
const char *assay_status_name(int status);

/* "0.1.0"; the string is constant. */
const char *assay_version(void);

#ifdef __GNUC__
#pragma GCC visibility pop
#endif
#ifdef __cplusplus
}
#endif

#endif
