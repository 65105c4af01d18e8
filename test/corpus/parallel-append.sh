# Jobs write to one log, in the order in which they happen to run.
for job in 1 2 3 4 5 6 7 8; do
	(seq 200 >/dev/null; echo "job $job" >>/out/result) &
done
wait
