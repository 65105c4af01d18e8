#!/bin/bash
# The attester compiles from exactly the listed files by the command that images use, and knows no folder.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"

list=$root/src/attester/sources.txt
compile() { # FOLDER
	mkdir -p "$1"
	tar -C "$root/src" -cf - -T "$list" | tar -C "$1" -xf -
	(cd "$1" && gcc -std=gnu17 -O2 -D_GNU_SOURCE -D_FILE_OFFSET_BITS=64 -fstack-protector-strong -fno-strict-aliasing \
		-I. -o assay-attester ./*/*.c -levent -ltss2-esys -ltss2-mu -ltss2-tcti-device -lcrypto)
}

check "compiles from the listed files alone" compile "$work/a"
check "compiles in another folder" compile "$work/other folder/b"
check "is the same in both" cmp "$work/a/assay-attester" "$work/other folder/b/assay-attester"
used=$(cd "$work/a" && gcc -MM -D_GNU_SOURCE -I. ./*/*.c | tr -d '\134' | tr ' ' '\n' | grep -E '\.[ch]$' | sed 's,^\./,,' | LC_ALL=C sort -u)
same "every listed file is used" "$used" "$(cat "$list")"
"$work/a/assay-attester" --port 99999 2>"$work/said"
same "refuses a bad argument" $? 2
check "and says how it is used" grep -q '^usage: assay-attester' "$work/said"

# examples/hello compiles it by the same list.
used=$(awk '/- name: attester$/ { here = 1 } here && /^    steps:/ { exit } here && /^      - / { print $2 }' "$root/examples/hello/assay.yaml")
same "the example names the same files" "$used" "$(cat "$list")"
