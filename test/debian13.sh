# A Debian 13 host, for the tests that build there: a root that mmdebstrap makes from the machine's mirrors, entered by pivot_root
# in a mount namespace of its own. Sourced after test/lib.sh; the caller says where the root lies.
# shellcheck shell=bash disable=SC2154

# debian13_possible NAME: what a test needs for it, or the skip line of test NAME and false
debian13_possible() {
	[ "$(id -u)" = 0 ] || { skip "$1" "needs root for mmdebstrap and pivot_root"; return 1; }
	command -v mmdebstrap >/dev/null || { skip "$1" "mmdebstrap is not installed"; return 1; }
	debian13_mirror=$(sed -nE 's#^(URIs: *|deb +(\[[^]]*\] +)?)(https?://[^ ]*/debian)/?( .*)?$#\3#p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -1)
	[ -n "$debian13_mirror" ] || { skip "$1" "apt names no Debian mirror"; return 1; }
}

# debian13_make ROOT: Debian 13 with what ./run build installs (so that the two lists cannot drift apart), the sources of assay
# in /src, and in /store what is fetched already; components are made again there.
debian13_make() {
	local packages
	packages=$(sed -n '/^BUILD_PACKAGES="/,/"$/p' "$root/run" | tr -d '"' | sed 's/BUILD_PACKAGES=//' | tr -s '[:space:]' ',')
	echo "making a Debian 13 root"
	mmdebstrap --quiet --variant=minbase --include="${packages%,}" trixie "$1" "$debian13_mirror" >"$work/mmdebstrap.log" 2>&1 ||
		{ cat "$work/mmdebstrap.log"; return 1; }
	mkdir -p "$1/src" "$1/store"
	(cd "$root" && git ls-files -co --exclude-standard -z | tar --null -cf - -T -) | tar -C "$1/src" -xf -
	cp -a --reflink=auto "$store/objects" "$store/results" "$1/store/"
	"$root/test/drop-results.sh" "$1/store" component
}

# debian13_build ROOT DESCRIPTION LOG: compiles assay there and builds DESCRIPTION (below /src) into ROOT/out
debian13_build() {
	cat >"$1/inside.sh" <<-EOF
		set -eu
		cd /src
		meson setup build --werror >/dev/null
		ninja -C build --quiet assay
		./build/assay build $2 -o /out --store /store -q
	EOF
	cat >"$work/enter.sh" <<-'EOF'
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
	unshare --mount --pid --fork --propagation private bash "$work/enter.sh" "$1" >"$3" 2>&1 || { tail -20 "$3"; return 1; }
}
