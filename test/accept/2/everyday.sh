# What a person meets every day: shown images, updated locks, progress, errors. Sourced by test/accept/2.sh.
# shellcheck shell=bash disable=SC2154,SC2317

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
