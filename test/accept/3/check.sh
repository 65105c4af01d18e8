# assay check. Sourced by test/accept/3.sh.
# shellcheck shell=bash disable=SC2154
section "check"
e2e "check builds again with everything perturbed that the box does not promise to fix: identical" check \
	"another machine around the box: component and image are identical" "what varied is told"
unit "  path, host name, user, umask, home, environment, zone, locale, processors, priority of another machine" outside shows failures
e2e "  the image as a whole, too" check "the image, too"
e2e "with the box's guarantees released one by one on request" check "everything varied: differs" "time alone: a step without one is identical"
unit "  time, zone, locale, processors, directory order, kernel name, addresses, randomness, ...: by name and in groups" variation lists every_name refuses
unit "every varied channel carries a canary value, which the box shows" outside views
unit "  another one in each run" canary makes keeps_outside
e2e "  a run after the other" check "canaries are others in each run"
e2e "result: identical" check "a component without a cause is identical" "without the box a component without a cause does not"
e2e "  or for each differing artefact the first difference at the deepest layer" check "a path in debug information is named" "in an archive each place has its own"
e2e "its cause class" check "a planted time stamp is named, by its canary" "a host name is named, by its canary" "random bytes are named, by bisection" \
	"the order of a folder is named" "a race is named" "two causes in one file are two findings"
unit "  the class follows from what moved it and what moved" cause every_variation refined
unit "  what is derived is never a cause; two kinds at one path are two places" finding kinds_and_hunks
unit "proved by a canary, in every form in which a program writes it" canary texts numbers binary dates dos_dates
unit "  and never by chance" canary not_by_chance not_varied
unit "proved by bisection: at most so many builds, races and coins included" bisect two_causes second_cause bounds coins races together
unit "  blaming nobody for what moves by itself" bisect unsteady unsteady_later blamed_by_chance
unit "  nor for an echo of the random numbers" finding echoes unsteady
unit "or suspected, by what the bytes look like" cause looks_like orders
unit "  where nothing moves it alone" finding unexplained
e2e "and the registers that it moves" check "the registers that it moves are named"
unit "  by where the output goes" finding registers
e2e "a variation that the machine cannot do is listed as not effective" check "a variation that its steps cannot do without is not effective" \
	"a toolchain with one locale only is said to be one"
e2e "check --only COMPONENT, exit codes, mistakes" check "what cannot be varied is a mistake" "a component that is not there is one"

# The README's tour, as it stands there, in a copy.
check_tour() {
	local tour=$work/tour commands=$work/tour.sh code=0
	mkdir -p "$tour" && ln -s "$root/guest" "$root/src" "$root/examples" "$root/build" "$tour/" || return
	awk '/^\*\*5\. Check/ { on = 1 } on && /^```/ { n++; next } on && n == 1' "$root/README.md" >"$commands"
	grep -q 'assay check' "$commands" || { echo "the tour has no assay check"; return 1; }
	(cd "$tour" && XDG_CACHE_HOME=$(dirname "$store") bash -e "$commands") >"$work/tour.out" 2>&1 || code=$?
	[ $code = 1 ] && grep 'TIME, proved: the value planted in the clock' "$work/tour.out"
}
direct "the README's tour shows check catching a planted time stamp and naming it" check_tour
