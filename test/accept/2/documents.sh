# Everyday use, the part of the documents: manual pages, completion, and that tables, help and pages agree. Sourced by
# test/accept/2.sh.
# shellcheck shell=bash disable=SC2154,SC2317

mapfile -t documents_verbs < <("$assay" --help | sed -nE 's/^  ([a-z]+( [a-z]+)?)  +.*/\1/p')

# scdoc and man judge each page; figures: pages of both sections, options in them.
documents_lint() {
	bash "$root/tool/check.sh" man || return
	echo "$(find "$root/man" -name '*.1.scd' | wc -l) pages of section 1, $(find "$root/man" -name '*.5.scd' | wc -l) of section 5, no warning"
}
documents_options() {
	local n
	n=$(awk '/^# / { on = $0 == "# OPTIONS" } on && /^\*-/' "$root"/man/assay-*.1.scd | wc -l)
	[ "$n" -gt $((2 * ${#documents_verbs[@]})) ] && echo "$n options of ${#documents_verbs[@]} verbs"
}
# documents_each CASE: the cases "VERB: CASE" of documents.sh, into $cases
documents_each() {
	local verb
	cases=()
	for verb in "${documents_verbs[@]}"; do cases+=("$verb: $1"); done
}

section "everyday use: documents"
e2e "a man page for every verb, and none without" documents 'every verb has a page, no page is without a verb' \
	'the overview lists every verb in the order of help' 'every page is made and installed'
e2e "a man page for every file format" documents 'every file format has a page' 'the overview lists every file format'
for format in assay.yaml assay.lock assay-manifest assay-reference-values assay-evidence assay-policy assay-trust; do
	e2e "  $format(5) names the members that its document has" documents "$format: the page has the members of the document" \
		"$format: the page leads to the document"
done
direct "pages are scdoc, and man shows them without a warning" documents_lint
e2e "bash completion: verbs, second words, options" documents 'first words' 'a sub-verb' 'help completes verbs' 'options in the place of a verb'
e2e "  files and folders by the kind of value" documents 'a folder for DIR' 'a folder for the value DIR' 'a file for the value FILE' \
	'after = as well' 'a file for an argument FILE' 'nothing for the value URL'
e2e "  in a bash with a terminal, with bash-completion and without" documents 'TAB completes a verb and an option' 'TAB completes a sub-verb' \
	'TAB completes a folder, and a file in it' 'TAB quotes a blank' 'TAB completes behind =' 'bash-completion finds it'
documents_each 'the page has the options of help'
e2e "option table, help and man page are the same: names, values, texts" documents "${cases[@]}"
documents_each 'the completion has the options of help'
e2e "  and the completion" documents "${cases[@]}"
documents_each 'the page has the usage of help'
e2e "  and the usage" documents "${cases[@]}"
documents_each 'the page has the summary of help'
e2e "  and the summary" documents "${cases[@]}"
documents_each 'the page has the example of help'
e2e "  and the example" documents "${cases[@]}"
direct "  how many that are" documents_options
e2e "references between pages lead somewhere" documents 'references lead to pages'
