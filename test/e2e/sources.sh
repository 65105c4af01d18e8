#!/bin/bash
# Components from a git commit, a tarball, a source package, and what their steps leave as a tree, on a small archive.
# shellcheck source=test/lib.sh disable=SC2154 # what archive.sh sets
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$root/test/archive.sh"
archive_can "components from fetched sources" || exit
for tool in git busybox dash tar; do
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
copy usr/bin/dash 0755 $(command -v dash)
copy usr/lib64/ld-linux-x86-64.so.2 0755 /lib64/ld-linux-x86-64.so.2
copy usr/lib/x86_64-linux-gnu/libc.so.6 0755 /lib/x86_64-linux-gnu/libc.so.6
link usr/bin/sh dash
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
file usr/bin/patch 0755 #!/bin/sh\\nwhile [ \$# -gt 1 ]; do [ \$1 != -i ] || f=\$2; shift; done\\nexec busybox patch -p1 -i \$f\\n
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

# ---- source packages ----
src=$work/src
mkdir -p "$src/hello-2.0/debian" "$src/part" "$src/debian/patches/sub"
echo upstream >"$src/hello-2.0/file"
echo theirs >"$src/hello-2.0/debian/theirs"
echo part >"$src/part/inside"
printf '#!/bin/sh\n' >"$src/debian/rules"
printf '%s\n' '--- a/file' '+++ b/file' '@@ -1 +1 @@' '-upstream' '+first' >"$src/debian/patches/one.patch"
printf '%s\n' '--- a/file' '+++ b/file' '@@ -1 +1,2 @@' ' first' '+second' >"$src/debian/patches/sub/two.patch"
printf '# a comment\none.patch\n\nsub/two.patch # why' >"$src/debian/patches/series"
tar -C "$src" -cJf "$work/hello_2.0.orig.tar.xz" hello-2.0
tar -C "$src" -czf "$work/hello_2.0.orig-extra.tar.gz" part
tar -C "$src" -cJf "$work/hello_2.0-1.debian.tar.xz" debian
echo dsc >"$work/hello_2.0-1.dsc"
archive_source hello 2.0-1 '3.0 (quilt)' "$work"/hello_2.0.orig.tar.xz "$work/hello_2.0.orig-extra.tar.gz" "$work/hello_2.0-1.debian.tar.xz" "$work/hello_2.0-1.dsc"
echo older | gzip -n >"$work/hello_1.9.tar.gz"
archive_source hello 1.9 '3.0 (native)' "$work/hello_1.9.tar.gz"
mkdir -p "$src/native-3" && echo native >"$src/native-3/file"
tar -C "$src" -cf - native-3 | gzip -n >"$work/native_3.tar.gz"
archive_source native 3 '3.0 (native)' "$work/native_3.tar.gz"
archive_source future 1 '4.0' "$work/native_3.tar.gz"
: >"$work/old_1-1.diff.gz"
archive_source old 1-1 1.0 "$work/native_3.tar.gz" "$work/old_1-1.diff.gz"
archive_publish
from_debian() { # MEMBERS STEP
	described <<Y
    debian-source: {$1}
    steps: [[sh, -c, '$2']]
    outputs: [{from: list, to: root, path: usr/list, mode: "0644"}]
Y
}
cp "$work/d/assay.lock" "$work/without.lock"
from_debian 'name: hello' 'find . -type f | sort | xargs cat >/out/list'
fails "a lock without the source package is stale" "was made for another description" built
check "a source package is locked" locked -q --update
jq -e '.sources == [{name: "hello", version: "2.0-1", format: "3.0 (quilt)", directory: "pool/source", index: 0, files: .sources[0].files}] and
	(.sources[0].files | length) == 4 and (."source-indexes" | length) == 1' "$work/d/assay.lock" >/dev/null
same "the highest version, its files by digest, the index that has it" 0 $?
check "a second time it is the same lock" locked -q
check "the lock is verified: Release, Sources, stanza, files" run lock verify "$work/d" --keyring "$archive_keyring"
check "it is fetched" run fetch "$work/d" -q
check "and built" built -q
output usr/list >"$work/got"
check "its patches are applied in their order" grep -qzF "$(printf 'first\nsecond\n')" "$work/got"
check "orig-extra is a folder of it" grep -qx part "$work/got"
check "debian/ of upstream gave way" test "$(grep -c theirs "$work/got")" = 0
# tampered JQ: the lock changed so, in its canonical form
tampered() { jq --indent 2 "$1" "$work/good.lock" >"$work/d/assay.lock"; }
cp "$work/d/assay.lock" "$work/good.lock"
while read -r name filter says; do
	tampered "$filter"
	fails "lock verify refuses $name" "${says//_/ }" run lock verify "$work/d" --keyring "$archive_keyring"
done <<'W'
another-digest .sources[0].files[0].sha256="1111111111111111111111111111111111111111111111111111111111111111" refused:_stanza_of_.hello.:_the_signed_index_gives_another_list_of_files
another-size .sources[0].files[0].size=7 refused:_stanza_of_.hello.
another-folder .sources[0].directory="pool/other" another_directory
another-format .sources[0].format="1.0" another_format
another-version .sources[0].version="2.0-2" no_such_source_package_in_this_version
another-index ."source-indexes"[0].sha256="1111111111111111111111111111111111111111111111111111111111111111" refused:_index_of_.main/source/Sources.xz.
a-file-more .sources[0].files+=[{"name":"x","size":1,"sha256":.sources[0].files[0].sha256}] (another_list_of_files|out_of_order)
W
cp "$work/good.lock" "$work/d/assay.lock"
check "assay archive takes it, too" run archive "$work/archived" "$work/d" -q
fresh() { "$assay" "$@" --store "$work/fresh" --mirror "$work/archived"; }
check "from which alone it is verified" fresh lock verify "$work/archived/description" --keyring "$archive_keyring"
check "and built: the same bytes" fresh build "$work/archived/description" -o "$work/again" --no-observe -q
same "  of the image" "$(digests "$work/out")" "$(digests "$work/again")"
find "$work/archived" -name 'hello_2.0-1.dsc' -delete
bare() { "$assay" "$@" --store "$work/bare" --mirror "$work/archived"; }
check "a mirror without the .dsc is enough" eval 'bare fetch "$work/archived/description" 2>"$work/said"'
check "  which is said" grep -q 'hello_2.0-1.dsc is not to be had; no build reads it' "$work/said"
check "  once" eval 'bare fetch "$work/archived/description" 2>"$work/said" && ! grep -q dsc "$work/said"'
check "  for a verified lock, too" bare lock verify "$work/archived/description" --keyring "$archive_keyring"
check "  and for the same image" eval 'bare build "$work/archived/description" -o "$work/bare-out" --no-observe -q'
same "  to the byte" "$(digests "$work/out")" "$(digests "$work/bare-out")"
same "  with the same manifest" "$(digest_of "$work/out/manifest.json")" "$(digest_of "$work/bare-out/manifest.json")"
check "  and for one more archive" bare archive "$work/archived-again" "$work/archived/description" -q
find "$work/archived" -name 'hello_2.0.orig.tar.xz' -delete
fails "a mirror without a tarball is not" "hello_2.0.orig.tar.xz" "$assay" fetch "$work/archived/description" --store "$work/barer" --mirror "$work/archived"
mkdir -p "$work/archived/debian-security/pool/updates/source"
cp "$work/hello_2.0-1.debian.tar.xz" "$work/archived/debian-security/pool/updates/source/hello_2.0.orig.tar.xz"
fails "  nor is another file of its name in the security archive" "debian-security: more than the wanted" "$assay" fetch "$work/archived/description" --store "$work/barer" --mirror "$work/archived"
cp "$work/hello_2.0.orig.tar.xz" "$work/archived/debian-security/pool/updates/source"
check "  but one will do that has it there, below pool/updates" "$assay" fetch "$work/archived/description" --store "$work/barer" --mirror "$work/archived" -q
check "the store keeps it" "$assay" store gc --keep "$work/d" --store "$work/store"
check "  so that nothing need be fetched" "$assay" fetch "$work/d" --store "$work/store" --mirror /usr -q
from_debian 'name: hello, version: 1.9' 'cp debian/rules /out/list'
check "an older version is locked when it is named" locked -q --update
same "  that one" 1.9 "$(jq -r '.sources[].version' "$work/d/assay.lock")"
run fetch "$work/d" -q
fails "  and what is no tarball is named" "source package 'hello' 1.9: 'hello_1.9.tar.gz'" built
from_debian 'name: native' 'cp file /out/list'
check "a native source package is built" eval 'locked -q --update && run fetch "$work/d" -q && built -q'
same "  from its one tarball" native "$(output usr/list)"
from_debian 'name: absent' 'cp file /out/list'
fails "a source package that no suite has is named" "no suite has source package 'absent'" locked --update
from_debian 'name: native, version: 4' 'cp file /out/list'
fails "and so is a version" "no suite has source package 'native' in version 4" locked --update
from_debian 'name: future' 'cp file /out/list'
fails "and a format that nobody knows" "has format '4.0', wanted 3.0" locked --update
from_debian 'name: old' 'cp file /out/list'
fails "and format 1.0 with a diff, before anything is built" "source package 'old' 1-1 is a tarball and a diff" locked --update
printf '%s\n' '--- a/file' '+++ b/file' '@@ -1 +1 @@' '-nothing of it' '+first' >"$src/debian/patches/one.patch"
tar -C "$src" -cJf "$work/hello_2.0-1.debian.tar.xz" debian
archive_source hello 2.0-1 '3.0 (quilt)' "$work"/hello_2.0.orig.tar.xz "$work/hello_2.0-1.debian.tar.xz"
archive_publish
from_debian 'name: hello' 'cp file /out/list'
locked -q --update && run fetch "$work/d" -q
fails "a patch that does not apply is named as that" "the patches of source package 'hello' of component 'made' cannot be applied" built
cp "$work/without.lock" "$work/d/assay.lock"

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
failing '    steps: [[sh, -c, "cp x /out/list; exit 255"]]'
fails "an exit code beyond the signals is none of them" "failed with exit code 255" built
failing '    limits: {time: 2s, processes: 200}
    steps: [[sh, -c, "cp x /out/list; while :; do :; done"]]'
fails "a step that does not end is ended: by the limit of its time" "was ended by the limit of its time" built
fails "  and the member is named" "limits. in assay.yaml" built
code=0
run rebuild "$work/d" --keyring "$archive_keyring" --statement "$work/statement" -q >"$work/said" 2>&1 || code=$?
same "  which a slow machine does not state as a failure of the build" "$code $(ls "$work/statement" 2>/dev/null)" "2 "
failing '    limits: {disk: 8M}
    steps: [[sh, -c, "cp x /out/list; cat /dev/zero >/out/more"]]'
fails "one that fills the disk: by the limit of its disk" "was ended by the limit of its disk" built
if [ "$(id -u)" = 0 ]; then
	failing '    steps: [[sh, -c, "cp x /out/list; cat /dev/zero >/out/more 2>/dev/null"]]'
	mkdir "$work/small" && mount -t tmpfs -o size=64m none "$work/small"
	code=0
	"$assay" rebuild "$work/d" --store "$work/small" --mirror "$work/mirror" --keyring "$archive_keyring" --statement "$work/statement" -q \
		>"$work/said" 2>&1 || code=$?
	umount "$work/small"
	check "one that fails since the machine's disk is full: that is said" grep -q '^hint: the disk is full' "$work/said"
	same "  and not stated as a failure of the build" "$code $(ls "$work/statement" 2>/dev/null)" "2 "
else
	skip full-disk "needs root for a tmpfs"
fi

failing '    steps: [[sh, -c, "cat /proc/interrupts; echo tried; cp x /out/list"]]'
check "a step that asks for what is not declared does not fail" eval 'run build "$work/d" -o "$work/asks" --no-observe >"$work/said" 2>&1'
check "  but what it asked for is told" grep -q '^undeclared input of made: path: /proc/interrupts$' "$work/said"
log=$(sed -n "s/^  all that it printed is in '\(.*\)'$/\1/p" "$work/said")
check "  and its log is kept" grep -q '^tried$' "$log"
check "  with the attempt in it" grep -q 'undeclared input: path: /proc/interrupts' "$log"

# ---- assay shell ----
failing '    steps: [[sh, -c, "echo one >/out/one; echo changed >x"], [sh, -c, "echo two >/out/list"]]'
if command -v script >/dev/null; then
	# What a person would type, on a terminal of script(1)'s; what they see is in $work/seen.
	typed() { # LINES ASSAY-ARGS...
		local lines=$1
		shift
		{ if [ -n "$lines" ]; then printf '%s' "$lines"; else cat; fi; } | timeout 60 script -qec "$(printf '%q ' "$assay" shell "$@" --store "$work/store" --mirror "$work/mirror")" /dev/null |
			tr -d '\r' | sed -E 's/^(\$ )+//' >"$work/seen"
	}
	typed $'echo cwd=$PWD, in /out: $(echo /out/*), id=$(busybox id -u), terminal: $(test -t 0 && echo yes)\necho mine >/out/list; echo gone >x\ncat x\nexit 3\n' made "$work/d" -q
	check "assay shell: a shell in the box before the first step" grep -qx 'cwd=/src, in /out: /out/\*, id=1000, terminal: yes' "$work/seen"
	check "  sources may be changed there" grep -qx gone "$work/seen"
	same "  and not here" x "$(cat "$work/d/src/x")"
	typed $'echo in /out: $(cat /out/*), x=$(cat x)\nexit\n' made "$work/d" --step 2
	check "assay shell --step: after the steps before" grep -qx 'in /out: one, x=changed' "$work/seen"
	check "  it says what the step would be" grep -q 'step 2 of 2 would be: sh -c echo two' "$work/seen"
	slowly() { printf 'busybox sleep 100\n'; sleep 3; printf '\003'; sleep 1; printf 'echo interrupted=$?\nexit\n'; }
	typed '' made "$work/d" -q < <(slowly)
	check "  ^C is for what runs in it" grep -qx 'interrupted=130' "$work/seen"
	typed $'\n' made "$work/d" --step 4
	check "  a step that is not there is named" grep -q "has 2 steps, and no step 4" "$work/seen"
	check "  no result comes of it" built -q
	same "  nor anything of what was typed" two "$(output usr/list)"
else
	skip "assay shell" "no script(1)"
fi
fails "  without a terminal it says so" "no terminal" run shell made "$work/d"
fails "  another component is named" "no component 'other'" run shell other "$work/d"
sed -i 's/\[tools\]/[plain]/' "$work/d/assay.yaml"
archive_deb plain <<S
copy usr/bin/busybox 0755 $(command -v busybox)
S
archive_publish
locked -q --update
if command -v script >/dev/null; then
	typed $'\n' made "$work/d"
	check "  a toolchain without a shell is named" grep -q "neither bash nor sh" "$work/seen"
fi
