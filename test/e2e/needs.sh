#!/bin/bash
# Components that stand on components: order, /need, what is built again, and what goes to no image. On a small archive.
# shellcheck source=test/lib.sh disable=SC2154 # what archive.sh sets
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$root/test/archive.sh"
archive_can "components that need others" || exit
for tool in busybox dash; do
	command -v "$tool" >/dev/null || { skip "components that need others" "no $tool"; exit; }
done
at_end() { archive_end; }

run() { "$assay" "$@" --store "$work/store" --mirror "$work/mirror"; }
built() { run build "$work/d" -o "$work/out" --no-observe --explain >"$work/said" 2>&1; }
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
# The bytes of an output of a component, by its tree path.
output() {
	cat "$work/store/objects/$(jq -r --arg c "$1" --arg p "$2" '.inputs.components[] | select(.name == $c) | .outputs[] | select(.path == $p) | .sha256' \
		"$work/out/manifest.json" | sed 's,^..,&/,')"
}
says() { if grep -qE -- "$2" "$work/said"; then ok "$1"; else bad "$1: $(cat "$work/said")"; fi; }

archive_start
archive_minimum
archive_deb tools <<T
copy usr/bin/busybox 0755 $(command -v busybox)
copy usr/bin/dash 0755 $(command -v dash)
copy usr/lib64/ld-linux-x86-64.so.2 0755 /lib64/ld-linux-x86-64.so.2
copy usr/lib/x86_64-linux-gnu/libc.so.6 0755 /lib/x86_64-linux-gnu/libc.so.6
link usr/bin/sh dash
link usr/bin/cp busybox
link usr/bin/cat busybox
link usr/bin/mkdir busybox
link usr/bin/find busybox
T
archive_publish
mkdir -p "$work/d/src"
echo word >"$work/d/src/word"
echo config >"$work/d/src/config"

# component NAME NEEDS FILES STEP OUTPUTS
component() {
	cat <<Y
  - name: $1
    toolchain: t
    from: src
    files: [$3]
    needs: [$2]
    steps: [[sh, -c, "$4"]]
    outputs: [$5]
Y
}
# described COMPONENT...: of those below, in this order
described() {
	local one
	archive_description 'base, kernel' | sed '/^image:/,$d'
	printf 'toolchains: {t: [tools]}\ncomponents:\n'
	for one; do "$one"; done
	archive_description 'base, kernel' | sed -n '/^image:/,$p'
}
user() {
	component user 'library, config' word "${step:-cat /need/library/usr/share/lib /need/config/config word >/out/all}" \
		'{from: all, to: root, path: usr/all, mode: "0644"}'
}
library() {
	component library config word 'mkdir -p /out/usr/share && cat /need/config/config word >/out/usr/share/lib' '{from: usr, to: build}'
}
config() { component config '' "${files:-config}" 'cp config /out/config' '{from: config, to: build, mode: "0644"}'; }

described user library config >"$work/d/assay.yaml"
check "a description with needs is locked" run lock "$work/d" --keyring "$archive_keyring" -q
check "components are built, what is needed first" built
same "  and see what the others gave" "config word config word" "$(output user usr/all | tr '\n' ' ' | sed 's/ $//')"
same "what goes to build is in no tree" "usr/all" "$(jq -r '[."root-files"[] | select(.origin | startswith("component:")) | .path] | join(" ")' "$work/out/manifest.json")"
first=$(jq -r '.outputs.disk.sha256' "$work/out/manifest.json")
described config user library >"$work/d/assay.yaml"
check "in another order" built
says "  all come from the store" '^user +from the store'
same "  and the image is the same" "$first" "$(jq -r '.outputs.disk.sha256' "$work/out/manifest.json")"

files='config, word' described user library config >"$work/d/assay.yaml"
check "what is needed is built again from other sources" built
says "  it is" '^config +compiled'
says "  and who needs it is not, since it gave the same" '^user +from the store'
echo other >"$work/d/src/config"
check "when it gives other bytes" built
says "  who needs it is built again" '^user +compiled'

step='cp word /need/library/more' described user library config >"$work/d/assay.yaml"
fails "what is needed is read only" 'Read-only file system' built
step='cat /need/config/config /need/library/usr/share/none >/out/all' described user library config >"$work/d/assay.yaml"
fails "  and only what an output takes is there" "share/none.: No such file" built
described user library config >"$work/d/assay.yaml"
check "assay check builds with what is needed" run check "$work/d" --only user -q
if command -v script >/dev/null; then
	printf 'cat /need/config/config\nexit\n' | timeout 60 script -qec "$(printf '%q ' "$assay" shell user "$work/d" --store "$work/store" --mirror "$work/mirror")" /dev/null | tr -d '\r' >"$work/said"
	says "assay shell shows it, too" '^(\$ )?other$'
else
	skip "assay shell shows it, too" "no script(1)"
fi

described user library >"$work/d/assay.yaml"
fails "a name that is no component's is refused, with its line" "line [0-9]+: component 'user' needs 'config', and no component" built
says "  and what there is" 'hint: there are: user, library'
round() { component config user word 'cp word /out/config' '{from: config, to: build, mode: "0644"}'; }
described user library round >"$work/d/assay.yaml"
fails "so is a circle" "needs itself: it needs 'library', which needs 'config', which needs 'user'" built

# ---- an image whose boot chain and tree come from components: no package is in it ----
bare() { # [KERNEL [MORE]]
	cat <<Y
format: assay/1
name: bare
source-date-epoch: $archive_epoch
suites: [{archive: debian, suite: made, components: [main]}]
firmware: {code: {component: boot, file: code.fd}, vars: {component: boot, file: fd/vars.fd}}
toolchains: {t: [tools, kernel, firmware]}
components:
  - name: boot
    toolchain: t
    from: src
    files: [word]
    steps:
      - [cp, /boot/vmlinuz-6.1-made, /out/vmlinuz]
      - [sh, -c, "mkdir /out/fd && cp /usr/share/made/vars.fd /out/fd && cp /usr/share/made/code.fd /usr/lib/made/linux.stub /out"]
    outputs:
      - {from: vmlinuz, to: build, mode: "0644"}
      - {from: linux.stub, to: build, mode: "0644"}
      - {from: code.fd, to: build, mode: "0644"}
      - {from: fd, to: build}
  - name: init
    toolchain: t
    from: src
    files: [word]
    steps: [[cp, /usr/bin/busybox, /out/init]]
    outputs: [{from: init, to: initrd, path: init, mode: "0755"}, {from: init, to: root, path: sbin/init, mode: "0755"}]
image:
  kernel: {component: boot, file: ${1-vmlinuz}}
  stub: {component: boot, file: linux.stub}
${2-}
platforms: []
Y
}
bare >"$work/d/assay.yaml"
check "an image without packages is locked" run lock "$work/d" --keyring "$archive_keyring" -q --update
check "and built" built
files_of() { jq -r "[.\"$1\"[].path] | join(\" \")" "$work/out/manifest.json"; }
same "  the root has what components gave, and its name" "etc/hostname sbin/init" "$(files_of root-files)"
same "  the initrd its PID 1 and an empty list of modules" "etc/modules-load init" "$(files_of initrd-files)"
same "  kernel, stub and firmware are the component's" "component:boot" \
	"$(jq -r '[.outputs.uki.kernel, .outputs.uki.stub, .firmware.code, .firmware.vars] | map(.origin) | unique | join(" ")' "$work/out/manifest.json")"
same "  with its bytes" "$(jq -r '[.inputs.components[0].outputs[].sha256] | sort | join(" ")' "$work/out/manifest.json")" \
	"$(jq -r '[.outputs.uki.kernel, .outputs.uki.stub, .firmware.code, .firmware.vars] | map(.sha256) | sort | join(" ")' "$work/out/manifest.json")"
same "  all that is measured is from source" "0 0 0 true" \
	"$(jq -r '."measured-bytes" | "\(.distribution) \(.reproduced) \(.opaque) \(.source > 70000)"' "$work/out/manifest.json")"
"$assay" show "$work/out" --store "$work/store" >"$work/said"
says "  and show says so" '^  100.0 % source$'
same "  and the reference values" "$(jq -c '."measured-bytes"' "$work/out/manifest.json")" "$(jq -c .origins "$work/out/reference-values.json")"
check "  assay measure finds the same" "$assay" measure "$work/out" --store "$work/store"
same "  the SBOM says that no package is in it" 0 \
	"$(jq '[.packages[] | select(.primaryPackagePurpose == "INSTALL").SPDXID] as $p | [.relationships[] | select(.relationshipType == "CONTAINS" and (.relatedSpdxElement | IN($p[])))] | length' "$work/out/sbom.spdx.json")"
bare vmlinuz '  os-release: "ID=bare\n"
  users: [{name: web, uid: 100, gid: 100}]
  modes: [{path: sbin/init, mode: "0750", group: web}]' >"$work/d/assay.yaml"
check "users, modes and os-release need no package" built
same "  they are what is declared" "etc/group etc/gshadow etc/hostname etc/os-release etc/passwd etc/shadow sbin/init" "$(files_of root-files)"
bare nothing >"$work/d/assay.yaml"
fails "a file that no output has is refused, with its line" "line [0-9]+: 'kernel': no output of component 'boot' has 'nothing'" built
bare fd/other >"$work/d/assay.yaml"
fails "and one that a folder of them lacks" "component 'boot' gave no file 'fd/other'" built
bare | sed 's/stub: .*/stub: usr\/lib\/made\/linux.stub/' >"$work/d/assay.yaml"
fails "a stub of a package needs a package" "'stub' is a file of a package" built
bare | sed 's/component: boot, file: vmlinuz/component: none, file: vmlinuz/' >"$work/d/assay.yaml"
fails "a kernel of no component is refused" "there is no component 'none'" built
bare vmlinuz '  configure: scripts' >"$work/d/assay.yaml"
fails "scripts of no packages are refused" "'packages' names none" built

# ---- what is from where, in an image of all kinds ----
mkdir "$work/d/over"
echo text >"$work/d/over/text"
printf '\177ELF\0' >"$work/d/over/binary"
described config library user | sed 's/^  exclude:.*/&\n  overlays: [over]/' >"$work/d/assay.yaml"
check "an image of packages, components and overlays is built" run lock "$work/d" --keyring "$archive_keyring" -q --update
built
class_of() { jq -r --arg p "$1" '."root-files"[] | select(.path == $p) | .class' "$work/out/manifest.json"; }
same "a component's file is from source" source "$(class_of usr/all)"
same "so is text in an overlay" source "$(class_of text)"
same "  a binary there is opaque" opaque "$(class_of binary)"
same "a package's is the distribution's" distribution "$(class_of usr/lib/os-release)"
same "dpkg's database, too" distribution "$(class_of var/lib/dpkg/status)"
plain=$(sha256sum <"$work/out/manifest.json")
# The record that a rebuild of packages leaves.
deb=$(jq -r '.inputs.packages[] | select(.name == "base").sha256' "$work/out/manifest.json")
printf '{\n  "format": "assay.reproduced/1",\n  "package-sha256": "%s",\n  "statement-sha256": "%064d"\n}\n' "$deb" 7 \
	>"$work/store/results/$(printf 'reproduced:%s' "$deb" | sha256sum | cut -d' ' -f1).json"
run build "$work/d" -o "$work/second" --no-observe -q
same "what a store has seen changes no manifest" "$plain" "$(sha256sum <"$work/second/manifest.json")"
check "unless it is asked for" run build "$work/d" -o "$work/out" --no-observe -q --reproduced
same "  then a package that was reproduced here is told apart" reproduced "$(class_of usr/lib/os-release)"
same "  from the others" distribution "$(jq -r .outputs.uki.kernel.class "$work/out/manifest.json")"
"$assay" show "$work/out" --store "$work/store" >"$work/said"
says "  in show" '% reproduced,'
same "  the image stays what it was" "$(jq -r .outputs.disk.sha256 "$work/second/manifest.json")" "$(jq -r .outputs.disk.sha256 "$work/out/manifest.json")"
