# The page: assay report. Sourced by test/accept/7.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# report_documented: doc/report.md names every section that the page has, and the manual every option
report_documented() {
	local word n=0
	while read -r word; do
		grep -qF "$word" "$root/doc/report.md" || { echo "doc/report.md does not have the section '$word'"; return 1; }
		n=$((n + 1))
	done < <(grep -ohE '<h2 id=\\"[a-z]+\\">[^<:]+' "$root"/src/page/*.c | sed 's/.*>//')
	[ $n -ge 8 ] || { echo "$n sections"; return 1; }
	"$assay" report --help | sed -nE 's/^  (-[a-z], )?(--[a-z-]+) .*/\2/p' >"$work/report-options"
	while read -r word; do
		grep -qF -- "*$word*" "$root/man/assay-report.1.scd" || { echo "the manual does not say $word"; return 1; }
		n=$((n + 1))
	done <"$work/report-options"
	echo "$n sections and options"
}

report_fuzzed() { "$root/build/test/fuzz/test-fuzz-told_verdict"; }

section "the page: assay report"
unit "one self-contained file: the policy lets in nothing but the style, no script, no address" html frame
e2e "  asked of a real Chromium: no request, no complaint" report "image: it asks for nothing, has no script" \
	"mixed: it asks for nothing, has no script" "hostile: it asks for nothing, has no script"
e2e "facts readable without JavaScript: every register value found by text search" report \
	"image: every value and word is found without JavaScript" "good: every value and word is found" "mixed: every value and word is found"
unit "  every value of every shape and bank is on the page, each event's digest, too" report_page every_value
e2e "light and dark, with contrast" report "image: text stands out from its ground, light and dark" "mixed: text stands out from its ground, light and dark"
e2e "360 pixels wide without scrolling sideways (from 320 on)" report "image: as wide as the window" "mixed: as wide as the window" \
	"hostile: as wide as the window"
e2e "no unnamed control, headings in order, headers in every table: the accessibility tree" report \
	"mixed: no control, picture, table or region without a name" "mixed: one first heading" "mixed: every table has headers"
e2e "  and the look at it finds what is wrong with a bad page" report "a bad page is seen to be bad"
unit "from source and packages to layers to registers: a picture with a text, and tables" report_page structure
unit "  which layer comes from what and ends in which register" report_layers layers covers sources
unit "how each value was made, who vouches, what differs, coverage, origins, the verdict: each in its section" report_page structure an_image_alone
e2e "  who vouches: by the trust file's quorum, of --statements or the publication's own" report \
	"two of three rebuilders vouch, and a machine is affirmed" "  with the operators" "statements that a publication brings are taken" \
	"with no statement nobody vouches" "  it tells: who is not heard"
e2e "  what differs: a rebuild, a failure, the machine's registers by event, values of another manifest" report \
	"  it tells: a rebuild that differs" "  it tells:   where first" "  it tells: a rebuild that failed" "  it tells: the register that differs" "  it tells: by event" "values of another manifest"
unit "  a statement beside the image: about it or not, with which values" report_claim which_image values verdicts
e2e "the verdict if evidence is given: appraised here, or as a file tells" report "  which the page says" "  is shown as the file's" \
	"a verdict about another image is refused" "a verdict that its checks contradict is refused" "evidence and a verdict at once are refused"
unit "  every check, claim and reason of what the verifier writes" told_verdict tells refusals cut
direct "  a verdict's file is hostile input: cut at every length, each bit changed; the page has no tag of it" report_fuzzed
unit "hostile words stay words: escaped by one function" html escapes all_characters
unit "  whatever they are, the page has the same elements" report_page hostile
e2e "  in Chromium as well" report "a manifest and values with hostile words" "  no byte of them turns text round" "hostile: every value and word is found"
e2e "the same bytes wherever and whenever, and no folder of the machine" report "the same bytes from another folder, in another zone" \
	"no folder of this machine is on it"
direct "documented: doc/report.md, assay-report(1)" report_documented
