#!/bin/bash
# kill -9 of the tool at random moments while a step makes processes without end: no process of the box stays, no mount,
# and the store holds no half object.
#   ASSAY_KILLS=50   how often      ASSAY_SEED=N   the same moments again, as far as a machine allows
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
archive_can box-kill || exit 0
kills=${ASSAY_KILLS:-50} seed=${ASSAY_SEED:-$((10#$(date +%N) % 32768))}
RANDOM=$seed
echo "seed $seed, $kills kills; ASSAY_SEED=$seed ASSAY_KILLS=$kills repeats them"
at_end() { archive_end; }

mark=killed-$$-$seed

# ---- a description with one component, whose step forks; and one whose step does not end
archive_start || { bad "an archive can be signed"; exit 1; }
archive_minimum
archive_deb tool 1 amd64 <<S
copy usr/bin/tool 0755 $root/build/test/step-tool
copy usr/bin/forks 0755 $root/build/test/fork-tool
S
archive_publish
describe() { # NAME HOW-MANY
	mkdir -p "$work/$1/source"
	echo 'a part' >"$work/$1/source/a.c"
	cat >"$work/$1/assay.yaml" <<Y
format: assay/1
name: killed
source-date-epoch: $archive_epoch
suites:
  - {archive: debian, suite: made, components: [main]}
packages: [kernel, firmware]
firmware:
  packages: [firmware]
  code: usr/share/made/code.fd
  vars: usr/share/made/vars.fd
toolchains:
  t: [tool]
components:
  - name: forks
    toolchain: t
    from: source
    files: ["*.c"]
    steps:
      - [forks, "$2", $mark]
      - [tool, join, /out/joined, a.c, a.c]
    outputs:
      - {from: joined, to: root, path: usr/bin/joined, mode: "0755"}
image:
  hostname: killed
  command-line: [console=ttyS0]
  kernel: boot/vmlinuz-*
  stub: usr/lib/made/linux.stub
  initrd:
    modules: [alpha]
  kernel-modules: [alpha]
platforms: []
Y
	"$assay" lock "$work/$1" "${mirror[@]}" --keyring "$archive_keyring" --store "$work/s" -q
}
mirror=(--mirror "file://$archive")
build_it() { "$assay" build "$work/made" -o "$work/out" --store "$work/s" "${mirror[@]}" -q >"$work/said" 2>&1 && digest_of "$work/out/manifest.json"; }
describe made 200
describe endless 100000000
start=$(date +%s%N)
want=$(build_it)
took=$((($(date +%s%N) - start) / 1000000))
check "an undisturbed build ($took ms)" [ -n "$want" ]

# ---- kills
# Other tests mount things, too.
mounts() { grep -c "assay\|$work" /proc/self/mountinfo; }
# By the arguments of the step; the brackets keep this search from finding itself.
running() { grep -las "[k]${mark#k}" /proc/[0-9]*/cmdline | wc -l; }
mounts_before=$(mounts)
# The kernel ends the box when the tool is dead; how fast is the machine's business.
gone() {
	local i
	for ((i = 0; i < 100; i++)); do
		[ "$(running)" = 0 ] && return
		sleep 0.05
	done
	echo "left: $(running)"
	return 1
}
whole() {
	"$assay" store verify --store "$work/s" >"$work/verify" 2>&1 || { cat "$work/verify"; return 1; }
	[ -z "$(ls -A "$work/s/tmp")" ] || { echo "tmp/ has $(ls -A "$work/s/tmp")"; return 1; }
}

amid=0 left=0 mounted=0 broken=0
for ((i = 0; i < kills; i++)); do
	ms=$((RANDOM % took + 1))
	"$assay" build "$work/endless" -o "$work/out" --store "$work/s" "${mirror[@]}" -q >/dev/null 2>&1 &
	tool=$!
	sleep "$((ms / 1000)).$(printf %03d $((ms % 1000)))"
	[ "$(running)" = 0 ] || amid=$((amid + 1))
	kill -9 $tool 2>/dev/null
	wait $tool 2>/dev/null
	gone || left=$((left + 1))
	[ "$(mounts)" = "$mounts_before" ] || mounted=$((mounted + 1))
	whole || broken=$((broken + 1))
done
same "killed $kills times: no process of the box stays" $left 0
same "  no mount" $mounted 0
same "  no half object" $broken 0
check "  $amid of them while the step ran" [ $amid -ge $((kills / 3)) ]
rm -rf "$work/s/results" "$work/out"
same "the next build gives the same" "$(build_it)" "$want"
