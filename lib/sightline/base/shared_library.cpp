// SPDX-License-Identifier: Apache-2.0
#include "sightline/base/shared_library.h"

#include <dlfcn.h>

namespace sightline {

SharedLibrary::SharedLibrary(const char* soname)
    : soname_(soname), handle_(dlopen(soname, RTLD_NOW | RTLD_LOCAL)) {
  if (handle_ == nullptr) {
    const char* reason = dlerror();  // names the library, or the dependency of it that is missing
    problem_ = reason != nullptr ? reason : soname_ + ": cannot be loaded";
  }
}

void* SharedLibrary::symbol(const char* name) const {
  return handle_ == nullptr ? nullptr : dlsym(handle_, name);
}

void SharedLibrary::note_missing(const char* name) {
  if (problem_.empty()) {
    problem_ = soname_ + ": missing function " + name;
  }
}

}  // namespace sightline
