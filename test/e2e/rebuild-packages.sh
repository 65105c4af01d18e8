#!/bin/bash
# assay rebuild --packages on an archive made here: packages whose source builds the same bytes, others, none; a binNMU whose
# changelog entry only its package has; a .buildinfo that fits and one that does not. dpkg-source and dpkg-buildpackage are
# stand-ins of a few lines; dpkg-deb, a shell and their libraries are this machine's.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/archive.sh
. "$(dirname "$0")/../archive.sh"
archive_can rebuild-packages || exit 0
PATH=$PATH:/usr/sbin:/sbin
for tool in dpkg dpkg-deb start-stop-daemon ldd; do
	command -v "$tool" >/dev/null || { skip rebuild-packages "no $tool"; exit 0; }
done
at_end() { archive_end; }
archive_start || { bad "an archive can be signed"; exit 1; }
archive_minimum
{
	printf 'control %s\n' 'Essential: yes' 'Provides: build-essential-tools'
	archive_tools sh dpkg dpkg-deb dpkg-split dpkg-divert diff tar rm ldconfig start-stop-daemon sed gzip cat mkdir mv date chmod
	printf '%s\n' 'folder var/lib/dpkg 0755' 'folder tmp 1777' 'folder run 0755' 'folder var/log 0755' \
		'file etc/nsswitch.conf 0644 passwd: files\ngroup: files\n'
} | archive_deb dpkg 1 amd64
for name in fakeroot later; do archive_deb "$name" </dev/null; done
archive_deb build-essential <<<'control Depends: dpkg-dev'
archive_deb compat 13 <<<'control Provides: compat-level (= 13)'
archive_deb dpkg-dev 1 <<'S'
file usr/bin/dpkg-source 0755 #!/bin/sh\nset -e\nfile=$(sed -nE "s/^ [0-9a-f]{64} [0-9]+ //p" "$3")\nmkdir "$4"\ntar -xzf "/src/$file" -C "$4" --strip-components=1\n
file usr/bin/dpkg-buildpackage 0755 #!/bin/sh\nexport SOURCE_DATE_EPOCH=$(date -d "$(sed -n "/^ -- /{s/.*>  //p;q}" debian/changelog)" +%s)\nexec sh debian/rules\n
S

# source_of NAME VERSION BUILD-DEPENDS RULES: a source package, whose rules make the folder "made" into ../NAME_VERSION_amd64.deb.
# shellcheck disable=SC2016 # what rules expand
source_of() {
	local dir=$work/$1-$2
	mkdir -p "$dir/debian"
	printf '%s (%s) made; urgency=low\n\n  * Made.\n\n -- A <a@example.org>  Tue, 14 Nov 2023 22:13:20 +0100\n' "$1" "$2" >"$dir/debian/changelog"
	{
		printf '%s\n' 'set -e' 'umask 022' 'mkdir -p made/DEBIAN made/usr/share/doc/x'
		printf 'v=$(sed -n "1s/.*(\\(.*\\)).*/\\1/p" debian/changelog)\n'
		printf 'printf "Package: %s\\nVersion: $v\\nArchitecture: amd64\\nMaintainer: A <a@example.org>\\nDescription: made\\n" >made/DEBIAN/control\n' "$1"
		echo "$4"
		printf 'dpkg-deb --root-owner-group -Znone --build made ../%s_${v}_amd64.deb >&2\n' "$1"
	} >"$dir/debian/rules"
	tar -C "$work" --owner=0 --group=0 --sort=name -czf "$work/$1_$2.tar.gz" "$1-$2"
	archive_source "$1" "$2" '3.0 (native)' "$work/$1_$2.tar.gz"
	sed -i "2i Build-Depends: $3" "$work/source-stanzas/$1-$2"
}
# publish NAME VERSION SOURCE-VERSION SED: builds it here, as the archive's builder did.
publish() {
	local dir=$work/builder/$1 file=$1_$2_amd64.deb
	mkdir -p "$dir"
	cp -r "$work/$1-$3" "$dir/tree"
	if [ "$2" != "$3" ]; then
		{ binnmu "$1" "$2"; echo; cat "$work/$1-$3/debian/changelog"; } >"$dir/tree/debian/changelog"
	fi
	sed -i "$4" "$dir/tree/debian/rules"
	(cd "$dir/tree" && SOURCE_DATE_EPOCH=$(date -d "$(sed -n '/^ -- /{s/.*>  //p;q}' debian/changelog)" +%s) sh debian/rules) 2>"$work/said" || cat "$work/said"
	cp "$dir/$file" "$archive/pool/"
	{
		dpkg-deb -f "$dir/$file"
		[ "$2" = "$3" ] || echo "Source: $1 ($3)"
		printf '%s\n' "Filename: pool/$file" "Size: $(stat -c %s "$dir/$file")" "SHA256: $(digest_of "$dir/$file")" ''
	} >"$work/stanzas/$1"
}
binnmu() { printf '%s (%s) made; urgency=low, binary-only=yes\n\n  * Rebuild.\n\n -- B <b@example.org>  Wed, 15 Nov 2023 10:00:00 +0000\n' "$1" "$2"; }

changelog='sed "/^ -- /q" debian/changelog | gzip -9n >made/usr/share/doc/x/changelog.Debian.amd64.gz'
source_of same 1 'compat-level (= 13), missing <nocheck>, none [i386] | later' 'echo same >made/usr/share/same; pwd >made/usr/share/where'
source_of other 1 'compat' 'printf "#!/bin/sh\n# Automatically added by dh_made/2\n" >made/DEBIAN/postinst; chmod 755 made/DEBIAN/postinst'
source_of fails 1 'compat' 'echo this build fails >&2; exit 3'
source_of again 1 'compat' "$changelog"
source_of wants 1 'nowhere (>= 2)' ':'
publish same 1 1 's#pwd >#echo /build/reproducible-path/same-1 >#'
publish other 1 1 's#dh_made/2#dh_made/1#'
publish fails 1 1 's#exit 3#:#'
publish again 1+b2 1 ''
publish wants 1 1 ''
archive_publish
mkdir "$work/image"
printf '%s\n' 'format: assay/1' 'name: image' "source-date-epoch: $archive_epoch" \
	'suites: [{archive: debian, suite: made, components: [main]}]' 'packages: [same, other, fails, again, wants]' >"$work/image/assay.yaml"
export XDG_CACHE_HOME=$work/cache
access=(--mirror "$archive" --keyring "$archive_keyring" --store "$work/store")
"$assay" lock "$work/image" "${access[@]}" >"$work/said" 2>&1 || { bad "the image is locked: $(tail -2 "$work/said")"; exit 1; }

rebuild() { "$assay" rebuild --packages "$work/image" "$@" --work "$work/${into:-roots}" "${access[@]}"; }
field() { jq -r "[.units[].packages[] | select(.name == \"$1\")][0] | $2" "$work/report"; }
rebuild same other fails again wants --json >"$work/report" 2>"$work/said"
same 'what differs and what fails is a no' "code:$?" code:1
same 'the same source gives the same bytes, in the path of Debian' "$(field same .verdict)" identical
record=$work/store/results/$(printf 'reproduced:%s' "$(digest_of "$archive/pool/same_1_amd64.deb")" | sha256sum | cut -d' ' -f1).json
check 'which the store remembers' grep -q "$(jq -r '.units[] | select(.source == "same").derivation' "$work/report")" "$record"
check 'and not of a package that differs' test ! -e "$work/store/results/$(printf 'reproduced:%s' "$(digest_of "$archive/pool/other_1_amd64.deb")" | sha256sum | cut -d' ' -f1).json"
same 'so does a binNMU, whose changelog is in its package' "$(field again .verdict)" identical
same 'other bytes are found' "$(field other .verdict)" differs
same 'and why: the script names its maker' "$(field other '.files[] | select(.path == "DEBIAN/postinst") | "\(.cause) \(.by)"')" 'TOOLCHAIN canary'
same 'a build that fails is told' "$(field fails .verdict)" failed
check 'with what it said' grep -q 'this build fails' "$work"/store/logs/fails-*
same 'dependencies that nothing satisfies are told' "$(jq -r '.units[] | select(.source == "wants").why' "$work/report" | grep -c nowhere)" 1
same 'the build root has the provider and the alternative' \
	"$(jq -r '[.packages[].name | select(. == "compat" or . == "later")] | join(" ")' "$work/roots/same_1_amd64/assay.lock")" 'compat later'
check 'a build root is a folder that assay fetch takes' "$assay" fetch "$work/roots/same_1_amd64" "${access[@]:0:2}" --store "$work/store" -q

rebuild same >"$work/said" 2>&1
same 'an identical package is a yes' "code:$?" code:0
check 'and said' grep -q '^identical *same 1' "$work/said"
rebuild same --again --json 2>/dev/null | cmp -s - <(rebuild same --json 2>/dev/null)
check 'built again it is the same report' test $? = 0
! rebuild absent >"$work/said" 2>&1
check 'a name that the lock has not is refused' grep -q "no package 'absent'" "$work/said"
! "$assay" rebuild "$work/image" same "${access[@]}" >"$work/said" 2>&1
check 'names of packages want --packages' grep -q 'go with --packages' "$work/said"

# A builder's own words: its versions, its folder.
buildinfo() { # VERSION-OF-COMPAT
	printf '%s\n' 'Format: 1.0' 'Source: same' 'Architecture: amd64' 'Version: 1' 'Build-Path: /build/elsewhere/same' 'Installed-Build-Depends:' \
		" base (= 1)," " build-essential (= 1)," " compat (= $1)," " dpkg (= 1)," " dpkg-dev (= 1)" 'Environment:' ' SAID="so"'
}
buildinfo 12 >"$work/old.buildinfo"
! into=other rebuild same --buildinfo "$work/old.buildinfo" >"$work/said" 2>&1
check 'versions that the archive has not are refused' grep -q 'compat 12 (there is 13)' "$work/said"
buildinfo 13 >"$work/new.buildinfo"
into=other rebuild same --buildinfo "$work/new.buildinfo" --json >"$work/report" 2>/dev/null
same "a .buildinfo's folder is where it is built" "$(field same '.files[] | select(.path == "usr/share/where") | .cause')" PATH
! rebuild again --buildinfo "$work/new.buildinfo" >"$work/said" 2>&1
check 'of another package it is refused' grep -q 'of which no package was asked for' "$work/said"
"$assay" rebuild --packages "$work/image" same --lock-out "$work/only" "${access[@]}" -q >"$work/said" 2>&1
check 'build roots alone can be locked' cmp "$work/only/same_1_amd64/assay.lock" "$work/roots/same_1_amd64/assay.lock"

# Days later: the archive has another Release, and nobody has the one of the lock.
archive_date='Thu, 16 Nov 2023 22:13:20 UTC'
archive_publish
access=(--mirror "$archive" --keyring "$archive_keyring" --store "$work/later")
! into=later rebuild same >"$work/said" 2>&1
check 'an archive that has forgotten the day of the lock is told' grep -q -e '--today' "$work/said"
into=later rebuild same --today >"$work/said" 2>&1
check 'its suites of today do' grep -q '^identical *same 1' "$work/said"
