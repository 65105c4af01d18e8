# The box's view of files, folders and the network. Sourced by test/accept/3.sh.
# shellcheck shell=bash
section "files, folders, network"
unit "file times do not depend on the host's file system: one moment a step, what programs set stays" box_files probed same_twice
unit "  and they make sense: make makes nothing twice, a touched source is made anew" box_files made_by_make
unit "  configure's new files are newer than its sources" box_files configured
unit "  stamped or set, before, within and after the run" trace_times times moments
unit "directory order does not depend on it: sorted, also over many calls, after rewinddir, seekdir, and while files go" box_files listing deleting shared_folder
unit "  sorted, reversed, shuffled by the seed" trace_times order
unit "numbers, blocks, sizes and links of folders do not either; tar and cp still see hard links" box_files hard_links same_twice
unit "  a number follows from the path; two files never share one" trace_times numbers many_numbers
unit "processor count and model files, memory figures are fixed, by /proc and /sys" box_files same_twice canaries
unit "  and what /proc tells of a process: no times, no resident pages, no tracer" trace_proc stat_text status_text maps_text
unit "/dev/urandom and /dev/random are seeded: a stream for each opening, equal calls do not collide" box_files random_devices temporary_files
unit "a step that tries the network gets a normal error, and the attempt stands in the log as an undeclared input" box_undeclared network probed
unit "  so does the look-up of a name" box_undeclared listed
unit "  and reading paths that reveal the host" box_undeclared paths listed
unit "  which paths, addresses and questions these are" trace_path kinds released addresses queries
unit "each guarantee about files can be released alone: the machine's own shows" box_files released
unit "  and each can carry a canary" box_files canaries
unit "all of it for an ordinary user, too, who needs nothing" box_files probed
