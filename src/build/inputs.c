#include "build/inputs.h"

#include <fcntl.h>
#include <stdlib.h>

#include "base/mem.h"
#include "sys/file.h"
#include "base/banned.h"

bool inputs_read_any(struct inputs *ret, const char *dir, struct err *e)
{
	struct inputs in = { .arena = arena_new(INPUTS_MEMORY_MAX) };
	CLEANUP(buf_done) struct buf canonical = buf_init(LOCK_SIZE_MAX);

	if (!description_read(&in.description, dir, in.arena, e) ||
		!lock_read(&in.lock, dir, in.arena, e)) {
		inputs_done(&in);
		return false;
	}
	lock_emit(&in.lock, &canonical);
	sha256_of(in.lock_sha256, buf_span(&canonical));
	sha256_of(in.description_sha256, str_span(in.description.text));
	in.source_date_epoch = in.description.source_date_epoch ? in.description.source_date_epoch
								: in.lock.source_date_epoch;
	*ret = in;
	return true;
}

bool inputs_read(struct inputs *ret, const char *dir, struct err *e)
{
	struct inputs in;

	if (!inputs_read_any(&in, dir, e))
		return false;
	if (!lock_check_fresh(&in.lock, &in.description, e)) {
		inputs_done(&in);
		return false;
	}
	*ret = in;
	return true;
}

void inputs_done(struct inputs *in)
{
	arena_free(in->arena);
	*in = (struct inputs){ 0 };
}

bool package_set_open(struct package_set *ret, struct store *s, const struct lock *l,
	const char *set, struct err *e)
{
	const struct lock_set *wanted = lock_set_find(l, set);
	struct package_set p = { 0 };
	uint8_t(*digests)[SHA256_SIZE];
	struct str *names;
	bool ok;

	if (!wanted)
		return err_set(e, ERR_NOTFOUND, "the lock has no set of packages '%s'", set);
	p.n = wanted->n;
	p.packages = mem_array(p.n, sizeof(struct lock_package *));
	p.packs = mem_array(p.n, sizeof(struct pack *));
	digests = mem_array(p.n, sizeof *digests);
	names = mem_array(p.n, sizeof *names);
	for (size_t i = 0; i < p.n; i++) {
		p.packages[i] = &l->packages[wanted->packages[i]];
		memcpy(digests[i], p.packages[i]->sha256, SHA256_SIZE);
		names[i] = p.packages[i]->name;
	}
	ok = pack_open_all(p.packs, p.n, s, (const uint8_t(*)[SHA256_SIZE])digests, names, e);
	free(digests);
	free(names);
	if (!ok) {
		package_set_done(&p);
		return false;
	}
	*ret = p;
	return true;
}

void package_set_done(struct package_set *p)
{
	for (size_t i = 0; i < p->n; i++)
		pack_free(p->packs[i]);
	free(p->packs);
	free(p->packages);
	*p = (struct package_set){ 0 };
}
