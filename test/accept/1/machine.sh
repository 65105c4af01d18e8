# What a machine of `assay run` and its verdict must be. Sourced by test/accept/1.sh.
# shellcheck shell=bash disable=SC2154,SC2317

# A /dev/kvm that opens and is none: emulation, with the reason, remembered below the cache folder.
machine_kvm_must_work() {
	local d=$work/kvm said
	[ "$(id -u)" = 0 ] && [ -e /dev/kvm ] || { echo "needs root and a /dev/kvm to put something else over"; return 3; }
	mkdir -p "$d/image/firmware" "$d/cache" && cp "$out"/firmware/* "$d/image/firmware/" && truncate -s 8M "$d/image/disk.img" || return
	# shellcheck disable=SC2016 # the inner shell expands it
	unshare --mount --propagation private bash -c 'mount --bind /dev/zero /dev/kvm && exec "$@"' sh \
		env XDG_CACHE_HOME="$d/cache" XDG_STATE_HOME="$d" "$assay" run "$d/image" --timeout 2 >"$d/said" 2>&1
	said=$(grep -a '^booting under emulation: ' "$d/said") && grep -q '^no: ' "$d/cache/assay"/kvm-* && echo "$said"
}

# The honest verdict of the demo, as a person reads it.
machine_verdict_text() {
	local n
	demo_once
	sed -n '/^== verify: evidence/,/^== the same/p' "$demo_log" >"$work/honest"
	n=$(grep -cE '^ +\[(ok  |n\.a\.)\] ' "$work/honest")
	! grep -q '\[FAIL\]' "$work/honest" && [ "$n" -gt 20 ] && grep -q '(wanted by ' "$work/honest" &&
		grep -qE '^ +not covered: ' "$work/honest" && grep -q '^Who vouches: built here' "$work/honest" && echo "$n checks, each with its mark"
}
machine_forgeable() {
	demo_once
	grep -E '^ +hardware +0 no claim .*could forge' "$demo_log" | head -n 1 | sed 's/^ *//'
}

# Everything from nothing: what is committed or new here, no store, no mirror's answers kept.
machine_clean_clone() {
	local d=$work/clone
	tool_clone "$d" && cp "$hello/assay.lock" "$d/examples/hello/" && (cd "$d" && ./run build) || return
	"$d/build/assay" build "$d/examples/hello" -o "$d/out" --store "$d/store" -q >/dev/null || return
	[ "$(digests "$d/out")" = "$(digests "$out")" ] && echo "$(find "$d/store/objects" -type f | wc -l) objects fetched, the same bytes, PCR 0 observed anew"
}
