# An archive of packages made on the spot, signed by a key made on the spot. Sourced after test/lib.sh; see
# test/e2e/deb_maker.c for how a package is described. All bytes but those of key and signature are the same everywhere.
# shellcheck shell=bash
# shellcheck disable=SC2154 # root, work: test/lib.sh
archive=$work/mirror/debian
archive_keyring=$work/archive.gpg
# 2023-11-14: Releases and images have this date, whenever the test runs.
# shellcheck disable=SC2034 # the scripts use it
archive_epoch=1700000000
archive_date='Tue, 14 Nov 2023 22:13:20 UTC'
export GNUPGHOME=$work/gnupg
# Another user reads the archive, too.
umask 022

# Whether the tools are here; else a skip with the name.
archive_can() { # NAME
	local tool
	for tool in gpg gpgv xz jq; do
		command -v "$tool" >/dev/null || { skip "$1" "no $tool"; return 1; }
	done
}

archive_start() {
	mkdir -p "$archive/pool" "$archive/dists/made/main/binary-amd64" "$work/stanzas"
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch -q --passphrase '' --quick-gen-key 'archive <archive@example.org>' ed25519 sign never 2>/dev/null &&
		gpg -q --export archive@example.org >"$archive_keyring"
}

digest_of() { sha256sum <"$1" | cut -d' ' -f1; }

archive_end() { gpgconf --kill all 2>/dev/null; }

# archive_deb NAME [VERSION [ARCHITECTURE]] <SPEC: a package in the pool, and its stanza for the next archive_publish.
archive_deb() {
	local name=$1 version=${2:-1} arch=${3:-all}
	local file=$archive/pool/${name}_${version}_$arch.deb
	{
		printf 'control %s\n' "Package: $name" "Version: $version" "Architecture: $arch" \
			'Maintainer: nobody <nobody@example.org>' 'Description: made by a test'
		cat
	} | "$root/build/test/deb-maker" "$file" >"$work/control" || { bad "package $name is made"; return 1; }
	{
		cat "$work/control"
		printf '%s\n' "Filename: pool/${file##*/}" "Size: $(stat -c %s "$file")" "SHA256: $(digest_of "$file")" ''
	} >"$work/stanzas/$name"
}

# archive_source NAME VERSION FORMAT FILE...: files of a source package into the pool, and its stanza for the next archive_publish.
archive_source() {
	local name=$1 version=$2 format=$3 file
	shift 3
	mkdir -p "$archive/pool/source" "$work/source-stanzas" "$archive/dists/made/main/source"
	cp "$@" "$archive/pool/source/"
	{
		printf '%s\n' "Package: $name" "Version: $version" "Format: $format" 'Directory: pool/source' 'Checksums-Sha256:'
		for file; do
			printf ' %s %s %s\n' "$(digest_of "$file")" "$(stat -c %s "$file")" "${file##*/}"
		done
		echo
	} >"$work/source-stanzas/$name-$version"
}

archive_publish() {
	local dist=$archive/dists/made index
	cat "$work"/stanzas/* | xz -c >"$dist/main/binary-amd64/Packages.xz"
	[ ! -d "$work/source-stanzas" ] || cat "$work"/source-stanzas/* | xz -c >"$dist/main/source/Sources.xz"
	printf '%s\n' 'Suite: made' 'Codename: made' "Date: $archive_date" 'SHA256:' >"$work/Release"
	for index in main/binary-amd64/Packages.xz main/source/Sources.xz; do
		[ ! -f "$dist/$index" ] || echo " $(digest_of "$dist/$index") $(stat -c %s "$dist/$index") $index" >>"$work/Release"
	done
	gpg --batch -q --yes --passphrase '' --clearsign -o "$dist/InRelease" "$work/Release"
}

# What every image needs: accounts, os-release, a kernel, a stub, firmware. None of it could boot.
archive_minimum() {
	archive_deb base <<'S'
control Essential: yes
file usr/lib/os-release 0644 ID=made\nNAME="Made by a test"\nVERSION_ID=1\n
link etc/os-release ../usr/lib/os-release
file usr/share/base-passwd/passwd.master 0644 root:*:0:0:root:/root:/bin/sh\ndaemon:*:1:1:daemon:/usr/sbin:/usr/sbin/nologin\nnobody:*:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n
file usr/share/base-passwd/group.master 0644 root:*:0:\ndaemon:*:1:\nshadow:*:42:\nnogroup:*:65534:\n
S
	archive_deb kernel 6.1-1 <<'S'
kernel boot/vmlinuz-6.1-made 0644 6.1-made
module usr/lib/modules/6.1-made/kernel/fs/alpha.ko 0644 license=GPL\ndepends=beta-two,gamma\nalias=fs-alpha\nname=alpha\n
module usr/lib/modules/6.1-made/kernel/lib/beta-two.ko 0644 license=GPL\ndepends=gamma\nsoftdep=pre: delta\nname=beta_two\n
module usr/lib/modules/6.1-made/kernel/lib/gamma.ko 0644 license=GPL\ndepends=\nname=gamma\n
module usr/lib/modules/6.1-made/kernel/net/delta.ko 0644 license=GPL\ndepends=\nalias=made:v00001AF4d*[0-9]-x*\nname=delta\n
file usr/lib/modules/6.1-made/modules.builtin 0644 kernel/fs/built-in.ko\n
file usr/lib/modules/6.1-made/modules.order 0644 kernel/fs/alpha.ko\n
S
	archive_deb firmware 7 <<'S'
fill usr/share/made/code.fd 0644 65536
fill usr/share/made/vars.fd 0644 4096
stub usr/lib/made/linux.stub 0644 252.1-made
S
}

# archive_description PACKAGES: an assay.yaml for an image of archive_minimum and these ("kernel, one"), on stdout.
archive_description() {
	cat <<Y
format: assay/1
name: refused
source-date-epoch: $archive_epoch
suites: [{archive: debian, suite: made, components: [main]}]
packages: [$1]
firmware: {packages: [firmware], code: usr/share/made/code.fd, vars: usr/share/made/vars.fd}
image:
  kernel: boot/vmlinuz-*
  stub: usr/lib/made/linux.stub
  exclude: [boot/**]
platforms: []
Y
}

# archive_tools NAME...: lines of a package for programs of this machine and the libraries that they load.
archive_tools() {
	local name path
	for name; do
		path=$(realpath "$(command -v "$name")")
		echo "copy usr/bin/$name 0755 $path"
		ldd "$path" | sed -nE 's#.*(=> |^\s)(/[^ ]+) .*#\2#p'
	done | sort -u >"$work/tools"
	grep '^copy' "$work/tools"
	grep '^/' "$work/tools" | while read -r path; do
		case $path in
		*/ld-linux*) echo "copy usr/lib64/${path##*/} 0755 $(realpath "$path")" ;;
		*) echo "copy usr/lib/x86_64-linux-gnu/${path##*/} 0644 $(realpath "$path")" ;;
		esac
	done
}
