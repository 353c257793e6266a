#include <windows.h>  // planted: operating_system
#include <unistd.h>   // planted: operating_system

#ifdef _WIN32  // planted: operating_system
#endif
