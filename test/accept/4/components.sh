# Components that stand on components, and images without packages. Sourced by test/accept/4.sh.
# shellcheck shell=bash disable=SC2154
section "components that stand on components"
e2e "components stand on components: what is needed is built first" needs "components are built, what is needed first" "  and see what the others gave" "in another order"
unit "  seen below /need, read only; its bytes are in the derivation" component_needs needs needs_made
e2e "  what is needed and gives the same builds nobody else again" needs "  and who needs it is not, since it gave the same" "  who needs it is built again"
unit "  unknown names and circles are refused, with line and hint" description_component needs refuses_needs
e2e "  the same in check and shell" needs "assay check builds with what is needed" "assay shell shows it, too"
e2e "an output to build is in no tree" needs "what goes to build is in no tree"
unit "kernel, stub and firmware may be a component's" description_file takes refuses
e2e "  and then an image needs no package" needs "an image without packages is locked" "  kernel, stub and firmware are the component's" "  with its bytes" \
	"  the SBOM says that no package is in it" "users, modes and os-release need no package"
