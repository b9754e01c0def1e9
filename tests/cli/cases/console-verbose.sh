pictures
sightline embed-image photos -o a.npy -v 2>one
sightline embed-image photos -o b.npy -vv 2>two
[ -s one ]
[ "$(wc -l <two)" -gt "$(wc -l <one)" ]
cmp a.npy b.npy
