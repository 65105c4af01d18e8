/*
 * reference-values.json: for each platform shape the value of every register, how it was made, and the events it was
 * folded from. Who vouches for it is not in the file: the verifier decides that from what it checked.
 */
#ifndef ASSAY_APPRAISE_REFERENCE_VALUES_H
#define ASSAY_APPRAISE_REFERENCE_VALUES_H

#include "appraise/origin_class.h"
#include "appraise/platform_shape.h"
#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "codec/json.h"
#include "measure/event.h"

#define REFERENCE_VALUES_FORMAT "assay.reference-values/1"
enum { REFERENCE_VALUES_SIZE_MAX = 16 << 20, REFERENCE_SHAPES_MAX = 64 };

enum reference_how { REFERENCE_NOT_PREDICTABLE, REFERENCE_COMPUTED, REFERENCE_OBSERVED };

struct reference_register {
	unsigned reg;
	enum reference_how how;
	struct str reason; /* why it is computed, observed or not predictable */
	struct digest
		values[EVENT_BANKS_MAX]; /* unless NOT_PREDICTABLE; in the shape's order of banks */
};

/* One line of the coverage table: which register covers a layer ("firmware", "kernel", "root", ...). */
struct reference_coverage {
	struct str layer;
	struct str by; /* "PCR 11"; empty: nothing covers it */
	struct str note;
};

struct reference_input {
	struct str name;  /* "firmware", "stub-version", "uki" */
	struct str value; /* digest or version */
};

struct reference_shape {
	struct str name;     /* "qemu-vtpm" */
	struct str platform; /* "tpm" */
	const struct reference_input *inputs;
	size_t n_inputs;
	enum digest_alg banks[EVENT_BANKS_MAX];
	size_t n_banks;
	const struct reference_register *registers; /* ascending */
	size_t n_registers;
	const struct platform_rule
		*rules; /* by what the values were made, and who has confirmed it; may be none */
	size_t n_rules;
	const struct reference_coverage *coverage;
	size_t n_coverage;
	bool firmware_only;       /* an executable layer is not covered: never affirming */
	struct event_list events; /* predicted, in order */
};

struct reference_values {
	struct str image;                     /* name of the description */
	uint8_t manifest_sha256[SHA256_SIZE]; /* of manifest.json of the same build */
	bool has_origins;                     /* a file of an older build has none */
	struct origin_class_shares origins;   /* of all that is measured, as that manifest says */
	const struct reference_shape *shapes;
	size_t n_shapes;
};

bool reference_values_parse(
	struct reference_values *ret, struct span text, struct arena *a, struct err *e) MUST_CHECK;
void reference_values_emit(const struct reference_values *v, struct buf *out);
/* The member "coverage" of a shape, for other documents that show it. */
void reference_values_coverage(struct json_out *w, const struct reference_shape *s);
/* The member "events" likewise, of a shape or of a prediction by itself. */
void reference_values_events(struct json_out *w, const struct event_list *l);
/* "PCR 4", "RTMR 2": as the shape's platform calls it. */
void reference_register_name(
	char out[static PLATFORM_REGISTER_NAME_MAX], const struct reference_shape *s, unsigned reg);
const struct reference_shape *reference_shape_find(
	const struct reference_values *v, const char *name);

#endif
