# Witnesses: cosignatures, and logs that show two histories. Sourced by test/accept/7.sh.
# shellcheck shell=bash disable=SC2154
section "a witness cosigns one history of a log"
e2e "witness (assay witness serve): add-checkpoint, to a second implementation" witness "the first checkpoint is cosigned" "  and one of 70 entries behind 64" \
	"an unknown log: 404" "another key: 403" "an old size above the checkpoint: 400" "an older checkpoint: 409 and the size" "a longer one: 422"
unit "  requests and answers: every truncation, every flipped bit" witness_request damaged damaged_replies heads sizes
e2e "Ed25519 cosignatures, verified by openssl" witness "  with its cosignature" "  and verify"
unit "  what it keeps is believed only with its own cosignature" witness one_history breaks not_kept
e2e "atomic check-and-persist before the reply" witness "of eight that ask at once from the same size one wins" \
	"after a new start it knows what it saw" "a second witness on the same folder does not begin"
e2e "kill -9 at any point never signs two histories" witness "killed before each of" "  some before the step was kept" "  pairwise they are of one history"
e2e "  nor does it begin anew where what it keeps is damaged" witness "what it keeps is damaged (it is empty)" "what it keeps is damaged (a byte of it is another)"
e2e "its client: assay log checkpoint --witness" witness-fork "the witness cosigns the log's checkpoint" "  as the second implementation sees it" \
	"asked again it has one cosignature" "the key out of the trust file" "a log that was rolled back: a no"
unit "  each failure has a name, and no answer of a witness is believed" witness_client ours own_fault hostile
e2e "a forked log is caught by witness and monitor, with three processes" witness-fork "  and is not cosigned: a no that says why" "  the witness has both as evidence" \
	"a monitor that saw the first history finds the second" "  with both checkpoints as evidence" "  and refuses the second: no witness cosigned it"
e2e "bounded bodies, connections; no rights; no files but its own; a clean end" witness "a body that is too large is refused" \
	"a crowd that came and went does no harm" "it opens no file but those that it keeps" "it needs no rights" "SIGTERM ends it, with"
