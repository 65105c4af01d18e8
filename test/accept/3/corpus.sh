# Small components, one for each cause of difference. Sourced by test/accept/3.sh.
# shellcheck shell=bash disable=SC2154,SC2317

corpus_size() {
	local n classes
	n=$(grep -vc '^#' "$root/test/corpus/expected.txt")
	classes=$(grep -v '^#' "$root/test/corpus/expected.txt" | cut -d' ' -f2 | tr , '\n' | LC_ALL=C sort -u | paste -sd' ')
	[ "$n" -ge 40 ] && [ "$n" = "$(find "$root/test/corpus" -name '*.sh' | wc -l)" ] && echo "$n components: $classes"
}

section "corpus"
direct "test/corpus: about 40 small components written for this project, each with its committed expected class" corpus_size
e2e "  one for each cause class that a step can show" corpus 'every component has its expected cause' 'some show TIME' 'some show RANDOM' \
	'some show ORDER' 'some show PARALLEL' 'some show PATH' 'some show IDENTITY' 'some show LOCALE' 'some show KERNEL/CPU' 'some show MEMORY' \
	'some show INPUT' 'some show METADATA'
e2e "CI asserts: plainly built they differ" corpus 'plainly built they differ'
e2e "  at least 90 % named and proved right" corpus 'at least 90 % are named, and proved right'
e2e "  none proved wrong" corpus 'none is proved wrong'
e2e "  in the full box at least 80 % identical" corpus 'in the box at least 80 % are identical' 'in the box all are identical that shall be'
e2e "the table is in doc/determinism.md" corpus 'doc/determinism.md has the table'
