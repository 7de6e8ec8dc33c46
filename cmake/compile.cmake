# How every translation unit of the project is compiled, and how it is compiled only once.

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_COLOR_DIAGNOSTICS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Kind of build" FORCE)
endif()

# Results must agree between machines, so no fused multiply-add and no instruction set beyond baseline x86-64.
add_compile_options(-Wall -Wextra -Wshadow -Wconversion -Werror -ffp-contract=off)
# What g++ 12 says about the flow of values through std::string is wrong once it optimises (GCC bug 105329 and others);
# clang and the sanitizers look at the same code.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  add_compile_options(-Wno-restrict -Wno-stringop-overflow -Wno-stringop-overread -Wno-array-bounds)
endif()
# Assertions and debug information name files from the root of the repository, wherever it was cloned.
add_compile_options(-ffile-prefix-map=${PROJECT_SOURCE_DIR}/=)

set(KAPPA_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")
if(KAPPA_SANITIZE)
  add_compile_options(-fsanitize=${KAPPA_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${KAPPA_SANITIZE})
endif()

find_program(KAPPA_MOLD mold)
if(KAPPA_MOLD)
  add_link_options(-fuse-ld=mold)
endif()

# The compiler cache. Paths below the repository are hashed relative to it, so that another clone hits what this one
# filled; the sloppiness is what precompiled headers need, which carry times and macros that do not matter.
option(KAPPA_CACHE "Compile through ccache where there is one" ON)
find_program(KAPPA_CCACHE ccache)
if(KAPPA_CACHE AND KAPPA_CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER /usr/bin/env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${KAPPA_CCACHE})
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    add_compile_options(-fpch-preprocess)
  endif()
endif()

# Precompiled headers: what nearly every file includes, parsed once a build. With g++ only: clang gets them by absolute
# path, so that no other clone would hit its cache, and what compiles without them misses no include.
set(KAPPA_PRECOMPILE OFF)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  set(KAPPA_PRECOMPILE ON)
endif()
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/precompiled.cpp CONTENT "")
set(KAPPA_COMMON_HEADERS <algorithm> <chrono> <cstdint> <cstring> <deque> <expected> <functional> <map> <memory>
  <optional> <set> <span> <string> <string_view> <unordered_map> <variant> <vector> <fmt/format.h>)

# kappa_precompile(NAME LINK targets… HEADERS headers…): makes precompiled headers for kappa_use_precompiled to share.
function(kappa_precompile name)
  cmake_parse_arguments(ARG "" "" "LINK;HEADERS" ${ARGN})
  if(KAPPA_PRECOMPILE)
    add_library(${name} OBJECT ${PROJECT_BINARY_DIR}/precompiled.cpp)
    target_link_libraries(${name} PRIVATE ${ARG_LINK})
    target_precompile_headers(${name} PRIVATE ${ARG_HEADERS})
  endif()
endfunction()

function(kappa_use_precompiled target precompiled)
  if(KAPPA_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${precompiled})
  endif()
endfunction()
