# What a kernel says of itself: built by whom, where and when, unless KBUILD_BUILD_USER, _HOST and _TIMESTAMP say it.
echo "Linux ($(whoami)@$(uname -n)) #1 SMP $(LC_ALL=C date)" >/out/result
