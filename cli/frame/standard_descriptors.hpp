#pragma once

namespace kappa::cli {

/// Keeps the numbers 0, 1 and 2 from being given to files that we open: where one was closed by whoever started us, it
/// becomes a descriptor on which reading or writing fails. Else a log's file could become standard output. Before
/// anything is opened.
void occupy_standard_descriptors();

/// Lets the process have as many files open as it may ask for itself (the hard limit): a directory's topics take two
/// each, and the usual soft limit of 1024 is for programs that use select().
void raise_descriptor_limit();

}  // namespace kappa::cli
