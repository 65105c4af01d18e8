# What an independent party runs. Sourced by test/accept/3.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# hello, built again: every artefact and computed register is the published one.
rebuild_hello() {
	local s=$work/rebuild-statement.json code=0
	"$assay" rebuild "$out" --description "$hello" --store "$store" --no-observe --by accept --statement "$s" >"$work/rebuilt" 2>&1 || code=$?
	[ "$code" -le 1 ] || { tail -n 1 "$work/rebuilt"; return 1; }
	[ "$(jq -r '.predicate.result.verdict' "$s")" = identical ] || { grep -E '^(differs|failed)' "$work/rebuilt"; return 1; }
	jq -r '"\(.predicate.result.outputs | length) artefacts and \(.predicate.result.registers | length) registers are identical; archive-membership: \(.predicate.by."archive-membership".verdict)"' "$s"
}

section "rebuild"
direct "assay rebuild OUT: hello, built again, is what was published" rebuild_hello
e2e "  of a lock, an output folder, a publication, and a URL" rebuild 'a lock alone is built' \
	'an output folder with its description is built again' 'a publication holds its own sources' 'from a web server, with an empty store'
e2e "it verifies the lock's chain itself (archive-membership: verified|not)" rebuild 'the archives vouch for all packages' \
	'a lock that the archive never signed is refused' 'its chain is not verified' 'that says so' 'a chain that cannot be followed is no yes' 'and who asks is told'
e2e "it fetches, with an empty store, and of a server only what has a name" rebuild 'nothing is asked but what has a name' 'nothing stays of it'
e2e "it compares with the published manifest: every output digest" rebuild 'a manifest that names another disk is found out' \
	'a file that is another one is found out' 'by its path, before what follows from it' 'a file that is not in the manifest is found out'
unit "  and every register value, with all words around them" rebuild_compare differences halves
e2e "  of hello, one by one" rebuild "hello's register values are the published ones" 'the statement has each of them' 'values with another coverage are found out'
e2e "the statement is unsigned, an in-toto Statement v1" rebuild 'the statement has the form of in-toto' 'its subjects are what was published'
e2e "  result: lock, outputs, register values; no time, no machine; equal between rebuilders" rebuild 'it names the lock' 'and the description' \
	'which has no time and no machine in it' "another rebuilder's result is the same bytes" 'the printed digest is of the part that is compared'
unit "  also where only one of them observed PCR 0" rebuild_compare result_is_shared
e2e "  by: who, tool digest; never compared" rebuild 'who rebuilt, and with which tool' 'and only the other part differs'
e2e "failures are statements, too: does not build, chain broken, differs" rebuild 'what does not build is a statement' 'that says where' \
	'and why, in the part that is not compared' 'and not built' 'a stale lock is one, too' 'another lock is found out'
e2e "on a difference it points to assay diff" rebuild 'what was built stays, and assay diff is named'
e2e "a hostile publication is refused" rebuild 'a path that leads up is refused' 'a file below a link is refused' 'other bytes than listed are refused' \
	'a size without end is refused' 'a folder of this machine is not built in' 'a dead URL is no answer'
unit "  its list of sources, byte for byte" source_list bad_form bad_tree damaged too_much folders_of_a_description
