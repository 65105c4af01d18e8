#define ASSAY_MAY_ASK_THE_MACHINE
#include "box/box_network.h"

#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "box/box_namespace.h"
#include "sys/file.h"
#include "base/banned.h"

bool box_network_up(struct err *e)
{
	CLEANUP(file_closep) int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct ifreq r = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_LOOPBACK | IFF_RUNNING };

	if (s < 0 && errno == EAFNOSUPPORT)
		return true;
	if (s >= 0 && ioctl(s, SIOCSIFFLAGS, &r) == 0)
		return true;
	err_os(e, "cannot switch the box's loopback on");
	return box_namespace_explain(e);
}
