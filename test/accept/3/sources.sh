# Components: where their sources come from, what is taken, limits, and how one gets into their box. Sourced by test/accept/3.sh.
# shellcheck shell=bash disable=SC2154,SC2317

section "components"
unit "sources of every kind are described, strictly: errors name line and member" description_component git tarball debian more refuses
e2e "from a folder: the files that are named" sources 'outputs that are folders are built'
unit "  and no other" component sources built_and_cached
e2e "from a git commit, its tree pinned by content digest" sources 'pinned, it is fetched' 'and built' \
	'/src is the tree of the commit: modes, times, links, no .git' 'raw bytes: no attribute of the tree changes a file or leaves one out'
e2e "  another tree under the same commit is refused" sources 'a commit with another tree is refused' 'what it is pinned to is told'
e2e "  git runs without configuration and hooks" sources "the user's configuration of git is not read" 'and none of them ran'
e2e "from a tarball by digest" sources 'tarball gz: /src is what its top folder holds, no time after the source date' \
	'tarball xz: /src' 'tarball zst: /src' 'a tarball of other bytes is refused' 'strip wants one folder' 'its size is a limit'
unit "  hostile ones are bounded and write nothing outside" source_unpack hostile limits bomb
unit "  one tree, one digest" source_unpack canonical
e2e "from a Debian source package by name and version" sources 'a source package is locked' \
	'the highest version, its files by digest, the index that has it' 'an older version is locked when it is named' \
	'its patches are applied in their order' 'a native source package is built'
e2e "  pinned through the Sources index that the signed Release names" sources 'the lock is verified: Release, Sources, stanza, files' \
	'lock verify refuses another-digest' 'lock verify refuses another-version' 'lock verify refuses another-index' 'lock verify refuses another-folder'
unit "  a lock without one is what it was" lock source_packages bad_sources
e2e "  a real one: the box sees what dpkg-source makes" debian-source 'its chain is verified: InRelease, Sources, stanza, files' \
	'the box saw what dpkg-source makes' '  with its patches applied' '  and works'
e2e "  assay archive keeps it, and the store" sources 'assay archive takes it, too' 'and built: the same bytes' '  so that nothing need be fetched'
e2e "outputs are named, and captured as a tree" sources 'all below them is in the image' 'the same bytes' \
	'fifo in a tree is refused' 'escape in a tree is refused' 'box-link in a tree is refused'
unit "  modes normalised, links kept" component trees
unit "cached by derivation" component built_and_cached released
e2e "  from the store's record: nothing runs" sources "from the store's record: nothing runs" 'and the image is the same'
e2e "limits stop runaways with a clear error" sources 'a step that does not end is ended: by the limit of its time' \
	'  and the member is named' 'one that fills the disk: by the limit of its disk'
unit "each guarantee of the box can be released alone" component released channels
e2e "a failed step shows its last lines, the log's place, and how to enter the box" sources 'a failed step shows its last lines' \
	"the log's place" 'and how to enter its box'
e2e "assay shell COMPONENT" sources 'assay shell: a shell in the box before the first step' 'assay shell --step: after the steps before' \
	'  ^C is for what runs in it' '  no result comes of it' '  a toolchain without a shell is named' '  without a terminal it says so'
