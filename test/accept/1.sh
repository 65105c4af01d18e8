#!/bin/bash
# From a description to a verdict: what was asked for, demand for demand (see test/demand.sh for how a line comes about).
#   test/accept/1.sh [--quick] [--only REGEX]   --quick leaves out what boots machines, makes hosts or measures speed
# shellcheck source=test/demand.sh
. "$(dirname "$0")/../demand.sh"
for part in tool lock build image root machine speed; do
	# shellcheck source=/dev/null
	. "$root/test/accept/1/$part.sh"
done
demand_options "$@"
demand_hello
only_was=$only only=''
direct "the image can be taken apart by fsck.erofs, objcopy and bsdtar" image_take_apart
only=$only_was

section "what a user gets"
direct_slow "./run demo: ends with the honest machine's verdict" demo_ends_well
direct_slow "  one changed kernel argument: contraindicated, register, event, both values" demo_finds_change
direct_slow "  each step says what it does and how long it took" demo_tells_time
direct "  locks afresh, saying so, when no mirror has a pinned package" demo_locks_afresh
direct "./run installs what is missing by apt, with sudo where not root" run_installs
direct "./run build leaves the tool at build/assay" run_build
direct "./run test: passed, failed, skipped; an unlisted skip fails" runner_counts
direct "./run accept N refuses a number that is not there" run_accept_unknown
direct "./run clean forgets" run_clean
direct ".ci/run calls ./run test and the check matrix" ci_runs_both
direct "the check matrix: form, layers, headers, names, shell scripts" check_matrix format layers headers banned names shell
direct_slow "the check matrix, whole: gcc, clang, sanitizers, analyzer, tidy, reproducible" check_matrix
direct "README: both commands, what they print, a tour" readme
direct "licence and documents are there" documents
direct "links of the documents lead somewhere" links_lead_somewhere
direct "--help of each verb: at most 80 columns, ends with an example" help_fits
direct "the options that were asked for are there" help_has_options
direct "exit codes: 0 yes, 1 a well-formed no, 2 no answer" exit_codes
direct "errors: one line, one hint, exit 2" errors_have_hints

section "lock"
e2e "a Debian 12 machine locks trixie: the description names the suites" lock 'trixie can be locked'
e2e "InRelease: gpgv against the keyring; unsigned, changed, foreign, doubled refused" lock \
	'a changed InRelease is refused' 'an unsigned one is refused' 'an unknown key is refused and named' 'two texts in one are refused' \
	'text before the signed one is refused' 'one known key of two is enough'
e2e "Suite and Codename against what was asked" lock 'another suite than asked for is refused'
e2e "size and digest of indexes, by-hash" lock 'an index with other bytes is refused' 'an archive without by-hash serves too'
e2e "Release age: printed, warned of above 30 days, older than before refused" lock 'an old Release is warned of' \
	'an older Release is refused' 'an expired Release is refused'
unit "the age of a Release, its dates" lock freshness stale
unit "  and every form of a date" release dates
e2e "Essential added, recommends ignored, cuts recorded" lock 'a lock is made' 'nothing else comes' 'what was cut is named'
e2e "conflicts are explained in a sentence" lock 'a conflict is explained' 'what is missing is named' 'a package that nobody has is named'
unit "first alternative of OR-dependencies, as apt does" resolve run_case left_out_only_once
direct "assay.lock: version, suites, indexes, packages, sets, reasons" lock_is_whole
direct "canonical JSON: another form is refused" lock_is_canonical
direct "no host name, no local path" lock_names_no_place
direct "locking twice against the same archive gives the same bytes" lock_twice
e2e "  whatever the order, folder, umask and zone" lock 'locking twice gives the same bytes' 'neither order nor machine matter'
direct "InRelease and indexes are objects of the store" lock_objects_are_kept
direct "lock verify replays signature, InRelease, index, stanza, .deb" lock_verify_replays
e2e "  from an empty store, and not without the key" lock 'it holds from an empty store' 'without the key it is refused'
e2e "a self-consistent lock with a home-made .deb is refused" lock 'a package that the archive never signed is refused' \
	'an index that the archive never signed is refused' 'an archive signed by somebody else is refused'

section "build"
direct "a stale lock is refused with exit 1, and nothing is written" lock_stale_is_refused
direct "a lock of another image format is refused" lock_of_another_format_is_refused
direct "manifest: every input and output by digest" build_manifest_is_true
direct "manifest: each file's origin" build_files_have_origins
direct "nothing in OUT depends on the machine" build_leaves_no_trace
direct "assay measure computes the values again" build_measures_again
unit "  and finds what changed" remeasure finds_what_changed a_missing_file_is_no_answer

section "fetch, store"
unit "parallel, retried, every byte checked" fetch many all_attempts given_up broken_store
unit "mirrors from apt's sources or --mirror" mirrors deb822 one_line named_by_the_user hostile
unit "store: temporary, fsync, rename; kill -9, two writers, full disk" store killed_writers two_writers full_disk damage
direct "the store is \$XDG_CACHE_HOME/assay or --store" store_is_where_it_was_said
direct "peak memory of a build on two cores: under 320 MB" build_memory
direct "a second build decompresses nothing" build_warm_reads_no_deb

section "deb, tree"
unit "all kinds of entries, sparse files, long names, xattrs" unpack all_kinds pax other_digest
unit "hostile archives" unpack_hostile hostile members trailing damaged cut_inside
unit "a path is claimed once" tree claims preferences refused_nodes
e2e "  refused unless the description says which wins" refusals 'a path claimed twice is refused with both' \
	'a preference for a third settles nothing' 'an overlay must be preferred, too'
direct "no root: an ordinary user builds the same bytes" build_needs_no_root
direct "nothing is written outside the store and the output" build_writes_nowhere_else
direct "merged /usr" root_is_usr_merged
direct "users and groups have the ids of the description" root_users_are_pinned
e2e "  a user without a fixed id is refused, and a shared id" refusals 'a user without a fixed id is refused' 'an id that another has is refused'
direct "units: enabled and masked as declared" root_units
direct "links as declared" root_links
direct "overlay modes are normalised" root_overlay_is_normalised
unit "  umask and worktrees cannot leak in" folder normalised reading refused
direct "exclusions must match" exclusion_must_match
direct "times are clamped" root_times_are_clamped
direct "os-release, hostname, machine-id" root_identity
direct "ld.so.cache is what ldconfig makes" root_ld_cache
direct "modules.dep: modprobe finds every module and what it needs" root_modprobe
direct "dpkg -l --root lists exactly the image's packages" root_dpkg_lists
direct "  and knows whose a file is" root_dpkg_knows_files
e2e "Debian 13 reaches multi-user.target, no unit failed" boot-negatives 'the guest reaches multi-user.target' 'no unit failed'

section "image"
direct "EROFS: feature bits of the written list only" image_erofs_features
direct "fsck.erofs finds nothing" image_erofs_is_sound
direct "every file of the root is the manifest's" image_files_are_the_manifests
direct "this kernel mounts it" image_host_kernel_mounts
e2e "Linux 6.1 mounts it" erofs-kernel-6.1 'the kernel is Linux 6.1' 'it mounts the EROFS' 'systemd starts from it'
e2e "Linux 6.12 mounts it, read-only on dm-verity" boot "PID 1 of the initrd handed over to systemd"
direct "dm-verity: veritysetup verifies the built root, and not a changed one" image_verity_holds
direct "salt from the tree's digest" image_salt_is_the_trees
direct "the whole table stands in the command line" image_table_is_in_command_line
direct "cpio newc, the files of the manifest" image_initrd_is_the_manifests
direct "UKI: canonical order, the locked stub, a multiple of 512" image_uki
direct "UKI: no wall clock" image_uki_has_no_clock
direct "ESP: FAT32, 512-byte sectors, enough clusters, the UKI in it" image_esp
direct "GPT: discoverable types, identifiers from content" image_gpt
direct "the disk is sparse" image_is_sparse
e2e "trees of all shapes, judged by fsck.erofs, veritysetup, bsdtar, fsck.fat, mtools, sgdisk, objcopy" image-judges
unit "every writer refuses what it cannot write" fat borders sizes paths
unit "  and UKIs survive cuts and flips" uki truncations flips refusals

section "guest"
direct "PID 1: static, libc only" guest_is_static
direct "modules are decompressed at build time, in order" guest_modules_are_plain
e2e "dm-verity from the command line alone; read-only root, tmpfs, switch" guest-init \
	"the root's init runs as PID 1 with nothing of the initrd's" 'the root is EROFS on dm-verity, read only' '/run and /tmp are fresh' 'the rest is not'
e2e "anything unexpected stops the boot with a named message" guest-init 'no such partition' 'the word twice' 'no word' \
	'an option of dm-verity smuggled in' 'a root that is no EROFS' 'a root without an init' 'a module that is none' 'a module that is not there'
unit "the command line is parsed strictly" guest_command_line accepted refused truncated
direct "PID 1 and attester are compiled by the lock's toolchain" guest_compiled_by_lock
direct "documentation, tests and other sources do not change the image" build_ignores_what_is_not_listed
e2e "the attester compiles from the listed files alone" attester-build 'compiles from the listed files alone' 'is the same in both' 'every listed file is used'

section "closed to the host"
direct "credentials, generators, gettys, shells, sysrq: off in the measured command line" closed_command_line
direct "no root login: every password is locked" closed_accounts
direct "no getty, no rescue or emergency shell" closed_shells
e2e "nobody is asked to log in, no magic keys" boot 'nobody is asked to log in' 'no magic keys'
e2e "SMBIOS and fw_cfg credentials, a second discoverable disk: no effect" boot-host 'closed: is affirmed' \
	'closed: no credential, no option, no unit of the host' 'closed: no swap, no file system of the host' 'closed: the magic keys are off'
e2e "  and they are inputs that work on an open image" boot-host 'open: a credential by SMBIOS works' 'open: a credential by fw_cfg works'
e2e "a command line by SMBIOS is measured" boot-host 'command line by SMBIOS: contraindicated' 'command line by SMBIOS: just these registers'
e2e "option ROMs change PCR 2, and explain says so" boot-negatives "option ROM: just these registers" "option ROM: says '"
e2e "other firmware changes PCR 0, and explain says so" boot-negatives 'firmware: PCR 0 differs in both banks' 'firmware: says so'
direct "threat model: what covers ACPI tables" threat_model_acpi

section "box"
unit "closed: files, identity, devices, network, rights, processes" box identity modes network rights processes descriptors
unit "  seen from inside, by programs that try" box probe seen_from_inside commands_in_order
unit "  dies with its parent" box caller_killed
unit "  says what is missing when the kernel forbids it" box forbidden
unit "  as root and as an ordinary user" box as_ordinary_user suite
unit "components: only declared sources, results cached" component sources seen_by_steps built_and_cached failures

section "measure"
direct "registers: how each is made, with its reason, two banks" values_are_made_as_said
direct "values are the folds of their events" values_are_folds
direct "PCR 11 and the line in PCR 9 follow from the finished kernel image alone" values_follow_from_uki
direct "firmware from the locked package, stub version from the stub" values_inputs
unit "rules follow versions; an unknown one is refused" tpm_pcr versions_select_rules what_is_not_known_is_refused firmware_is_known_by_release
unit "against real boots and systemd-measure" tpm_vectors real_boots systemd_measure
direct "boot phases are masked: PCR 11 has one value" closed_phases
direct "coverage: which register covers which layer" values_coverage

section "run"
unit "exactly the shape: no stray boot option" qemu_arguments check
e2e "boots, stops, is killed; nothing stays, nothing is written" vm
direct_slow "KVM only where it truly works: a device that opens proves nothing" machine_kvm_must_work
e2e "the same machine, booted again, is affirmed again" boot 'the honest machine is affirmed' 'it is affirmed again'
e2e "EK certificate from a local authority of its own folder" vm 'the trust file names the root' 'which issued the issuer' 'and says that it is emulated'

section "attest"
e2e "an unprivileged process" attester-swtpm 'gave up its user' 'gave up its groups' 'cannot gain privileges'
e2e "sizes and times are bounded" attester-swtpm 'a body beyond the limit' 'a huge body, chunked' 'headers beyond the limit' \
	'silent connections are closed, others answered' 'a connection that trickles is closed'
e2e "the AK is restricted, fixedTPM, made in the TPM" attester-swtpm 'the attestation key is what it should be'
unit "EK from the TCG template" ek_template template
e2e "EK equals its certificate's key" attester-swtpm "the certificate is the key's" "the certificate is the authority's"
unit "MakeCredential: a function of the randomness given" credential kdf opens refuses
e2e "activation: bound to nonce and secret; another key's credential refused" attester-swtpm 'the quote is good and bound to nonce and secret' \
	'and not to another secret' 'a credential for another key is refused'
unit "the verifier computes the AK's name and checks its attributes" appraise_tpm_key ak_not_restricted ak_not_fixed ak_imported ak_decrypts \
	ak_swapped ak_swapped_and_signs
unit "qualifyingData: role, nonce, secret, channel" appraise_tpm extra_data_other other_role role_with_nul a_channel
unit "  and the secret of the credential" appraise_tpm_key another_secret no_secret
unit "a file's AK: enrolment, pin, certificate, else AK not bound" appraise_tpm_key by_enrolment by_pin by_ak_certificate not_bound \
	enrolled_for_another pinned_another ak_certificate_of_another
e2e "  the same with the tool" tpm-verify 'a file by an unknown key: not affirmed' 'enroll' 'a file by an enrolled key is affirmed' \
	'a pinned key is affirmed' 'another pinned name does nothing'
e2e "evidence is a CMW collection in JSON with both banks and the log" attester-swtpm 'the bundle says its type' \
	"the firmware's log is there as it is" 'both banks, 16 registers each' 'no other log is there'
unit "bundles: every cut and limit" bundle round_trip refuses truncations limits
direct "doc/protocol.md fixes the formula and the bundle" protocol_written

section "verify"
unit "default policy: PCR 0, 2-7, 9, 11-14 and a fresh nonce" appraise_tpm required_not_signed pcr0_differs pcr4_differs pcr7_differs \
	pcr14_differs old_nonce no_nonce
e2e "no anchor for PCR 0: a warning at most" tpm-verify 'no anchor is a warning at most'
e2e "built here only by this store's record, else an unsigned claim" tpm-verify 'an unsigned claim is a warning at most'
e2e "  and only in a store that nobody else can write" planted-record
e2e "  in a real boot" boot 'nor with values of a manifest that was not built here' 'nor by a store that built nothing'
e2e "TPM roots only from the trust file" tpm-verify 'no trust file: not affirmed' 'another authority: not affirmed'
unit "  never from the evidence" appraise_tpm_key ek_own_root_in_evidence ek_foreign_authority no_roots
e2e "an emulated TPM: no claim about hardware" tpm-verify 'claims nothing about emulated hardware'
unit "  and its host could forge it" appraise_tpm emulated
direct_slow "output: each check with a mark, whose want, what is not covered" machine_verdict_text
direct_slow "  an emulated TPM: the text says that the host could forge it" machine_forgeable
e2e "--json: EAR with its profile and status" tpm-verify 'names the profile' 'affirms'
e2e "words of others reach the terminal as plain lines" hostile-text
e2e "--at, --nonce: refused where malformed" tpm-verify 'a time that is none' 'a nonce that is none'
unit "what the signature does not cover does not count" appraise_tpm value_lies extra_claimed missing_claimed bank_not_signed pcr_digest_swapped_order
unit "every byte flipped, every length cut" appraise_tpm flips truncations
unit "signatures, weak ones refused" signature verifies edge_numbers weak_schemes
unit "certificate chains" certificate leaf_is_ca usage_of_leaf unknown_critical other_root weak_hash

section "explain"
unit "events aligned; digests recomputed before text is believed" explain lying_text a_log_is_not_believed
unit "  the alignment against the obvious way" explain_align aligns_as_the_obvious_way
unit "names event, input and meaning" explain option_rom secure_boot_key changed_inputs tried_first override
e2e "every register differs where it must, with its cause" boot-negatives

section "how well"
for case in "another folder" "umask 077" "umask 002, group-writable sources" "other times of files" "TZ and locale" "one core" "no environment" \
	"output on tmpfs" "an ordinary user, components made again"; do
	e2e "bit for bit: $case" same-bytes "$case"
done
e2e "bit for bit: a Debian 13 host" debian13 'Debian 13 gives the same bytes'
e2e "a golden image of packages made here" golden-build
unit "changed writer bytes without a new format version fail" image_golden line end_line
for register in 0 2 3 4 5 6 7 9 11 12 13 14; do
	cases+=("PCR $register, sha256: predicted is measured" "PCR $register, sha384: predicted is measured")
done
e2e "predicted is measured, both banks" boot "${cases[@]}"
for case in cmdline initrd kernel root; do
	e2e "negative: other $case" boot-negatives "$case: contraindicated" "$case: just these registers" "$case: says '"
done
e2e "negative: a boot option that is tried first and fails" boot-negatives 'boot order: contraindicated' 'boot order: just these registers' \
	"boot order: says 'a boot option was tried before this one"
e2e "negative: corrupted root, corrupted hash tree, swapped partitions stop PID 1" guest-init 'a damaged first block of the root' \
	'a damaged hash tree' 'swapped partitions'
e2e "  the same of hello's own disk" boot-damaged
direct_slow "speed: at most 2.5 times the floor" speed_floor
direct_slow "speed: at least 4 times faster than mmdebstrap's tar" speed_mmdebstrap
direct_slow "peak memory in the same run: under 320 MB" speed_memory

section "it is done when"
direct "every unit test passes" units_all
for script in "$root"/test/e2e/*.sh; do
	e2e "every test passes: $(basename -s .sh "$script")" "$(basename -s .sh "$script")"
done
direct_slow "a clean clone with an empty store gives the same bytes" machine_clean_clone
e2e "examples/hello/expected.json is what the committed lock gives" expected "expected.json is what the committed lock gives"
