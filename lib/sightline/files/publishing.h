// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline {

/// The result of an attempt to take an exclusive lock on a file.
enum class FileLock {
  held,    ///< locked until the descriptor is closed
  busy,    ///< locked by another process or by another descriptor of this one
  unknown  ///< the file system does not support locks (NFS without its lock service, Lustre without -o flock)
};
/// Locks a file or folder without waiting.
FileLock try_lock(int descriptor);

/// Whether `path` still names the open file `descriptor`; another process may have renamed or removed it.
/// True if that cannot be determined.
bool is_still_named(int descriptor, const std::string& path);

/// Syncs the directory entries of a folder to the disk. Failures are ignored: not every file system supports
/// it, and the rename itself has succeeded by then.
void sync_folder(const std::string& path);

/// Throws `locked` for an output whose temporary file or folder is in use by another process.
[[noreturn]] void fail_in_use(const std::string& path);
/// Returns if an existing temporary file may be removed because no process is using it. Errors: locked.
void check_stale(int descriptor, const std::string& temporary, const std::string& path);

}  // namespace sightline
