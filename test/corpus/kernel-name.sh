# As ./configure writes it down.
echo "host_os=$(uname -sr)" >/out/result
