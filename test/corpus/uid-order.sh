# Users get their numbers in the order in which their files are found.
for name in web mail cron dns log; do echo "$name" >"$name.user"; done
id=100
for file in $(find . -name '*.user'); do
	echo "$(cat "$file"):x:$id"
	id=$((id + 1))
done >/out/result
