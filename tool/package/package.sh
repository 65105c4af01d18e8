#!/bin/bash
# The Debian package of the tool: assay_VERSION_amd64.deb, the same bytes from the same sources and libraries wherever and
# whenever it is made; without libassay, which would be a package of its own. Builds in build-package/, installs into a folder,
# and lets assay's own writer pack that folder.
#   tool/package/package.sh [-o DIR]   DIR: where the package goes (the working folder)
# Times are SOURCE_DATE_EPOCH, else the day of the version (released_unix in meson.build).
set -euo pipefail
out=$PWD
while getopts o: letter; do
	case $letter in
	o) out=$(mkdir -p "$OPTARG" && cd "$OPTARG" && pwd) ;;
	*) echo "usage: package.sh [-o DIR]" >&2; exit 2 ;;
	esac
done
cd "$(dirname "$0")/../.."
# What a person's shell says of compilers and files must not be in the package, nor what an older run has left.
unset CC CC_LD LD AR STRIP CFLAGS CPPFLAGS LDFLAGS DESTDIR PKG_CONFIG PKG_CONFIG_PATH PKG_CONFIG_LIBDIR
export LC_ALL=C TZ=UTC0
umask 022
build='build-package'
version=$(sed -nE "s/^  version: '(.*)',/\1/p" meson.build)
seconds=${SOURCE_DATE_EPOCH:-$(sed -nE "s/^released_unix = '([0-9]+)'/\1/p" meson.build)}
architecture=$(dpkg --print-architecture)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

# The packages of the libraries whose names stand in the program, those that it opens while it runs as well, with the versions
# that their shlibs files ask for ("libcrypto 3 libssl3 (>= 3.0.0)" for libcrypto.so.3), as dpkg-shlibdeps does where there are
# no symbols files.
libraries() { # PROGRAM
	local soname package
	grep -aoE 'lib[a-zA-Z0-9_+.-]+\.so\.[0-9]+' "$1" | LC_ALL=C sort -u | while read -r soname; do
		package=$(dpkg -S "*/$(gcc -print-multiarch)/$soname" | sed -n '1s/: .*//p')
		awk -v name="${soname%.so.*}" -v number="${soname##*.so.}" '$1 == name && $2 == number {
			sub(/^[^ ]+ +[^ ]+ +/, ""); print; found = 1; exit } END { exit !found }' "/var/lib/dpkg/info/$package.shlibs" ||
			{ echo "package.sh: no package says that it has $soname" >&2; exit 1; }
	done | LC_ALL=C sort -u | paste -sd, | sed 's/,/, /g'
}
# In KiB as Debian counts: files rounded up, one for each other entry.
installed_size() { find "$1" -mindepth 1 -printf '%y %s\n' | awk '{ n += $1 == "f" ? int(($2 + 1023) / 1024) : 1 } END { print n }'; }

rm -rf $build
meson setup $build --prefix=/usr --wrap-mode=nodownload -Dman=enabled -Dlibrary=false >"$stage/log" || { cat "$stage/log"; exit 1; }
ninja -C $build --quiet package >"$stage/log" || { cat "$stage/log"; exit 1; }
DESTDIR="$stage/data" meson install -C $build --no-rebuild --quiet --strip
needs=$(libraries "$stage/data/usr/bin/assay")
mkdir "$stage/control"
sed -e "s/@version@/$version/; s/@architecture@/$architecture/; s/@size@/$(installed_size "$stage/data")/" \
	-e "s/@libraries@/$needs/" tool/package/control >"$stage/control/control"
(cd "$stage/data" && find . -type f -printf '%P\0' | LC_ALL=C sort -z | xargs -0 md5sum) >"$stage/control/md5sums"
$build/assay-package "$stage/control" "$stage/data" "$seconds" "$out/assay_${version}_$architecture.deb"
echo "$out/assay_${version}_$architecture.deb"
