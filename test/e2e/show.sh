#!/bin/bash
# What assay shows of an image, why a package is in a lock, and which registers an update moves: said before the build,
# held against what the build gives. Packages are made here; nothing boots.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
archive_can show || exit 0
at_end() { archive_end; }
archive_start || { bad "an archive can be signed"; exit 1; }
cd "$work" || exit 1
mirror=(--mirror "$work/mirror" --store "$work/store")
lock=(--keyring "$archive_keyring")

# ---- the packages ----
firmware() { printf 'fill usr/share/made/code.fd 0644 %s\nfill usr/share/made/vars.fd 0644 4096\n' "$1" | archive_deb firmware "$2"; }
stub() { archive_deb stub "$1" <<<"stub usr/lib/made/linux.stub 0644 $1"; }
kernel() { # VERSION
	archive_deb kernel "$1" <<S
kernel boot/vmlinuz-made 0644 $1-made
module usr/lib/modules/$1-made/kernel/fs/alpha.ko 0644 license=GPL\ndepends=\nname=alpha\n
file usr/lib/modules/$1-made/modules.builtin 0644
file usr/lib/modules/$1-made/modules.order 0644 kernel/fs/alpha.ko\n
S
}
archive_minimum
firmware 65536 2025.02-1
stub 252.1
kernel 6.1
archive_deb app 1.0 <<'S'
control Depends: first | second, library (>= 1)
control Source: application (1.0-2)
file usr/bin/app 0755 the application\n
file usr/lib/systemd/system/app.service 0644 [Service]\nExecStart=/usr/bin/app\n[Install]\nWantedBy=multi-user.target\n
file usr/lib/systemd/system/quiet.service 0644 [Service]\n
link usr/lib/systemd/system/sockets.target.wants/own.socket ../own.socket
file usr/lib/sysusers.d/app.conf 0644 u app-user 500 "The App" /var/lib/app /bin/sh\n
S
archive_deb second <<<'file usr/share/second 0644 2\n'
archive_deb library 1.1 <<<'control Depends: deeper'
archive_deb deeper <<<'fill usr/share/deeper 0644 300000'
archive_deb noise <<<'file usr/share/noise 0644 never\n'
archive_publish

mkdir -p made/overlay/etc
echo overlaid >made/overlay/etc/overlaid
cat >made/assay.yaml <<Y
format: assay/1
name: made
source-date-epoch: $archive_epoch
suites:
  - {archive: debian, suite: made, components: [main]}
packages: [app, kernel, noise]
leave-out: [noise-not, first]
firmware: {packages: [firmware, stub], code: usr/share/made/code.fd, vars: usr/share/made/vars.fd}
image:
  command-line: [console=ttyS0, quiet]
  kernel: boot/vmlinuz-*
  stub: usr/lib/made/linux.stub
  initrd: {modules: [alpha]}
  kernel-modules: [alpha]
  users:
    - {name: operator, uid: 1000, gid: 1000, shell: /bin/bash}
  units:
    enable: [app.service]
    mask: [quiet.service]
  overlays: [overlay]
  exclude: ["boot/**"]
  ports: [8080/tcp, 53/udp]
platforms: [qemu-vtpm]
Y
sed -i 's/, noise]/]/; s/noise-not, first/noise/' made/assay.yaml
check "it is locked" "$assay" lock made "${mirror[@]}" "${lock[@]}" -q
build() { "$assay" build made -o "$1" "${mirror[@]}" --no-observe -q >built 2>&1 || { bad "it is built: $(tail -2 built)"; exit 1; }; }
build out

# ---- assay show ----
# says NAME FILE PATTERN...: every pattern stands in a line of the file.
says() {
	local name=$1 file=$2 pattern
	shift 2
	for pattern; do
		grep -qE -- "$pattern" "$file" || { bad "$name: nothing like '$pattern'"; return; }
	done
	ok "$name"
}
"$assay" show out --store "$work/store" >text || bad "an image is shown"
says "who made it" text '^image made, nothing in it newer than 2023-11-14 22:13 UTC$' '^vouched for by this store: its manifest and values were made here$'
says "sizes and layers" text '^  disk.img +[0-9.]+ MB$' '^    kernel .*boot/vmlinuz-made$' 'systemd-stub 252.1$' 'OVMF 2025.02-1$'
says "the command line" text '^  console=ttyS0 quiet' 'assay.verity=1,'
says "where files come from" text '^  package +[0-9]+ files ' '^  overlay +1 files ' '^  generated +[0-9]+ files '
says "the biggest packages" text '^  deeper +1 files +0.30 MB$'
says "users and who can log in" text '^  root +0 +/bin/sh +no: the password is locked$' '^  app-user +500 .* no' '^  operator +1000 +/bin/bash +no: the password is locked$' 'and 1 of every Debian'
says "units" text '^  app.service +enabled, by multi-user.target$' '1 pulled in by their packages, 1 masked'
says "open ports" text '^  8080/tcp$' '^  53/udp$'
says "registers and how they were made" text '^  PCR 4 +computed: ' '^  PCR 1 +no value: ' '^  PCR 0 +no value: ' "^          $(jq -r '.shapes[0].registers[] | select(.register == 11).values.sha256' out/reference-values.json)$"
says "coverage" text '^  initrd +PCR 9, PCR 11$' '^  root file system +PCR 9, PCR 11$'
says "where the bytes that are measured come from" text '^where its bytes come from, of [0-9.]+ MB that are measured$' \
	'^  [0-9.]+ % source, [0-9.]+ % distribution' '^  firmware +distribution +package:firmware$' '^  kernel +distribution +package:'
same "a module of the initrd is its package's, whoever decompressed it" "package:$(jq -r '.outputs.uki.kernel.origin' out/manifest.json | cut -d: -f2) distribution" \
	"$(jq -r '."initrd-files"[] | select(.path == "lib/modules/alpha.ko") | "\(.origin) \(.class)"' out/manifest.json)"
check "lines fit 80 columns, but for one long word" test "$(grep -v 'assay.verity=' text | awk '{ if (length > n) n = length } END { print n }')" -le 80
"$assay" show out --store "$work/store" --packages >packages
says "packages with version and source" packages '^app 1.0 \(source application 1.0-2\): image$' '^firmware 2025.02-1 .*: firmware$'
"$assay" show out --store "$work/store" --units >units
says "all units" units '^enabled    app.service by multi-user.target$' '^pulled in  own.socket by sockets.target$' '^masked     quiet.service$'
"$assay" show out --store "$work/store" --files 'usr/bin/*' >files
says "files by name" files '^root +16  usr/bin/app  \(package:app\)$'
check "no file is a no" bash -c "'$assay' show out --store store --files none 2>said; [ \$? = 1 ] && grep -q '^hint: ' said"
"$assay" show out --store "$work/store" --json --files 'etc/over*' >shown.json
same "JSON has all of it" "$(jq -c 'keys_unsorted' shown.json)" '["format","name","image-version","source-date-epoch","manifest-sha256","reference-values-sha256","other-manifest","built-here","layers","measured-bytes","origins","packages","users","units","ports","platforms","initrd-files","root-files"]'
same "JSON says the same" "$(jq -r '"\(.format) \(."built-here") \(.ports | join(",")) \(.units.enabled[0].unit) \(.units.masked[0]) \([.users[] | select(."can-log-in")] | length) \(."root-files"[0].origin)"' shown.json)" \
	'assay.show/1 true 8080/tcp,53/udp app.service quiet.service 0 overlay:overlay'
same "bytes add up" "$(jq '[.origins[].bytes] | add' shown.json)" "$(jq '[(."root-files", ."initrd-files")[].size] | add' out/manifest.json)"
same "so do those that are measured" "$(jq '.["measured-bytes"] | add' shown.json)" \
	"$(jq '([(."root-files", ."initrd-files")[], .outputs.uki.kernel, .outputs.uki.stub, .firmware.code, .firmware.vars] | map(.size) | add) + (.outputs.uki."command-line" | utf8bytelength)' out/manifest.json)"
mkdir empty-store
"$assay" show out --store "$work/empty-store" >other
says "another store vouches for nothing" other '^vouched for by nobody here: an unsigned claim'
mkdir mixed && cp out/reference-values.json mixed/ && sed 's/"name": "made"/"name": "evil\\u001b[31m"/' out/manifest.json >mixed/manifest.json
check "another manifest is a no" bash -c "'$assay' show mixed --store store >mixed.text; [ \$? = 1 ]"
says "it says so, and steers no terminal" mixed.text '^DIFFERS: ' '^image evil\\x1b\[31m,'

check "a full disk ends in what to do" bash -c "'$assay' show out --store store --json >/dev/full 2>said; [ \$? = 2 ] && grep -q '^hint: the disk is full' said"
# ends NAME PATTERN HINT VERB...: no answer, why, and what to do.
ends() {
	local name=$1 pattern=$2 hint=$3
	shift 3
	"$assay" "$@" >said 2>&1
	[ $? = 2 ] || { bad "$name: another exit code"; return; }
	says "$name" said "^assay: cannot .*$pattern" "^hint: .*$hint"
}
values=(--reference-values out/reference-values.json)
ends "a trust file that is none" "trust file: format" 'assay-trust\(5\)' verify http://127.0.0.1:1 "${values[@]}" --trust made/assay.yaml
ends "a nonce that is none" '64 lower-case hex digits' 'assay verify --help' verify http://127.0.0.1:1 "${values[@]}" --nonce xyz
ends "evidence that is none" "made/assay.yaml" 'assay verify --save' verify made/assay.yaml "${values[@]}"
ends "nobody answers" 'no answer from' 'the other side is running' verify http://127.0.0.1:1 "${values[@]}"
cp -r out torn && truncate -s 1000 torn/uki.efi
ends "a damaged image" 'UKI: ' 'build it again, or get it again' measure torn --store store
cp out/uki.efi torn/ && printf x | dd of=torn/disk.img bs=1 seek=2000000 conv=notrunc 2>/dev/null
check "a changed image is a no with a hint" bash -c "'$assay' measure torn --store store >said 2>&1; [ \$? = 1 ] && grep -q '^hint: do not use' said"

# ---- assay lock why ----
why() { "$assay" lock why "$@" --store "$work/store" >said 2>&1; }
why deeper made
same "the chain from what was asked for" "$(cat said)" "in image
  app 1.0: asked for in assay.yaml
  library 1.1: Depends: library (>= 1)
  deeper 1: Depends: deeper"
why base made
says "what is Essential" said '^  base 1: Essential: every Debian has it$'
why stub made
says "of the firmware" said '^in firmware$' '^  stub 252.1: asked for in assay.yaml$'
"$assay" lock why deeper made --store "$work/empty-store" >said 2>&1
says "without indexes the lock's own reasons" said '^  app 1.0: asked for' '^  deeper 1: the one before depends on it$' 'from the reasons that the lock keeps'
check "a name that is not there is a no" bash -c "'$assay' lock why libary made --store store 2>said; [ \$? = 1 ]"
says "and near names are named" said "'libary' is not in the lock" '^hint: did you mean library\?$'
sed 's/^packages:.*/packages: [app, kernel, library]/; s/^leave-out:.*/leave-out: [deeper]/' made/assay.yaml >left.yaml
mkdir left && cp left.yaml left/assay.yaml && cp -r made/overlay left/
"$assay" lock left "${mirror[@]}" "${lock[@]}" -q >/dev/null
check "what is left out is a no" bash -c "'$assay' lock why deeper left --store store 2>said; [ \$? = 1 ]"
says "and says so" said 'assay.yaml leaves it out' '^hint: take it out of leave-out'
"$assay" lock why deeper made --store "$work/store" --json >said
same "why as JSON" "$(jq -c '[.format, ."in-lock", .chains[0].set, .chains[0].begin, .chains[0].steps[2].dependency]' said)" \
	'["assay.lock-why/1",true,"image","seed","deeper"]'

# ---- assay lock --update ----
moved() { # OLD NEW: the registers that have other values, as a JSON list
	jq -nc --slurpfile a "$1/reference-values.json" --slurpfile b "$2/reference-values.json" \
		'[$a[0].shapes[0].registers, $b[0].shapes[0].registers] | transpose | [.[] | select(.[0].values != .[1].values)[0].register]'
}
# update NAME WILL MAY MOVED: what is said before, and what the build then gives. PCR 0 has no value here: nothing boots.
n=0
update() {
	n=$((n + 1))
	archive_publish
	"$assay" lock made --update "${mirror[@]}" "${lock[@]}" -q --json >update.json 2>said || { bad "$1: $(cat said)"; return; }
	same "$1: registers that will move" "$(jq -c '.registers."will-move"' update.json)" "$2"
	same "$1: registers that may" "$(jq -c '.registers."may-move"' update.json)" "$3"
	build out-new
	same "$1: those that did" "$(moved out out-new)" "$4"
	rm -rf out && mv out-new out
}
update 'nothing new' '[]' '[]' '[]'
archive_deb second 2 <<<'file usr/share/second 0644 2\n'
update 'a package of the image' '[4,5,9,11]' '[]' '[4,5,9,11]'
same "the change is named" "$(jq -c '.changes' update.json)" '[{"change":"replaced","name":"second","before":"1","after":"2","why":"dependency of app","sets":["image"]}]'
kernel 6.2
update 'the kernel' '[4,5,9,11]' '[]' '[4,5,9,11]'
same "which part it is" "$(jq -c '[.registers.reasons[] | "\(.part) \(.sure)"]' update.json)" '["kernel true","initrd false","root file system true"]'
stub 252.2
update 'the stub' '[4,5]' '[9,11]' '[4,5]'
stub 257.1
update 'a stub that measures more' '[4,5]' '[9,11]' '[4,5,9,11]'
firmware 131072 2025.02-2
update 'the firmware' '[0]' '[7]' '[]'
firmware 131072 2022.11-1
update 'an older firmware' '[0]' '[7]' '[7]'
sed -i '/^source-date-epoch/d' made/assay.yaml
update 'times of the Release instead' '[]' '[]' '[]'
archive_date='Wed, 15 Nov 2023 22:13:20 UTC'
update 'no package, but a newer Release' '[4,5,9,11]' '[]' '[4,5,9,11]'
same "and says why" "$(jq -r '.registers.reasons[0].because, (.changes | length)' update.json | tr '\n' ' ')" 'times in the image follow the newest Release 0 '
archive_deb second 3 <<<'file usr/share/second 0644 3\n'
archive_publish
"$assay" lock made --update "${mirror[@]}" "${lock[@]}" >said 2>&1
says "for a person" said '^~ second 2 -> 3$' '^registers that will move: PCR 4 5 9 11$' '^  root file system: 1 package of the image$'
"$assay" lock verify made "${mirror[@]}" "${lock[@]}" --json >said 2>/dev/null
same "lock verify as JSON" "$(jq -c '[.format, .ok, .packages, .suites[0].suite]' said)" "[\"assay.lock-verify/1\",true,$(jq '.packages | length' made/assay.lock),\"made\"]"

# ---- progress ----
"$assay" build made -o out "${mirror[@]}" --no-observe >/dev/null 2>piped
check "a pipe gets plain lines with timings" bash -c "grep -qE '^  fetch +[0-9.]+ s$' piped && grep -qE '^  image +[0-9.]+ s$' piped && ! grep -q \$'\r' piped"
"$assay" build made -o out "${mirror[@]}" --no-observe -q >/dev/null 2>quiet
check "with -q nothing" test ! -s quiet
script -qec "stty cols 50; $assay build made -o out --mirror $work/mirror --store $work/store-2 --no-observe" typescript >/dev/null </dev/null
# What stands in the end: of each line what is behind its last carriage return but one.
sed 's/\r*$//; s/.*\r//' typescript >lines
check "a terminal gets a line that changes" bash -c "grep -q \$'\r  fetch ' typescript && grep -q \$'\r  packages ' typescript"
says "and in the end the same lines" lines '^  fetch +[0-9.]+ s *$' '^  packages +[0-9.]+ s *$' '^  reference values +[0-9.]+ s *$'
check "none is wider than the terminal" test "$(tr '\r' '\n' <typescript | grep -E '^  (fetch|components|packages|trees|image|manifest) ' | awk '{ if (length > n) n = length } END { print n }')" -lt 50
