// SPDX-License-Identifier: Apache-2.0
#include "text_batches.h"

#include <algorithm>
#include <memory>
#include <numeric>

#include "failure.h"
#include "signals.h"

namespace sightline::app {
namespace {

constexpr std::int64_t kTokensPerChunk = 400;
constexpr std::size_t kMaxPromptsPerPart = 4096;  ///< are sorted by length together; limits memory

/// One prompt, the index of its caption, and its tokens.
struct Prompt {
  std::int64_t caption;
  const std::string* text;
  Encoding encoding;
};

std::vector<Prompt> tokenize(const TextRun& run, std::span<const Caption> captions, ThreadPool& pool) {
  std::vector<Prompt> prompts;
  for (std::size_t i = 0; i < captions.size(); ++i) {
    for (const std::string& text : captions[i].prompts)
      prompts.push_back({static_cast<std::int64_t>(i), &text, {}});
  }
  constexpr std::int64_t kBlock = 64;
  const auto count = static_cast<std::int64_t>(prompts.size());
  in_stage(Stage::model, [&] {
    pool.run((count + kBlock - 1) / kBlock, [&](std::int64_t block, int) {
      throw_if_interrupted();
      for (std::int64_t i = block * kBlock; i < std::min((block + 1) * kBlock, count); ++i) {
        Prompt& prompt = prompts[static_cast<std::size_t>(i)];
        prompt.encoding = run.clip.processor().process_text(*prompt.text);
      }
    });
  });
  return prompts;
}

using Chunk = std::vector<std::size_t>;  ///< indices of prompts

/// Sorts the prompts by length and splits them into batches.
std::vector<Chunk> make_chunks(const std::vector<Prompt>& prompts, std::int64_t batch) {
  Chunk order(prompts.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return prompts[a].encoding.ids.size() < prompts[b].encoding.ids.size();
  });
  std::vector<Chunk> chunks;
  std::int64_t tokens = 0;
  for (const std::size_t prompt : order) {
    const auto length = static_cast<std::int64_t>(prompts[prompt].encoding.ids.size());
    const bool full = chunks.empty() || (batch > 0 ? static_cast<std::int64_t>(chunks.back().size()) >= batch
                                                   : tokens + length > kTokensPerChunk);
    if (full) {
      chunks.emplace_back();
      tokens = 0;
    }
    chunks.back().push_back(prompt);
    tokens += length;
  }
  return chunks;
}

void encode_chunk(const TextRun& run, const std::vector<Prompt>& prompts, const Chunk& chunk,
                  TensorView<float> embeddings, Context& context) {
  TokenBatch texts;
  for (const std::size_t prompt : chunk) texts.add(prompts[prompt].encoding.ids);
  Scratch::Frame frame(context.scratch);
  const TensorView<float> rows = frame.take(Shape{texts.size(), run.clip.embedding_size()});
  in_stage(Stage::model, [&] { run.clip.encode_texts(texts, rows, context); });
  for (std::size_t i = 0; i < chunk.size(); ++i) {
    const auto row = rows.row(static_cast<std::int64_t>(i));
    std::copy(row.begin(), row.end(), embeddings.row(static_cast<std::int64_t>(chunk[i])).begin());
  }
}

/// The embeddings of all prompts, in order.
Tensor encode_prompts(const TextRun& run, const std::vector<Prompt>& prompts, ThreadPool& pool) {
  Tensor embeddings(Shape{static_cast<std::int64_t>(prompts.size()), run.clip.embedding_size()});
  const std::vector<Chunk> chunks = make_chunks(prompts, run.batch);
  const auto count = static_cast<std::int64_t>(chunks.size());
  if (count < pool.size()) {
    Scratch scratch;
    Context context{pool, scratch};
    for (const Chunk& chunk : chunks) {
      throw_if_interrupted();
      encode_chunk(run, prompts, chunk, embeddings.view(), context);
    }
    return embeddings;
  }
  std::vector<std::unique_ptr<ThreadPool>> pools;
  std::vector<Scratch> scratches(static_cast<std::size_t>(pool.size()));
  for (int i = 0; i < pool.size(); ++i) pools.push_back(std::make_unique<ThreadPool>(1));
  pool.run(count, [&](std::int64_t i, int worker) {
    throw_if_interrupted();
    const auto w = static_cast<std::size_t>(worker);
    Context context{*pools[w], scratches[w]};
    // Longest first, so that the threads finish at about the same time.
    encode_chunk(run, prompts, chunks[static_cast<std::size_t>(count - 1 - i)], embeddings.view(), context);
  });
  return embeddings;
}

/// The mean of normalised rows, summed in double; the caller normalises it again.
void average(TensorView<float> rows, std::span<float> out) {
  l2_normalize(rows);
  for (std::size_t column = 0; column < out.size(); ++column) {
    double sum = 0;
    for (std::int64_t row = 0; row < rows.rows(); ++row) sum += static_cast<double>(rows.row(row)[column]);
    out[column] = static_cast<float>(sum / static_cast<double>(rows.rows()));
  }
}

/// The number of captions from `first` on whose prompts are encoded together.
std::size_t count_captions_of_part(std::span<const Caption> captions, std::size_t first) {
  std::size_t end = first, prompts = 0;
  while (end < captions.size()) {
    prompts += captions[end].prompts.size();
    if (end > first && prompts > kMaxPromptsPerPart) break;
    ++end;
  }
  return end - first;
}

/// Encodes `captions` into the rows of the result from `first` on.
void encode_part(const TextRun& run, std::span<const Caption> captions, std::int64_t first,
                 TextEmbeddings& result, ThreadPool& pool) {
  const std::vector<Prompt> prompts = tokenize(run, captions, pool);
  Tensor all = encode_prompts(run, prompts, pool);
  std::int64_t prompt = 0;
  for (std::size_t i = 0; i < captions.size(); ++i) {
    const auto parts = static_cast<std::int64_t>(captions[i].prompts.size());
    if (parts == 0) continue;
    const std::int64_t row = first + static_cast<std::int64_t>(i);
    const TensorView<float> rows = all.view().slice_rows(prompt, parts);
    const TensorView<float> out = result.rows.view().slice_rows(row, 1);
    if (parts == 1) {
      std::copy(rows.flat().begin(), rows.flat().end(), out.flat().begin());
    } else {
      average(rows, out.flat());
    }
    if (run.normalize || parts > 1) l2_normalize(out);
    for (const std::int64_t end = prompt + parts; prompt < end; ++prompt) {
      const Encoding& encoding = prompts[static_cast<std::size_t>(prompt)].encoding;
      result.tokens[static_cast<std::size_t>(row)] += static_cast<std::int64_t>(encoding.ids.size());
      if (encoding.truncated) result.truncated[static_cast<std::size_t>(row)] = 1;
    }
  }
}

}  // namespace

TextEmbeddings encode_captions(const TextRun& run, std::span<const Caption> captions, ThreadPool& pool) {
  const auto count = static_cast<std::int64_t>(captions.size());
  TextEmbeddings result{Tensor(Shape{count, run.clip.embedding_size()}), {}, {}};
  result.tokens.resize(captions.size());
  result.truncated.resize(captions.size());
  for (std::size_t first = 0; first < captions.size();) {
    const std::size_t part = count_captions_of_part(captions, first);
    encode_part(run, captions.subspan(first, part), static_cast<std::int64_t>(first), result, pool);
    first += part;
  }
  return result;
}

}  // namespace sightline::app
