#!/bin/bash
# test/corpus: small components, one for each cause of difference. Built plainly each of them differs; `assay check` has to say
# why, proved and never wrong; in the whole box nearly all of them are identical. doc/determinism.md holds the table.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
corpus=$root/test/corpus
cd "$work" || exit

# ---- the description: a component for each NAME.sh ----
components() {
	local script name
	for script in "$corpus"/*.sh; do
		name=$(basename -s .sh "$script")
		cat <<Y
  - name: $name
    toolchain: c
    from: src
    files: [enter, "$name.*"]
    steps: [[sh, -ec, "cd /tmp; . /src/$name.sh"]]
    outputs: [{from: result, to: root, path: usr/share/corpus/$name, mode: "0644"}]
Y
	done
}
mkdir -p d/src
cp "$corpus"/enter "$corpus"/*.sh "$corpus"/*.c "$corpus"/*.mk d/src
{ cat "$corpus/head.yaml" && components; } >d/assay.yaml

# ---- what is expected ----
# Lines of expected.txt without its comments.
expected() { grep -v '^#' "$corpus/expected.txt"; }
# The whole of it as doc/determinism.md has it; the first comment of a script says what it is.
table() {
	echo '| component | what it does | cause | in the box |'
	echo '|---|---|---|---|'
	expected | while read -r name classes box; do
		echo "| \`$name\` | $(sed -n '1s/^# //p' "$corpus/$name.sh") | ${classes//,/, } | ${box//-/ } |"
	done
}
expected | cut -d' ' -f1 >names
same "every component has its expected cause" "$(cat names)" "$(basename -s .sh -a "$corpus"/*.sh | LC_ALL=C sort)"
check "doc/determinism.md has the table" diff <(table) <(sed -n '/^| component |/,/^$/p' "$root/doc/determinism.md" | sed '/^$/d')
n=$(wc -l <names)
check "there are about forty or more" test "$n" -ge 40
for class in TIME RANDOM ORDER PARALLEL PATH IDENTITY LOCALE KERNEL/CPU MEMORY INPUT METADATA; do
	check "some show $class" grep -qE "^[a-z0-9-]+ ([A-Z/,]+,)?${class}[ ,]" <(expected)
done

# ---- building ----
if ! "$assay" lock d --store "$store" -q >/dev/null 2>said; then
	skip corpus "the packages cannot be locked: $(head -n 1 said)"
	exit 0
fi
"$assay" fetch d --store "$store" -q || { bad "the packages can be fetched"; exit 1; }
# Not the image: what races in a component would be looked for there once more, and an image takes long.
look() { # NAME OPTION...: into NAME.json; no answer is a failure
	local name=$1 code=0
	shift
	"$assay" check d "$@" --only "$(paste -sd, names)" --store "$store" --json -q >"$name.json" 2>"$name.said" || code=$?
	[ $code -le 1 ] || { cat "$name.said"; return 1; }
}
# Both at once: much of a build is one process after the other.
start=$SECONDS
look box &
box=$!
check "plainly built they can be compared" look plain --plain
check "and in the box" wait $box
echo "check took $((SECONDS - start)) s for $n components"

# One line a component: name, differs plainly, proved classes, identical in the box.
jq -rn --slurpfile p plain.json --slurpfile b box.json '
	($p[0].findings | map(select(.proof == "proved")) | group_by(.component) | map({key: .[0].component, value: (map(.class) | unique | join(","))}) | from_entries) as $proved |
	($b[0].components | map({key: .component, value: .identical}) | from_entries) as $box |
	$p[0].components[] | [.component, (.identical | not), ($proved[.component] // "-"), $box[.component]] | map(tostring) | join(" ")' |
	LC_ALL=C sort >found
same "all of them were built" "$(cut -d' ' -f1 found)" "$(cat names)"
: >unlike && : >unnamed && : >wrong && : >differing && : >broken
while read -r name classes box; do
	read -r _ differs proved identical <<<"$(grep "^$name " found)"
	right='' false=''
	for class in ${proved//,/ }; do
		[ "$class" = - ] || if [[ ,$classes, == *",$class,"* ]]; then right=1; else false="$false $class"; fi
	done
	[ "$differs" = true ] || echo "$name" >>unlike
	[ -n "$right" ] || echo "$name, for $classes" >>unnamed
	[ -z "$false" ] || echo "$name is called$false, and is $classes" >>wrong
	[ "$identical" = true ] || echo "$name" >>differing
	[ "$identical" = true ] || [ "$box" = may-differ ] || echo "$name" >>broken
	printf '%-18s %-20s %-9s %-24s %s\n' "$name" "$classes" "$([ "$differs" = true ] && echo differs || echo same)" "$proved" \
		"$([ "$identical" = true ] && echo identical || echo differs)"
done < <(expected)
# few FILE MOST: it has no more lines than that; they are shown.
few() { sed 's/^/     /' "$1" && [ "$(wc -l <"$1")" -le "$2" ]; }
check "plainly built they differ" few unlike 0
check "at least 90 % are named, and proved right" few unnamed $((n / 10))
check "none is proved wrong" few wrong 0
check "in the box at least 80 % are identical" few differing $((n / 5))
check "in the box all are identical that shall be" few broken 0
echo "$n components: $((n - $(wc -l <unnamed))) named and proved, $(wc -l <wrong) wrong, $((n - $(wc -l <differing))) identical in the box"
