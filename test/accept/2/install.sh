# Install: the Debian package of the tool, and the verifier for those who only verify. Sourced by test/accept/2.sh.
# shellcheck shell=bash disable=SC2154,SC2317

install_command() {
	"$root/run" --help | grep -E '^  package ' && grep -qE '^package\)$' "$root/run"
}
# install_figure TEST PATTERN: the line with figures that the test printed
install_figure() {
	e2e_run "$1"
	grep -E "$2" "$logs/e2e-$1.log"
}

section "install: the Debian package"
direct "./run package is there" install_command
e2e "two folders give the same bytes" package 'two folders, two umasks, two zones: the same bytes'
direct "  which are" install_figure package '^[0-9]+ bytes, SHA-256 '
e2e "times are the version's day, or SOURCE_DATE_EPOCH" package 'one day' 'SOURCE_DATE_EPOCH is its time'
unit "assay's own writer makes it: no compressor, no machine in the bytes" deb_write round_trip order refused limits
e2e "dpkg takes it, everything is of root" package 'dpkg-deb reads it' 'its name and version' 'everything is of root' 'modes'
e2e "its dependencies are its libraries' packages, by ldd as a witness" package 'it depends on the packages of its libraries' 'and on what it starts'
e2e "installed, the program runs from there" package 'dpkg installs it' 'the installed program says its version' 'the sums of the package hold'
e2e "with pages, completion, documents, example and licence" package 'it has every manual page' 'it has the completion' \
	'it has every document that a page leads to' 'it has the example' 'it has the licence' 'a copy of the example is a description that its lock fits'
e2e "removed without a trace" package 'dpkg removes it' 'and nothing is left' 'not even in its memory'

section "install: the verifier"
e2e "-Dverifier-only=true: libcrypto and libc alone" verifier-only 'it needs libcrypto and libc alone'
e2e "one small binary" verifier-only 'it is less than half of the whole tool' 'its verbs'
direct "  how small" install_figure verifier-only '^stripped: '
e2e "verdicts as of the whole tool, byte for byte, text and JSON" verifier-only 'an honest machine is affirmed' \
	'a changed machine is contraindicated, and explained' 'and in JSON' 'nobody vouches: a warning' 'explain'
e2e "it asks no machine and has no store, and says so" verifier-only 'it asks no machine, and says how to' 'it has no store' 'it leaves nothing behind'
