# Everyday use. Sourced by test/accept/2.sh, not run.
# shellcheck shell=bash disable=SC2154 # what test/lib.sh sets
section "everyday use"

# init
# The five lines, as init prints them, on a program made here; without the boots, which tool/test.sh init shows.
init_five_lines() {
	local dir=$work/init-lines n
	mkdir -p "$dir" && cd "$dir" || return
	printf 'int main(void) { return 0; }\n' | gcc -static -x c -o app - || return
	"$assay" init --template service --binary ./app --port 8000/tcp my-app >next || return
	n=$(($(grep -c '^  assay ' next) + 1))
	"$assay" lock my-app --store "$store" -q && "$assay" build my-app --output my-app/out --store "$store" -q >/dev/null || return
	[ $n = 5 ] && echo "$n lines; $(find my-app/guest my-app/attester -type f | wc -l) sources in the folder, image built"
}
init_commented() {
	local t n=0 all=0
	for t in systemd minimal; do
		"$assay" init -q --template $t "$work/init-$t" || return
		n=$((n + $(grep -c '^ *#' "$work/init-$t/assay.yaml"))) all=$((all + $(wc -l <"$work/init-$t/assay.yaml")))
	done
	[ $n -gt 30 ] && echo "$n of $all lines are comments"
}
direct "assay init: a program is a measured appliance in five lines" init_five_lines
direct "assay init: the description is commented" init_commented
unit "assay init: each template's description can be read, and its files are there" template every_template minimal texts
unit "assay init: a static program, or a folder with one, becomes a service" template units folders
unit "assay init: what could not run is refused with what to do" template refused
unit "assay init: nothing is overwritten, nothing is left half" new_folder in_the_way taken_back
e2e "assay init: all three templates are locked and built outside the repository" init "build systemd" "build minimal" "build my app"
e2e "assay init: two folders, the same files and the same digests" init \
	"elsewhere, with another umask, the same is written" "service: two folders, the same digests"
e2e "assay init: the service answers on its port in an attested machine" init \
	"service: the program answers on its port, as a user of its own" "service is affirmed"
e2e "assay init: the minimal machine attests" init "minimal is affirmed"
e2e "assay init: mistakes are answered by what to do" init "a template mistyped" "a dynamic program" "the attester's port"
