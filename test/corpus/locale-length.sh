# How long a text is depends on what a character is.
printf 'gr\303\274n\n' | wc -m >/out/result
