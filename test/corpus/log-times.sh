# A log with a time in front of each line.
for step in unpack configure build; do
	echo "[$(date -u +%H:%M:%S.%N)] $step"
done >/out/result
