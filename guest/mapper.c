#include "mapper.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/dm-ioctl.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "stop.h"

#define CONTROL "/dev/mapper/control"
#define NAME "root"

enum { PARAMETERS_MAX = 1024, SECTORS_A_BLOCK = VERITY_BLOCK_SIZE / 512 };

/* What the ioctls take (Documentation/admin-guide/device-mapper/dm-ioctl): header, one target, its parameters. */
struct request {
	struct dm_ioctl head;
	struct dm_target_spec target;
	char parameters[PARAMETERS_MAX];
};

static void request_init(struct request *r)
{
	memset(r, 0, sizeof *r);
	r->head.version[0] = DM_VERSION_MAJOR;
	r->head.data_size = sizeof *r;
	r->head.data_start = offsetof(struct request, target);
	r->head.flags = DM_READONLY_FLAG;
	memcpy(r->head.name, NAME, sizeof NAME);
}

static void create(int control, char path[static MAPPER_PATH])
{
	struct request r;

	request_init(&r);
	if (ioctl(control, DM_DEV_CREATE, &r) < 0)
		stop_os("cannot make the dm-verity device");
	snprintf(path, MAPPER_PATH, "/dev/dm-%u", minor(r.head.dev));
}

/* Puts the table into force; options as dm-verity's optional parameters, with their count. */
static void load(int control, const struct verity_table *t, const char *data, const char *hash,
	const char *options)
{
	struct request r;
	int n;

	request_init(&r);
	r.head.target_count = 1;
	r.target.length = t->data_blocks * SECTORS_A_BLOCK;
	memcpy(r.target.target_type, "verity", sizeof "verity");
	n = snprintf(r.parameters, sizeof r.parameters, "1 %s %s %d %d %llu %llu sha256 %s %s%s",
		data, hash, VERITY_BLOCK_SIZE, VERITY_BLOCK_SIZE,
		(unsigned long long)t->data_blocks, (unsigned long long)t->hash_start, t->root_hash,
		t->salt, options);
	if (n < 0 || (size_t)n >= sizeof r.parameters)
		stop_with("cannot set up dm-verity: the table is too long");
	if (ioctl(control, DM_TABLE_LOAD, &r) < 0)
		stop_os("cannot set up dm-verity: the kernel refuses the table");
	request_init(&r);
	if (ioctl(control, DM_DEV_SUSPEND, &r) < 0) /* without DM_SUSPEND_FLAG it resumes */
		stop_os("cannot start the dm-verity device");
}

static void check_first_block(const char *path)
{
	static alignas(VERITY_BLOCK_SIZE) char block[VERITY_BLOCK_SIZE];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		stop_os("cannot open the dm-verity device '%s'", path);
	n = pread(fd, block, sizeof block, 0);
	if (n < 0 && errno == EIO)
		stop_with(
			"cannot verify the root: data or hash tree do not match the root hash of the command line");
	if (n < 0)
		stop_os("cannot read the root");
	if ((size_t)n != sizeof block)
		stop_with("cannot read the root: it ends within its first block");
	close(fd);
}

void mapper_verity(char ret[static MAPPER_PATH], const struct verity_table *t, const char *data,
	const char *hash)
{
	int control = open(CONTROL, O_RDWR | O_CLOEXEC);

	if (control < 0)
		stop_os("cannot open '" CONTROL "'");
	create(control, ret);
	load(control, t, data, hash, "");
	check_first_block(ret);
	load(control, t, data, hash, " 1 panic_on_corruption");
	close(control);
}
