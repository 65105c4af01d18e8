#!/bin/bash
# The option tables, the help, the man pages and the completion say the same, verb for verb; every verb and file format has
# a page; the pages name the members that the documents name. The completion is tried in a bash with a terminal.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$work" || exit 1
man=$root/man

mapfile -t verbs < <("$assay" --help | sed -nE 's/^  ([a-z]+( [a-z-]+)?)  +.*/\1/p')
page() { echo "$man/assay-${1// /-}.1.scd"; }
section() { awk -v s="# $2" '/^# / { on = $0 == s; next } on' "$1"; } # PAGE NAME
# Without the marks of scdoc; what a backslash protects stays.
plain() { sed -E 's/\\_/\x01/g; s/\\\*/\x02/g; s/[*_]//g; s/\x01/_/g; s/\x02/*/g; s/\\(.)/\1/g'; }
# As many lines, and the same; what differs is shown.
alike() { [ -s "$1" ] && diff "$1" "$2" >"$work/differs" || { sed 's/^/     /' "$work/differs"; return 1; }; }

# ---- pages and verbs ----
check 'there are verbs' test ${#verbs[@]} -ge 10
printf '%s\n' "${verbs[@]}" | sed 's/ /-/g; s/.*/assay-&.1.scd/' | LC_ALL=C sort >want
(cd "$man" && printf '%s\n' assay-*.1.scd) | LC_ALL=C sort >got
check 'every verb has a page, no page is without a verb' alike want got
(cd "$man" && printf '%s\n' ./*.scd) | sed 's#^\./##; s/\.[15]\.scd$//' | LC_ALL=C sort >want
sed -nE "s/^    '(assay[a-z.-]*)',/\1/p" "$man/meson.build" | LC_ALL=C sort >got
check 'every page is made and installed' alike want got
"$assay" --help | sed -nE 's/^  ([a-z]+( [a-z-]+)?)  +(.*)/\1|\3/p' >want
section "$man/assay.1.scd" VERBS | sed -nE '/^\*assay-/{N;s/^\*assay-([a-z-]+)\*\(1\)\n\t(.*)/\1|\2/p}' | sed -E 's/^([^|-]*)-/\1 /' | plain >got
check 'the overview lists every verb in the order of help' alike want got

help_options() { sed -n '/^options:/,/^$/p' help | sed '1d; /^$/d' | sed -E 's/^  ((-., )?--[a-z0-9-]+( [^ ]+)?) +/\1|/'; }
page_options() { section "$1" OPTIONS | awk '/^\*-/ { left = $0; getline; sub(/^\t/, ""); print left "|" $0 }' | plain; }
compare_verb() { # VERB
	local page summary usage
	page=$(page "$1")
	# shellcheck disable=SC2086 # two words
	"$assay" $1 --help >help || return
	help_options >want
	page_options "$page" >got
	check "$1: the page has the options of help" alike want got
	summary=$(sed -n 3p help)
	same "$1: the page has the summary of help" "assay-${1// /-} - $summary" "$(section "$page" NAME | plain | grep .)"
	usage=$(sed -n '1s/^usage: //p' help | sed 's/ *$//')
	same "$1: the page has the usage of help" "$usage" "$(section "$page" SYNOPSIS | plain | grep .)"
	same "$1: the page has the example of help" "$(sed -n '/^example:/,$p' help | sed '1d; s/^  //')" \
		"$(section "$page" EXAMPLE | awk '/^```/ { if (on) exit; on = 1; next } on')"
	same "$1: the page is of its name" "assay-${1// /-}(1)" "$(sed -n '1s/ .*//p' "$page")"
}
for verb in "${verbs[@]}"; do compare_verb "$verb"; done

# ---- what the completion offers ----
"$assay" completion bash >completion || exit 1
# shellcheck source=/dev/null
. ./completion
words() { # WORD...: sets COMPREPLY for the last one
	COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
	_assay
}
offers() { # NAME WANT WORD...: exactly these, in any order
	local name=$1 want=$2
	shift 2
	words "$@"
	same "$name" "$(tr ' ' '\n' <<<"$want" | LC_ALL=C sort | paste -sd' ')" "$(printf '%s\n' "${COMPREPLY[@]}" | LC_ALL=C sort | paste -sd' ')"
}
for verb in "${verbs[@]}"; do
	# shellcheck disable=SC2086
	"$assay" $verb --help >help
	# shellcheck disable=SC2086
	offers "$verb: the completion has the options of help" "$(help_options | sed 's/|.*//' | grep -oE -- '(^|[ ,])--?[a-z][a-z0-9-]*' | tr -d ' ,' | paste -sd' ')" assay $verb -
done
offers 'first words' "$(printf '%s\n' "${verbs[@]%% *}" help | LC_ALL=C sort -u | paste -sd' ')" assay ''
offers 'options in the place of a verb' '--help --version' assay -
offers 'the beginning of a verb' 'measure' assay mea
offers 'a sub-verb' "$(printf '%s\n' "${verbs[@]}" | sed -n 's/^attest //p' | paste -sd' ')" assay attest ''
offers 'help completes verbs' 'verify' assay help verif
offers 'the shells that there are' 'bash' assay completion ''
mkdir -p folder/deep other && touch file.json folder/inside 'with space'
offers 'a folder for DIR' 'folder other' assay build ''
offers 'a folder for the value DIR' 'folder other' assay measure --store ''
offers 'a file for the value FILE' 'file.json folder' assay verify --policy f
offers 'in a folder' 'folder/deep folder/inside' assay verify --policy folder/
offers 'after = as well' 'file.json folder' assay verify --policy = f
offers 'a file for an argument FILE' 'file.json folder' assay verify f
words assay lock --mirror ''
check 'nothing for the value URL' test ${#COMPREPLY[@]} = 0

# ---- in a bash with a terminal: what stands on the line after TAB ----
cat >rc <<'END'
PS1= PS2=
bind 'set bell-style none' 2>/dev/null
assay() { printf 'given:'; printf '<%s>' "$@"; printf ':end\n'; }
END
typed() { # RCFILE KEYS: what assay was given
	printf "$2"'\nexit\n' | script -qec "bash --noprofile --rcfile $1 -i" /dev/null | grep -aoE 'given:.*:end' | grep -v printf
}
# What bash echoes and what it runs differ in colour codes only; the function's own line counts.
cp rc direct && echo '. ./completion' >>direct
types() { # NAME RCFILE KEYS WANT
	same "$1" "given:$4:end" "$(typed "$2" "$3")"
}
types 'TAB completes a verb and an option' direct 'assay verif\t--ref\tfi\t\n' '<verify><--reference-values><file.json>'
types 'TAB completes a sub-verb' direct 'assay loc\t ver\t--no-p\t\n' '<lock><verify><--no-packages>'
types 'TAB completes a folder, and a file in it' direct 'assay verify fol\tin\t\n' '<verify><folder/inside>'
types 'TAB quotes a blank' direct 'assay verify wit\t\n' '<verify><with space>'
types 'TAB completes behind =' direct 'assay verify --policy=fi\t\n' '<verify><--policy=file.json>'
mkdir -p data/bash-completion/completions
cp completion data/bash-completion/completions/assay
cp rc loaded && echo ". /usr/share/bash-completion/bash_completion" >>loaded
export XDG_DATA_HOME=$work/data
types 'bash-completion finds it' loaded 'assay meas\t--js\t\n' '<measure><--json>'

# ---- file formats ----
documents=(assay.yaml:assay.yaml assay.lock:assay.lock assay-manifest:manifest assay-reference-values:reference-values
	assay-evidence:protocol assay-policy:policy assay-trust:trust)
printf '%s.5.scd\n' "${documents[@]%%:*}" | LC_ALL=C sort >want
(cd "$man" && printf '%s\n' ./*.5.scd) | sed 's#^\./##' | LC_ALL=C sort >got
check 'every file format has a page' alike want got
section "$man/assay.1.scd" FILES | grep -oE '^\*[a-z.-]+\*\(5\)' | plain | sed 's/(5)/.5.scd/' | LC_ALL=C sort >got
check 'the overview lists every file format' alike want got
for pair in "${documents[@]}"; do
	page=$man/${pair%%:*}.5.scd text=$root/doc/${pair#*:}.md
	# Names in the first column of the tables of members.
	awk '/^\| (member|label) \|/ { on = 1; next } !/^\|/ { on = 0 } on { split($0, c, "|"); print c[2] }' "$text" |
		grep -oE '`[^`]+`' | tr -d '`' | grep -v '^\.' | LC_ALL=C sort -u >want
	section "$page" MEMBERS | grep -E '^\*' | plain | sed 's/, /\n/g' | LC_ALL=C sort -u >got
	check "${pair%%:*}: the page has the members of the document" alike want got
	check "${pair%%:*}: the page leads to the document" grep -q "/usr/share/doc/assay/${pair#*:}.md" "$page"
done

# ---- references between pages ----
grep -ohE '\*assay[a-z.-]*\*\([15]\)' "$man"/*.scd | plain | sort -u | while read -r name; do
	[ -f "$man/${name%(*}.${name: -2:1}.scd" ] || echo "$name"
done >nowhere
check 'references lead to pages' test ! -s nowhere
