#!/bin/bash
# What a kernel's build takes from the tree it is built in: how often that was done (.version), and whether git thinks that
# something was changed (LOCALVERSION_AUTO). On a developer's tree both show; in the box neither does. And a patch of the
# distribution that fits only nearly: patch(1) makes it fit, a source package of a component does not.
# shellcheck source=test/lib.sh disable=SC2154 # what archive.sh sets
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$root/test/archive.sh"
archive_can "a kernel's traps" || exit
for tool in git busybox dash jq patch xz; do
	command -v "$tool" >/dev/null || { skip "a kernel's traps" "no $tool"; exit; }
done
at_end() { archive_end; }

archive_start
archive_minimum
archive_deb tools <<S
copy usr/bin/busybox 0755 $(command -v busybox)
copy usr/bin/dash 0755 $(command -v dash)
copy usr/lib64/ld-linux-x86-64.so.2 0755 /lib64/ld-linux-x86-64.so.2
copy usr/lib/x86_64-linux-gnu/libc.so.6 0755 /lib/x86_64-linux-gnu/libc.so.6
link usr/bin/sh dash
copy usr/bin/patch 0755 $(command -v patch)
link usr/bin/cat busybox
link usr/bin/mkdir busybox
S
src=$work/src
mkdir -p "$src/near-1" "$src/debian/patches"
printf '%s\n' one two three four five six seven >"$src/near-1/file"
printf '%s\n' '--- a/file' '+++ b/file' '@@ -1,7 +1,7 @@' ' another' ' two' ' three' '-four' '+FOUR' ' five' ' six' ' seven' >"$src/debian/patches/near"
echo near >"$src/debian/patches/series"
tar -C "$src" -cJf "$work/near_1.orig.tar.xz" near-1
tar -C "$src" -cJf "$work/near_1-1.debian.tar.xz" debian
archive_source near 1-1 '3.0 (quilt)' "$work/near_1.orig.tar.xz" "$work/near_1-1.debian.tar.xz"
archive_publish

# A tree that does as the kernel's init/build-version and scripts/setlocalversion, with the leftovers of a build.
repo=$work/repo
git -c init.defaultBranch=main init -q "$repo"
cat >"$repo/banner" <<'T'
n=$(($(cat .version 2>/dev/null || echo 0) + 1))
echo $n >.version
dirty=
if [ -e .git ] && [ -n "$(git status --porcelain --untracked-files=no)" ]; then dirty=-dirty; fi
echo "Linux 6.12$dirty #$n"
T
echo .version >"$repo/.gitignore"
echo one >"$repo/code.c"
git -C "$repo" add -A
git -C "$repo" -c user.name=n -c user.email=e@example.org commit -q -m one
id=$(git -C "$repo" rev-parse HEAD)
host() { (cd "$repo" && sh banner); }
same "a fresh tree" 'Linux 6.12 #1' "$(host)"
same "the trap: built again, it counts" 'Linux 6.12 #2' "$(host)"
echo two >"$repo/code.c"
same "the trap: with a change that is not committed, it says so" 'Linux 6.12-dirty #3' "$(host)"

run() { "$assay" "$@" --store "$work/store" --mirror "$work/mirror"; }
described() { # SOURCE
	mkdir -p "$work/d"
	archive_description kernel >"$work/d/assay.yaml"
	cat >>"$work/d/assay.yaml" <<Y
toolchains: {t: [tools]}
components:
  - name: made
    toolchain: t
    $1
    steps: [[sh, -c, 'sh banner >/out/banner; cat code.c >>/out/banner']]
    outputs: [{from: banner, to: root, path: usr/banner, mode: "0644"}]
Y
}
digest() { jq -r '.inputs.components[0].outputs[] | select(.path == "usr/banner") | .sha256' "$work/out/manifest.json"; }
described "git: {path: ../repo, commit: $id}"
check "the same tree as a component's source is locked" run lock "$work/d" --keyring "$archive_keyring" -q
run fetch "$work/d" >"$work/said" 2>&1
described "git: {path: ../repo, commit: $id, sha256: $(sed -nE 's/.*sha256: ([0-9a-f]{64}).*/\1/p' "$work/said")}"
check "  fetched" run fetch "$work/d" -q
check "  and built" run build "$work/d" -o "$work/out" --no-observe -q
same "in the box it is the first build of what was committed" "$(printf 'Linux 6.12 #1\none\n' | sha256sum | cut -d' ' -f1)" "$(digest)"
check "  and identical, built twice" eval 'run check "$work/d" --only made -q >"$work/said" 2>&1'

(cd "$src/near-1" && patch -s -p1 --dry-run -i ../debian/patches/near) >"$work/said" 2>&1
same "the trap: patch(1) takes a patch that fits only nearly" 0 $?
described 'debian-source: {name: near}'
check "the same patch of a source package is locked" run lock "$work/d" --update --keyring "$archive_keyring" -q
check "  fetched" run fetch "$work/d" -q
if run build "$work/d" -o "$work/out" --no-observe -q >"$work/said" 2>&1; then bad "  and refused"; else ok "  and refused"; fi
check "  as one that does not apply" grep -q "the patches of source package 'near' of component 'made' cannot be applied" "$work/said"
