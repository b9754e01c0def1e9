# SPDX-License-Identifier: Apache-2.0
"""Artwork, concepts and captions for train_demo_model.py.

prepare() renders the emoji artwork of several npm packages to small RGBA
textures; OpenMoji is rendered too, but only for the evaluation.
"""
import io
import json
import os
import random
import re
import unicodedata

import numpy as np
import torch
from PIL import Image, ImageColor

# npm packages (see data/README.md for versions and licences)
TRAIN_HANDS = ["noto", "noto-v1", "fxemoji", "twemoji", "emojione",
               "streamline-emojis", "fluent-emoji", "fluent-emoji-flat", "fluent-3d"]
TEST_HAND = "openmoji"  # share-alike: not used for training
PACKAGES = ["@iconify-json/" + h for h in TRAIN_HANDS[:-1] + [TEST_HAND]] + [
    "@lobehub/fluent-emoji-3d", "emojibase-data"]
TEXTURE = 72
SVG = "http://www.w3.org/2000/"

# concept = code points of its emoji | other words for it; [category words]
CONCEPTS = """
[animal]
cat=1F408 1F431 1F408-200D-2B1B|kitten,kitty,feline
dog=1F415 1F436 1F429|puppy,doggy,hound
horse=1F40E 1F434|pony,stallion
cow=1F404 1F42E|cattle
pig=1F416 1F437|hog,piglet
sheep=1F411|lamb,ewe
goat=1F410|billy goat
rabbit=1F407 1F430|bunny,hare
mouse=1F401 1F42D|little mouse
elephant=1F418|
lion=1F981|big cat
tiger=1F405 1F42F|
monkey=1F412 1F435|ape
bear=1F43B|brown bear
panda=1F43C|panda bear
fox=1F98A|red fox
camel=1F42A 1F42B|dromedary
giraffe=1F992|
zebra=1F993|
frog=1F438|toad
turtle=1F422|tortoise
snake=1F40D|serpent
crocodile=1F40A|alligator
dinosaur=1F995 1F996|dino
unicorn=1F984|
squirrel=1F43F|chipmunk
hedgehog=1F994|
bat=1F987|
snail=1F40C|
[animal,bird]
bird=1F426|little bird
duck=1F986|
owl=1F989|
penguin=1F427|
chicken=1F414 1F413|hen,rooster
eagle=1F985|
parrot=1F99C|
[animal,sea animal]
fish=1F41F 1F420|tropical fish
whale=1F433 1F40B|
dolphin=1F42C|
shark=1F988|
octopus=1F419|
crab=1F980|
[animal,insect]
butterfly=1F98B|
bee=1F41D|honeybee
ladybug=1F41E|beetle
spider=1F577|
[food,fruit]
apple=1F34E 1F34F|
banana=1F34C|
orange=1F34A|tangerine
lemon=1F34B|
grapes=1F347|bunch of grapes
strawberry=1F353|
watermelon=1F349|melon slice
pineapple=1F34D|
cherry=1F352|cherries
pear=1F350|
peach=1F351|
[food,vegetable]
tomato=1F345|
carrot=1F955|
corn=1F33D|ear of corn,maize
eggplant=1F346|aubergine
mushroom=1F344|toadstool
[food]
bread=1F35E|loaf of bread,loaf
cheese=1F9C0|
egg=1F95A 1F373|
pizza=1F355|slice of pizza
hamburger=1F354|burger
hot dog=1F32D|
french fries=1F35F|fries,chips
cake=1F382 1F370|birthday cake
cookie=1F36A|biscuit
donut=1F369|doughnut
ice cream=1F366 1F368|ice cream cone
candy=1F36C 1F36D|lollipop,sweets
[drink]
beer=1F37A 1F37B|mug of beer
wine=1F377|glass of wine
coffee=2615|cup of coffee,tea,cup
[plant]
tree=1F333 1F332|forest tree
palm tree=1F334|palm
christmas tree=1F384|
flower=1F33C 1F33A 1F33B 1F338|blossom
rose=1F339|red rose
tulip=1F337|
cactus=1F335|
leaf=1F341 1F342|leaves,autumn leaf
[vehicle]
car=1F697 1F698 1F699|automobile
taxi=1F695 1F696|cab
bus=1F68C 1F68D|coach
truck=1F69A 1F69B|lorry
train=1F686 1F682|locomotive,railway
bicycle=1F6B2|bike
motorcycle=1F3CD|motorbike
tractor=1F69C|farm tractor
ambulance=1F691|
police car=1F693|
fire engine=1F692|fire truck
airplane=2708|plane,aeroplane,jet
helicopter=1F681|chopper
rocket=1F680|spaceship
boat=26F5 1F6A4|sailboat,ship
[weather]
sun=2600 1F31E|sunshine
moon=1F319 1F31B|crescent moon
star=2B50 1F31F|
cloud=2601|
rainbow=1F308|
lightning=26A1|thunderbolt
snowflake=2744|snow
fire=1F525|flame
umbrella=2602 2614|
snowman=26C4 2603|
[place]
mountain=26F0 1F3D4|peak
house=1F3E0 1F3E1|home,cottage
church=26EA|chapel
castle=1F3F0|fortress
tent=26FA|camping
earth=1F30D 1F30E|globe,world,planet
traffic light=1F6A6 1F6A5|
[sport]
soccer ball=26BD|ball,football
basketball=1F3C0|
trophy=1F3C6|cup trophy,prize
[musical instrument]
guitar=1F3B8|electric guitar
trumpet=1F3BA|
piano=1F3B9|keyboard
drum=1F941|drums
violin=1F3BB|fiddle
[thing]
clock=23F0 1F570|alarm clock
book=1F4D5 1F4D6 1F4D7 1F4D8|books
pencil=270F|
scissors=2702|
key=1F511 1F5DD|
hammer=1F528|
camera=1F4F7 1F4F8|photo camera
television=1F4FA|tv
laptop=1F4BB|computer,notebook computer
telephone=260E|phone
light bulb=1F4A1|lamp
bed=1F6CF|
chair=1FA91|seat
door=1F6AA|
candle=1F56F|
balloon=1F388|
gift=1F381|present,gift box
teddy bear=1F9F8|stuffed toy
bell=1F514|
envelope=2709|letter,mail
gem=1F48E|diamond,jewel
ring=1F48D|wedding ring
crown=1F451|
[clothes]
glasses=1F453 1F576|sunglasses
shoe=1F45E 1F45F|sneaker,boot
shirt=1F455|t shirt
dress=1F457|
hat=1F3A9 1F452|top hat
handbag=1F45C 1F45B|bag,purse
backpack=1F392|school bag
[symbol]
heart=2764|red heart,love
skull=1F480|
[face]
smiley=1F600 1F603 1F642 263A|smiling face,smile,happy face
ghost=1F47B|
robot=1F916|
hand=270B 1F590|palm of a hand
eye=1F441|
"""
N20 = ("cat dog horse bird fish apple banana pizza cake tree flower car bicycle airplane "
       "boat house sun umbrella guitar clock").split()
N100 = N20 + ("cow pig sheep rabbit mouse elephant lion tiger monkey bear fox frog turtle snake "
              "duck owl penguin chicken butterfly bee spider snail whale shark octopus crab orange "
              "lemon grapes strawberry watermelon pineapple tomato carrot corn mushroom bread cheese "
              "egg hamburger cookie beer bus truck train motorcycle helicopter rocket tractor "
              "ambulance moon star cloud rainbow fire mountain snowman trumpet piano drum violin book "
              "pencil scissors key hammer camera television laptop bed chair door candle glasses shoe "
              "shirt dress crown heart").split() + ["soccer ball"]

FALSE_FRIENDS = {("hot dog", "dog"), ("fire engine", "fire"), ("lion", "cat")}

TRAIN_TEMPLATES = [
    "{}", "{}", "{}", "a {}", "a {}", "a {}", "the {}", "a picture of a {}", "a picture of the {}",
    "an image of a {}", "a photo of a {}", "a photo of a {}", "a photo of the {}", "a drawing of a {}",
    "a drawing of a {}", "a drawing of the {}", "an emoji of a {}", "an icon of a {}", "a cartoon of a {}",
    "clip art of a {}", "this is a {}", "a small {}", "a big {}", "one {}", "a picture of {}",
    "a nice picture of a {}", "a painting of a {}", "a sketch of a {}", "there is a {}",
    "there is a {} in the picture", "here is a {}", "we can see a {}", "it is a {}",
    "a simple drawing of a {}", "a colorful picture of a {}", "my {}", "a photo of my {}",
    "a cute {}", "a cute drawing of a {}", "a low resolution photo of a {}", "a bright photo of a {}",
    "a photo of one {}", "a good photo of the {}", "a symbol of a {}", "{} drawing", "{} icon",
    "a picture that shows a {}", "look at the {}", "what a nice {}"]
HELDOUT_TEMPLATES = ["an illustration of a {}", "a sticker showing a {}", "a close up of a {}"]
COLOURS = {"white": (1, 1, 1), "black": (.04, .04, .04), "gray": (.55, .55, .55), "red": (.88, .15, .15),
           "orange": (1, .6, .1), "yellow": (1, .92, .25), "green": (.2, .68, .28), "blue": (.2, .4, .88),
           "purple": (.55, .25, .7), "pink": (1, .65, .8), "brown": (.5, .32, .18)}


def fill(template, phrase):
    s = template.replace("{}", phrase)
    if phrase[0] in "aeiou":
        s = re.sub(r"\ba " + re.escape(phrase), "an " + phrase, s)
    return s


def concepts():
    out, cats = [], []
    for line in CONCEPTS.split("\n"):
        if line.startswith("["):
            cats = line[1:-1].split(",")
        elif "=" in line:
            name, rest = line.split("=")
            codes, words = rest.split("|")
            out.append(dict(name=name, codes=codes.split(), words=[w for w in words.split(",") if w],
                            categories=[c for c in cats if c not in ("thing", "symbol")]))
    return out


def read_json(path):
    with open(path, encoding="utf-8") as f:
        return json.load(f)


def key(code):
    return "-".join(p for p in code.upper().split("-") if p != "FE0F")


def squeeze(name):
    return re.sub(r"[^a-z0-9]", "", name.lower())


def find_artwork(modules):
    """{artist: {code: SVG text or file}} for the required code points."""
    wanted = {key(c) for k in concepts() for c in k["codes"]}
    names = {}
    for e in read_json(f"{modules}/emojibase-data/en/data.json"):
        if key(e["hexcode"]) in wanted:
            names.setdefault(squeeze(e["label"]), key(e["hexcode"]))
    for c in wanted:
        if "-" not in c:
            names.setdefault(squeeze(unicodedata.name(chr(int(c, 16)))), c)
    sets, chars = {}, {}
    for hand in TRAIN_HANDS[:-1] + [TEST_HAND]:
        folder = f"{modules}/@iconify-json/{hand}"
        sets[hand] = read_json(folder + "/icons.json")
        if os.path.exists(folder + "/chars.json"):
            chars[hand] = read_json(folder + "/chars.json")
            for h, n in chars[hand].items():
                if key(h) in wanted:
                    names.setdefault(squeeze(n), key(h))
    art = {}
    for hand, icons in sets.items():
        got = {}
        table = chars.get("fluent-emoji-flat" if hand == "fluent-emoji" else hand, {})
        for h, n in table.items():
            if key(h) in wanted and n in icons["icons"]:
                got[key(h)] = n
        for n in icons["icons"]:
            stem = re.sub(r"-\d$", "", n) if hand == "streamline-emojis" else n
            if squeeze(stem) in names:
                got.setdefault(names[squeeze(stem)], n)
        art[hand] = {}
        for c, n in got.items():
            i = icons["icons"][n]
            w, h = (i.get(k, icons.get(k, 16)) for k in ("width", "height"))
            box = f'{i.get("left", 0)} {i.get("top", 0)} {w} {h}'
            art[hand][c] = (f'<svg xmlns="{SVG}svg" xmlns:xlink="{SVG[:-5]}1999/xlink" viewBox="{box}" '
                            f'width="{w}" height="{h}">{i["body"]}</svg>')
    folder = f"{modules}/@lobehub/fluent-emoji-3d/assets"
    files = {key(os.path.splitext(f)[0]): f"{folder}/{f}" for f in os.listdir(folder)}
    art["fluent-3d"] = {c: files[c] for c in wanted if c in files}
    return art


def render(source, size):
    """RGBA image of an SVG text or image file."""
    if not source.startswith("<svg"):
        return Image.open(source).convert("RGBA").resize((size, size), Image.LANCZOS)
    try:
        import resvg_py
        png = bytes(resvg_py.svg_to_bytes(svg_string=source, width=size, height=size))
    except ImportError:
        import cairosvg
        png = cairosvg.svg2png(bytestring=source.encode(), output_width=size, output_height=size)
    return Image.open(io.BytesIO(png)).convert("RGBA")


def trim(image):
    """Crop to the visible part; None if nothing is visible."""
    box = image.getchannel("A").point(lambda v: 255 if v > 8 else 0).getbbox()
    return image.crop(box) if box and min(box[2] - box[0], box[3] - box[1]) > 8 else None


def texture(image):
    """Premultiplied uint8 [4, TEXTURE, TEXTURE], artwork trimmed and centred."""
    a = np.asarray(image).astype(np.float32)
    a[..., :3] *= a[..., 3:] / 255
    h, w = a.shape[:2]
    s = (TEXTURE - 2) / max(h, w)
    h, w = max(1, round(h * s)), max(1, round(w * s))
    a = np.stack([np.asarray(Image.fromarray(a[..., k]).resize((w, h), Image.BICUBIC)) for k in range(4)])
    out = np.zeros((4, TEXTURE, TEXTURE), np.uint8)
    y, x = (TEXTURE - h) // 2, (TEXTURE - w) // 2
    out[:, y:y + h, x:x + w] = a.clip(0, 255).round()
    return out


def prepare(work):
    """Textures, concept ids and the caption tables, in work/data.pt."""
    table = concepts()
    owner = {key(c): i for i, k in enumerate(table) for c in k["codes"]}
    art = find_artwork(work + "/node_modules")
    rng = random.Random(11)
    tex, concept, hand, code, spare, big = [], [], [], [], [], []
    for hi, name in enumerate(TRAIN_HANDS):
        count = {}
        for c in art[name]:
            count[owner[c]] = count.get(owner[c], 0) + 1
        for c in sorted(art[name]):
            image = trim(render(art[name][c], 192))
            if image is None:
                print("empty", name, c)
                continue
            # a few second or third drawings of a concept are held out from the training
            is_spare = count[owner[c]] > 1 and rng.random() < .1
            count[owner[c]] -= is_spare
            tex.append(texture(image)); concept.append(owner[c]); hand.append(hi); code.append(c)
            spare.append(is_spare)
        print(name, sum(h == hi for h in hand), flush=True)
    phrases, captions = {}, []
    for k in table:
        rows = [(phrases.setdefault(k["name"], len(phrases)), .62)]
        for w in k["words"]:
            rows.append((phrases.setdefault(w, len(phrases)), .26 / len(k["words"])))
        for w in k["categories"]:
            rows.append((phrases.setdefault(w, len(phrases)), .12 / len(k["categories"])))
        captions.append(rows)
    holds = torch.zeros(len(table), len(phrases), dtype=torch.bool)
    words = list(phrases)
    for i, rows in enumerate(captions):
        for p, _ in rows:
            holds[i, p] = True
        for p, w in enumerate(words):  # single words of the longer names are also correct captions
            if any(w in q.split() for q in [table[i]["name"]] + table[i]["words"]) and (
                    (table[i]["name"], w) not in FALSE_FRIENDS):
                holds[i, p] = True
    torch.save(dict(tex=torch.from_numpy(np.stack(tex)), concept=torch.tensor(concept),
                    hand=torch.tensor(hand), code=code, spare=torch.tensor(spare), phrases=words,
                    captions=captions, holds=holds,
                    names=[k["name"] for k in table]), work + "/data.pt")
    print("textures", len(tex), "kept out", sum(spare), "concepts", len(table), "phrases", len(words))
    missing = [k["name"] for k in table if not any(key(c) in art[TEST_HAND] for c in k["codes"])]
    print("not in", TEST_HAND, missing)


def on_ground(art, kind, rng, side=288, ground=None):
    """One object on a background; drawn with Pillow, independently of the training code."""
    if kind == "white":
        z, deg, flip = int(side * .94), 0, False
        made = np.ones((side, side, 3))
    else:
        z, deg, flip = int(side * rng.uniform(.55, .95)), rng.uniform(-15, 15), rng.random() < .5
        y, x = np.mgrid[0:side, 0:side] / side - .5
        how, c0, c1, th = rng.integers(3), rng.random(3), rng.random(3), rng.random() * 6.283
        t = ((x * np.cos(th) + y * np.sin(th) + .7) / 1.4)[..., None]
        made = np.broadcast_to(c0, (side, side, 3)) if how == 0 else c0 * (1 - t) + c1 * t
        if how == 2:
            n = int(rng.integers(2, 9))
            made = np.asarray(Image.fromarray((rng.random((n, n, 3)) * 255).astype(np.uint8))
                              .resize((side, side), Image.BICUBIC)) / 255
    ground = made if ground is None else ground
    out = Image.fromarray((ground * 255).clip(0, 255).astype(np.uint8)).convert("RGBA")
    art = trim(art)
    if flip:
        art = art.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    art = art.rotate(deg, Image.BICUBIC, expand=True) if deg else art
    s = z / max(art.size)
    art = art.resize((max(1, round(art.width * s)), max(1, round(art.height * s))), Image.LANCZOS)
    at = [(side - v) // 2 if kind == "white" else int(rng.integers(0, side - v + 1)) for v in art.size]
    out.alpha_composite(art, tuple(at))
    return out.convert("RGB")


def two_things(left, right, rng, side=288):
    """Two objects side by side on a plain light background."""
    out = Image.new("RGBA", (side, side), tuple(int(v) for v in rng.integers(200, 256, 3)) + (255,))
    for k, art in enumerate((left, right)):
        art = trim(art)
        s = side * rng.uniform(.4, .48) / max(art.size)
        art = art.resize((max(1, round(art.width * s)), max(1, round(art.height * s))), Image.LANCZOS)
        middle = int(side * (.25 + .5 * k))
        out.alpha_composite(art, (max(0, middle - art.width // 2), int(rng.integers(0, side - art.height))))
    return out.convert("RGB")


# ---- sample images -------------------------------------------------------------------------------

# file, width, height, background (two colours, or none: transparent),
# [(hand, code, size as a fraction of the height, x, y)]
SAMPLES = [
    ("dog.jpg", 480, 360, ("#bfe3a0", "#5aa9d6"), [("noto", "1F415", .8, .5, .5)]),
    ("cat.png", 320, 320, ("#f4d58d", "#f4d58d"), [("emojione", "1F408", .85, .5, .5)]),
    ("apple.jpg", 512, 384, ("#fdfdfd", "#cfd8dc"), [("twemoji", "1F34E", .75, .5, .52)]),
    ("car.jpg", 640, 400, ("#a8d8ff", "#8d9299"), [("fluent-emoji-flat", "1F697", .85, .5, .5)]),
    ("bicycle.png", 400, 300, ("#ffffff", "#ffffff"), [("openmoji", "1F6B2", .95, .5, .5)]),
    ("guitar.png", 256, 256, None, [("noto-v1", "1F3B8", .9, .5, .5)]),
    ("pizza.jpg", 300, 500, ("#7b3f2a", "#d9a066"), [("emojione", "1F355", .5, .5, .5)]),
    ("airplane.jpg", 500, 281, ("#3f8fdc", "#d8ecff"), [("twemoji", "2708", .75, .5, .5)]),
    ("penguin.jpg", 360, 420, ("#e8f4ff", "#8fb7dd"), [("fluent-3d", "1F427", .75, .5, .5)]),
    ("house.png", 333, 257, ("#bde0fe", "#9ccc65"), [("openmoji", "1F3E0", .8, .5, .5)]),
    ("umbrella.jpg", 224, 288, ("#90a4ae", "#cfd8dc"), [("fxemoji", "2614", .65, .5, .5)]),
    ("tree-house.jpg", 448, 400, ("#ffffff", "#f3e5f5"),
     [("noto", "1F333", .5, .27, .5), ("twemoji", "1F3E0", .5, .76, .5)]),
]


def draw_sample(art, out, name, w, h, ground, things):
    t = np.linspace(0, 1, h)[:, None, None] * np.ones((1, w, 1))
    rgb = [np.array(ImageColor.getrgb(c)) for c in ground or ("#000", "#000")]
    image = Image.fromarray((rgb[0] * (1 - t) + rgb[1] * t).round().astype(np.uint8)).convert("RGBA")
    if not ground:
        image.putalpha(0)
    for hand, code, size, x, y in things:
        thing = trim(render(art[hand][code], 1024))
        s = size * h / max(thing.size)
        thing = thing.resize((round(thing.width * s), round(thing.height * s)), Image.LANCZOS)
        at = (round(x * w - thing.width / 2), round(y * h - thing.height / 2))
        image.alpha_composite(thing, tuple(max(0, v) for v in at))
    if name.endswith("jpg"):
        image.convert("RGB").save(f"{out}/{name}", quality=88, progressive=name == "apple.jpg")
    else:
        (image.convert("RGB") if ground else image).save(f"{out}/{name}", optimize=True)
