# The lock: what it holds, what it does not, when it is refused. Sourced by test/accept/1.sh.
# shellcheck shell=bash disable=SC2154,SC2317

lock_file=$root/examples/hello/assay.lock

lock_is_whole() {
	jq -e '
		.format == "assay.lock/1" and (."image-version" | type == "number") and (.resolution | test("^[0-9a-f]{64}$")) and
		(.suites | length == 3 and all(.archive and .suite and .codename and (.date > 1500000000) and
			(."release-sha256" | test("^[0-9a-f]{64}$")) and (.signer | test("^[0-9A-F]{40}$")))) and
		(.indexes | length >= 3 and all(.path and .size > 0 and (.sha256 | test("^[0-9a-f]{64}$")))) and
		(.packages | length > 100 and all(.name != "" and .version != "" and (.path | startswith("pool/")) and .size > 0 and
			(.sha256 | test("^[0-9a-f]{64}$")) and .source != "" and ."source-version" != "" and .why != "" and (.sets | length > 0))) and
		([.packages[].sets[]] | unique == ["firmware", "image", "toolchain:c"]) and (."left-out" | length > 0)' "$lock_file" >/dev/null &&
		jq -r '"\(.packages | length) packages, \(.suites | length) suites, \(.indexes | length) indexes"' "$lock_file"
}

# No address, no host of the machine's mirrors, no absolute path, no name of this machine's user or folder.
lock_names_no_place() {
	local host n=0
	! grep -nE '://|file:|"/|/home/|/root/|/tmp/' "$lock_file" || return
	for host in $(grep -rhoE 'https?://[^/ ]+' /etc/apt/sources.list /etc/apt/sources.list.d 2>/dev/null | sed 's,.*//,,' | sort -u); do
		! grep -nF "$host" "$lock_file" || return
		n=$((n + 1))
	done
	! grep -nF -e "$(hostname)." -e "$root" "$lock_file" && echo "no address, none of $n mirror hosts, no absolute path"
}

# Members in one order, sorted lists; one changed space is refused.
lock_is_canonical() {
	local d=$work/canonical
	jq -e '(.packages | [.[] | [.name, .version]] | . == sort) and
		(keys_unsorted == ["format", "image-version", "architecture", "resolution", "source-date-epoch", "suites", "indexes", "left-out", "packages"])' \
		"$lock_file" >/dev/null || return
	mkdir -p "$d" && cp "$root/examples/hello/assay.yaml" "$d/" && sed '2s/: /:  /' "$lock_file" >"$d/assay.lock" || return
	! cmp -s "$lock_file" "$d/assay.lock" && ! "$assay" fetch "$d" --store "$store" -q 2>"$d/said" && grep 'canonical' "$d/said"
}

# The same archive asked twice, from other folders, with another store, umask, zone: one lock. Exit 3 without mirrors.
lock_twice() {
	local d=$work/twice
	mkdir -p "$d/a" "$d/b/deeper" && cp "$root/examples/hello/assay.yaml" "$d/a/" && cp "$root/examples/hello/assay.yaml" "$d/b/deeper/"
	if ! "$assay" lock "$d/a" --store "$store" >"$d/said" 2>&1; then
		grep -qiE 'resolve|connect|timed out|no mirror|network' "$d/said" || return
		echo "no mirror can be reached: $(head -n 1 "$d/said")"
		return 3
	fi
	(cd "$d/b" && umask 077 && TZ=Asia/Tokyo LC_ALL=C "$assay" lock deeper --store "$d/store") >>"$d/said" 2>&1 &&
		cmp "$d/a/assay.lock" "$d/b/deeper/assay.lock" && sha256sum <"$d/a/assay.lock" | cut -c1-64
}

# The chain of the committed lock may be gone from the mirrors: then that of a lock made now.
lock_verify_replays() {
	local hello=$hello
	hello_with_releases || { echo "no mirror can be asked"; return 3; }
	"$assay" lock verify "$hello" --store "$store" >"$work/replayed" 2>&1 || { tail -n 1 "$work/replayed"; return 1; }
	[ "$(grep -c 'InRelease signed by [0-9A-F]\{40\}' "$work/replayed")" = 3 ] && grep '^verified: ' "$work/replayed"
}

lock_objects_are_kept() {
	local digest n=0
	for digest in $(jq -r '.suites[]."release-sha256", .indexes[].sha256' "$lock_file"); do
		[ "$(sha256sum <"$store/objects/${digest:0:2}/${digest:2}" | cut -d' ' -f1)" = "$digest" ] || return
		n=$((n + 1))
	done
	[ $n -ge 6 ] && echo "$n objects of the store"
}

# A copy of hello's description with one change (sed), its lock as it was; $stale is the folder.
stale_copy() {
	stale=$work/$1
	mkdir -p "$stale" && tar -C "$root" -cf - examples guest src | tar -C "$stale" -xf - && stale=$stale/examples/hello || return
	cp "$stale/assay.yaml" "$stale/before" && sed -i "$2" "$stale/assay.yaml" && ! cmp -s "$stale/before" "$stale/assay.yaml"
}
lock_stale_is_refused() {
	local code=0
	stale_copy stale 's/^  - dbus$/  - dbus\n  - less/' || return
	"$assay" build "$stale" -o "$work/stale/out" --store "$store" -q >/dev/null 2>"$work/said" || code=$?
	[ $code = 1 ] && grep -q '^hint: .*assay lock' "$work/said" && [ ! -e "$work/stale/out" ] && grep -o 'assay.lock was made for another.*' "$work/said"
}
lock_of_another_format_is_refused() {
	local code=0
	stale_copy format 's/zzz/zzz/' || true
	sed -i 's/"image-version": [0-9]*/"image-version": 99/' "$stale/assay.lock"
	"$assay" build "$stale" -o "$work/format/out" --store "$store" -q >/dev/null 2>"$work/said" || code=$?
	[ $code != 0 ] && grep -E 'version.*99|99.*version' "$work/said"
}
exclusion_must_match() {
	local code=0
	stale_copy exclude 's,^    - boot/\*\*$,&\n    - no/such/**,' || return
	"$assay" build "$stale" -o "$work/exclude/out" --store "$store" -q >/dev/null 2>"$work/said" || code=$?
	[ $code != 0 ] && grep -F "'no/such/**' matches nothing" "$work/said"
}
