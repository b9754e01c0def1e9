#include "guard.h"

#include <exception>
#include <new>

#include "console.h"
#include "failure.h"
#include "sightline/base/format.h"
#include "signals.h"

namespace sightline::app {
namespace {

/// Nothing when a signal has ended the run: the error is a consequence of it.
int end_with(const Error& error, Stage stage, std::string remedy, const std::string& command) {
  if (remedy.empty() && error.code() == ErrorCode::usage) remedy = "try: sightline " + command + "--help";
  if (pending_signal() == 0) print_failure(error, remedy);
  return exit_code(stage, error.code());
}

}  // namespace

int run_guarded(FunctionRef<int()> work, const std::string& command) {
  try {
    return work();
  } catch (const Interrupted&) {
    return kExitMistake;  // main raises the signal again
  } catch (const StoppedByItem&) {
    return kExitNothing;
  } catch (const Failure& failure) {
    return end_with(failure, failure.stage(), failure.remedy(), command);
  } catch (const Error& error) {
    return end_with(error, Stage::model, "", command);
  } catch (const std::bad_alloc&) {
    write_stderr("sightline: " + error_word("LIMIT") +
                 " memory: not enough\nsightline: try fewer threads (-j) or a smaller batch (-b)\n");
    return kExitResources;
  } catch (const std::exception& error) {
    write_stderr("sightline: " + error_word("") + ": a mistake of this program: " + printable(error.what()) +
                 "\n");
    return kExitMistake;
  }
}

}  // namespace sightline::app
