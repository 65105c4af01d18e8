#include "vm/qemu_arguments.h"

#include "base/buf.h"

#include "test.h"

/* The list as one line, words parted by blanks. */
static void check(const struct qemu_machine *m, const char *want)
{
	CLEANUP(qemu_arguments_done) struct qemu_arguments a;
	CLEANUP(buf_done) struct buf line = buf_init(65536);

	qemu_arguments_make(&a, m, "/state/vars.fd", 3, 4242);
	for (size_t i = 0; i < a.n; i++)
		buf_printf(&line, "%s%s", i ? " " : "", a.argv[i]);
	CHECK(!a.argv[a.n]);
	if (!str_is(buf_str(&line), want))
		fprintf(stderr, "got  %.*s\nwant %s\n", STR_ARG(buf_str(&line)), want);
	CHECK(str_is(buf_str(&line), want));
}

#define BOARD(accel, smp)                                                           \
	"qemu-system-x86_64 -nodefaults -no-user-config -machine q35 -accel " accel \
	" -cpu max -m 1024 -smp " smp " -display none -serial stdio -monitor none -no-reboot"
#define FLASH(code)                                                  \
	" -drive if=pflash,unit=0,format=raw,readonly=on,file=" code \
	" -drive if=pflash,unit=1,format=raw,file=/state/vars.fd"

int main(void)
{
	static const char *const further[] = { "-smbios", "type=11,value=x" };
	static const struct qemu_forward forwards[] = { { 9000, 80, false }, { 5353, 53, true } };
	static const char some; /* the TPM is only asked for being there */
	const void *tpm = &some;
	struct qemu_machine probe = {
		.firmware_code = "/f/c.fd", .firmware_vars = "/f/v.fd", .kvm = true
	};
	struct qemu_machine whole = {
		.firmware_code = "/f/a,b.fd",
		.firmware_vars = "/f/v.fd",
		.disk = "/out/disk.img",
		.tpm = tpm,
		.guest_port = 8080,
	};
	struct qemu_machine more = whole;

	check(&probe, BOARD("kvm", "2") FLASH("/f/c.fd"));
	check(&whole,
		BOARD("tcg,thread=multi", "1") FLASH(
			"/f/a,,b.fd") " -chardev socket,id=tpm,fd=3 -tpmdev emulator,id=tpm0,chardev=tpm"
				      " -device tpm-crb,tpmdev=tpm0"
				      " -drive if=none,id=d,format=raw,readonly=on,file=/out/disk.img"
				      " -device virtio-blk-pci,drive=d,bootindex=1 -boot menu=off,strict=on"
				      " -netdev user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:4242-:8080"
				      " -device virtio-net-pci,netdev=n,romfile=");
	more.forwards = forwards;
	more.n_forwards = ARRAY_LEN(forwards);
	check(&more,
		BOARD("tcg,thread=multi", "1") FLASH(
			"/f/a,,b.fd") " -chardev socket,id=tpm,fd=3 -tpmdev emulator,id=tpm0,chardev=tpm"
				      " -device tpm-crb,tpmdev=tpm0"
				      " -drive if=none,id=d,format=raw,readonly=on,file=/out/disk.img"
				      " -device virtio-blk-pci,drive=d,bootindex=1 -boot menu=off,strict=on"
				      " -netdev user,id=n,restrict=on,hostfwd=tcp:127.0.0.1:4242-:8080"
				      ",hostfwd=tcp:127.0.0.1:9000-:80,hostfwd=udp:127.0.0.1:5353-:53"
				      " -device virtio-net-pci,netdev=n,romfile=");
	more.guest_port = 0;
	more.tpm = NULL;
	more.arguments = further;
	more.n_arguments = ARRAY_LEN(further);
	check(&more,
		BOARD("tcg,thread=multi", "1") FLASH(
			"/f/a,,b.fd") " -drive if=none,id=d,format=raw,readonly=on,file=/out/disk.img"
				      " -device virtio-blk-pci,drive=d,bootindex=1 -boot menu=off,strict=on"
				      " -smbios type=11,value=x");
	return test_end();
}
