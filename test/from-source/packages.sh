#!/bin/bash
# twelve packages of Debian, built again from their sources in the box: identical, or the cause is told
# reads: ../../test/from-source/packages.yaml
# shellcheck disable=SC2154 # root, work, assay, store: test/lib.sh
# PACKAGES="dash kmod" leaves the others out. What was built once is in the store, and not built again.
# shellcheck source=test/from-source/frame
. "$(dirname "$0")/frame"
mkdir -p "$work/packages" "$root/build/from-source"
cp "$root/test/from-source/packages.yaml" "$work/packages/assay.yaml"
if ! "$assay" lock "$work/packages" --store "$store" >"$work/said" 2>&1; then
	skip packages "needs a mirror that can be reached: $(tail -n 1 "$work/said")"
	exit 0
fi
read -ra names <<<"${PACKAGES:-dash libyaml-0-2 libjansson4 libseccomp2 libcap2 kmod mawk zlib1g xz-utils dbus busybox systemd}"
# Tests are run for none of them. Of these three what only tests need is left out of the build root, too: for kmod's that is a
# kernel, whose scripts make an initrd in the box.
rebuild() { # NAME OPTION...
	local profile=()
	case $1 in kmod | dbus | systemd) profile=(--profile nocheck) ;; esac
	"$assay" rebuild --packages "$work/packages" "$@" "${profile[@]}" --work "$root/build/from-source/packages" --store "$store"
}
for name in "${names[@]}"; do
	start=$SECONDS code=0
	rebuild "$name" --json >"$work/$name.json" 2>"$work/said" || code=$?
	if [ $code -gt 1 ]; then
		bad "$name: an answer: $(tail -n 1 "$work/said")"
		continue
	fi
	figure "$name" "$(jq -r '.units[] | "\(.packages[0].version) \(.packages[0].verdict)\(if .why != "" then ": " + .why else "" end)"' "$work/$name.json" | cut -c1-200), $((SECONDS - start)) s"
	check "$name: what differs has a cause" jq -e '[.units[].packages[].files[] | select(.derived == false and .cause == "")] == []' "$work/$name.json" >"$work/none"
done
# Another build of one of them, with another process of its own, gives the same bytes: else the tool says so, and answers no.
small=${names[0]}
rebuild "$small" --again --json >"$work/again.json" 2>/dev/null
check "$small: built again it is the same" cmp "$work/again.json" "$work/$small.json"
