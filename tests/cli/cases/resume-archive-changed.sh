# SPDX-License-Identifier: Apache-2.0
# --resume refuses an archive that was replaced, even if its members have the same names.
copy_images
stop() { expect 6 bash -c 'ulimit -f 1; exec "$@"' - "$@" -q -b 1 --checkpoint 1 2>/dev/null; }
tar -cf first.tar -C photos . && cp photos/photo.jpg photos/exif.jpg && tar -cf second.tar -C photos .
for options in '' '--shard 1/1' '--files-from -'; do
  cp first.tar x.tar
  source=x.tar
  [ "$options" = '--files-from -' ] && source=
  echo x.tar | stop sightline embed-image $source -o a.npy $options
  echo x.tar | { expect 0 sightline embed-image $source -o b.npy -q $options; }
  cp second.tar x.tar
  touch -d 2001-01-01 x.tar
  echo x.tar | { expect 8 sightline embed-image $source -o a.npy $options --resume; }
  rm -f a* b*
done
