// Package tfload loads TensorFlow's library when it is first needed, not when the
// program starts. The library maps 600 MB and takes some 200 MB of memory and 0.2 s,
// which a service that only embeds and queries saves.
//
// TensorFlow's Go package calls the C API by name, so the linker would bind the program
// to the library. This package defines each function of that name as a jump through a
// slot (stubs.S), which Load fills from the library (load.c). For the linker there is an
// empty libtensorflow.so (link).
//
// Every entry point of package model calls Load before its first use of TensorFlow. A call
// before that ends the process with a message.
//
// The dynamic loader finds libtensorflow_cc.so.2 (of TensorFlow's wheel) or
// libtensorflow.so.2 (of its package for C), and libtensorflow_framework.so.2, in the
// folders that the Makefile names to the linker, then in LD_LIBRARY_PATH and in the
// folders of the system.
package tfload
