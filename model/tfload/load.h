// tfload_open loads TensorFlow and binds the functions of symbols.h. It returns
// NULL, or a message that the caller frees. It may be called again, from any thread.
char *tfload_open(void);

// tfload_loaded reports whether tfload_open succeeded.
int tfload_loaded(void);
