# SPDX-License-Identifier: Apache-2.0
# Names of files and captions are hostile input: everything is shown as text, and links only lead to files.
mkdir 'a"b' $'new\nline' 'javascript:'
cp "$IMAGES"/rgba.png '<script>alert(1)</script>.png' 2>/dev/null || cp "$IMAGES"/rgba.png '<script>alert(1)<script>.png'
cp "$IMAGES"/rgba.png $'\xff\xfe.png'
cp "$IMAGES"/rgba.png $'\xe2\x80\xaegnp.exe.png'
cp "$IMAGES"/rgba.png 'a"b/onload=alert(1) '"'"'.png'
cp "$IMAGES"/rgba.png $'new\nline/]]>--><!--.png'
cp "$IMAGES"/rgba.png 'javascript:/alert(1).png'
cp "$IMAGES"/rgba.png 'javascript:alert(1).png'
printf '%s\n' '</noscript><img src=x onerror=alert(1)>' '{{script}} {{body}} &lt;b&gt;' $'\u202e\u2066 rtl \u05d0' '' $'tab\tand \x1b[31m escape' >captions.txt
for by in image caption; do
  sightline score . --captions captions.txt --by $by -f jsonl >scores.jsonl
  sightline score . --captions captions.txt --by $by --matrix -o $by.html
  python3 "$CLI/report.py" $by.html scores.jsonl
done
! grep -c 'alert(1)<script\|</noscript><img\|onerror=alert(1)>' image.html caption.html >/dev/null
# Damaged images make cards, not crashes; which of them can be decoded depends on the libraries of the build.
find "$DATA"/fuzz/{image,png,webp,gif,bmp,tiff,avif,heif} -type f | sort >bad.txt
for by in image caption; do
  sightline score --files-from bad.txt -c dog --by $by --top 1000 -o bad-$by.html 2>/dev/null || test $? = 3
  test "$(python3 "$CLI/report.py" bad-$by.html | grep -c '^ *card')" = "$(wc -l <bad.txt)"
done
