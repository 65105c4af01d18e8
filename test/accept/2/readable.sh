# Readability: what the check matrix holds, and the map. Sourced by test/accept/2.sh.
# shellcheck shell=bash disable=SC2154,SC2317

readable_check() { (cd "$root" && tool/check.sh "$@") && return; }
# Every file that the map names is there.
readable_map() {
	local f module=src n=0 bad=0 doc=$root/doc/architecture.md
	grep -q '^## Follow one package' "$doc" && grep -q '^## Follow one nonce' "$doc" || return
	while read -r f; do
		n=$((n + 1))
		case $f in
		*/*) module=${f%/*} && [ -f "$root/src/$f" ] ;;
		*) [ -f "$root/src/$module/$f" ] ;;
		esac || { echo "doc/architecture.md names $f, which is not there"; bad=1; }
	done < <(sed -n '/^## Follow one package/,/^## Decisions/p' "$doc" | grep -oE '`([a-z]+/)?[a-z0-9_]+\.[ch]`|`([a-z]+/)?[a-z0-9_]+\.[ch]:' | tr -d '`:')
	[ $bad = 0 ] && [ $n -gt 20 ] && echo "$n files named"
}
readable_modules() {
	local m missing=''
	for m in $(sed -nE 's/^(core|tool): //p' "$root/tool/layers.txt"); do
		[ -d "$root/src/$m" ] || missing+=" $m"
		grep -q "^| \`$m\` |" "$root/doc/architecture.md" || missing+=" $m (in the map)"
	done
	[ "$(sed -nE 's/^(core|tool): //p' "$root/tool/layers.txt" | wc -w)" = "$(find "$root/src" -mindepth 1 -maxdepth 1 -type d | wc -l)" ] || missing+=" (more folders than modules)"
	[ -z "$missing" ] && echo "$(sed -nE 's/^(core|tool): //p' "$root/tool/layers.txt" | wc -w) modules" || { echo "missing:$missing"; return 1; }
}

section "readability"
direct "no file above 500 lines, no function above 60" readable_check sizes
direct "headers stand alone" readable_check headers
direct "tool/layers.txt is true: every include points up" readable_check layers
direct "  and every module is in it and in the map" readable_modules
direct "the verifier core calls nothing beyond tool/core-symbols.txt" readable_check symbols
direct "names: each file name once, no mirror, code as clang-format makes it" readable_check names format
direct "no logic twice: no eight lines stand in two places" readable_check repeats
direct "doc/architecture.md: one package from mirror to PCR, one nonce to the verdict; the files it names are there" readable_map
