# find_package(sinf): the targets sinf::sinf (libsinf.so) and sinf::sinf_static (libsinf.a, which wants
# libjpeg, libpng and zlib of the system).
get_filename_component(_sinf_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT TARGET sinf::sinf)
  add_library(sinf::sinf SHARED IMPORTED)
  set_target_properties(sinf::sinf PROPERTIES
    IMPORTED_LOCATION "${_sinf_prefix}/lib/libsinf.so.0"
    IMPORTED_SONAME "libsinf.so.0"
    INTERFACE_INCLUDE_DIRECTORIES "${_sinf_prefix}/include")
  add_library(sinf::sinf_static STATIC IMPORTED)
  set_target_properties(sinf::sinf_static PROPERTIES
    IMPORTED_LOCATION "${_sinf_prefix}/lib/libsinf.a"
    INTERFACE_INCLUDE_DIRECTORIES "${_sinf_prefix}/include"
    INTERFACE_LINK_LIBRARIES "jpeg;png16;z;m;pthread")
endif()
unset(_sinf_prefix)
