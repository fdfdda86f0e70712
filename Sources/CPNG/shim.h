// libpng's simplified interface (png_image), for pictures in reports.
#include <png.h>
