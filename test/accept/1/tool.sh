# What a person meets: ./run, help, errors, exit codes, documents. Sourced by test/accept/1.sh.
# shellcheck shell=bash disable=SC2154,SC2317

mapfile -t tool_verbs < <("$assay" --help | sed -nE 's/^  ([a-z]+( [a-z]+)?)  +[a-z].*/\1/p')

# A copy of what is committed and of what is new.
tool_clone() {
	rm -rf "$1" && mkdir -p "$1"
	(cd "$root" && git ls-files -co --exclude-standard -z 2>/dev/null || find . -path ./build -prune -o -type f -print0) |
		tar -C "$root" --null -cf - -T - | tar -C "$1" -xf -
}

# ---- ./run ----
run_build() {
	(cd "$root" && ./run build) && [ -x "$assay" ] && echo "build/assay, $(stat -c %s "$assay") bytes"
}

# Every tool of the machine that ./run asks is replaced by one that notes what it was asked.
run_installs() {
	local d=$work/installs tool
	tool_clone "$d" && mkdir -p "$d/fake"
	for tool in sudo meson ninja; do
		# shellcheck disable=SC2016 # the fake expands it
		printf '#!/bin/sh\necho "%s $*" >>"$NOTES"\n' "$tool" >"$d/fake/$tool"
	done
	printf '#!/bin/sh\necho 1000\n' >"$d/fake/id"
	printf '#!/bin/sh\nexit 1\n' >"$d/fake/dpkg-query"
	chmod +x "$d"/fake/*
	(cd "$d" && NOTES=$d/notes PATH=$d/fake:$PATH ./run build) || return
	grep -q '^sudo .*apt-get update' "$d/notes" || return
	grep '^sudo .*apt-get install' "$d/notes" | grep -w libsolv-dev | grep -qw meson || return
	grep -q '^ninja ' "$d/notes" && echo "sudo apt-get install of $(grep -o 'install.*' "$d/notes" | wc -w) words"
}

run_clean() {
	local d=$work/clean
	tool_clone "$d" && mkdir -p "$d/build" "$d/out" "$d/build-clang" && (cd "$d" && ./run clean) &&
		[ ! -e "$d/build" ] && [ ! -e "$d/out" ] && [ ! -e "$d/build-clang" ] && [ -e "$d/run" ] && echo "build and out are gone"
}

run_accept_unknown() {
	local code=0
	(cd "$root" && ./run accept 999) || code=$?
	[ $code = 2 ] && grep -q 'accept N' <("$root/run" --help) && echo "exit $code for a number that is not there"
}

ci_runs_both() {
	[ -x "$root/.ci/run" ] && grep -qx './run check' "$root/.ci/run" && grep -qE '^(exec )?./run test$' "$root/.ci/run" &&
		sed -n '/^check)/,/;;/p' "$root/run" | grep -q 'tool/check.sh' &&
		sed -n '/^test)/,/;;/p' "$root/run" | grep -q 'tool/test.sh' && echo "./run check, ./run test"
}

check_matrix() { # NAME...: all of them without names
	(cd "$root" && tool/check.sh "$@")
}

# The runner on tests that are made up.
runner_counts() {
	local d=$work/runner
	mkdir -p "$d/tool" "$d/test/e2e" && cp "$root/tool/test.sh" "$d/tool/" && echo 'listed # why' >"$d/test/skips.txt"
	printf 'echo 2 passed, 0 failed, 0 skipped\n' >"$d/test/e2e/good.sh"
	printf 'echo "SKIP listed: no device"\necho 1 passed, 0 failed, 1 skipped\n' >"$d/test/e2e/listed.sh"
	printf 'echo "SKIP other: no device"\necho 1 passed, 0 failed, 1 skipped\n' >"$d/test/e2e/unlisted.sh"
	printf 'echo 1 passed, 0 failed, 0 skipped\nexit 1\n' >"$d/test/e2e/dies.sh"
	printf 'echo all is well\n' >"$d/test/e2e/mute.sh"
	ran() { (cd "$d" && bash tool/test.sh "$@") >"$d/said" 2>&1; }
	ran good listed || return
	[ "$(tail -n 1 "$d/said")" = "3 passed, 0 failed, 1 skipped" ] || return
	! ran good unlisted && ! ran good dies && ! ran mute && echo "unlisted skip, dead and mute test all fail the run"
}

# ---- the demo ----
demo_log=$logs/demo.txt
demo_once() {
	[ -f "$demo_log.exit" ] && return
	(cd "$root" && ./run demo) >"$demo_log" 2>&1
	echo $? >"$demo_log.exit"
}
demo_ends_well() {
	demo_once
	[ "$(cat "$demo_log.exit")" = 0 ] && [ "$(tail -n 1 "$demo_log")" = "verdict: affirming" ] && tail -n 1 "$demo_log"
}
# The changed machine: its verdict, the register, the event with what was predicted, and both values of each.
demo_finds_change() {
	local event
	demo_once
	sed -n '/^== verify: the changed machine/,$p' "$demo_log" >"$work/changed"
	event=$(grep -A 3 -E '^ +PCR 9 +changed: kernel command line' "$work/changed")
	pair() { [ "$(sed -nE 's/^ +(want|got) +([0-9a-f]{64})( .*)?$/\2/p' | sort -u | wc -l)" = 2 ]; }
	grep -qx 'verdict: contraindicated' "$work/changed" && grep -A 3 -E '^ +\[FAIL\] PCR 9 \(sha256\)' "$work/changed" | pair &&
		pair <<<"$event" && grep -q "predicted 'console=ttyS0 ro panic=-1 " <<<"$event" && head -n 1 <<<"$event" | sed 's/^ *//'
}
demo_tells_time() {
	demo_once
	local steps times
	steps=$(grep -cE '^== (fetch|build|measure|run|verify|the same)' "$demo_log") times=$(grep -cE '^ +took [0-9.]+ s$' "$demo_log")
	[ "$steps" -ge 7 ] && [ "$times" = "$steps" ] && echo "$steps steps, each with its time"
}

# tool/demo.sh with an assay that finds no package: what it says and asks next.
demo_locks_afresh() {
	local d=$work/afresh
	tool_clone "$d" && mkdir -p "$d/build"
	cat >"$d/build/assay" <<-'F'
		#!/bin/sh
		echo "$1 $3" >>notes
		case "$1" in fetch) [ -e locked ] || exit 2 ;; lock) touch locked ;; build) exit 2 ;; esac
	F
	chmod +x "$d/build/assay"
	! (cd "$d" && bash tool/demo.sh) >"$d/said" 2>&1 || return
	grep -q 'on no mirror any more: locking afresh' "$d/said" &&
		[ "$(awk '{ print $1 }' "$d/notes" | paste -sd' ')" = "fetch lock fetch build" ] && grep -q '^lock --update' "$d/notes" &&
		grep -o 'a pinned package.*' "$d/said"
}

# ---- help, errors ----
help_fits() {
	local verb text n=0
	for verb in "" "${tool_verbs[@]}"; do
		# shellcheck disable=SC2086 # two words
		text=$("$assay" $verb --help) || return
		awk -v v="$verb" 'length > 80 { print v ": " length " columns: " $0; bad = 1 } END { exit bad }' <<<"$text" || return
		[ "$(grep -n '^example:' <<<"$text" | tail -n 1 | cut -d: -f1)" -ge $(($(wc -l <<<"$text") - 3)) ] || return
		n=$((n + 1))
	done
	[ $n -gt 15 ] && "$assay" --help | grep -qE '^  explain ' && echo "$n pages"
}
# Every option of the issue is in the help of its verb.
help_has_options() {
	local row verb option n=0
	for row in "lock --update --mirror" "build --output --store" "fetch --store" "verify --reference-values --policy --trust --nonce --at --json" \
		"attest_serve --address" "run --trust-out" "explain --reference-values" "enroll --trust"; do
		verb=${row%% *}
		for option in ${row#* }; do
			# shellcheck disable=SC2086 # two words
			"$assay" ${verb/_/ } --help | grep -qE "^  (-., )?$option( |$)" || { echo "$verb has no $option"; return 1; }
			n=$((n + 1))
		done
	done
	[ $n = 15 ] && echo "$n options"
}

# says CODE COMMAND...: exit code, one line "assay: ", one hint, nothing on standard output
says() {
	local want=$1 code=0
	shift
	"$@" >"$work/says.out" 2>"$work/says.err" </dev/null || code=$?
	[ $code = "$want" ] && [ "$(grep -c '^assay: ' "$work/says.err")" = 1 ] && [ "$(grep -c '^hint: ' "$work/says.err")" = 1 ] &&
		[ ! -s "$work/says.out" ] && [ "$(tail -n 2 "$work/says.err" | wc -l)" = 2 ] && return
	echo "exit $code, wanted $want: $* said: $(cat "$work/says.err")"
	return 1
}
errors_have_hints() {
	local none=$work/none n=0 values=$work/out/reference-values.json row
	local rows=("frob" "build --frob" "build a b" "verify" "lock $none" "lock verify $none" "fetch $none" "build $none" "measure $none"
		"run $none" "run $work/out --port 0" "attest serve --port 99999" "enroll http://127.0.0.1:1" "verify $none --reference-values $values"
		"verify http://127.0.0.1:1 --reference-values $values" "verify x" "explain $none --reference-values $values"
		"verify $values --reference-values $none")
	for row in "${rows[@]}"; do
		# shellcheck disable=SC2086 # words of a command
		says 2 "$assay" $row || return
		n=$((n + 1))
	done
	echo "$n errors, each exit 2 with one hint"
}
exit_codes() {
	local yes=0 no=0 failed=0
	mkdir -p "$work/flipped" && cp -r "$work/out/." "$work/flipped/" || return
	printf x | dd of="$work/flipped/uki.efi" bs=1 seek=100000 conv=notrunc status=none
	"$assay" measure "$work/out" --store "$store" >/dev/null || yes=$?
	"$assay" measure "$work/flipped" --store "$store" >"$work/flipped/said" || no=$?
	"$assay" measure "$work/none" 2>/dev/null || failed=$?
	grep -q 'uki.efi is not the one' "$work/flipped/said" && [ "$yes $no $failed" = "0 1 2" ] && echo "measure: $yes same, $no changed, $failed not there"
}

# ---- documents ----
documents() {
	local f n=0
	for f in README.md LICENSE CONTRIBUTING.md doc/{architecture,threat-model,house-style,protocol,policy,assay.yaml,assay.lock,manifest,reference-values}.md; do
		[ -s "$root/$f" ] || { echo "$f is not there"; return 1; }
		n=$((n + 1))
	done
	grep -q 'Apache License' "$root/LICENSE" && grep -q 'Version 2.0' "$root/LICENSE" && echo "$n files, Apache-2.0"
}
links_lead_somewhere() {
	local f link n=0
	for f in "$root"/*.md "$root"/doc/*.md; do
		while read -r link; do
			[ -e "$(dirname "$f")/${link%%#*}" ] || { echo "$(basename "$f"): $link leads nowhere"; return 1; }
			n=$((n + 1))
		done < <(grep -oE '\]\([^)#:]+(#[^)]*)?\)' "$f" | sed 's/^](//; s/)$//')
	done
	[ $n -gt 10 ] && echo "$n links"
}
readme() {
	local f=$root/README.md word
	for word in './run demo' './run test' 'reference value' 'verdict: affirming' '[FAIL] PCR 9' 'N passed, N failed, N skipped' 'tour' 'Apache-2.0'; do
		grep -qiF -- "$word" "$f" || { echo "README.md does not say '$word'"; return 1; }
	done
	[ "$(grep -nF './run demo' "$f" | head -n 1 | cut -d: -f1)" -lt 40 ] && echo "$(wc -l <"$f") lines, both commands and what they print"
}
# The formula, and its example computed here.
protocol_written() {
	local f=$root/doc/protocol.md word secret digest zero bits n=0
	for word in 'assay/attest/1' 'Later transports only fill `channel`' 'zeroes over plain HTTP' 'TPM2_ActivateCredential' 'tag:assay,2026:tpm-bundle/1'; do
		grep -qF -- "$word" "$f" || { echo "doc/protocol.md does not say '$word'"; return 1; }
	done
	secret=$(seq 32 63 | xargs printf '%02x') zero=$(printf '0%.0s' $(seq 64))
	for bits in 256 512; do
		digest=$({ printf 'assay/attest/1\0attester\0'; unhex "$(seq 0 31 | xargs printf '%02x')"; unhex "$(unhex "$secret" | sha256sum | cut -d' ' -f1)"
			unhex "$zero"; } | "sha${bits}sum" | cut -d' ' -f1)
		grep -qF "$digest" "$f" || { echo "SHA-$bits of the example is $digest"; return 1; }
		n=$((n + 1))
	done
	echo "$(wc -l <"$f") lines, $n digests of its example computed anew"
}
threat_model_acpi() {
	grep -qi 'ACPI tables' "$root/doc/threat-model.md" && grep -q 'PCR 1' "$root/doc/threat-model.md" &&
		grep -oi 'a host can change ACPI tables without moving a required register' <(tr '\n' ' ' <"$root/doc/threat-model.md")
}
