sightline --version
for flag in -V "-V -V" ; do sightline $flag; done
