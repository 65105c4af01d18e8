#!/bin/bash
# What a person mistypes or gives by mistake is answered by what is wrong and what to do. Nothing here is built or fetched.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$work" || exit 1
store=$work/store

# answers NAME CODE COMMAND... -- PATTERN...: the exit code, and every pattern in what it said.
answers() {
	local name=$1 want=$2 code=0 command=() pattern
	shift 2
	while [ "$1" != -- ]; do command+=("$1"); shift; done
	shift
	"$assay" "${command[@]}" >said 2>&1 || code=$?
	[ "$code" = "$want" ] || { bad "$name: exit $code, wanted $want: $(tail -2 said)"; return; }
	for pattern; do
		grep -qE -- "$pattern" said || { bad "$name: nothing like '$pattern' in: $(tail -2 said)"; return; }
	done
	ok "$name"
}

# ---- verbs and options ----
answers 'no verb: help' 2 -- '^usage: assay VERB'
answers 'help' 0 --help -- '^usage: assay VERB' '^  lock verify '
answers 'help of a verb' 0 help lock verify -- '^usage: assay lock verify' '^example:'
answers 'the version' 0 --version -- '^assay [0-9.]+$'
answers 'letters swapped' 2 biuld -- "no verb 'biuld'" '^hint: did you mean assay build\?'
answers 'a letter too few' 2 verfy -- '^hint: did you mean assay verify\?'
answers 'half of a verb' 2 attest -- '^hint: did you mean assay attest serve\?'
answers 'nothing like a verb' 2 frobnicate -- "no verb 'frobnicate'" '^hint: assay --help lists them'
answers 'help of no verb' 2 help biuld -- '^hint: did you mean assay build\?'
answers 'an option mistyped' 2 build --outptu x -- "unknown option '--outptu'" '^hint: did you mean --output\?'
answers 'an option of another verb' 2 build --policy x -- "unknown option '--policy'" '^hint: assay build --help'
answers 'an option without its value' 2 build -o -- "value is missing after '-o'" '^hint: '
answers 'an argument too many' 2 build a b -- "one argument too many: 'b'"
for verb in lock 'lock verify' fetch build measure run 'attest serve' enroll verify explain completion; do
	# shellcheck disable=SC2086
	answers "help of $verb" 0 $verb --help -- "^usage: assay $verb " '^example:'
	check "$verb: help fits 80 columns" test "$(awk '{ if (length > n) n = length } END { print n }' said)" -le 80
done

# ---- folders and files that are not what was meant ----
mkdir empty
answers 'build without a description' 2 build empty -- "empty/assay.yaml" '^hint: '
echo 'format: assay/1' >empty/assay.yaml
echo '{' >empty/assay.lock
answers 'fetch with a broken lock' 2 fetch empty --store "$store" -- "'empty': assay.lock" '^hint: .*assay lock --update empty'
answers 'measure of a folder without an image' 2 measure empty --store "$store" -- "'empty': cannot open 'manifest.json'" '^hint: .*assay build'
answers 'measure of nothing' 2 measure none --store "$store" -- "'none'" '^hint: .*assay build'
answers 'run without an image' 2 run empty -- "empty/disk.img" '^hint: .*assay build'
answers 'verify without values' 2 verify http://127.0.0.1:1 -- '--reference-values is needed' '^hint: .*reference-values.json'
answers 'explain without values' 2 explain empty -- '--reference-values is needed' '^hint: .*reference-values.json'
answers 'values that are a folder' 2 verify http://127.0.0.1:1 --reference-values empty -- 'is a folder' '^hint: .*reference-values.json'
answers 'values that are something else' 2 verify http://127.0.0.1:1 --reference-values empty/assay.lock -- "'empty/assay.lock'" '^hint: .*reference-values.json'
