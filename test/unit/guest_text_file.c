#include "../../guest/text_file.c"

#include "test.h"

static void values(void)
{
	static const char text[] = "MAJOR=254\nDEVNAME=vda1\nPARTN=1\nEMPTY=\nLAST=x";
	char v[8];

	CHECK(text_file_value(text, "MAJOR", v, sizeof v) && !strcmp(v, "254"));
	CHECK(text_file_value(text, "PARTN", v, sizeof v) && !strcmp(v, "1"));
	CHECK(text_file_value(text, "EMPTY", v, sizeof v) && !*v);
	CHECK(text_file_value(text, "LAST", v, sizeof v) && !strcmp(v, "x"));
	CHECK(!text_file_value(text, "NAME", v, sizeof v));
	CHECK(!text_file_value(text, "PART", v, sizeof v));
	CHECK(!text_file_value(text, "DEVNAME", v, 4));
	CHECK(text_file_value(text, "DEVNAME", v, 5));
	CHECK(!text_file_value("", "A", v, sizeof v));
	CHECK(!text_file_value("A", "A", v, sizeof v));
}

static void files(void)
{
	char path[] = "/tmp/assay-text-XXXXXX", text[8];
	int fd = mkstemp(path);

	CHECK(fd >= 0 && write(fd, "1234567", 7) == 7);
	CHECK(text_file_read(path, text, sizeof text) && !strcmp(text, "1234567"));
	CHECK(!text_file_read(path, text, 7) && errno == ENAMETOOLONG);
	CHECK(pwrite(fd, "\0", 1, 3) == 1);
	CHECK(!text_file_read(path, text, sizeof text));
	CHECK(!text_file_read("/nonexistent", text, sizeof text) && errno == ENOENT);
	close(fd);
	unlink(path);
}

int main(void)
{
	values();
	files();
	return test_end();
}
