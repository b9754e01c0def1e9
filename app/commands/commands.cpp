// SPDX-License-Identifier: Apache-2.0
#include "commands/commands.h"

#include <algorithm>

namespace sightline::app {
namespace {

constexpr Command kCommands[] = {
    {"score", "Ranks captions for each image, or images for each caption",
     "[IMAGE...] (-c TEXT... | --captions FILE | --labels A,B,C | --labels-from FILE | --like IMAGE... "
     "| --pairs FILE) [options]",
     "  sightline score photo.jpg -c 'a cat' -c 'a dog'\n"
     "  sightline score photos/ --labels cat,dog,horse --top 1 -o best.csv\n"
     "  sightline score --image-embeddings photos.npy -c 'a red car' --by caption\n"
     "  sightline score photos/ --like dog.jpg --top 10\n"
     "  sightline score --pairs pairs.tsv -o clipscore.csv\n",
     describe_score},
    {"embed-image", "Writes one embedding per image", "[IMAGE...] [-o OUT] [options]",
     "  sightline embed-image photos/ -o photos.npy\n"
     "  find . -name '*.jpg' | sightline embed-image --files-from - -o all.npy\n"
     "  sightline embed-image cat.jpg | jq .embedding[0]\n",
     describe_embed_image},
    {"embed-text", "Writes one embedding per text", "[TEXT...] [-o OUT] [options]",
     "  sightline embed-text 'a photo of a cat' 'a dog'\n"
     "  sightline embed-text --captions captions.txt -o captions.npy\n"
     "  sightline embed-text --labels cat,dog --templates openai-imagenet -o c.npy\n",
     describe_embed_text},
    {"merge", "Joins the embeddings of shards", "SHARD... -o OUT.npy [options]",
     "  sightline embed-image photos/ --shard 1/4 -o photos.npy   # and 2/4, 3/4, 4/4\n"
     "  sightline merge photos-*-of-4.npy -o photos.npy\n",
     describe_merge},
    {"verify", "Checks stored embeddings and the files beside them", "ARRAY [options]",
     "  sightline verify photos.npy\n"
     "  sightline verify photos.npy --report photos.jsonl\n",
     describe_verify},
    {"convert-weights", "Writes a model in another format or precision", "SOURCE -o TARGET [options]",
     "  sightline convert-weights openai/clip-vit-base-patch32 -o half --dtype f16\n"
     "  sightline convert-weights ViT-B-32.pt -o clip-vit-base-patch32 --verify\n"
     "  sightline convert-weights model/ -o clip.weights.h5\n"
     "  sightline info half\n",
     describe_convert_weights},
    {"info", "Shows the layers, shapes and files of a model", "[MODEL] [options]",
     "  sightline info                    # the demo model\n"
     "  sightline info clip-vit-base-patch32\n"
     "  sightline info -v path/to/model   # every weight with its shape and dtype\n",
     describe_info},
    {"completions", "Prints a completion script for a shell", "SHELL",
     "  source <(sightline completions bash)\n"
     "  sightline completions zsh >\"${fpath[1]}/_sightline\"\n"
     "  sightline completions fish >~/.config/fish/completions/sightline.fish\n",
     describe_completions},
};

}  // namespace

std::span<const Command> commands() { return kCommands; }

const Command* find_command(std::string_view name) {
  const Command* found = std::find_if(std::begin(kCommands), std::end(kCommands),
                                      [&](const Command& command) { return command.name == name; });
  return found == std::end(kCommands) ? nullptr : found;
}

}  // namespace sightline::app
