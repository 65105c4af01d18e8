# Components that stand on components, images without packages, origins and shares. Sourced by test/accept/4.sh.
# shellcheck shell=bash disable=SC2154
section "plumb"
e2e "components stand on components: what is needed is built first" needs "components are built, what is needed first" "  and see what the others gave" "in another order"
unit "  seen below /need, read only; its bytes are in the derivation" component_needs needs needs_made
e2e "  what is needed and gives the same builds nobody else again" needs "  and who needs it is not, since it gave the same" "  who needs it is built again"
unit "  unknown names and circles are refused, with line and hint" description_component needs refuses_needs
e2e "  the same in check and shell" needs "assay check builds with what is needed" "assay shell shows it, too"
e2e "an output to build is in no tree" needs "what goes to build is in no tree"
unit "kernel, stub and firmware may be a component's" description_file takes refuses
e2e "  and then an image needs no package" needs "an image without packages is locked" "  kernel, stub and firmware are the component's" "  with its bytes" \
	"  the SBOM says that no package is in it" "users, modes and os-release need no package"
unit "the manifest gives every file's origin: source, distribution, reproduced, opaque" manifest_origin classes reproduced_ones
e2e "  by file" needs "a component's file is from source" "  a binary there is opaque" "a package's is the distribution's"
unit "and the share of measured bytes for each, which a reader adds up itself" manifest_parse other_sums
e2e "  where all of it is from source: 100 %" needs "  all that is measured is from source" "  and show says so"
e2e "a package that was reproduced here is told apart, when asked for" needs "unless it is asked for" "  then a package that was reproduced here is told apart"
unit "  by the record that the rebuild leaves" reproduced kept again
e2e "assay show says which share is what" show "where the bytes that are measured come from" "so do those that are measured"
e2e "the verdict, too, as what the manifest says" tpm-verify "says where the image's bytes come from, and whose word that is" "the same in JSON"
unit "  which is nobody's word where nobody gave it" verdict origins
