#!/bin/bash
# The page of assay report, in a real Chromium without JavaScript: every value is found in its text, it loads nothing, it is not
# wider than a telephone, a screen reader is told what each thing is. The image is of packages that are made here, the machine and
# the rebuilders are made, too. Nothing boots.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
command -v chromium >/dev/null && command -v python3 >/dev/null || { skip report-chromium "no chromium, or no python3"; exit 0; }
archive_can report || exit 0
at_end() { archive_end; }
archive_start || { bad "an archive can be signed"; exit 1; }
cd "$work" || exit 1
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
maker=$root/test/e2e/statement_maker.py

# ---- an image ----
archive_minimum
printf 'fill usr/share/made/code.fd 0644 65536\nfill usr/share/made/vars.fd 0644 4096\nstub usr/lib/made/linux.stub 0644 252.1\n' |
	archive_deb firmware 2025.02-1
archive_deb stub 252.1 <<<'file usr/share/stub 0644 1\n'
archive_deb app 1.0 <<<'file usr/bin/app 0755 the application\n'
archive_publish
mkdir made
archive_description 'kernel, app' | sed 's/^name: .*/name: made/; s/^platforms: .*/platforms: [qemu-vtpm]/' >made/assay.yaml
mirror=(--mirror "$work/mirror" --store "$work/store")
"$assay" lock made "${mirror[@]}" --keyring "$archive_keyring" -q >log 2>&1 &&
	"$assay" build made -o out "${mirror[@]}" --no-observe -q >log 2>&1 || { bad "an image is built: $(tail -2 log)"; exit 1; }

# report NAME EXIT PAGE ARG...
report() {
	local name=$1 want=$2 page=$3 code=0
	shift 3
	"$assay" report "$@" -o "$page" -q --store "$work/store" >said 2>&1 </dev/null || code=$?
	if [ "$code" = "$want" ]; then ok "$name"; else bad "$name: exit $code, wanted $want: $(tail -2 said)"; fi
}
# finds PAGE: what stands in the file is looked for in the page's text
values_of() { jq -r '.shapes[].registers[].values // {} | .[]' "$1" | sort -u; }

report "an image alone" 0 image.html out
values_of out/reference-values.json >image.html.find
jq -r '.packages[]? // .inputs.packages[] | .name' out/manifest.json >>image.html.find
sha256sum out/manifest.json out/reference-values.json | cut -d' ' -f1 >>image.html.find
jq -r '.shapes[].events[].digests[]' out/reference-values.json | sort -u >>image.html.find

# ---- the same bytes, wherever and whenever ----
mkdir elsewhere
cp -r out elsewhere/copy
(cd elsewhere && TZ=Pacific/Auckland LC_ALL=C HOME=/nowhere "$assay" report copy -o page.html -q --store "$work/store") || bad "elsewhere: exit $?"
check "the same bytes from another folder, in another zone" cmp image.html elsewhere/page.html
check "no folder of this machine is on it" sh -c "! grep -qF '$work' image.html"

# ---- a machine and rebuilders: the machine's values in the place of the image's ----
"$root/build/test/machine-maker" "$work" >log 2>&1 || { cat log; exit 1; }
nonce=$(printf '0a%.0s' $(seq 32)) at=$(cat at)
mkdir machine other
cp out/manifest.json machine
jq --arg sha "$(sha256sum <out/manifest.json | cut -d' ' -f1)" '.manifest_sha256 = $sha' values.json >machine/reference-values.json
cp out/manifest.json other && cp values.json other/reference-values.json
for name in alice bob carol eve; do openssl genpkey -algorithm ed25519 -out $name.pem 2>/dev/null; done
{
	printf 'format: assay.trust/1\ntpm-roots:\n  - name: made\n    certificate: root.der\npinned-aks:\n  - name: %s\nrebuilders:\n' "$(cat ak)"
	for name in alice bob carol; do printf '  - name: %s\n    operator: %s\n    key: %s\n' $name "${name^}" "$(python3 "$maker" --key $name.pem)"; done
	printf 'vouchers:\n  rebuilders: 2\n'
} >trust.yaml
mkdir good mixed
says() { python3 "$maker" machine/reference-values.json "$1.dsse.json" "${@:2}" "at=$((at - 86400))"; }
says good/alice alice.pem && says good/bob bob.pem && says mixed/alice alice.pem && says mixed/carol carol.pem verdict=differs &&
	says mixed/bob bob.pem verdict=failed && says mixed/eve eve.pem || exit 1
appraise=(--trust trust.yaml --at "$at" --nonce "$nonce")

report "two of three rebuilders vouch, and a machine is affirmed" 0 good.html machine "${appraise[@]}" --evidence evidence.json --statements good
check "  which the page says" grep -qF '<strong>Verdict: affirming</strong> (appraised when this page was made)' good.html
check "  with the operators" grep -qF 'Alice and Bob, whom the trust file names, built it again and got exactly these values: 2 of the 2' good.html
check "  and nothing differs" grep -qF 'Nothing in what was given differs' good.html
values_of machine/reference-values.json >good.html.find
cp -r machine published && mkdir published/statements && cp good/* published/statements
report "statements that a publication brings are taken" 0 brought.html published "${appraise[@]}" --evidence evidence.json
check "  with the same page" cmp good.html brought.html

report "one that counts is not enough: no verdict affirms" 1 mixed.html machine "${appraise[@]}" --evidence changed.json --statements mixed
values_of machine/reference-values.json >mixed.html.find
"$assay" verify changed.json --reference-values machine/reference-values.json "${appraise[@]}" --statements mixed -q --json >verdict.json 2>log
jq -r '.submods.tpm["assay.verdict"].checks[] | .name, .what, .want // empty, .got // empty, .reason // empty' verdict.json >>mixed.html.find
jq -r '.submods.tpm["assay.verdict"].claims | to_entries[] | .key, .value' verdict.json >>mixed.html.find
tells() { check "  it tells: $1" grep -qF "$2" mixed.html; } # WHAT MARKUP
tells 'a rebuild that differs' 'carol.dsse.json</th><td><p><span class="badge bad">differs</span>'
tells '  where first' 'is in root: usr/bin/app'
tells '  and what was built instead' "$(printf '2%.0s' $(seq 64))"
tells 'a rebuild that failed' 'bob.dsse.json</th><td><p><span class="badge bad">failed</span>'
tells 'who is not heard' 'eve.dsse.json</th><td><span class="badge">not heard</span>'
tells 'the verdict' 'Verdict: contraindicated'
tells 'the register that differs' 'PCR 4 differs from the prediction'
tells 'by event' 'Which events these are'

# ---- a verdict of a file ----
report "a verdict that a file tells" 1 told.html machine --verdict verdict.json
check "  is shown as the file's" grep -qF '<strong>Verdict: contraindicated</strong> (as a file says, which was not checked here)' told.html
report "with no statement nobody vouches" 1 told.html machine --verdict verdict.json --trust trust.yaml
check "  which the page says" grep -qF 'No statement of a rebuilder was given' told.html
jq --arg z "$(printf '0%.0s' $(seq 64))" '.submods.tpm["assay.verdict"].origins = {"as-says": "manifest", "manifest-sha256": $z}' verdict.json >foreign.json
report "a verdict about another image is refused" 2 no.html machine --verdict foreign.json
jq '.submods.tpm["ear.status"] = "affirming"' verdict.json >lying.json
report "a verdict that its checks contradict is refused" 2 no.html machine --verdict lying.json
report "evidence and a verdict at once are refused" 2 no.html machine --verdict verdict.json --evidence evidence.json
report "what is no image is refused" 2 no.html good
check "  and no page was written" test ! -e no.html
code=0
"$assay" report out -q >said 2>&1 || code=$?
same "without -o there is no page" "$code $(grep -c 'needed' said)" "2 1"

# ---- values of another manifest ----
report "values of another manifest" 1 other.html other
check "  are said to be" grep -qF 'The reference values are of another manifest</h3>' other.html

# ---- hostile words ----
mkdir hostile
evil=$'"><script>alert(1)</script><img src=x onerror=alert(2)>\'&\u202e'
jq --arg e "$evil" '.name = $e | .inputs.packages[0].version = $e | .outputs.uki.kernel.origin = $e | .firmware.version = $e
	| ."root-files"[0].origin = $e' out/manifest.json >hostile/manifest.json
jq --arg e "$evil" --arg sha "$(sha256sum <hostile/manifest.json | cut -d' ' -f1)" '.manifest_sha256 = $sha | .image = $e
	| .shapes[0].coverage[0].note = $e | .shapes[0].coverage[1].layer = $e | .shapes[0].registers[1].reason = $e | .shapes[0].inputs[0].value = $e
	| .shapes[0].events[0].text = $e' out/reference-values.json >hostile/reference-values.json
report "a manifest and values with hostile words" 0 hostile.html hostile
printf '%s\n' '"><script>alert(1)</script><img src=x onerror=alert(2)>' '\u202e' >hostile.html.find
check "  no byte of them turns text round" sh -c "! LC_ALL=C grep -q \$'\\xe2\\x80\\xae' hostile.html"

# ---- what the browser is to find, and what it must not miss ----
head -c 2000 /dev/zero | tr '\0' x >wide
cat >bad.html <<H
<!DOCTYPE html><html lang="en"><meta name="viewport" content="width=device-width"><title>bad</title><h1>one</h1><h3>three</h3>
<p style="color:#ccc">pale</p><a href="#x"></a><button></button><table border="1"><tr><td>no</td><td>header</td></tr><tr><td>at</td><td>all</td></tr></table><img src="missing.png"><p>$(cat wide)</p></html>
H
printf 'one\nnowhere\n' >bad.html.find
"$assay" diff out hostile --html diff.html >log 2>&1
python3 "$root/test/e2e/page_look.py" image.html good.html mixed.html hostile.html diff.html bad.html >look.json 2>log || { bad "Chromium: $(tail -2 log)"; exit 1; }
fact() { jq -c --arg p "$1" ".[\$p] | $2" look.json; } # PAGE FILTER
same "a bad page is seen to be bad: wide, pale, unnamed, without headers, loading, lacking words" "$(fact bad.html \
	'[.wide["360"] > 360, .contrast[0] < 4.5, (.unnamed | length) >= 3, .tables, (.requests | length), .scripts, .missing, .headings]')" \
	'[true,true,true,[[0,0,4]],1,1,["nowhere"],[1,3]]'
for page in image good mixed hostile; do
	p=$page.html
	same "$page: every value and word is found without JavaScript" "$(wc -l <"$p.find" | awk '{ print ($1 > 1) }') $(fact $p .missing)" '1 []'
	same "$page: it asks for nothing, has no script, and the browser has no complaint" "$(fact $p '[.requests, .scripts, .complaints]')" '[[],0,[]]'
	same "$page: as wide as the window, from 320 pixels on" "$(fact $p .wide)" '{"320":320,"360":360,"768":768,"1280":1280}'
	same "$page: no control, picture, table or region without a name" "$(fact $p .unnamed)" '[]'
	same "$page: one first heading, and no level is left out" \
		"$(fact $p '[(.headings | map(select(. == 1)) | length), ([.headings, .headings[1:]] | transpose | map(select(.[1] != null and .[1] - .[0] > 1)) | length)]')" '[1,0]'
	same "$page: every table has headers of columns and rows" "$(fact $p '[(.tables | length) >= 5, ([.tables[] | select(.[0] < 2 or .[1] < 1)] | length)]')" '[true,0]'
	same "$page: text stands out from its ground, light and dark" "$(fact $p '[.contrast[] >= 4.5]')" '[true,true]'
done
same "the page of assay diff, too: width, requests, contrast" "$(fact diff.html '[.wide["360"], .requests, .scripts, .complaints, (.contrast | map(. >= 4.5))]')" \
	'[360,[],0,[],[true,true]]'
