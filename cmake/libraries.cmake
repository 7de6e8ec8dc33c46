# The libraries from Debian. Static where Debian has the archive and the command gains from it: it starts faster, and
# runs where the development packages are not.

find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(Threads REQUIRED)
find_package(simdjson REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)

# kappa_archive(NAME HEADER): an imported target of lib<NAME>.a.
function(kappa_archive name header)
  find_library(${name}_ARCHIVE lib${name}.a REQUIRED)
  find_path(${name}_INCLUDE ${header} REQUIRED)
  add_library(${name} STATIC IMPORTED GLOBAL)
  set_target_properties(${name} PROPERTIES IMPORTED_LOCATION ${${name}_ARCHIVE}
    INTERFACE_INCLUDE_DIRECTORIES ${${name}_INCLUDE})
endfunction()

kappa_archive(pg_query pg_query.h)
kappa_archive(re2 re2/re2.h)
target_link_libraries(re2 INTERFACE Threads::Threads)
