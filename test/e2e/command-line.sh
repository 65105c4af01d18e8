#!/bin/bash
# What a person mistypes or gives by mistake is answered by what is wrong and what to do. Nothing here is built or fetched.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$work" || exit 1
store=$work/store

# answers NAME CODE COMMAND... -- PATTERN...: the exit code, and every pattern in what it said. Whatever goes wrong ends in
# what to do.
answers() {
	local name=$1 want=$2 code=0 command=() pattern
	shift 2
	while [ "$1" != -- ]; do command+=("$1"); shift; done
	shift
	"$assay" "${command[@]}" >said 2>&1 || code=$?
	[ "$code" = "$want" ] || { bad "$name: exit $code, wanted $want: $(tail -2 said)"; return; }
	[ "$want" = 0 ] || set -- "$@" '^hint: .|^usage: '
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
answers 'half of several' 2 bundle -- "no verb 'bundle'" '^hint: assay help bundle lists those that begin so'
answers '  which it does' 0 help bundle -- '^  bundle make ' '^  bundle status '
same '    and no others' 2 "$(grep -c '^  ' said)"
answers '  of more words it does not' 2 help bundle mkae -- "no verb 'bundle'"
answers 'nothing like a verb' 2 frobnicate -- "no verb 'frobnicate'" '^hint: assay --help lists them'
answers 'help of no verb' 2 help biuld -- '^hint: did you mean assay build\?'
answers 'an option mistyped' 2 build --outptu x -- "unknown option '--outptu'" '^hint: did you mean --output\?'
answers 'an option of another verb' 2 build --policy x -- "unknown option '--policy'" '^hint: assay build --help'
answers 'an option without its value' 2 build -o -- "value is missing after '-o'" '^hint: '
answers 'an argument too many' 2 build a b -- "one argument too many: 'b'"

# ---- what cannot be written is said, with the reason ----
# lost NAME COMMAND...: into a device that is full
lost() {
	local name=$1 code=0
	shift
	"$assay" "$@" >/dev/full 2>said || code=$?
	[ $code = 2 ] && grep -q 'cannot write the result: No space left on device' said && grep -qx 'hint: the disk is full: free some of it, or name another place' said &&
		ok "$name" || bad "$name: exit $code, $(cat said)"
}
lost 'help that is lost' --help
lost '  of a verb' help verify
lost '  of a verb, by its option' verify --help
lost '  of several' help bundle
lost 'the version' --version
lost 'a result that is longer than the buffer' completion bash
(trap '' PIPE; "$assay" completion bash 2>said; echo $? >code) | true
same 'nobody reads the result' 2 "$(cat code)"
check '  which is said' grep -q 'cannot write the result: Broken pipe' said
check '  with what to do' grep -qx 'hint: whatever read the output has ended: let it read to the end' said

mapfile -t verbs < <("$assay" --help | sed -nE 's/^  ([a-z]+( [a-z]+)?)  +[a-z].*/\1/p')
check "all verbs are listed" test "${#verbs[@]}" -gt 15
for verb in "${verbs[@]}"; do
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
answers 'explain without values' 2 explain empty -- '--reference-values is needed' '^hint: .*reference-values.json'
answers 'values that are a folder' 2 verify http://127.0.0.1:1 --reference-values empty -- 'is a folder' '^hint: .*reference-values.json'
answers 'values that are something else' 2 verify http://127.0.0.1:1 --reference-values empty/assay.lock -- "'empty/assay.lock'" '^hint: .*reference-values.json'

# ---- files that this user may not read ----
mkdir -p closed && echo '{}' >closed/file && chmod 755 "$work" && chmod 000 closed/file
alone=()
[ "$(id -u)" = 0 ] && alone=(setpriv --reuid 65534 --regid 65534 --clear-groups)
if "${alone[@]}" "$assay" --version >/dev/null 2>&1; then
	program=$assay
	assay() { "${alone[@]}" env HOME=/nowhere XDG_CONFIG_HOME=/nowhere XDG_STATE_HOME=/nowhere "$program" "$@"; }
	assay=assay
	for given in 'closed/file' 'none --policy closed/file' 'none --trust closed/file' 'none --reference-values closed/file'; do
		# shellcheck disable=SC2086 # words are meant
		answers "verify $given: whose it is, not what it should be" 2 verify $given -- "'closed/file': Permission denied" '^hint: this user may not: look at owner and mode'
	done
	assay=$program
else
	skip command-line-closed 'needs setpriv, and a build that others may read'
fi

# ---- descriptions ----
# describes NAME TEXT -- PATTERN...: a folder with this assay.yaml cannot be locked.
describes() {
	local name=$1 text=$2
	shift 3
	mkdir -p described && rm -f described/assay.lock
	printf '%s\n' "$text" >described/assay.yaml
	answers "$name" 2 lock described --store "$store" --mirror "$work/empty" -- "$@"
}
whole='format: assay/1
name: x
suites: [{archive: debian, suite: made, components: [main]}]
packages: [base]'
describes 'a description of another version' 'format: assay/9' -- "format is 'assay/9', this build knows 'assay/1'" 'assay.yaml\(5\)'
describes 'an unknown member' "$whole"$'\ncolour: red' -- "line 5: .*no member 'colour'" 'assay.yaml\(5\)'
describes 'a member that is missing' 'format: assay/1' -- 'missing' 'assay.yaml\(5\)'
describes 'no YAML' $'\t- x' -- 'YAML line 1' 'assay.yaml\(5\)'
describes 'a mirror that is a folder without an archive' "$whole" -- 'cannot fetch' 'name a mirror'
answers 'lock without a description' 2 lock none -- 'none/assay.yaml' 'assay init makes a folder'
answers 'fetch without a lock' 2 fetch none -- 'none/assay.lock' 'assay lock none'
answers 'a mirror of another kind' 2 lock described --update --store "$store" --mirror ftp://example.org -- 'ftp://example.org' 'http'
answers 'a mirror that is not there' 2 lock described --update --store "$store" --mirror "$work/nowhere" -- nowhere
answers 'nobody answers there' 2 lock described --update --store "$store" --mirror http://127.0.0.1:1 -- 'Failed to connect' 'network|mirror'
answers 'why without a package' 2 lock why -- 'argument is missing'
answers 'why without a lock' 2 lock why base none -- 'none/assay.lock' 'assay lock none'

# ---- places ----
answers 'a store in a file' 2 measure empty --store empty/assay.lock -- 'Not a directory|File exists|no store' '--store DIR'
answers 'show of a folder without an image' 2 show empty -- "empty/manifest.json" 'assay build'
mkdir other && echo '{"format": "assay.manifest/1"}' >other/manifest.json
answers 'show of an image of an older assay' 2 show other -- "'assay.manifest/1', this build knows 'assay.manifest/3'" 'built again'
# ---- files of a verifier ----
printf '{"format": "assay.reference-values/1", "image": "x", "manifest_sha256": "%064d", "shapes": []}\n' 0 >values.json
answers 'values without a platform' 2 verify http://127.0.0.1:1 --reference-values values.json -- 'no shape' 'platforms:'
answers 'a policy that is none' 2 verify http://127.0.0.1:1 --reference-values values.json --policy described/assay.yaml -- "policy: format" 'assay-policy\(5\)'
answers 'a time that is none' 2 verify http://127.0.0.1:1 --reference-values values.json --at yesterday -- "'yesterday' is no time"
answers 'a port that is none' 2 run empty --port 99999 -- "want a number from 1 to 65535"
answers 'a machine that does not answer' 2 enroll http://127.0.0.1:1 -- 'no answer' 'the other side is running'
answers 'a TPM that is not there' 2 attest serve --tpm /nowhere -- 'hint|TPM'
