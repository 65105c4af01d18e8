#!/bin/bash
# ./run package: the same bytes from two folders under two sets of habits; a package that dpkg takes, whose program runs
# where it was installed, and of which nothing is left when it is removed.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$work" || exit 1

# ---- the same bytes ----
listed() { git ls-files -co --exclude-standard -z 2>/dev/null || find . -path './build*' -prune -o -type f -print0; }
copy() { # FOLDER
	mkdir -p "$1" && (cd "$root" && listed | tar --null -cf - -T -) | tar -xf - -C "$1"
}
copy one && copy two/deeper/folder || exit 1
find two -exec touch -d '2001-02-03' {} +
mkdir one/build-package && echo 'this is of another day' >one/build-package/build.ninja
(cd one && ./run package -o ../a) >a.log 2>&1 || { tail -20 a.log; exit 1; }
(cd two/deeper/folder && umask 077 && export TZ=Asia/Tokyo LANG=de_DE.UTF-8 CFLAGS=-O0 CC=false && ./run package -o ../../../b) >b.log 2>&1 || { tail -20 b.log; exit 1; }
version=$(sed -nE "s/^  version: '(.*)',/\1/p" "$root/meson.build")
deb=a/assay_${version}_amd64.deb
same 'it is called after its version' "$(basename "$deb")" "$(ls a)"
check 'two folders, two umasks, two zones: the same bytes' cmp "$deb" b/*.deb
(cd one && SOURCE_DATE_EPOCH=1000000000 ./run package -o ../c) >c.log 2>&1
same 'SOURCE_DATE_EPOCH is its time' '2001-09-09' "$(dpkg-deb -c c/*.deb | awk '{ print $4 }' | sort -u)"
echo "$(stat -c %s "$deb") bytes, SHA-256 $(sha256sum <"$deb" | cut -c1-16)..."

# ---- what dpkg says of it ----
check 'dpkg-deb reads it' sh -c "dpkg-deb -I '$deb' >info"
field() { dpkg-deb -f "$deb" "$1"; }
same 'its name and version' "assay $version amd64" "$(field Package) $(field Version) $(field Architecture)"
dpkg-deb -c "$deb" >contents
same 'everything is of root' '0/0' "$(awk '{ print $2 }' contents | sort -u)"
same 'modes' '-rw-r--r-- -rwxr-xr-x drwxr-xr-x' "$(awk '{ print $1 }' contents | LC_ALL=C sort -u | paste -sd' ')"
same 'one day' "$(date -ud "@$(sed -nE "s/^released_unix = '(.*)'/\1/p" "$root/meson.build")" +%F)" "$(awk '{ print $4 }' contents | sort -u)"
# Which libraries it needs by two other witnesses: the loader's table of the program, and the names that the sources open.
dpkg-deb -x "$deb" x
{ readelf -d x/usr/bin/assay | sed -nE 's/.*\(NEEDED\).*\[(.*)\]/\1/p'; grep -rhoE '"lib[a-z0-9-]+\.so\.[0-9]+"' "$root/src" | tr -d '"'; } | sort -u >needed
/sbin/ldconfig -p | awk 'NR == FNR { need[$1]; next } ($1 in need) && /x86-64/ { print $NF }' needed - | while read -r path; do
	dpkg -S "$path" 2>/dev/null || dpkg -S "$(realpath "$path")" || dpkg -S "/usr$path"
done | sed 's/[:,].*//' | LC_ALL=C sort -u >want
field Depends | tr ',' '\n' | sed 's/^ *//; s/ .*//' | grep -vE '^(gpgv|debian-archive-keyring)$' | LC_ALL=C sort -u >got
check 'it depends on the packages of its libraries' diff want got
same 'and on what it starts' 'debian-archive-keyring gpgv' "$(field Depends | tr ',' '\n' | sed 's/^ *//; s/ .*//' | grep -E '^(gpgv|debian-archive-keyring)$' | LC_ALL=C sort | paste -sd' ')"

# ---- installed ----
if [ "$(id -u)" = 0 ]; then as_root=(); else as_root=(unshare --map-root-user); fi
mkdir -p root/var/lib/dpkg/{info,updates,triggers} && touch root/var/lib/dpkg/{status,available}
tree() { (cd root && find . -path ./var/lib/dpkg -prune -o -print | LC_ALL=C sort); }
tree >before
dpkg_in() { "${as_root[@]}" dpkg --root="$work/root" --force-depends --force-not-root --force-bad-path --log=/dev/null "$@" >dpkg.log 2>&1 || { cat dpkg.log; return 1; }; }
check 'dpkg installs it' dpkg_in -i "$deb"
installed=$work/root/usr
same 'the installed program says its version' "assay $version" "$("$installed/bin/assay" --version)"
check 'the sums of the package hold' "${as_root[@]}" dpkg --root="$work/root" --verify assay
check 'and are there for each file' test "$(wc -l <root/var/lib/dpkg/info/assay.md5sums)" = "$(find root/usr -type f | wc -l)"
(cd "$root/man" && printf '%s\n' ./*.scd) | sed 's#^\./##; s/\.scd$//' | LC_ALL=C sort >want
find "$installed/share/man" -type f -printf '%f\n' | LC_ALL=C sort >got
check 'it has every manual page' diff want got
check 'man shows one' sh -c "man -l '$installed/share/man/man1/assay-verify.1' | col -b | grep -q 'hold a machine'"
check 'it has the completion' diff <("$installed/bin/assay" completion bash) "$installed/share/bash-completion/completions/assay"
docs=$installed/share/doc/assay
check 'it has the licence' cmp "$root/LICENSE" "$docs/copyright"
grep -ohE '/usr/share/doc/assay/[a-z.-]+\.md' "$root"/man/*.scd | sort -u >want
check 'it has every document that a page leads to' sh -c 'while read -r f; do test -s "root$f" || exit 1; done <want'
check 'it has the example' diff -r "$root/examples/hello" "$docs/examples/hello"
check 'with the sources of its first process' diff -r "$root/guest" "$docs/guest"
same 'and of its attester' "$(LC_ALL=C sort "$root/src/attester/sources.txt" | sha256sum)" "$(cd "$docs/src" && find . -type f -printf '%P\n' | LC_ALL=C sort | sha256sum)"
mkdir tour && cp -r "$docs/." tour/
check 'a copy of the example is a description that its lock fits' "$installed/bin/assay" lock tour/examples/hello --store "$work/store"
check 'dpkg removes it' dpkg_in --purge assay
tree >after
check 'and nothing is left' diff before after
check 'not even in its memory' test -z "$(grep assay root/var/lib/dpkg/status; find root/var/lib/dpkg/info -name 'assay.*')"
