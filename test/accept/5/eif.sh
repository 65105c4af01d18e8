# Images of Nitro enclaves. Sourced by test/accept/5.sh.
# shellcheck shell=bash disable=SC2154
section "Nitro enclaves"
unit "EIF: header, sections and CRC are written and read" eif writes_and_reads
unit "  PCR 0, 1, 2 and 8 follow from it" eif registers signature
e2e "  and a second implementation agrees, with one to three ramdisks" eif "an image with 1 ramdisks has" "an image with 2 ramdisks has" "an image with 3 ramdisks has"
e2e "  with --json the sections, the rules and whether hardware confirmed them" eif "  its rules, and that no hardware" "  its sections" "  and one event for each register"
unit "  every shared EIF holds, and images of the same parts as we write them" eif_vectors read_images write_images certificate
unit "refused with the reason: magic, version, CRC, order, what lies beyond the file" eif refuses beyond_the_file damage
e2e "  by the verb, too" eif "another magic is refused" "another version" "another CRC" "a section out of range" "sections out of order"
e2e "of a signed image the signature is checked: openssl's" eif "a signed image has PCR 8" "  its signature holds" "the signature of another image does not" "nor one of another key"
e2e "assay sign eif puts one in, which openssl verifies" eif "assay sign eif signs an image" "  PCR 8 is the certificate's" "  and openssl verifies it"
e2e "image: format: eif lets assay build write one" eif "image.eif has the PCRs of the second implementation" "its kernel is the image's" "its command line" "its first ramdisk" "its second the root"
e2e "  with its shape in reference-values.json" eif "reference-values.json has them" "assay measure finds the same values" "  and says so when image.eif is another one"
e2e "  the same bytes in another store and folder" eif "give the same image.eif"
e2e "  no build time" eif "its metadata has no build time"
unit "CBOR, which signatures are in: RFC 8949's examples, malformed ones, every truncation" cbor examples refuses truncations bounded
unit "  COSE_Sign1" cose_sign1 signs_and_verifies flips another_key
