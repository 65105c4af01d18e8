#!/bin/bash
# assay init: all that it writes works by itself, in a folder that has nothing of this repository near it. The folder of the
# template "service" is built in two places and booted: the program answers on its port and the machine is affirmed.
# shellcheck source=test/lib.sh
. "$(dirname "$0")/../lib.sh"
# shellcheck source=test/vm.sh
. "$(dirname "$0")/../vm.sh"
# The tool alone, and no folder to find anything from.
cp "$assay" "$work/assay"
assay=$work/assay
mkdir "$work/here"
cd "$work/here" || exit 1

cat >app.c <<'C'
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(argv[1])) };
	int s = socket(AF_INET, SOCK_STREAM, 0);

	if (argc != 3 || bind(s, (struct sockaddr *)&a, sizeof a) < 0 || listen(s, 8) < 0)
		return 1;
	for (;;) {
		int c = accept(s, NULL, NULL);

		dprintf(c, "%s from user %d, the root is %s\n", argv[2], getuid(),
			access("/usr", W_OK) < 0 ? "closed" : "open");
		close(c);
	}
}
C
gcc -O2 -static -o app app.c && gcc -O2 -o dynamic app.c || { bad "a program to put in"; exit 1; }
service=(--template service --binary app --exec 'app 8000 100%' --port 8000/tcp)

# ---- what is written ----
check "systemd is the default" quiet "$assay" init systemd
check "minimal" quiet "$assay" init --template minimal minimal
"$assay" init "${service[@]}" "my app" >said || bad "service"
check "what comes next is printed, ready to be copied" grep -qxF "  assay run 'my app/out' --port 8080 --forward 8000 --trust-out 'my app/trust.yaml'" said
same "in five lines, init with them" "$(grep -c '^  assay ' said)" 4
mkdir -p "$work/there/one"
(umask 077 && cd "$work/there/one" && cp "$work/here/app" . && env -i "$assay" init -q "${service[@]}")
check "elsewhere, with another umask, the same is written" diff -r "my app" "$work/there/one" --exclude app
same "with the same modes" "$(cd "my app" && find . ! -name . -printf '%P %m\n' | sort)" \
	"$(cd "$work/there/one" && find . ! -name . ! -path ./app -printf '%P %m\n' | sort)"
check "the program is in it" cmp app "my app/service/usr/local/bin/app"
check "nothing is overwritten" bash -c "! '$assay' init minimal >/dev/null 2>said && grep -q \"'minimal/assay.yaml' is there already\" said"
check "nor left half" test "$(ls minimal)" = "$(printf '%s\n' assay.yaml attester guest overlay)"
for f in "$root"/guest/*.[ch]; do cmp -s "$f" "systemd/guest/${f##*/}" || bad "guest/${f##*/} is not in the folder"; done
check "the sources are this project's" diff <(cd "$root/src" && xargs sha256sum <attester/sources.txt) \
	<(cd systemd/attester && xargs sha256sum <"$root/src/attester/sources.txt")

# The closed doors of examples/hello are closed here, too.
closed() { # FILE: what follows from the members that keep people and hosts out
	awk '/^  [a-z-]+:/ { on = /^  (command-line|kernel-modules|units|links|modes|initrd):/ } on && !/^ *#/' "$1" | grep -v app.service
}
same "a description of init is as closed as hello's" "$(closed systemd/assay.yaml)" "$(closed "$root/examples/hello/assay.yaml")"

# ---- what is refused ----
# refused NAME PATTERN HINT OPTION...: nothing is written
refused() {
	local name=$1 pattern=$2 hint=$3
	shift 3
	"$assay" init "$@" never >said 2>&1
	if [ $? = 2 ] && grep -q -- "$pattern" said && grep -q -- "^hint: .*$hint" said && [ ! -e never ]; then
		ok "$name"
	else
		bad "$name"
		cat said
	fi
}
refused "a template that there is not" "no template 'tiny'" "systemd, minimal and service" --template tiny
refused "a template mistyped" "no template 'servcie'" "did you mean service" --template servcie
refused "no program" "needs a program" "--binary FILE" --template service
refused "a dynamic program" "is not static: it asks for '/lib64/ld-linux" "gcc -static" --binary dynamic
refused "a text" "no 64-bit\|not a 64-bit" "--app DIR" --binary app.c
refused "a port without protocol" "'8000' is no port" "--port 8000/tcp" --binary app --port 8000
refused "the attester's port" "8080/tcp is the attester's" "another port" --binary app --port 8080/tcp
refused "a name in capitals" "'Mine' is no name" "--name" --name Mine
refused "a program for another template" "'minimal' takes no program" "--template service" --template minimal --binary app
"$assay" run out --forward x >said 2>&1
check "run: a port that is none" grep -q "^hint: --forward 8000" said

# ---- lock and build, as their reader would ----
mkdir -p files/usr/bin files/usr/share/answer
printf '#!/bin/sh\nexec cat /usr/share/answer/text\n' >files/usr/bin/answer
chmod +x files/usr/bin/answer
echo 42 >files/usr/share/answer/text
check "a folder with a script" quiet "$assay" init --app files --exec usr/bin/answer script
if ! "$assay" lock systemd --store "$store" -q >said 2>&1; then
	skip lock-real "$(tail -n 1 said)"
	exit 0
fi
ok "lock systemd"
cp systemd/assay.lock script/
check "lock minimal" quiet "$assay" lock minimal --store "$store" -q
check "lock service" quiet "$assay" lock "my app" --store "$store" -q
cp "my app/assay.lock" "$work/there/one/"
for d in systemd minimal script "my app" "$work/there/one"; do
	say "fetch, build: $d"
	check "fetch $(basename "$d")" quiet "$assay" fetch "$d" --store "$store" -q
	check "build $(basename "$d")" quiet "$assay" build "$d" -o "$d/out" --store "$store" -q || exit 1
done
same "service: two folders, the same digests" "$(digests "my app/out")" "$(digests "$work/there/one/out")"
check "service: assay measure finds the same in the finished image" quiet "$assay" measure "my app/out" --store "$store" -q
registers() { jq -r '.shapes[0].registers[] | select(.values) | "\(.register) \(.values.sha256)"' "$1/out/reference-values.json" | sort; }
echo >>"$work/there/one/service/usr/local/bin/app"
"$assay" build "$work/there/one" -o "$work/there/one/out" --store "$store" -q >/dev/null
moved=$(diff <(registers "my app") <(registers "$work/there/one") | awk '/^>/ { print $2 }' | sort -n | tr '\n' ' ')
check "service: another byte of the program moves registers ($moved)" grep -q '\b11\b' <<<"$moved"

# ---- the machines ----
port=20000
while (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; do port=$((port + 1)); done
check "minimal boots" vm_start minimal minimal/out || exit 1
affirmed "minimal is affirmed" minimal/out
prints_not "minimal: everything could be started" "can't run|can't open|not found"
prints "minimal: it has an address by DHCP" 'udhcpc: lease of [0-9.]+ obtained'

"$assay" run "my app/out" --state "$work/other-vm" --forward "${url##*:}:8000" >said 2>&1 </dev/null
check "a port that is taken is said with what to do" grep -q '^hint: a port of this machine is taken' said
check "service boots" vm_start service "my app/out" --forward "$port:8000" || exit 1
answer=''
for _ in $(seq 60); do
	answer=$(timeout 5 cat <"/dev/tcp/127.0.0.1/$port" 2>/dev/null) && [ -n "$answer" ] && break
	sleep 0.5
done
same "service: the program answers on its port, as a user of its own" "$answer" "100% from user 800, the root is closed"
affirmed "service is affirmed" "my app/out"
prints_not "service: no unit failed" '\[(FAILED|DEPEND| TIME )\]|Failed to start|Dependency failed'
prints_not "service: nobody is asked to log in" 'login:|press Enter|^Password'
