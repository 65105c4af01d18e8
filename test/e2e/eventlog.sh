#!/bin/bash
# assay eventlog: logs that a second, slow implementation writes and replays; tpm2_eventlog as a judge of registers; hostile
# text; predictions; and real logs, where the vectors are.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
maker=$root/test/e2e/eventlog_maker.py
cd "$work" || exit 1
command -v python3 >/dev/null || { skip eventlog 'no python3'; exit 0; }
python3 "$maker" "$work" || exit 1

# registers of a document that replay --json printed, as the maker writes them
registers() { python3 -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["registers"], sort_keys=True))'; }
replayed() { "$assay" eventlog replay --json "$1" 2>/dev/null | registers 2>/dev/null; }
# says NAME EXIT PATTERN ARG...: the verb ends so, and prints the pattern
says() {
	local name=$1 want=$2 pattern=$3 code=0
	shift 3
	"$assay" eventlog "$@" >said 2>&1 || code=$?
	if [ $code = "$want" ] && grep -qE -- "$pattern" said; then ok "$name"; else bad "$name: exit $code, wanted $want; $(head -3 said)"; fi
}

# ---- replay: the same registers twice ----
for log in agile one-bank changed sha1 guest guest-ones td-shim hostile; do
	same "$log: both implementations replay to the same registers" "$(cat $log.json)" "$(replayed $log.bin)"
done
says 'one bank in plain text' 0 '^PCR 4   [0-9a-f]{64}$' replay --bank sha256 agile.bin
same '  and the same value' "$(python3 -c 'import json; print(json.load(open("agile.json"))["sha256"]["4"])')" "$("$assay" eventlog replay --bank sha256 agile.bin | sed -n 's/^PCR 4  *//p')"
says 'a confidential guest has RTMRs' 0 '^RTMR 3   [0-9a-f]{96}$' replay --bank sha384 guest-ones.bin
says 'StartupLocality is where PCR 0 begins' 0 "^PCR 0   $(python3 -c 'import json; print(json.load(open("agile.json"))["sha256"]["0"])')" replay --bank sha256 agile.bin
says '  so it differs from the log without it' 0 "^PCR 0   $(python3 -c 'import json; print(json.load(open("one-bank.json"))["sha256"]["0"])')" replay --bank sha256 one-bank.bin
says 'a bank that is not there' 2 'it has sha256' replay --bank sha512 one-bank.bin
if command -v tpm2_eventlog >/dev/null; then
	judged() { tpm2_eventlog "$1" 2>/dev/null | awk '/^pcrs:/ { on = 1 } on && /^  [a-z0-9]+:/ { bank = $1 } on && $2 == ":" { print bank $1 " " tolower(substr($3, 3)) }' | LC_ALL=C sort; }
	ours() { "$assay" eventlog replay "$1" | awk '/^sha/ { bank = $1 ":" } /^PCR/ { print bank $2 " " $3 }' | LC_ALL=C sort; }
	same 'tpm2_eventlog has the same registers of the same banks' "$(judged one-bank.bin)" "$(ours one-bank.bin)"
else
	skip tpm2_eventlog 'tpm2-tools is not installed'
fi

# ---- show ----
"$assay" eventlog show agile.bin >shown || bad 'a log is shown'
has() { grep -qF -- "$2" "$3" && ok "$1" || bad "$1: no '$2'"; }
has 'a variable by name, with what is in it' 'variable   SecureBoot' shown
has '  contents' 'contents   on' shown
has 'the order of boot' 'contents   Boot0001, Boot0000' shown
has 'a program and its path' 'path       \EFI\BOOT\BOOTX64.EFI' shown
has 'a partition' "partition  'root' 22222222-2222-2222-2222-222222222222, sectors 34 to 99" shown
has 'a tag' 'tag        0x8f3b22ed (Linux: load options)' shown
has "shim's list" "shim: keys and state of the machine's owner" shown
has 'what is hashed: the data' 'hash of    the data' shown
has '  a part of it' "hash of    the variable's contents" shown
has '  something else' 'hash of    something that the log does not hold' shown
same 'no register for what is not extended' 2 "$(grep -c '  -       EV_NO_ACTION' shown)"
"$assay" eventlog show --json agile.bin >shown.json
same 'the document has each event with number, register, type, digests' '18 PCR 17 5 EV_EFI_ACTION ok' "$(python3 - <<-'EOF'
	import hashlib, json
	d = json.load(open("shown.json"))
	e = d["events"]
	last = e[-1]
	good = all(x["number"] == i + 1 and list(x["digests"]) == d["banks"] for i, x in enumerate(e))
	good = good and last["digests"]["sha512"] == hashlib.sha512(bytes.fromhex(last["data"])).hexdigest()
	print(len(e), d["registers-are"], last["number"] - 1, last["register"], last["type"], "ok" if good else "bad")
EOF
)"
says 'a log with SHA-1 alone' 0 '^SHA-1 log of a TPM, 16 events, banks sha1;' show sha1.bin
says 'the log of a confidential guest' 0 '^log of a confidential guest, 9 events, banks sha384;' show guest-ones.bin
says '  and one of td-shim' 0 '^log of a confidential guest, 8 events, banks sha384;' show td-shim.bin
printf 'CCEL\70\0\0\0' >table && head -c 48 /dev/zero >>table
says 'the ACPI table is not taken for the log' 2 "this is the ACPI table 'CCEL'" show table
says '  and the hint says where the log is' 2 'hint: .*/sys/firmware/acpi/tables/data/CCEL' show table
head -c 65536 /dev/zero >zeroes
says 'zeroes are no log' 2 'zeroes instead of an event' show zeroes
says 'nor is nothing' 2 'event log is empty' show /dev/null

# ---- hostile text ----
plain() { ! LC_ALL=C grep -qP '[\x00-\x09\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8b-\x8f\xa8-\xae]|\xe2\x81[\xa0-\xaf]|\xef\xbb\xbf' "$1"; }
"$assay" eventlog show hostile.bin >shown
check 'hostile text: printed plain' plain shown
same 'hostile text: no line of its own' 6 "$(grep -cE '^ +[0-9]+  PCR' shown)"
has 'hostile text: it is shown' 'plain\x0aPCR 0   1234\x0a' shown
has 'hostile text: nothing hides behind a NUL' 'before\x00behind' shown
"$assay" eventlog diff hostile.bin one-bank.bin >shown
check 'hostile text in a difference: printed plain' plain shown
"$assay" eventlog show --json hostile.bin >shown
check 'hostile text in JSON: no control characters' python3 -c 'import json, sys; t = open("shown").read(); json.loads(t); sys.exit(any(ord(c) < 32 and c != "\n" for c in t))'

# ---- diff ----
says 'a log as predicted' 0 'nothing differs' diff one-bank.bin values.json
says '  of a confidential guest' 0 'nothing differs' diff guest-ones.bin values.json
says 'another program was started' 1 '^  PCR 4  changed: event 9 \(from an input\)' diff changed.bin values.json
says '  and one more was tried' 1 "the log says, of what was measured: 'Returning from EFI" diff changed.bin values.json
says '  in short' 1 'what differs: what the firmware tried to boot, the started program' diff changed.bin values.json
says '  in JSON' 1 '"format": ?"assay.eventlog-diff/1"' diff --json changed.bin values.json
says 'of several shapes one must be named' 2 'several shapes for a TPM' diff one-bank.bin several.json
says '  and is' 0 "beside shape 'other'" diff one-bank.bin several.json --shape other
says 'a shape of another platform' 2 "is for platform 'tdx'" diff one-bank.bin values.json --shape td
says 'the same log twice' 0 '^nothing differs' diff one-bank.bin one-bank.bin
says 'two banks, one in common' 1 '^PCR 4$' diff agile.bin changed.bin
says 'two logs' 1 '^- 10  EV_EFI_BOOT_SERVICES_APPLICATION: path ' diff one-bank.bin changed.bin
says '  in JSON' 1 '"only-in": ?2' diff --json one-bank.bin changed.bin
says 'logs of two platforms' 2 'one is a .* the other a ' diff one-bank.bin guest.bin
says 'no bank in common' 2 'no bank in common' diff sha1.bin one-bank.bin

# ---- real logs ----
vectors=${ASSAY_VECTORS:-$root/../shared/vectors}/evidence
if [ -r "$vectors/index.json" ]; then
	python3 -c 'import json, sys
for v in json.load(open(sys.argv[1] + "/index.json"))["vectors"]:
    if v["kind"] in ("tpm-eventlog", "tdx-ccel", "derived-eventlog") and v["expected"] != "material" and "quote" not in v["file"]:
        print(sys.argv[1] + "/" + v["file"])' "$vectors" >files
	mapfile -t files <files
	python3 "$maker" --replay "${files[@]}" >want
	for file in "${files[@]}"; do
		if "$assay" eventlog replay --json "$file" >one 2>why; then
			registers <one
		elif grep -q 'no bank whose hash' why && "$assay" eventlog show "$file" >/dev/null; then
			echo '{}' # a hash that assay does not know: the log is taken, and has no registers
		else
			echo refused
		fi
	done >got
	if [ -s want ] && diff want got >differs; then
		ok "real and damaged logs: of ${#files[@]} both refuse $(grep -c refused got), and replay the others to the same registers"
	else
		bad "real logs: $(head -c 600 differs)"
	fi
else
	skip vectors "nothing at ../shared/vectors or ASSAY_VECTORS"
fi
