# As automatic tools do: all names of variables that there are.
env | sed 's/=.*//' | LC_ALL=C sort >/out/result
