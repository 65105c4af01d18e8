# Freshness and rollback, publications, and the recipe of a rebuilder. Sourced by test/accept/7.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# The recipe is ten lines and is the script that is shipped; systemd, where it is here, takes the units.
recipe() {
	local dir=$root/examples/rebuilder n
	sh -n "$dir/rebuild-new" || return
	n=$(grep -cvE '^(#|$)' "$dir/rebuild-new")
	[ "$n" -le 14 ] || { echo "the script has $n lines"; return 1; }
	for verb in 'log monitor' rebuild sign 'log add'; do
		grep -q "assay $verb" "$dir/rebuild-new" || { echo "it does not run assay $verb"; return 1; }
		"$assay" --help | grep -q "^  $verb  " || { echo "there is no assay $verb"; return 1; }
	done
	if command -v systemd-analyze >/dev/null; then
		sed 's,^ExecStart=.*,ExecStart=/bin/true,; /^User=/d' "$dir/assay-rebuilder.service" >"$work/assay-rebuilder.service"
		cp "$dir/assay-rebuilder.timer" "$work/"
		systemd-analyze verify "$work/assay-rebuilder.timer" 2>&1 | grep -i 'assay-rebuilder' && return 1
	fi
	echo "$n lines of shell, a service and a timer"
}

# doc/rebuilders.md says what a statement does not prove.
rebuilders_documented() {
	local word n=0
	for word in 'lazy rebuilder can read' 'by.variations' 'Challenge builds' 'operator' 'assay-rebuilder.timer' 'assay log monitor'; do
		grep -q -- "$word" "$root/doc/rebuilders.md" || { echo "it does not speak of $word"; return 1; }
		n=$((n + 1))
	done
	echo "$n of $n words"
}

section "freshness and rollback"
unit "a signed channel {name, counter, accepted images, expires}: each member missing, changed or misspelt is refused" channel reads refuses many writes
unit "  signed by somebody whom the trust file names, every bit of it" channel opens
unit "  expired, of another name, good for too long, without this image: each by its name" channel judges
unit "the last seen checkpoint and counter: rollback, fork and replay are told apart" last_seen logs channels
unit "  kept as bytes in one form; what is not of it is an error" last_seen bytes refuses
e2e "  in XDG_STATE_HOME, for its owner alone, and never begun anew" publication 'what was seen is remembered' 'for its owner alone' 'a damaged memory is an error' 'that says what to do' 'and is not begun anew'
e2e "  kill -9 leaves none or a whole one; of several at once none forgets" publication 'a verifier that is killed leaves none or a whole one' 'six verifiers at once leave it whole'
e2e "  advanced by nothing that is refused or does not count" publication 'nothing of all that is remembered' 'none of them is remembered'
unit "max-age on cosignatures, and as many witnesses as the user asks for" published proofs
e2e "an outdated but validly rebuilt image: refused with its reason" publication 'an outdated image that was once right is refused'
e2e "a rolled-back log: refused with its reason" publication 'and then the shorter one is rolled back' 'another one of the same size is a fork'
e2e "a replayed channel: refused with its reason" publication 'a replayed channel is refused' 'so is a second one of the same counter' 'and then the one before is old'
e2e "an expired channel: refused with its reason" publication 'an expired one' 'one that would be good for ever'
e2e "assay channel new and bump: the counter rises, under one key that only its owner can read" publication 'a next one has the next counter' 'another key cannot go on with it' 'a key that others can read is refused' 'the private key is nowhere in it'

section "publishing"
e2e "assay publish: one folder, every file in its index" publication 'it is published' 'the index lists every file but itself' 'with the digests that they have'
e2e "  description with overlays and component sources, lock with its InRelease and indexes" publication 'the description, its overlays and its lock are in it' 'and what the archives signed'
e2e "  manifest, reference values, statements, channel, proofs, SBOM" publication 'statement, proof, channel and bill of materials are in it'
e2e "  optionally the archive: then nothing else is needed to rebuild" publication 'with --archive the packages are in it' 'and nothing else is needed'
e2e "  the same content gives the same folder" publication 'the same publication has the same names, bytes, modes and times'
e2e "  whole or not at all, also with kill -9; nothing but a publication is replaced" publication 'kill -9 at any point leaves a whole publication' 'nothing else is' 'and stays'
e2e "  what is not about the image is not published" publication "a description that is not the image's is refused" 'a statement of another image' 'a proof of nothing that is published' 'so is a channel without the image' 'a bill of materials of another build'
e2e "assay rebuild takes such a folder, and a URL" publication 'it is rebuilt from the publication' 'rebuilds from there, with signatures that the archive forgot'
e2e "assay verify --publication takes a folder, and a URL, of which only what is needed is asked" publication 'a machine is verified from the publication alone' 'a publication on a web server' 'nothing is asked but what is needed'
e2e "  a file that was altered, cut or made longer is refused" publication 'a file that was altered is refused' 'what is cut there is refused' 'and what is longer than listed'
e2e "  altered values with an index to match are refused" publication 'altered values with an index to match are not among the accepted'
unit "what a publication carries may narrow, never widen: its own signer, log and witnesses change nothing" published malicious
e2e "  a publication that is malicious throughout changes nothing" publication "its own signer is nobody's" 'and its log counts for nothing' 'nothing of it is remembered' 'it vouches for nobody: without rebuilders that the user knows nothing is affirmed' 'and roots come from the user alone'

section "the recipe of a rebuilder"
direct "a systemd timer and ten lines: watch a log, rebuild what appears, publish the statement" recipe
direct "doc/rebuilders.md says what a statement does not prove" rebuilders_documented
