// SPDX-License-Identifier: Apache-2.0
#include "batch/text_batches.h"

#include <algorithm>
#include <string>

#include "cli/failure.h"
#include "cli/remedies.h"
#include "cli/signals.h"
#include "sightline/base/log.h"
#include "sightline/model/pass_plan.h"

namespace sightline::app {
namespace {

constexpr std::size_t kMaxPromptsPerPart = 4096;  ///< are sorted by ids together; limits memory

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
        prompt.encoding = run.model.processor().process_text(*prompt.text);
      }
    });
  });
  return prompts;
}

/// The texts of all prompts, sorted so that those that begin alike are neighbours.
std::vector<TextIds> sorted_texts(const TextRun& run, const std::vector<Prompt>& prompts) {
  std::vector<TextIds> texts;
  in_stage(Stage::model, [&] {
    for (const Prompt& prompt : prompts)
      texts.push_back({run.model.text_tower().pooled_ids(prompt.encoding.ids), std::ssize(texts)});
  });
  sort_by_ids(texts);
  return texts;
}

using Chunk = std::span<const TextIds>;  ///< the texts of one forward pass

/// The rows of texts that share those of equal texts only.
std::int64_t count_separate_rows(Chunk sorted, const PassPlan& plan) {
  std::int64_t rows = 0;
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    if (i > 0 && std::ranges::equal(sorted[i - 1].ids, sorted[i].ids)) continue;
    rows += plan.text_rows > 0 ? plan.text_rows : std::ssize(sorted[i].ids);
  }
  return rows;
}

void log_rows(Chunk sorted, std::size_t chunks, const PassPlan& plan) {
  std::size_t tokens = 0;
  for (const TextIds& text : sorted) tokens += text.ids.size();
  const std::string rows = plan.shared_prefixes
                               ? std::to_string(count_prefixes(sorted)) + " distinct prefixes of "
                               : std::to_string(count_separate_rows(sorted, plan)) + " rows for ";
  log_debug("texts: " + std::to_string(sorted.size()) + " in " + std::to_string(chunks) + " passes, " + rows +
            std::to_string(tokens) + " tokens");
}

/// The embeddings of all prompts, in order.
Tensor encode_prompts(const TextRun& run, const std::vector<Prompt>& prompts, ThreadPool& pool) {
  Tensor embeddings(Shape{static_cast<std::int64_t>(prompts.size()), run.model.embedding_size()});
  const std::vector<TextIds> texts = sorted_texts(run, prompts);
  const PassPlan plan = plan_passes(run.model.config(), run.batch);
  const std::vector<Chunk> chunks = divide_texts(texts, plan);
  log_rows(texts, chunks.size(), plan);
  std::vector<Scratch> scratches(static_cast<std::size_t>(pool.size()));
  pool.lead(std::ssize(chunks), [&](std::int64_t i, int worker, ThreadPool& team) {
    throw_if_interrupted();
    Context context{team, scratches[static_cast<std::size_t>(worker)]};
    with_model_remedy(run.model.path(), [&] {
      run.model.encode_texts(chunks[static_cast<std::size_t>(i)], embeddings.view(), context);
    });
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
      result.tokens[static_cast<std::size_t>(row)] += std::ssize(encoding.ids) - encoding.padding;
      if (encoding.truncated) result.truncated[static_cast<std::size_t>(row)] = 1;
    }
  }
}

}  // namespace

TextEmbeddings encode_captions(const TextRun& run, std::span<const Caption> captions, ThreadPool& pool) {
  const auto count = static_cast<std::int64_t>(captions.size());
  TextEmbeddings result{Tensor(Shape{count, run.model.embedding_size()}), {}, {}};
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
