// SPDX-License-Identifier: Apache-2.0
#pragma once

#if __cplusplus < 202002L
#error "sightline needs C++20; compile with -std=c++20"
#endif

/// Keras's face of the library, and the engine: layers, variables and models under the names of Keras and
/// KerasCV, in the namespace `sightline::keras`.

#include "sightline/keras/clip.h"
#include "sightline/keras/clip_arguments.h"
#include "sightline/keras/clip_attention.h"
#include "sightline/keras/clip_encoder.h"
#include "sightline/keras/clip_head.h"
#include "sightline/keras/clip_image_encoder.h"
#include "sightline/keras/clip_patching_and_embedding.h"
#include "sightline/keras/clip_processor.h"
#include "sightline/keras/clip_text_encoder.h"
#include "sightline/keras/dense_layer.h"
#include "sightline/keras/dtype_policy.h"
#include "sightline/keras/embedding_layer.h"
#include "sightline/keras/initializers.h"
#include "sightline/keras/input_spec.h"
#include "sightline/keras/layer.h"
#include "sightline/keras/layer_config.h"
#include "sightline/keras/layer_normalization.h"
#include "sightline/keras/layer_options.h"
#include "sightline/keras/mask.h"
#include "sightline/keras/ops.h"
#include "sightline/keras/quick_gelu.h"
#include "sightline/keras/residual_attention.h"
#include "sightline/keras/stateless.h"
#include "sightline/keras/summary_options.h"
#include "sightline/keras/variable.h"
#include "sightline/sightline.h"
