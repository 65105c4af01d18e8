# As fontconfig's cache: valid for a folder with this time.
mkdir fonts
echo serif >fonts/serif.ttf
stat -c '%n %Y' fonts >/out/result
