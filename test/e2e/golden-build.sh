#!/bin/bash
# A whole image from packages that are made here: lock, fetch and build give the digests in test/golden/build-vN.txt, on
# every machine and in every year. N is the image format version of src/lock/lock.h: writers whose bytes change need the
# next one. UPDATE=1 rewrites the file.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
archive_can golden-build || exit 0
at_end() { archive_end; }
archive_start || { bad "an archive can be signed"; exit 1; }
version=$(sed -nE '/LOCK_IMAGE_VERSION *=/,/,/ s/.*[^0-9]([0-9]+),.*/\1/p' "$root/src/lock/lock.h")
golden=$root/test/golden/build-v$version.txt

long=$(printf 'a-long-name-%.0s' {1..20})
archive_minimum
archive_deb tools 1.2-3 <<S
control Depends: libmade (>= 1.2)
member conffiles /etc/tools.conf\n/etc/not-there.conf\n
member postinst #!/bin/sh\nexit 1\n
file usr/bin/first 0755 #!/bin/sh\necho one file, three names\n
hard usr/bin/second usr/bin/first
hard usr/share/tools/third usr/bin/first
file usr/bin/become 4755 set the user\n
file usr/bin/join 2755 set the group\n
xattr security.capability AQAAAgAgAAAAAAAAAAAAAAAAAAA=
file usr/bin/ping 0755 with a capability\n
xattr user.second Mg==
xattr user.first MQ==
file usr/share/tools/attributes 0644 two of them\n
file etc/tools.conf 0644 key=value\n
file bin/from-before-the-merge 0755 now in usr\n
file usr/share/tools/$long/$long 0644 names as long as they may be\n
file usr/share/tools/Übergröße 0644 a name in UTF-8\n
link usr/share/tools/far /$long/$long
link usr/share/tools/near ../tools/attributes
file usr/share/tools/empty 0644
fill usr/share/tools/block 0644 4096
fill usr/share/tools/block-and-one 0644 4097
fill usr/share/tools/many-blocks 0600 1500001
folder usr/share/tools/sticky 1777
time 1600000000
file usr/share/tools/older 0644 older than the image\n
time 1800000000
file usr/share/tools/newer 0644 newer than the image, clamped\n
time 1000000000
owner 33 44
folder usr/share/tools/theirs 0750
file usr/share/tools/theirs/file 0640 of another owner\n
device usr/share/tools/null 0666 1 3
fifo usr/share/tools/fifo 0600
S
archive_deb libmade 1.2-3 amd64 <<'S'
control Multi-Arch: same
library usr/lib/x86_64-linux-gnu/libmade.so.1.2 0644 libmade.so.1
link usr/lib/x86_64-linux-gnu/libmade.so.1 libmade.so.1.2
library lib/x86_64-linux-gnu/libother.so.10 0644 libother.so.10
hard usr/lib/x86_64-linux-gnu/libmade-again.so usr/lib/x86_64-linux-gnu/libmade.so.1.2
S
archive_deb daemon 0.9 <<'S'
control Depends: tools, left-out
file usr/sbin/daemon 0755 not really\n
file usr/lib/systemd/system/daemon.service 0644 [Service]\nExecStart=/usr/sbin/daemon\n[Install]\nWantedBy=multi-user.target\nAlias=d.service\n
file usr/lib/systemd/system/daemon@.service 0644 [Install]\nRequiredBy=daemon-%i.target\n
file usr/lib/systemd/system/noise.service 0644 [Service]\n
file usr/lib/sysusers.d/daemon.conf 0644 u daemon-user - "The Daemon" /var/lib/daemon\ng daemon-group 77\nm daemon-user daemon-group\n
S
# Claims a path of tools.
archive_deb rival 1 <<'S'
file usr/bin/ping 0755 another one\n
file usr/share/doc/rival/copyright 0644 excluded\n
file usr/share/rival/list.conf 0644 beside the overlay's\n
S
archive_deb left-out <<'S'
file usr/bin/never 0755 never in the image\n
S
archive_publish

# describe FOLDER: the same description and overlay, wherever.
describe() {
	mkdir -p "$1/overlay/etc/daemon" "$1/overlay/usr/share/rival" "$1/overlay/usr/libexec"
	echo 'level=3' >"$1/overlay/etc/daemon/daemon.conf"
	echo 'the overlay wins' >"$1/overlay/usr/share/rival/list.conf"
	printf '#!/bin/sh\n' >"$1/overlay/usr/libexec/start"
	chmod 755 "$1/overlay/usr/libexec/start"
	ln -s daemon/daemon.conf "$1/overlay/etc/daemon.conf"
	cat >"$1/assay.yaml" <<Y
format: assay/1
name: golden
source-date-epoch: $archive_epoch
suites:
  - {archive: debian, suite: made, components: [main]}
packages: [daemon, kernel, rival]
leave-out: ["left-*"]
firmware:
  packages: [firmware]
  code: usr/share/made/code.fd
  vars: usr/share/made/vars.fd
image:
  hostname: golden-host
  command-line: [console=ttyS0, quiet]
  kernel: boot/vmlinuz-*
  stub: usr/lib/made/linux.stub
  initrd:
    modules: [alpha]
  kernel-modules: [alpha, delta]
  users:
    - {name: daemon-user, uid: 990, gid: 991, gecos: Pinned, home: /var/lib/daemon, groups: [extra]}
  groups:
    - {name: extra, gid: 992}
    - {name: daemon-user, gid: 991}
  units:
    enable: [daemon.service, daemon@one.service]
    mask: [noise.service]
  links:
    etc/localtime: ../usr/share/zoneinfo/Etc/UTC
    usr/bin/alias: first
  folders: [var/lib/daemon]
  overlays: [overlay]
  exclude:
    - boot/**
    - usr/share/doc/**
  prefer:
    usr/bin/ping: package:tools
    usr/share/rival/*: overlay:overlay
  modes:
    - {path: var/lib/daemon, mode: "0700", owner: daemon-user, group: daemon-user}
    - {path: etc/daemon/*.conf, mode: "0640", group: extra}
  os-release: |
    IMAGE_ID=golden
  ports: [8080/tcp]
platforms: []
Y
}

# made OUT: what a build gave, one name and digest a line; the list of files stands for who owns each of them.
made() {
	jq -r '.outputs.disk as $d | .outputs.uki as $u |
		"disk \($d.sha256)", "root-tree \($d.root["tree-sha256"])", "root-hash \($d.root["root-hash"])",
		"salt \($d.root.salt)", "esp \($d.esp.sha256)", "uki \($u.sha256)", "initrd-tree \($u.initrd["tree-sha256"])",
		"initrd \($u.initrd.sha256)"' "$1/manifest.json"
	echo "files $(jq -r '(.["initrd-files"], .["root-files"])[] | "\(.path) \(.sha256) \(.origin)"' "$1/manifest.json" |
		sha256sum | cut -d' ' -f1)"
}
as_said() { # OUT: the manifest speaks of the files that are there
	same "$1: the manifest has the disk's digest" "$(digest_of "$work/$1/disk.img")" "$(made "$work/$1" | sed -n 's/^disk //p')"
	same "$1: and the kernel image's" "$(digest_of "$work/$1/uki.efi")" "$(made "$work/$1" | sed -n 's/^uki //p')"
}

describe "$work/golden"
mirror=(--mirror "$work/mirror" --store "$work/store")
check "the description can be locked" "$assay" lock "$work/golden" "${mirror[@]}" --keyring "$archive_keyring" -q
check "the lock can be fetched" "$assay" fetch "$work/golden" "${mirror[@]}" -q
check "the image can be built" "$assay" build "$work/golden" -o "$work/out" "${mirror[@]}" -q
made "$work/out" >"$work/made"
if [ "${UPDATE:-}" = 1 ]; then
	cp "$work/made" "$golden"
	echo "wrote $golden"
fi
if diff "$golden" "$work/made"; then
	ok "the image is the golden one of format version $version"
else
	bad "the image is not the golden one: a writer whose bytes change needs the next LOCK_IMAGE_VERSION, then UPDATE=1"
fi
as_said out

# Somebody else, elsewhere, with nothing of the first: other folder, store, umask, time zone, locale; not root.
mkdir -p "$work/else where/bin"
cp "$assay" "$work/else where/bin/"
(umask 077 && describe "$work/else where/golden")
find "$work/else where/golden" -exec touch -h -d 2001-01-01 {} +
other=(bash -c 'umask 077; exec "$@"' sh env -i HOME="$work/else where" PATH="$PATH" TZ=Pacific/Kiritimati LC_ALL=tr_TR.UTF-8)
if [ "$(id -u)" = 0 ]; then
	chmod 755 "$work"
	chown -R 65534:65534 "$work/else where"
	other=(setpriv --reuid=65534 --regid=65534 --clear-groups "${other[@]}")
fi
other+=("$work/else where/bin/assay")
mirror=(--mirror "file://$work/mirror/debian" --store "$work/else where/store")
check "somebody else can lock" "${other[@]}" lock "$work/else where/golden" "${mirror[@]}" --keyring "$archive_keyring" -q
check "the same lock" cmp "$work/golden/assay.lock" "$work/else where/golden/assay.lock"
check "somebody else can build" "${other[@]}" build "$work/else where/golden" -o "$work/else where/out" "${mirror[@]}" -q
for f in disk.img uki.efi manifest.json reference-values.json firmware/OVMF_CODE.fd firmware/OVMF_VARS.fd; do
	check "the same $f" cmp "$work/out/$f" "$work/else where/out/$f"
done

# One byte of one overlay file, and only what holds the root changes.
describe "$work/changed"
printf 'level=4\n' >"$work/changed/overlay/etc/daemon/daemon.conf"
cp "$work/golden/assay.lock" "$work/changed/"
check "a changed overlay needs no new lock" "$assay" build "$work/changed" -o "$work/out2" --store "$work/store" -q
changes=$(made "$work/out2" | diff "$work/made" - | sed -n 's/^> \([^ ]*\) .*/\1/p' | tr '\n' ' ')
same "one byte changes all that it reaches" "$changes" "disk root-tree root-hash salt esp uki files "
as_said out2
