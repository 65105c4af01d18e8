# Signing outside the measured bytes. Sourced by test/accept/2.sh.
# shellcheck shell=bash disable=SC2154 # what test/demand.sh sets

signing_documents() {
	local verb
	for verb in uki attach detach; do
		"$assay" sign $verb --help | grep -q "assay sign $verb" && grep -q "assay sign $verb" "$root/doc/signing.md" || return
	done
	grep -q 'doc/signing.md' "$root/README.md" && echo "$(wc -l <"$root/doc/signing.md") lines"
}

# The size is all that another key changes of a copy's digests.
signing_leaves_the_image() {
	local before
	before=$(digests "$out")
	(umask 077 && openssl req -x509 -newkey rsa:2048 -nodes -keyout "$work/db.key" -out "$work/db.pem" -days 30 -subj /CN=db 2>/dev/null) &&
		"$assay" sign uki "$out" --key "$work/db.key" --cert "$work/db.pem" --output "$work/signed" --detached "$work/uki.p7" >/dev/null &&
		[ "$(digests "$out")" = "$before" ] &&
		"$assay" sign detach "$work/signed" --output "$work/unsigned" >/dev/null && [ "$(digests "$work/unsigned")" = "$before" ] &&
		echo "$(($(stat -c %s "$work/signed/uki.efi") - $(stat -c %s "$out/uki.efi"))) bytes put on and taken off"
}

section "signing outside the measured bytes"
direct "the unsigned image is the reproducible artefact: signing makes a copy, taking off gives it back" signing_leaves_the_image
e2e "assay sign uki --key --cert: the signature comes after the build" sign 'an image is signed, as a copy' 'the unsigned image stays as it was' \
	'gives the same bytes'
e2e "a detached signature that anyone can re-attach and compare" sign 'the detached signature is attached again' 'to the same bytes' \
	'image and signature are those from before' 'a signed disk is unsigned again' 'to the very same files'
e2e "  and by other tools: sbattach, sbsign" sign 'sbattach attaches it to the same bytes' 'sbattach takes it off to the same bytes' \
	"sbsign's signature is taken off to the unsigned image" 'bit for bit'
e2e "  a signature for another image, a damaged one, a second one: refused" sign 'a signature for another image' \
	'a signature by another certificate than the one that is wanted' 'a signature with a flipped bit' 'a second signature'
e2e "the Authenticode hash is the same before and after: sbverify, sbsign" sign 'sbverify accepts it' \
	'sbverify does not accept it for another certificate' 'sbsign signs the same Authenticode hash' 'which is that of the signed image, too'
e2e "only the file in the ESP changes; no register moves" sign 'everything before the ESP is the same' 'everything behind it, too' \
	'the ESP is sound' "its serial number is the unsigned one's" "assay measure: every register of the signed copy is the unsigned image's"
e2e "a Secure Boot boot with own enrolled keys" sign 'own keys are enrolled' 'the signed image boots' 'and its kernel finds Secure Boot on'
e2e "  PCR 5, 9, 11 as predicted; only PCR 0, 4 and 7 differ" sign 'PCR 5 is as predicted' 'PCR 9 is as predicted' 'PCR 11 is as predicted' \
	'of what was predicted for the unsigned image only PCR 0, 4 and 7 differ'
e2e "  unsigned, signed by another key, one flipped bit: does not boot" sign 'the unsigned image does not boot' \
	'an image signed by another key does not boot' 'a signed image with one flipped bit does not boot'
e2e "keys: not for everybody's eyes, no passphrase asked, RSA of 2048 bits at least, fits its certificate" sign \
	'a key that everybody can read' 'a key with a passphrase: nobody is asked' 'a key of 1024 bits' "another key's certificate" 'an elliptic curve'
unit "hostile signatures: every flipped bit, every cut" authenticode every_flip_shows made_is_taken libcrypto_takes_it keys_are_refused
unit "  and certificate tables" pe_certificates every_flip_shows refusals tables_of_others there_and_back
unit "  and DER" der one_form_only written_is_read wanted_is_compared
direct "documented" signing_documents
