# The attester on hardware: configfs-tsm, Nitro's security module, Azure's NV indexes. Sourced by test/accept/6.sh.
# shellcheck shell=bash disable=SC2154,SC2317

section "the attester on hardware"
e2e "assay attest speaks configfs-tsm: an SNP report over the binding, with the host's certificates" attest-hardware \
	"SNP: a kernel with the provider sev_guest" "  is found by itself" "  with a report" "  over SHA-512 of the binding" "  the host's certificates are with it"
e2e "  a TD quote over the binding, with the event log" attest-hardware "TDX: a kernel with the provider tdx_guest" \
	"  with a quote over SHA-512 of the binding" "  the event log is with it"
e2e "  a file system that behaves as the kernel documents: busy, others writing, levels, errors" attest-hardware "  a busy kernel is asked again" \
	"  another that writes into our entry: all anew" "  a guest above level 0 asks for its own level" "  an error of the hardware is the machine's fault" \
	"  a provider that went away, too" "  each made was removed"
unit "  every attribute: missing, empty, short, long, erroring" attest_tsm each contents levels
unit "  generation: others' writes, none of ours; the end after five entries" attest_tsm interference busy
unit "  no configfs, no provider, another provider, no right: what to do" attest_tsm absent kinds
e2e "/dev/nsm: a document whose nonce is the binding's" attest-hardware "Nitro: a kernel with a security module is found by itself" \
	"  with a document whose nonce is SHA-512 of the binding" "  the module's error is the machine's fault"
unit "  request and response byte for byte, each length, each error of the driver" attest_nsm request document responses documents cut errors
e2e "Azure: the report from NV, a quote by the key at 0x81000003" attest-hardware "  the report is there as it is" \
	"  the quote is the key's, over SHA-256 of the binding" "  SHA-512 of the binding is what was written"
e2e "replies of a test authority become bundles that a verifier asks for without a credential" attest-hardware \
	"  a verifier asks without a credential and takes the bundle" "  a credential is refused"
unit "  the process that keeps the right to ask; bundles and refusals" attest_hardware asks tells bundles
unit "  identities of both forms" challenge identities kinds
e2e "the machine says which kind it has: hardware before a TPM, or by name" attest-hardware "a TPM alone is found by itself" "  hardware comes first" \
	"  and nothing else there: all that was looked for"
unit "  the platforms by name" attest_hardware platforms
e2e "a TPM that lies neither crashes it nor keeps it busy" attester-liar "sixteen times" "an answer to another question" \
	"one register, whatever is asked for"
