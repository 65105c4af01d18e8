# Reference values in the formats of others. Sourced by test/accept/5.sh.
# shellcheck shell=bash disable=SC2154
section "exports"
unit "CoRIM: a CoMID with integrity registers for each shape, of TPM, SNP, TDX and Nitro" export corim tag_ids
unit "  in deterministic CBOR" export deterministic
e2e "  as the public CDDL says, by a second reader" export "it is as the CDDL says" "  of SNP as plain digests" "  and no register without a value"
e2e "  python3-cbor2 reads it" export "python3-cbor2 reads it"
e2e "  COSE-signed, which openssl verifies" export "signed with Ed25519" "  its header says who" "  openssl verifies it" "signed with P-256"
unit "the shared CoRIM files parse" corim_vectors check_file
unit "  and what is no CoRIM is refused with the reason" corim_read refuses_comids refuses_manifests
e2e "Trustee's RVPS JSON, with the names of its policies" export "a message for Trustee's RVPS" "  its payload has the names" "  both SNP shapes under one"
e2e "the flat JSON of measured-boot tools" export "the flat form of a TPM" "that of TDX has MRTD as 0" "that of an enclave is nitro-cli's"
e2e "values that leave executable layers uncovered are not given away unasked" export "a shape that covers the firmware alone" "  unless it is asked for"
