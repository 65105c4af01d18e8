# What a person meets every day: new descriptions, shown images, updated locks, progress, errors. Sourced by test/accept/2.sh.
# shellcheck shell=bash disable=SC2154,SC2317
section "everyday use"

# init
# The five lines, as init prints them, on a program made here; without the boots, which tool/test.sh init shows.
init_five_lines() {
	local dir=$work/init-lines n
	mkdir -p "$dir" && cd "$dir" || return
	printf 'int main(void) { return 0; }\n' | gcc -static -x c -o app - || return
	"$assay" init --template service --binary ./app --port 8000/tcp my-app >next || return
	n=$(($(grep -c '^  assay ' next) + 1))
	"$assay" lock my-app --store "$store" -q && "$assay" build my-app --output my-app/out --store "$store" -q >/dev/null || return
	[ $n = 5 ] && echo "$n lines; $(find my-app/guest my-app/attester -type f | wc -l) sources in the folder, image built"
}
init_commented() {
	local t n=0 all=0
	for t in systemd minimal; do
		"$assay" init -q --template $t "$work/init-$t" || return
		n=$((n + $(grep -c '^ *#' "$work/init-$t/assay.yaml"))) all=$((all + $(wc -l <"$work/init-$t/assay.yaml")))
	done
	[ $n -gt 30 ] && echo "$n of $all lines are comments"
}
direct "assay init: a program is a measured appliance in five lines" init_five_lines
direct "assay init: the description is commented" init_commented
unit "assay init: each template's description can be read, and its files are there" template every_template minimal texts
unit "assay init: a static program, or a folder with one, becomes a service" template units folders
unit "assay init: what could not run is refused with what to do" template refused
unit "assay init: nothing is overwritten, nothing is left half" new_folder in_the_way taken_back
e2e "assay init: all three templates are locked and built outside the repository" init "build systemd" "build minimal" "build my app"
e2e "assay init: two folders, the same files and the same digests" init \
	"elsewhere, with another umask, the same is written" "service: two folders, the same digests"
e2e "assay init: the service answers on its port in an attested machine" init \
	"service: the program answers on its port, as a user of its own" "service is affirmed"
e2e "assay init: the minimal machine attests" init "minimal is affirmed"
e2e "assay init: mistakes are answered by what to do" init "a template mistyped" "a dynamic program" "the attester's port"

# show, lock, progress, errors

# hello, as it was built: each question of a person has an answer, and the numbers are those of the files.
show_answers() {
	local text=$work/show.text json=$work/show.json word
	"$assay" show "$out" --store "$store" >"$text" && "$assay" show "$out" --store "$store" --json >"$json" || return
	for word in 'image hello' 'vouched for by this store' 'disk.img' 'root hash' 'command line' 'systemd-stub 25' 'OVMF 2025' \
		'distribution binaries' 'compiled here' 'the biggest in the image' 'can log in' 'enabled, by' 'open ports' '8080/tcp' \
		'PCR 11  computed:' 'PCR 0   observed:' 'what covers them' 'root file system'; do
		grep -qF -- "$word" "$text" || { echo "not shown: $word"; return 1; }
	done
	[ "$(jq .layers.disk.size "$json")" = "$(stat -c %s "$out/disk.img")" ] &&
		[ "$(jq -r '.platforms[0].registers[] | select(.register == 11).sha256' "$json")" = \
			"$(jq -r '.shapes[0].registers[] | select(.register == 11).values.sha256' "$out/reference-values.json")" ] &&
		jq -r '"\(.packages | length) packages, \(.users | length) users of whom \([.users[] | select(."can-log-in")] | length) can log in, \(.units.enabled | length) units enabled, \(.units.masked | length) masked, ports \(.ports | join(" ")), \(.platforms[0].coverage | length) layers"' "$json"
}

why_of_hello() {
	"$assay" lock why adduser "$root/examples/hello" --store "$store" >"$work/why" 2>&1 || return
	grep -q '^in toolchain:c$' "$work/why" && grep -q 'asked for in assay.yaml$' "$work/why" &&
		grep -q '^not in image: assay.yaml leaves it out$' "$work/why" && echo "adduser: $(grep -c '^  ' "$work/why") steps"
}

# Where an error is set without a hint, its kind has one: no path leads past it.
every_error_has_a_hint() {
	grep -q 'hint_of(e)' "$root/src/cmd/main.c" || return
	unit_run hint
	unit_passed hint && echo "$(grep -rE 'err_(set|os)\(' "$root"/src --include=*.c | wc -l) places where errors begin, $(grep -rF 'err_hint(' "$root"/src --include=*.c | wc -l) hints of their own, one of its kind for the rest"
}

section "everyday use: what is in an image, what an update moves, what runs, what to do"
direct "assay show prints an image as a person would ask" show_answers
e2e "it shows packages, users, enabled units, open ports declared" show "packages with version and source" "users and who can log in" "units" "all units" "open ports" "the biggest packages" "where files come from" "files by name"
e2e "it shows measured layers, registers and coverage" show "sizes and layers" "the command line" "registers and how they were made" "coverage"
e2e "it says who vouches, and steers no terminal" show "who made it" "another store vouches for nothing" "another manifest is a no" "it says so, and steers no terminal"
e2e "its JSON has all of it in a fixed order" show "JSON has all of it" "JSON says the same" "bytes add up"
unit "users, units and ports in the manifest are those of the root" manifest_system passwords no_account units
unit "a manifest is read back whole, and no damaged one" manifest_parse all_of_it shares damaged another_version
e2e "lock --update prints packages changed" show "the change is named" "for a person" "nothing new: registers that will move"
e2e "and which registers will move: as the build then shows" show "a package of the image: those that did" "the kernel: those that did" "the stub: those that did" "a stub that measures more: those that did" "the firmware: those that did" "an older firmware: those that did" "no package, but a newer Release: those that did"
e2e "said before the build" show "a package of the image: registers that will move" "the kernel: registers that will move" "the stub: registers that may" "the firmware: registers that may" "no package, but a newer Release: registers that will move"
unit "which registers move with which part: held against predictions" shape_moves as_said what_may_happens sums
unit "packages that are added, gone, replaced, in other sets" lock_change what_changes other_bytes
unit "what reaches which part: packages, compilers, dates" lock_effect by_sets no_database dates_and_writers
direct "lock why PACKAGE" why_of_hello
unit "the chain of dependencies for each set" why from_indexes from_the_lock without_the_index no_end a_broken_index
e2e "a name that is not in the lock is a no with what was meant" show "a name that is not there is a no" "and near names are named" "what is left out is a no"
e2e "lock, lock verify and lock why in JSON" show "why as JSON" "lock verify as JSON" "a package of the image: registers that may"
unit "progress on terminals: bytes, rate, time left, cut to its width" progress words rates on_a_terminal
unit "plain lines elsewhere, none with -q" progress in_a_pipe quietly
e2e "progress of a build under script(1), in a pipe, with -q" show "a terminal gets a line that changes" "none is wider than the terminal" "a pipe gets plain lines with timings" "with -q nothing"
direct "every error ends in what to do" every_error_has_a_hint
e2e "mistakes of a newcomer, each with a hint" command-line
e2e "and those that need an image" show "a full disk ends in what to do" "a trust file that is none" "evidence that is none" "a damaged image" "a changed image is a no with a hint"

# build --explain
e2e "build --explain says what is rebuilt and why" incremental "says that it is the first" "says that nothing changed" \
	"components come from the store" "it is named" "a new file of the overlay is named" "a file that went is named" \
	"a changed description is named" "other components are not compiled"
