# Included by tests/CMakeLists.txt.
# scripts/fetch-model.sh against a server on 127.0.0.1 (exit 77: curl is missing), and what scripts/bench.py makes.
find_package(Python3 COMPONENTS Interpreter)
if(Python3_Interpreter_FOUND)
  add_test(NAME end_to_end/fetch_model
           COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/fetch_test.py --sightline $<TARGET_FILE:sightline>)
  set_tests_properties(end_to_end/fetch_model PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300)
  add_test(NAME end_to_end/bench_data
           COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/bench_data_test.py
                   --sightline $<TARGET_FILE:sightline>)
endif()

# OpenBLAS has other kernels on other processors, and they differ in which bits depend on the batch. It does not check
# what it is told, so only kernels that this processor can run are tried.
set(cores "")
if(EXISTS /proc/cpuinfo)
  file(STRINGS /proc/cpuinfo flags REGEX "^flags" LIMIT_COUNT 1)
  foreach(pair "sse4_2=Nehalem" "avx=Sandybridge" "avx2=Haswell" "avx2=Zen" "avx512vl=SkylakeX")
    string(REGEX MATCH "^(.*)=(.*)$" matched ${pair})
    set(core ${CMAKE_MATCH_2})
    if(" ${flags} " MATCHES " ${CMAKE_MATCH_1} ")
      list(APPEND cores ${core})
    endif()
  endforeach()
endif()
foreach(core ${cores})
  add_test(NAME end_to_end/bits_openblas_${core} COMMAND end_to_end_tests [bits])
  set_tests_properties(end_to_end/bits_openblas_${core} PROPERTIES ENVIRONMENT OPENBLAS_CORETYPE=${core} TIMEOUT 300)
endforeach()
