# The README's last tour, and what a newcomer needs beside it. Sourced by test/accept/7.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# Every document is in the README's list, or the readers of this project do not find it.
all_listed() {
	local f n=0
	for f in "$root"/doc/*.md; do
		grep -qF "(doc/${f##*/})" "$root/README.md" || { echo "README.md does not lead to doc/${f##*/}"; return 1; }
		n=$((n + 1))
	done
	echo "$n documents"
}
last_tour() {
	[ "$(grep '^## .*tour' "$root/README.md" | tail -n 1)" = '## The last tour: one machine, one publication, one verdict' ] &&
		sed -n '/^## The last tour/,/^## What/p' "$root/README.md" | wc -l | sed 's/$/ lines/'
}

section "the last tour"
direct "the README's last tour is the end user's: one URL of a machine, one publication, one verdict" last_tour
e2e "  its commands, as they stand there: one question, the verdict that it shows" community 'the last tour has its commands' "the user's run" 'and print: Who vouches' \
	'and print: verdict: affirming'
e2e "  and those of a rebuilder and the vendor" community "so do the others'" 'which give a publication'
e2e "whoever knows nobody is told assay rebuild URL, and then this machine's build vouches" community 'who knows nobody is told to rebuild it' \
	'and who has done so needs nobody else' 'nor does having tried to rebuild it'
e2e "the recipe of a rebuilder runs as it is shipped, with several logs, and does nothing twice" community "a rebuilder's timer runs the script" 'what is new in a log is said' \
	'it is rebuilt, which the next log profits from' "and in the rebuilder's log" 'and adds nothing'
e2e "  and signs nothing where only the machine is to blame" rebuild 'a machine without QEMU has no answer' 'and signs nothing'
direct "every document is in the README's list" all_listed
