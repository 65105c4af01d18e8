# Field 3 of /etc/shadow: the day of the last change, counted from 1970.
echo "nobody:*:$(($(date +%s) / 86400)):0:99999:7:::" >/out/result
