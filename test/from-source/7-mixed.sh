#!/bin/bash
# hello twice: out of packages alone, and with firmware, stub and kernel from source; what each register says of the two
# reads: . ../hello ../hello-mixed ../../guest ../../src
# shellcheck source=test/from-source/frame
. "$(dirname "$0")/frame"
# shellcheck source=test/vm.sh
. "$(dirname "$0")/../vm.sh"
hello_ready || exit 1
mixed=$root/examples/hello-mixed out=$work/mixed
"$assay" fetch "$mixed" --store "$store" -q || { skip 7-mixed "a package or source of $mixed is on no mirror any more; lock it afresh"; exit 0; }
check "hello is built" "$assay" build "$hello" -o "$work/packages" --store "$store" -q || exit 1
check "hello-mixed is built" "$assay" build "$mixed" -o "$out" --store "$store" -q || exit 1

input() { jq -r --arg n "$2" '.shapes[0].inputs[] | select(.name == $n).value' "$work/$1/reference-values.json"; }
register() { jq -r --argjson r "$2" '.shapes[0].registers[] | select(.register == $r) | .values.sha256 // ""' "$work/$1/reference-values.json"; }
for n in firmware firmware-variables; do
	same "its $n: the bytes of Debian's package" "$(input packages $n)" "$(input mixed $n)"
done
for r in 0 1 2 3 4 5 6 7 9 11; do
	a=$(register packages $r) b=$(register mixed $r)
	if [ -z "$a$b" ]; then
		figure "PCR $r" "not predicted"
	elif [ "$a" = "$b" ]; then
		figure "PCR $r" "equal: $a"
	else
		figure "PCR $r" "${a:-none} ${b:-none}"
	fi
done
for of in packages mixed; do
	figure "$of: bytes from source, of all" "$(jq -r '.origins | "\(.source) of \(add), distribution \(.distribution)"' "$work/$of/reference-values.json")"
done
check "boot" vm_start mixed "$out" || { cat "$console"; exit 1; }
affirmed "the machine is affirmed" "$out"
told "to the values of hello out of packages it is another machine" "$work/packages" "4 5 9 11"
