#include "image/mode.h"

#include <sys/stat.h>

#include "base/banned.h"

uint32_t mode_of_node(const struct node *n)
{
	static const uint32_t kinds[] = {
		[NODE_FOLDER] = S_IFDIR,
		[NODE_FILE] = S_IFREG,
		[NODE_LINK] = S_IFLNK,
		[NODE_CHARDEV] = S_IFCHR,
		[NODE_BLOCKDEV] = S_IFBLK,
		[NODE_FIFO] = S_IFIFO,
	};

	return kinds[n->kind] | (n->mode & 07777);
}

bool mode_is_device(enum node_kind kind)
{
	return kind == NODE_CHARDEV || kind == NODE_BLOCKDEV;
}
