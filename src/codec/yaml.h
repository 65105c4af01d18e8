/*
 * A strict subset of YAML 1.1 as the values of codec/json.h, for the files that people write by hand.
 *
 * Taken: block and flow lists, block and flow maps, plain, quoted and block scalars, comments. Every scalar is a STRING,
 * quoted or not: there are no implicit types, so "no", "1e3" and "0755" are what stands there. Refused: anchors and
 * aliases, tags, directives, several documents, map keys that are no scalars, a key that stands twice, NUL characters,
 * more than JSON_DEPTH_MAX levels, a byte order mark. Reading is by libyaml's events; nothing of its loader is used.
 */
#ifndef ASSAY_CODEC_YAML_H
#define ASSAY_CODEC_YAML_H

#include "codec/json.h"

enum { YAML_SIZE_MAX = 1 << 20 }; /* of a text: these files are written by people */

/* One document. All memory of the value from a. Fails: FORMAT with the line, LIMIT. */
bool yaml_parse(struct json *ret, struct span text, struct arena *a, struct err *e) MUST_CHECK;

#endif
