#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the small CLIP of data/demo-model on emoji artwork, on two CPU cores.

  npm install --prefix WORK <the packages that `train_demo_model.py packages` prints>
  train_demo_model.py prepare --work WORK
  train_demo_model.py train   --work WORK --bpe CLIP_BPE --minutes 75   (repeat with --resume to continue)
  train_demo_model.py eval    --work WORK --model WORK/model
  train_demo_model.py samples --work WORK --model WORK/model --out data/images

CLIP_BPE is a folder with CLIP's own vocab.json and merges.txt.
"""
import argparse
import copy
import json
import math
import os
import random
import time

import numpy as np
import torch
import torch.distributed as dist
import torch.nn.functional as F
from PIL import Image

import demo_data as dd

MEAN, STD = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
SIDE, CONTEXT, VOCABULARY = 64, 32, 2048
CROSS = 0.6  # weight of the concept prototypes


# ---- tokenizer and model -------------------------------------------------------------------------

def write_tokenizer(bpe, out):
    """CLIP's byte-level BPE with only its first merges."""
    os.makedirs(out, exist_ok=True)
    old = dd.read_json(bpe + "/vocab.json")
    with open(bpe + "/merges.txt", encoding="utf-8") as f:
        lines = [l for l in f.read().split("\n") if l and not l.startswith("#version")][:VOCABULARY - 514]
    vocab = sorted(old, key=old.get)[:512] + ["".join(l.split(" ")) for l in lines]
    vocab += ["<|startoftext|>", "<|endoftext|>"]
    assert len(set(vocab)) == VOCABULARY and all(old[t] == i for i, t in enumerate(vocab[:-2]))
    def dump(name, value):
        with open(f"{out}/{name}", "w", encoding="utf-8") as f:
            json.dump(value, f, indent=1 if name != "vocab.json" else None, ensure_ascii=False)
            f.write("\n")
    dump("vocab.json", {t: i for i, t in enumerate(vocab)})
    with open(out + "/merges.txt", "w", encoding="utf-8") as f:
        f.write("#version: 0.2\n" + "\n".join(lines) + "\n")
    special = dict(bos_token="<|startoftext|>", eos_token="<|endoftext|>", unk_token="<|endoftext|>",
                   pad_token="<|endoftext|>")
    dump("special_tokens_map.json", special)
    dump("tokenizer_config.json", dict(
        tokenizer_class="CLIPTokenizer", model_max_length=CONTEXT, do_lower_case=True, errors="replace",
        add_prefix_space=False, **special))
    dump("preprocessor_config.json", dict(
        image_processor_type="CLIPImageProcessor", do_resize=True, size=dict(shortest_edge=SIDE), resample=3,
        do_center_crop=True, crop_size=dict(height=SIDE, width=SIDE), do_rescale=True, rescale_factor=1 / 255,
        do_normalize=True, image_mean=MEAN, image_std=STD, do_convert_rgb=True))


def new_model():
    from transformers import CLIPConfig, CLIPModel
    bos, eos = VOCABULARY - 2, VOCABULARY - 1
    text = dict(vocab_size=VOCABULARY, hidden_size=128, intermediate_size=384, num_hidden_layers=3,
                num_attention_heads=2, max_position_embeddings=CONTEXT, bos_token_id=bos, eos_token_id=eos,
                pad_token_id=eos, projection_dim=128, hidden_act="quick_gelu")
    vision = dict(hidden_size=192, intermediate_size=512, num_hidden_layers=6, num_attention_heads=3,
                  image_size=SIDE, patch_size=8, projection_dim=128, hidden_act="quick_gelu")
    model = CLIPModel(CLIPConfig(projection_dim=128, text_config=text, vision_config=vision))
    with torch.no_grad():  # 2-D sin-cos initialisation of the position table
        w = 1 / 100 ** (torch.arange(48) / 48)
        grid = torch.meshgrid(torch.arange(8.), torch.arange(8.), indexing="ij")
        y, x = (t.reshape(-1, 1) * w for t in grid)
        model.vision_model.embeddings.position_embedding.weight[1:] = .35 * torch.cat(
            [torch.sin(x), torch.cos(x), torch.sin(y), torch.cos(y)], 1)
    return model


def encode_images(model, pixels, keep=1.0):
    """keep < 1: use only this fraction of the patches, chosen at random for each image."""
    v = model.vision_model
    h = v.embeddings(pixels)
    if keep < 1:
        b, n, c = h.shape
        i = torch.rand(b, n - 1).topk(int((n - 1) * keep), 1).indices + 1
        i = torch.cat([torch.zeros(b, 1, dtype=torch.long), i], 1)
        h = h.gather(1, i[..., None].expand(-1, -1, c))
    h = v.encoder(inputs_embeds=v.pre_layrnorm(h)).last_hidden_state
    return F.normalize(model.visual_projection(v.post_layernorm(h[:, 0])), dim=-1)


def encode_texts(model, ids):
    """ids: lists of different lengths; run in three groups of similar length."""
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
    out = []
    for part in np.array_split(np.array(order), 3):
        m = max(len(ids[i]) for i in part)
        batch = torch.tensor([ids[i] + [VOCABULARY - 1] * (m - len(ids[i])) for i in part])
        out.append(model.text_projection(model.text_model(input_ids=batch).pooler_output))
    back = torch.empty(len(ids), dtype=torch.long)
    back[torch.tensor(order)] = torch.arange(len(ids))
    return F.normalize(torch.cat(out)[back], dim=-1)


# ---- augmentation, all on batches of textures ----------------------------------------------------

def uniform(n, lo, hi):
    return torch.rand(n) * (hi - lo) + lo


def col(v):
    return v.view(-1, 1, 1, 1)


def blur(x):
    k = torch.tensor([1., 2, 1])
    k = (k[:, None] * k / 16).expand(x.shape[1], 1, 3, 3)
    return F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), k, groups=x.shape[1])


def place(tex, s, cx, cy, rot, aspect, flip):
    """Textures scaled (1 = fills the square), rotated and moved on an empty square."""
    x = tex.float() / 255
    small = s < .72
    if small.any():
        x[small] = blur(x[small])
    sx, sy, c, sn = s * aspect, s / aspect, torch.cos(rot), torch.sin(rot)
    t = torch.zeros(len(x), 2, 3)
    t[:, 0, 0], t[:, 0, 1], t[:, 1, 0], t[:, 1, 1] = c / sx * flip, sn / sx * flip, -sn / sy, c / sy
    t[:, :, 2] = -(t[:, :, 0] * cx[:, None] + t[:, :, 1] * cy[:, None])
    grid = F.affine_grid(t, (len(x), 4, SIDE, SIDE), align_corners=False)
    return F.grid_sample(x, grid, align_corners=False)


def jitter(p, g):
    """Hue, saturation, contrast and brightness of premultiplied RGBA."""
    n, alpha = len(p), p[:, 3:]
    hue = torch.where(torch.rand(n) < .05 * g, uniform(n, -3.14, 3.14), uniform(n, -.22, .22) * g)
    sat = torch.where(torch.rand(n) < .06 * g, torch.zeros(n), 1 + uniform(n, -.4, .4) * g)
    contrast, bright = 1 + uniform(n, -.22, .22) * g, uniform(n, -.1, .1) * g
    grey = torch.tensor([[.299, .587, .114]] * 3)
    a = torch.tensor([[.701, -.587, -.114], [-.299, .413, -.114], [-.3, -.588, .886]])
    b = torch.tensor([[.168, .330, -.497], [-.328, .035, .292], [1.25, -1.05, -.203]])
    m = grey + (torch.cos(hue) * sat).view(-1, 1, 1) * a + (torch.sin(hue) * sat).view(-1, 1, 1) * b
    rgb = torch.einsum("nij,njhw->nihw", m * contrast.view(-1, 1, 1), p[:, :3])
    rgb = rgb + col(bright + .5 * (1 - contrast)) * alpha
    return torch.cat([torch.minimum(rgb.clamp(min=0), alpha), alpha], 1)


PALETTE = torch.tensor(list(dd.COLOURS.values()))


def backgrounds(n, g):
    """Backgrounds, and for each the number of its named colour (else -1)."""
    r = torch.rand(n)
    r = torch.where(torch.rand(n) < .5 * (1 - g), torch.zeros(n), r)
    bg, name = torch.ones(n, 3, SIDE, SIDE), torch.full((n,), -1)
    name[r < .32] = 0

    def put(lo, hi, make):
        m = (r >= lo) & (r < hi)
        if m.any():
            bg[m] = make(int(m.sum()))

    def gradient(k):
        y, x = torch.meshgrid(torch.linspace(-.5, .5, SIDE), torch.linspace(-.5, .5, SIDE), indexing="ij")
        th = uniform(k, 0, 6.28).view(-1, 1, 1)
        t = ((x * torch.cos(th) + y * torch.sin(th) + .7) / 1.4)[:, None]
        return torch.rand(k, 3, 1, 1) * (1 - t) + torch.rand(k, 3, 1, 1) * t

    def noise(k):
        c = random.choice([2, 3, 4, 6, 8, 12])
        x = F.interpolate(torch.rand(k, 3, c, c), size=(SIDE, SIDE), mode="bicubic", align_corners=False)
        return x.clamp(0, 1)

    def horizon(k):
        low = torch.arange(SIDE).view(1, 1, SIDE, 1) < col(uniform(k, 20, 56))
        return torch.where(low, torch.rand(k, 3, 1, 1), torch.rand(k, 3, 1, 1)).expand(-1, -1, -1, SIDE)

    put(.32, .38, lambda k: col(uniform(k, .75, 1)).expand(-1, 3, SIDE, SIDE))
    put(.38, .49, lambda k: torch.rand(k, 3, 1, 1).expand(-1, -1, SIDE, SIDE))
    named = (r >= .49) & (r < .61)
    if named.any():
        c = torch.randint(1, len(PALETTE), (int(named.sum()),))
        name[named] = c
        bg[named] = (PALETTE[c] + torch.randn(len(c), 3) * .04).clamp(0, 1)[:, :, None, None]
    put(.61, .67, horizon)
    put(.67, .82, gradient)
    put(.82, .94, noise)
    put(.94, .97, lambda k: noise(k) * .7 + torch.rand(k, 3, SIDE, SIDE) * .3)
    put(.97, 1., lambda k: col(uniform(k, 0, .15)).expand(-1, 3, SIDE, SIDE))
    return bg, name


def compose(t1, t2, two, g):
    """Training images, g = strength of the augmentation; two: rows that show both textures."""
    n = len(t1)
    s = uniform(n, .8 - .25 * g, 1.02)
    s = torch.where(torch.rand(n) < .08 * g, uniform(n, 1.02, 1.25), s)
    rot = torch.where(torch.rand(n) < .06 * g, uniform(n, -.9, .9), torch.randn(n).clamp(-2.5, 2.5) * .15 * g)
    flip = (torch.rand(n) < .5).float() * 2 - 1
    room = (1 - s).abs() * .95 + .02
    cx, cy = ((torch.rand(n) * 2 - 1) * room for _ in range(2))
    d = two.nonzero()[:, 0]
    m = len(d)
    s[d] = uniform(m, .4, .58)
    tall, side = torch.rand(m) < .25, (torch.rand(m) < .5).float() * 2 - 1
    off, shift = uniform(m, .4, .52), uniform(m, -.25, .25)
    cx[d], cy[d] = torch.where(tall, shift, side * off), torch.where(tall, side * off, shift)
    p = jitter(place(t1, s, cx, cy, rot, torch.exp(uniform(n, -.12, .12)), flip), g)
    x, name = backgrounds(n, g)
    if m:
        q = jitter(place(t2[d], uniform(m, .4, .58), -cx[d], -cy[d] + uniform(m, -.1, .1),
                         torch.randn(m) * .12, torch.ones(m), (torch.rand(m) < .5).float() * 2 - 1), g)
        x[d] = q[:, :3] + x[d] * (1 - q[:, 3:])
    x = p[:, :3] + x * (1 - p[:, 3:])

    def some(rate, change):
        i = (torch.rand(n) < rate).nonzero()[:, 0]
        if len(i):
            x[i] = change(x[i], len(i))

    def outline(y, k):  # other artists draw dark outlines
        e = F.pad(y, (1, 1, 1, 1), mode="replicate")
        across, down = e[:, :, 1:-1, 2:] - e[:, :, 1:-1, :-2], e[:, :, 2:, 1:-1] - e[:, :, :-2, 1:-1]
        e = across.abs().amax(1) + down.abs().amax(1)
        e = (e[:, None] * col(uniform(k, 1.2, 3.5)) - .25).clamp(0, 1)
        e = torch.where(col(torch.rand(k)) < .5, (blur(e) * 1.6).clamp(0, 1), e)
        line_art = col(torch.where(torch.rand(k) < .2, uniform(k, 0, .25), torch.ones(k)))
        return (1 - (1 - y) * line_art) * (1 - e)

    some(.08 + .14 * g, outline)
    some(.12 * g, lambda y, k: blur(y))
    some(.5, lambda y, k: y + (y - blur(y)) * col(uniform(k, 0, .8)))  # imitates the sharpening of bicubic reduction
    some(.15 * g, lambda y, k: y + torch.randn_like(y) * col(uniform(k, 0, .08)))
    some(.3 * g, lambda y, k: (y - .5) * col(uniform(k, .7, 1.2)) + .5 + col(uniform(k, -.1, .1)))
    for b in (torch.rand(n) < .1 * g).nonzero()[:, 0].tolist():
        w, h = random.randint(8, 24), random.randint(8, 24)
        i, j = random.randint(0, SIDE - w), random.randint(0, SIDE - h)
        x[b, :, j:j + h, i:i + w] = torch.rand(3, 1, 1)
    return normal(x.clamp(0, 1)), name


def normal(x):
    return (x - torch.tensor(MEAN).view(1, 3, 1, 1)) / torch.tensor(STD).view(1, 3, 1, 1)


# ---- batches -------------------------------------------------------------------------------------

class Batches:
    def __init__(self, work, tokenizer):
        self.d = torch.load(work + "/data.pt")
        self.tokenizer, self.cache = tokenizer, {}
        # Microsoft's three versions of one drawing have a lower weight; all concepts have about the same weight
        weight = torch.ones(len(self.d["concept"]))
        for h, name in enumerate(dd.TRAIN_HANDS):
            if name.startswith("fluent"):
                weight[self.d["hand"] == h] = .6
        weight[self.d["spare"]] = 0
        total = torch.zeros(len(self.d["names"])).index_add_(0, self.d["concept"], weight)
        self.weight = weight / total[self.d["concept"]] ** .6

    def ids(self, text):
        if text not in self.cache:
            ids = self.tokenizer(text)["input_ids"]
            assert len(ids) <= CONTEXT, text
            self.cache[text] = ids
        return self.cache[text]

    def phrase(self, c):
        rows = self.d["captions"][c]
        return random.choices([p for p, _ in rows], [w for _, w in rows])[0]

    def draw(self, size, g, pairs, per_image=2):
        """pixels, token ids, true[image, caption], and what the prototypes need."""
        d = self.d
        i1, i2 = (torch.multinomial(self.weight, size, replacement=True) for _ in range(2))
        two = (torch.rand(size) < pairs) & (d["concept"][i1] != d["concept"][i2])
        c1 = d["concept"][i1]
        c2 = torch.where(two, d["concept"][i2], c1)
        pixels, colour = compose(d["tex"][i1], d["tex"][i2], two, g)
        ids, p1, p2, pc = [], [], [], []
        words = d["phrases"]
        for k in range(per_image):
            for b in range(size):
                p, said = self.phrase(int(c1[b])), -1
                q = p
                if two[b] and (k == 0 or random.random() < .4):
                    q = self.phrase(int(c2[b]))
                    if random.random() < .75:
                        p, q = d["captions"][int(c1[b])][0][0], d["captions"][int(c2[b])][0][0]
                    a, z = (p, q) if random.random() < .5 else (q, p)
                    a, z = words[a], words[z]
                    if random.random() < .7:
                        a, z = dd.fill("a {}", a), dd.fill("a {}", z)
                    text = random.choice(["{}", "{}", "a picture of {}", "a photo of {}", "a drawing of {}"])
                    link = random.choice([" and ", " and ", " and ", " next to ", " with "])
                    text = text.format(a + link + z)
                else:
                    if two[b] and random.random() < .5:
                        p = q = self.phrase(int(c2[b]))
                    text = dd.fill(random.choice(dd.TRAIN_TEMPLATES), words[p])
                    if not two[b] and colour[b] >= 0 and random.random() < (.06 if colour[b] == 0 else .25):
                        said = int(colour[b])
                        text += f" on a {list(dd.COLOURS)[said]} background".replace("a orange", "an orange")
                ids.append(self.ids(text)); p1.append(p); p2.append(q); pc.append(said)
        p1, p2, pc = torch.tensor(p1), torch.tensor(p2), torch.tensor(pc)
        holds = d["holds"][c1] | d["holds"][c2]
        true = holds[:, p1] & holds[:, p2] & ((pc == -1) | (pc == colour[:, None]))
        return pixels, ids, true, c1, two, p1, p2


def losses(image, text, true, scale):
    """Contrastive loss with several captions per image; other true pairs are ignored."""
    b, n = len(image), len(text) // len(image)
    logits, rows = scale * image @ text.t(), torch.arange(b)
    own = torch.zeros_like(true)
    for k in range(n):
        own[rows, rows + k * b] = True
    wrong = logits.masked_fill(true | own, -1e4)
    right = torch.stack([logits[rows, rows + k * b] for k in range(n)], 1)
    a = torch.logaddexp(right, wrong.logsumexp(1, keepdim=True).expand_as(right)) - right
    t = torch.logaddexp(right, wrong.logsumexp(0).view(n, b).t()) - right
    return (a.mean() + t.mean()) / 2


def prototype_losses(image, text, batch, proto, holds, scale):
    """Concept vectors that pull the images and captions of a concept together."""
    _, _, _, c1, two, p1, p2 = batch
    proto = F.normalize(proto, dim=-1)
    li = F.cross_entropy(scale * image[~two] @ proto.t(), c1[~two])
    one = p1 == p2
    logits, true = scale * text[one] @ proto.t(), holds[:, p1[one]].t()
    lt = (logits.logsumexp(1) - logits.masked_fill(~true, -1e4).logsumexp(1)).mean()
    return li + .5 * lt


# ---- training ------------------------------------------------------------------------------------

def train(rank, a):
    from transformers import CLIPTokenizer
    torch.set_num_threads(1)
    if a.procs > 1:
        meet = f"file://{os.path.abspath(a.work)}/rendezvous-{a.started}"
        dist.init_process_group("gloo", init_method=meet, rank=rank, world_size=a.procs)
    torch.manual_seed(a.seed)
    model, out = new_model(), a.work + "/model"
    proto = torch.nn.Parameter(torch.randn(len(dd.concepts()), 128) * .1)
    batches = Batches(a.work, CLIPTokenizer.from_pretrained(out))
    matrices = [p for n, p in model.named_parameters() if p.ndim == 2 and ".layers." in n]
    inside = {id(p) for p in matrices}
    others = [(n, p) for n, p in model.named_parameters() if id(p) not in inside]
    plain = [p for n, p in others if p.ndim < 2 or "embedding" in n]
    decayed = [p for n, p in others if not (p.ndim < 2 or "embedding" in n)]
    muon = torch.optim.Muon(matrices, lr=a.muon_lr, weight_decay=.1, momentum=.95, nesterov=True,
                            adjust_lr_fn="match_rms_adamw")
    groups = [dict(params=decayed, weight_decay=.1), dict(params=plain + [proto], weight_decay=0)]
    adam = torch.optim.AdamW(groups, lr=a.lr, betas=(.9, .96), eps=1e-6)
    params = list(model.parameters()) + [proto]
    ema = copy.deepcopy(model).eval()
    step, before = 0, 0.
    if a.resume:
        c = torch.load(a.work + "/checkpoint.pt")
        model.load_state_dict(c["model"]); ema.load_state_dict(c["ema"]); proto.data.copy_(c["proto"])
        muon.load_state_dict(c["muon"]); adam.load_state_dict(c["adam"])
        step, before = c["step"], c["seconds"]
    seed = a.seed * 1000 + rank + 100 * (step > 0) + step * 7919
    torch.manual_seed(seed); random.seed(seed)
    model.train()
    budget, start, saved, mean = a.minutes * 60, time.time(), time.time(), 0.
    flat = torch.zeros(sum(p.numel() for p in params) + 2)
    clock = before

    def checkpoint():
        torch.save(dict(model=model.state_dict(), ema=ema.state_dict(), proto=proto.data,
                        muon=muon.state_dict(), adam=adam.state_dict(), step=step, seconds=clock),
                   a.work + "/checkpoint.new")
        os.replace(a.work + "/checkpoint.new", a.work + "/checkpoint.pt")
        save(ema, out)

    while True:
        progress = clock / budget
        if progress >= 1 or (a.steps and step >= a.steps):
            break
        rise = min(1, progress / .04)
        rate = rise if rise < 1 else max(.002, .5 * (1 + math.cos(math.pi * (progress - .04) / .96)))
        for o, lr in ((adam, a.lr), (muon, a.muon_lr)):
            for group in o.param_groups:
                group["lr"] = lr * rate
        g = min(.8, .25 + .75 * progress / .35)  # the augmentation becomes stronger
        batch = batches.draw(a.batch, g, .15 if progress > .3 else 0)
        pixels, ids, true = batch[:3]
        image = encode_images(model, pixels, 1. if progress > 1 - a.whole else .5)
        text = encode_texts(model, ids)
        scale = model.logit_scale.exp().clamp(max=100)
        loss = losses(image, text, true, scale)
        total = loss + CROSS * prototype_losses(image, text, batch, proto, batches.d["holds"], scale)
        for p in params:
            p.grad = None
        total.backward()
        flat[:-2] = torch.cat([p.grad.reshape(-1) for p in params])
        flat[-2], flat[-1] = before + time.time() - start, total.item()
        if a.procs > 1:
            dist.all_reduce(flat)
            flat /= a.procs
        clock, at = flat[-2].item(), 0
        for p in params:
            p.grad = flat[at:at + p.numel()].view_as(p)
            at += p.numel()
        torch.nn.utils.clip_grad_norm_(params, 1.)
        adam.step(); muon.step()
        step += 1
        mean = flat[-1].item() if not mean else .98 * mean + .02 * flat[-1].item()
        with torch.no_grad():
            model.logit_scale.clamp_(max=math.log(100))
            keep_old = min(.998, (1 + step) / (10 + step))
            torch._foreach_lerp_(list(ema.parameters()), list(model.parameters()), 1 - keep_old)
        if rank == 0 and step % 50 == 0:
            print(f"step {step} {clock / 60:.1f} min, loss {mean:.3f}, contrastive {loss.item():.2f}, scale "
                  f"{scale.item():.1f}, {step * a.batch * a.procs / clock:.0f} images/s", flush=True)
        if rank == 0 and time.time() - saved > 300:
            checkpoint()
            saved = time.time()
    if rank == 0:
        checkpoint()
        images, minutes = step * a.batch * a.procs, round(clock / 60, 1)
        json.dump(dict(minutes=minutes, steps=step, images=images, seed=a.seed, batch=a.batch, procs=a.procs,
                       lr=a.lr, muon_lr=a.muon_lr), open(a.work + "/trained.json", "w"))
        print("trained", step, "steps", images, "images", minutes, "minutes", flush=True)
    if a.procs > 1:
        dist.barrier()


def save(model, out):
    m = copy.deepcopy(model).half()
    m.config.dtype = "float16"
    m.save_pretrained(out)


# ---- evaluation: transformers' own CLIPModel and CLIPProcessor on the exported files ---------------

class Judge:
    def __init__(self, folder):
        from transformers import CLIPModel, CLIPProcessor
        self.model = CLIPModel.from_pretrained(folder).float().eval()
        self.processor = CLIPProcessor.from_pretrained(folder)

    @torch.no_grad()
    def images(self, batch):
        out = []
        for i in range(0, len(batch), 64):
            x = self.processor(images=batch[i:i + 64], return_tensors="pt")
            out.append(self.model.get_image_features(**x).pooler_output)
        return F.normalize(torch.cat(out), dim=-1)

    @torch.no_grad()
    def texts(self, texts):
        x = self.processor(text=texts, padding=True, return_tensors="pt")
        return F.normalize(self.model.get_text_features(**x).pooler_output, dim=-1)


def extras(judge, hand, art, table, rng, number=300):
    """Two things in one image, the right caption among ten; and the background colour."""
    first = {k["name"]: dd.key(k["codes"][0]) for k in table if k["name"] in dd.N100}
    names = sorted(n for n in first if first[n] in art)
    hits, one, colours, shown = 0, 0, 0, list(dd.COLOURS)
    for _ in range(number):
        pick = [names[i] for i in rng.permutation(len(names))[:11]]
        image = dd.two_things(*(dd.render(art[first[n]], 200) for n in pick[:2]), rng)
        wrong = [(pick[int(rng.integers(2))], n) for n in pick[2:]]
        texts = [dd.fill("a {}", x) + " and " + dd.fill("a {}", y) for x, y in [pick[:2]] + wrong]
        f = judge.images([image])
        hits += int((f @ judge.texts(texts).t()).argmax() == 0)
        single = judge.texts([dd.fill("a picture of a {}", n) for n in dd.N100])
        one += int(dd.N100[int((f @ single.t()).argmax())] in pick[:2])
        c = shown[int(rng.integers(len(shown)))]
        rgb = np.broadcast_to(np.array(dd.COLOURS[c]), (288, 288, 3))
        image = dd.on_ground(dd.render(art[first[pick[0]]], 288), "given", rng, ground=rgb)
        texts = [dd.fill("a {}", pick[0]) + dd.fill(" on a {} background", x) for x in shown]
        colours += int(shown[int((judge.images([image]) @ judge.texts(texts).t()).argmax())] == c)
    row = dict(scenes=round(100 * hits / number, 1), scenes_single=round(100 * one / number, 1),
               ground=round(100 * colours / number, 1))
    print(hand, row, flush=True)
    return {"extras " + hand: row}


def evaluate(a):
    torch.set_num_threads(a.procs)
    judge, rng = Judge(a.model), np.random.default_rng(7)
    table, art = dd.concepts(), dd.find_artwork(a.work + "/node_modules")
    names = [k["name"] for k in table]
    order = dd.N100 + [n for n in names if n not in dd.N100]  # 20, then 100, then all
    d = torch.load(a.work + "/data.pt")
    sets = {k: ([], []) for k in ("training artists", "training artists, white background",
                                  "training artists, held-out drawings",
                                  "OpenMoji, white background", "OpenMoji, random background")}

    def add(which, image, concept):
        sets[which][0].append(image)
        sets[which][1].append(order.index(names[concept]))

    for h, c, code, spare in zip(d["hand"].tolist(), d["concept"].tolist(), d["code"], d["spare"].tolist()):
        image = dd.render(art[dd.TRAIN_HANDS[h]][code], 288)
        which = "training artists, held-out drawings" if spare else "training artists"
        add(which, dd.on_ground(image, "random", rng), c)
        if not spare:
            add("training artists, white background", dd.on_ground(image, "white", rng), c)
    for c, k in enumerate(table):
        for code in k["codes"]:
            if dd.key(code) in art[dd.TEST_HAND]:
                image = dd.render(art[dd.TEST_HAND][dd.key(code)], 288)
                add("OpenMoji, white background", dd.on_ground(image, "white", rng), c)
                for _ in range(5):
                    add("OpenMoji, random background", dd.on_ground(image, "random", rng), c)
    result = {}
    for which, (images, labels) in sets.items():
        f, labels = judge.images(images), torch.tensor(labels)
        row = result[which] = {"images": len(images)}
        for t in ["a picture of a {}", "a photo of a {}", "a drawing of a {}", "{}"] + dd.HELDOUT_TEMPLATES:
            text = judge.texts([dd.fill(t, n) for n in order])
            for n in (20, 100, len(order)):
                i = labels < n
                top = (f[i] @ text[:n].t()).topk(5).indices == labels[i, None]
                rates = [round(100 * top[:, :k].any(1).float().mean().item(), 1) for k in (1, 5)]
                row.setdefault(t, {})[f"of {n}"] = rates
        print(which, json.dumps(row), flush=True)
    for hand in ("noto", dd.TEST_HAND):
        result.update(extras(judge, hand, art[hand], table, rng))
    json.dump(result, open(a.work + "/eval.json", "w"), indent=1)
    print("| images | number | " + " | ".join(f"of {n}" for n in (20, 100, len(order))) + " |")
    print("|---|---|---|---|---|")
    for which in sets:
        row = result[which]
        cells = ["{} / {}".format(*v) for v in row["a picture of a {}"].values()]
        print(f"| {which} | {row['images']} | " + " | ".join(cells) + " |")


def samples(a):
    """The images of data/images, and how each of its captions ranks for them."""
    art = dd.find_artwork(a.work + "/node_modules")
    os.makedirs(a.out, exist_ok=True)
    for sample in dd.SAMPLES:
        dd.draw_sample(art, a.out, *sample)
    order = dd.N100 + [k["name"] for k in dd.concepts() if k["name"] not in dd.N100]
    with open(a.out + "/labels.txt", "w") as f:
        f.write("\n".join(order) + "\n")
    if not a.model:
        return
    judge = Judge(a.model)
    with open(a.out + "/captions.txt") as f:
        captions = f.read().split("\n")[:-1]
    f = judge.images([Image.open(f"{a.out}/{s[0]}") for s in dd.SAMPLES])
    p = (judge.model.logit_scale.exp() * f @ judge.texts(captions).t()).softmax(1)
    print("| image | first caption | | second caption | |\n|---|---|---|---|---|")
    for s, row in zip(dd.SAMPLES, p):
        v, i = row.topk(2)
        print(f"| {s[0]} | {captions[i[0]]} | {v[0]:.3f} | {captions[i[1]]} | {v[1]:.3f} |")


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("what", choices=["packages", "prepare", "train", "eval", "samples"])
    ap.add_argument("--work", default="demo-work")
    ap.add_argument("--bpe", default="clip-bpe")
    ap.add_argument("--model", help="the model to evaluate")
    ap.add_argument("--out", default="data/images", help="folder for the sample images")
    ap.add_argument("--minutes", type=float, default=75)
    ap.add_argument("--steps", type=int, default=0, help="stop early, for tests")
    ap.add_argument("--batch", type=int, default=96, help="for each process")
    ap.add_argument("--procs", type=int, default=2)
    ap.add_argument("--lr", type=float, default=1.2e-3)
    ap.add_argument("--muon-lr", type=float, default=3e-3)
    ap.add_argument("--whole", type=float, default=.15, help="last part of the time without patch dropout")
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--resume", action="store_true")
    a = ap.parse_args()
    if a.what == "packages":
        print(" ".join(dd.PACKAGES))
    elif a.what == "prepare":
        dd.prepare(a.work)
    elif a.what == "train":
        write_tokenizer(a.bpe, a.work + "/model")
        a.started = int(time.time())
        if a.procs > 1:
            torch.multiprocessing.spawn(train, (a,), a.procs)
        else:
            train(0, a)
    elif a.what == "eval":
        evaluate(a)
    else:
        samples(a)


if __name__ == "__main__":
    main()
