#include "build/reproduced.h"

#include <unistd.h>

#include "sys/file.h"
#include "test.h"

static const uint8_t deb[SHA256_SIZE] = { 1 }, other[SHA256_SIZE] = { 2 };
static const uint8_t first[SHA256_SIZE] = { 3 }, second[SHA256_SIZE] = { 4 };

static void kept(struct store *s)
{
	uint8_t statement[SHA256_SIZE] = { 0 };
	struct err e = { 0 };
	bool is = true;

	CHECK_OK(reproduced_get(s, deb, &is, statement, &e), e);
	CHECK(!is);
	CHECK_OK(reproduced_put(s, deb, first, &e), e);
	CHECK_OK(reproduced_get(s, deb, &is, statement, &e), e);
	CHECK(is && !memcmp(statement, first, SHA256_SIZE));
	is = false;
	CHECK_OK(reproduced_get(s, deb, &is, NULL, &e), e);
	CHECK(is);
	CHECK_OK(reproduced_get(s, other, &is, statement, &e), e);
	CHECK(!is);
}

/* A package is reproduced as often as one likes: the first statement stays. */
static void again(struct store *s)
{
	uint8_t statement[SHA256_SIZE] = { 0 };
	struct err e = { 0 };
	bool is = false;

	CHECK_OK(reproduced_put(s, deb, second, &e), e);
	CHECK_OK(reproduced_get(s, deb, &is, statement, &e), e);
	CHECK(is && !memcmp(statement, first, SHA256_SIZE));
}

int main(void)
{
	char path[] = "/tmp/assay-reproduced-XXXXXX";
	struct store *s = NULL;
	struct err e = { 0 };

	CHECK(mkdtemp(path) != NULL);
	CHECK_OK(store_open(&s, path, &e), e);
	kept(s);
	again(s);
	store_free(s);
	CHECK_OK(file_remove_tree(AT_FDCWD, path, &e), e);
	return test_end();
}
