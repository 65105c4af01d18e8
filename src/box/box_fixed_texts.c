#include "box/box_fixed_texts.h"

#include <stdio.h>

#include "base/digest.h"
#include "base/banned.h"

enum { TICKS = 100 /* of a second, in /proc/stat */ };

static void write_cpuinfo(struct buf *out, const struct box_view *v)
{
	for (unsigned i = 0; i < v->n_processors; i++)
		buf_printf(out,
			"processor\t: %u\nvendor_id\t: AuthenticAMD\ncpu family\t: 15\nmodel\t\t: 107\n"
			"model name\t: %s\nstepping\t: 1\nmicrocode\t: 0x1\ncpu MHz\t\t: 2000.000\n"
			"cache size\t: 512 KB\nphysical id\t: 0\nsiblings\t: %u\ncore id\t\t: %u\n"
			"cpu cores\t: %u\napicid\t\t: %u\ninitial apicid\t: %u\nfpu\t\t: yes\n"
			"fpu_exception\t: yes\ncpuid level\t: 13\nwp\t\t: yes\n"
			"flags\t\t: fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 "
			"clflush mmx fxsr sse sse2 ht syscall nx lm rep_good nopl cpuid pni cx16\n"
			"bugs\t\t:\nbogomips\t: 4000.00\nTLB size\t: 1024 4K pages\n"
			"clflush size\t: 64\ncache_alignment\t: 64\n"
			"address sizes\t: 40 bits physical, 48 bits virtual\npower management:\n\n",
			i, v->processor_model, v->n_processors, i, v->n_processors, i, i);
}

static void write_stat(struct buf *out, const struct box_view *v)
{
	buf_printf(out, "cpu  %u 0 %u %u 0 0 0 0 0 0\n", TICKS * v->n_processors,
		TICKS * v->n_processors, 1000 * TICKS * v->n_processors);
	for (unsigned i = 0; i < v->n_processors; i++)
		buf_printf(out, "cpu%u %d 0 %d %d 0 0 0 0 0 0\n", i, TICKS, TICKS, 1000 * TICKS);
	buf_printf(out,
		"intr 0\nctxt 0\nbtime %lld\nprocesses 1\nprocs_running 1\nprocs_blocked 0\n"
		"softirq 0 0 0 0 0 0 0 0 0 0 0\n",
		(long long)v->clock_start - 1000);
}

static void write_meminfo(struct buf *out, const struct box_view *v)
{
	unsigned long long total = v->memory / 1024, half = total / 2, eighth = total / 8;

	buf_printf(out,
		"MemTotal:       %8llu kB\nMemFree:        %8llu kB\nMemAvailable:   %8llu kB\n"
		"Buffers:        %8d kB\nCached:         %8llu kB\nSwapCached:     %8d kB\n"
		"Active:         %8llu kB\nInactive:       %8llu kB\nSwapTotal:      %8d kB\n"
		"SwapFree:       %8d kB\nDirty:          %8d kB\nWriteback:      %8d kB\n"
		"AnonPages:      %8llu kB\nMapped:         %8d kB\nShmem:          %8d kB\n"
		"Slab:           %8d kB\nSReclaimable:   %8d kB\nCommitLimit:    %8llu kB\n"
		"Committed_AS:   %8llu kB\nVmallocTotal:   34359738367 kB\nVmallocUsed:    %8d kB\n"
		"HugePages_Total:   %5d\nHugePages_Free:    %5d\nHugepagesize:       2048 kB\n",
		total, half, half + eighth, 0, eighth, 0, eighth, eighth, 0, 0, 0, 0, eighth, 0, 0,
		0, 0, half, eighth, 0, 0, 0);
}

static void write_node(struct buf *out, const struct box_view *v)
{
	unsigned long long total = v->memory / 1024;

	buf_printf(out, "Node 0 MemTotal: %llu kB\nNode 0 MemFree: %llu kB\n", total, total / 2);
}

static void write_version(struct buf *out, const struct box_view *v)
{
	buf_printf(out, "Linux version %s (build@assay) (gcc) %s\n", v->kernel_release,
		v->kernel_version);
}

static void write_release(struct buf *out, const struct box_view *v)
{
	buf_printf(out, "%s\n", v->kernel_release);
}

static void write_kernel_version(struct buf *out, const struct box_view *v)
{
	buf_printf(out, "%s\n", v->kernel_version);
}

static void write_host_name(struct buf *out, const struct box_view *v)
{
	buf_printf(out, "%s\n", v->host_name);
}

void box_fixed_uuid(char out[static BOX_UUID_SIZE + 1], const uint8_t bytes[static 16])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t b[16];
	size_t n = 0;

	memcpy(b, bytes, sizeof b);
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40); /* version 4 and the variant, RFC 9562 */
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	for (size_t i = 0; i < sizeof b; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[n++] = '-';
		out[n++] = digits[b[i] >> 4];
		out[n++] = digits[b[i] & 15];
	}
	out[n++] = '\n';
	out[n] = 0;
}

/* A uuid from the seed and a name. */
static void write_seeded(struct buf *out, const struct box_view *v, const char *name)
{
	uint8_t in[BOX_SEED_SIZE + 16] = { 0 }, sha256[SHA256_SIZE];
	char text[BOX_UUID_SIZE + 1];

	memcpy(in, v->seed, BOX_SEED_SIZE);
	snprintf((char *)in + BOX_SEED_SIZE, sizeof in - BOX_SEED_SIZE, "%s", name);
	sha256_of(sha256, SPAN_OF(in));
	box_fixed_uuid(text, sha256);
	buf_add_cstr(out, text);
}

static void write_boot_id(struct buf *out, const struct box_view *v)
{
	write_seeded(out, v, "boot_id");
}

static void write_uuid(struct buf *out, const struct box_view *v)
{
	write_seeded(out, v, "uuid");
}

/* All files show the one device 0:1 (trace_stat.c). */
static void write_mountinfo(struct buf *out, const struct box_view *v)
{
	buf_printf(out,
		"1 0 0:1 / / ro,nosuid,nodev - ext4 assay ro\n"
		"2 1 0:1 / /proc ro,nosuid,nodev,noexec - proc proc ro\n"
		"3 1 0:1 / /dev ro,nosuid,noexec - tmpfs tmpfs ro\n"
		"4 3 0:1 / /dev/shm rw,nosuid,nodev - tmpfs tmpfs rw\n"
		"5 1 0:1 / %s rw,nosuid,nodev - tmpfs tmpfs rw\n"
		"6 1 0:1 / /tmp rw,nosuid,nodev - tmpfs tmpfs rw\n"
		"7 1 0:1 / /out rw,nosuid,nodev - ext4 assay rw\n",
		v->work);
}

static void write_mounts(struct buf *out, const struct box_view *v)
{
	buf_printf(out,
		"assay / ext4 ro,nosuid,nodev 0 0\n"
		"proc /proc proc ro,nosuid,nodev,noexec 0 0\n"
		"tmpfs /dev tmpfs ro,nosuid,noexec 0 0\n"
		"tmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0\n"
		"tmpfs %s tmpfs rw,nosuid,nodev 0 0\n"
		"tmpfs /tmp tmpfs rw,nosuid,nodev 0 0\n"
		"assay /out ext4 rw,nosuid,nodev 0 0\n",
		v->work);
}

static void write_mountstats(struct buf *out, const struct box_view *v)
{
	buf_printf(out,
		"device assay mounted on / with fstype ext4\n"
		"device proc mounted on /proc with fstype proc\n"
		"device tmpfs mounted on /dev with fstype tmpfs\n"
		"device tmpfs mounted on /dev/shm with fstype tmpfs\n"
		"device tmpfs mounted on %s with fstype tmpfs\n"
		"device tmpfs mounted on /tmp with fstype tmpfs\n"
		"device assay mounted on /out with fstype ext4\n",
		v->work);
}

static void write_id_map(struct buf *out, const struct box_view *v)
{
	buf_printf(out, "%10u %10u %10u\n", v->user_id, v->user_id, 1);
}

static void write_processors(struct buf *out, const struct box_view *v)
{
	if (v->n_processors > 1)
		buf_printf(out, "0-%u\n", v->n_processors - 1);
	else
		buf_add_cstr(out, "0\n");
}

const struct box_fixed_text box_fixed_proc[] = {
	{ "proc/cpuinfo", BOX_PROCESSORS, NULL, write_cpuinfo },
	{ "proc/stat", BOX_PROCESSORS, NULL, write_stat },
	{ "proc/loadavg", BOX_CLOCK, "0.00 0.00 0.00 1/1 1\n", NULL },
	{ "proc/uptime", BOX_CLOCK, "1000.00 1000.00\n", NULL },
	{ "proc/meminfo", BOX_MEMORY, NULL, write_meminfo },
	{ "proc/swaps", BOX_MEMORY, "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n", NULL },
	{ "proc/version", BOX_KERNEL, NULL, write_version },
	{ "proc/cmdline", BOX_KERNEL, "ro\n", NULL },
	{ "proc/filesystems", BOX_KERNEL, "nodev\tproc\nnodev\ttmpfs\n\text4\n", NULL },
	{ 0 },
};

const struct box_fixed_text box_fixed_settings[] = {
	{ "crypto/fips_enabled", BOX_KERNEL, "0\n", NULL },
	{ "fs/file-max", BOX_KERNEL, "1048576\n", NULL },
	{ "fs/inotify/max_user_instances", BOX_KERNEL, "128\n", NULL },
	{ "fs/inotify/max_user_watches", BOX_KERNEL, "8192\n", NULL },
	{ "fs/nr_open", BOX_KERNEL, "1048576\n", NULL },
	{ "fs/pipe-max-size", BOX_KERNEL, "1048576\n", NULL },
	{ "kernel/cap_last_cap", BOX_KERNEL, "40\n", NULL },
	{ "kernel/core_pattern", BOX_KERNEL, "core\n", NULL },
	{ "kernel/domainname", BOX_HOST_NAME, "(none)\n", NULL },
	{ "kernel/hostname", BOX_HOST_NAME, NULL, write_host_name },
	{ "kernel/msgmax", BOX_KERNEL, "8192\n", NULL },
	{ "kernel/ngroups_max", BOX_KERNEL, "65536\n", NULL },
	{ "kernel/osrelease", BOX_KERNEL, NULL, write_release },
	{ "kernel/ostype", BOX_KERNEL, "Linux\n", NULL },
	{ "kernel/overflowgid", BOX_KERNEL, "65534\n", NULL },
	{ "kernel/overflowuid", BOX_KERNEL, "65534\n", NULL },
	{ "kernel/pid_max", BOX_KERNEL, "4194304\n", NULL },
	{ "kernel/random/boot_id", BOX_RANDOM, NULL, write_boot_id },
	{ "kernel/random/entropy_avail", BOX_RANDOM, "256\n", NULL },
	{ "kernel/random/poolsize", BOX_RANDOM, "256\n", NULL },
	{ "kernel/random/uuid", BOX_RANDOM, NULL,
		write_uuid }, /* each open its own: trace_open.c */
	{ "kernel/randomize_va_space", BOX_ADDRESSES, "0\n", NULL },
	{ "kernel/sem", BOX_KERNEL, "32000\t1024000000\t500\t32000\n", NULL },
	{ "kernel/shmall", BOX_KERNEL, "18446744073692774399\n", NULL },
	{ "kernel/shmmax", BOX_KERNEL, "18446744073692774399\n", NULL },
	{ "kernel/shmmni", BOX_KERNEL, "4096\n", NULL },
	{ "kernel/threads-max", BOX_KERNEL, "32768\n", NULL },
	{ "kernel/version", BOX_KERNEL, NULL, write_kernel_version },
	{ "net/core/somaxconn", BOX_KERNEL, "4096\n", NULL },
	{ "vm/max_map_count", BOX_KERNEL, "65530\n", NULL },
	{ "vm/mmap_min_addr", BOX_KERNEL, "65536\n", NULL },
	{ "vm/nr_hugepages", BOX_MEMORY, "0\n", NULL },
	{ "vm/overcommit_memory", BOX_MEMORY, "0\n", NULL },
	{ "vm/overcommit_ratio", BOX_MEMORY, "50\n", NULL },
	{ "vm/swappiness", BOX_MEMORY, "60\n", NULL },
	{ 0 },
};

const struct box_fixed_text box_fixed_process[] = {
	{ "mounts", BOX_N_CHANNELS, NULL, write_mounts },
	{ "mountinfo", BOX_N_CHANNELS, NULL, write_mountinfo },
	{ "mountstats", BOX_N_CHANNELS, NULL, write_mountstats },
	{ "cgroup", BOX_N_CHANNELS, "0::/\n", NULL },
	{ "cpuset", BOX_PROCESSORS, "/\n", NULL },
	{ "uid_map", BOX_USER_NAME, NULL, write_id_map },
	{ "gid_map", BOX_USER_NAME, NULL, write_id_map },
	{ "loginuid", BOX_USER_NAME, "4294967295", NULL },
	{ "sessionid", BOX_USER_NAME, "4294967295", NULL },
	{ "statm", BOX_MEMORY, "2048 1024 512 64 0 1024 0\n", NULL },
	{ "oom_score", BOX_MEMORY, "0\n", NULL },
	{ "schedstat", BOX_CLOCK, "0 0 1\n", NULL },
	{ "io", BOX_CLOCK,
		"rchar: 0\nwchar: 0\nsyscr: 0\nsyscw: 0\nread_bytes: 0\nwrite_bytes: 0\n"
		"cancelled_write_bytes: 0\n",
		NULL },
	{ 0 },
};

const struct box_fixed_text box_fixed_sys_files[] = {
	{ "devices/system/cpu/online", BOX_PROCESSORS, NULL, write_processors },
	{ "devices/system/cpu/possible", BOX_PROCESSORS, NULL, write_processors },
	{ "devices/system/cpu/present", BOX_PROCESSORS, NULL, write_processors },
	{ "devices/system/cpu/offline", BOX_PROCESSORS, "\n", NULL },
	{ "devices/system/cpu/kernel_max", BOX_PROCESSORS, "8191\n", NULL },
	{ "devices/system/node/online", BOX_PROCESSORS, "0\n", NULL },
	{ "devices/system/node/possible", BOX_PROCESSORS, "0\n", NULL },
	{ "devices/system/node/node0/cpulist", BOX_PROCESSORS, NULL, write_processors },
	{ "devices/system/node/node0/meminfo", BOX_MEMORY, NULL, write_node },
	{ "kernel/mm/transparent_hugepage/enabled", BOX_MEMORY, "always [madvise] never\n", NULL },
	{ "kernel/mm/transparent_hugepage/hpage_pmd_size", BOX_MEMORY, "2097152\n", NULL },
	{ 0 },
};

void box_fixed_write(const struct box_fixed_text *f, const struct box_view *v, struct buf *out)
{
	*out = buf_init(BOX_FIXED_TEXT_MAX);
	if (f->text)
		buf_add_cstr(out, f->text);
	else
		f->write(out, v);
}

bool box_fixed_in_proc(struct str name)
{
	static const char *const kept[] = { "self", "thread-self", "mounts", "net", "sys" };

	for (size_t i = 0; i < ARRAY_LEN(kept); i++)
		if (str_is(name, kept[i]))
			return true;
	for (const struct box_fixed_text *f = box_fixed_proc; f->at; f++)
		if (str_is(name, f->at + sizeof "proc/" - 1))
			return true;
	return false;
}
