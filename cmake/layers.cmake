# A layer is a static library that exports only its own `include` folder: a wrong include does not compile.

kappa_precompile(kappa_precompiled LINK fmt::fmt HEADERS ${KAPPA_COMMON_HEADERS})

# kappa_layer(NAME DIRS dirs… INCLUDE dir [PUBLIC targets…] [PRIVATE targets…]): a static library of all sources in DIRS;
# an interface library as long as there are none.
function(kappa_layer name)
  cmake_parse_arguments(ARG "" "INCLUDE" "DIRS;PUBLIC;PRIVATE" ${ARGN})
  set(sources)
  foreach(dir IN LISTS ARG_DIRS)
    file(GLOB found CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/*.cpp)
    list(APPEND sources ${found})
  endforeach()
  if(sources)
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC ${ARG_INCLUDE} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    target_link_libraries(${name} PUBLIC ${ARG_PUBLIC} PRIVATE ${ARG_PRIVATE} fmt::fmt)
    kappa_use_precompiled(${name} kappa_precompiled)
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${ARG_INCLUDE})
    target_link_libraries(${name} INTERFACE ${ARG_PUBLIC} ${ARG_PRIVATE} fmt::fmt)
  endif()
endfunction()
