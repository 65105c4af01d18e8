#include "vm/qemu_arguments.h"

#include <assert.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/banned.h"

enum { ARGUMENT_MAX = 65536 };

static void add(struct qemu_arguments *a, const char *argument)
{
	assert(a->n < QEMU_ARGUMENTS_MAX);
	a->argv[a->n++] = mem_string(str_of(argument));
}

/* "HEAD" and the path; QEMU reads two commas as one. */
static void add_path(struct qemu_arguments *a, const char *head, const char *path)
{
	CLEANUP(mem_free) char *text = NULL;
	struct buf b = buf_init(ARGUMENT_MAX);

	buf_add_cstr(&b, head);
	for (const char *p = path; *p; p++) {
		if (*p == ',')
			buf_add(&b, ",", 1);
		buf_add(&b, p, 1);
	}
	text = buf_take_cstr(&b);
	add(a, text);
}

static void add_all(struct qemu_arguments *a, const char *const list[], size_t n)
{
	for (size_t i = 0; i < n; i++)
		add(a, list[i]);
}

static void add_number(struct qemu_arguments *a, const char *format_head, int value)
{
	CLEANUP(mem_free) char *text = NULL;
	struct buf b = buf_init(ARGUMENT_MAX);

	buf_printf(&b, "%s%d", format_head, value);
	text = buf_take_cstr(&b);
	add(a, text);
}

static void add_board(struct qemu_arguments *a, bool kvm)
{
	/*
	 * One processor under emulation: with two, QEMU now and then lets one run code that the other is just patching,
	 * and the kernel stops with an int3. The number shows in no register but PCR 1 (ACPI tables).
	 */
	const char *const list[] = { "qemu-system-x86_64", "-nodefaults", "-no-user-config",
		"-machine", "q35", "-accel", kvm ? "kvm" : "tcg,thread=multi", "-cpu", "max", "-m",
		"1024", "-smp", kvm ? "2" : "1", "-display", "none", "-serial", "stdio", "-monitor",
		"none", "-no-reboot" };

	add_all(a, list, ARRAY_LEN(list));
}

static void add_network(struct qemu_arguments *a, const struct qemu_machine *m, uint16_t host_port)
{
	CLEANUP(mem_free) char *text = NULL;
	struct buf b = buf_init(ARGUMENT_MAX);

	/* restrict: the guest reaches neither the host nor the world; only the forwarded ports lead in. */
	buf_printf(
		&b, "user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:%u-:%u", host_port, m->guest_port);
	for (size_t i = 0; i < m->n_forwards; i++)
		buf_printf(&b, ",hostfwd=%s:127.0.0.1:%u-:%u", m->forwards[i].udp ? "udp" : "tcp",
			m->forwards[i].host_port, m->forwards[i].guest_port);
	text = buf_take_cstr(&b);
	add(a, "-netdev");
	add(a, text);
	add(a, "-device");
	add(a, "virtio-net-pci,netdev=n,romfile="); /* an option ROM would show in PCR 2 */
}

void qemu_arguments_make(struct qemu_arguments *ret, const struct qemu_machine *m,
	const char *vars_copy, int tpm_fd, uint16_t host_port)
{
	*ret = (struct qemu_arguments){ .n = 0 };
	add_board(ret, m->kvm);
	add(ret, "-drive");
	add_path(ret, "if=pflash,unit=0,format=raw,readonly=on,file=", m->firmware_code);
	add(ret, "-drive");
	add_path(ret, "if=pflash,unit=1,format=raw,file=", vars_copy);
	if (m->tpm) {
		add(ret, "-chardev");
		add_number(ret, "socket,id=tpm,fd=", tpm_fd);
		add_all(ret,
			(const char *const[]){ "-tpmdev", "emulator,id=tpm0,chardev=tpm", "-device",
				"tpm-crb,tpmdev=tpm0" },
			4);
	}
	if (m->disk) {
		add(ret, "-drive");
		add_path(ret, "if=none,id=d,format=raw,readonly=on,file=", m->disk);
		/* 1, not 0: a further argument can put something before the disk (PCR 4 shows it). */
		add_all(ret,
			(const char *const[]){ "-device", "virtio-blk-pci,drive=d,bootindex=1",
				"-boot", "menu=off,strict=on" },
			4);
	}
	if (m->guest_port)
		add_network(ret, m, host_port);
	add_all(ret, m->arguments, m->n_arguments);
}

void qemu_arguments_done(struct qemu_arguments *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->argv[i]);
	*a = (struct qemu_arguments){ .n = 0 };
}
