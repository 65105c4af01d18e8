#!/bin/bash
# The trust file as its owner works with it: begun, added to, shown, refused. Whatever assay changes, the rest of it stays.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
cd "$work" || exit 1
export XDG_CONFIG_HOME=$work/config XDG_STATE_HOME=$work/state
file=$work/config/assay/trust.yaml
maker=$root/test/e2e/statement_maker.py
command -v python3 >/dev/null || { skip trust-file-python 'needs python3, which writes the lines of keys'; exit; }

key() { openssl genpkey -algorithm "$1" ${2:+-pkeyopt "$2"} -out "$3" 2>/dev/null && python3 "$maker" --key "$3"; }
alice=$(key ed25519 '' alice.pem) alice2=$(key ed25519 '' alice2.pem) bob=$(key EC ec_paramgen_curve:P-256 bob.pem)
# vkey NAME TYPE BYTE: of a signed note
vkey() {
	python3 -c 'import base64, hashlib, sys
name, kind, byte = sys.argv[1].encode(), int(sys.argv[2]), int(sys.argv[3])
key = bytes([kind]) + bytes([byte]) * 32
print("%s+%s+%s" % (sys.argv[1], hashlib.sha256(name + b"\n" + key).hexdigest()[:8], base64.b64encode(key).decode()))' "$@"
}

# says NAME EXIT PATTERN ARG...
says() {
	local name=$1 want=$2 pattern=$3 code=0
	shift 3
	"$assay" "$@" >said 2>&1 </dev/null || code=$?
	if [ "$code" = "$want" ] && grep -qE -- "$pattern" said; then ok "$name"; else bad "$name: exit $code, wanted $want and /$pattern/: $(cat said)"; fi
}
# refuses NAME PATTERN ARG...: and the file stays
refuses() {
	local before
	before=$(sha256sum "$file")
	says "$1" 2 "$2" "${@:3}"
	[ "$before" = "$(sha256sum "$file")" ] || bad "$1: the file was changed"
}

# ---- init and show ----
says 'without a trust file nobody is trusted' 2 'nobody is trusted' trust show
check '  and how to begin is said' grep -q '^hint: .*assay trust init' said
says 'nothing is added to no file' 2 'no trust file' trust add signer --name v --key "$alice"
says 'init writes one' 0 'trusts nobody yet' trust init
check '  in its place' test -f "$file"
says '  which trusts nobody' 0 "^No rebuilder's word counts" trust show
for word in '^Nobody may say which images are current' '^No transparency log is believed' "^Nobody's TPM is trusted"; do
	check "  in sentences: $word" grep -q "$word" said
done
cp "$file" begun
says 'init never overwrites' 2 'stays as it is' trust init
check '  not a byte' cmp -s "$file" begun
ln -s /nowhere "$work/link.yaml"
says '  nor through a link' 2 'stays as it is' trust init --trust "$work/link.yaml"

# ---- add ----
says 'a rebuilder is added' 0 'added a rebuilder' trust add rebuilder --name alice-1 --operator Alice --key "$alice"
check '  and all that stood there stays' bash -c "head -c $(stat -c %s begun) '$file' | cmp -s - begun"
printf '# the end, by hand\n' >>"$file"
says 'another, with the number that is needed' 0 'added' trust add rebuilder --name bob --operator "Bob: of #2" --key "$bob" --quorum 2
says 'a second key of an operator' 0 'added' trust add rebuilder --name alice-2 --operator Alice --key "$alice2"
check '  comments stay' grep -qx '# the end, by hand' "$file"
says '  operators are counted, not keys' 0 'when 2 of these 2 operators' trust show
check '  each with its keys' grep -qF "as alice-2, $alice2" said
refuses 'a name that stands twice' "'alice-1' stands twice" trust add rebuilder --name alice-1 --operator Eve --key "$(key ed25519 '' eve.pem)"
refuses 'a key that stands twice' 'one key is one party' trust add rebuilder --name eve --operator Eve --key "$alice"
refuses 'more operators than there are' "'rebuilders' is 3, and there are 2" trust add rebuilder --name alice-3 --operator Alice --key "$(key ed25519 '' alice3.pem)" --quorum 3
check '  the others come first' grep -qx 'hint: add the others first, and say --quorum 3 with the last rebuilder that the number needs' said
refuses 'a name that stands twice, with a number' "'alice-1' stands twice" trust add rebuilder --name alice-1 --operator Eve --key "$(python3 "$maker" --key eve.pem)" --quorum 3
check '  is not about the number' eval '! grep -q "others first" said'
refuses 'no key at all' '--key is needed' trust add rebuilder --name x --operator X
refuses 'a key that is none' 'no key|key' trust add rebuilder --name x --operator X --key ed25519:AAAA
refuses 'an option that is for something else' 'says nothing about a signer' trust add signer --name v --operator V --key "$alice"
refuses 'something else' 'none of rebuilder, signer, log, witness, root' trust add vendor --name v
says 'a signer' 0 'added a signer' trust add signer --name vendor --key "$bob"
says 'a log, called as its key' 0 'added a log' trust add log --key "$(vkey log.example/a 1 1)"
says 'a log of another name' 0 'added a log' trust add log --origin 'images of example' --key "$(vkey b 1 2)"
says 'the first witness: one is needed' 0 'added a witness' trust add witness --key "$(vkey w1 4 3)"
says '  shown' 0 'when 1 of these 1 witness cosigned' trust show
says 'another, and both are needed' 0 'added a witness' trust add witness --key "$(vkey w2 4 4)" --quorum 2
says '  shown' 0 'when 2 of these 2 witnesses cosigned' trust show
refuses 'more witnesses than there are' "'quorum' is 4, and there are 3" trust add witness --key "$(vkey w3 4 6)" --quorum 4
check '  the others come first, too' grep -q '^hint: add the others first, and say --quorum 4 with the last witness' said
refuses 'a log as witness' 'wanted is 04' trust add witness --key "$(vkey w3 1 5)"
refuses 'a log that witnesses itself' 'cannot witness itself' trust add witness --key "$(vkey w3 4 1)"
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout root.key -out root.pem -subj /CN=made -days 30 2>/dev/null
says 'a root of TPMs' 0 'added a root' trust add root --name made --certificate root.pem --emulated
check '  by its whole path' grep -q "certificate: .*$work/root.pem" "$file"
refuses 'a file that is no certificate' 'TPM root' trust add root --name other --certificate alice.pem
says 'a root of hardware, by its file' 0 'added a root' trust add root --name lab --hardware tdx --certificate root.pem
says '  which is its digest' 0 "Intel TDX below lab \\($(openssl x509 -in root.pem -outform DER | sha256sum | cut -c1-64)\\)" trust show
refuses 'a product where there is none' "'product' is" trust add root --name lab2 --hardware tdx --product Milan --certificate root.pem
check 'nothing was lost on the way' bash -c "head -c $(stat -c %s begun) '$file' | cmp -s - begun && grep -qx '# the end, by hand' '$file'"
"$assay" trust show --json >shown.json && "$assay" trust show --trust shown.json >again
check 'shown as JSON it is the same trust file' bash -c "diff <(sed 1d again) <('$assay' trust show | sed 1d)"

# ---- files written in other ways ----
printf 'format: assay.trust/1\nrebuilders: [{name: a, operator: A, key: "%s"}] # one line\n' "$alice" >"$work/flow.yaml"
cp flow.yaml flow.before
says 'what cannot be added to safely is left alone' 2 'cannot be added to without' trust add rebuilder --name b --operator B --key "$bob" --trust flow.yaml
check '  with what to write by hand' grep -q '^hint: write it by hand' said
check '  and not a byte is changed' cmp -s flow.yaml flow.before
mkdir -p dots && mv "$file" dots/trust.yaml && ln -s "$work/dots/trust.yaml" "$file"
chmod 640 dots/trust.yaml
says 'a trust file behind a link' 0 'added' trust add signer --name another --key "$alice2"
check '  is changed there, and stays a link' bash -c "test -L '$file' && grep -q another dots/trust.yaml"
same '  with its mode' 640 "$(stat -c %a dots/trust.yaml)"
printf 'format: assay.trust/1\nrebuilders:\n  - name: a\n    operator: A\n    colour: red\n    key: %s\n' "$alice" >colour.yaml
says 'a mistake by hand is refused with its line' 2 "line 5: rebuilder has no member 'colour'" trust show --trust colour.yaml
says '  by every verb that reads it' 2 "line 5: rebuilder has no member 'colour'" quorum flow.yaml --trust colour.yaml

# ---- the first example of doc/trust.md, as it stands there ----
mkdir shown && cp root.pem shown/maker-x-root.pem
sed -n '1,/^```yaml/s/^    \(assay trust .*\)/\1/p' "$root/doc/trust.md" |
	sed "s|--name alice-1 \(.*\)ed25519:\.\.\.|--name alice-1 \1$alice|; s|--name bob \(.*\)ed25519:\.\.\.|--name bob \1$bob|" >shown/lines
same 'doc/trust.md shows how to begin' 'init add add add show' "$(awk '{ print $3 }' shown/lines | paste -sd' ')"
(cd shown && export XDG_CONFIG_HOME=$work/shown/config && assay() { "$assay" "$@"; } && set -e && . ./lines) >said 2>&1
same '  which runs as it stands' 0 $?
check '  and has the number that it names' grep -q 'when 2 of these 2 operators' said
