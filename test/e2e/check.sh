#!/bin/bash
# assay check on components with a planted cause each: named, proved, and nothing else; a component without one is
# identical in the box, whatever the machine around it is. Compiled with hello's toolchain.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
hello_ready || { bad "hello can be fetched"; exit 1; }
dir=$work/planted
mkdir -p "$dir/src/many"
cp -r "$hello/assay.lock" "$hello/overlay" "$dir/"
for i in a b c d e f g h; do echo $i >"$dir/src/many/$i"; done
printf '#include <stdio.h>\nint main(void) { return puts("hello") < 0; }\n' >"$dir/src/hello.c"

# component NAME COMMAND [TO]: one step with this command that leaves /out/made
component() {
	cat <<Y
  - name: $1
    toolchain: c
    from: src
    files: ["**"]
    steps:
      - [sh, -c, "$2"]
    outputs:
      - {from: made, to: ${3:-root}, path: usr/lib/made/$1, mode: "0644"}
Y
}
# description COMMAND...: that of hello with other components: the lock is made for packages, and fits.
description() {
	sed -n '1,/^components:/p' "$hello/assay.yaml"
	"$@"
	sed -n '/^image:/,$p' "$hello/assay.yaml"
}
steady() { component steady 'gcc -O2 -c -o /out/made /src/hello.c'; }
# shellcheck disable=SC2016 # the step expands it
planted() {
	component stamp 'TZ=UTC date > /out/made'
	component host 'echo built on $(uname -n) > /out/made'
	component key 'head -c 16 /dev/urandom | od -An -tx1 > /out/made'
	component order 'ls -U many > /out/made'
	component path 'gcc -g -c -o /out/made hello.c' initrd
	component two '{ echo on $(uname -n); TZ=UTC date; } > /out/made'
	component archive 'mkdir /tmp/x && cp hello.c /tmp/x && cd /tmp && tar -cf /out/made x'
	component race 'for i in 1 2 3 4 5 6 7 8; do echo $i >> /out/made & done; wait'
	component needs 'cd /build && pwd > /out/made && TZ=UTC date >> /out/made'
	component asks 'cat /proc/interrupts > x 2>&1; echo done > /out/made'
	steady
}
description planted >"$dir/assay.yaml"
mkdir "$work/clean"
cp -r "$dir/src" "$hello/assay.lock" "$hello/overlay" "$work/clean/"
description steady >"$work/clean/assay.yaml"

# run NAME EXIT OPTION...: what it says is in $work/said
run() {
	local name=$1 want=$2 code=0
	shift 2
	"$assay" check "$@" "$dir" --store "$store" -q >"$work/said" 2>"$work/err" || code=$?
	if [ $code = "$want" ]; then ok "$name"; else bad "$name: exit $code, not $want: $(head -c 300 "$work/err" "$work/said")"; fi
}
# found NAME COMPONENT: "CLASS proof by channel" of each finding, in order, once each
found() { jq -r --arg c "$1" '[.findings[] | select(.component == $c) | "\(.class) \(.proof) \(.by) \(.channel)"] | unique | join("; ")' "$work/all"; }
# has FILTER [FILE]: jq answers true
has() { jq -e "$1" "${2:-$work/said}" >"$work/has"; }
named() { same "$1" "$(found "$2")" "$3"; }

run "everything varied: differs" 1 --vary all --json
cp "$work/said" "$work/all"
check "the result is JSON of this format" test "$(jq -r .format "$work/all")" = assay.check/1
named "a planted time stamp is named, by its canary" stamp "TIME proved canary clock"
named "a host name is named, by its canary" host "IDENTITY proved canary host-name"
named "random bytes are named, by bisection" key "RANDOM proved bisection random"
named "the order of a folder is named" order "ORDER proved bisection file-order"
named "a path in debug information is named" path "PATH proved canary path"
named "a race is named" race "PARALLEL proved bisection schedule"
named "two causes in one file are two findings" two "IDENTITY proved canary host-name; TIME proved canary clock"
same "in an archive each place has its own" "$(jq -r '[.findings[] | select(.component == "archive") | .class] | unique | join(" ")' "$work/all")" \
	"IDENTITY METADATA TIME"
same "none of them is only suspected" "$(jq -r '[.findings[] | select(.proof != "proved")] | length' "$work/all")" 0
same "the value planted stands in the evidence" \
	"$(jq -r '.findings[] | select(.component == "host") | .second' "$work/all" | grep -o 'i-capture-the-hostname-[a-z]*')" \
	"$(jq -r '.findings[] | select(.component == "host") | .evidence' "$work/all" | grep -o 'i-capture-the-hostname-[a-z]*')"
same "the registers that it moves are named" "$(jq -r '[.findings[] | select(.component == "path") | .registers[]] | unique | join(" ")' "$work/all")" \
	"PCR 11 PCR 4 PCR 5 PCR 9"
same "a component without a cause is identical" "$(jq -r '.components[] | select(.component == "steady") | .identical' "$work/all")" true
same "a variation that its steps cannot do without is not effective" \
	"$(jq -r '."not-effective"[] | select(.component == "needs") | .variation' "$work/all")" path
named "and the others are tried all the same" needs "TIME proved canary clock"
check "a toolchain with one locale only is said to be one" \
	has '."not-effective"[] | select(.variation == "locale" and .component == "")' "$work/all"
check "what was asked for and not declared is listed" \
	has '.components[] | select(.component == "asks") | .undeclared | any(startswith("path: /proc/interrupts"))' "$work/all"

run "time alone: a step without one is identical" 0 --vary time --only host
run "time alone: the time stamp differs" 1 --vary time --only stamp
check "the text names the cause" grep -qF 'TIME, proved: the value planted in the clock, ' "$work/said"
check "and what to do about it" grep -qF 'SOURCE_DATE_EPOCH' "$work/said"
first=$(grep -o 'in the clock, [0-9]*' "$work/said")
run "once more" 1 --vary time --only stamp
check "canaries are others in each run" test "$first" != "$(grep -o 'in the clock, [0-9]*' "$work/said")"
run "without the box a time stamp differs" 1 --plain --only stamp --json
same "and is named" "$(jq -r '.findings[0] | "\(.class) \(.proof)"' "$work/said")" "TIME proved"
run "without the box a component without a cause does not" 0 --plain --only steady
run "several are looked at, and no other" 1 --plain --only steady,stamp --json
same "in the order of the description" "$(jq -r '[.components[].component] | join(" ")' "$work/said")" 'stamp steady'

# A build that takes too long tells of a busy machine; "identical" would be said of what was never compared.
mkdir "$work/late"
cp -r "$dir/src" "$hello/assay.lock" "$hello/overlay" "$work/late/"
# shellcheck disable=SC2016 # the step expands it
late() { component late 'case $(date +%Y) in 2026) echo x >/out/made;; *) while :; do :; done;; esac' | sed 's/^    outputs:/    limits: {time: 20s}\n&/'; }
description late >"$work/late/assay.yaml"
dir=$work/late
run "a varied build that takes longer than it may: no answer" 2 --vary clock --only late
check "and why" grep -q 'limit of its time' "$work/err"

# The machine around the box: another host name, user, path, ..., everything unpacked again.
dir=$work/clean
run "another machine around the box: component and image are identical" 0 --json
same "the image, too" "$(jq -r '.components[] | select(.component == "") | "\(.identical) \(.artefacts)"' "$work/said")" "true 7"
check "what varied is told" has '.varied | index("outside-path") and index("unpacking")'
if [ "$(id -u)" = 0 ]; then
	check "as another user" has '.varied | index("outside-user")'
else
	check "another user is not effective, and why" has '."not-effective"[] | select(.variation == "outside-user")'
fi
check "nothing stays behind" test -z "$(find "$store/tmp" -mindepth 2 -name 'build-*' 2>/dev/null)"

run "what cannot be varied is a mistake" 2 --vary clocks
check "the hint lists what can" grep -q 'hint: there are: all time outside clock' "$work/err"
run "a component that is not there is one" 2 --only nothing
check "the hint lists those there are" grep -q 'hint: there are: steady' "$work/err"
run "one of several that is not there, too" 2 --only steady,nothing
