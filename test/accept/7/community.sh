# The whole round: three rebuilders, a vendor, a log with witnesses, a user; and everybody who is wrong or lies in it. Sourced
# by test/accept/7.sh.
# shellcheck shell=bash

section "rebuilders, a vendor and a user"
e2e "three rebuilders: three keys, operators, folders, users, perturbations; one result" community 'Alice rebuilds it' 'so does Bob, in Tokyo' 'and Carol, as another user' \
	'alice says identical' 'bob says identical' 'carol says identical' 'the results are the same bytes' 'and who made them is not'
e2e "  publish, rebuild, 2 of 3, one verdict; by a log, witnesses and a channel of the tool" community 'a log and two witnesses of it' 'the vendor publishes what they say' \
	'one machine, one publication, one verdict' 'three vouch' 'their statements stand in a log' 'and the image counts' 'two of three are enough' 'by name' 'one is not enough'
e2e "  the same for examples/hello, to the last register, from the archives' signatures" community-vm 'the vendor builds it' 'Alice rebuilds it' 'so does Bob, in Tokyo' \
	'and Carol, as another user, from the publication alone' 'alice says identical, from packages' 'bob says identical, from packages' 'carol says identical, from packages' 'the results are the same bytes'
e2e "  a booted VM, by its address, from the publication alone" community-vm 'the machine boots' 'one address of a machine, one publication, one verdict' '  three vouch' \
	'  their statements stand in the log' '  the image counts' '  the evidence is of now' 'two of three are enough'
e2e "  who never booted it does not vouch for its firmware" community-vm 'two of whom one has never booted it are not' 'nor is one'
e2e "  the same image with another command line: refused, by the registers that show it" community-vm 'a changed machine boots' 'the changed machine is refused' '  by the registers that show it'
e2e "an altered result: refused with its reason" community 'assay sign signs no result that contradicts its subjects' 'an altered result is no second one: why' 'nor is one of whoever lies: why'
e2e "one key or one operator counted twice: refused with its reason" community 'one key is counted once: why' 'one operator is counted once: why' 'one operator is counted once: one is missing'
e2e "an old statement: refused with its reason" community 'neither is an old statement' 'neither is an old statement: why'
e2e "  one that no log shows" community 'nor one that no log shows' 'that one is missing'
e2e "a lock with a package that the archive never signed: refused with its reason" community 'alice says that the lock is refuted' 'bob says that the lock is refuted' \
	'a lock that the archive never signed vouches for nobody' 'the verdict says who found out' 'two operators say why'
unit "  who says no is named in the verdict" quorum_outcome denied
e2e "a rolled-back log: refused with its reason" community 'the log grows' 'and is rolled back'
e2e "  one with another history: no witness cosigns it, and what it shows does not count" community 'no witness cosigns another history' 'and what only the other history shows does not count'
e2e "an expired channel: refused with its reason" community 'a channel whose time is over is refused' 'with what to do'
e2e "  a replayed channel, an outdated image" community 'and then the one before is replayed' 'an image that is outdated is refused'
