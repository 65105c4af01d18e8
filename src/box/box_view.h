/*
 * What a step can learn of the machine, channel by channel: the box fixes each, and each can be given another value
 * (a canary, for `check`) or be released, so that the machine's own shows.
 */
#ifndef ASSAY_BOX_BOX_VIEW_H
#define ASSAY_BOX_BOX_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

enum box_channel {
	BOX_CLOCK,  /* real time, monotonic time, CPU times, uptime */
	BOX_RANDOM, /* getrandom, AT_RANDOM, /dev/random, /dev/urandom, uuid and boot_id in /proc */
	BOX_ADDRESSES, /* address space layout */
	BOX_PIDS,
	BOX_HOST_NAME,
	BOX_USER_NAME, /* name and id */
	BOX_HOME,
	BOX_UMASK,
	BOX_ENVIRONMENT, /* further variables, their order */
	BOX_LOCALE,
	BOX_ZONE,
	BOX_KERNEL, /* uname, /proc/version, /proc/sys/kernel/osrelease */
	BOX_PROCESSORS, /* number, affinity, /proc/cpuinfo, /sys/devices/system/cpu, hardware capabilities, rdtsc */
	BOX_MEMORY, /* sysinfo, /proc/meminfo, file system totals */
	BOX_FILE_TIMES,
	BOX_FILE_ORDER,   /* what readdir gives */
	BOX_FILE_NUMBERS, /* inode, device, block counts, folder sizes, link counts of folders */
	BOX_PATH,         /* of the work folder (/build) */
	BOX_SCHEDULE, /* which of two processes comes first: nothing is promised, but it can be disturbed */
	BOX_N_CHANNELS,
};

enum { BOX_PROCESSORS_MAX = 64 };
enum { BOX_SEED_SIZE = 32, BOX_ALL_CHANNELS = (1 << BOX_N_CHANNELS) - 1 };

enum box_order { BOX_ORDER_SORTED, BOX_ORDER_REVERSED, BOX_ORDER_SHUFFLED /* by the seed */ };

/* Zero or NULL: the default in brackets. Everything is borrowed. */
struct box_view {
	uint32_t released;           /* one bit a channel: 1u << BOX_CLOCK */
	int64_t clock_start;         /* unix seconds [the job's source_date_epoch] */
	const uint8_t *seed;         /* BOX_SEED_SIZE bytes [the job's seed] */
	const char *host_name;       /* [assay] */
	const char *user;            /* [build] */
	unsigned user_id;            /* [BOX_USER] also the group */
	const char *home;            /* [the work folder] */
	int umask_bits;              /* [022]; -1 for 0 */
	const char *const *env;      /* further variables, as box_job.env */
	const char *locale;          /* [C.UTF-8] */
	const char *zone;            /* [UTC] */
	const char *kernel_release;  /* [6.1.0-assay] */
	const char *kernel_version;  /* [#1 SMP] */
	const char *machine;         /* [x86_64] */
	unsigned n_processors;       /* [4] seen by affinity, /proc, /sys */
	const char *processor_model; /* [assay] model name in /proc/cpuinfo */
	uint64_t memory;             /* total seen [8 GiB] */
	int64_t file_time_offset;    /* seconds added to times the box made [0] */
	enum box_order file_order;   /* [sorted] */
	uint64_t file_number_base;   /* first inode number handed out [1] */
	unsigned pid_base;           /* first pid of a command [the kernel's] */
	const char *work;            /* absolute [/build] */
	uint64_t disturb;            /* seed of delays put in front of new processes; 0: none */
	bool random_addresses;       /* layout random although the channel is not released */
};

/* For people, --vary and --release: "clock", "host-name". */
const char *box_channel_name(enum box_channel channel);
/* BOX_N_CHANNELS when there is no such channel. */
enum box_channel box_channel_from_name(struct str name);

static inline bool box_view_fixes(const struct box_view *v, enum box_channel channel)
{
	return channel == BOX_N_CHANNELS || !(v->released >> channel & 1);
}

/* The view with every default filled in: no pointer but env is NULL then. epoch and seed are the job's; seed may be NULL. */
struct box_view box_view_full(const struct box_view *v, int64_t epoch, const uint8_t *seed);

#endif
