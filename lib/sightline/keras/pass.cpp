// SPDX-License-Identifier: Apache-2.0
#include "sightline/keras/pass.h"

namespace sightline::keras {

Passes& Pass::passes() {
  static Passes all;
  return all;
}

}  // namespace sightline::keras
