#!/bin/bash
# assay rebuild: what an independent party runs. A lock, an output folder and a publication on a web server are built again;
# statements of yes, no and failure; what a hostile publication cannot do. And examples/hello, register for register.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
archive_can rebuild || exit 0
server=
at_end() {
	[ -z "$server" ] || kill "$server" 2>/dev/null
	archive_end
}
archive_start || { bad "an archive can be signed"; exit 1; }
export TMPDIR=$work/tmp
mkdir "$TMPDIR"

archive_minimum
archive_deb app <<'S'
file usr/bin/app 0755 an app\n
S
archive_publish
made=$work/project/made
mkdir -p "$made/overlay/etc" "$work/project/shared"
archive_description "kernel, app" | sed 's/^platforms/  overlays: [overlay, ..\/shared]\n&/' >"$made/assay.yaml"
echo one >"$made/overlay/etc/one"
printf '#!/bin/sh\n' >"$made/overlay/etc/run"
chmod 755 "$made/overlay/etc/run"
ln -s one "$made/overlay/etc/two"
ln -s /etc/passwd "$made/overlay/etc/three"
mkdir "$made/overlay/empty"
echo shared >"$work/project/shared/four"
cd "$work" || exit
store=$work/store
from=(--mirror "$work/mirror" --store "$store")
"$assay" lock "$made" "${from[@]}" --keyring "$archive_keyring" -q >/dev/null &&
	"$assay" build "$made" -o "$work/out" "${from[@]}" -q >/dev/null || { bad "it can be built"; exit 1; }

# rebuild CODE ARG...: its exit code, what it said in $work/said, the statement in $work/statement.
rebuild() {
	local want=$1 code=0
	shift
	rm -f "$work/statement"
	"$assay" rebuild "$@" --keyring "$archive_keyring" --statement "$work/statement" -q >"$work/said" 2>&1 || code=$?
	[ "$code" = "$want" ] || { echo "exit $code, wanted $want: $(tail -n 2 "$work/said")"; return 1; }
}
result() { jq -r ".predicate.result | ${1:-.}" "$work/statement"; }
by() { jq -r ".predicate.by | $1" "$work/statement"; }
no_statement() { [ ! -e "$work/statement" ]; }
said() { grep -qE -- "$1" "$work/said"; }

# ---- yes ----
check "an output folder with its description is built again" rebuild 0 "$work/out" --description "$made" "${from[@]}" --by somebody
same "all is identical" "$(result .verdict)" identical
same "the archives vouch for all packages" "$(by '."archive-membership".verdict')" verified
same "the statement has the form of in-toto" "$(jq -r '._type + " " + .predicateType' "$work/statement")" \
	"https://in-toto.io/Statement/v1 tag:assay,2026:rebuild/1"
same "its subjects are what was published" "$(jq -r '.subject[] | select(.name == "disk.img").digest.sha256' "$work/statement")" \
	"$(jq -r .outputs.disk.sha256 "$work/out/manifest.json")"
same "it names the lock" "$(result '."lock-sha256"')" "$(digest_of "$made/assay.lock")"
same "and the description" "$(result '."description-sha256"')" "$(digest_of "$made/assay.yaml")"
same "who rebuilt, and with which tool" "$(by '.name + " " + .tool.sha256')" "somebody $(digest_of "$assay")"
same "the printed digest is of the part that is compared" "$(sed -n 's/^result  *//p' "$work/said")" "$(result | sha256sum | cut -d' ' -f1)"
names_no_machine() { ! result | grep -qF -e "$work" -e "$(hostname)" -e "$(date -u +%Y-)" -e "$(uname -r)"; }
check "which has no time and no machine in it" names_no_machine
check "nothing stays in the temporary folder" test -z "$(ls -A "$TMPDIR")"
first=$(result | sha256sum)

# Somebody else: another store, folder, zone, umask. The part that is compared is the same to the byte.
(umask 077 && TZ=Asia/Tokyo "$assay" rebuild "$work/out" --description "$made" --mirror "$work/mirror" --store "$work/store2" \
	--keyring "$archive_keyring" --by else -o "$work/else" --json -q >"$work/statement")
same "another rebuilder's result is the same bytes" "$(result | sha256sum)" "$first"
same "and only the other part differs" "$(by .name)" else
same "with -o the image stays" "$(digests "$work/else")" "$(digests "$work/out")"

check "a lock alone is built" rebuild 0 "$made/assay.lock" "${from[@]}"
same "with nothing to compare" "$(result '.verdict + " " + .outputs[6].sha256')" "built $(digest_of "$work/out/disk.img")"

# ---- publications ----
publish() { # FOLDER: manifest and values, and the archive of inputs
	rm -rf "$1" && mkdir -p "$1" && cp "$work/out/manifest.json" "$work/out/reference-values.json" "$1" &&
		"$assay" archive "$1/archive" "$made" "${from[@]}" -q >/dev/null
}
publish "$work/pub"
check "a publication holds its own sources" rebuild 0 "$work/pub" --mirror "$work/pub/archive" --store "$work/store3"
same "and gives the same result" "$(result | sha256sum)" "$first"
same "sources.json lists links, bits and folders" \
	"$(jq -r '[.description, (.links | length), (.folders | index("made/overlay/empty") != null), ([.files[] | select(.executable).path] | join(" "))] | join(" ")' "$work/pub/archive/sources.json")" \
	'made 2 true made/overlay/etc/run'

serve() {
	local port
	port=$(python3 -c 'import random, socket
while True:
	s = socket.socket()
	try: s.bind(("127.0.0.1", random.randrange(20000, 32000)))
	except OSError: continue
	print(s.getsockname()[1]); break')
	python3 -m http.server --bind 127.0.0.1 -d "$work/served" "$port" >"$work/asked" 2>&1 &
	server=$!
	url=http://127.0.0.1:$port
	for _ in $(seq 50); do curl -s -o /dev/null "$url/" && return; sleep 0.1; done
}
mkdir "$work/served"
cp -r "$work/pub" "$work/served/pub"
if command -v python3 >/dev/null && command -v curl >/dev/null && serve; then
	: >"$work/asked"
	check "from a web server, with an empty store" rebuild 0 "$url/pub" --mirror "$url/pub/archive" --store "$work/store4"
	same "the result is the same bytes" "$(result | sha256sum)" "$first"
	check "nothing is asked but what has a name" test -z "$(sed -nE 's/.*"GET ([^ ]*) .*/\1/p' "$work/asked" | grep -vE '^/pub/(manifest.json|reference-values.json|sources.json|archive/sources.json|archive/(source|debian)/.*[^/])$')"
	check "nothing stays of it" test -z "$(ls -A "$TMPDIR")"

	# Hostile lists. Each is a copy of the honest one with one change.
	hostile() { # NAME PATTERN JQ...
		local name=$1 pattern=$2
		rm -rf "$work/served/bad" && cp -r "$work/pub" "$work/served/bad"
		jq "$3" "$work/pub/archive/sources.json" >"$work/served/bad/archive/sources.json"
		check "$name" rebuild 2 "$url/bad" "${from[@]}"
		check "$name: says why" said "$pattern"
		said "$pattern" || cat "$work/said"
		check "$name: no statement, nothing left" test -z "$(ls -A "$TMPDIR")" -a ! -e "$work/statement"
	}
	hostile 'a path that leads up is refused' 'path' '.files[0].path = "../../escaped"'
	hostile 'an absolute path is refused' 'path' '.files[0].path = "/tmp/escaped"'
	mkdir -p "$work/pub/archive/source/made/way" && cp "$made/assay.lock" "$work/pub/archive/source/made/way/escaped"
	hostile 'a file below a link is refused' 'is no folder|not a folder|symbolic link' \
		'.links += [{path: "made/way", target: "/tmp"}] | .files[0].path = "made/way/escaped"'
	hostile 'a path that is listed twice is refused' 'claimed twice' '.files += [.files[0]]'
	hostile 'a description elsewhere is refused' "cannot|not there|no " '.description = "elsewhere"'
	hostile 'other bytes than listed are refused' 'SHA-256 is' '.files[0].sha256 = ("0" * 64)'
	hostile 'a size without end is refused' 'size|limit|more than' '.files[0].size = 99999999999'
	hostile 'an unknown member is refused' "'extra'" '.extra = 1'
	hostile 'another format is refused' 'assay.sources/1' '.format = "assay.sources/9"'
	# A description that would have a folder of this machine built in.
	rm -rf "$work/served/bad" && cp -r "$work/pub" "$work/served/bad"
	sed 's,\.\./shared,../../../../../../../etc/apt,' "$made/assay.yaml" >"$work/served/bad/archive/source/made/assay.yaml"
	jq --arg d "$(digest_of "$work/served/bad/archive/source/made/assay.yaml")" --argjson n "$(stat -c %s "$work/served/bad/archive/source/made/assay.yaml")" \
		'(.files[] | select(.path == "made/assay.yaml")) |= (.sha256 = $d | .size = $n)' "$work/pub/archive/sources.json" >"$work/served/bad/archive/sources.json"
	check "a folder of this machine is not built in" rebuild 2 "$url/bad" "${from[@]}"
	check "and named" said "names the folder '../../../../../../../etc/apt'"
	rm -f "$work/served/bad/archive/sources.json"
	check "a server without sources is no answer" rebuild 2 "$url/bad" "${from[@]}"
	check "unless they are at hand" rebuild 0 "$url/bad" --description "$made" "${from[@]}"
	kill "$server" && wait "$server" 2>/dev/null
	server=
	check "a dead URL is no answer" rebuild 2 "$url/pub" "${from[@]}"
	check "and leaves no statement" no_statement
else
	skip rebuild-web "no python3 or curl"
fi

# ---- no ----
tampered() { # JQ [FILE]: the published folder with one change
	publish "$work/bad"
	jq "$1" "$work/out/${2:-manifest.json}" >"$work/bad/${2:-manifest.json}"
}
tampered '.outputs.disk.sha256 = ("0" * 64)'
check "a manifest that names another disk is found out" rebuild 1 "$work/bad" "${from[@]}"
same "as the first difference" "$(result '.verdict + " " + ."first-difference".artefact')" 'differs disk.img'
same "both digests stand there" "$(result '."first-difference".rebuilt')" "$(digest_of "$work/out/disk.img")"
check "what was built stays, and assay diff is named" said "hint: .*assay diff $work/bad $TMPDIR/"
rm -rf "${TMPDIR:?}"/*
tampered '(."root-files"[] | select(.path == "usr/bin/app").sha256) = ("1" * 64) | .outputs.disk.sha256 = ("0" * 64)'
check "a file that is another one is found out" rebuild 1 "$work/bad" "${from[@]}"
same "by its path, before what follows from it" "$(result '."first-difference".artefact')" 'root: usr/bin/app'
tampered '(."root-files"[] | select(.path == "usr/bin/app").size) as $n | del(."root-files"[] | select(.path == "usr/bin/app")) | ."measured-bytes".distribution -= $n'
check "a file that is not in the manifest is found out" rebuild 1 "$work/bad" "${from[@]}"
same "as one that was not published" "$(result '."first-difference" | .artefact + " " + (has("published") | tostring)')" 'root: usr/bin/app false'
tampered '.manifest_sha256 = ("2" * 64)' reference-values.json
check "values of another image are found out" rebuild 1 "$work/bad" "${from[@]}"
same "as such" "$(result '."first-difference".artefact')" reference-values.json
rm -rf "${TMPDIR:?}"/*

cp -r "$work/project" "$work/other"
sed -i 's/^source-date-epoch: .*/source-date-epoch: 1600000000/' "$work/other/made/assay.yaml"
"$assay" lock "$work/other/made" --update "${from[@]}" --keyring "$archive_keyring" -q >/dev/null
check "sources that are not the published ones are found out" rebuild 1 "$work/out" --description "$work/other/made" "${from[@]}"
same "before anything is built" "$(result '.verdict + " " + ."first-difference".artefact + " " + (.outputs | length | tostring)')" 'differs assay.yaml 0'
archive_deb app 2 <<'S'
file usr/bin/app 0755 another\n
S
archive_publish
cp "$made/assay.yaml" "$work/other/made/"
"$assay" lock "$work/other/made" --update "${from[@]}" --keyring "$archive_keyring" -q >/dev/null
check "another lock is found out" rebuild 1 "$work/out" --description "$work/other/made" "${from[@]}"
same "as the first difference, too" "$(result '."first-difference".artefact')" assay.lock

# ---- failures are statements, too ----
"$assay" build "$work/other/made" -o "$work/out2" "${from[@]}" -q >/dev/null
forged=$work/forged
cp -r "$work/other/made" "$forged"
jq --arg old "$(jq -r '.packages[] | select(.name == "app").sha256' "$made/assay.lock")" --argjson n "$(jq '.packages[] | select(.name == "app").size' "$made/assay.lock")" \
	'(.packages[] | select(.name == "app")) |= (.sha256 = $old | .size = $n)' "$work/other/made/assay.lock" >"$forged/assay.lock"
check "a lock that the archive never signed is refused" rebuild 1 "$forged" "${from[@]}"
same "and not built" "$(result '.verdict + " " + ."failed-at" + " " + (.outputs | length | tostring)')" 'failed lock 0'
same "its chain is not verified" "$(by '."archive-membership".verdict')" not
other_key() {
	local home=$GNUPGHOME
	GNUPGHOME=$work/other-key
	mkdir -m 700 "$GNUPGHOME"
	gpg --batch -q --passphrase '' --quick-gen-key 'other <other@example.org>' ed25519 sign never 2>/dev/null &&
		gpg -q --export other@example.org >"$work/other.gpg"
	gpgconf --kill all
	GNUPGHOME=$home
}
other_key
unsigned() { "$assay" rebuild "$work/out" --description "$made" "${from[@]}" --keyring "$work/other.gpg" --statement "$work/statement" -q >"$work/said" 2>&1; [ $? = 1 ]; }
check "an archive that nobody signed whom one knows is a no" unsigned
same "that says so" "$(by '."archive-membership".verdict') $(result '."failed-at"')" 'not lock'
# The InRelease is gone from store and mirrors: the image is built, but nobody knows whether the archives vouch for it.
"$assay" fetch "$made" --mirror "$work/pub/archive" --store "$work/store5" -q
mkdir "$work/no-release" && cp -r "$work/pub/archive/debian" "$work/pub/archive/objects" "$work/no-release/"
rm "$work/no-release/debian/dists/made/InRelease"
check "a chain that cannot be followed is no yes" rebuild 1 "$work/out" --description "$made" --mirror "$work/no-release" --store "$work/store5"
same "but all is identical, and the result is the same bytes" "$(result .verdict) $(result | sha256sum)" "identical $first"
same "and who asks is told" "$(by '."archive-membership" | .verdict + " " + (.why | length > 9 | tostring)')" 'not true'

cp -r "$work/other/made" "$work/fails"
sed -i 's#^  exclude:.*#  exclude: [boot/**, nothing/**]#' "$work/fails/assay.yaml"
"$assay" lock "$work/fails" --update "${from[@]}" --keyring "$archive_keyring" -q >/dev/null
cp -r "$work/project/shared" "$work/shared"
check "what does not build is a statement" rebuild 1 "$work/fails" "${from[@]}"
same "that says where" "$(result '.verdict + " " + ."failed-at"')" 'failed build'
check "and why, in the part that is not compared" test -n "$(by .why)" -a "$(result .why)" = null
sed -i 's/^packages:.*/packages: [kernel, app, base]/' "$work/fails/assay.yaml"
check "a stale lock is one, too" rebuild 1 "$work/fails" "${from[@]}"
same "of the lock" "$(result '.verdict + " " + ."failed-at"')" 'failed lock'

# ---- no answer ----
for target in "$work/nothing" "$work/out/disk.img" "$work/mirror" file:///etc http://user@127.0.0.1/x; do
	check "no answer for ${target##*/}" rebuild 2 "$target" "${from[@]}"
	no_statement || bad "and no statement for $target"
done
publish "$work/bad"
head -c 1000 "$work/out/manifest.json" >"$work/bad/manifest.json"
check "a manifest that is cut is no answer" rebuild 2 "$work/bad" "${from[@]}"
check "packages that nobody has are no answer" rebuild 2 "$work/out" --description "$made" --mirror "$work/project" --store "$work/store6"
# Who has no QEMU cannot see what PCR 0 of a firmware is, and has found out nothing about the image.
cp -r "$made" "$work/project/tpm"
sed -i 's/^platforms: .*/platforms: [qemu-vtpm]/' "$work/project/tpm/assay.yaml"
"$assay" lock "$work/project/tpm" --update "${from[@]}" --keyring "$archive_keyring" -q >/dev/null
mkdir "$work/few" && for tool in gpgv rm tail; do ln -s "$(command -v $tool)" "$work/few/"; done
PATH=$work/few check "a machine without QEMU has no answer" rebuild 2 "$work/project/tpm" "${from[@]}"
check "says so" said 'qemu-system-x86_64.*No such file'
check "and signs nothing" no_statement

# ---- hello: every register ----
store=${ASSAY_STORE:-$XDG_CACHE_HOME/assay}
hello_ready && "$assay" build "$hello" -o "$work/hello" --store "$store" --no-observe -q >/dev/null || { bad "hello can be built"; exit 1; }
hello_rebuilt() {
	"$assay" rebuild "$work/hello" --description "$hello" --store "$store" --no-observe --statement "$work/statement" -q >"$work/said" 2>&1
	[ $? -le 1 ] && [ "$(result .verdict)" = identical ]
}
check "hello's register values are the published ones" hello_rebuilt
same "its components are compiled anew, whatever the store knows" "$(by '."components-made"')" 2
same "assay statement show reads the same result" "$("$assay" statement show "$work/statement" | sed -n 's/^result  *//p')" "$(sed -n 's/^result  *//p' "$work/said")"
same "the statement has each of them" \
	"$(jq -r '.shapes[0].registers[] | select(.how == "computed") | "\(.register) \(.values.sha256)"' "$work/hello/reference-values.json")" \
	"$(result '.registers[] | select(.platform == "qemu-vtpm") | "\(.register) \(.sha256)"')"
mkdir "$work/hello-bad"
cp "$work/hello/manifest.json" "$work/hello-bad"
# The words around the values are compared, too, whoever observed PCR 0.
other_values() {
	jq "$1" "$work/hello/reference-values.json" >"$work/hello-bad/reference-values.json"
	"$assay" rebuild "$work/hello-bad" --description "$hello" --store "$store" --no-observe --statement "$work/statement" -q >"$work/said" 2>&1
	[ "$(result .verdict)" = differs ]
}
check "values with another coverage are found out" other_values '.shapes[0].coverage[0].by = "PCR 9"'
same "as a file that is not what the image gives" "$(result '."first-difference".artefact')" reference-values.json
