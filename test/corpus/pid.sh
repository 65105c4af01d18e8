# A scratch name with the number of the process.
echo "tmp.$$" >/out/result
