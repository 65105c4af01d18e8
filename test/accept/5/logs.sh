# Event logs: read, shown, replayed and held against predictions. Sourced by test/accept/5.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# The fuzz targets of logs take their named samples, cut and with single bits flipped.
logs_corpus() {
	local name n=0
	for name in event_log event_facts; do
		"$root/build/test/fuzz/test-fuzz-$name" >"$logs/fuzz-$name.log" 2>&1 || { cat "$logs/fuzz-$name.log"; return 1; }
		n=$((n + $(sed -n 's/^\([0-9]*\) passed, 0 failed$/\1/p' "$logs/fuzz-$name.log")))
	done
	echo "$n runs over $(find "$root/test/fuzz/corpus/event_log" "$root/test/fuzz/corpus/event_facts" -name '*.hex' | wc -l) named samples"
}

# Every public log and real boot whose registers were published.
logs_published() {
	local said
	said=$("$root/build/test/test-event_log_vectors") || { echo "$said"; return 1; }
	case $said in
	SKIP*) echo "$said" | head -n 1 && return 3 ;;
	*) echo "$said" | grep 'published values' ;;
	esac
}

section "event logs"
unit "TCG crypto-agile logs, several banks" event_log replays truncations flips limits
unit "SHA-1 logs without a header" event_log sha1_form
unit "CCEL: RTMRs counted from one, the area behind it filled" event_log confidential_guest padding registers acpi_table
unit "StartupLocality sets PCR 0; EV_NO_ACTION is never extended" event_log localities replays
unit "  and an appraisal of a TPM refuses the log of a confidential guest" appraise_tpm_log confidential_guest
e2e "a second implementation writes logs and replays them to the same registers" eventlog "agile: both" "sha1: both" "guest: both" "guest-ones: both" "td-shim: both"
e2e "  tpm2_eventlog judges registers" eventlog "tpm2_eventlog has the same registers"
e2e "  real and damaged logs: both refuse the same, and replay the others to the same" eventlog "real and damaged logs"
direct "public logs and real boots replay to what was published" logs_published
e2e "assay eventlog show: readable" eventlog "a variable by name" "the order of boot" "a program and its path" "a partition" "a tag" "shim's list"
e2e "  and --json" eventlog "the document has each event"
unit "  all types by name; variables, images, partitions, texts, tags" event_facts names variables certificates images partitions texts
unit "  and what a digest is the hash of" event_facts hashed
e2e "  hostile text never reaches the terminal" eventlog "hostile text: printed plain" "hostile text: no line of its own" "hostile text: nothing hides" \
	"hostile text in a difference" "hostile text in JSON"
unit "  total under any bytes" event_facts any_bytes hostile nul_inside many little_memory
e2e "assay eventlog replay: registers, bank by bank" eventlog "one bank in plain text" "a confidential guest has RTMRs" "a bank that is not there"
e2e "assay eventlog diff: against a prediction, in the image's own words" eventlog "a log as predicted" "  of a confidential guest" "another program was started" \
	"  and one more was tried" "  in short" "a shape of another platform"
unit "  RTMRs in the words of the image" explain_rtmr differences honest_log foreign_log
e2e "  and against another log" eventlog "the same log twice" "two logs" "logs of two platforms"
e2e "  and of evidence that was kept, in a verifier-only build, too" verifier-only "the log that evidence carries" "its registers" "and beside the prediction"
direct "fuzz targets with a named corpus" logs_corpus
