# The user's trust file, who vouches, and quorums of rebuilders. Sourced by test/accept/7.sh.
# shellcheck shell=bash disable=SC2154

section "the trust file"
e2e "assay trust init writes one that trusts nobody, and never overwrites" trust-file 'init writes one' '  which trusts nobody' 'init never overwrites'
e2e "assay trust add keeps the user's comments" trust-file 'a rebuilder is added' '  and all that stood there stays' '  comments stay' 'nothing was lost on the way'
unit "  every other byte of the file stays, or nothing is written" trust_edit edits refuses
e2e "  refused when it cannot be done safely, with what to write by hand" trust-file 'what cannot be added to safely' '  with what to write by hand' '  and not a byte is changed'
e2e "assay trust show says it in sentences" trust-file '  in sentences: ^Nobody may' '  operators are counted' '  shown'
unit "rebuilders with key, operator and name; k of n; signers" trust_party reads refuses too_many
unit "logs with origin and key, witnesses with keys and quorum, maximum ages" trust_logs reads refuses ages
e2e "roots of TPMs and of other hardware" trust-file 'a root of TPMs' 'a root of hardware, by its file'
e2e "strict: unknown and doubled members are refused with the line" trust-file 'a mistake by hand is refused' '  by every verb that reads it'

section "quorum: k of n operators"
unit "results are compared byte for byte, operators counted once" quorum counts once strangers
unit "  old, undated and coming statements do not count" quorum ages
unit "  who says two things about one lock counts for neither" quorum conflicts questions
unit "  the answer does not depend on the order, and is that of counting every pair" quorum any_order
e2e "assay quorum says who agrees, who differs and in what, who failed" quorum 'two of three operators' 'who differs, and where' '  by name' 'who failed' 'two results that are not the same'
e2e "  and how to see the difference where artefacts are at hand" quorum 'where both are at hand'
e2e "one key or one operator counted twice: refused" quorum 'one statement twice is one' 'two keys of an operator are one' 'one key twice: a warning' 'one operator with two keys: a warning'
e2e "an altered result, an old statement: refused, each with its reason" quorum 'an altered result: a warning' 'an old statement: a warning' 'an operator that says two things: a warning'
e2e "a publication's own rebuilders change nothing" quorum "a publication's own rebuilders: a warning" 'rubbish beside them prevents nothing'

e2e "a VSA with SLSA_BUILD_REPRODUCED after k of n" quorum 'a summary after 2 of 3' '  openssl takes its signature' '  it passed, for the operators' 'none after 1 of 3'
e2e "  and for nothing less than two operators who found it identical" quorum 'none with nothing published' 'none of one operator'

section "who vouches"
e2e "verify takes statements: two of three operators affirm" quorum 'two of three rebuilders: affirming' '  each register says whose value it is' 'in JSON the check names them'
e2e "  for confidential hardware alike" quorum 'snp: two of three' 'tdx: two of three' 'nitro: two of three'
unit "they must be exactly the reference values used" quorum_outcome altered not_altered older_tools
e2e "  whose file was altered beside honest statements: refused" quorum 'values whose coverage was altered' 'values with another manifest' 'values with one register less'
unit "  what can only be observed must have been, by as many" quorum_outcome observed observed_twice
unit "  packages must have been followed to the archives' signatures, by as many" quorum_outcome archives
e2e "without a trust file and without a local build never affirming, and the text says assay rebuild URL" quorum 'without a trust file it is never affirming' \
	'  and says how to build it here' 'a trust file without rebuilders: a warning'
