// Boost.JSON is a header-only library here: this is the one translation unit that holds its bodies.
#include <boost/json/src.hpp>
