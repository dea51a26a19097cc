// Package check computes vectors in a child process first.
//
// A .tflite file runs in a C library. A file or an accelerator's driver that crashes
// the library must not end the service. TensorFlow, against which a file is checked,
// takes memory that a service which only embeds never needs. So the program executes
// itself: [Run] starts a child, and sends it a [Request] by a pipe. The child computes
// the file's vectors by LiteRT, computes the reference by TensorFlow, sends both back as
// a [Result], and ends.
//
// What holds:
//   - A crash ends the child alone. Run then returns a [CrashError]. When memory runs out,
//     the kernel ends the child first, which counts as a crash.
//   - A child ends with its parent, with the context, and after Request.Timeout.
//   - The child takes no store, no socket and no configuration. It reads its standard
//     input and the library files.
//
// The main function of each program that calls Run must call [Child] first.
package check
