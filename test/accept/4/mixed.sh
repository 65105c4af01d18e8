# hello with firmware, stub and kernel from source, its userland from packages. Sourced by test/accept/4.sh.
# shellcheck shell=bash disable=SC2154,SC2317

mixed_table() {
	grep -cE '^\| PCR [0-9]+ \|' "$root/README.md" | sed 's/$/ registers/;/^0/d' | grep .
}

section "mixed: hello in two variants"
slow "firmware and kernel from source, userland from packages: built, booted, affirmed" 7-mixed "hello-mixed is built" "the machine is affirmed"
slow "  the firmware is that of the package, to the byte" 7-mixed "its firmware: the bytes of Debian's package"
slow "  and to the other variant's values another machine" 7-mixed "to the values of hello out of packages it is another machine: contraindicated"
direct "both variants' reference values in a table: README" mixed_table
