# The build: what it leaves, what it leaves out, where it writes, how much memory it takes. Sourced by test/accept/1.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# The artefacts as the manifest names them, and the inputs by their digests.
build_manifest_is_true() {
	local m=$out/manifest.json f want n=0
	sha() { sha256sum <"$1" | cut -d' ' -f1; }
	while read -r f want; do
		[ "$(sha "$f")" = "$want" ] || { echo "$f is not what the manifest says"; return 1; }
		n=$((n + 1))
	done < <(jq -r --arg o "$out" --arg h "$hello" '
		"\($o)/disk.img \(.outputs.disk.sha256)", "\($o)/uki.efi \(.outputs.uki.sha256)",
		"\($o)/firmware/OVMF_CODE.fd \(.firmware.code.sha256)", "\($o)/firmware/OVMF_VARS.fd \(.firmware.vars.sha256)",
		"\($h)/assay.yaml \(.inputs."description-sha256")", "\($h)/assay.lock \(.inputs."lock-sha256")",
		(.inputs.overlays[] | "\($h)/\(.overlay)/\(.path) \(.sha256)"),
		(.inputs.components[] | (if .name == "init" then "guest" else "src" end) as $d | .sources[] | "\($h)/../../\($d)/\(.path) \(.sha256)")' "$m")
	[ "$(jq -r .manifest_sha256 "$out/reference-values.json")" = "$(sha "$m")" ] || return
	[ "$(jq '.inputs.packages | length' "$m")" = "$(jq '.packages | length' "$hello/assay.lock")" ] && [ $n -gt 60 ] && echo "$n digests"
}
# Every file of the root has an origin of a known kind, and each kind occurs.
build_files_have_origins() {
	jq -e '[."root-files"[], ."initrd-files"[]] | all(.origin | test("^(package|component|overlay|generated):.|^description$"))' "$out/manifest.json" >/dev/null &&
		jq -r '[."root-files"[], ."initrd-files"[] | .origin | sub(":.*"; "")] | group_by(.) | map("\(length) \(.[0])") | join(", ")' "$out/manifest.json" |
		grep -E 'component.*description.*generated.*overlay.*package'
}
build_measures_again() {
	"$assay" measure "$out" --store "$store" | tail -n 1 | grep -x 'reference-values.json is what these files give'
}

# Another host name, home, user name and folder, all telling: the bytes are the same, and none of the words is in them.
build_leaves_no_trace() {
	local d=$work/telltale f space=(unshare --uts)
	[ "$(id -u)" = 0 ] || space=(unshare --map-root-user --uts)
	mkdir -p "$d/home" && tar -C "$(dirname "$(dirname "$hello")")" -cf - examples guest src | tar -C "$d" -xf -
	"${space[@]}" sh -c 'hostname telltale-host && exec "$@"' sh env -i PATH="$PATH" HOME="$d/home" USER=telltale-user LOGNAME=telltale-user \
		"$assay" build "$d/examples/hello" -o "$d/out" --store "$store" -q >/dev/null || return
	[ "$(digests "$d/out")" = "$(digests "$out")" ] || { echo "other bytes"; return 1; }
	for f in disk.img uki.efi manifest.json reference-values.json; do
		! LC_ALL=C grep -qaF -e telltale -e "$root/" -e "$store" "$d/out/$f" || { echo "$f names the machine"; return 1; }
	done
	LC_ALL=C grep -qaF 'systemd' "$d/out/disk.img" && echo "4 files, same bytes, no word of the machine"
}

# A store with fetched packages and compiled components, but nothing unpacked.
build_cold_store() {
	rm -rf "$1" && mkdir -p "$1" && cp -a --reflink=auto "$store/objects" "$store/results" "$1/"
}
build_memory() {
	local kb
	build_cold_store "$work/cold" || return
	taskset -c 0,1 /usr/bin/time -o "$work/time" -f %M "$assay" build "$hello" -o "$work/cold-out" --store "$work/cold" -q >/dev/null || return
	[ "$(digests "$work/cold-out")" = "$(digests "$out")" ] || { echo "other bytes"; return 1; }
	kb=$(tail -n 1 "$work/time")
	echo "$((kb / 1024)) MB"
	[ "$kb" -gt 1024 ] && [ "$kb" -lt $((320 * 1024)) ]
}
# Runs after build_memory: with every .deb of the image replaced by zeroes, the second build gives the same bytes.
build_warm_reads_no_deb() {
	local digest f n=0
	[ -d "$work/cold/packs" ] || return
	for digest in $(jq -r '.packages[] | select(.sets | index("image") or index("firmware")) | .sha256' "$hello/assay.lock"); do
		f=$work/cold/objects/${digest:0:2}/${digest:2}
		[ -f "$f" ] || return
		truncate -s 0 "$f.zero" && truncate -s "$(stat -c %s "$f")" "$f.zero" && mv -f "$f.zero" "$f" && n=$((n + 1))
	done
	"$assay" build "$hello" -o "$work/warm-out" --store "$work/cold" -q >/dev/null && [ $n -gt 50 ] &&
		[ "$(digests "$work/warm-out")" = "$(digests "$out")" ] && echo "$n .deb files of zeroes, the same bytes"
}

# Everything but the store and the output is read-only; the build does not notice.
build_writes_nowhere_else() {
	local d=$work/alone
	[ "$(id -u)" = 0 ] || { echo "needs root to remount"; return 3; }
	build_cold_store "$d/store" && mkdir -p "$d/out" || return
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare --mount --propagation private bash -c '
		mount --bind "$1" "$1" || exit 9
		awk "{ print \$5 }" /proc/self/mountinfo | while read -r at; do
			case "$at" in "$1" | /proc* | /sys* | /dev*) ;; *) mount -o remount,bind,ro "$at" || exit 9 ;; esac
		done
		for at in / /tmp "$HOME" /var/tmp; do ! touch "$at/assay-may-write" 2>/dev/null || exit 9; done
		exec "$2" build "$3" -o "$1/out" --store "$1/store" -q' sh "$d" "$assay" "$hello" >/dev/null || return
	[ "$(digests "$d/out")" = "$(digests "$out")" ] && echo "/ read-only: the same bytes"
}
# An ordinary user: no capability, nothing of root's but the sources.
build_needs_no_root() {
	local d=$work/ordinary as=(setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all)
	[ "$(id -u)" = 0 ] || as=()
	build_cold_store "$d/store" && mkdir -p "$d/out" && tar -C "$(dirname "$(dirname "$hello")")" -cf - examples guest src | tar -C "$d" -xf - || return
	chmod 755 "$work" && { [ ${#as[@]} = 0 ] || chown -R 65534:65534 "$d"; } || return
	"${as[@]}" env -i PATH="$PATH" HOME="$d" "$assay" build "$d/examples/hello" -o "$d/out" --store "$d/store" -q >/dev/null || return
	[ "$(digests "$d/out")" = "$(digests "$out")" ] && echo "uid $(stat -c %u "$d/out/disk.img"): the same bytes"
}
store_is_where_it_was_said() {
	local d=$work/xdg
	mkdir -p "$d/description" && cp "$hello/assay.yaml" "$hello/assay.lock" "$d/description/" && mkdir -p "$d/cache/assay"
	cp -a --reflink=auto "$store/objects" "$d/cache/assay/" || return
	env -u ASSAY_STORE XDG_CACHE_HOME="$d/cache" "$assay" fetch "$d/description" -q && [ -d "$d/cache/assay/tmp" ] || return
	"$assay" fetch "$d/description" -q --store "$d/other" --mirror "file:///nowhere" 2>/dev/null && return 1
	[ -d "$d/other" ] && echo "\$XDG_CACHE_HOME/assay, --store"
}

# Documentation, tests and other sources change: the image does not.
build_ignores_what_is_not_listed() {
	local d=$work/unlisted
	tool_clone "$d" && echo '/* changed */' >>"$d/src/cmd/main.c" && echo changed >>"$d/doc/architecture.md" && echo changed >>"$d/README.md" &&
		echo '/* changed */' >>"$d/src/evidence/event_log.c" && echo 'project' >"$d/src/attester/new.c" && cp "$hello/assay.lock" "$d/examples/hello/" || return
	"$assay" build "$d/examples/hello" -o "$d/out" --store "$store" -q >/dev/null || return
	[ "$(digests "$d/out")" = "$(digests "$out")" ] || { echo "other bytes"; return 1; }
	echo '/* changed */' >>"$d/guest/init.c"
	"$assay" build "$d/examples/hello" -o "$d/out" --store "$store" -q >/dev/null || return
	jq -r '.inputs.components[] | select(.name == "init") | .derivation' "$d/out/manifest.json" "$out/manifest.json" | uniq | wc -l | grep -qx 2 &&
		echo "5 other files: same bytes; a listed one: another derivation"
}
