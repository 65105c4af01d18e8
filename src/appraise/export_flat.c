#include "appraise/export_flat.h"

#include <stdio.h>

#include "appraise/export_words.h"
#include "base/banned.h"

/* With "PCR" before the number and the value alone, or with an object around it. */
static void put_register(struct json_out *w, const struct reference_shape *s,
	const struct reference_register *r, bool enclave)
{
	const struct digest *d = &r->values[export_words_bank(s)];
	struct span value = span_make(d->bytes, digest_size(d->alg));
	char key[EXPORT_WORDS_NAME];

	snprintf(key, sizeof key, "%s%u", enclave ? "PCR" : "", r->reg);
	if (enclave) {
		json_put_hex(w, key, value);
		return;
	}
	json_key(w, key);
	json_object(w);
	json_put_hex(w, "expected", value);
	json_end_object(w);
}

bool export_flat(struct buf *out, const struct reference_shape *s, struct err *e)
{
	bool enclave = str_is(s->platform, "nitro-enclave");
	struct json_out w = json_out_to(out);

	json_object(&w);
	json_key(&w, enclave ? "Measurements" : "measurements");
	json_object(&w);
	if (enclave)
		json_put_cstr(&w, "HashAlgorithm", "SHA384");
	for (size_t i = 0; i < s->n_registers; i++)
		if (export_words_has_value(&s->registers[i]))
			put_register(&w, s, &s->registers[i], enclave);
	json_end_object(&w);
	json_end_object(&w);
	return buf_ok(out) || buf_full(out, "the measurements", e);
}
