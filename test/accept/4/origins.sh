# Where the measured bytes come from. Sourced by test/accept/4.sh.
# shellcheck shell=bash disable=SC2154
section "images report it"
unit "the manifest gives every file's origin: source, distribution, reproduced, opaque" manifest_origin classes reproduced_ones
e2e "  by file" needs "a component's file is from source" "  a binary there is opaque" "a package's is the distribution's"
unit "and the share of measured bytes for each, which a reader adds up itself" manifest_parse other_sums
e2e "  where all of it is from source: 100 %" needs "  all that is measured is from source" "  and show says so"
e2e "a package that was reproduced here is told apart, when asked for" needs "unless it is asked for" "  then a package that was reproduced here is told apart"
unit "  by the record that the rebuild leaves" reproduced kept again
e2e "assay show says which share is what" show "where the bytes that are measured come from" "so do those that are measured"
e2e "the verdict, too, as what the manifest says" tpm-verify "says where the image's bytes come from, and whose word that is" "the same in JSON"
unit "  which is nobody's word where nobody gave it" verdict origins
