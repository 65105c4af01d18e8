#!/bin/bash
# Components from a git commit, a tarball, a source package, and what their steps leave as a tree, on a small archive.
# shellcheck source=test/lib.sh disable=SC2154 # what archive.sh sets
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$root/test/archive.sh"
archive_can "components from fetched sources" || exit
for tool in git busybox tar; do
	command -v "$tool" >/dev/null || { skip "components from fetched sources" "no $tool"; exit; }
done
at_end() { archive_end; }

run() { "$assay" "$@" --store "$work/store" --mirror "$work/mirror"; }
# fails NAME PATTERN COMMAND...: it fails, and says this
fails() {
	local name=$1 pattern=$2
	shift 2
	if "$@" >"$work/said" 2>&1; then
		bad "$name: it succeeded"
	elif grep -qE -- "$pattern" "$work/said"; then
		ok "$name"
	else
		bad "$name: $(cat "$work/said")"
	fi
}

archive_start
archive_minimum
archive_deb tools <<S
copy usr/bin/busybox 0755 $(command -v busybox)
link usr/bin/sh busybox
link usr/bin/cp busybox
link usr/bin/find busybox
link usr/bin/mkdir busybox
link usr/bin/ln busybox
link usr/bin/mknod busybox
link usr/bin/mkfifo busybox
link usr/bin/cat busybox
link usr/bin/sort busybox
link usr/bin/stat busybox
link usr/bin/xargs busybox
link usr/bin/chmod busybox
S
archive_publish

# described COMPONENT-MEMBERS...: a description with one component on $work/d
described() {
	mkdir -p "$work/d"
	archive_description kernel >"$work/d/assay.yaml"
	{
		echo 'toolchains: {t: [tools]}'
		echo 'components:'
		echo '  - name: made'
		echo '    toolchain: t'
		cat
	} >>"$work/d/assay.yaml"
}
locked() { run lock "$work/d" --keyring "$archive_keyring" "$@"; }
built() { run build "$work/d" -o "$work/out" --no-observe "$@"; }
# The bytes of an output of the component, by its tree path.
output() { cat "$work/store/objects/$(jq -r --arg p "$1" '.inputs.components[0].outputs[] | select(.path == $p) | .sha256' "$work/out/manifest.json" | sed 's,^..,&/,')"; }
listing='find . -mindepth 1 | sort | xargs stat -c "%n %A %Y" >/out/list'
to_list='    outputs: [{from: list, to: root, path: usr/list, mode: "0644"}]'

# ---- git ----
repo=$work/repo
git -c init.defaultBranch=main init -q "$repo"
mkdir "$repo/sub"
printf 'first\n' >"$repo/plain"
printf '$Format:%%H$ $Id$\n' >"$repo/sub/subst"
echo hidden >"$repo/ignored"
printf 'ignored export-ignore\nsub/subst export-subst ident\nplain text eol=crlf\n' >"$repo/.gitattributes"
printf '#!/bin/sh\n' >"$repo/tool" && chmod +x "$repo/tool"
ln -s sub/subst "$repo/link"
git -C "$repo" add -A -f
commit() { git -C "$repo" -c user.name=n -c user.email=e@example.org commit -q -m "$1" && git -C "$repo" rev-parse HEAD; }
id=$(commit one)
from_git() { # MEMBERS
	described <<Y
    git: {path: ../repo, commit: $id$1}
    steps:
      - [sh, -c, '$listing']
$to_list
Y
}
from_git ''
check "a git source without a pin can be locked" locked -q
fails "and is not fetched" "is not pinned" run fetch "$work/d"
pin=$(sed -nE 's/.*sha256: ([0-9a-f]{64}).*/\1/p' "$work/said")
same "what it is pinned to is told" 64 "${#pin}"
from_git ", sha256: $(printf '%064d' 7)"
fails "a commit with another tree is refused" "has SHA-256 $pin, wanted 0000" run fetch "$work/d"
from_git ", sha256: $pin"
check "pinned, it is fetched" run fetch "$work/d" -q
check "and built" built -q
git -C "$repo" archive "$id" >/dev/null # the repository is whole
cat >"$work/want" <<W
./.gitattributes -rw-r--r-- $archive_epoch
./ignored -rw-r--r-- $archive_epoch
./link lrwxrwxrwx $archive_epoch
./plain -rw-r--r-- $archive_epoch
./sub drwxr-xr-x $archive_epoch
./sub/subst -rw-r--r-- $archive_epoch
./tool -rwxr-xr-x $archive_epoch
W
output usr/list >"$work/got"
check "/src is the tree of the commit: modes, times, links, no .git" diff "$work/want" "$work/got"
tar -C "$repo" --exclude=./.git --sort=name --format=posix --pax-option=delete=atime,delete=ctime --mtime=@0 \
	--owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX -b 2 -cf "$work/foreign.tar" . 2>/dev/null
mkdir "$work/a" "$work/b"
tar -C "$work/a" -xf "$work/foreign.tar"
tar -C "$work/b" -xf "$work/store/objects/${pin:0:2}/${pin:2}"
check "raw bytes: no attribute of the tree changes a file or leaves one out" diff -r --no-dereference "$work/a" "$work/b"
rm -rf "$work/store/objects/${pin:0:2}/${pin:2}"
fails "without what was fetched a build says what to do" "^hint: " run build "$work/d" -o "$work/out" --mirror /nowhere
mv "$repo" "$work/away"
fails "a repository that is gone is named" "cannot open the repository" run fetch "$work/d"
mv "$work/away" "$repo"
check "fetched again: the same archive" run fetch "$work/d" -q
mkdir -p "$work/home"
printf '[core]\n\tautocrlf = true\n[url "/nowhere/"]\n\tinsteadOf = file:///\n' >"$work/home/.gitconfig"
rm -rf "$work/store/objects/${pin:0:2}/${pin:2}"
check "the user's configuration of git is not read" env HOME="$work/home" "$assay" fetch "$work/d" --store "$work/store" --mirror "$work/mirror" -q
mkdir -p "$repo/.git/hooks"
for hook in post-checkout reference-transaction pre-auto-gc; do
	printf '#!/bin/sh\ntouch %s\n' "$work/hooked" >"$repo/.git/hooks/$hook" && chmod +x "$repo/.git/hooks/$hook"
done
rm -rf "$work/store/objects/${pin:0:2}/${pin:2}"
check "fetched from a repository with hooks" run fetch "$work/d" -q
check "and none of them ran" test ! -e "$work/hooked"
sed -i "s/$id/$(printf '%040d' 1)/" "$work/d/assay.yaml"
rm -rf "$work/store/objects/${pin:0:2}/${pin:2}"
fails "a commit that is not there is named" "has no commit 0{39}1" run fetch "$work/d"
git -C "$repo" branch -q -D none 2>/dev/null
echo more >>"$repo/sub/subst" && git -C "$repo" add -A && commit two >/dev/null
from_git ", sha256: $pin"
check "a commit that is no branch's newest is found" run fetch "$work/d" -q

# ---- tarballs ----
mkdir -p "$work/t/top/dir"
echo one >"$work/t/top/one"
echo two >"$work/t/top/dir/two" && chmod 755 "$work/t/top/dir/two"
ln "$work/t/top/one" "$work/t/top/hard"
ln -s ../one "$work/t/top/dir/link"
touch -d @1000000000 "$work/t/top/one" "$work/t/top/dir"
touch -d @1900000000 "$work/t/top/dir/two"
from_tarball() { # FILE MEMBERS
	described <<Y
    tarball: {path: ../$1, sha256: $(digest_of "$work/$1")$2}
    steps:
      - [sh, -c, '$listing']
$to_list
Y
}
cat >"$work/want" <<W
./dir drwxr-xr-x $archive_epoch
./dir/link lrwxrwxrwx $archive_epoch
./dir/two -rwxr-xr-x $archive_epoch
./hard -rw-r--r-- 1000000000
./one -rw-r--r-- 1000000000
W
for z in '' gz xz zst; do
	file=t.tar${z:+.$z}
	tar -C "$work/t" -cf - top | case $z in gz) gzip ;; xz) xz ;; zst) zstd -q ;; *) cat ;; esac >"$work/$file"
	from_tarball "$file" ', strip: 1'
	locked -q && run fetch "$work/d" -q && built -q >/dev/null
	output usr/list >"$work/got"
	check "tarball ${z:-plain}: /src is what its top folder holds, no time after the source date" diff "$work/want" "$work/got"
done
from_tarball t.tar.gz ''
run fetch "$work/d" -q && built -q >/dev/null
same "without strip the top folder stays" './top' "$(output usr/list | awk 'NR==1 { print $1 }')"
tar -C "$work/t/top" -czf "$work/flat.tar.gz" .
from_tarball flat.tar.gz ', strip: 1'
run fetch "$work/d" -q
fails "strip wants one folder" "entries at its top, wanted one folder" built -q
sed -i -E 's/sha256: [0-9a-f]{64}/sha256: '"$(printf '%064d' 5)/" "$work/d/assay.yaml"
fails "a tarball of other bytes is refused" "component 'made'.*flat.tar.gz" run fetch "$work/d"
described <<Y
    tarball: {url: "file://$work/t.tar.gz", sha256: $(digest_of "$work/t.tar.gz"), size: $(stat -c %s "$work/t.tar.gz"), strip: 1}
    steps:
      - [sh, -c, '$listing']
$to_list
Y
digest=$(digest_of "$work/t.tar.gz")
rm -f "$work/store/objects/${digest:0:2}/${digest:2}"
check "a tarball by URL is fetched" run fetch "$work/d" -q
sed -i -E 's/size: [0-9]+/size: 17/' "$work/d/assay.yaml"
rm -f "$work/store/objects/${digest:0:2}/${digest:2}"
fails "its size is a limit" "component 'made'.*t.tar.gz" run fetch "$work/d"
mkdir -p "$work/mirror/sources"
cp "$work/t.tar.gz" "$work/mirror/sources/$digest"
sed -i -E "s,file://[^\"]*,https://192.0.2.1/t.tar.gz,; s/size: [0-9]+/size: $(stat -c %s "$work/t.tar.gz")/" "$work/d/assay.yaml"
check "a mirror that the user names is asked first, by digest" run fetch "$work/d" -q
rm -rf "$work/mirror/sources"

# ---- what steps leave as a tree ----
tree_of() { # STEP
	described <<Y
    from: src
    files: ["**"]
    steps:
      - [sh, -c, '$1']
    outputs:
      - {from: usr, to: root, path: usr}
      - {from: etc/one, to: root, path: etc/one}
Y
}
mkdir -p "$work/d/src" && echo x >"$work/d/src/x"
tree_of 'umask 077; mkdir -p /out/usr/lib/made/empty /out/etc/one; cd /out/usr/lib/made; cp /src/x x; chmod 751 x; cp /src/x plain; ln -s ../x link; ln plain second; ln -s /usr/lib/made/x /out/etc/one/absolute'
check "outputs that are folders are built" built -q
same "all below them is in the image" "etc/one/absolute usr/lib/made/link usr/lib/made/plain usr/lib/made/second usr/lib/made/x" \
	"$(jq -r '.inputs.components[0].outputs[].path' "$work/out/manifest.json" | sort | xargs)"
first=$(digests "$work/out")
rm -rf "$work/out"
check "from the store's record: nothing runs" built -q
same "and the image is the same" "$first" "$(digests "$work/out")"
rm -rf "$work/store/results" "$work/out"
mkdir -p "$work/store/results"
check "made again" built -q
same "the same bytes" "$first" "$(digests "$work/out")"
while read -r name step says; do
	tree_of "mkdir -p /out/usr/lib /out/etc/one; cd /out/usr/lib; ${step//_/ }"
	fails "$name in a tree is refused" "${says//_/ }" built -q
done <<'W'
fifo mkfifo_pipe 'usr/lib/pipe'_is_neither
escape ln_-s_../../../etc/passwd_out 'usr/lib/out'_is_a_link_to_.*_leads_out_of_the_image
box-link ln_-s_/out/usr/x_in 'usr/lib/in'_is_a_link_to_'/out/usr/x',_which_only_the_box_has
W
tree_of 'mkdir -p /out/usr /out/etc; cp x /out/etc/one'
fails "a file where a folder was wanted is named" "output 'etc/one': no folder, and an output without .mode. is one" built -q
fails "with what to do" "^hint: give the mode of a file" built -q

# ---- limits, releases, failures ----
failing() { # MEMBERS STEP...
	described <<Y
    from: src
    files: ["**"]
$1
    outputs: [{from: list, to: root, path: usr/list, mode: "0644"}]
Y
}
failing '    steps: [[sh, -c, "cp x /out/list"], [sh, -c, "echo why; exit 3"]]'
fails "a failed step shows its last lines" "^why$" built
fails "the log's place" "printed is in '$work/store/logs/made-" built
fails "and how to enter its box" "assay shell made --step 2 $work/d. enters its box there" built
failing '    limits: {time: 2s, processes: 200}
    steps: [[sh, -c, "cp x /out/list; while :; do :; done"]]'
fails "a step that does not end is ended: by the limit of its time" "was ended by the limit of its time" built
fails "  and the member is named" "limits. in assay.yaml" built
failing '    limits: {disk: 8M}
    steps: [[sh, -c, "cp x /out/list; cat /dev/zero >/out/more"]]'
fails "one that fills the disk: by the limit of its disk" "was ended by the limit of its disk" built
