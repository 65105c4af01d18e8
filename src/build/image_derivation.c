#include "build/image_derivation.h"

#include <fcntl.h>

#include "codec/json.h"
#include "sys/file.h"
#include "base/banned.h"

#define DERIVATION_FORMAT "assay.derivation.image/1"

enum { DERIVATION_MAX = 1 << 20, PROGRAM_MAX = 256 << 20 };

/* A tool with other code may write other bytes: it starts afresh. */
static bool put_tool(struct json_out *w, struct err *e)
{
	CLEANUP(buf_done) struct buf program = { 0 };
	uint8_t sha256[SHA256_SIZE];

	if (!file_read(AT_FDCWD, "/proc/self/exe", PROGRAM_MAX, &program, e))
		return false;
	sha256_of(sha256, buf_span(&program));
	json_put_hex(w, "tool", SPAN_OF(sha256));
	return true;
}

static void put_product(struct json_out *w, const struct component_product *p)
{
	if (p->output->tree)
		json_text(w, p->path);
	if (p->kind == NODE_LINK)
		json_text(w, p->target);
	if (p->kind == NODE_FILE)
		json_hex(w, SPAN_OF(p->content.sha256));
}

/* What it was made from, and what came out: a component that was made again with other bytes is another one. */
static void put_component(struct json_out *w, const struct component_result *r)
{
	json_hex(w, SPAN_OF(r->derivation));
	for (size_t i = 0; i < r->n_products; i++)
		put_product(w, &r->products[i]);
}

/* Only where the build was asked to look. */
static void put_reproduced(struct json_out *w, const struct lock *l, const bool *reproduced)
{
	if (!reproduced)
		return;
	json_key(w, "reproduced");
	json_array(w);
	for (size_t i = 0; i < l->n_packages; i++)
		if (reproduced[i])
			json_hex(w, SPAN_OF(l->packages[i].sha256));
	json_end_array(w);
}

bool image_derivation(uint8_t ret[static SHA256_SIZE], const struct inputs *in,
	const struct component_made *components, struct tree *const *overlays,
	const bool *reproduced, struct err *e)
{
	CLEANUP(buf_done) struct buf text = buf_init(DERIVATION_MAX);
	const struct description *d = &in->description;
	struct json_out w = json_out_to(&text);
	uint8_t digest[SHA256_SIZE];

	json_object(&w);
	json_put_cstr(&w, "format", DERIVATION_FORMAT);
	if (!put_tool(&w, e))
		return false;
	json_put_uint(&w, "image-version", in->lock.image_version);
	json_put_hex(&w, "description", SPAN_OF(in->description_sha256));
	json_put_hex(&w, "lock", SPAN_OF(in->lock_sha256));
	json_key(&w, "source-date-epoch");
	json_int(&w, in->source_date_epoch);
	json_key(&w, "components");
	json_array(&w);
	for (size_t i = 0; i < d->n_components; i++)
		put_component(&w, &components[i].result);
	json_end_array(&w);
	json_key(&w, "overlays");
	json_array(&w);
	for (size_t i = 0; i < d->overlays.n; i++) {
		tree_digest(overlays[i], digest);
		json_hex(&w, SPAN_OF(digest));
	}
	json_end_array(&w);
	put_reproduced(&w, &in->lock, reproduced);
	json_end_object(&w);
	if (!buf_ok(&text))
		return buf_full(&text, "the derivation of the image", e);
	sha256_of(ret, buf_span(&text));
	return true;
}
