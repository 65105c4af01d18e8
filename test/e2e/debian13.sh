#!/bin/bash
# A Debian 13 host: a root that this test makes with mmdebstrap from the machine's mirrors, entered by pivot_root in a
# mount namespace of its own. assay is compiled there with Debian 13's compiler and libraries, builds hello, and every
# artefact has the digest that this host gives.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
[ "$(id -u)" = 0 ] || { skip debian13 "needs root for mmdebstrap and pivot_root"; exit 0; }
command -v mmdebstrap >/dev/null || { skip debian13 "mmdebstrap is not installed"; exit 0; }
mirror=$(sed -nE 's#^(URIs: *|deb +(\[[^]]*\] +)?)(https?://[^ ]*/debian)/?( .*)?$#\3#p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -1)
[ -n "$mirror" ] || { skip debian13 "apt names no Debian mirror"; exit 0; }
hello_ready || { bad "hello can be fetched"; exit 1; }

"$assay" build "$hello" -o "$work/here" --store "$store" -q >/dev/null || { bad "hello builds here"; exit 1; }

# What ./run build installs, so that the two lists cannot drift apart.
packages=$(sed -n '/^BUILD_PACKAGES="/,/"$/p' "$root/run" | tr -d '"' | sed 's/BUILD_PACKAGES=//' | tr -s '[:space:]' ',')
host=$work/trixie
echo "making a Debian 13 root"
mmdebstrap --quiet --variant=minbase --include="${packages%,}" trixie "$host" "$mirror" >"$work/mmdebstrap.log" 2>&1 ||
	{ cat "$work/mmdebstrap.log"; bad "a Debian 13 root can be made"; exit 1; }

# The sources and what is already fetched; derivations of components are made again there.
mkdir -p "$host/src" "$host/store"
(cd "$root" && git ls-files -co --exclude-standard -z | tar --null -cf - -T -) | tar -C "$host/src" -xf -
[ "$hello" = "$root/examples/hello" ] || cp -a "$hello/assay.lock" "$host/src/examples/hello/assay.lock"
cp -a "$store/objects" "$store/results" "$host/store/"
"$root/test/drop-results.sh" "$host/store" component

cat >"$host/inside.sh" <<'EOF'
set -eu
cd /src
meson setup build --werror >/dev/null
ninja -C build --quiet assay
./build/assay build examples/hello -o /out --store /store -q
EOF
cat >"$work/enter.sh" <<'EOF'
set -eu
mount --bind "$1" "$1"
cd "$1"
mkdir -p old
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /sys sys
pivot_root . old
umount -l /old
exec env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root bash /inside.sh
EOF
if unshare --mount --pid --fork --propagation private bash "$work/enter.sh" "$host" >"$work/inside.log" 2>&1; then
	ok "assay compiles on Debian 13 and builds hello there"
	same "Debian 13 gives the same bytes" "$(digests "$host/out")" "$(digests "$work/here")"
else
	tail -20 "$work/inside.log"
	bad "assay compiles on Debian 13 and builds hello there"
fi
