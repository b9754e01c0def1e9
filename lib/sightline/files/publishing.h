// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace sightline {

/// The folder of a path, with its slash; "." if there is none.
std::string folder_of(const std::string& path);
/// The file that `path` names when all symbolic links are followed; it need not exist. Errors: io.
std::string resolve_links(const std::string& path);

/// The path of an output's bytes before they are published: beside the file that `path` names. Errors: io.
std::string temporary_path(const std::string& path);

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

/// Waits until the file is on the disk; `data_only`: without its times. No error where the file system does
/// not support it. Errors: no_space, io.
void sync_file(int descriptor, const std::string& path, bool data_only);
/// Syncs the directory entries of a folder to the disk. Failures are ignored: not every file system supports
/// it, and the rename itself has succeeded by then.
void sync_folder(const std::string& path);

/// Throws `locked` for an output whose temporary file or folder is in use by another process.
[[noreturn]] void fail_in_use(const std::string& path);
/// Returns if an existing temporary file may be removed because no process is using it. Errors: locked.
void check_stale(int descriptor, const std::string& temporary, const std::string& path);

/// Locks a temporary file that is to be continued. Errors: locked if another process is using it, or may be
/// because the file system does not support locks; `force` assumes that it is not.
void check_unused(int descriptor, const std::string& temporary, const std::string& path, bool force);
/// Removes a temporary file that a killed run left. It may be linked elsewhere or have another owner or mode,
/// so it is not written again. Errors: locked if it is in use; io.
void remove_stale(const std::string& temporary, const std::string& path);
/// Renames a temporary file to its final name. Errors: locked if `target` exists and `force` is false; io.
void rename_into_place(const std::string& temporary, const std::string& target, const std::string& path,
                       bool force);

}  // namespace sightline
