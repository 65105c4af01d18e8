# Debian's own packages, built again. Sourced by test/accept/4.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# table PACKAGE...: each has a row in doc/rebuild.md with one of the results
table() {
	local package
	for package; do
		grep -qE "^\| $package [^|]*\| (identical|different|not built|not run)" "$root/doc/rebuild.md" || { echo "$package has no row"; return 1; }
	done
	echo "$# rows: $(grep -cE '^\| [^|]*\| identical' "$root/doc/rebuild.md") identical, $(grep -cE '^\| [^|]*\| different' "$root/doc/rebuild.md") different, $(grep -cE '^\| [^|]*\| not ' "$root/doc/rebuild.md") not built"
}
bootstrapping() {
	grep -q '^## Bootstrapping' "$root/doc/threat-model.md" || return 1
	sed -n '/^## Bootstrapping/,$p' "$root/doc/threat-model.md" | wc -w | sed 's/$/ words/'
}

section "Debian's own packages, built again"
e2e "rebuild --packages: from their sources, in the box, bit for bit" rebuild-packages 'the same source gives the same bytes, in the path of Debian' \
	'so does a binNMU, whose changelog is in its package' 'other bytes are found'
unit "  build dependencies: alternatives, architectures, profiles" build_depends relations architectures profiles refused
e2e "  locked from the same suites, in a folder as any other" rebuild-packages 'the build root has the provider and the alternative' \
	'a build root is a folder that assay fetch takes' 'build roots alone can be locked'
unit "  what is built at once: amd64, all, a binNMU" rebuild_unit of_set named versions
unit ".buildinfo: versions, environment, path" buildinfo reads refused
e2e "  versions that the archive has not are named, its path is used" rebuild-packages 'versions that the archive has not are refused' \
	"a .buildinfo's folder is where it is built"
e2e "file by file with causes" rebuild-packages 'and why: the script names its maker' 'a build that fails is told' 'with what it said'
unit "  proved by the bytes, likely by younger tools, or unknown" rebuilt_cause classes
e2e "an identical package is remembered: reproduced here" rebuild-packages 'which the store remembers' 'and not of a package that differs'
direct "the truthful table: doc/rebuild.md" table busybox zlib1g kmod libcap2 dash mawk xz-utils libseccomp2 libjansson4 libyaml-0-2 dbus systemd
slow "  of real packages of trixie" packages
direct "bootstrapping honestly: doc/threat-model.md" bootstrapping
