# Keys, signed statements, SLSA. Sourced by test/accept/7.sh.
# shellcheck shell=bash disable=SC2154,SC2317

statements_documented() {
	local word n=0
	for word in DSSEv1 'tag:assay,2026:rebuild/1' SLSA_BUILD_REPRODUCED 'There is no word for "equal after something was left out"' ML-DSA 'What a statement does not prove'; do
		grep -qF -- "$word" "$root/doc/statements.md" || { echo "doc/statements.md does not say '$word'"; return 1; }
		n=$((n + 1))
	done
	echo "$(wc -l <"$root/doc/statements.md") lines"
}

section "keys"
e2e "assay key new: Ed25519 and P-256 in PEM, which openssl reads" statement 'a new key is Ed25519' 'one of P-256 is made' 'openssl reads the key'
e2e "  mode 0600 whatever the umask is, whole, never in another's place" statement "its file is its owner's alone" 'a key is never replaced' '  nor what a link leads to' '  and stays as it is'
unit "  by a file that takes nobody's place" file created
unit "  no two are one; each comes back out of its file" private_key makes
e2e "a key that others may read is refused by its name" statement 'a key that its group may read' '  and one that everybody may' "verify --jwt wants a key"
e2e "a secret is never printed, in no output and no error" statement 'no secret was ever said or written'
e2e "one key has one line, in whatever form it comes" statement 'key show prints the line again' '  one line for a key, however its point is written' '  and however its file is'
unit "  and one id: it cannot count twice" dsse one_id lines
e2e "keys of logs and witnesses, as C2SP writes them" statement 'key show --origin' '  --witness one that signs with the time'
unit "the type byte is open: ML-DSA and others are refused by their names" signed_note types
unit "one reader of keys for statements, notes and tokens; what it signs verifies first" private_key signs statements two_halves refuses

section "signed statements"
e2e "assay sign: in-toto Statement v1 in DSSE, byte for byte" statement 'it is signed' 'the payload is the statement, byte for byte' "  of in-toto's type"
e2e "  which openssl takes, Ed25519 and P-256" statement 'openssl takes the Ed25519 signature' '  and the one of P-256'
e2e "  and assay takes what openssl and python signed" statement 'an envelope that openssl and python made verifies' 'a predicate that is not known is kept'
e2e "more keys sign the same envelope, each once" statement 'one more key signs the envelope' '  and the first signature stays' '  but not twice'
unit "which of the keys signed; one bad signature of two" statement_open two_keys order
unit "  nothing of a payload is read before a signature holds" statement_open order
unit "subjects are artefacts and register values; predicate is result and by" statement verdicts members
e2e "  of hello, registers included, the digest that assay rebuild prints" rebuild 'assay statement show reads the same result'
unit "read strictly: each member left out, doubled, renamed, of another kind, swapped" statement_changes changes
unit "  each byte flipped, every truncation" statement_changes flips truncations
unit "  no time, no machine, no folder in result" statement words more
e2e "  nor is one signed that has them" statement 'a time in the result is not signed' 'a machine is not' 'a folder is not'
e2e '"equal after normalising" is never called identical' statement 'equal after something was left out is not called identical' 'identical without what it is about is not'
e2e "failures and differences are signed, too" statement 'that it differs is signed, too' 'a failure is signed, too' '  and is about the lock'
e2e "assay statement show: what, verdict, digest, who, whose signatures hold" statement 'a bare statement is shown' '  with the digest of its result' '  who made it' '  and that nobody signed it'
e2e "  a hint that lies is found out, and decides nothing" statement "a hint that names another's key is found out" '  and decides nothing'
e2e "assay statement verify: keys given, or the trust file's rebuilders by name" statement 'the key that signed verifies' 'another key does not' 'a rebuilder of the trust file counts' 'without a key or a trust file nobody counts'
e2e "  a changed payload, another type, a cut file" statement 'a payload that was changed is found out' 'another type of payload' 'an envelope that is cut'
direct "documented" statements_documented

section "SLSA"
e2e "provenance v1 beside the rebuild's statement, from the manifest" statement 'SLSA provenance is a Statement v1' '  about the disk' '  from these packages' '  without a time or a machine'
e2e "  signed and verified like any other" statement 'it is signed and verified like any other' '  and told by what it is'
unit "a VSA says SLSA_BUILD_REPRODUCED of two operators with the same bytes, of nothing less" slsa_summary levels form
