#pragma once
#include <map>
#include <string>

namespace kappa::test {

/// The calls of the C library that the real seam makes, for this executable: they do what they always do, unless told.
struct SystemCalls {
  /// Transfers are short, and of each call every second one is interrupted, the first before all others.
  bool short_transfers = false;
  int interrupted = 0;              ///< Calls since then, half of which were.
  std::map<std::string, int> made;  ///< The same, by their names.
  /// Calls, by their names, that fail with these numbers of errors.
  std::map<std::string, int> failing;
  long file_system = 0;  ///< What statfs() says a file system is; 0: what it is.
};

/// Of all threads; as it was when the object goes.
class ToldSystemCalls {
 public:
  ToldSystemCalls();
  ~ToldSystemCalls();
  ToldSystemCalls(const ToldSystemCalls&) = delete;
  ToldSystemCalls& operator=(const ToldSystemCalls&) = delete;
  SystemCalls* operator->();
};

}  // namespace kappa::test
