// Package command runs the program of a camera and gives its standard output.
//
// The command line goes to /bin/sh, so that quoting, variables and pipes mean
// what they mean in a terminal. It is to stay in the foreground. It runs in a
// process group of its own, which is ended as a whole: by SIGTERM, and two seconds
// later by SIGKILL; also when the program ends by itself and leaves children. Should
// this process die first, the kernel kills the shell, or the program that it
// executed; what else the command started ends when it writes to the closed pipe.
//
// Standard input is empty. Standard error goes to the log, line by line and at
// a bounded rate; its last lines are part of the error when the program ends.
package command
