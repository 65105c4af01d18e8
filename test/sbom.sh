# An SPDX 2.3 document held against its specification, and against the lock and the manifest that it speaks of. Sourced.
# shellcheck shell=bash

# The demands of clauses 6, 7 and 11 and of the JSON schema on what our documents hold: required members and no others,
# enumerations, identifiers of the right letters that are there once, relationships between what is there.
# shellcheck disable=SC2016
sbom_rules='
	def only(names): (keys - names) == [];
	def hex64: test("^[0-9a-f]{64}$");
	def noassertion: . == "NOASSERTION";
	(["SPDXRef-DOCUMENT"] + [.packages[].SPDXID]) as $ids | ($ids | map({(.): true}) | add) as $there |
	only(["spdxVersion", "dataLicense", "SPDXID", "name", "documentNamespace", "creationInfo", "packages", "relationships"]) and
	.spdxVersion == "SPDX-2.3" and .dataLicense == "CC0-1.0" and .SPDXID == "SPDXRef-DOCUMENT" and .name != "" and
	(.documentNamespace | test("^https://[a-z./]+/[A-Za-z0-9._%-]+-[0-9a-f]{64}$") and (contains("#") | not)) and
	(.creationInfo | only(["created", "creators"]) and (.created | test("^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9]Z$")) and
		(.creators | length > 0 and all(test("^(Tool|Person|Organization): .+")))) and
	($ids | all(test("^SPDXRef-[A-Za-z0-9.-]+$"))) and ($ids | unique | length) == ($ids | length) and
	(.packages | length > 2 and all(
		only(["SPDXID", "name", "versionInfo", "packageFileName", "supplier", "downloadLocation", "filesAnalyzed", "checksums",
			"sourceInfo", "licenseConcluded", "licenseDeclared", "copyrightText", "comment", "externalRefs", "primaryPackagePurpose"]) and
		.name != "" and (.downloadLocation | noassertion) and .filesAnalyzed == false and
		(.supplier | noassertion or test("^Organization: .+")) and
		(.licenseConcluded | noassertion) and (.licenseDeclared | noassertion) and (.copyrightText | noassertion) and
		(.packageFileName // "a" | contains("/") | not) and
		((.checksums // []) | all(only(["algorithm", "checksumValue"]) and .algorithm == "SHA256" and (.checksumValue | hex64))) and
		((.externalRefs // []) | all(only(["referenceCategory", "referenceType", "referenceLocator"]) and
			.referenceCategory == "PACKAGE-MANAGER" and .referenceType == "purl" and
			(.referenceLocator | test("^pkg:deb/debian/[a-z0-9.%B-]+@[A-Za-z0-9.:~%-]+\\?arch=[a-z0-9-]+&distro=[a-z]+$")))) and
		(.primaryPackagePurpose | IN("INSTALL", "APPLICATION", "SOURCE", "OPERATING_SYSTEM", "FILE")))) and
	(.relationships | length > 2 and all(only(["spdxElementId", "relationshipType", "relatedSpdxElement"]) and
		$there[.spdxElementId] and $there[.relatedSpdxElement] and
		(.relationshipType | IN("DESCRIBES", "CONTAINS", "GENERATED_FROM", "BUILD_DEPENDENCY_OF", "PREREQUISITE_FOR"))) and
		length == (unique | length)) and
	([.relationships[] | select(.relationshipType == "DESCRIBES")] | length) == 1 and
	([.packages[].SPDXID] - [.relationships[] | .spdxElementId, .relatedSpdxElement] == [])'

sbom_is_valid() { jq -e "$sbom_rules" "$1" >/dev/null; }

# The namespace ends in the digest of the document in which that digest is zeroes.
sbom_names_itself() {
	local said
	said=$(jq -r '.documentNamespace | .[-64:]' "$1")
	[ "$(sed "s/$said/$(printf '0%.0s' {1..64})/" "$1" | sha256sum | cut -d' ' -f1)" = "$said" ]
}

# Name, version and digest of each package of the lock, with a purl made here from the same; its sources; and everything
# that the manifest calls an input or an output.
sbom_agrees() { # SBOM LOCK MANIFEST
	jq -en --slurpfile sbom "$1" --slurpfile lock "$2" --slurpfile manifest "$3" '
		def escaped: @uri | gsub("%3A"; ":");
		def purl($name; $version; $arch; $distro): "pkg:deb/debian/\($name | escaped)@\($version | escaped)?arch=\($arch)&distro=\($distro)";
		def digest: .checksums[0].checksumValue;
		def is($kind): .SPDXID | startswith("SPDXRef-" + $kind + "-");
		$sbom[0] as $s | $lock[0] as $l | $manifest[0] as $m | ($s.packages | map({(.SPDXID): .}) | add) as $by |
		def related($type; $from): [$s.relationships[] | select(.relationshipType == $type and .spdxElementId == $from) | $by[.relatedSpdxElement]];
		([$l.packages[] as $p | $l.suites[$l.indexes[$p.index].suite].codename | split("-")[0] |
			[$p.name, $p.version, $p.sha256, purl($p.name; $p.version; $p.architecture; .), ($p.path | split("/")[-1])]] | sort) ==
			([$s.packages[] | select(is("Package")) | [.name, .versionInfo, digest, .externalRefs[0].referenceLocator, .packageFileName]] | sort) and
		([$l.packages[] | [.source, ."source-version"]] | unique) == ([$s.packages[] | select(is("Source")) | [.name, .versionInfo]] | sort) and
		([$s.packages[] | select(is("Source")) | .externalRefs[0].referenceLocator | test("\\?arch=source&")] | all) and
		([$l.packages[] | [.name, .source]] | sort) == ([$s.packages[] | select(is("Package")) | [.name, related("GENERATED_FROM"; .SPDXID)[0].name]] | sort) and
		([$l.packages[] | select(.sets | index("image")) | .name] | sort) ==
			([related("CONTAINS"; "SPDXRef-Image")[] | select(is("Package")) | .name] | sort) and
		([$m.inputs.components[].sources[] | [.path, .sha256]] | sort) == ([$s.packages[] | select(is("File")) | [.name, digest]] | sort) and
		([$m.inputs.components[].outputs[] | [.path, .sha256]] | sort) == ([$s.packages[] | select(is("Output")) | [.name, digest]] | sort) and
		([$m.inputs.overlays[] | [.path, .sha256]] | sort) == ([$s.packages[] | select(is("Overlay")) | [.name, digest]] | sort) and
		([$m.inputs.components[].name] | sort) == ([$s.packages[] | select(is("Component")) | .name] | sort) and
		($by["SPDXRef-Image"] | digest == $m.outputs.disk.sha256) and ($by["SPDXRef-UKI"] | digest == $m.outputs.uki.sha256) and
		($s.creationInfo.created | fromdateiso8601) == $m["source-date-epoch"]' >/dev/null &&
		grep -qF "manifest.json has SHA-256 $(sha256sum <"$3" | cut -d' ' -f1)" "$1"
}
