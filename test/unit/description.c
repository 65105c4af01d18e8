#include "lock/description.h"

#include "test.h"

#define HEAD                                      \
	"format: assay/1\nname: hello\nsuites:\n" \
	"- {archive: debian, suite: trixie, components: [main]}\npackages: [systemd]\n"

static const char full[] =
	"format: assay/1\n"
	"name: hello\n"
	"source-date-epoch: 1700000000\n"
	"suites:\n"
	"- {archive: debian, suite: trixie, components: [main, contrib]}\n"
	"- {archive: debian-security, suite: trixie-security, components: [main]}\n"
	"packages: [systemd, dbus]\n"
	"leave-out: ['klibc*', debconf]\n"
	"firmware: {packages: [ovmf], code: usr/share/OVMF/C.fd, vars: usr/share/OVMF/V.fd}\n"
	"toolchains: {c: [gcc, libc6-dev]}\n"
	"components:\n"
	"- name: init\n"
	"  toolchain: c\n"
	"  from: ../../guest\n"
	"  files: [init.c, 'lib/*.h']\n"
	"  steps: [[gcc, -o, /out/init, init.c], [strip, /out/init]]\n"
	"  outputs: [{from: init, to: initrd, path: init, mode: 0755}]\n"
	"image:\n"
	"  command-line: [console=ttyS0, 'quiet', quiet]\n"
	"  kernel: boot/vmlinuz-*\n"
	"  stub: usr/lib/systemd/boot/efi/linuxx64.efi.stub\n"
	"  initrd: {modules: [virtio_blk, dm-mod]}\n"
	"  kernel-modules: [virtio_net]\n"
	"  users: [{name: web, uid: 500, gid: 501, gecos: A web, home: /srv, shell: /bin/false, groups: [tss]}]\n"
	"  groups: [{name: web, gid: 501}]\n"
	"  units: {enable: [web.service], mask: [getty@.service]}\n"
	"  links: {etc/mtab: ../proc/self/mounts}\n"
	"  folders: [srv, mnt]\n"
	"  overlays: [overlay, ../shared]\n"
	"  exclude: ['usr/share/doc/**']\n"
	"  prefer: {etc/x: 'package:b'}\n"
	"  modes: [{path: etc/shadow, mode: 0640, owner: root, group: shadow}, {path: a, mode: 4755}]\n"
	"  hostname: hello\n"
	"  configure: scripts\n"
	"  format: eif\n"
	"  os-release: |\n"
	"    IMAGE_ID=hello\n"
	"    IMAGE_VERSION=1\n"
	"  ports: [8080/tcp, 53/udp]\n"
	"platforms: [qemu-vtpm]\n";

static bool parse(struct description *d, const char *text, struct arena *a, struct err *e)
{
	return description_parse(d, STR("dir"), str_span(str_of(text)), a, e);
}

static void check_top(const struct description *d)
{
	CHECK(str_is(d->name, "hello") && d->source_date_epoch == 1700000000);
	CHECK(d->n_suites == 2 && d->suites[0].components.n == 2);
	CHECK(str_is(d->suites[1].archive, "debian-security"));
	CHECK(d->packages.n == 2 && d->leave_out.n == 2);
	CHECK(str_is(d->firmware_code.path, "usr/share/OVMF/C.fd") && d->firmware_packages.n == 1);
	CHECK(d->n_toolchains == 1 && str_is(d->toolchains[0].packages.items[1], "libc6-dev"));
	CHECK(d->n_components == 1 && d->components[0].n_steps == 2);
	CHECK(str_is(d->components[0].steps[1].args.items[0], "strip"));
	CHECK(d->components[0].outputs[0].mode == 0755);
	CHECK(d->n_platforms == 1 && str_is(d->text, full));
}

static void check_image(const struct description *d)
{
	CHECK(d->command_line.n == 3 && str_is(d->kernel.path, "boot/vmlinuz-*"));
	CHECK(d->initrd_modules.n == 2 && d->kernel_modules.n == 1);
	CHECK(d->n_users == 1 && d->users[0].uid == 500 && d->users[0].gid == 501);
	CHECK(str_is(d->users[0].home, "/srv") && d->users[0].groups.n == 1);
	CHECK(d->n_groups == 1 && d->units_enable.n == 1 && d->units_mask.n == 1);
	CHECK(d->n_links == 1 && str_is(d->links[0].value, "../proc/self/mounts"));
	CHECK(d->folders.n == 2 && d->overlays.n == 2 && d->exclude.n == 1);
	CHECK(d->n_prefer == 1 && str_is(d->prefer[0].value, "package:b"));
	CHECK(d->n_modes == 2 && d->modes[0].mode == 0640 && d->modes[1].mode == 04755);
	CHECK(str_is(d->modes[0].group, "shadow") && str_is(d->modes[1].group, "root"));
	CHECK(str_is(d->os_release, "IMAGE_ID=hello\nIMAGE_VERSION=1\n"));
	CHECK(d->ports.n == 2 && str_is(d->hostname, "hello"));
	CHECK(d->run_scripts && d->eif);
}

static void takes(void)
{
	struct arena *a = arena_new(8 << 20);
	struct err e = { 0 };
	struct description d = { 0 };

	CHECK_OK(parse(&d, full, a, &e), e);
	check_top(&d);
	check_image(&d);
	CHECK_OK(parse(&d, HEAD, a, &e), e);
	CHECK(!d.n_users && !d.source_date_epoch && d.packages.n == 1);
	/* Cut anywhere, it is a description or a refusal, never a crash. */
	for (size_t n = 0; n < sizeof full; n++) {
		bool ok = description_parse(&d, STR("."), span_make(full, n), a, &e);

		CHECK(ok || e.kind == ERR_FORMAT || e.kind == ERR_LIMIT);
	}
	arena_free(a);
}

static const struct {
	const char *text, *says;
} bad[] = {
	{ "[a]\n", "line 1: the description must have named members" },
	{ "format: assay/2\nname: x\n", "format is 'assay/2'" },
	{ "format: assay/1\n", "member 'name' is missing" },
	{ HEAD "colour: red\n", "line 6: the description has no member 'colour'" },
	{ HEAD "name: again\n", "line 6: member 'name' stands twice" },
	{ HEAD "source-date-epoch: -1\n", "line 6: member 'source-date-epoch'" },
	{ HEAD "source-date-epoch: 1e9\n", "is no integer" },
	{ HEAD "leave-out: x\n", "line 6: member 'leave-out': must be a list" },
	{ HEAD "leave-out: ['[a]']\n", "no name or pattern" },
	{ HEAD "leave-out: [a, a]\n", "'a' stands twice" },
	{ HEAD "firmware: {packages: [a], code: /a, vars: b}\n", "starts or ends with '/'" },
	{ HEAD "firmware: {packages: [a], code: a}\n", "'vars' is missing" },
	{ HEAD "firmware: {packages: [], code: a, vars: b}\n", "'firmware: packages' names none" },
	{ HEAD "toolchains: {c: []}\n", "'c' must name at least one" },
	{ HEAD "toolchains: {C: [gcc]}\n", "'C' is no name" },
	{ HEAD "components: [{name: a, toolchain: c, from: ., files: [a], steps: [], outputs: []}]\n",
		"there is no toolchain 'c'" },
	{ HEAD "toolchains: {c: [gcc]}\n"
	       "components: [{name: a, toolchain: c, from: a/../b, files: [a], steps: [], outputs: []}]\n",
		"'.' or '..' component" },
	{ HEAD "toolchains: {c: [gcc]}\n"
	       "components: [{name: a, toolchain: c, from: ., files: [../a], steps: [], outputs: []}]\n",
		"line 7: member 'files'" },
	{ HEAD "toolchains: {c: [gcc]}\n"
	       "components: [{name: a, toolchain: c, from: ., files: [a], steps: [[]], outputs: []}]\n",
		"'step' must name at least one" },
	{ HEAD "toolchains: {c: [gcc]}\n"
	       "components: [{name: a, toolchain: c, from: ., files: [a], steps: [], "
	       "outputs: [{from: a, to: build, path: a, mode: 755}]}]\n",
		"an output to 'build' has no 'path'" },
	{ HEAD "toolchains: {c: [gcc]}\n"
	       "components: [{name: a, toolchain: c, from: ., files: [a], steps: [], "
	       "outputs: [{from: a, to: disk, path: a, mode: 755}]}]\n",
		"not 'disk'" },
	{ HEAD "image: {configure: all}\n", "neither none nor scripts" },
	{ HEAD "image: {format: qcow2}\n", "neither disk nor eif" },
	{ HEAD "image: {colour: red}\n", "image has no member 'colour'" },
	{ HEAD "image: {command-line: ['a b']}\n", "holds blanks" },
	{ HEAD "image: {users: [{name: a, uid: 1}]}\n", "'gid' is missing" },
	{ HEAD "image: {users: [{name: a, uid: 4294967295, gid: 1}]}\n", "is no integer" },
	{ HEAD "image: {users: [{name: a, uid: 1, gid: 1, gecos: 'a:b'}]}\n", "':'" },
	{ HEAD "image: {users: [{name: a, uid: 1, gid: 1, home: /a:b}]}\n", "':'" },
	{ HEAD "image: {users: [{name: a, uid: 1, gid: 1, shell: bin/sh}]}\n",
		"does not start with '/'" },
	{ HEAD "image:\n  users:\n  - {name: a, uid: 1, gid: 1}\n  - {name: a, uid: 2, gid: 2}\n",
		"line 9: 'a' stands twice" },
	{ HEAD "image: {groups: [{name: a}]}\n", "'gid' is missing" },
	{ HEAD "image: {units: {enable: [ssh]}}\n", "'ssh' is no unit" },
	{ HEAD "image: {units: {mask: [a/b.service]}}\n", "no unit" },
	{ HEAD "image: {links: {/etc/x: y}}\n", "starts or ends with '/'" },
	{ HEAD "image: {links: {etc/x: ''}}\n", "must not be empty" },
	{ HEAD "image: {links: {etc/x: [y]}}\n", "each path has one value" },
	{ HEAD "image: {folders: [a//b]}\n", "empty component" },
	{ HEAD "image: {folders: [a/]}\n", "starts or ends" },
	{ HEAD "image: {folders: [./a]}\n", "component" },
	{ HEAD "image: {overlays: [/abs]}\n", "starts or ends" },
	{ HEAD "image: {prefer: {a: b}}\n", "no origin" },
	{ HEAD "image: {modes: [{path: a, mode: 0888}]}\n", "no octal mode" },
	{ HEAD "image: {modes: [{path: a, mode: 77777}]}\n", "no octal mode" },
	{ HEAD "image: {modes: [{path: a, mode: ''}]}\n", "no octal mode" },
	{ HEAD "image: {ports: [80]}\n", "no port" },
	{ HEAD "image: {ports: [0/tcp]}\n", "no port" },
	{ HEAD "image: {os-release: hello}\n", "no line KEY=VALUE" },
	{ HEAD "image: {initrd: {modules: [../x]}}\n", "no name of a module" },
	{ "format: assay/1\nname: a\npackages: [a]\n", "'suites' is missing" },
	{ "format: assay/1\nname: a\npackages: [a]\nsuites: []\n", "no suite" },
	{ "format: assay/1\nname: a\npackages: [a]\nsuites: [{archive: d, suite: t}]\n",
		"'components' must name" },
	{ "format: assay/1\nname: a\npackages: [a]\nsuites:\n"
	  "- {archive: d, suite: t, components: [main]}\n"
	  "- {archive: d, suite: t, components: [main]}\n",
		"line 6: 'd t' stands twice" },
};

static void refuses(void)
{
	struct arena *a = arena_new(8 << 20);

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err e = { 0 };
		struct description d = { 0 };

		CHECK_ERR(parse(&d, bad[i].text, a, &e), e, ERR_FORMAT);
		test_report(strstr(e.text, bad[i].says), __FILE__, __LINE__, e.text);
		CHECK(!d.name.p);
	}
	arena_free(a);
}

int main(void)
{
	takes();
	refuses();
	return test_end();
}
