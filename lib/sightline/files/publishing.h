// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline {

/// What came of an attempt to lock a file for oneself.
enum class FileLock {
  held,    ///< until the descriptor is closed
  busy,    ///< another process, or another descriptor of this one, has it
  unknown  ///< the file system has no locks (NFS without its lock service, Lustre without -o flock)
};
/// Of a file or folder; waits for nobody.
FileLock try_lock(int descriptor);

/// Whether `descriptor` is what its name still points at: another run may have renamed or removed it
/// meanwhile. True when that cannot be found out.
bool is_named(int descriptor, const std::string& path);

/// Asks the disk to keep the names in a folder. Not every file system can, and what was renamed is there by
/// now: no error.
void sync_folder(const std::string& path);

/// Throws LOCK for an output whose temporary file or folder another run has.
[[noreturn]] void fail_in_use(const std::string& path);
/// For one that was found and may be removed when no run has it; nothing when it may. Errors: locked.
void check_stale(int descriptor, const std::string& temporary, const std::string& path);

}  // namespace sightline
