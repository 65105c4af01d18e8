# Certificates and collateral travel with the evidence: assay bundle. Sourced by test/accept/6.sh.
# shellcheck shell=bash disable=SC2154,SC2317

bundle_fuzzed() { "$root/build/test/fuzz/test-fuzz-evidence_read"; }

# bundle_labels: doc/protocol.md and assay-evidence(5) have each label of the table of parts
bundle_labels() {
	local label n=0
	for label in $(sed -nE 's/^\t(BYTES|ENDORSED|CHAIN)\("([^"]+)".*/\2/p; s/^\t\{ "([^"]+)".*/\1/p' "$root/src/evidence/bundle_part.c"); do
		grep -qE "^\| \`${label//./\\.}(\`|\.0\`)" "$root/doc/protocol.md" || { echo "doc/protocol.md lacks $label"; return 1; }
		grep -qF "*$label" "$root/man/assay-evidence.5.scd" || { echo "assay-evidence(5) lacks $label"; return 1; }
		n=$((n + 1))
	done
	[ $n -ge 20 ] && echo "$n labels"
}

section "certificates and collateral travel with the evidence"
unit "evidence is recognised by its bytes; near misses and every truncation are refused by what they look like" evidence_read \
	raw_kinds extended others near_misses
direct "  whatever file is given: its parts, a bundle of it, what is told of it" bundle_fuzzed
e2e "assay bundle make: report, quote, HCL report and what a verifier needs, in one file" bundle "an SNP report with all of its collateral" \
	"a TDX quote with all of its collateral" "an HCL report of Azure with its TPM's quote" "a bundle is completed"
unit "  each part takes what it is for, in each encoding, and nothing else" bundle_fill certificates lists documents other_documents values kinds
e2e "  what is refused is said, and the bundle that was there stays" bundle "a certificate is no evidence" "a CRL is no certificate" "  nothing was written"
e2e "  for offline use: in an empty network namespace" bundle "make and status work in an empty network namespace" "  with the same bytes"
e2e "vendor services only when asked" bundle "without --fetch nobody is asked" "  not one request"
e2e "  AMD's by chip and TCB, which Python computes a second time" bundle "what is missing is fetched from AMD" "  the same bundle as from files" \
	"  the VCEK by chip and TCB, chain and CRL, each once"
e2e "  Intel's by FMSPC, with the issuers' chains of the headers" bundle "what is missing is fetched from Intel, or a cache of it" \
	"  by the FMSPC of the quote"
e2e "  of Intel's documents the later evaluation counts, not the later date" bundle "TCB info of a later evaluation that was issued earlier" \
	"  is the newer one" "  is not"
e2e "  at the vendors' own addresses: over TLS, by names, through a proxy that is not believed" vendor-tls "  these were asked, and nobody else" \
	"the header of a proxy is not the service's" "an authority that the machine does not know" "a certificate for another name"
e2e "  cached by chip and TCB, lists and documents until their next update" bundle "  and then from the cache" "  without a request" \
	"a CRL of the cache that has expired is fetched again" "  after its next update TCB info is fetched again" "a VCEK of the cache that does not fit, too"
e2e "  polite: Retry-After, few tries, one request at a time" bundle "a service that is busy is waited for, as it asks" "one that wants an hour is left alone" \
	"three at a time: each asks alone" "a service that fails is tried four times"
e2e "  what is no answer is not kept: 404, garbage, huge, slow, of another chip" bundle "404" "a page of somebody else" "more than is taken" \
	"a VCEK for another TCB" "a service that is too slow"
unit "assay bundle status: what expires when, at each end, and what a verifier would miss" bundle_status snp_dates snp_parts snp_table tdx_parts \
	tdx_dates_and_fit
unit "  documents of Nitro and bundles of a TPM: no CRL, and why" bundle_status_nitro nitro tpm
e2e "  exit 0, 1, 2; the earliest expiry is the last line" bundle "  is complete" "  in ten days it has expired" \
	"  the CRL expires first, and that is the last line"
e2e "  both verbs in a verifier-only build" verifier-only "what of it expires when" "a bundle is made" "it fetches nothing for a bundle"
direct "all labels and kinds in doc/protocol.md and assay-evidence(5)" bundle_labels
