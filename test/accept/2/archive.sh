# The archive of all inputs, and the SBOM. Sourced by test/accept/2.sh.
# shellcheck shell=bash disable=SC2154,SC2317
# shellcheck source=test/sbom.sh
. "$root/test/sbom.sh"

# hello's archive: found right by sha256sum, fetched and verified from by an empty store without a network.
archive_of_hello() {
	local hello=$hello a=$work/archive-of-hello s=$work/archive-store
	hello_with_releases || { echo "no mirror can be asked"; return 3; }
	"$assay" archive "$a" "$hello" --store "$store" >"$work/archived" 2>&1 || { tail -n 1 "$work/archived"; return 1; }
	(cd "$a" && sha256sum -c --quiet --strict SHA256SUMS) || return
	unshare -rn "$assay" fetch "$a/description" --mirror "$a" --store "$s" -q || return
	unshare -rn "$assay" lock verify "$a/description" --mirror "$a" --store "$s" >"$work/replayed" 2>&1 || return
	grep -q '^verified: ' "$work/replayed" || return
	sed -nE "s,.*SHA256SUMS: (.*),\\1 $(du -sm "$a" | cut -f1) MB,p" "$work/archived"
	rm -rf "$a" "$s"
}

sbom_of_hello() {
	local sbom=$out/sbom.spdx.json
	sbom_is_valid "$sbom" && sbom_names_itself "$sbom" && sbom_agrees "$sbom" "$hello/assay.lock" "$out/manifest.json" &&
		jq -r '"\(.packages | length) packages, \([.packages[].externalRefs[]?] | length) purls, \(.relationships | length) relationships"' "$sbom"
}

# It holds no name of this machine and no folder, and its time is the source date.
sbom_names_no_machine() {
	local sbom=$out/sbom.spdx.json
	! grep -nF -e "$(hostname)." -e "$root" -e "$work" "$sbom" &&
		[ "$(jq -r '.creationInfo.created | fromdateiso8601' "$sbom")" = "$(jq '."source-date-epoch"' "$out/manifest.json")" ] &&
		jq -r '"created \(.creationInfo.created), the source date"' "$sbom"
}

section "archive"
direct "assay archive OUT_DIR: every locked input of hello in a folder that --mirror accepts" archive_of_hello
unit "  packages, InRelease, indexes, description, overlays, sources: these and no other file" input_tree what_is_named names_of_a_mirror overlaps
e2e "  by digest: objects have it as name, SHA256SUMS lists every file" archive 'SHA256SUMS holds for sha256sum' 'it lists every file' \
	'objects have their digest as name' 'one copy of each byte: links lead to objects' 'what the description does not name stays out'
e2e "from that folder alone, in an empty network namespace: the same bytes" archive 'alone, it is built' 'from the archive alone: the same bytes' \
	'hello is built from it alone' 'hello from its archive alone: the same bytes'
e2e "  years later: the clock five years ahead" archive 'the builds from the archive ran five years later'
e2e "  years later: keys that have expired since are judged by when they signed" archive 'signed before its key expired: verified' \
	'and the expiry is told' 'revoked, too: refused' 'signed after its key expired: refused' 'a new lock wants keys that are valid'
unit "  and every form of it" release expired_keys
unit "  a keyring tells what was revoked" keyring revocations cut other_forms
e2e "two runs, by two people, give the same folder" archive 'two runs give the same folder' 'byte for byte'
e2e "killed or damaged: the next run makes it whole" archive "killed in the middle, the next run makes it whole" \
	'a damaged object is found by sha256sum' 'and never gets into a build' 'and is mended by another run'
unit "  at any point" input_archive killed mended others hostile other_bytes
e2e "an InRelease that no mirror has any more is said, and is no silent gap" archive 'a lost InRelease is refused' 'with what to do' \
	'nothing is written' 'README says what does not hold' 'lock verify gives no answer from it'

section "SBOM"
direct "SPDX 2.3 JSON with purls, and it says what lock and manifest say" sbom_of_hello
direct "  nothing of the machine in it" sbom_names_no_machine
unit "  purls and identifiers of odd names" sbom purls identifiers document namespace
e2e "reproducible: the same from other folders, umasks, users" same-bytes "another folder" "umask 077" "an ordinary user, components made again"
e2e "  and from the archive alone" archive 'SBOM: the same from the archive alone' 'SBOM: valid SPDX 2.3' 'SBOM: the judge of these refuses each change'
