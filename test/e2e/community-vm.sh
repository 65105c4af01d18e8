#!/bin/bash
# The whole round on a machine that boots: examples/hello is published, three rebuilders build it again, a log with two
# witnesses holds what they say, a channel says that it counts; and a user with nothing but the publication and his own trust
# file asks the machine by its address. Then its host changes one thing. Who lies otherwise: community.sh.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/vm.sh
. "$(dirname "$0")/../vm.sh"
# shellcheck source=test/community.sh
. "$(dirname "$0")/../community.sh"
at_end() { community_end; vm_stop; }
umask 022
cd "$work" || exit
chmod 755 "$work"
hello_with_releases || { skip community-vm "no mirror has what hello's lock needs"; exit 0; }
keys vendor alice bob carol log w0 w1
check "a log and two witnesses of it" log_start || exit 1

# ---- the vendor ----
check "the vendor builds it" make "$work/out" "$hello" || exit 1
publish() { "$assay" publish out --description "$hello" --store "$store" -o www/hello -q "$@" >said 2>&1 || { cat said; return 1; }; } # OPTION...
check "  and publishes it, packages and all" publish --archive

# ---- three rebuilders: Alice and Bob share the machine's packages; Carol is another user and has the publication alone ----
# rebuilds WHO WRAPPER OPTION...
rebuilds() {
	say "rebuild: $1"
	rebuild "$1" "$2" "$work/www/hello" "${@:3}"
}
check "Alice rebuilds it" rebuilds alice plain --store "$store"
check "so does Bob, in Tokyo" rebuilds bob far --store "$store"
check "and Carol, as another user, from the publication alone, on a machine that cannot boot it" rebuilds carol somebody \
	--store "$work/carol/store" --mirror "$work/www/hello/archive" --no-observe
for who in alice bob carol; do
	same "$who says identical, from packages that the archives signed" \
		"$(jq -r '.predicate | "\(.result.verdict) \(.by."archive-membership".verdict)"' $who/hello.json)" 'identical verified'
	sign $who $who/hello.json $who
done
same "the results are the same bytes" "$(for who in alice bob carol; do result $who/hello.json | sha256sum; done | sort -u | wc -l)" 1
same "what they were made on is not" "$(for who in alice bob carol; do jq -c '[.predicate.by.variations, .predicate.by.observed]' $who/hello.json; done | sort -u | wc -l)" 2
logged alice bob carol
check "the vendor says which image counts" quiet "$assay" channel new out --key vendor.pem -q
# with NAME...: published anew with these statements
with() {
	mapfile -t options < <(given log "$@")
	publish "${options[@]}" --channel channel.dsse.json
}
check "  and publishes what they say" with alice bob carol

# ---- the user: a trust file, and an empty folder ----
check "the machine boots" vm_start honest out --timeout 900 || exit 1
{ cat trust.yaml && parties alice:Alice bob:Bob carol:Carol; } >user.yaml
mkdir empty
# verdict NAME CODE PATTERN
verdict() {
	judged "$1" "$2" "$3" env -C empty -i "XDG_STATE_HOME=$work/user" "$assay" verify "$url" --publication "$work/www/hello" \
		--trust "$work/user.yaml" --store "$work/none"
}
verdict "one address of a machine, one publication, one verdict" 0 '^verdict: affirming'
tells "  three vouch" 'Who vouches: .*Alice, Bob and Carol - 3 of'
tells "  their statements stand in the log" '3 of 3 statements stand in a log'
tells "  the image counts" "the image counts: channel 'hello' 1 by vendor"
tells "  the evidence is of now" '\[ok  \] the evidence is fresh'
with alice bob
verdict "two of three are enough" 0 '^verdict: affirming'
with alice carol
verdict "two of whom one has never booted it are not" 1 'PCR 0 can only be observed, and 1 of the 2'
with alice
verdict "nor is one" 1 '1 of the 2 operators that are asked for vouches'
with alice bob carol

# ---- the same image, to which the host gives one argument more ----
check "a changed machine boots" vm_start changed out --timeout 900 --qemu-arg -smbios \
	--qemu-arg type=11,value=io.systemd.stub.kernel-cmdline-extra=systemd.import_credentials=yes || exit 1
verdict "the changed machine is refused" 1 '^verdict: contraindicated'
tells "  by the registers that show it" 'FAIL.* PCR 12 '
tells "  and not for want of those who vouch" 'Who vouches: .*Alice, Bob and Carol'
