/*
 * Random bytes that are the same in every run: a stream for each process, SHA-256 in counter mode over the process's id,
 * which follows from the box's seed and from how the process came to be, never from its number or from when it started.
 *
 *   step k's first   H("step", seed, k)
 *   forked           H("fork", parent's id, which child of it)
 *   exec             H("exec", id of the parent when it forked, path, arguments, folder, how often the same was seen):
 *                    the jobs of `make -j` have the same ids in whatever order they are started
 */
#ifndef ASSAY_BOX_TRACE_RANDOM_H
#define ASSAY_BOX_TRACE_RANDOM_H

#include "base/str.h"
#include "box/trace_process.h"

/* Gives a new process, whose parent is set, its id. */
void trace_random_fork(struct tracer *t, struct trace_process *p);
/* key: all that tells the execs of one parent apart. */
void trace_random_exec(struct tracer *t, struct trace_process *p, struct span key);
/* The next n bytes of the process's stream. */
void trace_random_take(struct trace_process *p, void *to, size_t n);
/* The key of a further stream of the process, for one opening of a random device; each call gives the next. */
void trace_random_stream(struct trace_process *p, uint8_t key[static TRACE_ID_SIZE]);
/* n bytes of the stream of this key from offset `at`. */
void trace_random_fill(const uint8_t key[static TRACE_ID_SIZE], uint64_t at, void *to, size_t n);

#endif
